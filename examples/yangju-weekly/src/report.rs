//! `report.json`: what was decided, who was sent to, and what became of it.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use sosik::channel::Picture;
use sosik::content::LeftOut;
use sosik::delivery::{Campaign, Tally, Withheld};
use sosik::schedule::Decision;
use sosik_emulator::Stats;

use crate::Failure;

#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    campaign: String,
    edition: String,
    route: &'static str,
    nominal_slot: String,
    send_at: String,
    reasons: Vec<ReasonLine>,
    dry_run: bool,
    audience: u64,
    suppressed: BTreeMap<&'static str, u64>,
    batches: u64,
    /// Newly taken in this run, through all channels.
    accepted: u64,
    delivered: u64,
    failed: u64,
    fallback: u64,
    unknown: u64,
    outstanding: u64,
    held: u64,
    failures: BTreeMap<String, u64>,
    left_out: Vec<LeftOutLine>,
    cards: Vec<CardLine>,
    /// What became of those who have it by their district's channel.
    districts: Vec<District>,
    /// What is known where it does not go to named recipients.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emulator: Option<Stats>,
}

/// What became of the edition through one district's channel.
#[derive(Debug, Serialize)]
struct District {
    channel: String,
    campaign: String,
    audience: u64,
    suppressed: BTreeMap<&'static str, u64>,
    delivered: u64,
    failed: u64,
    fallback: u64,
    unknown: u64,
    outstanding: u64,
}

#[derive(Debug, Serialize)]
struct ReasonLine {
    code: String,
    korean: String,
    english: String,
    source: String,
}

#[derive(Debug, Serialize)]
struct LeftOutLine {
    title: String,
    code: &'static str,
    reason: String,
}

/// A card as the report lists it.
#[derive(Debug, Serialize)]
pub(crate) struct CardLine {
    file: String,
    width: u32,
    height: u32,
    bytes: usize,
    alt: String,
}

impl CardLine {
    pub(crate) fn new(file: String, picture: &Picture) -> Self {
        Self { file, width: picture.width, height: picture.height, bytes: picture.bytes, alt: picture.alt.clone() }
    }
}

fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

impl Report {
    pub(crate) fn new(nominal: DateTime<Utc>, zone: Tz, decision: &Decision) -> Self {
        let reasons = decision.reasons.iter().map(|reason| ReasonLine {
            code: reason.code().to_owned(),
            korean: reason.korean(),
            english: reason.english(),
            source: reason.source().to_owned(),
        });
        Self {
            nominal_slot: local(nominal, zone),
            send_at: local(decision.due, zone),
            reasons: reasons.collect(),
            ..Self::default()
        }
    }

    pub(crate) fn edition(&mut self, name: &str, left_out: &[LeftOut], cards: Vec<CardLine>) {
        name.clone_into(&mut self.edition);
        let lines = left_out.iter().map(|left| LeftOutLine {
            title: left.title.clone(),
            code: left.reason.code(),
            reason: left.reason.to_string(),
        });
        self.left_out = lines.collect();
        self.cards = cards;
    }

    /// A run that sent nothing on purpose.
    pub(crate) fn dry(&mut self, audience: u64, suppressed: &BTreeMap<sosik::registry::Suppression, u64>) {
        self.dry_run = true;
        self.audience = audience;
        count(&mut self.suppressed, suppressed);
    }

    pub(crate) fn campaign(&mut self, campaign: &Campaign, tally: &Tally, accepted: u64, emulator: Option<Stats>) {
        self.campaign = campaign.id.to_string();
        self.route = campaign.route.code();
        self.audience = campaign.audience;
        self.suppressed = suppressed(campaign, tally);
        self.batches = tally.batches;
        self.accepted = accepted;
        self.delivered = tally.delivered;
        self.failed = tally.failed;
        self.fallback = tally.fallback;
        self.unknown = tally.unknown;
        self.outstanding = tally.outstanding();
        self.held = tally.held;
        self.failures.clone_from(&tally.codes);
        self.emulator = emulator;
    }

    /// A campaign to friends, whom no one here can name.
    pub(crate) fn elsewhere(&mut self, kept: &sosik::delivery::Report, emulator: Option<Stats>) {
        self.campaign(&kept.campaign, &kept.tally, 0, emulator);
        self.evidence = kept.to_json().get("evidence").cloned();
    }

    /// What went through a district's channel.
    pub(crate) fn district(&mut self, campaign: &Campaign, tally: &Tally) {
        self.districts.push(District {
            channel: campaign.key.channel.to_string(),
            campaign: campaign.id.to_string(),
            audience: campaign.audience,
            suppressed: suppressed(campaign, tally),
            delivered: tally.delivered,
            failed: tally.failed,
            fallback: tally.fallback,
            unknown: tally.unknown,
            outstanding: tally.outstanding(),
        });
    }

    /// Writes the report as `report.json`.
    pub(crate) fn write(&self, out: &Path) -> Result<(), Failure> {
        replace(out, "report.json", &serde_json::to_string_pretty(self)?)
    }
}

/// Who was left out of a campaign, at its planning and since.
fn suppressed(campaign: &Campaign, tally: &Tally) -> BTreeMap<&'static str, u64> {
    let mut all = BTreeMap::new();
    count(&mut all, &campaign.suppressed);
    count(&mut all, &tally.suppressed);
    all
}

fn count<R: Copy + Into<Withheld>>(all: &mut BTreeMap<&'static str, u64>, more: &BTreeMap<R, u64>) {
    for (reason, count) in more {
        let reason: Withheld = (*reason).into();
        *all.entry(reason.code()).or_default() += count;
    }
}

/// Writes what became of the campaign for people (`report.html`) and for tables (`report.csv`).
pub(crate) fn pages(report: &sosik::delivery::Report, out: &Path) -> Result<(), Failure> {
    replace(out, "report.html", &report.to_html())?;
    replace(out, "report.csv", &report.to_csv())
}

/// Writes a file in one step: a reader never sees half of one.
fn replace(out: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let (path, new) = (out.join(name), out.join(format!("{name}.new")));
    std::fs::write(&new, text).map_err(Failure::at("the report", &new))?;
    std::fs::rename(&new, &path).map_err(Failure::at("the report", &path))
}

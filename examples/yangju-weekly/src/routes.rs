//! The other two ways: all friends of the channel by a group send, and a clerk's hands.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sosik::channel::kit::{self, KitFile, KitPlan};
use sosik::channel::{GroupSend, Message, TransportExt as _};
use sosik::delivery::{
    self, Attestation, Campaign, CampaignKey, CampaignState, Friends, Outbox as _, Plan, Route, plan_by_hand,
    plan_friends, unattested,
};
use sosik::registry::Segment;
use sosik::schedule::MessageClass;
use sosik::{Clock as _, SystemClock};
use sosik_emulator::Emulator;

use crate::Failure;
use crate::args::{Args, Way};
use crate::config::City;
use crate::deliver::same_words;
use crate::edition::{self, Made};
use crate::people;
use crate::report::{self, Report};
use crate::screen::say;
use crate::send::Desk;

type When = (DateTime<Utc>, DateTime<Utc>);

impl Desk<'_> {
    /// Sends the edition to all friends of the channel, or goes on where an earlier run stopped.
    pub(crate) async fn deliver_to_friends(
        mut self,
        key: &CampaignKey,
        made: Made,
        (send_at, send_by): When,
        mut report: Report,
    ) -> Result<(), Failure> {
        let cards = edition::write(&made, &self.args.out)?;
        report.edition(key.edition.as_str(), &made.curation.left_out, cards);
        let message = for_friends(made.message);
        let message = match self.planned(key, &Route::Friends(Friends::all())).await? {
            Some(kept) => {
                if !same_words(&kept.message, &message) {
                    say("planned  this slot's edition was planned before, with other words: those stand");
                }
                kept.message
            }
            None => self.carrier.transport.upload_all(message, &made.media).await?,
        };
        let request = Plan::new(key.clone(), message, MessageClass::Advertising, Segment::All, send_at, 1)
            .with_send_by(send_by)
            .to_friends(Friends::all());
        let planned = plan_friends(&*self.store, &*self.carrier.friends, &request, self.clock.now()).await?.campaign;
        say(&format!("planned  {} friends of the channel can get it", planned.audience));
        if planned.state().is_over() {
            say("sent     this edition was sent before: nothing is sent now");
        }
        let campaign = self.watch(&planned).await?;
        self.close(&campaign, report).await?;
        let known = &campaign.evidence;
        let (sent, expected) = (known.sent.unwrap_or(0), known.expected.unwrap_or(campaign.audience));
        say(&format!(
            "settled  sent to {sent} of {expected} friends; see {}",
            self.args.out.join("report.json").display()
        ));
        match (&known.ask, campaign.state()) {
            (Some(why), _) => Err(Failure::new(format!("a person has to look at it: {why}"))),
            (None, CampaignState::Settled) => self.nothing_left(),
            (None, state) => Err(Failure::new(format!("it is {state}, and was not sent to all: see report.html"))),
        }
    }

    /// Makes the kit with which a clerk sends the edition.
    pub(crate) async fn by_hand(
        self,
        key: &CampaignKey,
        made: Made,
        (send_at, send_by): When,
        mut report: Report,
    ) -> Result<(), Failure> {
        let out = &self.args.out;
        let cards = edition::write(&made, out)?;
        report.edition(key.edition.as_str(), &made.curation.left_out, cards);
        if let Some(kept) = self.planned(key, &Route::Hands).await?.filter(|kept| kept.state().is_over()) {
            say(&format!("planned  {} is {}: its kit stands as it is", key.edition, kept.state()));
            return self.close(&kept, report).await;
        }
        // The kit says until when: by then it is sent, or a person is asked. Kakao's hours hold for a clerk, too.
        let send_by = send_by.min(self.carrier.friends.rules().closing(send_at));
        let files = files(&made, (send_at, send_by))?;
        let folder = write(out, &files)?;
        let fingerprint = kit::fingerprint(&files).ok_or_else(|| Failure::new("the kit has no manifest"))?;
        let message = for_friends(made.message);
        let request = Plan::new(key.clone(), message, MessageClass::Advertising, Segment::All, send_at, 1)
            .with_send_by(send_by)
            .by_hand();
        let campaign = plan_by_hand(&*self.store, &request, &fingerprint, self.clock.now()).await?.campaign;
        self.close(&campaign, report).await?;
        let page = folder.join("checklist.html");
        say(&format!("kit      {} files; open {}", files.len(), page.display()));
        say("         when it is sent: --attest ACCOUNT --sent-at TIME --sent-to COUNT");
        self.nothing_left()
    }

    /// Says what would be done by this way, and does nothing.
    pub(crate) async fn dry_run(
        self,
        made: Made,
        slot: DateTime<Utc>,
        send_at: DateTime<Utc>,
        mut report: Report,
    ) -> Result<(), Failure> {
        let cards = edition::write(&made, &self.args.out)?;
        report.edition(made.curation.edition.id().as_str(), &made.curation.left_out, cards);
        let reachable = if self.args.route == Way::Kit {
            let files = files(&made, (send_at, send_at + chrono::TimeDelta::hours(4)))?;
            say(&format!("dry run  a kit of {} files would be made for the slot of {slot}", files.len()));
            0
        } else {
            let starts = send_at.max(self.carrier.friends.rules().earliest(self.clock.now()));
            let group = GroupSend::new("dry-run", for_friends(made.message), starts);
            let outlook = self.carrier.friends.outlook(&group).await?;
            say(&format!(
                "dry run  {} of {} friends would get it from {} to {}; nothing was sent",
                outlook.reachable, outlook.friends, starts, outlook.finishes
            ));
            outlook.reachable
        };
        report.dry(reachable, &std::collections::BTreeMap::new());
        report.write(&self.args.out)
    }

    /// Brings a campaign of an earlier slot to its end, and tells whether a person has to look at it.
    pub(crate) async fn finish_elsewhere(&mut self, campaign: &Campaign) -> Result<bool, Failure> {
        let edition = &campaign.key.edition;
        if campaign.route == Route::Hands {
            let is_late = unattested(&*self.store, self.clock.now()).await?.iter().any(|late| late.id == campaign.id);
            let word = if is_late { "nobody attested to having sent it" } else { "waits for a clerk" };
            say(&format!("earlier  {edition}: {word}"));
            return Ok(is_late);
        }
        let ended = self.watch(campaign).await?;
        say(&format!("earlier  {edition}: {}, sent to {}", ended.state(), ended.evidence.sent.unwrap_or(0)));
        Ok(ended.evidence.ask.is_some())
    }

    /// Watches a group send to its end.
    async fn watch(&mut self, campaign: &Campaign) -> Result<Campaign, Failure> {
        let mut said = String::new();
        let (folder, clock, skipping, id) = (&mut self.folder, self.clock, self.skipping.clone(), campaign.id);
        let ended = self.friends.run_until_over(id, |step| {
            for known in step.known.iter().filter(|(of, _)| *of == id).map(|(_, known)| known) {
                let line = match (&known.handle, known.sent) {
                    (Some(_), Some(sent)) => format!("sending  {sent} of {} so far", known.expected.unwrap_or(0)),
                    (Some(handle), None) => format!("sending  handed over as {handle}"),
                    (None, _) => continue,
                };
                if line != said {
                    say(&line);
                    said = line;
                }
            }
            if let Some(error) = &step.trouble {
                say(&format!("sending  waiting: {error}"));
            }
            folder.at_work(clock.now());
            // A rehearsal does not wait.
            if let (Some(skipping), Some(due)) = (&skipping, step.next_due) {
                skipping.skip_to(due);
            }
        });
        Ok(ended.await?)
    }

    /// Writes the reports of a campaign.
    async fn close(&self, campaign: &Campaign, mut report: Report) -> Result<(), Failure> {
        let tally = self.store.tally(campaign.id).await?;
        let kept = delivery::Report::new(campaign.clone(), tally);
        report.elsewhere(&kept, self.carrier.emulator.as_ref().map(Emulator::stats));
        report.write(&self.args.out)?;
        report::pages(&kept, &self.args.out)
    }

    fn nothing_left(&self) -> Result<(), Failure> {
        match self.left {
            0 => Ok(()),
            left => Err(Failure::new(format!("{left} earlier editions or batches of them need a person's look"))),
        }
    }
}

/// The message as friends get it: nobody has their numbers, so that there is no text for those whom it does not reach.
fn for_friends(mut message: Message) -> Message {
    message.fallback = None;
    message
}

fn files(made: &Made, (send_at, send_by): When) -> Result<Vec<KitFile>, Failure> {
    let plan = KitPlan::new(made.curation.edition.title(), send_at, send_by);
    let message = for_friends(made.message.clone());
    kit::files(&message, &made.media, &plan)
        .map_err(|faults| Failure::new(format!("the message cannot go by hand: {faults}")))
}

/// Writes the kit in place of the one before.
fn write(out: &Path, files: &[KitFile]) -> Result<std::path::PathBuf, Failure> {
    let folder = out.join("kit");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(Failure::at("the kit", &folder))?;
    }
    for file in files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent).map_err(Failure::at("the kit", parent))?;
        std::fs::write(&path, &file.content).map_err(Failure::at("the kit", &path))?;
    }
    Ok(folder)
}

/// Writes down a clerk's word that the kit was sent.
pub(crate) async fn attest(args: &Args, account: &str, city: &City) -> Result<(), Failure> {
    let store = Arc::new(people::store(args)?);
    let sent_at = args.sent_at.ok_or_else(|| Failure::new("--sent-at is missing"))?;
    let mut waiting = Vec::new();
    for id in store.open_campaigns().await? {
        let is_meant = |campaign: &Campaign| {
            let known = &campaign.evidence;
            let asks = campaign.route == Route::Hands || known.is_in_doubt() && known.ask.is_some();
            let is_edition = args.edition.as_ref().is_none_or(|name| campaign.key.edition.as_str() == name);
            asks && is_edition && campaign.key.channel == city.own.channel
        };
        waiting.extend(store.campaign(id).await?.filter(is_meant));
    }
    let campaign = match &waiting[..] {
        [campaign] => campaign,
        [] => return Err(Failure::new("--attest: nothing waits for anyone's word")),
        several => {
            let names: Vec<String> = several.iter().map(|campaign| campaign.key.edition.to_string()).collect();
            return Err(Failure::new(format!("--edition: say which of them was sent: {}", names.join(", "))));
        }
    };
    let mut word = Attestation::new(account, sent_at);
    (word.sent, word.number, word.checked_by) = (args.sent_to, args.number.clone(), args.checked_by.clone());
    // A rehearsal's Friday may be one to come.
    let system = SystemClock::new().now();
    let now = args.now.map_or(system, |now| now.max(system));
    let campaign = delivery::attest(&*store, campaign.id, &word, now).await?;
    let tally = store.tally(campaign.id).await?;
    report::pages(&delivery::Report::new(campaign.clone(), tally), &args.out)?;
    say(&format!(
        "attested {} is {}; see {}",
        campaign.key.edition,
        campaign.state(),
        args.out.join("report.html").display()
    ));
    Ok(())
}

use std::fmt::Write;

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde_json::{Value, json};
use sosik_channel::GroupSendStatus;
use sosik_schedule::MessageClass;

use crate::{Campaign, CampaignState, Deed, Evidence, Friends, Route, Tally};

/// What became of a campaign, for whoever answers for it: as JSON, CSV or a page of HTML.
///
/// It counts, and names no one but the accounts that did something.
///
/// ```
/// # use chrono::{TimeZone, Utc};
/// # use sosik_channel::TextMessage;
/// # use sosik_content::EditionId;
/// # use sosik_core::{ChannelId, PhoneNumber};
/// # use sosik_delivery::{CampaignKey, Plan, Report, Tally};
/// # use sosik_registry::Segment;
/// # use sosik_schedule::MessageClass;
/// # let now = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
/// # let key = CampaignKey::new(ChannelId::parse("yangju-city")?, now, EditionId::from_stored("yangju-city-2026-W48"));
/// # let message = TextMessage::new(PhoneNumber::parse("031-8082-0000")?, "양주시 소식")?.into();
/// # let campaign = Plan::new(key, message, MessageClass::Advertising, Segment::All, now, 200).campaign(now);
/// let report = Report::new(campaign, Tally::default());
/// assert!(report.balances());
/// assert!(report.to_csv().starts_with("what,reason,recipients\r\nplanned,,0\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The campaign.
    pub campaign: Campaign,
    /// Where its recipients stand.
    pub tally: Tally,
}

impl Report {
    /// A report of a campaign as its recipients stand. What is just being planned counts as nobody yet.
    #[must_use]
    pub fn new(campaign: Campaign, tally: Tally) -> Self {
        let tally = if campaign.history.is_planned() { tally } else { Tally::default() };
        Self { campaign, tally }
    }

    /// Whether everyone who was planned is counted somewhere, once: planned = delivered + by text + failed + suppressed +
    /// unknown + outstanding. Of a group send, whether no more were sent to than were expected.
    #[must_use]
    pub fn balances(&self) -> bool {
        let Evidence { expected, sent, .. } = self.campaign.evidence;
        match self.campaign.route {
            Route::Recipients => self.tally.planned() == self.campaign.audience,
            Route::Friends(_) => expected.is_none_or(|expected| sent.unwrap_or(0) <= expected),
            Route::Hands => true,
        }
    }

    /// What is counted of friends, whom no one here can name.
    fn counts(&self) -> Vec<(&'static str, String, u64, &'static str)> {
        let Campaign { route, evidence, audience, .. } = &self.campaign;
        let mut rows = Vec::new();
        if matches!(route, Route::Friends(_)) {
            rows.push(("planned", String::new(), *audience, "보낼 수 있는 친구"));
            rows.extend(evidence.expected.map(|count| ("expected", String::new(), count, "보내기로 한 친구")));
            rows.push(("sent", String::new(), evidence.sent.unwrap_or(0), "보냄"));
        }
        let attested = evidence.attestation.as_ref().and_then(|word| word.sent);
        rows.extend(attested.map(|count| ("attested", String::new(), count, "보냈다고 확인됨")));
        rows
    }

    /// Each count: what, by which reason, how many, and how it is called in Korean.
    fn rows(&self) -> Vec<(&'static str, String, u64, &'static str)> {
        if self.campaign.route != Route::Recipients {
            return self.counts();
        }
        let tally = &self.tally;
        let mut rows = vec![
            ("planned", String::new(), self.campaign.audience, "발송 대상"),
            ("delivered", String::new(), tally.delivered, "도착"),
            ("fallback", String::new(), tally.fallback, "문자로 도착"),
            ("failed", String::new(), tally.failed, "도착하지 않음"),
        ];
        rows.extend(tally.codes.iter().map(|(code, count)| ("failed by code", code.clone(), *count, "")));
        rows.push(("suppressed", String::new(), tally.suppressed.values().sum(), "보내지 않음"));
        rows.extend(
            tally
                .suppressed
                .iter()
                .map(|(reason, count)| ("suppressed by reason", reason.code().to_owned(), *count, "")),
        );
        rows.push(("unknown", String::new(), tally.unknown, "확인되지 않음"));
        rows.push(("outstanding", String::new(), tally.outstanding(), "진행 중"));
        rows.extend(
            self.campaign
                .suppressed
                .iter()
                .map(|(reason, count)| ("not planned", reason.code().to_owned(), *count, "대상에서 빠짐")),
        );
        rows
    }

    /// The report as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self { campaign, tally } = self;
        let reasons = |of: &'static str| -> Value {
            let rows = self.rows().into_iter().filter(|(what, ..)| *what == of);
            Value::Object(rows.map(|(_, reason, count, _)| (reason, count.into())).collect())
        };
        json!({
            "campaign": campaign.id.to_string(),
            "channel": campaign.key.channel.as_str(),
            "edition": campaign.key.edition.to_string(),
            "slot": at(campaign.key.slot),
            "class": campaign.class.code(),
            "route": campaign.route.code(),
            "evidence": Value::Object(crate::stored::evidence::to_map(&campaign.evidence)),
            "segment": campaign.segment.nameless(),
            "send_at": at(campaign.send_at),
            "send_by": at(campaign.send_by),
            "state": campaign.state().code(),
            "history": campaign.history.steps().iter().map(|step| json!({
                "deed": step.deed.code(), "by": step.by, "at": at(step.at), "note": step.note,
            })).collect::<Vec<_>>(),
            "planned": campaign.audience,
            "delivered": tally.delivered,
            "fallback": tally.fallback,
            "failed": tally.failed,
            "failed_by_code": reasons("failed by code"),
            "suppressed": tally.suppressed.values().sum::<u64>(),
            "suppressed_by_reason": reasons("suppressed by reason"),
            "unknown": tally.unknown,
            "outstanding": tally.outstanding(),
            "not_planned_by_reason": reasons("not planned"),
            "batches": { "all": tally.batches, "open": tally.open, "held": tally.held },
            "balances": self.balances(),
        })
    }

    /// The counts as CSV (RFC 4180), with a line of headings. `failed by code` and `suppressed by reason` are parts of
    /// `failed` and `suppressed`; `not planned` is beside what was planned.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = "what,reason,recipients\r\n".to_owned();
        for (what, reason, count, _) in self.rows() {
            // What a table program would take for a formula is kept from it.
            let reason = if reason.starts_with(['=', '+', '-', '@']) { format!("'{reason}") } else { reason };
            let is_plain = !reason.contains(['"', ',', '\n', '\r']);
            let reason = if is_plain { reason } else { format!("\"{}\"", reason.replace('"', "\"\"")) };
            // Writing to a text does not fail.
            let _ = write!(csv, "{what},{reason},{count}\r\n");
        }
        csv
    }

    /// A page of its own, in Korean and with times of Seoul, that shows and loads nothing else. Notes stand in it as they were
    /// written.
    #[must_use]
    pub fn to_html(&self) -> String {
        let Self { campaign, tally } = self;
        let is_named = campaign.route == Route::Recipients;
        let all = campaign.evidence.expected.unwrap_or(campaign.audience).max(1);
        let mut counts = String::new();
        for (what, reason, count, label) in self.rows() {
            let (label, kind) = match (label, reason.as_str()) {
                ("", "") => ("코드 없음".to_owned(), "part"),
                (label, "") => (label.to_owned(), "sum"),
                ("", reason) => (escape(in_korean(reason)), "part"),
                (label, reason) => (format!("{label}: {}", escape(in_korean(reason))), "sum"),
            };
            let share = if matches!(what, "attested" | "not planned") || !is_named && what != "sent" {
                String::new()
            } else {
                tenths(count, all)
            };
            let _ = writeln!(
                counts,
                "<tr class=\"{kind}\"><th scope=\"row\">{label}</th><td>{count}</td><td>{share}</td></tr>"
            );
        }
        let mut history = String::new();
        for step in campaign.history.steps() {
            let _ = writeln!(
                history,
                "<tr><td><time datetime=\"{}\">{}</time></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                at(step.at),
                in_seoul(step.at),
                done(step.deed),
                escape(&step.by),
                escape(&step.note),
            );
        }
        let balance = match (&campaign.route, self.balances()) {
            (_, false) => "발송 대상과 결과의 합이 다릅니다. 장부를 확인하세요.",
            (Route::Recipients, true) => "발송 대상과 결과의 합이 같습니다.",
            (Route::Friends(_), true) => "채널 친구에게 보냈습니다. 누가 받았는지는 알 수 없고 수만 압니다.",
            (Route::Hands, true) if campaign.evidence.attestation.is_some() => "사람이 보낸 것을 확인했습니다.",
            (Route::Hands, true) => "사람이 보내야 합니다. 아직 확인되지 않았습니다.",
        };
        let held = if tally.held > 0 {
            format!("<p class=\"warn\">사람이 확인해야 하는 묶음: {}</p>", tally.held)
        } else {
            String::new()
        };
        format!(
            include_str!("report.html"),
            title = escape(&campaign.key.edition.to_string()),
            channel = escape(campaign.key.channel.as_str()),
            state = stands(campaign.state()),
            send_at = in_seoul(campaign.send_at),
            class = class(campaign.class),
            segment = escape(&whom(campaign)),
            counts = counts,
            balance = balance,
            held = held,
            evidence = self.evidence(),
            history = history,
            id = campaign.id,
        )
    }

    /// What is known of a campaign to friends, as a table.
    fn evidence(&self) -> String {
        let Evidence { starts, handle, status, seen, ask, kit, attestation, .. } = &self.campaign.evidence;
        let time = |at: &Option<DateTime<Utc>>| at.map(in_seoul);
        let word = attestation.as_ref();
        let rows = [
            ("시작", time(starts)),
            ("중계사의 번호", handle.clone()),
            ("중계사에서", status.as_ref().map(|status| there(status).to_owned())),
            ("마지막으로 본 때", time(seen)),
            ("꾸러미(SHA-256)", kit.clone()),
            ("보낸 때", word.map(|word| in_seoul(word.at))),
            ("보냈다고 한 계정", word.map(|word| word.by.clone())),
            ("함께 확인한 계정", word.and_then(|word| word.checked_by.clone())),
            ("콘솔의 메시지 번호", word.and_then(|word| word.number.clone())),
        ];
        let mut table = String::new();
        for (label, value) in rows {
            if let Some(value) = value {
                let _ = writeln!(table, "<tr><th scope=\"row\">{label}</th><td>{}</td></tr>", escape(&value));
            }
        }
        let ask = ask
            .as_ref()
            .map_or_else(String::new, |why| format!("<p class=\"warn\">사람이 확인해야 합니다: {}</p>\n", escape(why)));
        if table.is_empty() {
            return ask;
        }
        format!("{ask}<h2>발송 증빙</h2>\n<table>\n<tbody>\n{table}</tbody>\n</table>\n")
    }
}

/// Who is meant.
fn whom(campaign: &Campaign) -> String {
    match &campaign.route {
        Route::Friends(Friends { group: Some(group), .. }) => format!("채널의 친구 그룹 {group}"),
        Route::Friends(_) => "채널의 모든 친구".to_owned(),
        Route::Hands => "채널의 모든 친구(사람이 보냄)".to_owned(),
        Route::Recipients => campaign.segment.nameless(),
    }
}

fn there(status: &GroupSendStatus) -> &str {
    match status {
        GroupSendStatus::Blocked => "차단됨",
        GroupSendStatus::Done => "완료",
        GroupSendStatus::Other(word) => word,
        GroupSendStatus::Paused => "멈춤",
        GroupSendStatus::Ready => "시작을 기다림",
        GroupSendStatus::Sending => "보내는 중",
        GroupSendStatus::Terminated => "중단됨",
        _ => "",
    }
}

fn at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// An instant as people in Korea read it: nine hours, without summer time since 1988.
fn in_seoul(instant: DateTime<Utc>) -> String {
    let seoul = FixedOffset::east_opt(9 * 3_600).map(|zone| instant.with_timezone(&zone));
    seoul.map_or_else(|| at(instant), |seoul| seoul.format("%Y-%m-%d %H:%M:%S").to_string())
}

fn class(class: MessageClass) -> &'static str {
    match class {
        MessageClass::Advertising => "광고성 정보",
        MessageClass::EmergencyCritical => "위급 재난문자",
        MessageClass::EmergencySafety => "안전안내",
        MessageClass::EmergencyUrgent => "긴급 재난문자",
        other => other.code(),
    }
}

fn stands(state: CampaignState) -> &'static str {
    match state {
        CampaignState::Approved => "승인됨",
        CampaignState::Cancelled => "취소됨",
        CampaignState::Draft => "초안",
        CampaignState::Expired => "기한이 지남",
        CampaignState::Paused => "멈춤",
        CampaignState::Planned => "대상 확정",
        CampaignState::Sending => "보내는 중",
        CampaignState::Settled => "완료",
    }
}

fn done(deed: Deed) -> &'static str {
    match deed {
        Deed::Approve => "승인",
        Deed::Cancel => "취소",
        Deed::Draft => "작성",
        Deed::Expire => "기한이 지남",
        Deed::Extend => "기한을 늘림",
        Deed::Pause => "멈춤",
        Deed::Plan => "대상 확정",
        Deed::Resume => "다시 시작",
        Deed::Settle => "완료",
        Deed::Start => "발송 시작",
    }
}

/// A reason in Korean; a provider's code as it is.
fn in_korean(reason: &str) -> &str {
    match reason {
        "blocked" => "채널을 차단함",
        "cancelled" => "발송을 취소함",
        "capped" => "정해진 발송 횟수를 넘음",
        "elsewhere" => "다른 채널로 같은 소식을 받음",
        "erased" => "정보를 삭제함",
        "expired" => "기한이 지남",
        "gone" => "더는 닿지 않음",
        "no-consent" => "수신 동의 없음",
        "no-guardian" => "법정대리인 동의 없음",
        "no-phone" => "전화번호 없음",
        "no-text" => "문자 수신을 원하지 않음",
        "not-taken" => "중계사가 받지 않음",
        "not-mobile" => "휴대전화 번호가 아님",
        "quiet-hours" => "받지 않을 시간을 정함",
        "withdrawn" => "수신 동의를 철회함",
        code => code,
    }
}

fn tenths(count: u64, all: u64) -> String {
    let tenths = count.saturating_mul(1_000) / all;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use sosik_registry::Suppression;

    use super::*;
    use crate::Withheld;

    #[test]
    fn every_reason_has_its_korean() {
        let reasons =
            Suppression::ALL.map(Withheld::Person).into_iter().chain([Withheld::Cancelled, Withheld::Expired]);
        for reason in reasons {
            assert_ne!(in_korean(reason.code()), reason.code(), "{reason:?}");
        }
        assert_eq!(in_korean("3018"), "3018");
    }
}

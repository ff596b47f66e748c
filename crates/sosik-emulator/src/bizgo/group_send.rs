//! Group sends (동보): to all friends of a channel or to a group of them, between 08:00 and 20:50 in Seoul.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bizgo::answer::Refusal;
use crate::bizgo::check::{length, refuse};
use crate::journal::{CenterEvent, Event};
use crate::ledger::Ledger;
use crate::time::{after_open, is_open, later, open_seconds, seoul};

/// Messages a second where the request names no limit: the example of the SDK.
const RATE: u32 = 500;
/// How long before its start a group send has to be there.
const LEAD: TimeDelta = TimeDelta::minutes(10);

/// The body of a start.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Start {
    pub(crate) sender_key: String,
    pub(crate) template_code: String,
    pub(crate) friend_group_key: Option<String>,
    pub(crate) send_start_at: String,
    pub(crate) campaign_id: Option<String>,
    pub(crate) tps_limit: Option<u32>,
    pub(crate) push_alarm: Option<String>,
    #[serde(rename = "originCID")]
    pub(crate) origin_cid: Option<String>,
}

/// A group send that was taken.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct GroupSend {
    pub(crate) sender_key: String,
    pub(crate) template: String,
    pub(crate) group: Option<String>,
    pub(crate) campaign: Option<String>,
    pub(crate) starts: DateTime<Utc>,
    pub(crate) limit: Option<u32>,
    pub(crate) push: String,
    pub(crate) expected: u64,
    /// How many of them are no friends any more when their turn comes.
    #[serde(default)]
    pub(crate) left: u64,
    /// What was done with it since, and when.
    #[serde(default)]
    pub(crate) controls: Vec<(DateTime<Utc>, Control)>,
}

/// What can be done with a group send.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Control {
    Pause,
    Resume,
    Terminate,
}

impl GroupSend {
    fn rate(&self) -> u64 {
        u64::from(self.limit.unwrap_or(RATE))
    }

    fn reached(&self) -> u64 {
        self.expected - self.left.min(self.expected)
    }

    /// How many went out by an instant: at its rate, in the hours, while it was not paused, until it was ended.
    pub(crate) fn sent(&self, now: DateTime<Utc>) -> u64 {
        let mut seconds = 0;
        let mut running = Some(self.starts);
        for (at, control) in &self.controls {
            let since = match control {
                Control::Resume => {
                    running = Some(*at.max(&self.starts));
                    continue;
                }
                Control::Pause | Control::Terminate => running.take(),
            };
            seconds += since.map_or(0, |since| open_seconds(since, *at));
        }
        seconds += running.map_or(0, |since| open_seconds(since, now));
        self.reached().min(u64::try_from(seconds).unwrap_or(0).saturating_mul(self.rate()))
    }

    pub(crate) fn status(&self, now: DateTime<Utc>) -> &'static str {
        match self.controls.last() {
            Some((_, Control::Terminate)) => "TERMINATED",
            _ if now < self.starts => "READY",
            _ if self.sent(now) == self.reached() => "DONE",
            Some((_, Control::Pause)) => "PAUSED",
            _ if !is_open(now) => "PAUSED",
            _ => "SENDING",
        }
    }
}

impl Ledger {
    /// Takes a group send for a time to come.
    pub(crate) fn start_group_send(&mut self, start: &Start, payment: Option<&str>) -> Result<Value, Refusal> {
        let now = self.now();
        if self.options.keeps_rates {
            self.bizgo.recipients_bucket.take(1.0, now).map_err(Refusal::too_fast)?;
        }
        length("A310", "paymentCode", payment, 1, 20)?;
        length("A300", "originCID", start.origin_cid.as_deref(), 1, 9)?;
        if !matches!(start.push_alarm.as_deref(), None | Some("Y" | "N")) {
            return refuse("A300", "pushAlarm: Y or N");
        }
        if start.tps_limit == Some(0) {
            return refuse("A300", "tpsLimit: at least 1");
        }
        let Some(template) = self.bizgo.registered.get(&(start.sender_key.clone(), start.template_code.clone())) else {
            return refuse("A505", "templateCode: no such template of this sender profile");
        };
        if template.has_variables() {
            return refuse("A505", "templateCode: a group send takes a basic template without variables");
        }
        if start.campaign_id.as_deref() == Some("") {
            return refuse("A300", "campaignId: it is empty");
        }
        let same = |send: &&GroupSend| send.sender_key == start.sender_key && send.campaign == start.campaign_id;
        if start.campaign_id.is_some() && self.bizgo.group_sends.values().any(|send| same(&send)) {
            return refuse("A301", "campaignId: this campaign was sent before");
        }
        let Some(starts) = civil(&start.send_start_at, "%Y-%m-%d %H:%M:%S") else {
            return refuse("A315", "sendStartAt: yyyy-MM-dd HH:mm:ss in Seoul");
        };
        if starts < later(now, LEAD) {
            return refuse("A316", "sendStartAt: at least 10 minutes ahead");
        }
        if !is_open(starts) {
            return refuse("A330", "sendStartAt: between 08:00 and 20:50 in Seoul");
        }
        let expected = self.audience(&start.sender_key, start.friend_group_key.as_deref())?;
        let id = 1_203_981 + self.bizgo.group_sends.len() as u64;
        let send = GroupSend {
            sender_key: start.sender_key.clone(),
            template: start.template_code.clone(),
            group: start.friend_group_key.clone(),
            campaign: start.campaign_id.clone(),
            starts,
            limit: start.tps_limit,
            push: start.push_alarm.clone().unwrap_or_else(|| "Y".to_owned()),
            expected,
            left: self.options.friends_left.min(expected),
            controls: Vec::new(),
        };
        self.write_down(Event::Center(CenterEvent::Started { id, send }))?;
        self.group_send(&start.sender_key, id)
    }

    /// How many friends a sending to this audience would reach.
    pub(crate) fn audience(&self, sender_key: &str, group: Option<&str>) -> Result<u64, Refusal> {
        let Some(key) = group else { return Ok(self.options.friends) };
        let group = self.friend_group(sender_key, key)?;
        if !group.is_done(self.now(), self.options.receipt_delay) {
            return refuse("A300", "friendGroupKey: the group is still being made");
        }
        match group.members.len() as u64 {
            few @ 0..=9 => refuse("A300", format!("friendGroupKey: {few} people, at least 10")),
            count => Ok(count.min(self.options.friends)),
        }
    }

    pub(crate) fn group_send(&self, sender_key: &str, id: u64) -> Result<Value, Refusal> {
        let send = self.bizgo.group_sends.get(&id).filter(|send| send.sender_key == sender_key);
        let Some(send) = send else { return refuse("A820", "requestId: no such group send of this sender profile") };
        let now = self.now();
        let kind = self.bizgo.registered.get(&(send.sender_key.clone(), send.template.clone()));
        Ok(json!({ "brandmessage": {
            "requestId": id.to_string(),
            "status": send.status(now),
            "sendStartAt": seoul(send.starts).format("%Y-%m-%d %H:%M:%S").to_string(),
            "campaignId": send.campaign,
            "tpsLimit": send.limit,
            "pushAlarm": send.push,
            "expectedCount": send.expected,
            "sendCount": send.sent(now),
            "senderKey": send.sender_key,
            "msgType": kind.map(|template| template.kind.as_str()),
            "templateCode": send.template,
            "friendGroupKey": send.group,
        } }))
    }

    pub(crate) fn control(&mut self, sender_key: &str, id: u64, control: Control) -> Result<Value, Refusal> {
        let now = self.now();
        let send = self.bizgo.group_sends.get(&id).filter(|send| send.sender_key == sender_key);
        let Some(send) = send else { return refuse("A820", "requestId: no such group send of this sender profile") };
        let status = send.status(now);
        let paused_by_hand = matches!(send.controls.last(), Some((_, Control::Pause)));
        let possible = match control {
            Control::Pause => status == "SENDING",
            // What the hour paused, the hour resumes.
            Control::Resume => status == "PAUSED" && paused_by_hand && is_open(now),
            Control::Terminate => matches!(status, "READY" | "SENDING" | "PAUSED"),
        };
        if !possible {
            return refuse("A824", format!("requestId: not possible in the state {status}"));
        }
        self.write_down(Event::Center(CenterEvent::Controlled { id, at: now, control }))?;
        self.group_send(sender_key, id)
    }
}

/// When a sending to so many would be done.
pub(crate) fn estimated(starts: DateTime<Utc>, count: u64) -> Value {
    let seconds = i64::try_from(count.div_ceil(u64::from(RATE))).unwrap_or(i64::MAX / 1_000_000);
    let finished = after_open(starts, seconds);
    let minutes = (finished.signed_duration_since(starts).num_seconds() + 59) / 60;
    json!({ "brandmessage": {
        "estimatedFinishedAt": seoul(finished).format("%Y-%m-%dT%H:%M:%S").to_string(), "duration": minutes,
    } })
}

/// A time in Seoul as the console writes it.
pub(crate) fn civil(text: &str, form: &str) -> Option<DateTime<Utc>> {
    let civil = NaiveDateTime::parse_from_str(text, form).ok()?;
    // `%d` takes one digit too; the dealer's form has two.
    if civil.format(form).to_string() != text {
        return None;
    }
    Some(civil.and_local_timezone(*seoul(DateTime::UNIX_EPOCH).offset()).single()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        civil(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    fn send(starts: &str) -> GroupSend {
        GroupSend {
            sender_key: "S".to_owned(),
            template: "T".to_owned(),
            group: None,
            campaign: None,
            starts: at(starts),
            limit: Some(10),
            push: "Y".to_owned(),
            expected: 10_000,
            left: 0,
            controls: Vec::new(),
        }
    }

    #[test]
    fn what_is_late_pauses_for_the_night_and_resumes_in_the_morning() {
        let late = send("2026-11-27 20:40:00");
        assert_eq!(late.status(at("2026-11-27 20:39:59")), "READY");
        assert_eq!((late.status(at("2026-11-27 20:41:00")), late.sent(at("2026-11-27 20:41:00"))), ("SENDING", 600));
        assert_eq!((late.status(at("2026-11-27 20:50:00")), late.sent(at("2026-11-27 23:00:00"))), ("PAUSED", 6_000));
        assert_eq!((late.status(at("2026-11-28 08:00:01")), late.sent(at("2026-11-28 08:00:01"))), ("SENDING", 6_010));
        assert_eq!((late.status(at("2026-11-28 09:00:00")), late.sent(at("2026-11-28 09:00:00"))), ("DONE", 10_000));
    }

    #[test]
    fn pauses_and_ends_stop_the_count() {
        let mut held = send("2026-11-27 16:00:00");
        held.controls.push((at("2026-11-27 16:01:00"), Control::Pause));
        assert_eq!((held.status(at("2026-11-27 17:00:00")), held.sent(at("2026-11-27 17:00:00"))), ("PAUSED", 600));
        held.controls.push((at("2026-11-27 17:00:00"), Control::Resume));
        assert_eq!((held.status(at("2026-11-27 17:01:00")), held.sent(at("2026-11-27 17:01:00"))), ("SENDING", 1_200));
        held.controls.push((at("2026-11-27 17:02:00"), Control::Terminate));
        let days_later = at("2026-11-30 12:00:00");
        assert_eq!((held.status(days_later), held.sent(days_later)), ("TERMINATED", 1_800));
        let mut never = send("2026-11-27 16:00:00");
        never.controls.push((at("2026-11-27 15:00:00"), Control::Terminate));
        assert_eq!((never.status(days_later), never.sent(days_later)), ("TERMINATED", 0));
    }

    #[test]
    fn times_have_one_form() {
        assert!(civil("2026-11-27 16:00:00", "%Y-%m-%d %H:%M:%S").is_some());
        for odd in ["2026-11-27T16:00:00", "2026-11-27 16:00", "2026-11-27 24:00:00", "2026-11-7 16:00:00", ""] {
            assert!(civil(odd, "%Y-%m-%d %H:%M:%S").is_none(), "{odd}");
        }
    }
}

//! Group sends (동보) by Bizgo: a basic template of the sender profile, to all its friends or a friend group.

use async_trait::async_trait;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use sosik_channel::{
    Fault, Faults, GroupRules, GroupSend, GroupSendState, GroupSendStatus, GroupSender, Message, Outlook, Refusal,
    SendError, SendErrorKind, Started, Targeting, TemplateRef, stored,
};

use crate::client::{ANSWERS, BizgoTransport, instant, seoul};
use crate::errors::NAME;
use crate::limits;
use crate::wire;

pub(crate) const BASE: &str = "center/brandmessage";

/// What calls about brand messages are wrapped in.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Brand<T> {
    pub(crate) brandmessage: T,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    sender_key: &'a str,
    template_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    friend_group_key: Option<&'a str>,
    send_start_at: String,
    campaign_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tps_limit: Option<u32>,
}

/// In a body the handle is a string, in a query a number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Handle<'a> {
    sender_key: &'a str,
    request_id: &'a str,
}

#[derive(Debug, Deserialize)]
struct Count {
    count: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Possible {
    possible: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Estimate {
    estimated_finished_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    request_id: Option<String>,
    status: Option<String>,
    send_start_at: Option<String>,
    campaign_id: Option<String>,
    expected_count: Option<u64>,
    send_count: Option<u64>,
}

impl State {
    /// The state, of the group send that was asked about where the answer does not name it.
    fn read(self, asked: Option<&str>) -> Option<GroupSendState> {
        let handle = self.request_id.filter(|id| !id.is_empty()).or_else(|| asked.map(str::to_owned))?;
        let status = match self.status?.as_str() {
            "READY" => GroupSendStatus::Ready,
            "SENDING" => GroupSendStatus::Sending,
            "PAUSED" => GroupSendStatus::Paused,
            "DONE" => GroupSendStatus::Done,
            "TERMINATED" => GroupSendStatus::Terminated,
            "BLOCKED" => GroupSendStatus::Blocked,
            other => GroupSendStatus::Other(other.to_owned()),
        };
        let starts = self.send_start_at.as_deref().and_then(|text| instant(&text.replacen(' ', "T", 1)));
        let state = GroupSendState::new(handle, status).with_counts(self.expected_count, self.send_count);
        Some(state.with_plan(self.campaign_id, starts))
    }
}

impl BizgoTransport {
    /// Asks the centre, by a query that names the sender profile.
    pub(crate) async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, SendError> {
        let request = self.request(Method::GET, &format!("{BASE}/{path}"))?;
        let request = request.query(&[("senderKey", self.sender_key.as_str())]).query(query);
        let answer: Option<Brand<T>> = self.call(request, false).await?;
        answer.map(|answer| answer.brandmessage).ok_or_else(|| ANSWERS.unreadable(false))
    }

    async fn control(&self, what: &str, handle: &str) -> Result<GroupSendState, SendError> {
        let body = Brand { brandmessage: Handle { sender_key: &self.sender_key, request_id: handle } };
        let request = self.request(Method::POST, &format!("{BASE}/groupMessage/{what}"))?.json(&body);
        // Nothing new is sent by it: what it did is seen in the state.
        let answer: Option<Brand<State>> = self.call(request, false).await?;
        match answer.and_then(|answer| answer.brandmessage.read(Some(handle))) {
            Some(state) => Ok(state),
            None => self.state(handle).await,
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl GroupSender for BizgoTransport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn rules(&self) -> &GroupRules {
        &self.group_rules
    }

    async fn outlook(&self, plan: &GroupSend) -> Result<Outlook, SendError> {
        let kind =
            wire::kind(&plan.message.body).ok_or_else(|| ANSWERS.invalid("only brand messages go to friends"))?;
        let friends: Count = self.ask("groupMessage/friendCount", &[]).await?;
        let mut query = vec![("msgType", kind)];
        query.extend(plan.group.as_deref().map(|key| ("friendGroupKey", key)));
        let possible: Possible = self.ask("groupMessage/possible", &query).await?;
        let (Some(friends), Some(reachable)) = (friends.count, possible.possible) else {
            return Err(ANSWERS.unreadable(false).with_detail("the friends are not counted"));
        };
        let (starts, count) = (seoul(plan.starts), reachable.to_string());
        let target = if plan.group.is_some() { "FRIEND_GROUP" } else { "NONE" };
        let query = [("startTime", starts.as_str()), ("count", &count), ("target", target)];
        let estimate: Estimate = self.ask("groupMessage/estimate", &query).await?;
        let finishes = estimate.estimated_finished_at.as_deref().and_then(instant);
        let finishes = finishes.ok_or_else(|| ANSWERS.unreadable(false).with_detail("no end is estimated"))?;
        // Bizgo's estimate does not know of a rate of the plan's own.
        let seconds = plan.per_second.map_or(0, |rate| reachable.div_ceil(u64::from(rate.max(1))));
        Ok(Outlook::new(friends, reachable, finishes.max(self.group_rules.finishes(plan.starts, seconds))))
    }

    async fn register(&self, name: &str, message: &Message) -> Result<TemplateRef, SendError> {
        validate_for_friends(message).map_err(|faults| ANSWERS.invalid(&faults.to_string()))?;
        self.put_template(Method::POST, name, &message.body, None).await.map(TemplateRef::new)
    }

    async fn start(&self, plan: &GroupSend, template: &TemplateRef) -> Result<Started, SendError> {
        // What the dealer does with a plan for the night is not documented: it could hold it until Saturday morning.
        self.group_rules.check_always(plan).map_err(|faults| ANSWERS.invalid(&faults.to_string()))?;
        let body = Brand {
            brandmessage: Start {
                sender_key: &self.sender_key,
                template_code: template.as_str(),
                friend_group_key: plan.group.as_deref(),
                send_start_at: seoul(plan.starts).replacen('T', " ", 1),
                campaign_id: &plan.campaign,
                tps_limit: plan.per_second,
            },
        };
        let request = self.request(Method::POST, &format!("{BASE}/groupMessage"))?.json(&body);
        match self.call::<Brand<State>>(request, true).await {
            Ok(answer) => {
                let state = answer.and_then(|answer| answer.brandmessage.read(None));
                state.map(Started::Now).ok_or_else(|| ANSWERS.unreadable(true))
            }
            // Bizgo keeps no list of group sends: the handle of the first start is not to be had any more.
            Err(error) if error.code() == Some("A301") => Ok(Started::before(None)),
            // Not the account but the plan: it starts at night.
            Err(error) if error.code() == Some("A330") => {
                Err(ANSWERS.invalid("friends are sent to from 08:00 to 20:50 in Seoul").with_code("A330"))
            }
            // A refusal that cannot be read may be that of a repeat: whether the campaign goes is not known.
            Err(error) if error.kind() == SendErrorKind::InvalidContent && is_bare(&error) => {
                Err(ANSWERS.unreadable(true).with_source(error))
            }
            Err(error) => Err(error),
        }
    }

    async fn state(&self, handle: &str) -> Result<GroupSendState, SendError> {
        let state: State = self.ask("groupMessage", &[("requestId", handle)]).await?;
        state.read(Some(handle)).ok_or_else(|| ANSWERS.unreadable(false))
    }

    async fn pause(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.control("pause", handle).await
    }

    async fn resume(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.control("resume", handle).await
    }

    async fn terminate(&self, handle: &str) -> Result<GroupSendState, SendError> {
        self.control("terminate", handle).await
    }
}

/// Whether nothing but the status of an answer is known.
fn is_bare(error: &SendError) -> bool {
    error.code().is_none_or(|code| code.starts_with("HTTP "))
}

/// Checks a message that is to go to friends: everything that [`limits::validate`] says, and what only named recipients
/// can get.
///
/// # Errors
///
/// [`Faults`] names everything that is broken.
pub fn validate_for_friends(message: &Message) -> Result<(), Faults> {
    const SOURCE: &str = "PyPI bizgo-sdk-comm 1.2.0, 2026-09";
    let fault = |path: &str, problem: &str| Fault::new(path, problem, SOURCE);
    let mut more = Vec::new();
    if wire::kind(&message.body).is_none() {
        more.push(fault("body", "only brand messages go to the friends of a channel"));
    }
    if message.fallback.is_some() {
        more.push(fault("fallback", "friends have no numbers here, so that there is no fallback for them"));
    }
    match message.advertising.as_ref().map(|marks| &marks.refusal) {
        None => {
            more.push(fault(
                "advertising",
                "a basic template always goes as an advertisement: mark the message as one",
            ));
        }
        Some(Refusal::BlockChannel) => {}
        Some(_) => more.push(fault("advertising.refusal", "friends refuse by blocking the channel")),
    }
    if message.targeting != Targeting::Friends {
        more.push(fault("targeting", "a group send goes to friends of the channel, whoever else was meant"));
    }
    if message.adults_only {
        more.push(fault("adults-only", "a template, by which a group send goes, cannot be for adults only"));
    }
    if stored::to_json(message).contains("#{") {
        more.push(fault("body", "a group send has the same words for everyone: no variables"));
    }
    Faults::join(limits::validate(message), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_keeps_words_that_are_not_known_and_reads_its_start_in_seoul() {
        let read = |json: &str| serde_json::from_str::<State>(json).unwrap().read(Some("7"));
        let state = read(r#"{"requestId":"8","status":"READY","sendStartAt":"2026-11-27 16:00:00"}"#).unwrap();
        assert_eq!((state.handle.as_str(), state.status), ("8", GroupSendStatus::Ready));
        assert_eq!(state.starts.unwrap().to_rfc3339(), "2026-11-27T07:00:00+00:00");
        let odd = read(r#"{"status":"HELD","expectedCount":3}"#).unwrap();
        assert_eq!((odd.handle.as_str(), odd.status), ("7", GroupSendStatus::Other("HELD".to_owned())));
        assert!(read(r#"{"requestId":"8"}"#).is_none());
    }
}

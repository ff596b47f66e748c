//! Groups of messages: how a scheduled submission is taken back, and how a large one is put together before it goes.

use std::collections::HashSet;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::json;
use sosik_channel::{
    Acceptance, Audience, Found, Proof, SendError, SendErrorKind, Submission, Submitted, validate_values,
};

use crate::answers::{Item, ListAnswer};
use crate::client::{ANSWERS, Keys, SolapiTransport, check, verdicts};
use crate::errors::NAME;
use crate::{body, limits};

/// A group of messages at SOLAPI: filled first, then sent at once or at a time.
///
/// ```
/// # async fn f(solapi: &sosik_solapi::SolapiTransport, parts: Vec<sosik_channel::Submission>) -> Result<(), sosik_channel::SendError> {
/// let group = solapi.open_group().await?;
/// for part in &parts {
///     solapi.add(&group.id, part).await?; // 10,000 each at the most
/// }
/// let friday = "2026-11-27T07:00:00Z".parse().unwrap();
/// solapi.schedule_group(&group.id, friday).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Group {
    /// Its name: write it down before the group is sent.
    #[serde(rename = "groupId")]
    pub id: String,
    /// How it stands: `PENDING`, `SCHEDULED`, `SENDING`, `COMPLETE`, `FAILED`, `DELETED`, or a word to come.
    pub status: String,
    /// When it is to go.
    #[serde(default)]
    pub scheduled_date: Option<DateTime<Utc>>,
    /// When it went.
    #[serde(default)]
    pub date_sent: Option<DateTime<Utc>>,
    /// How many messages are in it, and what became of them.
    #[serde(default)]
    pub count: GroupCount,
}

/// What became of a group's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct GroupCount {
    /// In all.
    pub total: u64,
    /// Refused when they were put in.
    pub registered_failed: u64,
    /// Taken.
    pub registered_success: u64,
    /// Sent, and not arrived.
    pub sent_failed: u64,
    /// Sent, and not known yet.
    pub sent_pending: u64,
    /// Arrived.
    pub sent_success: u64,
}

/// What putting messages in was answered with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filled {
    error_count: usize,
    result_list: Vec<Item>,
}

impl SolapiTransport {
    fn of_group(&self, method: Method, id: &str, what: &str) -> Result<RequestBuilder, SendError> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ANSWERS.invalid("a group's name has letters and digits only"));
        }
        self.request(method, &format!("messages/v4/groups/{id}{what}"))
    }

    /// Makes a group with nothing in it.
    ///
    /// # Errors
    ///
    /// [`SendError`]; another one may be made: an empty group is never sent.
    pub async fn open_group(&self) -> Result<Group, SendError> {
        let agent = json!({
            "sdkVersion": concat!("sosik/", env!("CARGO_PKG_VERSION")), "osPlatform": std::env::consts::OS,
            "allowDuplicates": false,
        });
        self.call(self.request(Method::POST, "messages/v4/groups")?.json(&agent)).await
    }

    /// Puts the messages of a submission into a group, 10,000 at the most; its key goes along with each.
    ///
    /// # Errors
    ///
    /// [`SendError`]; where it [may have arrived](SendError::may_have_arrived), look at the group's count: nothing is
    /// sent before the group is.
    pub async fn add(&self, group: &str, submission: &Submission) -> Result<Vec<Acceptance>, SendError> {
        let Audience::Named(recipients) = &submission.audience else {
            return Err(SendError::new(SendErrorKind::Unsupported, NAME).with_detail("only named recipients"));
        };
        if submission.send_at.is_some() {
            return Err(ANSWERS.invalid("a group goes as a whole: schedule the group"));
        }
        check(submission, recipients)?;
        validate_values(submission, limits::table()).map_err(|faults| ANSWERS.invalid(&faults.to_string()))?;
        let body = body::messages(submission, recipients, &self.pf_id);
        let body = body.map_err(|error| ANSWERS.invalid(&error.to_string()))?;
        let request =
            self.of_group(Method::PUT, group, "/messages")?.header("Content-Type", "application/json").body(body);
        let bytes = self.answer(request, true).await?;
        let filled: Filled = serde_json::from_slice(&bytes).map_err(|error| ANSWERS.unparsed(&error, true))?;
        let (failed, taken): (Vec<Item>, Vec<Item>) =
            filled.result_list.into_iter().partition(|item| item.status_code.as_deref() != Some("2000"));
        if failed.len() != filled.error_count || failed.len() + taken.len() != recipients.len() {
            return Err(ANSWERS.unreadable(true).with_detail("the counts of the answer do not add up"));
        }
        let keys = taken.into_iter().filter_map(|item| {
            let reference = item.field("ref")?.to_owned();
            Some((reference.into(), item.message_id?.into()))
        });
        verdicts(recipients, failed, Keys::new(keys.collect()))
    }

    /// Sends a group at once: the step that cannot be taken back.
    ///
    /// # Errors
    ///
    /// [`SendError`]; where it [may have arrived](SendError::may_have_arrived), ask how the [group](Self::group) stands.
    pub async fn send_group(&self, id: &str) -> Result<Group, SendError> {
        let bytes = self.answer(self.of_group(Method::POST, id, "/send")?, true).await?;
        serde_json::from_slice(&bytes).map_err(|error| ANSWERS.unparsed(&error, true))
    }

    /// Lets SOLAPI send a group at an instant, up to six months ahead.
    ///
    /// # Errors
    ///
    /// [`SendError`]; where it [may have arrived](SendError::may_have_arrived), ask how the [group](Self::group) stands.
    pub async fn schedule_group(&self, id: &str, at: DateTime<Utc>) -> Result<Group, SendError> {
        if !limits::schedule().takes(at, self.clock.now()) {
            let problem = format!("{} is not one minute to six months ahead", at.to_rfc3339());
            return Err(ANSWERS.invalid(&problem));
        }
        let date = json!({ "scheduledDate": at.to_rfc3339_opts(SecondsFormat::Millis, true) });
        let bytes = self.answer(self.of_group(Method::POST, id, "/schedule")?.json(&date), true).await?;
        serde_json::from_slice(&bytes).map_err(|error| ANSWERS.unparsed(&error, true))
    }

    /// How a group stands.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn group(&self, id: &str) -> Result<Group, SendError> {
        self.call(self.of_group(Method::GET, id, "")?).await
    }

    /// Throws away a group that was not sent.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](SendErrorKind::InvalidContent) when it was.
    pub async fn delete_group(&self, id: &str) -> Result<(), SendError> {
        self.answer(self.of_group(Method::DELETE, id, "")?, false).await.map(drop)
    }

    /// Fills a group and sends it.
    pub(crate) async fn submit_prepared(&self, id: &str, submission: &Submission) -> Result<Submitted, SendError> {
        // What was put in is not sent: whatever went wrong with it, nothing has arrived.
        let filled = self.add(id, submission).await.map_err(|error| {
            if error.may_have_arrived() {
                SendError::new(SendErrorKind::Unavailable, NAME).with_detail("the group was not filled")
            } else {
                error
            }
        })?;
        let submitted = Submitted::new(Proof::PerRecipient(filled)).with_handle(id);
        // A group of no one cannot be sent.
        if submitted.accepted() > 0 {
            self.send_group(id).await?;
        }
        Ok(submitted)
    }

    /// Every message of a group, and what became of it.
    pub(crate) async fn find_in_group(&self, id: &str) -> Result<Vec<Found>, SendError> {
        let count = self.group(id).await?.count.registered_success;
        let (mut found, mut references) = (Vec::new(), HashSet::new());
        let mut start: Option<String> = None;
        loop {
            let mut query = vec![("limit", limits::PAGE.to_string())];
            query.extend(start.clone().map(|start| ("startKey", start)));
            let page: ListAnswer = self.call(self.of_group(Method::GET, id, "/messages")?.query(&query)).await?;
            for item in page.message_list.values() {
                if let Some(reference) =
                    item.field("ref").filter(|reference| references.insert((*reference).to_owned()))
                {
                    found.push(Found::new(reference, item.settled()).under(Some(id.to_owned())));
                }
            }
            match page.next_key {
                // A key that does not move would go round for ever.
                Some(next) if Some(&next) == start.as_ref() => {
                    return Err(ANSWERS.unreadable(false).with_detail("the list does not go on"));
                }
                Some(next) => start = Some(next),
                None => break,
            }
        }
        // Who is missing in a list that is behind would be taken for someone who was never sent to.
        if (found.len() as u64) < count {
            let error = SendError::new(SendErrorKind::Unavailable, NAME);
            return Err(error.with_detail("the group's list is not complete yet"));
        }
        Ok(found)
    }

    /// Takes back a group that waits for its time, or was not sent.
    pub(crate) async fn cancel_group(&self, id: &str) -> Result<(), SendError> {
        let cancelled = self.answer(self.of_group(Method::DELETE, id, "/schedule")?, false).await;
        let Err(error) = cancelled else { return Ok(()) };
        if error.kind() != SendErrorKind::InvalidContent {
            return Err(error);
        }
        // It is not waiting: it was not sent, it went, or it was taken back before.
        let group = self.group(id).await?;
        match group.status.as_str() {
            "PENDING" => match self.delete_group(id).await {
                // It went in between.
                Err(error) if error.kind() == SendErrorKind::InvalidContent => Err(went()),
                other => other,
            },
            "FAILED" | "DELETED" if group.date_sent.is_none() => Ok(()),
            "SCHEDULED" => Err(error),
            _ => Err(went()),
        }
    }
}

fn went() -> SendError {
    SendError::new(SendErrorKind::Refused, NAME).with_detail("it is being sent or was")
}

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde_json::json;
use sosik_channel::{
    Acceptance, Answer, Audience, Capabilities, Found, Media, MediaRef, Message, Proof, ReceiptPage, Recipient,
    SendError, SendErrorKind, Submission, Submitted, Tariff, Transport, Webhook, WebhookReceipts, Won, http,
    validate_values,
};
use sosik_core::{Clock, Entropy};

use crate::answers::{Item, ListAnswer, SendAnswer, UploadAnswer};
use crate::auth::Credentials;
use crate::codes::CodeKind;
use crate::errors::{NAME, Refusal, refused, rejection};
use crate::receipts::Cursor;
use crate::{body, limits, wire};

/// How answers are read.
pub(crate) const ANSWERS: http::Answers = http::Answers::new(NAME, limits::ANSWER_BYTES);

/// A [`Transport`] over SOLAPI's API v4.
///
/// SOLAPI knows no idempotency key, but groups, which are sent once: a submission is [prepared](Transport::prepare) as a
/// group and submitted under its id. One without a handle whose answer was lost is looked for in the list of messages by
/// its key, which goes along as the custom field `key`, and is never repeated by itself.
pub struct SolapiTransport {
    pub(crate) client: Client,
    pub(crate) base: Url,
    pub(crate) credentials: Credentials,
    pub(crate) pf_id: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) capabilities: Capabilities,
    pub(crate) receipts: Mutex<Cursor>,
    pub(crate) tariff: Tariff,
}

impl fmt::Debug for SolapiTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SolapiTransport").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// Which messages are listed, and by what time.
#[derive(Clone, Copy, Debug)]
enum By {
    Created,
    Updated,
}

impl SolapiTransport {
    /// A request with a signature of its own.
    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SendError> {
        let url = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| ANSWERS.invalid("the path is no address").with_source(error))?;
        let mut salt = [0_u8; 16];
        self.entropy.fill(&mut salt);
        let signed = self.credentials.authorization(self.clock.now(), &crate::auth::hex(&salt));
        Ok(self.client.request(method, url).header("Authorization", signed))
    }

    /// The body of an answer that is a success.
    pub(crate) async fn answer(&self, request: RequestBuilder, sends: bool) -> Result<Vec<u8>, SendError> {
        let response = request.send().await.map_err(|error| ANSWERS.lost(error, sends))?;
        let (status, wait) = (response.status().as_u16(), http::retry_after(&response));
        let body = ANSWERS.body(response, sends).await?;
        if status != 200 {
            // An answer of another form says no more than its status.
            let refusal = serde_json::from_slice(&body).unwrap_or(Refusal::default());
            let error = refused(status, &refusal, sends);
            return Err(wait.into_iter().fold(error, SendError::with_retry_after));
        }
        Ok(body)
    }

    pub(crate) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, SendError> {
        let body = self.answer(request, false).await?;
        serde_json::from_slice(&body).map_err(|error| ANSWERS.unparsed(&error, false))
    }

    /// A page of the messages of a span, and the key of the next one.
    async fn list(
        &self,
        by: By,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        start: Option<&str>,
    ) -> Result<ListAnswer, SendError> {
        let date = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let by = match by {
            By::Created => "CREATED",
            By::Updated => "UPDATED",
        };
        let mut query = vec![
            ("dateType", by.to_owned()),
            ("startDate", date(from)),
            ("endDate", date(to)),
            ("limit", limits::PAGE.to_string()),
        ];
        query.extend(start.map(|start| ("startKey", start.to_owned())));
        let page: ListAnswer = self.call(self.request(Method::GET, "messages/v4/list")?.query(&query)).await?;
        // A key that does not move would go round for ever.
        if page.next_key.is_some() && page.next_key.as_deref() == start {
            return Err(ANSWERS.unreadable(false).with_detail("the list does not go on"));
        }
        Ok(page)
    }

    fn cursor(&self) -> MutexGuard<'_, Cursor> {
        self.receipts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Transport for SolapiTransport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        // The name is the picture's own: nothing of the sender's files goes out.
        let digest: String = media.picture.digest.chars().take(16).collect();
        let body = json!({
            "file": STANDARD.encode(&media.content),
            "type": wire::upload_type(media.place),
            "name": format!("{digest}.{}", media.picture.format.extension()),
        });
        let request = self.request(Method::POST, "storage/v1/files")?.json(&body);
        let answer: UploadAnswer = self.call(request).await?;
        Ok(MediaRef::new(answer.file_id))
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let Audience::Named(recipients) = &submission.audience else {
            return Err(SendError::new(SendErrorKind::Unsupported, NAME).with_detail("only named recipients"));
        };
        if let Some(handle) = &submission.handle {
            return self.submit_prepared(handle, submission).await;
        }
        check(submission, recipients)?;
        if let Some(at) = submission.send_at.filter(|at| !limits::schedule().takes(*at, self.clock.now())) {
            let problem = format!("{} is not one minute to six months ahead", at.to_rfc3339());
            return Err(ANSWERS.invalid(&problem));
        }
        validate_values(submission, limits::table()).map_err(|faults| ANSWERS.invalid(&faults.to_string()))?;
        let written = body::request(submission, recipients, &self.pf_id);
        let written = written.map_err(|error| ANSWERS.invalid(&error.to_string()))?;
        let request = self.request(Method::POST, "messages/v4/send-many/detail")?;
        let request = request.header("Content-Type", "application/json").body(written);
        let answer = self.answer(request, true).await?;
        // Read once as text, not again for each of its words.
        let answer = str::from_utf8(&answer).map_err(|_| ANSWERS.unreadable(true).with_detail("it is no UTF-8"))?;
        let answer: SendAnswer<'_> = serde_json::from_str(answer).map_err(|error| ANSWERS.unparsed(&error, true))?;
        let handle = answer.group_info.group_id.clone();
        let submitted = Submitted::new(Proof::PerRecipient(acceptances(recipients, answer)?));
        Ok(handle.into_iter().fold(submitted, Submitted::with_handle))
    }

    async fn prepare(&self, _submission: &Submission) -> Result<Option<String>, SendError> {
        Ok(Some(self.open_group().await?.id))
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        if let Some(handle) = &submission.handle {
            return self.find_in_group(handle).await;
        }
        let slack = TimeDelta::minutes(5);
        let from = since.checked_sub_signed(slack).unwrap_or(since);
        let to = self.clock.now().checked_add_signed(slack).unwrap_or(since);
        let mut found = Vec::new();
        let mut start: Option<String> = None;
        loop {
            let page = self.list(By::Created, from, to, start.as_deref()).await?;
            for item in page.message_list.values().filter(|item| item.field("key") == Some(submission.key.as_str())) {
                if let Some(reference) = item.field("ref") {
                    found.push(Found::new(reference, item.settled()).under(item.group_id.clone()));
                }
            }
            match page.next_key {
                Some(next) => start = Some(next),
                None => return Ok(found),
            }
        }
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let (from, end) = (self.cursor().since(), self.clock.now());
        let mut start: Option<String> = None;
        let mut settled = Vec::new();
        loop {
            let page = self.list(By::Updated, from, end, start.as_deref()).await?;
            let mut cursor = self.cursor();
            let receipts = page.message_list.values().filter_map(Item::receipt);
            settled.extend(receipts.filter(|receipt| !cursor.is_done(receipt)));
            match page.next_key {
                Some(next) if settled.len() < limits::RECEIPTS => start = Some(next),
                more => return Ok(cursor.give(settled, end, more.is_none())),
            }
        }
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        self.cursor().acknowledge(page);
        Ok(())
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.cancel_group(handle).await
    }

    async fn webhook(&self, webhook: &Webhook) -> Result<WebhookReceipts, SendError> {
        self.confirmed(&webhook.body).await
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.tariff.price(message)
    }
}

pub(crate) fn check(submission: &Submission, recipients: &[Recipient]) -> Result<(), SendError> {
    if recipients.is_empty() || recipients.len() > limits::BATCH {
        let problem = format!("{} recipients, 1 to {} are taken", recipients.len(), limits::BATCH);
        return Err(ANSWERS.invalid(&problem));
    }
    let too_long = |text: &str| text.is_empty() || text.chars().count() > limits::CUSTOM_FIELD;
    if too_long(&submission.key) || recipients.iter().any(|to| too_long(&to.reference)) {
        let problem = format!("the key and the references have 1 to {} characters", limits::CUSTOM_FIELD);
        return Err(ANSWERS.invalid(&problem));
    }
    if submission.message.fallback.is_some() {
        let error = SendError::new(SendErrorKind::Unsupported, NAME);
        return Err(error.with_detail("SOLAPI documents no text instead of a free-form brand message"));
    }
    Ok(())
}

/// The answer for each recipient: those that failed are listed, by their reference or number; all others were taken.
pub(crate) fn acceptances(recipients: &[Recipient], answer: SendAnswer<'_>) -> Result<Vec<Acceptance>, SendError> {
    let count = &answer.group_info.count;
    let unreadable = |why: &str| ANSWERS.unreadable(true).with_detail(why);
    if count.registered_failed + count.registered_success != recipients.len()
        || count.registered_failed != answer.failed_message_list.len()
    {
        return Err(unreadable("the counts of the answer do not add up"));
    }
    let taken = answer.message_list.into_iter().flatten();
    let keys = taken.filter_map(|item| Some((item.custom_fields?.reference?.0, item.message_id?.0))).collect();
    verdicts(recipients, answer.failed_message_list, Keys::new(keys))
}

/// The dealer's keys by the references of the messages, in its order: mostly that of the request.
pub(crate) struct Keys<'a> {
    rest: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    by_reference: HashMap<Cow<'a, str>, Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(rest: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        Self { rest, by_reference: HashMap::new() }
    }

    /// The key of a message; asked for from the last one to the first, nothing is looked up.
    fn take_last(&mut self, reference: &str) -> Option<Cow<'a, str>> {
        if let Some((_, key)) = self.rest.pop_if(|(known, _)| *known == reference) {
            return Some(key);
        }
        // Another order: from here on they are looked up.
        self.by_reference.extend(self.rest.drain(..));
        self.by_reference.remove(reference)
    }
}

/// The answer for each recipient, by those that failed and the dealer's keys of those that did not.
pub(crate) fn verdicts(
    recipients: &[Recipient],
    failed: Vec<Item>,
    mut keys: Keys<'_>,
) -> Result<Vec<Acceptance>, SendError> {
    let unreadable = |why: &str| ANSWERS.unreadable(true).with_detail(why);
    let mut failed_references = HashMap::new();
    let mut failed_numbers: HashMap<String, Vec<Item>> = HashMap::new();
    for item in failed {
        match (item.field("ref").map(str::to_owned), item.to.clone()) {
            (Some(reference), _) => drop(failed_references.insert(reference, item)),
            (None, Some(to)) => failed_numbers.entry(to).or_default().push(item),
            (None, None) => return Err(unreadable("a failure names no one")),
        }
    }
    let mut answers = Vec::with_capacity(recipients.len());
    let mut account = None;
    // Of one number that stands twice, the later one failed.
    for to in recipients.iter().rev() {
        let by_reference = if failed_references.is_empty() { None } else { failed_references.remove(&to.reference) };
        let failed = by_reference.or_else(|| failed_numbers.get_mut(to.phone.expose()).and_then(Vec::pop));
        let verdict = match failed {
            None => Answer::Accepted,
            Some(item) => {
                let status = item.status_code.ok_or_else(|| unreadable("a failure has no code"))?;
                let Some((gone, kind)) = rejection(&status) else {
                    return Err(unreadable("a recipient's answer is an error inside the dealer"));
                };
                if kind == CodeKind::Account {
                    account = Some(status.clone());
                }
                Answer::rejected(status, gone)
            }
        };
        let key = keys.take_last(&to.reference).map(Cow::into_owned);
        answers.push(Acceptance::new(to.reference.as_str(), key, verdict));
    }
    if !failed_references.is_empty() || failed_numbers.values().any(|left| !left.is_empty()) {
        return Err(unreadable("a failure names someone who was not in the request"));
    }
    answers.reverse();
    // Nothing was taken, and nothing would be: a person has to mend the account.
    if let Some(status) = account.filter(|_| answers.iter().all(|one| matches!(one.answer, Answer::Rejected { .. }))) {
        return Err(SendError::new(SendErrorKind::NotPermitted, NAME).with_code(status));
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use sosik_core::PhoneNumber;

    use super::*;

    fn two() -> [Recipient; 2] {
        ["r-0", "r-1"].map(|reference| Recipient::new(reference, PhoneNumber::parse("010-0000-0001").unwrap()))
    }

    fn answer(success: usize, failed: &Value) -> Result<Vec<Acceptance>, SendError> {
        let count = failed.as_array().unwrap().len();
        let answer = json!({
            "failedMessageList": failed,
            "groupInfo": { "groupId": "G", "count": { "total": 2, "registeredFailed": count, "registeredSuccess": success } },
            "messageList": [{ "messageId": "M0", "statusCode": "2000", "customFields": { "ref": "r-0" } }],
        });
        acceptances(&two(), serde_json::from_str(&answer.to_string()).unwrap())
    }

    #[test]
    fn every_recipient_has_an_answer_and_of_a_number_that_stands_twice_the_later_one_failed() {
        let answers = answer(1, &json!([{ "to": "01000000001", "statusCode": "1026" }])).unwrap();
        assert_eq!(answers[0], Acceptance::new("r-0", Some("M0".to_owned()), Answer::Accepted));
        assert_eq!(answers[1], Acceptance::new("r-1", None, Answer::rejected("1026", false)));
        let gone = json!([{ "to": "01000000001", "statusCode": "1060", "customFields": { "ref": "r-0" } }]);
        assert_eq!(answer(1, &gone).unwrap()[0].answer, Answer::rejected("1060", true));
    }

    #[test]
    fn an_answer_that_does_not_add_up_leaves_the_sending_in_doubt() {
        for (success, failed) in [
            (1, json!([])),
            (1, json!([{ "to": "01000000009", "statusCode": "1026" }])),
            (1, json!([{ "statusCode": "1026" }])),
            (1, json!([{ "to": "01000000001" }])),
            (1, json!([{ "to": "01000000001", "statusCode": "1024" }])),
        ] {
            assert!(answer(success, &failed).unwrap_err().may_have_arrived(), "{failed}");
        }
    }

    #[test]
    fn an_account_that_may_send_nothing_stops_the_transport() {
        let one = json!({ "to": "01000000001", "statusCode": "1062" });
        let error = answer(0, &json!([one, one])).unwrap_err();
        assert_eq!((error.kind(), error.code()), (SendErrorKind::NotPermitted, Some("1062")));
        assert!(answer(1, &json!([one])).is_ok());
    }
}

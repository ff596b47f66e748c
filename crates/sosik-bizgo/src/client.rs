use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use sosik_channel::{
    Acceptance, Answer, Audience, Capabilities, Found, GroupRules, Media, MediaRef, Message, Outcome, Picture, Place,
    Proof, Receipt, ReceiptPage, Recipient, Route, SendError, SendErrorKind, Submission, Submitted, Tariff, Transport,
    Webhook, WebhookReceipts, Won, http, validate_values,
};

use crate::answers;
use crate::codes;
use crate::errors::{NAME, refused};
use crate::limits;
use crate::webhook;
use crate::wire;

/// How answers are read.
pub(crate) const ANSWERS: http::Answers = http::Answers::new(NAME, limits::ANSWER_BYTES);

/// A [`Transport`] over Bizgo's Communication API.
pub struct BizgoTransport {
    pub(crate) client: Client,
    pub(crate) base: Url,
    pub(crate) api_key: SecretString,
    pub(crate) sender_key: String,
    pub(crate) group_tag: Option<String>,
    pub(crate) unreachable: Vec<String>,
    pub(crate) capabilities: Capabilities,
    pub(crate) group_rules: GroupRules,
    pub(crate) webhook_secret: Option<SecretString>,
    pub(crate) tariff: Tariff,
}

impl fmt::Debug for BizgoTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BizgoTransport").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl BizgoTransport {
    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SendError> {
        let url = format!("{}/api/comm/v1/{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| ANSWERS.invalid("the path is no address").with_source(error))?;
        Ok(self.client.request(method, url).header("Authorization", self.api_key.expose_secret()))
    }

    /// Makes a request, and gives what is inside its answer.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        sends: bool,
    ) -> Result<Option<T>, SendError> {
        self.service(request, sends).await.map(|service| service.and_then(|service| service.data))
    }

    /// Makes a request. `sends` tells whether it could send something: then a lost answer leaves its outcome unknown.
    pub(crate) async fn service<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        sends: bool,
    ) -> Result<Option<answers::Service<T>>, SendError> {
        let response = request.send().await.map_err(|error| ANSWERS.lost(error, sends))?;
        let status = response.status().as_u16();
        let wait = http::retry_after(&response);
        let body = ANSWERS.body(response, sends).await?;
        let envelope: answers::Envelope<T> = match serde_json::from_slice(&body) {
            Ok(envelope) => envelope,
            Err(_) if status >= 400 => return Err(with_wait(refused(status, None, true, sends), wait)),
            Err(error) => return Err(ANSWERS.unparsed(&error, sends)),
        };
        let gateway = envelope.common.and_then(|common| common.auth_code);
        if let Some(code) = gateway.as_deref().filter(|code| *code != "A000") {
            return Err(with_wait(refused(status, Some(code), true, sends), wait));
        }
        let service = envelope.data;
        let code = service.as_ref().and_then(|service| service.code.as_deref());
        if let Some(code) = code.filter(|code| *code != "A000") {
            return Err(with_wait(refused(status, Some(code), false, sends), wait));
        }
        if status >= 300 {
            return Err(with_wait(refused(status, None, true, sends), wait));
        }
        if gateway.is_none() && code.is_none() {
            return Err(ANSWERS.unreadable(sends));
        }
        Ok(service)
    }

    /// The receipts of one message, asked for by its key.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](SendErrorKind::InvalidContent) when it is no message of this account.
    pub async fn reports(&self, message_key: &str) -> Result<Vec<Receipt>, SendError> {
        let request = self.with_parts(Method::GET, "report/inquiry", &[message_key])?;
        let answer: Option<answers::InquiryAnswer> = self.call(request, false).await?;
        let reports = answer.and_then(|answer| answer.report).ok_or_else(|| ANSWERS.unreadable(false))?;
        let ours = reports.into_iter().filter_map(|report| receipt(report, &self.unreachable));
        Ok(ours.filter(|receipt| receipt.message_key == message_key).collect())
    }

    /// A request whose path ends in names that others chose.
    pub(crate) fn with_parts(&self, method: Method, path: &str, parts: &[&str]) -> Result<RequestBuilder, SendError> {
        let mut request = self.request(method, path)?.build().map_err(|error| ANSWERS.lost(error, false))?;
        if let Ok(mut segments) = request.url_mut().path_segments_mut() {
            segments.extend(parts);
        }
        Ok(RequestBuilder::from_parts(self.client.clone(), request))
    }

    pub(crate) fn profile(&self) -> wire::Profile<'_> {
        wire::Profile { sender_key: &self.sender_key, group_tag: self.group_tag.as_deref() }
    }

    /// The name under which a picture is uploaded: its own, so that nothing of the sender's files goes out.
    pub(crate) fn file_name(media: &Media) -> String {
        let Picture { digest, format, .. } = &media.picture;
        format!("{}.{}", &digest[..digest.len().min(16)], format.extension())
    }

    /// Uploads a picture to one of Bizgo's places for them.
    pub(crate) async fn upload_to(&self, kind: &str, media: &Media) -> Result<answers::UploadAnswer, SendError> {
        let part = Part::stream(media.content.clone())
            .file_name(Self::file_name(media))
            .mime_str(media.picture.format.media_type())
            .map_err(|error| ANSWERS.invalid("the picture's type").with_source(error))?;
        let request = self.request(Method::POST, &format!("file/{kind}"))?;
        let answer = self.call(request.multipart(Form::new().part("file", part)), false).await?;
        answer.ok_or_else(|| ANSWERS.unreadable(false))
    }

    fn outcome(&self, report_code: &str) -> Outcome {
        outcome(report_code, &self.unreachable)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Transport for BizgoTransport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        let kind = match media.place {
            Place::CarouselFeed => "brandmessage/carouselFeed",
            Place::CarouselGoods => "brandmessage/carouselCommerce",
            Place::Text => "mms",
            Place::Wide => "brandmessage/wide",
            Place::WideItemMain => "brandmessage/wideItemList/first",
            Place::WideItemRest => "brandmessage/wideItemList",
            _ => "brandmessage/default",
        };
        let answer = self.upload_to(kind, media).await?;
        let name = if media.place == Place::Text { answer.file_key } else { answer.img_url };
        name.map(MediaRef::new).ok_or_else(|| ANSWERS.unreadable(false))
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let Audience::Named(recipients) = &submission.audience else {
            return Err(unsupported("only named recipients; a GroupSender sends to friends"));
        };
        check(submission, recipients)?;
        validate_values(submission, limits::table()).map_err(|faults| ANSWERS.invalid(&faults.to_string()))?;
        let message_flow =
            wire::flow(&submission.message, self.profile()).map_err(|problem| ANSWERS.invalid(&problem))?;
        let destinations = wire::Destination::all(recipients, &submission.message);
        if let Some(at) = submission.send_at {
            return self.reserve(&submission.key, at, recipients, destinations, message_flow).await;
        }
        let body = wire::SendRequest {
            destinations,
            message_flow,
            group_key: &submission.key,
            idempotency_key: &submission.key,
            idempotency_ttl: limits::KEY_LIFETIME,
        };
        let request = self.request(Method::POST, "send/omni")?.json(&body);
        let answer: Option<answers::SendAnswer> = self.call(request, true).await?;
        let answers = answer.and_then(|answer| answer.destinations).ok_or_else(|| ANSWERS.unreadable(true))?;
        acceptances(recipients, answers).map(|all| Submitted::new(Proof::PerRecipient(all)))
    }

    async fn find(&self, submission: &Submission, since: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        let since = since.checked_sub_signed(TimeDelta::minutes(5)).unwrap_or(since);
        if let (Some(_), Audience::Named(recipients)) = (submission.send_at, &submission.audience) {
            return self.reserved(&submission.key, since, recipients).await;
        }
        let mut found = Vec::new();
        let mut cursor: Option<i64> = None;
        loop {
            let mut query =
                vec![("requestTime", seoul(since)), ("groupKey", submission.key.clone()), ("limit", "1000".to_owned())];
            query.extend(cursor.map(|cursor| ("lastSeq", cursor.to_string())));
            let request = self.request(Method::GET, "message/history")?.query(&query);
            let page: Option<answers::HistoryAnswer> = self.call(request, false).await?;
            let Some(page) = page else { return Ok(found) };
            for status in page.messages.unwrap_or_default() {
                let taken = status.response_code.as_deref() == Some("A000");
                let (Some(reference), true) = (status.reference, taken) else { continue };
                let route = route(status.service_type.as_deref(), status.msg_type.as_deref());
                let settled = status.report_code.filter(|code| !code.is_empty()).map(|code| self.outcome(&code));
                found.push(Found::new(reference, settled.map(|outcome| (route, outcome))));
            }
            // A cursor that does not move would go round for ever.
            match page.last_seq.filter(|_| page.has_next == Some(true)) {
                Some(next) if cursor != Some(next) => cursor = Some(next),
                _ => return Ok(found),
            }
        }
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let request = self.request(Method::GET, "report/polling")?;
        let Some(page) = self.call::<answers::PollAnswer>(request, false).await? else {
            return Ok(ReceiptPage::default());
        };
        let Some(id) = page.report_id.filter(|id| !id.is_empty()) else { return Ok(ReceiptPage::default()) };
        let reports = page.report.unwrap_or_default();
        let given = reports.len();
        let receipts: Vec<Receipt> =
            reports.into_iter().filter_map(|report| receipt(report, &self.unreachable)).collect();
        if receipts.len() < given {
            // They say of no message what became of it; those messages are inquired about in time.
            tracing::warn!(unreadable = given - receipts.len(), page = %id, "receipts without a key or a code");
        }
        Ok(ReceiptPage::new(id, receipts))
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        let request = self.with_parts(Method::DELETE, "report/polling", &[page])?;
        match self.call::<answers::Nothing>(request, false).await {
            // Acknowledged before, or by someone else: there is nothing left to do.
            Err(error) if error.code() == Some("A802") => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn prepare(&self, _submission: &Submission) -> Result<Option<String>, SendError> {
        Ok(None)
    }

    async fn cancel(&self, handle: &str) -> Result<(), SendError> {
        self.cancel_reservation(handle).await
    }

    async fn webhook(&self, given: &Webhook) -> Result<WebhookReceipts, SendError> {
        let secret = self.webhook_secret.as_ref();
        let secret = secret.ok_or_else(|| unsupported("no secret for webhooks was given to the builder"))?;
        let header = |name| given.header(name).unwrap_or_default();
        let headers = webhook::Headers::new(header("X-IB-Timestamp"), header("X-IB-Signature"));
        webhook::verify(secret, &headers, given.received).map_err(webhook::refused)?;
        let hint = webhook::parse(&given.body).map_err(webhook::refused)?;
        // Only the time is signed: what the body says is asked for again.
        let receipts = self.reports(&hint.message_key).await?;
        if receipts.is_empty() {
            let why = "the dealer does not know yet what it told: it comes again";
            return Err(SendError::new(SendErrorKind::Unavailable, NAME).with_detail(why));
        }
        let reply = webhook::acknowledgement(&hint);
        Ok(WebhookReceipts::new(receipts, reply))
    }

    fn price(&self, message: &Message) -> Option<Won> {
        self.tariff.price(message)
    }
}

fn unsupported(why: &str) -> SendError {
    SendError::new(SendErrorKind::Unsupported, NAME).with_detail(why)
}

fn check(submission: &Submission, recipients: &[Recipient]) -> Result<(), SendError> {
    if recipients.is_empty() || recipients.len() > limits::BATCH {
        return Err(ANSWERS.invalid(&format!("{} recipients, 1 to {} are taken", recipients.len(), limits::BATCH)));
    }
    if submission.key.is_empty() || submission.key.chars().count() > limits::KEY_LENGTH {
        return Err(ANSWERS.invalid(&format!("the idempotency key is not 1 to {} characters", limits::KEY_LENGTH)));
    }
    Ok(())
}

/// The answer for each recipient, by their reference where Bizgo gives it back, else by their number.
pub(crate) fn acceptances(
    recipients: &[Recipient],
    answers: Vec<answers::DestinationAnswer>,
) -> Result<Vec<Acceptance>, SendError> {
    let mut by_reference = HashMap::new();
    let mut by_number = HashMap::new();
    for answer in answers {
        match (&answer.reference, &answer.to) {
            (Some(reference), _) if !reference.is_empty() => by_reference.insert(reference.clone(), answer),
            (_, Some(number)) => by_number.insert(number.clone(), answer),
            _ => None,
        };
    }
    recipients
        .iter()
        .map(|recipient| {
            let answer =
                by_reference.remove(&recipient.reference).or_else(|| by_number.remove(recipient.phone.expose()));
            let answer = answer.ok_or_else(|| ANSWERS.unreadable(true).with_detail("a recipient has no answer"))?;
            let code = answer.code.ok_or_else(|| ANSWERS.unreadable(true).with_detail("an answer has no code"))?;
            let verdict = match code.as_str() {
                "A000" => Answer::Accepted,
                "A301" => Answer::Already,
                other if codes::code(other).is_some_and(|known| is_open(known.kind)) => {
                    return Err(ANSWERS
                        .unreadable(true)
                        .with_detail("a recipient's answer is an error inside the dealer"));
                }
                other => Answer::rejected(other, codes::code(other).is_some_and(|known| known.gone)),
            };
            Ok(Acceptance::new(recipient.reference.as_str(), answer.msg_key, verdict))
        })
        .collect()
}

/// Whether a code for one recipient leaves open what becomes of their message.
fn is_open(kind: SendErrorKind) -> bool {
    matches!(kind, SendErrorKind::OutcomeUnknown | SendErrorKind::RateLimited | SendErrorKind::Unavailable)
}

pub(crate) fn receipt(report: answers::Report, unreachable: &[String]) -> Option<Receipt> {
    let route = route(report.service_type.as_deref(), report.msg_type.as_deref());
    let code = report.report_code.filter(|code| !code.is_empty())?;
    let mut receipt = Receipt::new(report.msg_key?, route, outcome(&code, unreachable));
    receipt.reference = report.reference.filter(|reference| !reference.is_empty());
    receipt.at = report.report_time.as_deref().and_then(instant);
    Some(receipt)
}

fn outcome(report_code: &str, unreachable: &[String]) -> Outcome {
    if report_code == "10000" {
        return Outcome::Delivered;
    }
    Outcome::failed(report_code, unreachable.iter().any(|code| code == report_code))
}

/// The form in which a message went, by Bizgo's names of services and message types.
fn route(service: Option<&str>, kind: Option<&str>) -> Route {
    let by_service = match service.unwrap_or_default().to_ascii_uppercase().as_str() {
        "BRANDMESSAGE" | "ALIMTALK" | "KAKAO" => Some(Route::Kakao),
        "SMS" | "LMS" | "MMS" => Some(Route::Text),
        _ => None,
    };
    by_service.unwrap_or_else(|| match kind.unwrap_or_default() {
        "FT" | "FI" | "FW" | "FL" | "FC" | "FM" | "FA" | "FP" | "FG" | "AT" | "AI" => Route::Kakao,
        "SM" | "LM" | "MM" => Route::Text,
        _ => Route::Other,
    })
}

/// An instant as Bizgo writes it: RFC 3339; without a zone it is meant in Seoul.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    DateTime::parse_from_rfc3339(&format!("{text}+09:00")).ok().map(|at| at.with_timezone(&Utc))
}

/// `yyyy-MM-ddTHH:mm:ss` in Seoul, as the history takes it.
pub(crate) fn seoul(at: DateTime<Utc>) -> String {
    let local = FixedOffset::east_opt(9 * 3600).map_or(at.naive_utc(), |zone| at.with_timezone(&zone).naive_local());
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn with_wait(error: SendError, wait: Option<Duration>) -> SendError {
    match wait {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

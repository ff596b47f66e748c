//! What the emulator knows: messages, keys, pictures and receipts.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::answer::Refusal;
use crate::bucket::Bucket;
use crate::check::{self, Pictures};
use crate::journal::{self, Event, Journal, Message, Try};
use crate::options::Options;
use crate::request::{Destination, FlowItem, SendOmni};
use crate::stats::Stats;

/// A receipt: when it comes, of which message, of which of its tries.
type Due = (DateTime<Utc>, usize, usize);

/// Receipts of a page.
const PAGE: usize = 200;

#[derive(Debug)]
pub(crate) struct Ledger {
    options: Options,
    journal: Journal,
    secret: [u8; 32],
    messages: Vec<Message>,
    by_key: HashMap<String, usize>,
    keys: HashMap<String, Key>,
    pictures: HashMap<String, (String, String)>,
    seen: HashSet<(String, String)>,
    recipients: HashSet<String>,
    /// Receipts not acknowledged yet.
    receipts: BTreeSet<Due>,
    page: Option<(String, Vec<Due>)>,
    pages: u64,
    acknowledged: HashSet<String>,
    requests: u64,
    stats: Stats,
    recipients_bucket: Bucket,
    calls_bucket: Bucket,
}

#[derive(Debug)]
struct Key {
    expires: DateTime<Utc>,
    recipients: HashSet<String>,
}

impl Pictures for HashMap<String, (String, String)> {
    fn kind(&self, address: &str) -> Option<&str> {
        self.get(address).map(|(kind, _)| kind.as_str())
    }
}

/// The answer to a sending, and whether it is lost on its way.
pub(crate) struct Sent {
    pub(crate) destinations: Vec<Value>,
    pub(crate) lost: bool,
}

impl Ledger {
    pub(crate) fn open(options: Options) -> std::io::Result<Self> {
        let (secret, (journal, events)) = match &options.state {
            Some(folder) => (journal::secret(folder)?, Journal::open(folder)?),
            None => (journal::random(), (Journal::none(), Vec::new())),
        };
        let now = options.clock.now();
        let mut ledger = Self {
            options,
            journal,
            secret,
            messages: Vec::new(),
            by_key: HashMap::new(),
            keys: HashMap::new(),
            pictures: HashMap::new(),
            seen: HashSet::new(),
            recipients: HashSet::new(),
            receipts: BTreeSet::new(),
            page: None,
            pages: 0,
            acknowledged: HashSet::new(),
            requests: 0,
            stats: Stats::default(),
            recipients_bucket: Bucket::new(200, now),
            calls_bucket: Bucket::new(5, now),
        };
        for event in events {
            ledger.apply(event);
        }
        Ok(ledger)
    }

    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.stats.clone();
        stats.distinct = self.recipients.len() as u64;
        let now = self.options.clock.now();
        for message in &self.messages {
            let Some(last) = message.tries.last().filter(|last| last.at <= now) else { continue };
            match (last.code.as_str(), message.tries.len()) {
                ("10000", 1) => stats.delivered += 1,
                ("10000", _) => stats.fallback += 1,
                _ => stats.failed += 1,
            }
        }
        stats
    }

    /// Takes a call of the bucket for everything but sendings.
    pub(crate) fn call(&mut self) -> Result<(), Refusal> {
        if !self.options.keeps_rates {
            return Ok(());
        }
        self.calls_bucket.take(1.0, self.options.clock.now()).map_err(Refusal::too_fast)
    }

    /// Writes an event down, then lets it happen.
    fn happen(&mut self, event: Event) -> Result<(), Refusal> {
        let written = self.journal.write(&event);
        written.map_err(|error| Refusal::gateway(500, "A910", format!("the journal cannot be written: {error}")))?;
        self.apply(event);
        Ok(())
    }

    pub(crate) fn refused(&mut self, code: &str) {
        // A refusal that cannot be written down is still a refusal.
        let _ = self.happen(Event::Refused { code: code.to_owned() });
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Sent { key, expires, repeated, refused, messages } => {
                self.requests += 1;
                self.stats.repeated += repeated;
                if refused > 0 {
                    *self.stats.rejected.entry("A306".to_owned()).or_default() += refused;
                }
                if let (Some(key), Some(expires)) = (key, expires) {
                    let entry = self.keys.entry(key).or_insert_with(|| Key { expires, recipients: HashSet::new() });
                    if entry.expires != expires {
                        *entry = Key { expires, recipients: HashSet::new() };
                    }
                    entry.recipients.extend(messages.iter().map(|message| message.who.clone()));
                }
                for message in messages {
                    self.take(message);
                }
            }
            Event::Uploaded { address, kind, digest } => {
                self.stats.uploads += 1;
                self.pictures.insert(address, (kind, digest));
            }
            Event::Refused { code } => *self.stats.rejected.entry(code).or_default() += 1,
            Event::Acknowledged { page, receipts, again } => {
                self.acknowledged.insert(page);
                let done: HashSet<(usize, usize)> = receipts.into_iter().collect();
                self.receipts.retain(|(_, message, number)| !done.contains(&(*message, *number)));
                for (message, number) in again {
                    let found = self.messages.get(message).and_then(|message| message.tries.get(number));
                    if let Some(at) = found.map(|found| found.at) {
                        self.receipts.insert((later(at, self.options.receipt_delay), message, number));
                    }
                }
            }
        }
    }

    fn take(&mut self, message: Message) {
        let place = self.messages.len();
        self.stats.accepted += 1;
        self.recipients.insert(message.who.clone());
        if !self.seen.insert((message.who.clone(), message.digest.clone())) {
            self.stats.duplicates += 1;
        }
        for (number, attempt) in message.tries.iter().enumerate() {
            self.receipts.insert((attempt.at, place, number));
        }
        self.by_key.insert(message.key.clone(), place);
        self.messages.push(message);
    }

    pub(crate) fn upload(&mut self, kind: &str, file: &[u8]) -> Result<String, Refusal> {
        let digest = hex(&Sha256::digest(file));
        // Each upload has an address of its own, as at the dealer; what it shows is told by its content.
        let address = format!("https://img.emulator.example/{}/{}.jpg", self.stats.uploads + 1, &digest[..16]);
        self.happen(Event::Uploaded { address: address.clone(), kind: kind.to_owned(), digest })?;
        Ok(address)
    }

    pub(crate) fn send(&mut self, request: &SendOmni) -> Result<Sent, Refusal> {
        let now = self.options.clock.now();
        if self.options.keeps_rates {
            let cost = u32::try_from(request.destinations.len()).unwrap_or(u32::MAX).max(1);
            self.recipients_bucket.take(f64::from(cost.min(200)), now).map_err(Refusal::too_fast)?;
        }
        check::check(request, &self.pictures)?;
        let digest = self.digest(&request.message_flow[0]);
        let key = request.idempotency_key.clone();
        let lifetime = request.idempotency_ttl.as_ref().and_then(Value::as_i64).unwrap_or(0);
        let alive = key.as_ref().and_then(|key| self.keys.get(key)).filter(|entry| entry.expires > now);
        let expires =
            key.as_ref().map(|_| alive.map_or_else(|| later(now, TimeDelta::seconds(lifetime)), |entry| entry.expires));
        let mut known: HashSet<String> = alive.map(|entry| entry.recipients.clone()).unwrap_or_default();

        let number = self.requests + 1;
        let request_id = format!("{}EMU{:09}", seoul(now).format("%Y%m%d%H%M%S%3f"), number);
        let mut destinations = Vec::with_capacity(request.destinations.len());
        let (mut repeated, mut refused, mut messages) = (0, 0, Vec::new());
        for (index, Destination { to, reference, .. }) in request.destinations.iter().enumerate() {
            let to = to.clone().unwrap_or_default();
            let reference = reference.clone().or_else(|| request.reference.clone());
            let who = self.who(&to);
            let mut answer = json!({ "to": to, "ref": reference });
            if !check::is_mobile(&to) {
                refused += 1;
                (answer["code"], answer["result"]) = (json!("A306"), json!("Failed"));
            } else if key.is_some() && !known.insert(who.clone()) {
                repeated += 1;
                (answer["code"], answer["result"]) = (json!("A301"), json!("Duplicated"));
            } else {
                let message_key = format!("{request_id}{index:03}");
                (answer["code"], answer["result"], answer["msgKey"]) =
                    (json!("A000"), json!("Success"), json!(message_key));
                let tries = self.tries(&format!("{number}.{index}"), &request.message_flow, now);
                let group = request.group_key.clone();
                let digest = digest.clone();
                let to = Some(to);
                messages.push(Message { key: message_key, to, who, reference, group, at: now, digest, tries });
            }
            destinations.push(answer);
        }
        let lost = self.chance("answer", &number.to_string()) < self.options.lost_answers;
        self.happen(Event::Sent { key, expires, repeated, refused, messages })?;
        Ok(Sent { destinations, lost })
    }

    /// What becomes of a message, form by form, until one arrives.
    fn tries(&self, whom: &str, flow: &[FlowItem], now: DateTime<Utc>) -> Vec<Try> {
        let mut at = now;
        let mut tries = Vec::new();
        for (number, item) in flow.iter().enumerate() {
            at = later(at, self.options.receipt_delay);
            let chance = self.chance(&format!("try {number}"), whom);
            let (service, kind, code) = match item {
                FlowItem { brandmessage: Some(message), .. } => {
                    let kind = message.msg_type.as_deref().unwrap_or_default();
                    let code = if !is_open(now) {
                        "3022"
                    } else if chance < self.options.kakao_failures {
                        "EMU1"
                    } else {
                        "10000"
                    };
                    ("BRANDMESSAGE", kind, code)
                }
                FlowItem { sms: Some(_), .. } => ("SMS", "SM", self.text_code(chance)),
                _ => ("MMS", "LM", self.text_code(chance)),
            };
            tries.push(Try { service: service.to_owned(), kind: kind.to_owned(), code: code.to_owned(), at });
            if code == "10000" {
                break;
            }
        }
        tries
    }

    fn text_code(&self, chance: f64) -> &'static str {
        if chance < self.options.text_failures { "EMU2" } else { "10000" }
    }

    /// A number from 0 to 1 that depends on nothing but the seed and what it is drawn for.
    fn chance(&self, what: &str, whom: &str) -> f64 {
        let digest = Sha256::digest(format!("{}|{what}|{whom}", self.options.seed));
        let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        f64::from(number) / (f64::from(u32::MAX) + 1.0)
    }

    /// A keyed hash of a number: what is kept of recipients.
    fn who(&self, to: &str) -> String {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret) else { return String::new() };
        mac.update(to.as_bytes());
        hex(&mac.finalize().into_bytes()[..16])
    }

    fn digest(&self, item: &FlowItem) -> String {
        let mut value = serde_json::to_value(item).unwrap_or_default();
        self.name_pictures(&mut value);
        hex(&Sha256::digest(value.to_string()))
    }

    /// Puts what a picture shows in the place of where it lies.
    fn name_pictures(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some((_, digest)) = self.pictures.get(text.as_str()) {
                    text.clone_from(digest);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.name_pictures(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.name_pictures(field)),
            _ => {}
        }
    }

    /// The page of receipts that waits: the same one until it is acknowledged.
    pub(crate) fn poll(&mut self) -> Value {
        if self.page.is_none() {
            let now = self.options.clock.now();
            let ready: Vec<_> =
                self.receipts.iter().take_while(|receipt| receipt.0 <= now).take(PAGE).copied().collect();
            if !ready.is_empty() {
                self.pages += 1;
                self.page = Some((format!("REPORT-{}-{}", now.timestamp_millis(), self.pages), ready));
            }
        }
        match &self.page {
            None => json!({ "reportId": "", "report": null }),
            Some((id, receipts)) => {
                let reports: Vec<Value> = receipts.iter().map(|receipt| self.report(receipt.1, receipt.2)).collect();
                json!({ "reportId": id, "report": reports })
            }
        }
    }

    pub(crate) fn acknowledge(&mut self, id: &str) -> Result<(), Refusal> {
        let Some((_, receipts)) = self.page.take_if(|(page, _)| page == id) else {
            // Acknowledged before: nothing is left to do.
            if self.acknowledged.contains(id) {
                return Ok(());
            }
            return Err(Refusal::service("A802", "reportId: no such page"));
        };
        let receipts: Vec<(usize, usize)> =
            receipts.into_iter().map(|(_, message, number)| (message, number)).collect();
        let again = receipts
            .iter()
            .copied()
            .filter(|(message, number)| {
                let what = format!("again {number} {}", self.pages);
                self.chance(&what, &message.to_string()) < self.options.repeated_receipts
            })
            .collect();
        self.happen(Event::Acknowledged { page: id.to_owned(), receipts, again })
    }

    fn report(&self, message: usize, number: usize) -> Value {
        let message = &self.messages[message];
        let attempt = &message.tries[number];
        json!({
            "msgKey": message.key,
            "serviceType": attempt.service,
            "msgType": attempt.kind,
            "sendTime": iso(message.at),
            "reportTime": iso(attempt.at),
            "reportType": attempt.service,
            "reportCode": attempt.code,
            "reportText": text_of(&attempt.code),
            "ref": message.reference,
        })
    }

    pub(crate) fn inquiry(&self, key: &str) -> Result<Value, Refusal> {
        let place = self.by_key.get(key).ok_or_else(|| Refusal::service("A820", "msgKey: no such message"))?;
        let now = self.options.clock.now();
        let reports: Vec<Value> = (0..self.messages[*place].tries.len())
            .filter(|number| self.messages[*place].tries[*number].at <= now)
            .map(|number| self.report(*place, number))
            .collect();
        Ok(json!({ "report": reports }))
    }

    /// Where the messages stand that `wanted` picks.
    pub(crate) fn statuses(&self, wanted: impl Fn(&Message) -> bool) -> Value {
        let found = self.messages.iter().filter(|message| wanted(message)).flat_map(|message| self.status(message));
        json!({ "messages": found.collect::<Vec<_>>() })
    }

    /// A page of messages requested at `from` or later, in a group, after the cursor.
    pub(crate) fn history(&self, from: DateTime<Utc>, query: &History) -> Value {
        let start = query.cursor.map_or(0, |cursor| usize::try_from(cursor).unwrap_or(usize::MAX));
        let mut rest = self
            .messages
            .iter()
            .enumerate()
            .skip(start)
            .filter(|(_, message)| message.at >= from && (query.group.is_none() || message.group == query.group));
        let page: Vec<(usize, &Message)> = rest.by_ref().take(query.limit).collect();
        let has_next = rest.next().is_some();
        let cursor = page.last().map(|(place, _)| place + 1);
        let messages: Vec<Value> = page
            .iter()
            .flat_map(|(_, message)| self.status(message))
            .filter(|status| {
                query.services.is_empty()
                    || query.services.iter().any(|service| status["serviceType"] == json!(service))
            })
            .collect();
        json!({ "messages": messages, "lastSeq": cursor, "hasNext": has_next })
    }

    /// One entry for each form in which a message went so far.
    fn status(&self, message: &Message) -> Vec<Value> {
        let now = self.options.clock.now();
        let mut entries = Vec::new();
        for (number, attempt) in message.tries.iter().enumerate() {
            let reported = attempt.at <= now;
            let mut entry = json!({
                "msgKey": message.key, "serviceType": attempt.service, "msgType": attempt.kind, "to": message.to,
                "fallback": if number == 0 { "N" } else { "Y" },
                "responseCode": "A000", "responseText": "Success", "requestTime": iso(message.at), "ref": message.reference,
            });
            if reported {
                entry["reportCode"] = json!(attempt.code);
                entry["reportText"] = json!(text_of(&attempt.code));
                entry["reportTime"] = json!(iso(attempt.at));
            }
            entries.push(entry);
            if !reported {
                break;
            }
        }
        entries
    }
}

/// A question to the history.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) group: Option<String>,
    pub(crate) services: Vec<String>,
    pub(crate) cursor: Option<i64>,
    pub(crate) limit: usize,
}

fn later(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(at)
}

fn seoul(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // Korea keeps nine hours, without summer time since 1988.
    match FixedOffset::east_opt(9 * 3600) {
        Some(zone) => at.with_timezone(&zone),
        None => at.fixed_offset(),
    }
}

fn iso(at: DateTime<Utc>) -> String {
    seoul(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Whether brand messages are delivered at an instant: 08:00 to 20:50 in Seoul.
fn is_open(at: DateTime<Utc>) -> bool {
    let time = seoul(at).time();
    let edge = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
    edge(8, 0).is_some_and(|opens| time >= opens) && edge(20, 50).is_some_and(|closes| time < closes)
}

fn text_of(code: &str) -> &'static str {
    match code {
        "10000" => "Success",
        "3022" => "outside 08:00-20:50",
        "EMU1" => "not reached by KakaoTalk (emulated)",
        _ => "not reached by text (emulated)",
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

//! What Bizgo does with messages: keys, tries, receipts, history.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::bizgo::answer::Refusal;
use crate::bizgo::bucket::Bucket;
use crate::bizgo::by_template;
use crate::bizgo::check;
use crate::bizgo::friends::FriendGroup;
use crate::bizgo::group_send::GroupSend;
use crate::bizgo::inspected::Inspected;
use crate::bizgo::picture;
use crate::bizgo::registered::Registered;
use crate::bizgo::request::{Destination, FlowItem, SendOmni};
use crate::bizgo::reservation::Reservation;
use crate::journal::{CenterEvent, Dealer, Event, Message, Try};
use crate::ledger::{Ledger, hex};
use crate::text::is_mobile;
use crate::time::{is_open, later, seoul};

/// A receipt: when it comes, of which message, of which of its tries.
type Due = (DateTime<Utc>, usize, usize);

/// Receipts of a page.
const PAGE: usize = 200;

/// What only Bizgo keeps.
#[derive(Debug)]
pub(crate) struct Bizgo {
    keys: HashMap<String, Key>,
    /// Receipts not acknowledged yet.
    receipts: BTreeSet<Due>,
    page: Option<(String, Vec<Due>)>,
    pages: u64,
    acknowledged: HashSet<String>,
    pub(crate) recipients_bucket: Bucket,
    calls_bucket: Bucket,
    /// Templates of brand messages, by their sender profile and code.
    pub(crate) registered: BTreeMap<(String, String), Registered>,
    /// How many were ever registered.
    pub(crate) registrations: u64,
    pub(crate) group_sends: BTreeMap<u64, GroupSend>,
    pub(crate) reservations: Vec<Reservation>,
    /// Friend groups, by their sender profile and key.
    pub(crate) friend_groups: BTreeMap<(String, String), FriendGroup>,
    /// How many changes of friend groups there ever were.
    pub(crate) changes: u64,
    /// Templates of Alimtalk, by their sender profile and code.
    pub(crate) alimtalk: BTreeMap<(String, String), Inspected>,
    /// The names of group tags, by their keys.
    pub(crate) tags: BTreeMap<String, String>,
    /// The sender profiles of which evidence of consents was uploaded.
    pub(crate) evidence: HashSet<String>,
    /// Those which asked for the permission to write beyond their friends.
    pub(crate) asked: HashSet<String>,
    /// The free numbers to refuse by, by their sender profiles.
    pub(crate) refusals: BTreeMap<String, String>,
}

impl Bizgo {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            keys: HashMap::new(),
            receipts: BTreeSet::new(),
            page: None,
            pages: 0,
            acknowledged: HashSet::new(),
            recipients_bucket: Bucket::new(200, now),
            calls_bucket: Bucket::new(5, now),
            registered: BTreeMap::new(),
            registrations: 0,
            group_sends: BTreeMap::new(),
            reservations: Vec::new(),
            friend_groups: BTreeMap::new(),
            changes: 0,
            alimtalk: BTreeMap::new(),
            tags: BTreeMap::new(),
            evidence: HashSet::new(),
            asked: HashSet::new(),
            refusals: BTreeMap::new(),
        }
    }
}

#[derive(Debug)]
struct Key {
    expires: DateTime<Utc>,
    recipients: HashSet<String>,
}

/// The answer to a sending, and whether it is lost on its way.
pub(crate) struct Sent {
    pub(crate) destinations: Vec<Value>,
    pub(crate) lost: bool,
}

impl Ledger {
    /// Takes a call of the bucket for everything but sendings.
    pub(crate) fn call(&mut self) -> Result<(), Refusal> {
        if !self.options.keeps_rates {
            return Ok(());
        }
        let now = self.now();
        self.bizgo.calls_bucket.take(1.0, now).map_err(Refusal::too_fast)
    }

    /// Writes an event down, then lets it happen.
    pub(crate) fn write_down(&mut self, event: Event) -> Result<(), Refusal> {
        let written = self.happen(event);
        written.map_err(|error| Refusal::gateway(500, "A910", format!("the journal cannot be written: {error}")))
    }

    pub(crate) fn apply_bizgo(&mut self, event: Event) {
        match event {
            Event::Sent { key, expires, repeated, refused, messages } => {
                self.requests += 1;
                self.stats.repeated += repeated;
                self.reject("A306".to_owned(), refused);
                if let (Some(key), Some(expires)) = (key, expires) {
                    let new = || Key { expires, recipients: HashSet::new() };
                    let entry = self.bizgo.keys.entry(key).or_insert_with(new);
                    if entry.expires != expires {
                        *entry = new();
                    }
                    entry.recipients.extend(messages.iter().map(|message| message.who.clone()));
                }
                for message in messages {
                    let due: Vec<_> = message.tries.iter().map(|attempt| attempt.at).collect();
                    let place = self.enter(message);
                    self.take(place);
                    self.bizgo.receipts.extend(due.into_iter().enumerate().map(|(number, at)| (at, place, number)));
                }
            }
            Event::Acknowledged { page, receipts, again } => {
                self.bizgo.acknowledged.insert(page);
                let done: HashSet<(usize, usize)> = receipts.into_iter().collect();
                self.bizgo.receipts.retain(|(_, message, number)| !done.contains(&(*message, *number)));
                for (message, number) in again {
                    let found = self.messages.get(message).and_then(|message| message.tries.get(number));
                    if let Some(at) = found.map(|found| found.at) {
                        self.bizgo.receipts.insert((later(at, self.options.receipt_delay), message, number));
                    }
                }
            }
            Event::Center(event) => self.apply_center(event),
            Event::Uploaded { .. } | Event::Refused { .. } | Event::Group(_) | Event::MovedOn { .. } => {}
        }
    }

    fn apply_center(&mut self, event: CenterEvent) {
        match event {
            CenterEvent::Registered { sender_key, code, template } => {
                self.bizgo.registrations += 1;
                self.bizgo.registered.insert((sender_key, code), template);
            }
            CenterEvent::Unregistered { sender_key, code } => {
                self.bizgo.registered.remove(&(sender_key, code));
            }
            CenterEvent::Friends { sender_key, key, change } => {
                self.bizgo.changes += 1;
                let new = || FriendGroup { members: BTreeSet::new(), made: change.at, changes: Vec::new() };
                let group = self.bizgo.friend_groups.entry((sender_key, key)).or_insert_with(new);
                match change.kind.as_str() {
                    "DELETE" => group.members.retain(|who| !change.who.contains(who)),
                    _ => group.members.extend(change.who.iter().cloned()),
                }
                group.changes.push(change);
            }
            CenterEvent::Forgotten { sender_key, key } => {
                self.bizgo.friend_groups.remove(&(sender_key, key));
            }
            CenterEvent::Reserved { reservation } => self.bizgo.reservations.push(reservation),
            CenterEvent::Withdrawn { key, at } => {
                let Some(found) = self.bizgo.reservations.iter_mut().find(|one| one.key == key) else { return };
                found.cancelled = Some(at);
                let places: Vec<usize> =
                    found.messages.iter().filter_map(|message| self.by_key.get(message).copied()).collect();
                for place in places {
                    self.take_back(place);
                }
            }
            CenterEvent::Rescheduled { key, at, due, name } => self.reschedule(&key, at, due, name),
            CenterEvent::TakenOut { key, message } => {
                let Some(found) = self.bizgo.reservations.iter_mut().find(|one| one.key == key) else { return };
                found.messages.retain(|one| *one != message);
                if let Some(place) = self.by_key.get(&message).copied() {
                    self.take_back(place);
                }
            }
            CenterEvent::Drafted { sender_key, code, template } => {
                self.bizgo.alimtalk.insert((sender_key, code), *template);
            }
            CenterEvent::Inspected { sender_key, code, state, at, comment } => {
                let Some(template) = self.bizgo.alimtalk.get_mut(&(sender_key, code.clone())) else { return };
                template.state = state;
                template.changed = at;
                template.comments.extend(comment);
                if template.state == "APR" {
                    self.templates.insert(code, template.template());
                }
            }
            CenterEvent::Discarded { sender_key, code } => {
                self.bizgo.alimtalk.remove(&(sender_key, code));
            }
            CenterEvent::Tagged { key, name: Some(name) } => {
                self.bizgo.tags.insert(key, name);
            }
            CenterEvent::Tagged { key, name: None } => {
                self.bizgo.tags.remove(&key);
            }
            CenterEvent::Evidence { sender_key } => {
                self.bizgo.evidence.insert(sender_key);
            }
            CenterEvent::Asked { sender_key } => {
                self.bizgo.asked.insert(sender_key);
            }
            CenterEvent::RefusedBy { sender_key, number } => {
                self.bizgo.refusals.insert(sender_key, number);
            }
            CenterEvent::Started { id, send } => {
                self.bizgo.group_sends.insert(id, send);
            }
            CenterEvent::Controlled { id, at, control } => {
                if let Some(send) = self.bizgo.group_sends.get_mut(&id) {
                    send.controls.push((at, control));
                }
            }
        }
    }

    /// A message that was to go later does not go.
    fn take_back(&mut self, place: usize) {
        self.messages[place].tries.clear();
        self.withdraw(place);
        self.bizgo.receipts.retain(|receipt| receipt.1 != place);
    }

    /// The messages of a reservation go at another time, and so do their receipts.
    fn reschedule(&mut self, key: &str, at: DateTime<Utc>, due: DateTime<Utc>, name: Option<String>) {
        let Some(found) = self.bizgo.reservations.iter_mut().find(|one| one.key == key) else { return };
        let by = due.signed_duration_since(found.due);
        found.due = due;
        found.changed = Some(at);
        found.name = name.or_else(|| found.name.take());
        let places: Vec<usize> =
            found.messages.iter().filter_map(|message| self.by_key.get(message).copied()).collect();
        for place in places {
            let message = &mut self.messages[place];
            message.at = later(message.at, by);
            self.bizgo.receipts.retain(|receipt| receipt.1 != place);
            for (number, attempt) in message.tries.iter_mut().enumerate() {
                attempt.at = later(attempt.at, by);
                self.bizgo.receipts.insert((attempt.at, place, number));
            }
        }
    }

    pub(crate) fn upload(&mut self, kind: &str, ratio: usize, file: Bytes) -> Result<String, Refusal> {
        let digest = hex(&Sha256::digest(&file));
        // Each upload has an address of its own, as at the dealer; what it shows is told by its content.
        let number = self.stats.uploads + 1;
        let address = match kind {
            picture::MMS => format!("{number:06}{}", &digest[..16]),
            _ => format!("https://img.emulator.example/{number}/{}.jpg", &digest[..16]),
        };
        self.write_down(Event::Uploaded { address: address.clone(), kind: kind.to_owned(), digest, ratio })?;
        self.keep(&address, file);
        Ok(address)
    }

    pub(crate) fn send(&mut self, request: &SendOmni) -> Result<Sent, Refusal> {
        self.send_at(request, self.now())
    }

    /// Takes messages that go at an instant: now, or when their reservation is due.
    pub(crate) fn send_at(&mut self, request: &SendOmni, goes: DateTime<Utc>) -> Result<Sent, Refusal> {
        let now = self.now();
        if self.options.keeps_rates {
            let cost = u32::try_from(request.destinations.len()).unwrap_or(u32::MAX).max(1);
            self.bizgo.recipients_bucket.take(f64::from(cost.min(200)), now).map_err(Refusal::too_fast)?;
        }
        check::check(request, &self.known())?;
        let content = Arc::new(serde_json::to_value(&request.message_flow[0]).unwrap_or_default());
        let key = request.idempotency_key.clone();
        let lifetime = request.idempotency_ttl.as_ref().and_then(Value::as_i64).unwrap_or(0);
        let alive = key.as_ref().and_then(|key| self.bizgo.keys.get(key)).filter(|entry| entry.expires > now);
        let expires =
            key.as_ref().map(|_| alive.map_or_else(|| later(now, TimeDelta::seconds(lifetime)), |entry| entry.expires));
        let mut known: HashSet<String> = alive.map(|entry| entry.recipients.clone()).unwrap_or_default();

        let number = self.requests + 1;
        let request_id = format!("{}EMU{:09}", seoul(now).format("%Y%m%d%H%M%S%3f"), number);
        let mut destinations = Vec::with_capacity(request.destinations.len());
        let (mut repeated, mut refused, mut messages) = (0, 0, Vec::new());
        let template = request.message_flow[0].alimtalk.as_ref().and_then(|message| message.template_code.as_ref());
        let template = template.and_then(|code| self.templates.get(code));
        let brand = request.message_flow[0].brandmessage.as_ref();
        let fields = named(&content);
        let same = self.digest(&content);
        for (index, destination) in request.destinations.iter().enumerate() {
            let Destination { to, reference, replace_words } = destination;
            let shown = brand.and_then(|message| self.known().shown(message, destination));
            let digest = match replace_words {
                // What is said to one is not what is said to another.
                Some(values) => self.digest(&json!([*content, values])),
                None => same.clone(),
            };
            let to = to.clone().unwrap_or_default();
            let reference = reference.clone().or_else(|| request.reference.clone());
            let who = self.who(&to);
            let mut answer = json!({ "to": to, "ref": reference });
            if !is_mobile(&to) {
                refused += 1;
                (answer["code"], answer["result"]) = (json!("A306"), json!("Failed"));
            } else if key.is_some() && !known.insert(who.clone()) {
                repeated += 1;
                (answer["code"], answer["result"]) = (json!("A301"), json!("Duplicated"));
            } else {
                let message_key = format!("{request_id}{index:03}");
                (answer["code"], answer["result"], answer["msgKey"]) =
                    (json!("A000"), json!("Success"), json!(message_key));
                let tries = self.tries(&format!("{number}.{index}"), &request.message_flow, goes);
                messages.push(Message {
                    dealer: Dealer::Bizgo,
                    key: message_key,
                    to: Some(to),
                    who,
                    reference,
                    group: request.group_key.clone(),
                    at: goes,
                    digest,
                    content: shown.map_or_else(|| Arc::clone(&content), Arc::new),
                    shown: template
                        .zip(replace_words.as_ref())
                        .and_then(|(template, values)| template.fill(values).ok()),
                    tries,
                    fields: fields.clone(),
                    ..Message::default()
                });
            }
            destinations.push(answer);
        }
        let lost = self.chance("answer", &number.to_string()) < self.options.lost_answers;
        self.write_down(Event::Sent { key, expires, repeated, refused, messages })?;
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
                    let own = message.msg_type.as_deref();
                    let kind = own.or_else(|| {
                        by_template::template(message, &self.known()).map(|template| template.kind.as_str())
                    });
                    let kind = kind.unwrap_or_default();
                    let code = if !is_open(now) {
                        "3022"
                    } else if chance < self.options.kakao_failures {
                        "EMU1"
                    } else {
                        "10000"
                    };
                    ("BRANDMESSAGE", kind, code)
                }
                FlowItem { alimtalk: Some(_), .. } => {
                    let code = if chance < self.options.kakao_failures { "EMU1" } else { "10000" };
                    ("ALIMTALK", "AT", code)
                }
                FlowItem { sms: Some(_), .. } => ("SMS", "SM", self.text_code(chance)),
                FlowItem { mms: Some(text), .. } if text.file_key.is_some() => ("MMS", "MM", self.text_code(chance)),
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

    /// The page of receipts that waits: the same one until it is acknowledged.
    pub(crate) fn poll(&mut self) -> Value {
        if self.bizgo.page.is_none() {
            let now = self.now();
            let ready: Vec<_> =
                self.bizgo.receipts.iter().take_while(|receipt| receipt.0 <= now).take(PAGE).copied().collect();
            if !ready.is_empty() {
                self.bizgo.pages += 1;
                self.bizgo.page = Some((format!("REPORT-{}-{}", now.timestamp_millis(), self.bizgo.pages), ready));
            }
        }
        match &self.bizgo.page {
            None => json!({ "reportId": "", "report": null }),
            Some((id, receipts)) => {
                let reports: Vec<Value> = receipts.iter().map(|receipt| self.report(receipt.1, receipt.2)).collect();
                json!({ "reportId": id, "report": reports })
            }
        }
    }

    pub(crate) fn acknowledge(&mut self, id: &str) -> Result<(), Refusal> {
        let Some((_, receipts)) = self.bizgo.page.take_if(|(page, _)| page == id) else {
            // Acknowledged before: nothing is left to do.
            if self.bizgo.acknowledged.contains(id) {
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
                let what = format!("again {number} {}", self.bizgo.pages);
                self.chance(&what, &message.to_string()) < self.options.repeated_receipts
            })
            .collect();
        self.write_down(Event::Acknowledged { page: id.to_owned(), receipts, again })
    }

    pub(crate) fn report(&self, message: usize, number: usize) -> Value {
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
        let place = self.by_key.get(key).filter(|place| self.messages[**place].dealer == Dealer::Bizgo);
        let place = place.ok_or_else(|| Refusal::service("A820", "msgKey: no such message"))?;
        let now = self.now();
        let reports: Vec<Value> = (0..self.messages[*place].tries.len())
            .filter(|number| self.messages[*place].tries[*number].at <= now)
            .map(|number| self.report(*place, number))
            .collect();
        Ok(json!({ "report": reports }))
    }

    /// Where the messages stand that `wanted` picks.
    pub(crate) fn statuses(&self, wanted: impl Fn(&Message) -> bool) -> Value {
        let ours = self.messages.iter().filter(|message| message.dealer == Dealer::Bizgo && wanted(message));
        let found = ours.flat_map(|message| self.status(message));
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
            .filter(|(_, message)| message.dealer == Dealer::Bizgo && message.at >= from)
            .filter(|(_, message)| query.group.is_none() || message.group == query.group);
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
        let now = self.now();
        let mut entries = Vec::new();
        // One that is reserved was not requested yet.
        if message.at > now {
            return entries;
        }
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

/// Whose message it is, and by which template it goes: under what it is counted.
fn named(content: &Value) -> BTreeMap<String, String> {
    let channel = ["brandmessage", "alimtalk"].into_iter().map(|name| &content[name]).find(|it| it.is_object());
    let of = |name: &str| Some((name.to_owned(), channel?[name].as_str()?.to_owned()));
    ["senderKey", "templateCode"].into_iter().filter_map(of).collect()
}

/// A question to the history.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) group: Option<String>,
    pub(crate) services: Vec<String>,
    pub(crate) cursor: Option<i64>,
    pub(crate) limit: usize,
}

fn text_of(code: &str) -> &'static str {
    match code {
        "10000" => "Success",
        "3022" => "outside 08:00-20:50",
        "EMU1" => "not reached by KakaoTalk (emulated)",
        _ => "not reached by text (emulated)",
    }
}

fn iso(at: DateTime<Utc>) -> String {
    seoul(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

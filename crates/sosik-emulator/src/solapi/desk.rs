//! What SOLAPI does with messages: they stand in groups, and groups go, now or at their time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Months, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::journal::{Dealer, Event, GroupEvent, Message, NewGroup, Try};
use crate::ledger::{Ledger, hex};
use crate::solapi::answer::{Fault, Refusal};
use crate::solapi::auth::Used;
use crate::solapi::check;
use crate::solapi::group::{ACCOUNT, Group, PENDING, SCHEDULED, iso};
use crate::solapi::picture;
use crate::solapi::prices::price;
use crate::solapi::request::{Agent, MakeGroup, Row, SendMany, To, Upload};
use crate::text::is_mobile;
use crate::time::{is_open, later, seoul};

/// The most messages of one request (a comment in the SDK's examples), and of one group.
const REQUEST: usize = 10_000;
const GROUP: usize = 1_000_000;

/// How far ahead messages may be scheduled.
const AHEAD: Months = Months::new(6);

/// The won that the account begins with.
const BALANCE: u64 = 1_000_000_000;

/// What only SOLAPI keeps.
#[derive(Debug, Default)]
pub(crate) struct Solapi {
    pub(crate) used: Used,
    pub(crate) groups: Vec<Group>,
    pub(crate) by_id: HashMap<String, usize>,
}

/// A message that was looked at: as it was taken, or why it was not.
struct Looked {
    to: String,
    from: Option<String>,
    kind: String,
    key: String,
    fields: Option<Value>,
    taken: Result<Message, Fault>,
}

impl Looked {
    /// What is answered for it.
    fn tell(&self) -> Value {
        let (code, text) = match &self.taken {
            Ok(_) => ("2000", "정상 접수(이통사로 접수 예정) "),
            Err(fault) => (fault.code, fault.detail.as_str()),
        };
        let mut item = json!({
            "to": self.to, "from": self.from.as_deref().unwrap_or_default(), "type": self.kind, "country": "82",
            "messageId": self.key, "statusCode": code, "statusMessage": text, "accountId": ACCOUNT,
        });
        if let Some(fields) = &self.fields {
            item["customFields"] = fields.clone();
        }
        item
    }
}

impl Ledger {
    fn record(&mut self, event: GroupEvent) -> Result<(), Refusal> {
        self.happen(Event::Group(event)).map_err(|error| Refusal::broken(&error))
    }

    pub(crate) fn apply_group(&mut self, event: GroupEvent) {
        if let GroupEvent::Made { id, at, group } = event {
            self.requests += 1;
            self.solapi.by_id.insert(id.clone(), self.solapi.groups.len());
            return self.solapi.groups.push(Group::new(id, at, group));
        }
        let (GroupEvent::Made { id, at, .. }
        | GroupEvent::Filled { id, at, .. }
        | GroupEvent::Emptied { id, at, .. }
        | GroupEvent::Released { id, at, .. }
        | GroupEvent::Cancelled { id, at }
        | GroupEvent::Deleted { id, at }) = &event;
        let Some(number) = self.solapi.by_id.get(id).copied() else { return };
        let at = *at;
        self.solapi.groups[number].changed = at;
        match event {
            GroupEvent::Made { .. } => {}
            GroupEvent::Filled { messages, refused, .. } => {
                self.requests += 1;
                let count = messages.len();
                let places: Vec<_> = messages.into_iter().map(|message| self.enter(message)).collect();
                let cost: u64 = places.iter().map(|place| price(&self.messages[*place].kind)).sum();
                let group = &mut self.solapi.groups[number];
                group.cost += cost;
                group.messages.extend(places);
                group.refused += refused.len();
                group.log.push((at, format!("메시지 {count} 건이 추가되었습니다.")));
                for code in refused {
                    self.reject(code, 1);
                }
            }
            GroupEvent::Emptied { messages, .. } => {
                let gone: HashSet<usize> = messages.into_iter().collect();
                let cost: u64 = gone.iter().map(|place| price(&self.messages[*place].kind)).sum();
                self.solapi.groups[number].cost -= cost;
                self.solapi.groups[number].messages.retain(|place| !gone.contains(place));
                for place in gone {
                    self.messages[place].group = None;
                }
            }
            GroupEvent::Released { due, tries, .. } => {
                let group = &mut self.solapi.groups[number];
                (group.due, group.scheduled) = (Some(due.unwrap_or(at)), due.is_some());
                let text =
                    if due.is_some() { "메시지를 예약했습니다." } else { "메시지를 발송했습니다." };
                group.log.push((at, text.to_owned()));
                for (place, tries) in group.messages.clone().into_iter().zip(tries) {
                    self.messages[place].tries = tries;
                    self.take(place);
                }
            }
            GroupEvent::Cancelled { .. } => {
                let group = &mut self.solapi.groups[number];
                group.cancelled = true;
                group.log.push((at, "예약을 취소했습니다.".to_owned()));
                for place in group.messages.clone() {
                    let kind = self.messages[place].kind.clone();
                    self.messages[place].tries =
                        vec![Try { service: kind.clone(), kind, code: NOT_SENT.to_owned(), at }];
                    self.withdraw(place);
                }
            }
            GroupEvent::Deleted { .. } => {
                self.solapi.groups[number].deleted = true;
                for place in self.solapi.groups[number].messages.clone() {
                    self.messages[place].group = None;
                }
            }
        }
    }

    /// A group, also one that was deleted: it is told as `DELETED`.
    fn group(&self, id: &str) -> Result<&Group, Refusal> {
        let found = self.solapi.by_id.get(id).map(|number| &self.solapi.groups[*number]);
        found.ok_or_else(|| Refusal::missing("groupId: no such group"))
    }

    /// A group that stands so.
    fn standing(&self, id: &str, status: &str) -> Result<&Group, Refusal> {
        let group = self.group(id)?;
        match group.status(&self.messages, self.now()) {
            found if found == status => Ok(group),
            found => Err(Refusal::invalid(format!("groupId: the group is {found}, it must be {status}"))),
        }
    }

    pub(crate) fn tell_group(&self, id: &str) -> Result<Value, Refusal> {
        Ok(self.group(id)?.tell(&self.messages, self.now()))
    }

    /// The names of groups and messages: `G4V`, the time in Seoul, and 15 letters that cannot be guessed.
    fn identify(&self, what: &str, number: usize) -> String {
        let time = seoul(self.now()).format("%Y%m%d%H%M%S");
        format!("{what}4V{time}{}", self.name(&format!("{what}{number}"), 15))
    }

    pub(crate) fn make_group(&mut self, request: MakeGroup) -> Result<Value, Refusal> {
        let MakeGroup { sdk_version: sdk, os_platform: platform, allow_duplicates, app_id: app, custom_fields } =
            request;
        let fields = custom_fields.unwrap_or_default();
        let allow_duplicates = allow_duplicates.unwrap_or(false);
        let new = NewGroup { version: "4".to_owned(), allow_duplicates, fields, sdk, platform, app };
        let id = self.begin(new)?;
        self.tell_group(&id)
    }

    fn begin(&mut self, group: NewGroup) -> Result<String, Refusal> {
        let id = self.identify("G", self.solapi.groups.len());
        self.record(GroupEvent::Made { id: id.clone(), at: self.now(), group })?;
        Ok(id)
    }

    /// Sends many messages at once, or at the time that is asked for; tells of the answer whether it is lost.
    pub(crate) fn send_many(&mut self, request: SendMany, version: &str) -> Result<(Value, bool), Refusal> {
        let SendMany { messages, allow_duplicates, scheduled_date, show_message_list, agent } = request;
        let due = scheduled_date.map(|date| self.due(&date)).transpose()?.flatten();
        count(&messages)?;
        let Agent { sdk_version: sdk, os_platform: platform, app_id: app } = agent.unwrap_or_default();
        let allow_duplicates = allow_duplicates.unwrap_or(false);
        let version = version.to_owned();
        let id = self.begin(NewGroup {
            version,
            allow_duplicates,
            fields: std::collections::BTreeMap::new(),
            sdk,
            platform,
            app,
        })?;
        let looked = self.fill(&id, messages)?;
        let lost = self.chance("answer", &self.requests.to_string()) < self.options.lost_answers;
        if looked.iter().any(|looked| looked.taken.is_ok()) {
            self.release(&id, due)?;
        }
        let failed: Vec<Value> = looked.iter().filter(|looked| looked.taken.is_err()).map(Looked::tell).collect();
        let mut answer = json!({ "failedMessageList": failed, "groupInfo": self.tell_group(&id)? });
        if show_message_list == Some(true) {
            let taken = looked.iter().filter(|looked| looked.taken.is_ok());
            let items = taken.map(|one| {
                let mut item = json!({ "messageId": one.key, "statusCode": "2000", "statusMessage": "정상 접수" });
                if let Some(fields) = &one.fields {
                    item["customFields"] = fields.clone();
                }
                item
            });
            answer["messageList"] = items.collect();
        }
        Ok((answer, lost))
    }

    pub(crate) fn fill_group(&mut self, id: &str, messages: Vec<Value>) -> Result<Value, Refusal> {
        let group = self.standing(id, PENDING)?;
        count(&messages)?;
        if group.messages.len() + messages.len() > GROUP {
            return Err(Refusal::invalid(format!("messages: a group holds {GROUP} at the most")));
        }
        let looked = self.fill(id, messages)?;
        let errors = looked.iter().filter(|looked| looked.taken.is_err()).count();
        Ok(json!({ "errorCount": errors, "resultList": looked.iter().map(Looked::tell).collect::<Vec<_>>() }))
    }

    /// Looks at messages one by one, and puts those that can be taken into a group.
    fn fill(&mut self, id: &str, rows: Vec<Value>) -> Result<Vec<Looked>, Refusal> {
        let group = self.group(id)?;
        let allow_duplicates = group.new.allow_duplicates;
        let mut known: HashSet<String> = group.messages.iter().map(|place| self.messages[*place].who.clone()).collect();
        let mut left = self.balance();
        let mut looked = Vec::with_capacity(rows.len());
        for row in rows {
            let content = Arc::new(content(&row));
            let parsed: Result<Row, _> = serde_json::from_value(row);
            let row = match parsed {
                Ok(row) => row,
                Err(error) => {
                    let key = self.identify("M", self.messages.len() + looked.len());
                    let taken = Err(Fault::new("1011", format!("the message does not fit: {error}")));
                    let kind = String::new();
                    looked.push(Looked { to: String::new(), from: None, kind, key, fields: None, taken });
                    continue;
                }
            };
            let checked = check::check(&row, &self.pictures, &self.templates);
            let digest = self.digest(&content);
            let numbers = match &row.to {
                To::One(number) => vec![number.clone()],
                To::Many(numbers) => numbers.clone(),
            };
            for to in numbers {
                let key = self.identify("M", self.messages.len() + looked.len());
                let who = self.who(&to);
                let kind = checked
                    .as_ref()
                    .map_or_else(|_| row.kind.clone().unwrap_or_default(), |kind| kind.name().to_owned());
                let taken = checked.clone().and_then(|kind| {
                    if !is_mobile(&to) {
                        return Err(Fault::new("1011", "to: the digits of a mobile number"));
                    }
                    let cost = price(&kind.name().to_lowercase());
                    if !allow_duplicates && known.contains(&who) {
                        return Err(Fault::new("1026", "to: it stands in the group before"));
                    }
                    left = left.checked_sub(cost).ok_or_else(|| Fault::new("1030", "the balance is used up"))?;
                    known.insert(who.clone());
                    Ok(Message {
                        dealer: Dealer::Solapi,
                        key: key.clone(),
                        to: Some(to.clone()),
                        who: who.clone(),
                        group: Some(id.to_owned()),
                        at: self.now(),
                        digest: digest.clone(),
                        content: Arc::clone(&content),
                        shown: self.words(&row),
                        fields: row.custom_fields.clone().unwrap_or_default(),
                        from: row.from.clone(),
                        kind: kind.name().to_lowercase(),
                        ..Message::default()
                    })
                });
                let fields = row.custom_fields.as_ref().map(|fields| json!(fields));
                looked.push(Looked { to, from: row.from.clone(), kind, key, fields, taken });
            }
        }
        let refused = looked.iter().filter_map(|looked| looked.taken.as_ref().err()).map(|fault| fault.code.to_owned());
        let refused = refused.collect();
        let messages = looked.iter().filter_map(|looked| looked.taken.as_ref().ok()).cloned().collect();
        self.record(GroupEvent::Filled { id: id.to_owned(), at: self.now(), messages, refused })?;
        Ok(looked)
    }

    /// The words of an Alimtalk, filled in.
    fn words(&self, row: &Row) -> Option<String> {
        let options = row.kakao_options.as_ref()?;
        let template = self.templates.get(options.template_id.as_ref()?)?;
        let bare = |name: &String| name.trim_start_matches("#{").trim_end_matches('}').to_owned();
        let values = options.variables.iter().flatten().map(|(name, value)| (bare(name), value.clone())).collect();
        template.fill(&values).ok()
    }

    /// When a group goes: at the date, or at once when that is past.
    fn due(&self, date: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
        let at = DateTime::parse_from_rfc3339(date);
        let at = at.map_err(|_| Refusal::invalid("scheduledDate: as in ISO 8601, with its zone"))?.with_timezone(&Utc);
        let now = self.now();
        if now.checked_add_months(AHEAD).is_some_and(|most| at > most) {
            return Err(Refusal::invalid("scheduledDate: six months ahead at the most"));
        }
        Ok(Some(at).filter(|at| *at > now))
    }

    fn release(&mut self, id: &str, due: Option<DateTime<Utc>>) -> Result<(), Refusal> {
        let now = self.now();
        let start = due.unwrap_or(now);
        let tries = self.group(id)?.messages.iter().map(|place| vec![self.attempt(&self.messages[*place], start)]);
        let tries = tries.collect();
        self.record(GroupEvent::Released { id: id.to_owned(), at: now, due, tries })
    }

    /// What becomes of a message that goes at an instant.
    fn attempt(&self, message: &Message, at: DateTime<Utc>) -> Try {
        let chance = self.chance("try 0", &message.key);
        let code = match message.kind.as_str() {
            kind if kind.starts_with("bms_") && !is_open(at) => "3108",
            // No friend of the channel.
            kind if kind.starts_with("bms_") && chance < self.options.kakao_failures => "3102",
            // Does not use KakaoTalk.
            "ata" if chance < self.options.kakao_failures => "3104",
            // The phone was off.
            "sms" | "lms" | "mms" if chance < self.options.text_failures => "3043",
            _ => Dealer::Solapi.delivered(),
        };
        let (service, kind) = (message.kind.to_uppercase(), message.kind.clone());
        Try { service, kind, code: code.to_owned(), at: later(at, self.options.receipt_delay) }
    }

    pub(crate) fn send_group(&mut self, id: &str) -> Result<Value, Refusal> {
        if self.standing(id, PENDING)?.messages.is_empty() {
            return Err(Refusal::invalid("groupId: the group is empty"));
        }
        self.release(id, None)?;
        self.tell_group(id)
    }

    /// Whether the answer to the sending of a group is lost on its way.
    pub(crate) fn loses_group(&self, id: &str) -> bool {
        self.chance("answer", id) < self.options.lost_answers
    }

    pub(crate) fn schedule_group(&mut self, id: &str, date: &str) -> Result<Value, Refusal> {
        if self.standing(id, PENDING)?.messages.is_empty() {
            return Err(Refusal::invalid("groupId: the group is empty"));
        }
        let due = self.due(date)?;
        self.release(id, due)?;
        self.tell_group(id)
    }

    pub(crate) fn cancel_group(&mut self, id: &str) -> Result<Value, Refusal> {
        self.standing(id, SCHEDULED)?;
        self.record(GroupEvent::Cancelled { id: id.to_owned(), at: self.now() })?;
        self.tell_group(id)
    }

    pub(crate) fn empty_group(&mut self, id: &str, keys: &[String]) -> Result<Value, Refusal> {
        let group = self.standing(id, PENDING)?;
        let place = |key: &String| self.by_key.get(key).copied().filter(|place| group.messages.contains(place));
        let found: Vec<_> = keys.iter().map(|key| (key.clone(), place(key))).collect();
        let errors = found.iter().filter(|(_, place)| place.is_none()).count();
        let list: Vec<Value> = found
            .iter()
            .map(|(key, place)| json!({ "messageId": key, "resultCode": if place.is_some() { "Success" } else { "EmuNotFound" } }))
            .collect();
        let messages = found.into_iter().filter_map(|(_, place)| place).collect();
        self.record(GroupEvent::Emptied { id: id.to_owned(), at: self.now(), messages })?;
        Ok(json!({ "groupId": id, "errorCount": errors, "resultList": list }))
    }

    pub(crate) fn delete_group(&mut self, id: &str) -> Result<Value, Refusal> {
        let mut told = self.standing(id, PENDING)?.tell(&self.messages, self.now());
        self.record(GroupEvent::Deleted { id: id.to_owned(), at: self.now() })?;
        told["status"] = json!("DELETED");
        Ok(told)
    }

    /// What is left of the account's won, once all that went is paid.
    pub(crate) fn balance(&self) -> u64 {
        let now = self.now();
        let went =
            self.solapi.groups.iter().filter(|group| !group.cancelled && group.due.is_some_and(|due| due <= now));
        let spent: u64 = went.map(|group| group.cost).sum();
        BALANCE.saturating_sub(spent)
    }

    pub(crate) fn store(&mut self, request: &Upload) -> Result<Value, Refusal> {
        let file = picture::check(request.kind.as_deref(), &request.file)?;
        let digest = hex(&Sha256::digest(&file.bytes));
        let number = usize::try_from(self.stats.uploads).unwrap_or_default();
        // As the dealer's names: 32 characters.
        let id =
            format!("ST01FX{}{}", seoul(self.now()).format("%y%m%d%H%M%S%3f"), self.name(&format!("F{number}"), 11));
        let (address, kind, ratio) = (id.clone(), file.kind.to_owned(), file.picture.ratio());
        let uploaded = self.happen(Event::Uploaded { address, kind, digest, ratio });
        uploaded.map_err(|error| Refusal::broken(&error))?;
        let size = file.bytes.len();
        self.keep(&id, file.bytes.into());
        let now = iso(self.now());
        let ending = file.picture.format.extensions_str().first().copied().unwrap_or_default();
        let name = format!("{}.{ending}", self.name(&id, 5));
        Ok(json!({
            "kakao": { "daou": null, "biztalk": null }, "type": file.kind, "link": request.link,
            "originalName": request.name.as_ref().unwrap_or(&name), "name": name, "fileId": id,
            "url": format!("https://files.emulator.example/{id}"), "accountId": ACCOUNT,
            "width": file.picture.width, "height": file.picture.height, "fileSize": size,
            "references": [], "dateCreated": now, "dateUpdated": now,
        }))
    }
}

/// The code of messages that were cancelled: the dealer documents none, only that they count as failed.
const NOT_SENT: &str = "2999";

fn count(messages: &[Value]) -> Result<(), Refusal> {
    match messages.len() {
        0 => Err(Refusal::invalid("messages: at least one")),
        more if more > REQUEST => Err(Refusal::invalid(format!("messages: {more}, {REQUEST} at the most"))),
        _ => Ok(()),
    }
}

/// What a message says, without to whom and what only its sender reads.
fn content(row: &Value) -> Value {
    let mut content = row.clone();
    if let Some(fields) = content.as_object_mut() {
        fields.remove("to");
        fields.remove("customFields");
    }
    content
}

//! Groups of messages: how they stand, and what is told of them.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::journal::{Dealer, Message, NewGroup};
use crate::solapi::prices::{PRICES, price};

/// A group, with the places of its messages in the ledger.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) made: DateTime<Utc>,
    pub(crate) changed: DateTime<Utc>,
    pub(crate) new: NewGroup,
    pub(crate) messages: Vec<usize>,
    /// What they cost, in won.
    pub(crate) cost: u64,
    /// How many were refused when they were put in.
    pub(crate) refused: usize,
    /// When it goes, or went.
    pub(crate) due: Option<DateTime<Utc>>,
    /// Whether that was asked for ahead.
    pub(crate) scheduled: bool,
    pub(crate) cancelled: bool,
    pub(crate) deleted: bool,
    pub(crate) log: Vec<(DateTime<Utc>, String)>,
}

/// How a group stands: `PENDING` is not asked to go, `SCHEDULED` waits for its time, `SENDING` waits for reports.
pub(crate) const PENDING: &str = "PENDING";
pub(crate) const SCHEDULED: &str = "SCHEDULED";

impl Group {
    pub(crate) fn new(id: String, made: DateTime<Utc>, new: NewGroup) -> Self {
        Self {
            id,
            made,
            changed: made,
            new,
            messages: Vec::new(),
            cost: 0,
            refused: 0,
            due: None,
            scheduled: false,
            cancelled: false,
            deleted: false,
            log: vec![(made, "메시지 그룹이 생성되었습니다.".to_owned())],
        }
    }

    /// The last report of all, where every message has one.
    fn completed(&self, messages: &[Message], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = |place: &usize| messages[*place].tries.last().map(|last| last.at).filter(|at| *at <= now);
        self.messages.iter().map(last).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    pub(crate) fn status(&self, messages: &[Message], now: DateTime<Utc>) -> &'static str {
        match self.due {
            _ if self.deleted => "DELETED",
            _ if self.cancelled => "FAILED",
            None => PENDING,
            Some(due) if due > now => SCHEDULED,
            Some(_) if self.completed(messages, now).is_some() => "COMPLETE",
            Some(_) => "SENDING",
        }
    }

    /// What is told of a group.
    pub(crate) fn tell(&self, messages: &[Message], now: DateTime<Utc>) -> Value {
        let went = self.due.filter(|due| *due <= now && !self.cancelled);
        let (mut success, mut failed) = (0, 0);
        let mut charged = 0;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for place in &self.messages {
            let message = &messages[*place];
            *counts.entry(message.kind.as_str()).or_default() += 1;
            match message.tries.last().filter(|last| last.at <= now) {
                Some(last) if last.code == Dealer::Solapi.delivered() => success += 1,
                Some(_) => failed += 1,
                None => {}
            }
        }
        let mut kinds: Map<String, Value> = PRICES.iter().map(|(kind, _)| ((*kind).to_owned(), json!({}))).collect();
        for (kind, count) in counts {
            charged += if went.is_some() { count * price(kind) } else { 0 };
            kinds.insert(kind.to_owned(), json!({ "82": count }));
        }
        let sent = if went.is_some() { self.messages.len() } else { 0 };
        let money = |sum: u64| json!({ "requested": sum, "replacement": 0, "additional": 0, "refund": 0, "sum": sum });
        let prices: Map<String, Value> =
            PRICES.iter().map(|(kind, price)| ((*kind).to_owned(), json!(price))).collect();
        let nothing: Map<String, Value> = PRICES.iter().map(|(kind, _)| ((*kind).to_owned(), json!(0))).collect();
        let log: Vec<Value> =
            self.log.iter().map(|(at, text)| json!({ "createAt": iso(*at), "message": text })).collect();
        json!({
            "count": {
                "total": self.messages.len() + self.refused,
                "sentTotal": sent, "sentFailed": failed, "sentSuccess": success,
                "sentPending": sent.saturating_sub(success + failed), "sentReplacement": 0, "refund": 0,
                "registeredFailed": self.refused, "registeredSuccess": self.messages.len(),
            },
            "countForCharge": kinds,
            "balance": money(charged), "point": money(0), "deposit": money(0),
            "app": { "profit": nothing, "appId": self.new.app, "version": null },
            "price": { "82": prices },
            "log": log,
            "status": self.status(messages, now),
            "scheduledDate": self.due.filter(|_| self.scheduled).map(iso),
            "dateSent": went.map(iso),
            "dateCompleted": went.and_then(|_| self.completed(messages, now)).map(iso),
            "serviceMethod": "MT",
            "sdkVersion": self.new.sdk, "osPlatform": self.new.platform,
            "isRefunded": false, "flagUpdated": false, "prepaid": true, "strict": false,
            "masterAccountId": null, "accountId": ACCOUNT, "workspaceId": null,
            "allowDuplicates": self.new.allow_duplicates,
            "apiVersion": self.new.version, "customFields": self.new.fields, "hint": {},
            "_id": self.id, "groupId": self.id,
            "dateCreated": iso(self.made), "dateUpdated": iso(self.changed),
        })
    }
}

/// The account that every message belongs to.
pub(crate) const ACCOUNT: &str = "EMULATOR";

/// An instant as the dealer writes it.
pub(crate) fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

//! Questions about messages: the list, groups, statistics.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::journal::{Dealer, Message};
use crate::ledger::Ledger;
use crate::solapi::answer::Refusal;
use crate::solapi::group::{ACCOUNT, iso};
use crate::solapi::prices::{PRICES, price};
use crate::time::seoul;

/// The entries of a page that is asked for without a number, and the most: the dealer documents neither.
const PAGE: usize = 20;
const MOST: usize = 500;

/// The first and the last instant that are asked for.
type Span = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// What is asked of the list of messages.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Query {
    start_key: Option<String>,
    limit: Option<usize>,
    message_id: Option<String>,
    group_id: Option<String>,
    to: Option<String>,
    from: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status_code: Option<String>,
    date_type: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    /// Of groups: asked for by the SDK, in a form that is not served.
    criteria: Option<String>,
    cond: Option<String>,
    value: Option<String>,
}

impl Query {
    fn limit(&self) -> Result<usize, Refusal> {
        match self.limit.unwrap_or(PAGE) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(Refusal::invalid(format!("limit: 1 to {MOST}"))),
        }
    }

    /// The span that is asked for, both ends included.
    fn span(&self) -> Result<Span, Refusal> {
        let read = |date: &Option<String>| match date {
            None => Ok(None),
            Some(date) => DateTime::parse_from_rfc3339(date)
                .map(|at| Some(at.with_timezone(&Utc)))
                .map_err(|_| Refusal::invalid("startDate, endDate: as in ISO 8601, with the zone")),
        };
        Ok((read(&self.start_date)?, read(&self.end_date)?))
    }
}

/// How a message stands at an instant: its code, its state, and since when.
struct Stand<'a> {
    code: &'a str,
    status: &'static str,
    changed: DateTime<Utc>,
    reported: Option<DateTime<Utc>>,
}

fn stand(message: &Message, now: DateTime<Utc>) -> Stand<'_> {
    match message.tries.last() {
        Some(last) if last.at <= now => {
            Stand { code: &last.code, status: "COMPLETE", changed: last.at, reported: Some(last.at) }
        }
        Some(_) => Stand { code: "2000", status: "SENDING", changed: message.at, reported: None },
        None => Stand { code: "2000", status: "PENDING", changed: message.at, reported: None },
    }
}

impl Ledger {
    /// A page of messages: by their ids, after `startKey`.
    pub(crate) fn list(&self, query: &Query) -> Result<Value, Refusal> {
        if query.criteria.is_some() || query.cond.is_some() || query.value.is_some() {
            return Err(Refusal::invalid("criteria, cond, value: of groups only"));
        }
        let (limit, (from, to)) = (query.limit()?, query.span()?);
        let updated = match query.date_type.as_deref() {
            None | Some("CREATED") => false,
            Some("UPDATED") => true,
            Some(_) => return Err(Refusal::invalid("dateType: CREATED or UPDATED")),
        };
        let now = self.now();
        let fits = |message: &Message| {
            let stand = stand(message, now);
            let at = if updated { stand.changed } else { message.at };
            let same = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
            message.dealer == Dealer::Solapi
                // Taken out of its group, or gone with it.
                && message.group.is_some()
                && from.is_none_or(|from| at >= from)
                && to.is_none_or(|to| at <= to)
                && same(&query.message_id, &message.key)
                && same(&query.group_id, message.group.as_deref().unwrap_or_default())
                && same(&query.to, message.to.as_deref().unwrap_or_default())
                && same(&query.from, message.from.as_deref().unwrap_or_default())
                && same(&query.kind, &message.kind.to_uppercase())
                && same(&query.status_code, stand.code)
        };
        self.page(query.start_key.as_deref(), limit, 0..self.messages.len(), fits)
    }

    /// A page of a group's messages.
    pub(crate) fn list_group(&self, id: &str, query: &Query) -> Result<Value, Refusal> {
        self.tell_group(id)?;
        let places = self.solapi.by_id.get(id).map_or(&[][..], |number| &self.solapi.groups[*number].messages);
        self.page(query.start_key.as_deref(), query.limit()?, places.iter().copied(), |_| true)
    }

    fn page(
        &self,
        start: Option<&str>,
        limit: usize,
        places: impl Iterator<Item = usize>,
        fits: impl Fn(&Message) -> bool,
    ) -> Result<Value, Refusal> {
        let first = match start {
            None => 0,
            Some(key) => *self.by_key.get(key).ok_or_else(|| Refusal::invalid("startKey: no such message"))?,
        };
        let mut rest = places.filter(|place| *place >= first && fits(&self.messages[*place]));
        let found: Vec<usize> = rest.by_ref().take(limit).collect();
        let next = rest.next().map(|place| self.messages[place].key.clone());
        let list: Map<String, Value> = found
            .into_iter()
            .map(|place| (self.messages[place].key.clone(), self.tell_message(&self.messages[place])))
            .collect();
        Ok(json!({ "startKey": start, "nextKey": next, "limit": limit, "messageList": list }))
    }

    pub(crate) fn tell_message(&self, message: &Message) -> Value {
        let now = self.now();
        let stand = stand(message, now);
        let content = |field: &str| message.content.get(field).cloned().unwrap_or_default();
        let mut told = json!({
            "messageId": message.key, "groupId": message.group, "accountId": ACCOUNT, "country": "82",
            "type": message.kind.to_uppercase(), "from": message.from,
            "text": content("text"), "subject": content("subject"), "imageId": content("imageId"),
            "status": stand.status, "statusCode": stand.code, "reason": null,
            "networkName": null, "networkCode": null,
            "customFields": message.fields, "replacement": false, "resendCount": 0,
            "dateCreated": iso(message.at), "dateUpdated": iso(stand.changed),
            "dateProcessed": iso(message.at), "dateReceived": stand.reported.map(iso), "dateReported": stand.reported.map(iso),
            "kakaoOptions": content("kakaoOptions"), "log": [],
        });
        // Numbers are not kept beyond the life of the program.
        if let Some(to) = &message.to {
            told["to"] = json!(to);
        }
        told
    }

    /// A page of groups, the newest first.
    pub(crate) fn list_groups(&self, query: &Query) -> Result<Value, Refusal> {
        let (limit, (from, to)) = (query.limit()?, query.span()?);
        if query.criteria.is_some() || query.cond.is_some() || query.value.is_some() {
            return Err(Refusal::invalid("criteria, cond, value: not served here, and so refused"));
        }
        let now = self.now();
        let mut rest = self
            .solapi
            .groups
            .iter()
            .rev()
            .filter(|group| {
                !group.deleted && from.is_none_or(|from| group.made >= from) && to.is_none_or(|to| group.made <= to)
            })
            .skip_while(|group| query.start_key.as_ref().is_some_and(|start| group.id != *start));
        let list: Map<String, Value> =
            rest.by_ref().take(limit).map(|group| (group.id.clone(), group.tell(&self.messages, now))).collect();
        let next = rest.next().map(|group| group.id.clone());
        Ok(json!({ "startKey": query.start_key, "nextKey": next, "limit": limit, "groupList": list }))
    }

    /// Counts of messages of a span, by month and day of Seoul.
    pub(crate) fn statistics(&self, query: &Query) -> Result<Value, Refusal> {
        let (from, to) = query.span()?;
        let now = self.now();
        let ours = self.messages.iter().filter(|message| {
            message.dealer == Dealer::Solapi
                && !message.tries.is_empty()
                && from.is_none_or(|from| message.at >= from)
                && to.is_none_or(|to| message.at <= to)
        });
        let mut months: BTreeMap<String, BTreeMap<String, Vec<&Message>>> = BTreeMap::new();
        for message in ours {
            let at = seoul(message.at);
            let month = months.entry(at.format("%Y%m").to_string()).or_default();
            month.entry(at.format("%Y%m%d").to_string()).or_default().push(message);
        }
        let mut all: Vec<&Message> = Vec::new();
        let mut periods = Vec::new();
        for (month, days) in &months {
            let of_month: Vec<&Message> = days.values().flatten().copied().collect();
            let days: Vec<Value> = days
                .iter()
                .map(|(day, of_day)| {
                    let mut codes: Map<String, Value> = Map::new();
                    for message in of_day {
                        let code = codes.entry(stand(message, now).code).or_insert_with(|| json!({}));
                        let count = &mut code[message.kind.as_str()];
                        *count = json!(count.as_u64().unwrap_or(0) + 1);
                    }
                    let mut told = counted(of_day, now);
                    (told["_id"], told["month"], told["date"]) = (json!(day), json!(month), json!(day));
                    told["statusCode"] = Value::Object(codes);
                    told["refund"] = json!({ "balance": 0, "point": 0, "deposit": 0 });
                    told
                })
                .collect();
            let mut told = counted(&of_month, now);
            told["date"] = json!(month);
            (told["balanceAvg"], told["pointAvg"], told["depositAvg"]) = (told["balance"].clone(), json!(0), json!(0));
            told["dayPeriod"] = json!(days);
            all.extend(of_month);
            periods.push(told);
        }
        let mut told = counted(&all, now);
        let average = told["balance"].as_u64().unwrap_or(0) / (periods.len().max(1) as u64);
        (told["monthlyBalanceAvg"], told["monthlyPointAvg"], told["monthlyDepositAvg"]) =
            (json!(average), json!(0), json!(0));
        told["monthPeriod"] = json!(periods);
        Ok(told)
    }
}

/// How many messages went, arrived and failed, by type, and what they cost.
fn counted(messages: &[&Message], now: DateTime<Utc>) -> Value {
    let by_kind = |wanted: &dyn Fn(&Message) -> bool| {
        let mut counts: Map<String, Value> = PRICES.iter().map(|(kind, _)| ((*kind).to_owned(), json!(0))).collect();
        let mut total = 0;
        for message in messages.iter().filter(|message| wanted(message)) {
            let count = counts.entry(message.kind.clone()).or_insert_with(|| json!(0));
            *count = json!(count.as_u64().unwrap_or(0) + 1);
            total += 1;
        }
        counts.insert("total".to_owned(), json!(total));
        Value::Object(counts)
    };
    let settled = |message: &Message| message.tries.last().is_some_and(|last| last.at <= now);
    let arrived = |message: &Message| settled(message) && stand(message, now).code == Dealer::Solapi.delivered();
    let cost: u64 = messages.iter().map(|message| price(&message.kind)).sum();
    json!({
        "balance": cost, "point": 0, "deposit": 0,
        "total": by_kind(&|_| true), "successed": by_kind(&arrived),
        "failed": by_kind(&|message| settled(message) && !arrived(message)),
    })
}

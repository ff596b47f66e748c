//! Insights: what became of messages, counted by day, hour and template. No one reads here, so that no one touches.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, NaiveDate, Timelike as _, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bizgo::answer::Refusal;
use crate::bizgo::center::{Queried, asked};
use crate::bizgo::check::refuse;
use crate::journal::{Dealer, Message};
use crate::ledger::Ledger;
use crate::server::Shared;
use crate::time::seoul;

/// What is asked about.
#[derive(Debug)]
pub(crate) struct Question {
    /// `ALIMTALK` or `BRANDMESSAGE`.
    pub(crate) service: &'static str,
    pub(crate) days: (NaiveDate, NaiveDate),
    pub(crate) senders: Vec<String>,
    pub(crate) templates: Vec<String>,
}

impl Question {
    /// Reads the days, `yyyyMMdd`, and the lists with commas between.
    pub(crate) fn read(
        service: &'static str,
        (start, end): (&str, &str),
        senders: &str,
        templates: Option<&str>,
    ) -> Result<Self, Refusal> {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8);
        let (Some(first), Some(last)) = (day(start), day(end)) else {
            return refuse("A300", "startDate and endDate: yyyyMMdd");
        };
        if first > last {
            return refuse("A300", "startDate: after endDate");
        }
        let all = |list: &str| list.split(',').map(str::to_owned).collect::<Vec<_>>();
        let (senders, templates) = (all(senders), templates.map(all).unwrap_or_default());
        if senders.iter().chain(&templates).any(String::is_empty) {
            return refuse("A300", "senderKey and templateCode: names with commas between");
        }
        Ok(Self { service, days: (first, last), senders, templates })
    }

    fn wants(&self, at: DateTime<Utc>, sender: Option<&str>, template: Option<&str>) -> bool {
        let day = seoul(at).date_naive();
        let of = |list: &[String], name: Option<&str>| name.is_some_and(|name| list.iter().any(|one| one == name));
        self.days.0 <= day
            && day <= self.days.1
            && of(&self.senders, sender)
            && (self.templates.is_empty() || of(&self.templates, template))
    }
}

#[derive(Clone, Copy, Default)]
struct Counts {
    delivered: u64,
    failed: u64,
}

impl Counts {
    fn tell(self) -> Value {
        json!({
            "successCount": self.delivered, "failCount": self.failed, "readCount": 0, "buttonClickCount": 0,
            "listClickCount": 0, "thumbnailClickCount": 0, "etcClickCount": 0,
        })
    }
}

/// One lot of messages: when they went, by which template, how many arrived and how many did not.
type Lot<'a> = (DateTime<Utc>, Option<&'a str>, Counts);

impl Ledger {
    fn lots<'a>(&'a self, question: &'a Question) -> impl Iterator<Item = Lot<'a>> {
        let now = self.now();
        let named = self.messages.iter().filter_map(move |message: &Message| {
            let first = message.tries.first()?;
            let ours = message.dealer == Dealer::Bizgo && first.service == question.service && first.at <= now;
            let of = |name: &str| message.fields.get(name).map(String::as_str);
            let (sender, template) = (of("senderKey"), of("templateCode"));
            (ours && question.wants(message.at, sender, template)).then(|| {
                let arrived = u64::from(first.code == Dealer::Bizgo.delivered());
                (message.at, template, Counts { delivered: arrived, failed: 1 - arrived })
            })
        });
        let friends = self.bizgo.group_sends.values().filter_map(move |send| {
            let (at, template) = (send.starts, send.template.as_str());
            let ours = question.service == "BRANDMESSAGE";
            (ours && question.wants(at, Some(&send.sender_key), Some(template)))
                .then(|| (at, Some(template), Counts { delivered: send.sent(now), failed: 0 }))
        });
        named.chain(friends)
    }

    pub(crate) fn insights(&self, question: &Question) -> Value {
        let all = self.lots(question).fold(Counts::default(), |all, (_, _, one)| sum(all, one));
        json!({ "statistics": [all.tell()] })
    }

    pub(crate) fn hourly_insights(&self, question: &Question) -> Value {
        let mut hours = [Counts::default(); 24];
        for (at, _, one) in self.lots(question) {
            let hour = &mut hours[seoul(at).hour() as usize];
            *hour = sum(*hour, one);
        }
        let told = hours.iter().enumerate().map(|(hour, counts)| {
            let mut told = counts.tell();
            told["hour"] = json!(hour.to_string());
            told
        });
        json!({ "statistics": told.collect::<Vec<_>>() })
    }

    pub(crate) fn template_insights(&self, question: &Question) -> Value {
        let mut all: BTreeMap<&str, Counts> = BTreeMap::new();
        for (_, template, one) in self.lots(question) {
            if let Some(code) = template {
                let counts = all.entry(code).or_default();
                *counts = sum(*counts, one);
            }
        }
        let told = all.into_iter().map(|(code, counts)| {
            let mut told = counts.tell();
            told["templateCode"] = json!(code);
            told
        });
        json!({ "statistics": told.collect::<Vec<_>>() })
    }
}

fn sum(all: Counts, one: Counts) -> Counts {
    Counts { delivered: all.delivered + one.delivered, failed: all.failed + one.failed }
}

const BASE: &str = "/api/comm/v1/center/statistics";

pub(crate) fn router() -> Router<Arc<Shared>> {
    let of = |name: &str, service: &'static str| {
        let at = |path: &str| format!("{BASE}/{name}{path}");
        Router::new()
            .route(&at(""), get(answering(service, Ledger::insights)))
            .route(&at("/reaction/hourly"), get(answering(service, Ledger::hourly_insights)))
            .route(&at("/template"), get(answering(service, Ledger::template_insights)))
    };
    of("alimtalk", "ALIMTALK").merge(of("brandmessage", "BRANDMESSAGE"))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    start_date: String,
    end_date: String,
    sender_key: String,
    template_code: Option<String>,
}

type Count = fn(&Ledger, &Question) -> Value;

/// The answer to a question of this service, counted so.
fn answering(
    service: &'static str,
    count: Count,
) -> impl Fn(State<Arc<Shared>>, HeaderMap, Queried<Asked>) -> Ready<Response> + Clone + Send + Sync + 'static {
    move |State(shared), headers, query| {
        ready(asked(&shared, &headers, query, |ledger, query| {
            let Asked { start_date, end_date, sender_key, template_code } = query;
            let days = (start_date.as_str(), end_date.as_str());
            let question = Question::read(service, days, &sender_key, template_code.as_deref())?;
            Ok(count(ledger, &question))
        }))
    }
}

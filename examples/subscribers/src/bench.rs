//! How fast: placeholders brought in, counted, streamed, told of, and their ledger read again; each beside its limit where
//! there is one, in the same run.

use std::path::PathBuf;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sosik::registry::{
    AudienceRequest, ConsentEvent, Event, Identity, NewSubscriber, Purpose, Relation, RelationState, Segment,
    SubscriberStore,
};
use sosik::{AreaCode, ChannelId, PhoneNumber};

use crate::args::{Bench, Place};
use crate::failure::Failure;
use crate::raw::{Raw, connect};
use crate::store::Store;

/// People of a call: what a store takes in one transaction.
const CHUNK: u32 = 100_000;

/// Events of a call, as a webhook's queue gives them.
const EVENTS: usize = 1_000;

/// Who is counted.
const SEGMENT: &str = "area:4163053000 and topic:문화 and consent:advertising";

/// A place of the bench's own, which goes with it.
enum Ground {
    Folder(PathBuf),
    Schemas { address: String, ours: String, bare: String },
}

impl Ground {
    fn new(place: &Place) -> Result<Self, Failure> {
        let name = format!("sosik_bench_{}", std::process::id());
        match place {
            Place::Sqlite(_) => {
                let folder = std::env::temp_dir().join(name);
                std::fs::create_dir_all(&folder).map_err(Failure::at(folder.display()))?;
                Ok(Self::Folder(folder))
            }
            Place::Postgres(address) => {
                Ok(Self::Schemas { address: address.clone(), bare: format!("{name}_bare"), ours: name })
            }
        }
    }

    async fn open(&self) -> Result<(Store, Raw), Failure> {
        match self {
            Self::Folder(folder) => {
                let store = Store::new(&Place::Sqlite(folder.join("sosik.db")), "").await?;
                Ok((store, Raw::sqlite(&folder.join("raw.db")).map_err(Failure::at("the bare file"))?))
            }
            Self::Schemas { address, ours, bare } => {
                let store = Store::new(&Place::Postgres(address.clone()), ours).await?;
                Ok((store, Raw::postgres(address, bare).await.map_err(Failure::at("the bare tables"))?))
            }
        }
    }

    /// Bytes of what is kept of the people alone.
    async fn bytes(&self) -> Result<f64, Failure> {
        match self {
            Self::Folder(folder) => {
                let length = |name: &str| std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
                // The file, and what is still in its log.
                Ok(real(length("sosik.db") + length("sosik.db-wal")))
            }
            Self::Schemas { address, ours, .. } => {
                let size = "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class \
                            WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p')";
                let client = connect(address).await.map_err(Failure::at("the store"))?;
                let size: i64 = client.query_one(size, &[ours]).await.map_err(Failure::at("the store"))?.get(0);
                Ok(real(size.unsigned_abs()))
            }
        }
    }

    async fn end(self) -> Result<(), Failure> {
        match self {
            Self::Folder(folder) => std::fs::remove_dir_all(&folder).map_err(Failure::at(folder.display())),
            Self::Schemas { address, ours, bare } => {
                let client = connect(&address).await.map_err(Failure::at("the store"))?;
                let drop = format!("DROP SCHEMA IF EXISTS {ours} CASCADE; DROP SCHEMA IF EXISTS {bare} CASCADE");
                client.batch_execute(&drop).await.map_err(Failure::at("the store"))
            }
        }
    }
}

pub(crate) async fn run(place: &Place, bench: &Bench, now: DateTime<Utc>) -> Result<String, Failure> {
    let ground = Ground::new(place)?;
    let measured = measure(&ground, bench.rows, now).await;
    ground.end().await?;
    let report = measured?;
    if bench.json {
        Ok(report.to_string())
    } else {
        serde_json::to_string_pretty(&report).map_err(Failure::at("the report"))
    }
}

async fn measure(ground: &Ground, rows: u32, now: DateTime<Utc>) -> Result<Value, Failure> {
    let wrong = |error| Failure::at("the store")(error);
    let (store, mut raw) = ground.open().await?;
    let people = store.bare();
    // One after the other, part by part, so that what else the machine does falls on both.
    let (mut import, mut bare) = (0.0, 0.0);
    for first in (0..rows).step_by(CHUNK as usize) {
        let part: Vec<NewSubscriber> = (first..rows.min(first + CHUNK)).filter_map(|n| person(n, now)).collect();
        let start = clock();
        people.put(&part, now).await.map_err(wrong)?;
        import += start.elapsed().as_secs_f64();
        let start = clock();
        raw.put(&part, now).await.map_err(Failure::at("the bare tables"))?;
        bare += start.elapsed().as_secs_f64();
    }
    let bytes = ground.bytes().await?;
    let rate = |seconds: f64| (f64::from(rows) / seconds).round();
    Ok(json!({
        "rows": rows,
        "import": {
            "seconds": round(import),
            "people_a_second": rate(import),
            "bare_rows_people_a_second": rate(bare),
            "of_bare_rows": round(bare / import),
        },
        "count": count(people, now).await?,
        "stream": stream(people, now).await?,
        "events": events(people, rows, now).await?,
        "verify": verify(people).await?,
        "bytes_a_person": (bytes / f64::from(rows)).round(),
    }))
}

async fn count(people: &dyn SubscriberStore, now: DateTime<Utc>) -> Result<Value, Failure> {
    let segment: Segment = SEGMENT.parse().map_err(Failure::at("the segment"))?;
    let mut took: Vec<f64> = Vec::new();
    let mut counted = 0;
    for _ in 0..11 {
        let start = clock();
        counted = people.count_of(&segment, now).await.map_err(Failure::at("the store"))?;
        took.push(start.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    Ok(json!({ "segment": SEGMENT, "people": counted, "milliseconds_median_of_11": round(took[5]) }))
}

/// Everyone who may be sent to, page by page.
async fn stream(people: &dyn SubscriberStore, now: DateTime<Utc>) -> Result<Value, Failure> {
    let request = AudienceRequest::new(Segment::All, Purpose::Advertising, now);
    let before = memory("VmRSS");
    forget_the_peak();
    let start = clock();
    let (mut members, mut last) = (0_u64, None);
    loop {
        let page = people.members(&request, last, 10_000).await.map_err(Failure::at("the store"))?.members;
        members += page.len() as u64;
        last = page.last().map(|member| member.id);
        if page.len() < 10_000 {
            break;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let more = memory("VmHWM").zip(before).map(|(peak, before)| round(peak - before));
    Ok(json!({ "members": members, "members_a_second": (real(members) / seconds).round(), "more_megabytes": more }))
}

/// What Kakao's webhook tells: friends of whom half are known.
async fn events(people: &dyn SubscriberStore, rows: u32, now: DateTime<Utc>) -> Result<Value, Failure> {
    let wrong = |error| Failure::at("the store")(error);
    let channel = ChannelId::parse("city").map_err(Failure::at("the channel"))?;
    let known: Vec<NewSubscriber> = (0..rows.min(10_000))
        .filter_map(|n| Some(person(n, now)?.with_identity(Identity::AppUser(n.to_string()))))
        .collect();
    people.put(&known, now).await.map_err(wrong)?;
    let told: Vec<Event> = (0..20_000_u32)
        .map(|n| {
            let state = if n.is_multiple_of(9) { RelationState::Blocked } else { RelationState::Added };
            let relation = Relation::new(channel.clone(), state, now + TimeDelta::milliseconds(n.into()), "webhook");
            Event::related(Identity::AppUser((n % 20_000).to_string()), relation)
        })
        .collect();
    let start = clock();
    for part in told.chunks(EVENTS) {
        people.apply(part, now).await.map_err(wrong)?;
    }
    let rate = real(told.len() as u64) / start.elapsed().as_secs_f64();
    Ok(json!({ "events": told.len(), "a_call": EVENTS, "events_a_second": rate.round() }))
}

async fn verify(people: &dyn SubscriberStore) -> Result<Value, Failure> {
    let start = clock();
    let ledger = people.verify().await.map_err(Failure::at("the store"))?;
    let rate = real(ledger.entries) / start.elapsed().as_secs_f64();
    Ok(json!({ "entries": ledger.entries, "whole": ledger.broken.is_none(), "entries_a_second": rate.round() }))
}

fn round(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

#[expect(clippy::cast_precision_loss, reason = "rates are rounded anyway")]
fn real(number: u64) -> f64 {
    number as f64
}

/// Megabytes of this process, where the system tells.
fn memory(what: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'))?;
    line.trim().trim_end_matches(" kB").parse::<f64>().ok().map(|kilobytes| kilobytes / 1e3)
}

/// Lets the peak of this process's memory begin anew.
fn forget_the_peak() {
    // Where the system does not, the peak is that of before, and says too much rather than too little.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[expect(clippy::disallowed_methods, reason = "a benchmark looks at the machine's clock")]
fn clock() -> Instant {
    Instant::now()
}

/// A placeholder of one of twelve districts, with a topic of five, and consent but for one in twelve.
fn person(number: u32, now: DateTime<Utc>) -> Option<NewSubscriber> {
    const TOPICS: [&str; 5] = ["문화", "복지", "재난·안전", "관광", "생활"];
    // Scattered, as people's numbers are.
    let digits = u64::from(number) * 57_885_161 % 100_000_000;
    let phone = PhoneNumber::parse(&format!("010{digits:08}")).ok()?;
    let area = AreaCode::parse(&format!("41630{:02}000", 51 + number % 12)).ok()?;
    let person = NewSubscriber::new(phone, area).with_topic(TOPICS[(number / 12 % 5) as usize]);
    let given = ConsentEvent::granted(Purpose::Advertising, now - TimeDelta::days(200), "주민센터 서면 신청서");
    Some(if number.is_multiple_of(13) { person } else { person.with_consent(given) })
}

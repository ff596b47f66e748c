//! How fast: placeholders brought in, counted, and their ledger read again.

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sosik::AreaCode;
use sosik::PhoneNumber;
use sosik::SystemEntropy;
use sosik::registry::{ConsentEvent, NewSubscriber, Purpose, SecretKey, Segment, SubscriberStore};

use crate::args::Bench;
use crate::failure::Failure;
use crate::raw::Raw;

/// People of a call: what a store takes in one transaction.
const CHUNK: u32 = 100_000;

/// Who is counted.
const SEGMENT: &str = "area:4163053000 and topic:문화 and consent:advertising";

pub(crate) async fn run(bench: &Bench, now: DateTime<Utc>) -> Result<String, Failure> {
    let folder = std::env::temp_dir().join(format!("subscribers-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(Failure::at(folder.display()))?;
    let measured = measure(&folder, bench, now).await;
    std::fs::remove_dir_all(&folder).map_err(Failure::at(folder.display()))?;
    measured
}

#[expect(clippy::cast_precision_loss, reason = "rates are rounded anyway")]
async fn measure(folder: &Path, bench: &Bench, now: DateTime<Utc>) -> Result<String, Failure> {
    let path = folder.join("sosik.db");
    let wrong = |error| Failure::at("the store")(error);
    let store = crate::store(&path, &SecretKey::generate(&SystemEntropy::new())).map_err(wrong)?;
    let rows = bench.rows;
    let mut raw = Raw::open(&folder.join("raw.db")).map_err(Failure::at("the bare file"))?;
    // One after the other, part by part, so that what else the machine does falls on both.
    let (mut import, mut bare) = (0.0, 0.0);
    for first in (0..rows).step_by(CHUNK as usize) {
        let people: Vec<NewSubscriber> = (first..rows.min(first + CHUNK)).filter_map(|n| person(n, now)).collect();
        let start = clock();
        store.put(&people, now).await.map_err(wrong)?;
        import += start.elapsed().as_secs_f64();
        let start = clock();
        raw.put(&people, now).map_err(Failure::at("the bare file"))?;
        bare += start.elapsed().as_secs_f64();
    }
    drop(raw);
    std::fs::remove_file(folder.join("raw.db")).map_err(Failure::at(folder.display()))?;
    let segment: Segment = SEGMENT.parse().map_err(Failure::at("the segment"))?;
    let mut counts: Vec<f64> = Vec::new();
    let mut counted = 0;
    for _ in 0..11 {
        let start = clock();
        counted = store.count_of(&segment, now).await.map_err(wrong)?;
        counts.push(start.elapsed().as_secs_f64() * 1e3);
    }
    counts.sort_by(f64::total_cmp);
    let start = clock();
    let ledger = store.verify().await.map_err(wrong)?;
    let verify = start.elapsed().as_secs_f64();
    // The file, and what is still in its log.
    let mut bytes = 0;
    for file in std::fs::read_dir(folder).map_err(Failure::at(folder.display()))?.flatten() {
        bytes += file.metadata().map_err(Failure::at(folder.display()))?.len();
    }
    let report = json!({
        "rows": rows,
        "import": {
            "seconds": round(import),
            "people_a_second": (f64::from(rows) / import).round(),
            "bare_rows_people_a_second": (f64::from(rows) / bare).round(),
            "of_bare_rows": round(bare / import),
        },
        "count": { "segment": SEGMENT, "people": counted, "milliseconds_median_of_11": round(counts[5]) },
        "verify": { "entries": ledger.entries, "whole": ledger.broken.is_none(), "entries_a_second": (ledger.entries as f64 / verify).round() },
        "bytes_a_person": (bytes as f64 / f64::from(rows)).round(),
    });
    if bench.json {
        return Ok(report.to_string());
    }
    serde_json::to_string_pretty(&report).map_err(Failure::at("the report"))
}

fn round(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
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

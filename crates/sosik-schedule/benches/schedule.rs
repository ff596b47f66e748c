//! Decisions and slots, beside the engines that others would take.
//!
//! `cargo bench -p sosik-schedule`

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sosik_schedule::{
    ContentClass, Facts, FrequencyCap, History, KoreanCalendar, MessageClass, Period, Policy, Product, Recurrence,
    Request, Roll, Scope, decide, regular_elections, resolve,
};

fn friday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()
}

/// Five rules: the law's night, Kakao's hours, a cap, a distance, the elections; with a roll to working days.
fn decisions(criterion: &mut Criterion) {
    let calendar = KoreanCalendar::new();
    let policy = Policy::korea()
        .with_roll(Roll::Preceding)
        .with_cap(FrequencyCap::new(Scope::Channel, 1, Period::Week))
        .with_minimum_gap(TimeDelta::hours(24));
    let elections = regular_elections(2030, &calendar);
    let history = (1..=52).fold(History::new(), |history, weeks| {
        let at = friday() - TimeDelta::weeks(weeks);
        history.with_send(at, at)
    });
    let facts = Facts::new(&policy, &calendar).with_elections(&elections).with_channel(&history);
    let request = |nominal| {
        Request::new(MessageClass::Advertising, nominal)
            .with_product(Product::BrandMessage)
            .with_content(ContentClass::EventNotice)
    };
    let mut group = criterion.benchmark_group("decide with five rules");
    group.throughput(Throughput::Elements(1));
    let slot = request(friday());
    group.bench_function("send", |bench| bench.iter(|| decide(black_box(&slot), &facts, black_box(friday()))));
    let christmas = request(Utc.with_ymd_and_hms(2026, 12, 25, 6, 0, 0).unwrap());
    group.bench_function("moved by a holiday", |bench| {
        bench.iter(|| decide(black_box(&christmas), &facts, black_box(friday())));
    });
    let night = friday() + TimeDelta::hours(7);
    let late = request(night);
    group.bench_function("wait for the morning", |bench| {
        bench.iter(|| decide(black_box(&late), &facts, black_box(night)));
    });
    group.finish();
}

fn fridays(criterion: &mut Criterion) {
    let three = NaiveTime::from_hms_opt(15, 0, 0).unwrap();
    let seoul = chrono_tz::Asia::Seoul;
    let calendar = KoreanCalendar::new();
    let start = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
    let from = resolve(start, three, seoul);
    let mut group = criterion.benchmark_group("1,000 Fridays");
    group.throughput(Throughput::Elements(1_000));

    let weekly = Recurrence::weekly(Weekday::Fri, three, seoul).build().unwrap();
    group.bench_function("sosik", |bench| bench.iter(|| black_box(&weekly).take(from, 1_000)));
    group.bench_function("sosik, rolled to working days", |bench| {
        bench.iter(|| {
            let slots = black_box(&weekly).take(from, 1_000);
            slots.iter().map(|slot| resolve(Roll::Preceding.apply(&calendar, slot.local.date()), three, seoul)).max()
        });
    });
    let rule = "FREQ=WEEKLY;BYDAY=FR;WKST=SU";
    let general = Recurrence::from_rule(rule, start.and_time(three), seoul).unwrap();
    group.bench_function("sosik, by a rule that it does not compute by hand", |bench| {
        bench.iter(|| black_box(&general).take(from, 1_000));
    });
    let text = format!("DTSTART;TZID=Asia/Seoul:20260102T150000\nRRULE:{rule}");
    let set: rrule::RRuleSet = text.parse().unwrap();
    group.bench_function("rrule 0.14", |bench| bench.iter(|| black_box(&set).clone().all(1_000)));
    let cron: croner::Cron = "0 15 * * FRI".parse().unwrap();
    let local = from.with_timezone(&seoul);
    group.bench_function("croner 4", |bench| {
        bench.iter(|| black_box(&cron).iter_from(local, croner::Direction::Forward).take(1_000).max());
    });
    group.finish();
}

criterion_group!(benches, decisions, fridays);
criterion_main!(benches);

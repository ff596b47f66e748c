//! How many people are registered, whether the ledger is whole, and what is owed to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use maud::html;
use sosik_registry::{Audited, Duty, DutyKind, DutyRule, Page, Segment, StoreError, SubscriberStore as _, duties};

use super::Parts;
use super::enter::{Visit, Who};
use super::layout::{Frame, failed};

/// People of whom is read at once.
const PAGE: usize = 1_000;
/// Duties that are due within so many days are told.
const AHEAD: u64 = 30;
/// Duties that are shown one by one.
const SHOWN: usize = 200;

pub(super) async fn counts(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    let now = desk.clock.now();
    let counted = async {
        let store = &desk.stores.subscribers;
        let mut rows = vec![("모두".to_owned(), store.count().await?)];
        let own = Segment::Channel(desk.newsroom.channel().clone());
        rows.push(("이 채널을 추가한 사람".to_owned(), store.count_of(&own, now).await?));
        for (label, segment) in &desk.counted {
            rows.push((label.clone(), store.count_of(segment, now).await?));
        }
        Ok::<_, StoreError>((rows, store.verify().await?))
    };
    let (rows, ledger) = match counted.await {
        Ok(counted) => counted,
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let main = html! {
        h1 { "구독자" }
        dl { @for (label, count) in &rows { dt { (label) } dd { (count) } } }
        section aria-labelledby="ledger" {
            h2 #ledger { "동의 원장" }
            @match &ledger.broken {
                None => p { "기록 " (ledger.entries) "건이 모두 쓰인 그대로입니다. 마지막 고리: " code { (ledger.head) } },
                Some(broken) => p.told role="alert" { (broken.number) "번째 기록이 쓰인 그대로가 아닙니다. 그 앞의 " (ledger.entries) "건은 그대로입니다. 바로 개인정보 보호책임자에게 알리세요." },
            }
        }
        section aria-labelledby="duties" {
            h2 #duties { "해야 할 일" }
            p { a href="/desk/registry/duties" { "기한이 " (AHEAD) "일 안인 것 찾기" } }
            p.soft { "구독자를 모두 살펴보므로 접속기록에 남습니다." }
        }
    };
    Frame::of(&desk, &who).page(StatusCode::OK, "구독자", &main)
}

fn korean(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::Answer => "요구에 답하기",
        DutyKind::Confirmation => "광고 수신 동의를 아직 하는지 묻기",
        DutyKind::Destruction => "파기",
        DutyKind::ResultNotice => "동의·철회 처리 결과 알리기",
        _ => "그 밖",
    }
}

pub(super) async fn owed(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    let now = desk.clock.now();
    let today = now.with_timezone(&desk.zone()).date_naive();
    let until = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let found = match everything_owed(&desk, &who, until).await {
        Ok(found) => found,
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let mut kinds: BTreeMap<DutyKind, (usize, usize)> = BTreeMap::new();
    for duty in &found {
        let (all, late) = kinds.entry(duty.kind).or_default();
        *all += 1;
        *late += usize::from(duty.due < today);
    }
    let main = html! {
        h1 { "해야 할 일" }
        p role="status" { (until) "까지 " (found.len()) "건" }
        @if !kinds.is_empty() {
            dl {
                @for (kind, (all, late)) in &kinds {
                    dt { (korean(*kind)) }
                    dd { (all) "건" @if *late > 0 { " · " strong { "늦음 " (late) "건" } } " " span.soft { "(" (DutyRule::of(*kind).source) ")" } }
                }
            }
            div.wide tabindex="0" role="group" aria-label="해야 할 일 목록" {
                table {
                    thead { tr { th scope="col" { "기한" } th scope="col" { "일" } th scope="col" { "누구에게" } } }
                    tbody {
                        @for duty in found.iter().take(SHOWN) {
                            tr class=[(duty.due < today).then_some("late")] {
                                td { (duty.due) @if duty.due < today { " " strong { "늦음" } } }
                                td { (korean(duty.kind)) }
                                td { code { (duty.who) } }
                            }
                        }
                    }
                }
            }
            @if found.len() > SHOWN { p { "기한이 빠른 " (SHOWN) "건만 보입니다." } }
        }
    };
    Frame::of(&desk, &who).page(StatusCode::OK, "해야 할 일", &main)
}

/// What is owed until a day, by the day: whoever is looked at for it is noted first.
async fn everything_owed(desk: &Parts, who: &Who, until: NaiveDate) -> Result<Vec<Duty>, StoreError> {
    let now = desk.clock.now();
    let stores = &desk.stores;
    let store = Audited::new(
        Arc::clone(&stores.subscribers),
        Arc::clone(&stores.accesses),
        Arc::clone(&desk.clock),
        who.name(),
        who.place.as_str(),
    );
    let (mut owed, mut page) = (Vec::new(), Some(Page::first(Segment::All, now, PAGE)));
    while let Some(asked) = page {
        let people = store.page(&asked).await?;
        let theirs = people.iter().flat_map(|person| duties(person, now));
        owed.extend(theirs.filter(|duty| duty.due <= until));
        page = asked.next(&people);
    }
    owed.sort();
    Ok(owed)
}

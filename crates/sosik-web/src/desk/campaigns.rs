//! Campaigns: which there are, and one as it goes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::{Stream, stream};
use maud::{Markup, html};
use serde::Serialize;
use sosik_delivery::{
    Campaign, CampaignId, CampaignState, Clicks, Deed, OutboxError, Report, Route, Tally, Transition,
};
use sosik_desk::{Right, Token};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Interval, MissedTickBehavior};

use super::Parts;
use super::enter::{Visit, Who};
use super::layout::{Frame, chain, failed, when};

/// Campaigns that the list shows.
const SHOWN: usize = 52;
/// How often a campaign that goes on is looked at, for whoever watches.
const EVERY: Duration = Duration::from_secs(1);

/// What is counted of a campaign, what it is called, and whether it is told of in any case.
type Row = (&'static str, &'static str, bool);

const ROWS: [Row; 8] = [
    ("planned", "대상", true),
    ("delivered", "도착", true),
    ("fallback", "문자로 도착", false),
    ("failed", "도착하지 않음", true),
    ("suppressed", "보내지 않음", true),
    ("unknown", "확인되지 않음", false),
    ("outstanding", "진행 중", true),
    ("held", "사람이 볼 묶음", false),
];

/// Where a campaign stands, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Progress {
    state: &'static str,
    said: String,
    planned: u64,
    delivered: u64,
    fallback: u64,
    failed: u64,
    suppressed: u64,
    unknown: u64,
    outstanding: u64,
    held: u64,
    over: bool,
}

impl Progress {
    fn of(campaign: &Campaign, tally: &Tally) -> Self {
        let report = Report::new(campaign.clone(), tally.clone());
        let tally = &report.tally;
        let state = campaign.state();
        let done = campaign.audience.saturating_sub(tally.outstanding());
        let said = if campaign.audience == 0 {
            korean(state).to_owned()
        } else {
            format!("{}: {}명 가운데 {done}명 처리", korean(state), campaign.audience)
        };
        Self {
            state: state.code(),
            said,
            planned: campaign.audience,
            delivered: tally.delivered,
            fallback: tally.fallback,
            failed: tally.failed,
            suppressed: tally.suppressed.values().sum(),
            unknown: tally.unknown,
            outstanding: tally.outstanding(),
            held: tally.held,
            over: state.is_over() && tally.outstanding() == 0,
        }
    }

    fn count(&self, what: &str) -> u64 {
        match what {
            "planned" => self.planned,
            "delivered" => self.delivered,
            "fallback" => self.fallback,
            "failed" => self.failed,
            "suppressed" => self.suppressed,
            "unknown" => self.unknown,
            "held" => self.held,
            _ => self.outstanding,
        }
    }
}

fn korean(state: CampaignState) -> &'static str {
    match state {
        CampaignState::Approved => "승인됨",
        CampaignState::Cancelled => "취소됨",
        CampaignState::Draft => "승인을 기다림",
        CampaignState::Expired => "시간이 지남",
        CampaignState::Paused => "멈춤",
        CampaignState::Planned => "보낼 준비가 됨",
        CampaignState::Sending => "보내는 중",
        CampaignState::Settled => "끝남",
        _ => "알 수 없음",
    }
}

fn deed(deed: Deed) -> &'static str {
    match deed {
        Deed::Approve => "승인",
        Deed::Cancel => "취소",
        Deed::Draft => "만듦",
        Deed::Expire => "시간이 지남",
        Deed::Extend => "시간을 늘림",
        Deed::Pause => "멈춤",
        Deed::Plan => "대상 확정",
        Deed::Resume => "다시 시작",
        Deed::Settle => "끝남",
        Deed::Start => "보내기 시작",
        _ => "그 밖",
    }
}

pub(super) async fn list(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    let campaigns = match desk.stores.outbox.campaigns(Some(desk.newsroom.channel()), SHOWN).await {
        Ok(campaigns) => campaigns,
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let main = html! {
        h1 { "발송" }
        @if campaigns.is_empty() { p { "아직 보낸 것이 없습니다." } } @else {
            // What is wider than a phone scrolls by itself, by keyboard too.
            div.wide tabindex="0" role="group" aria-label="발송 목록" {
                table {
                    thead { tr { th scope="col" { "소식" } th scope="col" { "보내는 때" } th scope="col" { "상태" } th scope="col" { "대상" } } }
                    tbody {
                        @for campaign in &campaigns {
                            tr {
                                th scope="row" { a href=(format!("/desk/campaigns/{}", campaign.id)) { (campaign.key.edition) @if campaign.key.is_trial() { " (시험)" } } }
                                td { (when(campaign.send_at, desk.zone())) }
                                td { (korean(campaign.state())) }
                                td.number { (campaign.audience) }
                            }
                        }
                    }
                }
            }
        }
    };
    Frame::of(&desk, &who).page(StatusCode::OK, "발송", &main)
}

/// A campaign of the desk's channel by what stands in an address.
async fn found(desk: &Parts, id: &str) -> Result<Option<(Campaign, Tally)>, OutboxError> {
    let Ok(id) = uuid::Uuid::try_parse(id).map(CampaignId::from_uuid) else { return Ok(None) };
    let campaign = desk.stores.outbox.campaign(id).await?;
    let Some(campaign) = campaign.filter(|campaign| campaign.key.channel == *desk.newsroom.channel()) else {
        return Ok(None);
    };
    let tally = desk.stores.outbox.tally(id).await?;
    Ok(Some((campaign, tally)))
}

pub(super) async fn one(Extension(Visit { desk, who, .. }): Extension<Visit>, Path(id): Path<String>) -> Response {
    match found(&desk, &id).await {
        Ok(Some((campaign, tally))) => shown(&desk, &who, &campaign, &tally, StatusCode::OK, None).await,
        Ok(None) => Frame::of(&desk, &who).missing(),
        Err(error) => failed(&desk, Some(&who), &error),
    }
}

async fn shown(
    desk: &Parts,
    who: &Who,
    campaign: &Campaign,
    tally: &Tally,
    status: StatusCode,
    told: Option<&str>,
) -> Response {
    let frame = Frame::of(desk, who);
    let clicks = match desk.stores.clicks.clicks_of(&campaign.key.edition).await {
        Ok(clicks) => clicks,
        Err(error) => return failed(desk, Some(who), &error),
    };
    let progress = Progress::of(campaign, tally);
    let here = format!("/desk/campaigns/{}", campaign.id);
    let rows = ROWS.iter().filter(|(what, _, always)| *always || progress.count(what) > 0 || !progress.over);
    let main = html! {
        h1 { (campaign.key.edition) }
        p.soft {
            (when(campaign.send_at, desk.zone())) " · " (campaign.class.korean()) " · "
            @match &campaign.route {
                Route::Recipients => "동의한 구독자에게",
                Route::Friends(_) => "채널 친구에게",
                _ => "담당자가 손으로",
            }
        }
        @if let Some(told) = told { p.told role="alert" { (told) } }
        section.progress data-events=[(!progress.over).then(|| format!("{here}/events"))] aria-labelledby="progress" {
            h2 #progress { "진행" }
            p #said role="status" { (progress.said) }
            progress #bar max=(progress.planned.max(1)) value=(progress.planned.saturating_sub(progress.outstanding)) aria-labelledby="progress" {}
            dl {
                @for (what, name, _) in rows { dt { (name) } dd data-count=(what) { (progress.count(what)) } }
            }
            @if !progress.over { noscript { p { a href=(here) { "새로 고침" } } } }
        }
        (reasons(campaign, tally))
        (followed(&clicks))
        @if who.may(Right::Halt) { (halting(&frame, campaign, &here)) }
        section aria-labelledby="history" {
            h2 #history { "한 일" }
            ul.history {
                @for step in campaign.history.steps() {
                    li { (when(step.at, desk.zone())) " " (step.by) " " strong { (deed(step.deed)) } @if !step.note.is_empty() { " " span.soft { (step.note) } } }
                }
            }
        }
    };
    frame.page(status, &campaign.key.edition.to_string(), &main)
}

/// Who was not sent to, and what failed, by reason.
fn reasons(campaign: &Campaign, tally: &Tally) -> Markup {
    let has = !(campaign.suppressed.is_empty() && tally.suppressed.is_empty() && tally.codes.is_empty());
    html! {
        @if has {
            section aria-labelledby="reasons" {
                h2 #reasons { "까닭" }
                dl {
                    @for (reason, count) in &campaign.suppressed { dt { "대상에서 빠짐: " (reason.code()) } dd { (count) } }
                    @for (reason, count) in &tally.suppressed { dt { "보내지 않음: " (reason.code()) } dd { (count) } }
                    @for (code, count) in &tally.codes { dt { "도착하지 않음: " (code) } dd { (count) } }
                }
            }
        }
    }
}

/// How often the links of the cards were followed.
fn followed(clicks: &[Clicks]) -> Markup {
    let mut cards: BTreeMap<u32, u64> = BTreeMap::new();
    for one in clicks {
        *cards.entry(one.card).or_default() += one.count;
    }
    html! {
        @if !cards.is_empty() {
            section aria-labelledby="clicks" {
                h2 #clicks { "누른 수" }
                dl { @for (card, count) in &cards { dt { "카드 " (card) } dd { (count) } } }
                p.soft { "누가 눌렀는지는 남기지 않습니다." }
            }
        }
    }
}

fn halting(frame: &Frame<'_>, campaign: &Campaign, here: &str) -> Markup {
    let may = |deed| campaign.history.may(deed).is_ok();
    let form = |deed: &str, label: &str, is_grave: bool| {
        html! {
            (frame.form("", &format!("{here}/{deed}"), &[], &html! {

                @if is_grave {
                    p.soft { "취소하면 이 주의 소식은 다시 보낼 수 없습니다." }
                    label for="why" { "취소하는 까닭" }
                    input #why name="why" maxlength="300" required;
                }
                button.plain type="submit" { (label) }
            }))
        }
    };
    html! {
        section.acts aria-label="멈추기와 취소" {
            @if may(Deed::Pause) { (form("pause", "멈추기", false)) }
            @if may(Deed::Resume) { (form("resume", "다시 시작", false)) }
            @if may(Deed::Cancel) { (form("cancel", "취소하기", true)) }
        }
    }
}

pub(super) async fn halt(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path((id, what)): Path<(String, String)>,
) -> Response {
    let frame = Frame::of(&desk, &who);
    let deed = match what.as_str() {
        "pause" => Deed::Pause,
        "resume" => Deed::Resume,
        "cancel" => Deed::Cancel,
        _ => return frame.missing(),
    };
    let (campaign, tally) = match found(&desk, &id).await {
        Ok(Some(found)) => found,
        Ok(None) => return frame.missing(),
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let why = fields.get("why").trim();
    if deed == Deed::Cancel && why.is_empty() {
        return shown(&desk, &who, &campaign, &tally, StatusCode::CONFLICT, Some("왜 취소하는지 적어 주세요.")).await;
    }
    let transition = Transition::new(deed, who.name(), desk.clock.now()).because(why);
    match desk.stores.outbox.transition(campaign.id, &transition).await {
        Ok(_) => Redirect::to(&format!("/desk/campaigns/{}", campaign.id)).into_response(),
        // It went on meanwhile: shown as it is now.
        Err(OutboxError::Transition { .. }) => match found(&desk, &id).await {
            Ok(Some((campaign, tally))) => {
                let told = "지금은 그렇게 할 수 없습니다. 아래 상태를 확인해 주세요.";
                shown(&desk, &who, &campaign, &tally, StatusCode::CONFLICT, Some(told)).await
            }
            Ok(None) => frame.missing(),
            Err(error) => failed(&desk, Some(&who), &error),
        },
        Err(error) => failed(&desk, Some(&who), &error),
    }
}

/// Someone who watches a campaign: until it is over, they are signed out, or they go.
struct Watch {
    desk: Arc<Parts>,
    token: Token,
    id: String,
    ticks: Interval,
    last: Option<Progress>,
    /// Given back when they go.
    _seat: OwnedSemaphorePermit,
}

/// What a campaign is at, as server-sent events: `progress` with its numbers whenever they change, and `over` at the end, after
/// which nothing more comes.
pub(super) async fn events(Extension(Visit { desk, who, .. }): Extension<Visit>, Path(id): Path<String>) -> Response {
    match found(&desk, &id).await {
        Ok(Some(_)) => {}
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return failed(&desk, Some(&who), &error),
    }
    let Ok(seat) = Arc::clone(&desk.watchers).try_acquire_owned() else {
        // The page still says how it stood, and can be loaded again.
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watch = Watch { desk, token: who.token, id, ticks, last: None, _seat: seat };
    Sse::new(watching(watch)).keep_alive(KeepAlive::default()).into_response()
}

impl Watch {
    /// Waits for the next look; or tells that the server stops.
    async fn is_stopping(&mut self) -> bool {
        let Some(stopping) = &self.desk.stopping else {
            self.ticks.tick().await;
            return false;
        };
        let mut stopping = stopping.clone();
        tokio::select! {
            _ = self.ticks.tick() => false,
            stopped = stopping.wait_for(|stopped| *stopped) => stopped.is_ok(),
        }
    }
}

fn watching(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        loop {
            if watch.is_stopping().await {
                return None;
            }
            // Watching is no work: whoever only watches is signed out in time.
            match watch.desk.staff.peek(&watch.token).await {
                Ok(Some(_)) => {}
                Ok(None) => return Some((Ok(Event::default().event("over").data("{}")), None)),
                Err(error) => {
                    tracing::error!(error = chain(&error), "who watches a campaign could not be looked up");
                    return None;
                }
            }
            let progress = match found(&watch.desk, &watch.id).await {
                Ok(Some((campaign, tally))) => Progress::of(&campaign, &tally),
                // A store that cannot answer now may in a second.
                Err(error) if matches!(&error, OutboxError::Store(store) if store.is_retryable()) => continue,
                Ok(None) => return None,
                Err(error) => {
                    tracing::error!(error = chain(&error), "a campaign that is watched could not be read");
                    return None;
                }
            };
            if watch.last.as_ref() == Some(&progress) {
                continue;
            }
            let data = serde_json::to_string(&progress).unwrap_or_default();
            if progress.over {
                return Some((Ok(Event::default().event("over").data(data)), None));
            }
            watch.last = Some(progress);
            return Some((Ok(Event::default().event("progress").data(data)), Some(watch)));
        }
    })
}

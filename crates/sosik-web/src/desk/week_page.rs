//! The page of a slot: the phone on which its cards are looked at, and beside it what may be done with them.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use sosik_content::review::{Field, Finding, Severity};
use sosik_content::{Card, CardPicture, Edition, Post, Reason, Topic};
use sosik_desk::{DraftDeed, DraftState, DraftStep, EditionDigest, Right};
use sosik_schedule::{Decision, Verdict};

use super::Parts;
use super::enter::Who;
use super::layout::{Frame, when};
use super::week::{Look, Week, path, weeks_from};

pub(super) fn page(
    desk: &Parts,
    who: &Who,
    week: &Week,
    look: &Look,
    status: StatusCode,
    told: Option<&str>,
) -> Response {
    let frame = Frame::of(desk, who);
    let here = path(desk, week.slot);
    let may_edit = who.may(Right::Draft) && matches!(week.draft.state, DraftState::Editing | DraftState::Submitted);
    let title = super::layout::week(week.slot, desk.zone());
    let main = html! {
        h1 { (title) " 소식" }
        p.soft { (when(week.slot, desk.zone())) " · " (state(week.draft.state)) }
        @if let Some(told) = told { p.told role="alert" { (told) } }
        (deciding(&frame, who, week, look, &here))
        @match &week.edition {
            Err(why) => p.told role="alert" { "아직 소식을 만들 수 없습니다: " (why) },
            Ok(edition) => div.two {
                (phone(desk, edition, &look.pictures, &here))
                div {
                    (findings(&look.findings, edition))
                    section aria-labelledby="cards" {
                        h2 #cards { "카드 " (edition.cards().len()) "장" }
                        ol.cards {
                            @for (at, card) in edition.cards().iter().enumerate() {
                                li id=(format!("edit-{}", at + 1)) { (one(&frame, week, edition, at, card, &here, may_edit)) }
                            }
                        }
                    }
                }
            },
        }
        (left_out(&frame, week, &here, may_edit))
        (schedule(desk, &look.decision))
        (history(desk, week))
        nav.weeks aria-label="다른 주" {
            a href=(path(desk, weeks_from(week.slot, -1))) { "지난주" }
            a href=(path(desk, weeks_from(week.slot, 1))) { "다음 주" }
        }
    };
    frame.page(status, &format!("{title} 소식"), &main)
}

fn state(state: DraftState) -> &'static str {
    match state {
        DraftState::Submitted => "승인을 기다립니다",
        DraftState::Approved => "승인되었습니다",
        DraftState::HandingOver => "발송으로 넘기는 중입니다",
        DraftState::HandedOver => "발송으로 넘어갔습니다",
        _ => "고치는 중입니다",
    }
}

/// What is to be decided, by whoever may.
fn deciding(frame: &Frame<'_>, who: &Who, week: &Week, look: &Look, here: &str) -> Markup {
    let draft = &week.draft;
    let errors = look.findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
    // Of what stands on this page; what was handed in is known by its own.
    let shown = week.edition.as_ref().map(|edition| EditionDigest::of(edition, &look.pictures)).ok();
    let digest = draft.frozen.as_ref().map(|frozen| frozen.digest.clone()).or_else(|| shown.clone());
    let is_redrawn = draft.frozen.is_some() && digest != shown;
    let agreed = draft.approvals().count();
    html! {
        section.deciding aria-labelledby="deciding" {
            h2 #deciding { "할 일" }
            @match draft.state {
                DraftState::Editing => @if who.may(Right::Draft) {
                    @if let Some(digest) = &digest {
                        (frame.form("", &format!("{here}/submit"), &[("digest", digest.as_str())], &html! {


                            button type="submit" { "승인 요청" }
                        }))
                        @if errors > 0 { p.told { "고쳐야 할 것이 " (errors) "건 있습니다. 승인하는 사람에게도 보입니다." } }
                    }
                } @else { p { "편집자가 고치고 있습니다." } },
                DraftState::Submitted => {
                    p { "승인 " (agreed) " / " (look.rule.approvers) "명"
                        @for step in draft.approvals() { " · " (step.by) }
                    }
                    @if who.may(Right::Approve) {
                        @if let Some(digest) = &digest {
                            (frame.form("", &format!("{here}/approve"), &[("digest", digest.as_str())], &html! {


                                @if is_redrawn {
                                    p.told { "올린 뒤에 글이 바뀌어 그림이 달라졌습니다. 되돌려서 다시 올려야 합니다." }
                                }
                                @if errors > 0 {
                                    p.told { "고쳐야 할 것이 " (errors) "건 남아 있습니다." }
                                }
                                button type="submit" { "승인" }
                            }))
                        }
                        (back(frame, here))
                    }
                },
                DraftState::Approved | DraftState::HandingOver => {
                    p.told role="status" { "승인되었지만 아직 발송으로 넘어가지 않았습니다." }
                    @if who.may(Right::Approve) {
                        (frame.form("", &format!("{here}/hand-over"), &[], &html! {  button type="submit" { "다시 넘기기" } }))
                        @if draft.state == DraftState::Approved { (back(frame, here)) }
                    }
                },
                _ => {
                    @if let Some(step) = draft.steps.iter().rev().find(|step| step.deed == DraftDeed::HandOver) {
                        p { a href=(format!("/desk/campaigns/{}", step.note)) { "발송 보기" } }
                    }
                },
            }
        }
    }
}

fn back(frame: &Frame<'_>, here: &str) -> Markup {
    html! {
        (frame.form("", &format!("{here}/give-back"), &[], &html! {

            label for="back-why" { "되돌리는 까닭" }
            input #back-why name="why" maxlength="300" required;
            button.plain type="submit" { "되돌리기" }
        }))
    }
}

/// The cards as a phone shows them: pictures side by side, under each its text.
fn phone(desk: &Parts, edition: &Edition, pictures: &[CardPicture], here: &str) -> Markup {
    let digest = EditionDigest::of(edition, pictures);
    let short = digest.as_str().get(..12).unwrap_or_default();
    html! {
        section.phone aria-labelledby="preview" {
            h2 #preview { "미리 보기" }
            div.screen role="group" aria-labelledby="preview" {
                p.from { (desk.city) }
                p.bubble { (edition.title()) }
                // What scrolls can be reached by keyboard.
                div.reel tabindex="0" role="group" aria-label="카드 미리 보기: 옆으로 넘깁니다" {
                    @for (at, card) in edition.cards().iter().enumerate() {
                        article {
                            @if let Some(picture) = pictures.get(at) {
                                img src=(format!("{here}/{}.jpg?d={short}", at + 1)) alt=(picture.alt) width=(picture.size.0) height=(picture.size.1);
                            }
                            h3 { (card.header()) }
                            p { (card.body()) }
                            p.link { "자세히 보기" }
                        }
                    }
                }
            }
        }
    }
}

fn findings(findings: &[Finding], edition: &Edition) -> Markup {
    let card_of = |finding: &Finding| match finding.place.field {
        Field::CardHeader(at) | Field::CardBody(at) => Some(at),
        _ => edition.cards().iter().position(|card| card.post_id() == finding.place.post_id),
    };
    html! {
        section aria-labelledby="findings" {
            h2 #findings { "살펴볼 것 " (findings.len()) "건" }
            @if findings.is_empty() { p { "찾은 것이 없습니다." } }
            ul.findings {
                @for finding in findings {
                    li class=(finding.severity().to_string()) {
                        strong { (severity(finding.severity())) } " "
                        @if let Some(at) = card_of(finding) { a href=(format!("#edit-{}", at + 1)) { "카드 " (at + 1) } " " }
                        (finding.korean())
                        @if let Some(fix) = finding.korean_fix() { " → " (fix) }
                        span.soft { " (" (finding.rule.source) ")" }
                    }
                }
            }
        }
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "오류",
        Severity::Warning => "주의",
        _ => "제안",
    }
}

/// A card, and what may be done with it.
fn one(
    frame: &Frame<'_>,
    week: &Week,
    edition: &Edition,
    at: usize,
    card: &Card,
    here: &str,
    may_edit: bool,
) -> Markup {
    let (post, last) = (card.post_id(), edition.cards().len() - 1);
    let action = format!("{here}/edit");
    let choices = &week.draft.choices;
    let version = week.draft.version.to_string();
    let act = |what: &'static str, label: &str| {
        frame.button(&action, &[("do", what), ("post", post), ("version", &version)], label, card.title())
    };
    let is_pinned = choices.pins.iter().any(|pin| pin == post);
    let written = choices.rewrites.get(post);
    let id = |field: &str| format!("{field}-{at}");
    html! {
        h3 { (card.title()) }
        p.soft { (card.topic().korean()) @if is_pinned { " · 꼭 실음" } @if written.is_some() { " · 글을 고침" } " · " a href=(card.link()) rel="noopener" target="_blank" { "원문" span.hidden { ": " (card.title()) } } }
        @if may_edit {
            div.acts {
                @if at > 0 { (act("up", "위로")) }
                @if at < last { (act("down", "아래로")) }
                @if is_pinned {
                    (act("release", "꼭 싣기 풀기"))
                } @else {
                    (act("pin", "꼭 싣기"))
                }
            }
            details {
                summary { "고치기" span.hidden { ": " (card.title()) } }
                (frame.form("tall", &action, &[("do", "rewrite"), ("post", post), ("version", &version)], &html! {




                    label for=(id("title")) { "제목" }
                    input id=(id("title")) name="title" maxlength="60" value=(written.and_then(|written| written.title.as_deref()).unwrap_or_else(|| card.title()));
                    label for=(id("body")) { "본문" }
                    textarea id=(id("body")) name="body" rows="4" maxlength="600" { (card.body()) }
                    p.soft { "둘 다 비우면 원문에서 다시 만듭니다." }
                    button type="submit" { "글 고치기" }
                }))
                (frame.form("", &action, &[("do", "topic"), ("post", post), ("version", &version)], &html! {




                    label for=(id("topic")) { "갈래" }
                    select id=(id("topic")) name="topic" {
                        option value="" { "글에서 찾은 대로" }
                        @for topic in Topic::ALL {
                            option value=(topic.code()) selected[choices.topics.get(post) == Some(&topic)] { (topic.korean()) }
                        }
                    }
                    button.plain type="submit" { "갈래 바꾸기" }
                }))
                (frame.form("", &action, &[("do", "drop"), ("post", post), ("version", &version)], &html! {




                    label for=(id("why")) { "빼는 까닭" }
                    input id=(id("why")) name="why" maxlength="300" required;
                    button.plain type="submit" { "빼기" }
                }))
            }
        }
    }
}

fn left_out(frame: &Frame<'_>, week: &Week, here: &str, may_edit: bool) -> Markup {
    let action = format!("{here}/edit");
    let version = week.draft.version.to_string();
    let act = |what: &'static str, post: &str, label: &str, title: &str| {
        frame.button(&action, &[("do", what), ("post", post), ("version", &version)], label, title)
    };
    let link = |id: &str| week.posts.iter().find(|post: &&Post| post.id == id).map(|post| post.link.clone());
    html! {
        section aria-labelledby="left" {
            h2 #left { "싣지 않은 글 " (week.left_out.len()) "건" }
            @if !week.left_out.is_empty() {
                ul.left {
                    @for left in &week.left_out {
                        li {
                            strong { (left.title) } " " span.soft { (reason(&left.reason)) } " "
                            @if let Some(link) = link(&left.post_id) { a href=(link) rel="noopener" target="_blank" { "원문" span.hidden { ": " (left.title) } } }
                            @if may_edit {
                                @if matches!(left.reason, Reason::Dropped { .. }) {
                                    (act("release", &left.post_id, "다시 넣기", &left.title))
                                } @else {
                                    (act("pin", &left.post_id, "꼭 싣기", &left.title))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Commercial { words, .. } => format!("파는 글입니다(‘{words}’)"),
        Reason::Dropped { why, .. } => format!("뺐습니다: {why}"),
        Reason::Embargo { .. } => "아직 알릴 때가 아닙니다".to_owned(),
        Reason::Duplicate { of, .. } => format!("같은 소식이 있습니다: {of}"),
        Reason::Elsewhere { areas, .. } => format!("다른 읍면동 소식입니다({})", areas.join(", ")),
        Reason::Full => "자리가 찼습니다".to_owned(),
        Reason::Future => "보낸 뒤의 글입니다".to_owned(),
        Reason::Old => "오래된 글입니다".to_owned(),
        Reason::Past { ended, .. } => format!("{ended}에 끝났습니다"),
        Reason::Quota { topic, max, .. } => format!("{} 카드가 이미 {max}장입니다", topic.korean()),
        Reason::Report => "지난 일을 알리는 글입니다".to_owned(),
        Reason::Thin => "내용이 너무 적습니다".to_owned(),
        Reason::Undated => "언제 쓴 글인지 모릅니다".to_owned(),
        other => other.to_string(),
    }
}

fn schedule(desk: &Parts, decision: &Decision) -> Markup {
    html! {
        section aria-labelledby="schedule" {
            h2 #schedule { "보내는 때" }
            p {
                @match decision.verdict {
                    Verdict::Send => "지금 보낼 수 있습니다.",
                    Verdict::Wait { until, .. } => { (when(until, desk.zone())) "에 보냅니다." },
                    _ => "저절로 보내지 않습니다. 사람이 정해야 합니다.",
                }
            }
            ul {
                @for reason in &decision.reasons { li { (reason.korean()) span.soft { " (" (reason.source()) ")" } } }
            }
        }
    }
}

fn history(desk: &Parts, week: &Week) -> Markup {
    let deed = |step: &DraftStep| match step.deed {
        DraftDeed::Approve => "승인",
        DraftDeed::Begin => "발송으로 넘기기 시작",
        DraftDeed::Fail => "넘기지 못함",
        DraftDeed::Edit => "고침",
        DraftDeed::GiveBack => "되돌림",
        DraftDeed::HandOver => "발송으로 넘김",
        _ => "승인 요청",
    };
    let note = |step: &DraftStep| match step.deed {
        // A digest says to people that it is the same one.
        DraftDeed::Approve | DraftDeed::Submit => step.note.get(..12).unwrap_or_default().to_owned(),
        _ => step.note.clone(),
    };
    html! {
        @if !week.draft.steps.is_empty() {
            details {
                summary { "한 일 " (week.draft.steps.len()) "건" }
                ul.history {
                    @for step in week.draft.steps.iter().rev() {
                        li { (when(step.at, desk.zone())) " " (step.by) " " strong { (deed(step)) } " " span.soft { (note(step)) } }
                    }
                }
            }
        }
    }
}

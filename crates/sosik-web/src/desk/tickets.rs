//! What citizens asked, until it is answered.

use axum::Extension;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use maud::html;
use serde::Deserialize;
use sosik_chat::{Author, ChatStoreErrorKind, MOST_ANSWERED, Ticket, TicketChange, TicketNumber, TicketState};
use sosik_registry::access::{Access, Did, Whose};
use sosik_registry::{Journal as _, StoreError, SubscriberStore as _};

use super::Parts;
use super::enter::{Visit, Who};
use super::layout::{Frame, failed, when};

/// Tickets that the list shows.
const SHOWN: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: String,
    #[serde(default)]
    office: String,
}

fn korean(state: TicketState) -> &'static str {
    match state {
        TicketState::Waiting => "기다림",
        TicketState::Taken => "맡음",
        TicketState::Answered => "답함",
        TicketState::Closed => "끝남",
        _ => "알 수 없음",
    }
}

pub(super) async fn list(Extension(Visit { desk, who, .. }): Extension<Visit>, Query(asked): Query<Asked>) -> Response {
    let (now, office) = (desk.clock.now(), asked.office.trim());
    let states = match asked.state.as_str() {
        "all" => TicketState::ALL.to_vec(),
        code => {
            TicketState::from_code(code).map_or(vec![TicketState::Waiting, TicketState::Taken], |state| vec![state])
        }
    };
    let tickets = desk.stores.chats.queue(&states, Some(office).filter(|office| !office.is_empty()), SHOWN).await;
    let tickets = match tickets {
        Ok(tickets) => tickets,
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let late = tickets.iter().filter(|ticket| ticket.is_late(now)).count();
    let choice = |code: &str, name: &str| html! { option value=(code) selected[asked.state == code] { (name) } };
    let main = html! {
        h1 { "문의" }
        form method="get" action="/desk/tickets" {
            label for="state" { "상태" }
            select #state name="state" {
                (choice("", "답할 것"))
                @for state in TicketState::ALL { (choice(state.code(), korean(state))) }
                (choice("all", "모두"))
            }
            label for="office" { "부서" }
            input #office name="office" maxlength="60" value=(office);
            button.plain type="submit" { "보기" }
        }
        p role="status" { (tickets.len()) @if tickets.len() == SHOWN { "건까지 봅니다" } @else { "건" } @if late > 0 { " · 늦은 것 " (late) "건" } }
        @if !tickets.is_empty() {
            div.wide tabindex="0" role="group" aria-label="문의 목록" {
                table {
                    thead { tr { th scope="col" { "번호" } th scope="col" { "부서" } th scope="col" { "답할 때" } th scope="col" { "상태" } th scope="col" { "맡은 이" } } }
                    tbody {
                        @for ticket in &tickets {
                            tr class=[ticket.is_late(now).then_some("late")] {
                                th scope="row" { a href=(format!("/desk/tickets/{}", ticket.number)) { (ticket.number) } }
                                td { (ticket.office.as_deref().unwrap_or("정해지지 않음")) }
                                td { (when(ticket.due, desk.zone())) @if ticket.is_late(now) { " " strong { "늦음" } } }
                                td { (korean(ticket.state)) }
                                td { (ticket.assignee.as_deref().unwrap_or("-")) }
                            }
                        }
                    }
                }
            }
        }
        p { a href="/desk/misses" { "창구가 알아듣지 못한 말" } }
    };
    Frame::of(&desk, &who).page(StatusCode::OK, "문의", &main)
}

/// What the window did not understand: from it a city learns which words it lacks.
pub(super) async fn misses(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    /// So far back, and so many.
    const DAYS: i64 = 28;
    const MOST: usize = 100;

    let since = desk.clock.now().with_timezone(&desk.zone()).date_naive() - TimeDelta::days(DAYS);
    let misses = match desk.stores.chats.misses(since, MOST).await {
        Ok(misses) => misses,
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let main = html! {
        h1 { "알아듣지 못한 말" }
        p { "지난 " (DAYS) "일 동안 창구가 알아듣지 못한 말입니다. 긴 글은 글자 그대로 남기지 않습니다. 자주 나오는 말은 창구의 낱말표에 더해 주세요." }
        @if misses.is_empty() {
            p role="status" { "없습니다." }
        } @else {
            table.narrow {
                thead { tr { th scope="col" { "말" } th scope="col" { "횟수" } } }
                tbody {
                    @for (said, count) in &misses { tr { th scope="row" { (said) } td { (count) } } }
                }
            }
        }
        p { a href="/desk/tickets" { "문의로" } }
    };
    Frame::of(&desk, &who).page(StatusCode::OK, "알아듣지 못한 말", &main)
}

pub(super) async fn one(Extension(Visit { desk, who, .. }): Extension<Visit>, Path(number): Path<String>) -> Response {
    let Some(number) = number_of(&number) else { return Frame::of(&desk, &who).missing() };
    shown(&desk, &who, number, StatusCode::OK, None, "").await
}

fn number_of(text: &str) -> Option<TicketNumber> {
    TicketNumber::find_in(text).filter(|number| number.to_string() == text)
}

/// Notes that someone looked at, or changed, what a citizen wrote: before it is shown or done.
async fn note(desk: &Parts, who: &Who, ticket: &Ticket, did: Did) -> Result<(), StoreError> {
    let known = match &ticket.who {
        Some(identity) => desk.stores.subscribers.find(identity).await?,
        None => None,
    };
    // Who is not registered is one person, whose name nobody here knows.
    let whose = known.map_or(Whose::Many(1), |person| Whose::One(person.id));
    let access = Access::new(desk.clock.now(), who.name(), who.place.as_str(), whose, did);
    desk.stores.accesses.add_entry(&access).await
}

/// A ticket's page, with what is to be told first, and an answer that was not kept.
async fn shown(
    desk: &Parts,
    who: &Who,
    number: TicketNumber,
    status: StatusCode,
    told: Option<&str>,
    answer: &str,
) -> Response {
    let frame = Frame::of(desk, who);
    let ticket = match desk.stores.chats.ticket(number).await {
        Ok(Some(ticket)) => ticket,
        Ok(None) => return frame.missing(),
        Err(error) => return failed(desk, Some(who), &error),
    };
    if let Err(error) = note(desk, who, &ticket, Did::Looked).await {
        return failed(desk, Some(who), &error);
    }
    let here = format!("/desk/tickets/{number}");
    let version = ticket.version.to_string();
    let is_open = ticket.state != TicketState::Closed;
    let main = html! {
        h1 { "문의 " (number) }
        p.soft {
            (korean(ticket.state)) " · " (ticket.office.as_deref().unwrap_or("부서가 정해지지 않음")) " · "
            @if let Some(assignee) = &ticket.assignee { "맡은 이 " (assignee) " · " }
            (when(ticket.due, desk.zone())) "까지 답하기로 함"
            @if ticket.is_late(desk.clock.now()) { " · " strong { "늦음" } }
            @if ticket.language.as_str() != "ko" { " · 읽는 말 " (ticket.language.as_str()) }
        }
        @if let Some(told) = told { p.told role="alert" { (told) } }
        ol.talk {
            @for entry in &ticket.entries {
                li class=(if matches!(entry.by, Author::Citizen) { "citizen" } else { "staff" }) {
                    p.soft {
                        @match &entry.by {
                            Author::Staff(account) => { "시청(" (account) ")" },
                            _ => "시민",
                        }
                        " · " (when(entry.at, desk.zone()))
                        @if matches!(entry.by, Author::Staff(_)) {
                            @match (entry.delivered, entry.told, entry.missed) {
                                (Some(_), ..) => " · 전해짐",
                                (None, _, true) => " · 바로 알리지 못함: 시민이 다시 말을 걸면 전해집니다",
                                (None, Some(_), _) => " · 알림, 받았는지 아직 모름: 시민이 다시 말을 걸면 전해집니다",
                                (None, None, _) => " · 시민이 다시 말을 걸면 전해집니다",
                            }
                        }
                    }
                    @for line in entry.text.lines() { p { (line) } }
                    // It lies at Kakao's: shown from there it would tell them who looks.
                    @if let Some(picture) = &entry.picture { p { "사진 주소: " (picture) } }
                }
            }
        }
        @if is_open {
            (frame.form("tall", &format!("{here}/answer"), &[("version", &version)], &html! {


                label for="text" { "답(" (MOST_ANSWERED) "자까지)" }
                textarea #text name="text" rows="6" maxlength=(MOST_ANSWERED) required { (answer) }
                button type="submit" { "답하기" }
            }))
            div.acts {
                @if ticket.assignee.as_deref() != Some(who.name()) { (frame.button(&format!("{here}/take"), &[("version", &version)], "맡기", "")) }
                (frame.form("", &format!("{here}/move"), &[("version", &version)], &html! {


                    label for="to" { "다른 부서" }
                    input #to name="office" maxlength="60" required;
                    button.plain type="submit" { "보내기" }
                }))
                (frame.button(&format!("{here}/close"), &[("version", &version)], "끝내기", ""))
            }
        } @else {
            p { "끝난 문의입니다." }
        }
    };
    frame.page(status, &format!("문의 {number}"), &main)
}

pub(super) async fn change(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path((number, deed)): Path<(String, String)>,
) -> Response {
    let frame = Frame::of(&desk, &who);
    let (staff, text) = (who.name().to_owned(), fields.get("text").replace("\r\n", "\n").trim().to_owned());
    let office = fields.get("office").trim();
    let change = match deed.as_str() {
        "take" => TicketChange::Take { staff },
        "move" if !office.is_empty() => TicketChange::Move { office: office.to_owned() },
        "answer" => TicketChange::Answer { staff, text: text.clone() },
        "close" => TicketChange::Close,
        _ => return frame.missing(),
    };
    let Some(number) = number_of(&number) else { return frame.missing() };
    let mut ticket = match desk.stores.chats.ticket(number).await {
        Ok(Some(ticket)) => ticket,
        Ok(None) => return frame.missing(),
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let again = async |told: &str| shown(&desk, &who, number, StatusCode::CONFLICT, Some(told), &text).await;
    // What is changed is what they looked at.
    let Ok(version) = fields.get("version").parse() else { return frame.missing() };
    ticket.version = version;
    if let Err(error) = note(&desk, &who, &ticket, Did::Changed).await {
        return failed(&desk, Some(&who), &error);
    }
    match desk.stores.chats.change(&ticket, &change, desk.clock.now()).await {
        Ok(_) => Redirect::to(&format!("/desk/tickets/{number}")).into_response(),
        Err(error) => {
            match error.kind() {
                ChatStoreErrorKind::Conflict => {
                    again("그 사이에 바뀌었습니다. 다시 살펴보고 해 주세요. 쓰신 답은 아래에 남아 있습니다.").await
                }
                ChatStoreErrorKind::Missing => frame.missing(),
                ChatStoreErrorKind::Refused => again(
                    "그렇게 할 수 없습니다. 답은 비어 있지 않고 900자를 넘지 않아야 하며, 끝난 문의는 고치지 못합니다.",
                )
                .await,
                _ => failed(&desk, Some(&who), &error),
            }
        }
    }
}

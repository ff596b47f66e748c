//! Accounts, their roles, and the journals of rights and accesses.

use axum::Extension;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use secrecy::{ExposeSecret as _, SecretString};
use sosik_desk::{Account, AccountName, Role, StaffError};
use sosik_registry::journal::Entry;
use sosik_registry::rights::Rights;
use sosik_registry::{Journal, StoreError};

use super::Parts;
use super::enter::{Fields, Visit, Who};
use super::layout::{Frame, failed, when};

/// Lines of a journal that are shown: the last.
const SHOWN: usize = 200;

pub(super) async fn list(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    shown(&desk, &who, StatusCode::OK, &html! {}).await
}

async fn shown(desk: &Parts, who: &Who, status: StatusCode, told: &Markup) -> Response {
    let frame = Frame::of(desk, who);
    let accounts = match desk.staff.accounts().await {
        Ok(accounts) => accounts,
        Err(error) => return failed(desk, Some(who), &error),
    };
    let now = desk.clock.now();
    let main = html! {
        h1 { "계정" }
        (told)
        ul.accounts {
            @for account in &accounts {
                li {
                    h2 { (account.name) }
                    p.soft {
                        @if account.roles.is_empty() { "떠난 사람" }
                        @for (at, role) in account.roles.iter().enumerate() { @if at > 0 { " · " } (role.korean()) }
                        @if account.must_change { " · 아직 비밀번호를 바꾸지 않음" }
                        @if let Some(until) = account.locked_until.filter(|until| now < *until) { " · 잠김: " (when(until, desk.zone())) "까지" }
                    }
                    @if account.name != who.account.name { (changing(&frame, account)) } @else { p.soft { "자기 역할은 다른 담당자가 바꿉니다." } }
                }
            }
        }
        section aria-labelledby="add" {
            h2 #add { "계정 만들기" }
            (frame.form("tall", "/desk/accounts", &[], &html! {

                label for="name" { "계정(행정번호 등, 영문 소문자와 숫자)" }
                input #name name="name" minlength="2" maxlength="32" autocomplete="off" autocapitalize="none" spellcheck="false" required;
                (roles_of("new", None))
                button type="submit" { "만들기" }
            }))
        }
        p { a href="/desk/journal" { "접근권한과 접속의 기록 보기" } }
    };
    frame.page(status, "계정", &main)
}

fn roles_of(id: &str, account: Option<&Account>) -> Markup {
    html! {
        fieldset {
            legend { "역할" }
            @for role in Role::ALL {
                @let id = format!("{id}-{role}");
                span.tick {
                    input id=(id) type="checkbox" name="role" value=(role.code()) checked[account.is_some_and(|account| account.roles.contains(&role))];
                    label for=(id) { (role.korean()) }
                }
            }
        }
    }
}

fn changing(frame: &Frame<'_>, account: &Account) -> Markup {
    let name = account.name.as_str();
    html! {
        details {
            summary { "바꾸기" span.hidden { ": " (name) } }
            (frame.form("", &format!("/desk/accounts/{name}/roles"), &[], &html! {

                (roles_of(name, Some(account)))
                button.plain type="submit" { "역할 바꾸기" span.hidden { ": " (name) } }
            }))
            @if !account.roles.is_empty() {
                (frame.button(&format!("/desk/accounts/{name}/reset"), &[], "비밀번호 새로 주기", name))
            }
        }
    }
}

fn ticked(fields: &Fields) -> Vec<Role> {
    fields.all("role").filter_map(Role::from_code).collect()
}

/// A password that is shown once.
fn given(name: &AccountName, password: &SecretString) -> Markup {
    html! {
        p.told role="status" { strong { (name) } "의 비밀번호입니다. 한 번만 보입니다: " code.password { (password.expose_secret()) } }
    }
}

/// What is told of what could not be done; `None` where it is for the log.
fn told(error: &StaffError) -> Option<&'static str> {
    Some(match error {
        StaffError::Taken => "그런 계정이 이미 있습니다.",
        StaffError::NoAccount => "그런 계정이 없습니다.",
        StaffError::Meanwhile => "그 사이에 바뀌었습니다. 다시 살펴보고 해 주세요.",
        StaffError::Refused(_) => {
            "할 수 없는 일입니다. 역할을 하나 이상 고르고, 자기 역할은 다른 담당자에게 부탁하세요."
        }
        _ => return None,
    })
}

async fn after(desk: &Parts, who: &Who, done: Result<Markup, StaffError>) -> Response {
    match done {
        Ok(markup) => shown(desk, who, StatusCode::OK, &markup).await,
        Err(error) => match told(&error) {
            Some(told) => shown(desk, who, StatusCode::CONFLICT, &html! { p.told role="alert" { (told) } }).await,
            None => failed(desk, Some(who), &error),
        },
    }
}

pub(super) async fn add(Extension(Visit { desk, who, fields }): Extension<Visit>) -> Response {
    let Ok(name) = AccountName::parse(fields.get("name").trim()) else {
        let told = html! { p.told role="alert" { "계정은 영문 소문자, 숫자, 가운데 붙임표로 2~32자입니다. 보기: staff-1024" } };
        return shown(&desk, &who, StatusCode::UNPROCESSABLE_ENTITY, &told).await;
    };
    let made = desk.staff.add(&who.by(), &name, ticked(&fields)).await;
    after(&desk, &who, made.map(|password| given(&name, &password))).await
}

pub(super) async fn roles(
    Extension(Visit { desk, who, fields }): Extension<Visit>,
    Path(name): Path<String>,
) -> Response {
    let done = async {
        let name = AccountName::parse(&name).map_err(|_| StaffError::NoAccount)?;
        desk.staff.change_roles(&who.by(), &name, ticked(&fields)).await
    };
    match done.await {
        Ok(()) => Redirect::to("/desk/accounts").into_response(),
        Err(error) => after(&desk, &who, Err(error)).await,
    }
}

pub(super) async fn reset(Extension(Visit { desk, who, .. }): Extension<Visit>, Path(name): Path<String>) -> Response {
    let done = async {
        let name = AccountName::parse(&name).map_err(|_| StaffError::NoAccount)?;
        let password = desk.staff.reset(&who.by(), &name).await?;
        Ok(given(&name, &password))
    };
    after(&desk, &who, done.await).await
}

pub(super) async fn journal(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    let read = async {
        let rights = last(&*desk.stores.rights).await?;
        let accesses = last(&*desk.stores.accesses).await?;
        let whole = (desk.stores.rights.verify_entries().await?, desk.stores.accesses.verify_entries().await?);
        Ok::<_, StoreError>((rights, accesses, whole))
    };
    let (rights, accesses, whole) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&desk, Some(&who), &error),
    };
    let state = |broken: bool, count: u64| {
        html! {
            @if broken { p.told role="alert" { "기록이 쓰인 그대로가 아닙니다. 바로 개인정보 보호책임자에게 알리세요." } }
            @else { p.soft { "기록 " (count) "건이 모두 쓰인 그대로입니다. 마지막 " (SHOWN) "건까지 보입니다." } }
        }
    };
    let changed = |to: &Rights| match to {
        Rights::Granted(roles) => format!("줌: {roles}"),
        Rights::Changed(roles) => format!("바꿈: {roles}"),
        _ => "거둠".to_owned(),
    };
    let main = html! {
        h1 { "기록" }
        section aria-labelledby="rights" {
            h2 #rights { "접근권한의 부여·변경·말소" }
            (state(whole.0.broken.is_some(), whole.0.entries))
            ul.history {
                @for (_, entry) in rights.iter().rev() {
                    li { (when(entry.at, desk.zone())) " " (entry.by) " (" (entry.place) ") → " strong { (entry.account) } " " (changed(&entry.to)) }
                }
            }
        }
        section aria-labelledby="accesses" {
            h2 #accesses { "개인정보 접속" }
            (state(whole.1.broken.is_some(), whole.1.entries))
            ul.history {
                @for (_, entry) in accesses.iter().rev() {
                    li { (when(entry.at, desk.zone())) " " (entry.who) " (" (entry.place) ") " strong { (entry.what.code()) } " " code { (entry.whose) } }
                }
            }
        }
    };
    Frame::of(&desk, &who).page(StatusCode::OK, "기록", &main)
}

/// The last lines of a journal.
async fn last<E: Entry>(journal: &dyn Journal<E>) -> Result<Vec<(u64, E)>, StoreError> {
    const PAGE: usize = 1_000;
    let (mut kept, mut after): (Vec<(u64, E)>, u64) = (Vec::new(), 0);
    loop {
        let page = journal.entries(after, PAGE).await?;
        let (is_last, end) = (page.len() < PAGE, page.last().map_or(after, |(number, _)| *number));
        kept.extend(page);
        kept.drain(..kept.len().saturating_sub(SHOWN));
        if is_last {
            return Ok(kept);
        }
        after = end;
    }
}

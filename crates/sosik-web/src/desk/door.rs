//! Signing in and out, and choosing a password.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use maud::{Markup, html};
use secrecy::SecretString;
use sosik_desk::{LEAST_PASSWORD, MOST_PASSWORD, PasswordError, PasswordHash, StaffError, Token};

use super::enter::{Fields, Visit, Who, is_from_elsewhere};
use super::layout::{Frame, failed};
use super::{MOST, Parts};

/// How often someone may try to sign in from one place in a while: an account by itself is locked sooner.
const TRIES: usize = 20;
const WHILE: TimeDelta = TimeDelta::minutes(5);
/// Of how many places it is known how often was tried: the oldest are forgotten.
const PLACES: usize = 10_000;

/// When was tried to sign in, from where.
#[derive(Debug, Default)]
pub(super) struct Tries(Mutex<BTreeMap<String, Vec<DateTime<Utc>>>>);

impl Tries {
    /// Counts a try; whether it is one too many.
    fn is_too_many(&self, place: &str, now: DateTime<Utc>) -> bool {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &DateTime<Utc>| now.signed_duration_since(*at) < WHILE;
        let place = network(place);
        if places.len() >= PLACES && !places.contains_key(&place) {
            places.retain(|_, tries| tries.iter().any(is_recent));
            // So many at once: of whoever tried longest ago it is forgotten.
            if let Some(oldest) = places.iter().min_by_key(|(_, tries)| tries.last()).map(|(place, _)| place.clone())
                && places.len() >= PLACES
            {
                places.remove(&oldest);
            }
        }
        let tries = places.entry(place).or_default();
        tries.retain(is_recent);
        if tries.len() >= TRIES {
            return true;
        }
        tries.push(now);
        false
    }
}

/// What one household or office has of addresses: of IPv6 its first half.
fn network(place: &str) -> String {
    match place.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => place.to_owned(),
    }
}

pub(super) async fn page(State(desk): State<Arc<Parts>>, request: Request) -> Response {
    let told = request.uri().query().filter(|query| query.contains("again"));
    let told = told.map(|_| "로그인이 끝났습니다. 다시 로그인해 주세요. 방금 보낸 것은 저장되지 않았습니다.");
    shown(&desk, StatusCode::OK, told)
}

fn shown(desk: &Parts, status: StatusCode, told: Option<&str>) -> Response {
    let main = html! {
        h1 { "로그인" }
        @if let Some(told) = told { p.told role="alert" { (told) } }
        form.tall method="post" action="/desk/sign-in" {
            label for="account" { "계정" }
            input #account name="account" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="32" required;
            label for="password" { "비밀번호" }
            input #password name="password" type="password" autocomplete="current-password" maxlength=(MOST_PASSWORD) required;
            button type="submit" { "로그인" }
        }
        p.soft { "비밀번호를 잊었으면 개인정보 담당자에게 새로 받으세요." }
    };
    Frame::bare(desk).page(status, "로그인", &main)
}

pub(super) async fn sign_in(State(desk): State<Arc<Parts>>, request: Request) -> Response {
    let place = desk.place(&request);
    if is_from_elsewhere(request.headers()) {
        return shown(&desk, StatusCode::FORBIDDEN, Some("이 화면에서 로그인해 주세요."));
    }
    if desk.tries.is_too_many(&place, desk.clock.now()) {
        let mut response =
            shown(&desk, StatusCode::TOO_MANY_REQUESTS, Some("너무 자주 시도했습니다. 5분 뒤에 다시 해 주세요."));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(WHILE.num_seconds()));
        return response;
    }
    let Ok(body) = to_bytes(request.into_body(), MOST).await else {
        return shown(&desk, StatusCode::PAYLOAD_TOO_LARGE, Some("너무 깁니다."));
    };
    let fields = Fields::parse(&body);
    let password: SecretString = fields.get("password").into();
    match signed_in(&desk, fields.get("account").trim(), password).await {
        Ok(token) => signed_in_as(&desk, &token),
        // Whether there is such an account is told to nobody.
        Err(StaffError::Wrong | StaffError::Locked { .. }) => {
            let told = "계정이나 비밀번호가 맞지 않습니다. 다섯 번 틀린 계정은 15분 동안 잠깁니다.";
            shown(&desk, StatusCode::UNAUTHORIZED, Some(told))
        }
        Err(error) => failed(&desk, None, &error),
    }
}

async fn signed_in(desk: &Parts, account: &str, password: SecretString) -> Result<Token, StaffError> {
    let attempt = desk.staff.attempt(account).await?;
    let attempted = waiting(desk, move || attempt.with(&password)).await;
    desk.staff.finish(attempted.ok_or(StaffError::Meanwhile)?).await
}

/// Does what takes its time where waiting does no harm; `None` where the server is about to stop.
async fn waiting<T: Send + Debug + 'static>(desk: &Parts, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    // In turn, so that many who try take no more memory than some.
    let _turn = desk.hashing.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

/// On to the desk, with the cookie of a sign-in.
fn signed_in_as(desk: &Parts, token: &Token) -> Response {
    let headers = [(header::LOCATION, "/desk".to_owned()), (header::SET_COOKIE, cookie(desk, Some(token)))];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The cookie of a sign-in, or one that ends it.
fn cookie(desk: &Parts, token: Option<&Token>) -> String {
    let (name, secure) = (desk.cookie(), if desk.secure { "; Secure" } else { "" });
    let value = token.map_or("", |token| token.expose());
    let age = if token.is_none() { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")
}

pub(super) async fn sign_out(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    if let Err(error) = desk.staff.sign_out(&who.token).await {
        return failed(&desk, Some(&who), &error);
    }
    let gone = [(header::LOCATION, "/desk/sign-in".to_owned()), (header::SET_COOKIE, cookie(&desk, None))];
    (StatusCode::SEE_OTHER, gone).into_response()
}

pub(super) async fn password_page(Extension(Visit { desk, who, .. }): Extension<Visit>) -> Response {
    password_shown(&desk, &who, StatusCode::OK, None)
}

fn password_shown(desk: &Parts, who: &Who, status: StatusCode, told: Option<&str>) -> Response {
    let frame = Frame::of(desk, who);
    let main: Markup = html! {
        h1 { "비밀번호 바꾸기" }
        @if who.account.must_change {
            p { "받은 비밀번호는 한 번만 씁니다. 자신만 아는 비밀번호로 바꾸면 편집실을 쓸 수 있습니다." }
        }
        @if let Some(told) = told { p.told role="alert" { (told) } }
        (frame.form("tall", "/desk/password", &[], &html! {

            // So that a password manager knows whose it is.
            input type="hidden" name="account" autocomplete="username" value=(who.name());
            label for="old" { "지금 비밀번호" }
            input #old name="old" type="password" autocomplete="current-password" maxlength=(MOST_PASSWORD) required;
            label for="new" { "새 비밀번호(" (LEAST_PASSWORD) "자 이상, 문장도 됩니다)" }
            input #new name="new" type="password" autocomplete="new-password" minlength=(LEAST_PASSWORD) maxlength=(MOST_PASSWORD) required;
            label for="again" { "새 비밀번호 한 번 더" }
            input #again name="again" type="password" autocomplete="new-password" minlength=(LEAST_PASSWORD) maxlength=(MOST_PASSWORD) required;
            button type="submit" { "바꾸기" }
        }))
    };
    frame.page(status, "비밀번호 바꾸기", &main)
}

pub(super) async fn password(Extension(Visit { desk, who, fields }): Extension<Visit>) -> Response {
    let told = |text| password_shown(&desk, &who, StatusCode::UNPROCESSABLE_ENTITY, Some(text));
    if fields.get("new") != fields.get("again") {
        return told("새 비밀번호 둘이 서로 다릅니다.");
    }
    let (old, new): (SecretString, SecretString) = (fields.get("old").into(), fields.get("new").into());
    match chosen(&desk, &who, old, new).await {
        Ok(token) => signed_in_as(&desk, &token),
        Err(StaffError::Wrong) => told("지금 비밀번호가 맞지 않습니다."),
        Err(StaffError::Locked { .. }) => told("여러 번 틀려서 잠겼습니다. 15분 뒤에 다시 해 주세요."),
        Err(StaffError::Password(PasswordError::Same)) => told("지금 것과 다른 비밀번호를 적어 주세요."),
        Err(StaffError::Password(PasswordError::Short)) => {
            told("새 비밀번호가 너무 짧습니다. 10자 이상으로 적어 주세요.")
        }
        Err(StaffError::Password(PasswordError::Long)) => told("새 비밀번호가 너무 깁니다."),
        Err(error) => failed(&desk, Some(&who), &error),
    }
}

async fn chosen(desk: &Parts, who: &Who, old: SecretString, new: SecretString) -> Result<Token, StaffError> {
    // What cannot be taken is told before it counts as a try.
    PasswordHash::may_follow(&old, &new)?;
    let attempt = desk.staff.attempt(who.name()).await?;
    let staff = desk.staff.clone();
    let worked = waiting(desk, move || (staff.hash(&old, &new), attempt.with(&old))).await;
    let (hash, attempted) = worked.ok_or(StaffError::Meanwhile)?;
    desk.staff.choose(&who.token, attempted, hash?).await
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn so_many_tries_from_one_place_and_no_more_until_they_are_past() {
        let (tries, now) = (Tries::default(), Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap());
        assert!((0..TRIES).all(|_| !tries.is_too_many("192.0.2.1", now)));
        assert!(tries.is_too_many("192.0.2.1", now));
        assert!(!tries.is_too_many("192.0.2.2", now), "another place");
        assert!(tries.is_too_many("192.0.2.1", now + WHILE - TimeDelta::seconds(1)));
        assert!(!tries.is_too_many("192.0.2.1", now + WHILE));
    }

    #[test]
    fn what_is_remembered_of_places_has_an_end() {
        let (tries, now) = (Tries::default(), Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap());
        assert!((0..PLACES).all(|n| !tries.is_too_many(&n.to_string(), now)));
        assert!(!tries.is_too_many("one more", now), "nobody is kept out by others");
        assert_eq!(tries.0.lock().unwrap().len(), PLACES);
        assert!(!tries.is_too_many("one more", now + WHILE));
        assert!(!tries.is_too_many("and another", now + WHILE));
        assert_eq!(tries.0.lock().unwrap().len(), 2, "and the old are forgotten");
    }

    #[test]
    fn one_house_has_one_network() {
        let (tries, now) = (Tries::default(), Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap());
        assert!((0..TRIES).all(|n| !tries.is_too_many(&format!("2001:db8:1:2::{n:x}"), now)));
        assert!(tries.is_too_many("2001:db8:1:2:ffff::1", now));
        assert!(!tries.is_too_many("2001:db8:1:3::1", now));
    }
}

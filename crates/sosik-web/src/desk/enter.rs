//! Who comes in, and what they may: before every page but the door.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use sosik_desk::{Account, By, Right, SignedIn, Token};
use subtle::ConstantTimeEq as _;

use super::layout::{self, Frame};
use super::{MOST, Parts};

/// The field in which each form carries the key of its sign-in.
pub(super) const KEY: &str = "form-key";

/// What a route asks of whoever comes in: a right, or only to be signed in.
#[derive(Clone)]
pub(super) struct Entrance {
    pub(super) desk: Arc<Parts>,
    pub(super) right: Option<Right>,
    /// Whether coming in is something that they do, or only a page of theirs that stays open.
    pub(super) is_work: bool,
}

/// Whoever came in.
#[derive(Clone)]
pub(super) struct Who {
    pub(super) account: Account,
    pub(super) form_key: String,
    pub(super) token: Token,
    pub(super) place: String,
}

impl Who {
    pub(super) fn may(&self, right: Right) -> bool {
        self.account.may(right)
    }

    pub(super) fn name(&self) -> &str {
        self.account.name.as_str()
    }

    pub(super) fn by(&self) -> By {
        By::account(&self.account.name, self.place.as_str())
    }
}

/// Someone who came in, with the fields of the form that they sent, whose key was the right one: of every page but the door.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) desk: Arc<Parts>,
    pub(super) who: Who,
    pub(super) fields: Fields,
}

/// The fields of a form.
#[derive(Clone, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field; empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl Parts {
    /// The cookie's name: with TLS one that no other host of the domain can set.
    pub(super) fn cookie(&self) -> &'static str {
        if self.secure { "__Host-sosik-desk" } else { "sosik-desk" }
    }

    /// The token that a browser sent.
    pub(super) fn token(&self, headers: &HeaderMap) -> Option<Token> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies.flat_map(|value| value.split(';')).find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            Token::parse(value).filter(|_| name == self.cookie())
        })
    }

    /// From where a request comes.
    pub(super) fn place(&self, request: &Request) -> String {
        let told = self.proxy.as_ref().and_then(|name| request.headers().get_all(name).iter().next_back());
        let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()).map(str::trim);
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_string());
        told.map(str::to_owned).or(peer).unwrap_or_else(|| "unknown".to_owned())
    }
}

/// Whether a browser says that another site sends a form: what says nothing is no browser of these years, and has the form's key to
/// show.
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

pub(super) async fn enter(State(entrance): State<Entrance>, request: Request, next: Next) -> Response {
    let Entrance { desk, right, is_work } = entrance;
    let (method, place) = (request.method().clone(), desk.place(&request));
    let is_form = method != Method::GET && method != Method::HEAD;
    let Some(token) = desk.token(request.headers()) else { return to_the_door(is_form) };
    let signed_in = if is_work { desk.staff.of(&token).await } else { desk.staff.peek(&token).await };
    let account = match signed_in {
        Ok(Some(SignedIn { account, .. })) => account,
        Ok(None) => return to_the_door(is_form),
        Err(error) => return layout::failed(&desk, None, &error),
    };
    let who = Who { account, form_key: token.form_key(), token, place };
    let frame = Frame::of(&desk, &who);
    if who.account.must_change && right.is_some() {
        return Redirect::to("/desk/password").into_response();
    }
    if right.is_some_and(|right| !who.may(right)) {
        return frame.told(
            StatusCode::FORBIDDEN,
            "이 일을 할 권한이 없습니다",
            "필요하면 개인정보 담당자에게 역할을 요청하세요.",
        );
    }
    let (mut parts, body) = request.into_parts();
    let mut fields = Fields::default();
    if is_form {
        // The limit of the router holds for extractors; this one reads by itself.
        let Ok(body) = to_bytes(body, MOST).await else {
            return frame.told(StatusCode::PAYLOAD_TOO_LARGE, "너무 깁니다", "줄여서 다시 보내 주세요.");
        };
        fields = Fields::parse(&body);
        let is_ours = bool::from(fields.get(KEY).as_bytes().ct_eq(who.form_key.as_bytes()));
        if !is_ours || is_from_elsewhere(&parts.headers) {
            return frame.told(
                StatusCode::FORBIDDEN,
                "이 화면에서 보낸 것이 아닙니다",
                "뒤로 가서 화면을 새로 고친 뒤 다시 해 주세요.",
            );
        }
    }
    parts.extensions.insert(Visit { desk: Arc::clone(&desk), who, fields });
    next.run(Request::from_parts(parts, axum::body::Body::empty())).await
}

fn to_the_door(is_form: bool) -> Response {
    // What was typed is not kept: after signing in the page is asked for anew.
    if is_form {
        Redirect::to("/desk/sign-in?again=1").into_response()
    } else {
        Redirect::to("/desk/sign-in").into_response()
    }
}

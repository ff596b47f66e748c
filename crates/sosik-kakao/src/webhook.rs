//! What Kakao tells by itself: that someone added or blocked a channel, or left the city's app.
//!
//! Answer any 2xx to a channel's event, and exactly 200 to an unlinking, within 3 seconds: keep it safe, answer, and act
//! later. Kakao may tell late, twice and in any order: [`ChannelEvent::resource`] names one telling, and of two events of
//! one person and channel the later [`ChannelEvent::at`] holds. It does not tell of friends from before the app was linked.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sosik_channel::Webhook;
use subtle::ConstantTimeEq;

use crate::ids::{AppUserId, ChannelPublicId, OpenId, SearchId};

/// The largest body that is read: 64 KiB, far above the few hundred bytes that are documented.
pub const MAX_BYTES: usize = 64 * 1024;

/// Someone added or blocked a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelEvent {
    /// Kakao's name of this telling (`X-Kakao-Resource-ID`): the same when it is told again.
    pub resource: Option<String>,
    /// What they did.
    pub change: Change,
    /// Who.
    pub user: EventUser,
    /// To which channel.
    pub channel: ChannelPublicId,
    /// By what it is searched for.
    pub search_id: Option<SearchId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What someone did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// They added the channel.
    Added,
    /// They blocked it.
    Blocked,
}

/// Whom an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventUser {
    /// Someone connected to the app.
    App(AppUserId),
    /// Someone else.
    Open(OpenId),
}

/// Someone left the app, or Kakao: what is joined to their id has to be erased or detached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unlink {
    /// The app.
    pub app: String,
    /// Who.
    pub user: AppUserId,
    /// How.
    pub why: UnlinkReason,
}

/// How someone left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnlinkReason {
    /// They closed their account.
    AccountDelete,
    /// Kakao closed their account.
    ForcedAccountDelete,
    /// They never completed their registration.
    IncompleteSignUp,
    /// A word of Kakao's that is not known here.
    Other(String),
    /// The app's owner disconnected them.
    UnlinkFromAdmin,
    /// They disconnected the app.
    UnlinkFromApps,
}

/// Checks that a request has the app's primary admin key, in constant time.
///
/// # Errors
///
/// [`WebhookError::Key`]. Answer with status 401.
pub fn authenticate(primary_admin_key: &SecretString, webhook: &Webhook) -> Result<(), WebhookError> {
    let expected = primary_admin_key.expose_secret();
    let given = webhook.header("Authorization").and_then(|value| value.strip_prefix("KakaoAK ")).unwrap_or_default();
    let same: bool = expected.as_bytes().ct_eq(given.as_bytes()).into();
    if same && !expected.is_empty() { Ok(()) } else { Err(WebhookError::Key) }
}

#[derive(Deserialize)]
struct WireEvent {
    event: String,
    id: Value,
    id_type: String,
    #[serde(alias = "plus_friend_public_id")]
    channel_public_id: Option<String>,
    #[serde(alias = "plus_friend_uuid")]
    channel_uuid: Option<String>,
    updated_at: DateTime<Utc>,
}

/// Reads an event of a channel, and checks its key.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_channel::Webhook;
/// use sosik_kakao::webhook::{Change, channel_event};
///
/// let now = Utc.with_ymd_and_hms(2026, 11, 20, 7, 0, 1).unwrap();
/// let body = br#"{"event":"added","id":"1","id_type":"app_user_id","channel_public_id":"_ZeUTxl","updated_at":"2026-11-20T07:00:00Z"}"#;
/// let request = Webhook::new(body.as_slice(), now).with_header("Authorization", "KakaoAK KEY");
/// assert_eq!(channel_event(&"KEY".to_owned().into(), &request)?.change, Change::Added);
/// assert!(channel_event(&"ANOTHER".to_owned().into(), &request).is_err());
/// # Ok::<(), sosik_kakao::webhook::WebhookError>(())
/// ```
///
/// # Errors
///
/// [`WebhookError`] tells what does not hold. The body is never repeated.
pub fn channel_event(primary_admin_key: &SecretString, webhook: &Webhook) -> Result<ChannelEvent, WebhookError> {
    authenticate(primary_admin_key, webhook)?;
    if webhook.body.len() > MAX_BYTES {
        return Err(WebhookError::TooLarge);
    }
    let mut fields: serde_json::Map<String, Value> =
        serde_json::from_slice(&webhook.body).map_err(|_| WebhookError::Body("it is no JSON object"))?;
    // Kakao tells the old names beside the new ones.
    for (new, old) in [("channel_public_id", "plus_friend_public_id"), ("channel_uuid", "plus_friend_uuid")] {
        if let (Some(value), false) = (fields.remove(old), fields.contains_key(new)) {
            fields.insert(new.to_owned(), value);
        }
    }
    let event: WireEvent = serde_json::from_value(Value::Object(fields))
        .map_err(|_| WebhookError::Body("event, id, id_type or updated_at is missing or of another form"))?;
    let id = match event.id {
        Value::String(id) => id,
        Value::Number(id) => id.to_string(),
        _ => return Err(WebhookError::Body("id is no text")),
    };
    let user = match event.id_type.as_str() {
        "app_user_id" => {
            let id = id.parse().map_err(|_| WebhookError::Body("id is no number of an app's user"))?;
            EventUser::App(AppUserId::new(id))
        }
        "open_id" if (1..=128).contains(&id.len()) => EventUser::Open(OpenId::new(id)),
        _ => return Err(WebhookError::Body("id_type is not known, or id has no such form")),
    };
    let channel = event.channel_public_id.ok_or(WebhookError::Body("channel_public_id is missing"))?;
    Ok(ChannelEvent {
        resource: webhook.header("X-Kakao-Resource-ID").map(str::to_owned),
        change: match event.event.as_str() {
            "added" => Change::Added,
            "blocked" => Change::Blocked,
            _ => return Err(WebhookError::Body("event is neither added nor blocked")),
        },
        user,
        channel: ChannelPublicId::parse(&channel)
            .map_err(|_| WebhookError::Body("channel_public_id has another form"))?,
        search_id: event.channel_uuid.and_then(|text| SearchId::parse(&text).ok()),
        at: event.updated_at,
    })
}

/// Reads an unlinking, and checks its key. Give it the form that came: the body of a `POST`, or the query of a `GET`.
///
/// # Errors
///
/// [`WebhookError`] tells what does not hold. The form is never repeated.
pub fn unlink(primary_admin_key: &SecretString, webhook: &Webhook) -> Result<Unlink, WebhookError> {
    authenticate(primary_admin_key, webhook)?;
    if webhook.body.len() > MAX_BYTES {
        return Err(WebhookError::TooLarge);
    }
    let (mut app, mut user, mut why) = (None, None, None);
    for (name, value) in url::form_urlencoded::parse(&webhook.body) {
        let place = match name.as_ref() {
            "app_id" => &mut app,
            "user_id" => &mut user,
            "referrer_type" => &mut why,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(WebhookError::Body("a field stands twice"));
        }
    }
    let (Some(app), Some(user), Some(why)) = (app, user, why) else {
        return Err(WebhookError::Body("app_id, user_id or referrer_type is missing"));
    };
    let user = user.parse().map_err(|_| WebhookError::Body("user_id is no number"))?;
    Ok(Unlink {
        app,
        user: AppUserId::new(user),
        why: match why.as_str() {
            "ACCOUNT_DELETE" => UnlinkReason::AccountDelete,
            "FORCED_ACCOUNT_DELETE" => UnlinkReason::ForcedAccountDelete,
            "INCOMPLETE_SIGN_UP" => UnlinkReason::IncompleteSignUp,
            "UNLINK_FROM_ADMIN" => UnlinkReason::UnlinkFromAdmin,
            "UNLINK_FROM_APPS" => UnlinkReason::UnlinkFromApps,
            _ => UnlinkReason::Other(why),
        },
    })
}

/// A webhook cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// Its body has another form. Answer with status 400.
    #[error("the webhook's body cannot be read: {0}")]
    Body(&'static str),
    /// It does not have the app's primary admin key. Answer with status 401.
    #[error("the webhook does not have the app's primary admin key")]
    Key,
    /// Its body is too large. Answer with status 413.
    #[error("the webhook's body is larger than 64 KiB")]
    TooLarge,
}

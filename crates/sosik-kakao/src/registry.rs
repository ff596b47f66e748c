//! What Kakao tells of people, as the registry takes it in.

use chrono::{DateTime, Utc};
use sosik_registry::{Channels, Event, Identity, Relation, RelationState};

use crate::webhook::{Change, ChannelEvent, EventUser, Unlink};

/// By what the registry knows someone of whom an event tells.
#[must_use]
pub fn identity(user: &EventUser) -> Identity {
    match user {
        EventUser::App(id) => Identity::AppUser(id.expose().to_string()),
        EventUser::Open(id) => Identity::OpenId(id.expose().to_owned()),
    }
}

/// What a channel's event says of someone; `None` where the channel, by its public id, is none of the city's.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_channel::Webhook;
/// use sosik_kakao::{registry, webhook};
/// use sosik_registry::{Channels, MemorySubscriberStore, SubscriberStore};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let channels = Channels::from_csv("channel,name,public_id\ncity,양주시청,_ZeUTxl\n".as_bytes())?;
/// let now = Utc.with_ymd_and_hms(2026, 11, 20, 7, 0, 1).unwrap();
/// let body = br#"{"event":"added","id":"1","id_type":"app_user_id","channel_public_id":"_ZeUTxl","updated_at":"2026-11-20T07:00:00Z"}"#;
/// let request = Webhook::new(body.as_slice(), now).with_header("Authorization", "KakaoAK KEY");
/// let event = webhook::channel_event(&"KEY".into(), &request)?;
///
/// let store = MemorySubscriberStore::new(7);
/// let told = registry::told(&event, &channels).ok_or("a channel of someone else's")?;
/// store.apply(&[told.clone(), told], now).await?; // told twice, it is the same
/// let friend = store.find(&registry::identity(&event.user)).await?.ok_or("no one")?;
/// assert_eq!(friend.relations[0].channel.as_str(), "city");
/// # Ok(()) }
/// ```
#[must_use]
pub fn told(event: &ChannelEvent, channels: &Channels) -> Option<Event> {
    let is_it = |public_id: Option<&str>| public_id == Some(event.channel.as_str());
    let channel = channels.iter().find(|channel| is_it(channel.public_id.as_deref()))?;
    let state = match event.change {
        Change::Added => RelationState::Added,
        Change::Blocked => RelationState::Blocked,
    };
    Some(Event::related(identity(&event.user), Relation::new(channel.id.clone(), state, event.at, "webhook")))
}

/// That someone left the app. Kakao does not say when: it is the instant at which it told so.
#[must_use]
pub fn unlinked(unlink: &Unlink, told_at: DateTime<Utc>) -> Event {
    Event::unlinked(identity(&EventUser::App(unlink.user)), told_at)
}

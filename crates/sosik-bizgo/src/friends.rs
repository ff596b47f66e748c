//! Friend groups (친구 그룹): lists of numbers at Bizgo, to which a group send can go instead of to all friends.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use sosik_channel::SendError;
use sosik_core::PhoneNumber;

use crate::answers::Nothing;
use crate::client::{ANSWERS, BizgoTransport};
use crate::limits;

const BASE: &str = "center/brandmessage/friendGroup";

/// A friend group, as far as Bizgo tells: never who is in it.
///
/// ```no_run
/// # async fn f(bizgo: &sosik_bizgo::BizgoTransport, people: Vec<sosik_core::PhoneNumber>) -> Result<(), sosik_channel::SendError> {
/// bizgo.make_friend_group("hoecheon1", &people).await?;
/// let group = bizgo.friend_group("hoecheon1").await?;
/// if group.is_ready() {
///     // GroupSend::new(…).to_group("hoecheon1")
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FriendGroup {
    /// The key that the city gave it.
    #[serde(rename = "friendGroupKey")]
    pub key: String,
    /// How many numbers are in it.
    #[serde(default, rename = "userCount")]
    pub users: u64,
    /// How many of them are friends of the channel, once that is known.
    #[serde(default, rename = "friendCount")]
    pub friends: Option<u64>,
    /// `IN_PROGRESS`, `COMPLETED`, or a word to come.
    pub status: String,
}

impl FriendGroup {
    /// Whether its last change is done, and it has the ten people that a group send needs.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.status == "COMPLETED" && self.users >= limits::group_sends().smallest_group
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    friend_group: Numbers<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
struct Numbers<'a> {
    sender_key: &'a str,
    friend_group_key: &'a str,
    phone_numbers: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    friend_group: Option<FriendGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Many {
    friend_groups: Option<Vec<FriendGroup>>,
}

impl BizgoTransport {
    /// Makes a friend group of up to 10,000 numbers; more are [added](Self::add_friends) when it is ready. Bizgo works on
    /// it for a while: ask [how it stands](Self::friend_group).
    ///
    /// # Errors
    ///
    /// [`SendError`]; when its answer was lost, the group may be there.
    pub async fn make_friend_group(&self, key: &str, people: &[PhoneNumber]) -> Result<(), SendError> {
        self.change_friends("", key, people).await
    }

    /// Adds up to 10,000 numbers to a friend group whose last change is done.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be tried again: a number that is in the group stays in it once.
    pub async fn add_friends(&self, key: &str, people: &[PhoneNumber]) -> Result<(), SendError> {
        self.change_friends("/phoneNumber/update", key, people).await
    }

    /// Takes up to 10,000 numbers out of a friend group whose last change is done: a consent that was withdrawn.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be tried again.
    pub async fn remove_friends(&self, key: &str, people: &[PhoneNumber]) -> Result<(), SendError> {
        self.change_friends("/phoneNumber/delete", key, people).await
    }

    async fn change_friends(&self, what: &str, key: &str, people: &[PhoneNumber]) -> Result<(), SendError> {
        named(key)?;
        if people.is_empty() || people.len() > limits::FRIENDS {
            let problem = format!("{} numbers, 1 to {} are taken in a call", people.len(), limits::FRIENDS);
            return Err(ANSWERS.invalid(&problem));
        }
        let phone_numbers = people.iter().map(PhoneNumber::expose).collect();
        let body =
            Change { friend_group: Numbers { sender_key: &self.sender_key, friend_group_key: key, phone_numbers } };
        let request = self.request(Method::POST, &format!("{BASE}{what}"))?.json(&body);
        self.call::<Nothing>(request, false).await.map(drop)
    }

    /// How a friend group stands.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the code `A820` when there is none of this key.
    pub async fn friend_group(&self, key: &str) -> Result<FriendGroup, SendError> {
        named(key)?;
        let query = [("senderKey", self.sender_key.as_str()), ("friendGroupKey", key)];
        let answer: Option<One> = self.call(self.request(Method::GET, BASE)?.query(&query), false).await?;
        answer.and_then(|answer| answer.friend_group).ok_or_else(|| ANSWERS.unreadable(false))
    }

    /// Every friend group of the sender profile.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn friend_groups(&self) -> Result<Vec<FriendGroup>, SendError> {
        let request = self.request(Method::GET, &format!("{BASE}/list"))?;
        let answer: Option<Many> = self.call(request.query(&[("senderKey", &self.sender_key)]), false).await?;
        Ok(answer.and_then(|answer| answer.friend_groups).unwrap_or_default())
    }

    /// Deletes a friend group.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the code `A820` when there is none of this key.
    pub async fn forget_friend_group(&self, key: &str) -> Result<(), SendError> {
        named(key)?;
        let parts = ["senderKey", &self.sender_key, "friendGroupKey", key];
        self.call::<Nothing>(self.with_parts(Method::DELETE, BASE, &parts)?, false).await.map(drop)
    }
}

fn named(key: &str) -> Result<(), SendError> {
    if (1..=50).contains(&key.chars().count()) {
        return Ok(());
    }
    Err(ANSWERS.invalid("a friend group's key has 1 to 50 characters"))
}

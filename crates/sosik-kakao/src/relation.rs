use std::collections::HashMap;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use sosik_channel::SendError;

use crate::call::ANSWERS;
use crate::client::KakaoClient;
use crate::ids::{AppUserId, ChannelPublicId, SearchId};

/// How a person stands to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Relation {
    /// The channel.
    pub channel: ChannelPublicId,
    /// By what it is searched for, where Kakao tells it.
    pub search_id: Option<SearchId>,
    /// How they stand to it.
    pub standing: Standing,
    /// Since when they know it, where Kakao tells it.
    pub since: Option<DateTime<Utc>>,
    /// When that changed last, where Kakao tells it.
    pub changed: Option<DateTime<Utc>>,
}

/// How someone stands to a channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Standing {
    /// They added it: a friend (친구).
    Added,
    /// They blocked it.
    Blocked,
    /// Neither.
    None,
    /// A word of Kakao's that is not known here.
    Other(String),
}

/// What is known of one of many people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Known {
    /// They are connected to the app, and did not consent to tell.
    NoConsent,
    /// They are not connected to the app any more.
    NotConnected,
    /// How they stand to the channels.
    Relations(Vec<Relation>),
}

#[derive(Deserialize)]
struct WireUser {
    user_id: Option<u64>,
    #[serde(default)]
    channels: Vec<WireRelation>,
}

#[derive(Deserialize)]
struct WireRelation {
    channel_public_id: String,
    channel_uuid: Option<String>,
    relation: String,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
}

impl WireRelation {
    fn read(self) -> Result<Relation, SendError> {
        let odd = |_| ANSWERS.unreadable(false).with_detail("a channel's public id is of another form");
        Ok(Relation {
            channel: ChannelPublicId::parse(&self.channel_public_id).map_err(odd)?,
            search_id: self.channel_uuid.and_then(|text| SearchId::parse(&text).ok()),
            standing: match self.relation.as_str() {
                "ADDED" => Standing::Added,
                "BLOCKED" => Standing::Blocked,
                "NONE" => Standing::None,
                _ => Standing::Other(self.relation),
            },
            since: self.created_at,
            changed: self.updated_at,
        })
    }
}

fn read(user: WireUser) -> Result<Vec<Relation>, SendError> {
    user.channels.into_iter().map(WireRelation::read).collect()
}

/// What a relation is asked by; the admin key wants the header of a form.
const FORM: &str = "application/x-www-form-urlencoded;charset=utf-8";

fn channels(channels: &[ChannelPublicId]) -> Vec<(&'static str, String)> {
    if channels.is_empty() {
        return Vec::new();
    }
    let ids: Vec<&str> = channels.iter().map(ChannelPublicId::as_str).collect();
    vec![("channel_ids", ids.join(",")), ("channel_id_type", "channel_public_id".to_owned())]
}

impl KakaoClient {
    /// How a person stands to channels; to all that are linked to the app when none is named.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`RecipientUnreachable`](sosik_channel::SendErrorKind::RecipientUnreachable) when they are not
    /// connected to the app any more.
    pub async fn relations(&self, user: &AppUserId, of: &[ChannelPublicId]) -> Result<Vec<Relation>, SendError> {
        let mut query = vec![("target_id_type", "user_id".to_owned()), ("target_id", user.expose().to_string())];
        query.extend(channels(of));
        let request = self.request(Method::GET, "v2/api/talk/channels")?.query(&query).header("Content-Type", FORM);
        let answer: WireUser = self.call(request).await?;
        if answer.user_id.is_some_and(|id| id != user.expose()) {
            return Err(ANSWERS.unreadable(false).with_detail("the answer is about someone else"));
        }
        read(answer)
    }

    /// How each of many people stands to channels, in their order.
    ///
    /// One call for each of them, or for [many at once](crate::KakaoBuilder::many_at_once).
    ///
    /// # Errors
    ///
    /// The first [`SendError`] that is not about one person; what was asked before may be asked again.
    pub async fn relations_of(&self, users: &[AppUserId], of: &[ChannelPublicId]) -> Result<Vec<Known>, SendError> {
        let mut all = Vec::with_capacity(users.len());
        let Some(many) = self.many else {
            for user in users {
                all.push(match self.relations(user, of).await {
                    Ok(relations) => Known::Relations(relations),
                    Err(error) if error.recipient_is_gone() => Known::NotConnected,
                    Err(error) if error.code() == Some("-402") => Known::NoConsent,
                    Err(error) => return Err(error),
                });
            }
            return Ok(all);
        };
        for chunk in users.chunks(many) {
            let ids: Vec<String> = chunk.iter().map(|user| user.expose().to_string()).collect();
            let mut query = vec![("target_id_type", "user_id".to_owned()), ("target_ids", ids.join(","))];
            query.extend(channels(of));
            let request = self.request(Method::GET, "v2/api/talk/channels/multi")?.query(&query);
            let answer: Vec<WireUser> = self.call(request.header("Content-Type", FORM)).await?;
            let mut found = HashMap::new();
            for user in answer {
                let nameless = || ANSWERS.unreadable(false).with_detail("an entry does not say whom it is about");
                found.insert(user.user_id.ok_or_else(nameless)?, read(user)?);
            }
            let known = |user: &AppUserId| found.get(&user.expose()).cloned();
            all.extend(chunk.iter().map(|user| known(user).map_or(Known::NotConnected, Known::Relations)));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_to_come_are_kept_and_times_may_be_missing() {
        let wire = r#"{"user_id":1,"channels":[{"channel_public_id":"_ZeUTxl","relation":"MUTED","later":[1]}]}"#;
        let relations = read(serde_json::from_str(wire).unwrap()).unwrap();
        assert_eq!(relations[0].standing, Standing::Other("MUTED".to_owned()));
        assert_eq!((relations[0].since, &relations[0].search_id), (None, &None));
        let odd = r#"{"channels":[{"channel_public_id":"../x","relation":"ADDED"}]}"#;
        assert!(read(serde_json::from_str(odd).unwrap()).is_err());
    }
}

//! Group tags (그룹태그): names under which Kakao counts brand messages together.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use sosik_channel::SendError;

use crate::answers::Nothing;
use crate::client::{ANSWERS, BizgoTransport};
use crate::group_send::BASE;
use crate::limits;

/// A group tag (그룹태그): brand messages of a transport that was built with its key
/// ([`BizgoBuilder::group_tag`](crate::BizgoBuilder::group_tag)) are counted under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GroupTag {
    /// The key that the city gave it, of up to 40 characters.
    #[serde(rename = "groupTagKey")]
    pub key: String,
    /// Its name.
    #[serde(rename = "groupTagName")]
    pub name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    group_tag: &'a GroupTag,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tags {
    group_tags: Option<Vec<Told>>,
}

/// A tag as Bizgo tells of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    group_tag_key: String,
    group_tag_name: Option<String>,
}

impl BizgoTransport {
    /// Makes a group tag.
    ///
    /// # Errors
    ///
    /// [`SendError`]; after a lost answer [look](Self::group_tags) whether it is there.
    pub async fn make_group_tag(&self, key: &str, name: &str) -> Result<(), SendError> {
        self.put_group_tag(Method::POST, key, name).await
    }

    /// Gives a group tag another name.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be tried again.
    pub async fn rename_group_tag(&self, key: &str, name: &str) -> Result<(), SendError> {
        self.put_group_tag(Method::PUT, key, name).await
    }

    async fn put_group_tag(&self, method: Method, key: &str, name: &str) -> Result<(), SendError> {
        if !(1..=limits::GROUP_TAG).contains(&key.chars().count()) || name.is_empty() {
            let problem = format!("a group tag has a key of 1 to {} characters and a name", limits::GROUP_TAG);
            return Err(ANSWERS.invalid(&problem));
        }
        let tag = GroupTag { key: key.to_owned(), name: name.to_owned() };
        let request = self.request(method, &format!("{BASE}/groupTag"))?.json(&Body { group_tag: &tag });
        self.call::<Nothing>(request, false).await.map(drop)
    }

    /// Every group tag of the sender profile.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn group_tags(&self) -> Result<Vec<GroupTag>, SendError> {
        let request = self.request(Method::GET, &format!("{BASE}/groupTag/list"))?;
        let tags: Option<Tags> = self.call(request.query(&[("senderKey", &self.sender_key)]), false).await?;
        let read = |told: Told| GroupTag { key: told.group_tag_key, name: told.group_tag_name.unwrap_or_default() };
        Ok(tags.and_then(|tags| tags.group_tags).unwrap_or_default().into_iter().map(read).collect())
    }

    /// Deletes a group tag.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the code `A820` when there is none of this key.
    pub async fn delete_group_tag(&self, key: &str) -> Result<(), SendError> {
        let parts = ["senderKey", self.sender_key.as_str(), "groupTagKey", key];
        let request = self.with_parts(Method::DELETE, &format!("{BASE}/groupTag"), &parts)?;
        self.call::<Nothing>(request, false).await.map(drop)
    }
}

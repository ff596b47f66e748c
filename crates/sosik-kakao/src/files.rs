//! Customer files (고객파일): groups of people for messages that are sent by hand from the partner centre.

use std::collections::BTreeMap;
use std::fmt;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use sosik_channel::{SendError, SendErrorKind};
use sosik_core::PhoneNumber;

use crate::call::ANSWERS;
use crate::client::KakaoClient;
use crate::errors::NAME;
use crate::ids::{AppUserId, ChannelPublicId};

/// The most people of one call (kakaotalk-channel/rest-api, 2026-11).
const PEOPLE: usize = 2_000;

/// The most columns of a file (kakaotalk-channel/rest-api, 2026-11).
const COLUMNS: usize = 30;

/// The columns that hold words; every other one holds numbers (kakaotalk-channel/rest-api, 2026-11).
const WORDS: [&str; 10] =
    ["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "응모일"];

/// The columns of a customer file. They cannot be changed later.
///
/// ```
/// use sosik_kakao::Schema;
///
/// let schema = Schema::new().words("지역")?.number("emd")?;
/// assert!(Schema::new().words("읍면동").is_err()); // Kakao keeps words in its own columns only
/// # Ok::<(), sosik_kakao::SchemaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema(BTreeMap<String, &'static str>);

impl Schema {
    /// No columns yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The file with one of Kakao's own columns, which hold words.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] for a name of one's own, for a second column of a name, and beyond 30 columns.
    pub fn words(self, name: &str) -> Result<Self, SchemaError> {
        if !WORDS.contains(&name) {
            return Err(SchemaError {
                problem: "only Kakao's own columns hold words; a column of one's own holds numbers",
            });
        }
        self.with(name, "string")
    }

    /// The file with a column of numbers.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] for an empty name, for a second column of a name, and beyond 30 columns.
    pub fn number(self, name: &str) -> Result<Self, SchemaError> {
        self.with(name, "number")
    }

    fn with(mut self, name: &str, kind: &'static str) -> Result<Self, SchemaError> {
        if name.trim().is_empty() {
            return Err(SchemaError { problem: "a column has a name" });
        }
        if self.0.insert(name.to_owned(), kind).is_some() {
            return Err(SchemaError { problem: "two columns have one name" });
        }
        if self.0.len() > COLUMNS {
            return Err(SchemaError { problem: "a file has 30 columns at the most" });
        }
        Ok(self)
    }
}

/// A file cannot have these columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SchemaError {
    problem: &'static str,
}

/// Kakao's number of a customer file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct FileId(u64);

impl FileId {
    /// A file by its number.
    #[must_use]
    pub fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

/// Who someone in a customer file is. `Debug` hides it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustomerId {
    /// By their number in the app.
    App(AppUserId),
    /// By their phone number: see [`KakaoBuilder::allow_phone_numbers`](crate::KakaoBuilder::allow_phone_numbers).
    Phone(PhoneNumber),
}

impl CustomerId {
    fn kind(&self) -> &'static str {
        match self {
            Self::App(_) => "app",
            Self::Phone(_) => "phone",
        }
    }

    /// The id as Kakao takes it; a number with its country, without its first zero.
    fn text(&self) -> String {
        match self {
            Self::App(user) => user.expose().to_string(),
            Self::Phone(phone) => format!("82{}", phone.expose().trim_start_matches('0')),
        }
    }
}

/// Someone in a customer file, with what its columns hold for them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// What the columns hold.
    pub fields: BTreeMap<String, Value>,
}

impl Customer {
    /// Someone of whom the columns hold nothing yet.
    #[must_use]
    pub fn new(id: CustomerId) -> Self {
        Self { id, fields: BTreeMap::new() }
    }

    /// Someone with what a column holds for them.
    #[must_use]
    pub fn with(mut self, column: impl Into<String>, value: Value) -> Self {
        self.fields.insert(column.into(), value);
        self
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<&String> = self.fields.keys().collect();
        f.debug_struct("Customer").field("columns", &columns).finish_non_exhaustive()
    }
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Value {
    /// A number.
    Number(i64),
    /// Words.
    Words(String),
}

/// How many people Kakao took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Put {
    /// How many were handed over.
    pub asked: u64,
    /// How many were taken.
    pub taken: u64,
}

#[derive(Serialize)]
struct Create<'a> {
    channel_public_id: &'a str,
    file_name: &'a str,
    schema: &'a BTreeMap<String, &'static str>,
}

#[derive(Deserialize)]
struct Created {
    file_id: FileId,
}

#[derive(Serialize)]
struct Update<'a> {
    file_id: FileId,
    channel_public_id: &'a str,
    user_type: &'static str,
    users: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: String,
    field: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Delete<'a> {
    file_id: FileId,
    channel_public_id: &'a str,
    user_type: &'static str,
    user_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Done {
    request_count: u64,
    success_count: u64,
}

impl KakaoClient {
    /// Makes a customer file of a channel, under a name that no other one has.
    ///
    /// # Errors
    ///
    /// [`SendError`]; when its answer was lost, the name may be taken.
    pub async fn create_file(
        &self,
        channel: &ChannelPublicId,
        name: &str,
        schema: &Schema,
    ) -> Result<FileId, SendError> {
        if name.trim().is_empty() {
            return Err(ANSWERS.invalid("a file has a name"));
        }
        let body = Create { channel_public_id: channel.as_str(), file_name: name, schema: &schema.0 };
        let request = self.request(Method::POST, "v1/talkchannel/create/target_user_file")?.json(&body);
        let created: Created = self.call(request).await?;
        Ok(created.file_id)
    }

    /// Puts people into a file, or changes what it holds for them: 2,000 a call, people by app and by phone apart.
    ///
    /// # Errors
    ///
    /// The first [`SendError`]: some may be in it; all may be put in again.
    pub async fn put_customers(
        &self,
        file: FileId,
        channel: &ChannelPublicId,
        people: &[Customer],
    ) -> Result<Put, SendError> {
        let channel_public_id = channel.as_str();
        let mut put = Put::default();
        for (user_type, people) in self.by_kind(people, |customer| &customer.id)? {
            for chunk in people.chunks(PEOPLE) {
                let users = chunk.iter().map(|one| Row { id: one.id.text(), field: &one.fields }).collect();
                let body = Update { file_id: file, channel_public_id, user_type, users };
                let request = self.request(Method::POST, "v1/talkchannel/update/target_users")?.json(&body);
                count(&mut put, &self.call(request).await?);
            }
        }
        Ok(put)
    }

    /// Takes people out of a file.
    ///
    /// # Errors
    ///
    /// The first [`SendError`]: some may be out; all may be taken out again.
    pub async fn remove_customers(
        &self,
        file: FileId,
        channel: &ChannelPublicId,
        people: &[CustomerId],
    ) -> Result<Put, SendError> {
        let channel_public_id = channel.as_str();
        let mut put = Put::default();
        for (user_type, people) in self.by_kind(people, |id| id)? {
            for chunk in people.chunks(PEOPLE) {
                let user_ids = chunk.iter().map(|id| id.text()).collect();
                let body = Delete { file_id: file, channel_public_id, user_type, user_ids };
                let request = self.request(Method::POST, "v1/talkchannel/delete/target_users")?.json(&body);
                count(&mut put, &self.call(request).await?);
            }
        }
        Ok(put)
    }

    /// People by the kind of their ids, which one call cannot mix.
    fn by_kind<'a, T>(
        &self,
        people: &'a [T],
        id: impl Fn(&T) -> &CustomerId,
    ) -> Result<[(&'static str, Vec<&'a T>); 2], SendError> {
        let (app, phone): (Vec<&T>, Vec<&T>) = people.iter().partition(|one| id(one).kind() == "app");
        if !phone.is_empty() && !self.phones {
            let why = "phone numbers leave for Kakao only when the builder allows it";
            return Err(SendError::new(SendErrorKind::Unsupported, NAME).with_detail(why));
        }
        Ok([("app", app), ("phone", phone)])
    }
}

fn count(put: &mut Put, done: &Done) {
    put.asked += done.request_count;
    put.taken += done.success_count;
}

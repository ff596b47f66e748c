use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};
use url::Url;

use crate::ids::AppUserId;

/// The largest body that is read: 256 KiB, far above what a request of some parameters has.
pub const MAX_BYTES: usize = 256 * 1024;

/// What a citizen said or pressed, as Kakao hands it over.
///
/// `Debug` shows neither their words nor their ids.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct SkillRequest {
    /// The bot; its id ends with `!` in the development channel.
    pub bot: Named,
    /// The block (블록) that was matched, as Kakao calls an intent.
    pub block: Named,
    /// What they said; empty where they said nothing, but pressed a button or sent a picture.
    pub utterance: String,
    /// The language of their KakaoTalk as Kakao names it (`ko`; older texts have `kr`).
    pub language: Option<String>,
    /// Their time zone, by its IANA name.
    pub timezone: Option<String>,
    /// Where they are: `Kakaotalk.plusfriend`, or `BuilderBotTest` in the console's test.
    pub surface: Option<String>,
    /// Who.
    pub user: SkillUser,
    /// Parameters of the action, by name.
    pub params: BTreeMap<String, String>,
    /// The same with what was said and how it was understood.
    pub details: BTreeMap<String, Detail>,
    /// What the pressed button carried.
    pub client_extra: Map<String, Value>,
    /// What earlier answers left to be remembered.
    pub contexts: Vec<Context>,
    /// Where a late answer may go, if the block allows one.
    pub callback: Option<CallbackUrl>,
    /// What led here: `TEXT_INPUT`, `IMAGE_UPLOAD`.
    pub trigger: Option<String>,
    /// A picture or another file that they sent.
    pub media: Option<SkillMedia>,
    /// Whether Kakao is asking for parameters one by one, and this is an answer to that.
    pub fills_slot: bool,
    /// All of it as it came, with what is not known here.
    pub raw: Value,
}

/// Something with an id and a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named {
    /// The id; empty where Kakao gave none.
    pub id: String,
    /// The name.
    pub name: String,
}

/// Who speaks. `Debug` shows no id.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkillUser {
    /// Their key at this bot (`botUserKey`), the same each time; `None` where a plug-in left it out.
    pub bot_user: Option<String>,
    /// Their key at this channel (`plusfriendUserKey`), another in each channel.
    pub channel_user: Option<String>,
    /// Their id in the city's app, where the bot is tied to it and they are connected.
    pub app_user: Option<AppUserId>,
    /// Whether they added the channel: Kakao says so, or says nothing.
    pub is_friend: bool,
}

/// A parameter as it was said and understood.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Detail {
    /// What was said.
    pub origin: String,
    /// What it means: text, or an object of a plug-in.
    pub value: Value,
}

/// What an earlier answer left to be remembered.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Context {
    /// Its name.
    pub name: String,
    /// For how many more turns it is kept.
    pub turns: u64,
    /// For how many more seconds.
    pub seconds: Option<u64>,
    /// What is remembered.
    pub params: Map<String, Value>,
}

/// What a citizen sent. The address is theirs alone, and open to whoever has it: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkillMedia {
    /// Of which kind, such as `image`.
    pub kind: String,
    /// Where it lies.
    pub url: String,
}

/// Where one late answer may go: once, within a minute (five in a group's bot).
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackUrl(Url);

impl CallbackUrl {
    /// Reads an address: https, on a host of Kakao's, so that nobody makes the city's server call another.
    ///
    /// # Errors
    ///
    /// [`SkillError`] where it is none.
    pub fn parse(text: &str) -> Result<Self, SkillError> {
        let url = Url::parse(text).map_err(|_| field("userRequest.callbackUrl", "is no address"))?;
        let host = url.host_str().unwrap_or_default();
        let is_kakaos = host == "kakao.com" || host.ends_with(".kakao.com");
        let is_plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        if url.scheme() != "https" || !is_kakaos || !is_plain {
            return Err(field("userRequest.callbackUrl", "is no https address of Kakao's (*.kakao.com)"));
        }
        Ok(Self(url))
    }

    /// The address.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

/// Why a request cannot be read. It holds nothing of what the request says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkillError {
    /// It is larger than [`MAX_BYTES`].
    #[error("the request is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// It is no JSON.
    #[error("the request is no JSON: line {line}, column {column}")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A field is not what Kakao's guide says.
    #[error("{field} {problem}")]
    #[non_exhaustive]
    Field {
        /// Which, by its path.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

fn field(field: impl Into<String>, problem: &'static str) -> SkillError {
    SkillError::Field { field: field.into(), problem }
}

impl SkillRequest {
    /// Reads a request. Whatever Kakao leaves out is empty; what is there and of another kind is refused. Of who speaks, one
    /// of the two keys has to be there.
    ///
    /// # Errors
    ///
    /// [`SkillError`] names the field; answer 200 with [`Answer::sorry`](super::Answer::sorry), so that the citizen is told
    /// where else to turn.
    pub fn parse(body: &[u8]) -> Result<Self, SkillError> {
        if body.len() > MAX_BYTES {
            return Err(SkillError::TooLarge);
        }
        let raw: Value = serde_json::from_slice(body)
            .map_err(|error| SkillError::NotJson { line: error.line(), column: error.column() })?;
        let root = At { value: Some(&raw), path: String::new() };
        if !raw.is_object() {
            return Err(field("the request", "is no object"));
        }
        let (asked, action) = (root.of("userRequest")?, root.of("action")?);
        let (params, flow) = (asked.of("params")?, root.of("flow")?);
        let media = params.of("media")?;
        let utterance = asked.text("utterance")?.unwrap_or_default().trim().to_owned();
        let user = user(&asked.of("user")?)?;
        if user.bot_user.is_none() && user.channel_user.is_none() {
            return Err(field("userRequest.user.id", "is missing"));
        }
        // Named by the older form of the request where the newer is not there.
        let block = match root.of("intent")? {
            intent if intent.value.is_some() => named(&intent)?,
            _ => named(&asked.of("block")?)?,
        };
        let mut details = BTreeMap::new();
        for (name, detail) in action.of("detailParams")?.entries() {
            let origin = detail.text("origin")?.unwrap_or_default();
            let value = detail.of_any("value").cloned().unwrap_or_default();
            details.insert(name.clone(), Detail { origin, value });
        }
        Ok(Self {
            bot: named(&root.of("bot")?)?,
            block,
            utterance,
            language: asked.text("lang")?,
            timezone: asked.text("timezone")?,
            surface: params.text("surface")?,
            user,
            params: texts(&action.of("params")?),
            details,
            // An object, or in older texts nothing, or the word `null`.
            client_extra: action.of_any("clientExtra").and_then(Value::as_object).cloned().unwrap_or_default(),
            contexts: contexts(&root)?,
            callback: asked.text("callbackUrl")?.map(|url| CallbackUrl::parse(&url)).transpose()?,
            trigger: flow.of("trigger")?.text("type")?,
            media: match (media.text("type")?, media.text("url")?) {
                (kind, Some(url)) => Some(SkillMedia { kind: kind.unwrap_or_default(), url }),
                _ => None,
            },
            fills_slot: asked.of_any("isInSlotFilling").and_then(Value::as_bool).unwrap_or(false),
            raw,
        })
    }

    /// Whether it comes from the console's test, or from the development channel: no citizen's.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.bot.id.ends_with('!') || self.surface.as_deref() == Some("BuilderBotTest")
    }
}

fn named(at: &At<'_>) -> Result<Named, SkillError> {
    Ok(Named { id: at.text("id")?.unwrap_or_default(), name: at.text("name")?.unwrap_or_default() })
}

fn user(at: &At<'_>) -> Result<SkillUser, SkillError> {
    let properties = at.of("properties")?;
    // Each name is there in two spellings, or in one.
    let either = |camel: &str, snake: &str| Ok::<_, SkillError>(properties.text(camel)?.or(properties.text(snake)?));
    let channel_user = either("plusfriendUserKey", "plusfriend_user_key")?;
    let own = either("botUserKey", "bot_user_key")?;
    let app = either("appUserId", "app_user_id")?;
    let app_user = match app.as_deref() {
        None | Some("") => None,
        Some(id) => {
            let id = id.parse().map_err(|_| field(properties.path_of("appUserId"), "is no number"))?;
            Some(AppUserId::new(id))
        }
    };
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(SkillUser {
        bot_user: filled(at.text("id")?).or(filled(own)),
        channel_user: filled(channel_user),
        app_user,
        is_friend: properties.of_any("isFriend").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// Parameters as text, whatever they are.
fn texts(at: &At<'_>) -> BTreeMap<String, String> {
    let text = |at: At<'_>| match at.value {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    at.entries().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn contexts(root: &At<'_>) -> Result<Vec<Context>, SkillError> {
    let list = match root.of_any("contexts") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(field("contexts", "is no list")),
    };
    let context = |(number, value): (usize, &Value)| {
        let at = At { value: Some(value), path: format!("contexts[{number}]") };
        if !value.is_object() {
            return Err(field(at.path, "is no object"));
        }
        Ok(Context {
            name: at.text("name")?.unwrap_or_default(),
            turns: at.of_any("lifespan").or(at.of_any("lifeSpan")).and_then(Value::as_u64).unwrap_or(0),
            seconds: at.of_any("ttl").and_then(Value::as_u64),
            params: at.of_any("params").and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    };
    list.iter().enumerate().map(context).collect()
}

/// A place in a request, of which an error knows the path.
struct At<'a> {
    value: Option<&'a Value>,
    path: String,
}

impl<'a> At<'a> {
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Whatever stands there; nothing where it is `null`.
    fn of_any(&self, name: &str) -> Option<&'a Value> {
        self.value?.get(name).filter(|value| !value.is_null())
    }

    /// An object that may be missing.
    fn of(&self, name: &str) -> Result<Self, SkillError> {
        let (value, path) = (self.of_any(name), self.path_of(name));
        match value {
            None | Some(Value::Object(_)) => Ok(Self { value, path }),
            Some(_) => Err(field(path, "is no object")),
        }
    }

    /// A text that may be missing. Ids come as numbers, too.
    fn text(&self, name: &str) -> Result<Option<String>, SkillError> {
        match self.of_any(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(field(self.path_of(name), "is no text")),
        }
    }

    fn entries(&self) -> impl Iterator<Item = (&'a String, Self)> {
        let object = self.value.and_then(Value::as_object).into_iter().flatten();
        object.map(|(name, value)| (name, Self { value: Some(value), path: self.path_of(name) }))
    }
}

impl fmt::Debug for SkillRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkillRequest")
            .field("bot", &self.bot)
            .field("block", &self.block)
            .field("characters", &self.utterance.chars().count())
            .field("surface", &self.surface)
            .field("user", &self.user)
            .field("callback", &self.callback.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SkillUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkillUser")
            .field("is_connected", &self.app_user.is_some())
            .field("is_friend", &self.is_friend)
            .finish_non_exhaustive()
    }
}

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
hidden!(Detail, Context, SkillMedia, CallbackUrl);

//! The bot speaks first (Event API): an event is told to a block of the chatbot, which says its text to people of the channel.
//!
//! For what someone waits for, such as the answer to their question ([`EventNotifier`]): each message costs 15 won and tax, and news
//! go by a campaign. The channel is a business channel with a wallet, the bot is tied to the app whose REST key is used, and whoever
//! is written to has added the channel.
//!
//! Facts are those of Kakao's guide (tool/chatbot/main_notions/event-api and its answers to questions, read 2026-11). The page of the
//! result's form could not be reached: what is read of it is what a guide of Kakao's for group bots shows, and each field may be
//! missing. Its table of errors is not known either.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sosik_channel::{SendError, SendErrorKind};
use sosik_chat::{Notice, Notifier, NotifyError, NotifyErrorKind, async_trait, shorten};
use sosik_core::ChannelId;

use crate::builder::KakaoError;
use crate::call::{ANSWERS, Caller, TIMEOUT, is_plain};
use crate::chat_user::ChatUser;
use crate::errors::NAME;
use crate::skill::limits::TEXT;

/// People to whom one call tells an event (Kakao's answers to questions on the Event API, read 2026-11).
pub const MOST_USERS: usize = 100;

/// An event, and to whom it is told. `Debug` shows neither its values nor the people.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The name under which a block takes it.
    pub name: String,
    /// Values for the block's text: `{{#current.event.data.text}}`.
    pub data: Map<String, Value>,
    /// To whom: 1 to [`MOST_USERS`], nobody twice.
    pub users: Vec<ChatUser>,
    /// Values for a skill of the block.
    pub params: BTreeMap<String, String>,
}

impl Event {
    /// An event for someone.
    #[must_use]
    pub fn new(name: impl Into<String>, users: Vec<ChatUser>) -> Self {
        Self { name: name.into(), data: Map::new(), users, params: BTreeMap::new() }
    }

    /// With a value for the block's text.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({}, {} values, {} people)", self.name, self.data.len(), self.users.len())
    }
}

/// Kakao's name of what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskId(String);

impl TaskId {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a task is, as far as Kakao says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Task {
    /// People to whom it was to be told.
    pub all: u64,
    /// People who got it.
    pub reached: u64,
    /// People who did not.
    pub failed: u64,
}

impl Task {
    /// Whether nothing more is to come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.all > 0 && self.reached + self.failed >= self.all
    }
}

/// A client of the Event API of one bot.
#[derive(Clone, Debug)]
pub struct EventClient {
    caller: Caller,
    bot: String,
}

#[derive(Serialize)]
struct Wire<'a> {
    event: WireEvent<'a>,
    user: Vec<WireUser>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct WireEvent<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    data: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct WireUser {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    #[serde(default)]
    task_id: String,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTask {
    status: String,
    all_request_count: Option<u64>,
    success_count: Option<u64>,
    fail: Option<WireFail>,
}

#[derive(Deserialize)]
struct WireFail {
    count: Option<u64>,
}

impl EventClient {
    /// Kakao's host for bots.
    pub const PRODUCTION: &'static str = "https://bot-api.kakao.com";

    /// A client of a bot, with the REST key of the city's app. The bot of a development channel has `!` behind its id.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] names what cannot be used. The key is never repeated.
    pub fn new(rest_key: impl Into<SecretString>, bot: impl Into<String>) -> Result<Self, KakaoError> {
        let bot = bot.into();
        if !is_plain(bot.strip_suffix('!').unwrap_or(&bot)) {
            let why = "it is letters and digits as the chatbot's settings show them, with ! behind in development";
            return Err(KakaoError::Setting { setting: "bot", why: why.to_owned() });
        }
        let caller = Caller::new(("rest_key", rest_key.into()), Self::PRODUCTION, None, TIMEOUT)?;
        Ok(Self { caller, bot })
    }

    /// Calls another host: an emulator on this machine.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] where it is no address of a host.
    pub fn base_url(self, url: &str) -> Result<Self, KakaoError> {
        Ok(Self { caller: self.caller.at(url)?, bot: self.bot })
    }

    /// Tells an event. That it was taken is not that it was read: ask the [`task`](Self::task).
    ///
    /// # Errors
    ///
    /// [`SendError`]: it is not told where it is over a limit, and nobody may be in it twice.
    pub async fn tell(&self, event: &Event) -> Result<TaskId, SendError> {
        let Event { name, data, users, params } = event;
        if name.trim().is_empty() {
            return Err(ANSWERS.invalid("the event has no name"));
        }
        if users.is_empty() || users.len() > MOST_USERS {
            return Err(ANSWERS.invalid("an event is told to 1 to 100 people: make several calls"));
        }
        let mut seen = HashSet::new();
        if !users.iter().all(|user| seen.insert(user)) {
            return Err(ANSWERS.invalid("someone is in the event twice"));
        }
        let wire = Wire { event: WireEvent { name, data }, user: users.iter().map(WireUser::of).collect(), params };
        let request = self.caller.request(Method::POST, &format!("v2/bots/{}/talk", self.bot))?.json(&wire);
        let taken: Taken = Caller::call(request, true).await?;
        match taken.status.as_str() {
            "SUCCESS" if !taken.task_id.is_empty() => Ok(TaskId(taken.task_id)),
            "FAIL" => Err(SendError::new(SendErrorKind::Refused, NAME).with_code("FAIL")),
            // What has no name cannot be asked about, and what went wrong inside may have gone on.
            _ => Err(ANSWERS.unreadable(true).with_detail("the event may have been taken, or not")),
        }
    }

    /// How far a task is.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn task(&self, task: &TaskId) -> Result<Task, SendError> {
        if !is_plain(&task.0) {
            return Err(ANSWERS.unreadable(false).with_detail("a task's name is of another form"));
        }
        let request = self.caller.request(Method::GET, &format!("v1/tasks/{}", task.0))?;
        let wire: WireTask = Caller::call(request, false).await?;
        let failed = wire.status.strip_suffix(" FAIL").and_then(|count| count.parse().ok());
        let failed = wire.fail.and_then(|fail| fail.count).or(failed).unwrap_or_default();
        Ok(Task {
            all: wire.all_request_count.unwrap_or_default(),
            reached: wire.success_count.unwrap_or_default(),
            failed,
        })
    }
}

impl WireUser {
    fn of(user: &ChatUser) -> Self {
        match user {
            ChatUser::App(id) => Self { kind: "appUserId", id: id.expose().to_string() },
            ChatUser::Bot(key) => Self { kind: "botUserKey", id: key.clone() },
            ChatUser::Channel(key) => Self { kind: "plusfriendUserKey", id: key.clone() },
        }
    }
}

/// Tells people something by an event whose block says `{{#current.event.data.text}}`.
///
/// Choices do not go with it: give the block a button that says `이어서 묻기`, by which whoever is answered asks more.
///
/// Whether it arrived is asked of the task a few times; what is not known by then is not told again.
#[derive(Clone, Debug)]
pub struct EventNotifier {
    client: EventClient,
    channel: ChannelId,
    event: String,
    asks_after: Vec<Duration>,
}

impl EventNotifier {
    /// Tells people of a channel, whose chatbot it is, by the event of this name. Its task is asked after 1, 2, 4 and 8 seconds
    /// more.
    #[must_use]
    pub fn new(client: EventClient, channel: ChannelId, event: impl Into<String>) -> Self {
        Self { client, channel, event: event.into(), asks_after: [1, 2, 4, 8].map(Duration::from_secs).to_vec() }
    }

    /// Asks the task after these times, each after the one before.
    #[must_use]
    pub fn asking_after(mut self, waits: Vec<Duration>) -> Self {
        self.asks_after = waits;
        self
    }

    async fn arrived(&self, task: &TaskId) -> Result<(), NotifyError> {
        let mut last = None;
        for wait in &self.asks_after {
            #[expect(clippy::disallowed_methods, reason = "a task takes its time, and says nothing by itself")]
            tokio::time::sleep(*wait).await;
            match self.client.task(task).await {
                Ok(task) if task.is_done() && task.reached > 0 => return Ok(()),
                Ok(task) if task.is_done() => {
                    return Err(NotifyError::new(NotifyErrorKind::Unreachable, "the event did not reach the person"));
                }
                Ok(_) => {}
                Err(error) => last = Some(error),
            }
        }
        let error = NotifyError::new(NotifyErrorKind::Unknown, "whether the event arrived is not known");
        Err(last.into_iter().fold(error, NotifyError::with_source))
    }
}

#[async_trait]
impl Notifier for EventNotifier {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let user = ChatUser::of(&notice.who, &self.channel).filter(|_| notice.channel == self.channel);
        let Some(user) = user else { return Err(unknown_here()) };
        let event = Event::new(&self.event, vec![user]).with("text", shorten(&notice.reply.to_text(), TEXT.most));
        let task = self.client.tell(&event).await.map_err(not_told)?;
        self.arrived(&task).await
    }
}

/// Someone whom Kakao knows by nothing in this chat.
pub(crate) fn unknown_here() -> NotifyError {
    NotifyError::new(NotifyErrorKind::Unreachable, "the person is known by no id of this chat")
}

/// A failed call, by what is known of whether it arrived.
pub(crate) fn not_told(error: SendError) -> NotifyError {
    let kind = match error.kind() {
        SendErrorKind::OutcomeUnknown => NotifyErrorKind::Unknown,
        SendErrorKind::RecipientUnreachable => NotifyErrorKind::Unreachable,
        // A person has to mend these, and what is waiting waits for that.
        SendErrorKind::Unauthorized | SendErrorKind::NotPermitted => NotifyErrorKind::Unavailable,
        _ if error.is_retryable() => NotifyErrorKind::Unavailable,
        _ => NotifyErrorKind::Refused,
    };
    NotifyError::new(kind, error.to_string()).with_source(error)
}

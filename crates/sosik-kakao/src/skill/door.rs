//! The chatbot's door to the window: a request in, its answer out, within Kakao's time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sosik_chat::{Reply, Speaker, Turn, Window, WindowError};
use sosik_core::{ChannelId, Language};
use tokio::task::JoinHandle;

use super::{Answer, AnswerError, CallbackUrl, SkillError, SkillRequest};
use crate::chat_user::ChatUser;

/// Kakao shows its own fallback after this time (skill guide, read 2026-11).
pub const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Where a callback is allowed it takes one answer within this time (AI chatbot callback guide, read 2026-11).
pub const CALLBACK_WITHIN: Duration = Duration::from_secs(60);

/// The skill of a city's chatbot.
///
/// Every request gets an answer that a citizen can read: one that is malformed, or that cannot be answered in time, is told where
/// else to turn. Mount it behind whatever checks the secret header of the skill's settings: Kakao signs nothing.
#[derive(Clone, Debug)]
pub struct SkillDoor {
    window: Arc<Window>,
    channel: ChannelId,
    within: Duration,
}

/// What is answered to a skill request. `Debug` shows nothing of the answer.
#[non_exhaustive]
pub struct Served {
    /// The body; the status is 200, whatever came.
    pub json: String,
    /// The answer proper, where it goes to a callback.
    pub later: Option<Later>,
    /// What was wrong, for the log: it names no one, and repeats nothing of what was said.
    pub problem: Option<DoorError>,
}

/// Why someone did not get what they asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorError {
    /// The request cannot be read.
    #[error(transparent)]
    Request(#[from] SkillError),
    /// The window cannot answer now.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// The answer is none that Kakao takes.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It took too long, and no callback is allowed.
    #[error("the answer took longer than {0:?}, and the block allows no callback")]
    Late(Duration),
    /// The answer was cut off: the runtime is shutting down, or a part of it panicked.
    #[error("the answer was cut off")]
    Lost,
}

/// An answer that is still being made, and where it goes.
#[derive(Debug)]
pub struct Later {
    window: Arc<Window>,
    answer: JoinHandle<Result<Reply, WindowError>>,
    callback: CallbackUrl,
    contact: String,
    left: Duration,
}

impl SkillDoor {
    /// The skill of a channel's chatbot. It answers within four of Kakao's five seconds.
    #[must_use]
    pub fn new(window: Arc<Window>, channel: ChannelId) -> Self {
        Self { window, channel, within: ANSWER_WITHIN.saturating_sub(Duration::from_secs(1)) }
    }

    /// Answers within another time: what is left of Kakao's five seconds is the network's.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// Answers a request that came at an instant. To be called on a tokio runtime: what takes long goes on beside it.
    pub async fn serve(&self, body: &[u8], at: DateTime<Utc>) -> Served {
        let request = match SkillRequest::parse(body) {
            Ok(request) => request,
            Err(error) => return self.sorry(error.into()),
        };
        let turn = request.turn(&self.channel, at);
        // Whom to call is known at once, whatever takes long.
        let danger = self.window.danger(&turn).ok().flatten().and_then(|danger| Answer::of(&danger).to_json().ok());
        let window = Arc::clone(&self.window);
        #[expect(clippy::disallowed_methods, reason = "a late answer goes on beside the request, and `Later` holds it")]
        let mut answer = tokio::spawn(async move { window.answer(&turn).await });
        let problem = match tokio::time::timeout(self.within, &mut answer).await {
            Ok(Ok(Ok(reply))) => match Answer::of(&reply).to_json() {
                Ok(json) => return self.served(json, &reply, at).await,
                Err(error) => error.into(),
            },
            Ok(Ok(Err(error))) => error.into(),
            Ok(Err(_)) => DoorError::Lost,
            Err(_) => match (request.callback, danger.is_some()) {
                (Some(callback), false) => return self.later(answer, callback),
                // What it does is done: only its answer comes too late to be read.
                _ => DoorError::Late(self.within),
            },
        };
        match danger {
            Some(json) => Served { json, later: None, problem: Some(problem) },
            None => self.sorry(problem),
        }
    }

    /// An answer that is in time: what it brings is not brought again.
    async fn served(&self, json: String, reply: &Reply, at: DateTime<Utc>) -> Served {
        let problem = self.window.shown(reply, at).await.err().map(DoorError::from);
        Served { json, later: None, problem }
    }

    fn later(&self, answer: JoinHandle<Result<Reply, WindowError>>, callback: CallbackUrl) -> Served {
        let contact = self.window.city().contact.clone();
        match Answer::later("확인하고 있습니다. 잠시만 기다려 주세요.").to_json() {
            Ok(json) => {
                // Of the callback's minute a part is the network's.
                let left = CALLBACK_WITHIN.saturating_sub(self.within).saturating_sub(Duration::from_secs(5));
                let window = Arc::clone(&self.window);
                Served { json, later: Some(Later { window, answer, callback, contact, left }), problem: None }
            }
            Err(error) => self.sorry(error.into()),
        }
    }

    fn sorry(&self, problem: DoorError) -> Served {
        let contact = &self.window.city().contact;
        // A text of that length is always taken; if a contact were too long for it, a blank answer shows the block's own text.
        let json = Answer::sorry(contact).to_json().unwrap_or_else(|_| r#"{"version":"2.0"}"#.to_owned());
        Served { json, later: None, problem: Some(problem) }
    }
}

/// A late answer, and where it goes.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ready {
    /// Where.
    pub callback: CallbackUrl,
    /// The answer: one that Kakao takes.
    pub answer: Answer,
    /// What was wrong, for the log.
    pub problem: Option<DoorError>,
    window: Arc<Window>,
    reply: Reply,
}

impl Later {
    /// The answer as soon as it is there: within the callback's minute, or that it did not come.
    pub async fn ready(self) -> Ready {
        let reply = match tokio::time::timeout(self.left, self.answer).await {
            Ok(Ok(Ok(reply))) => Ok(reply),
            Ok(Ok(Err(error))) => Err(error.into()),
            Ok(Err(_)) => Err(DoorError::Lost),
            Err(_) => Err(DoorError::Late(CALLBACK_WITHIN)),
        };
        let reply = reply.and_then(|reply| {
            let answer = Answer::of(&reply);
            answer.to_json()?;
            Ok((reply, answer))
        });
        let (callback, window) = (self.callback, self.window);
        match reply {
            Ok((reply, answer)) => Ready { callback, answer, problem: None, window, reply },
            Err(problem) => {
                let answer = Answer::sorry(&self.contact);
                Ready { callback, answer, problem: Some(problem), window, reply: Reply::default() }
            }
        }
    }
}

impl Ready {
    /// That the callback took it: what it brings is not brought again.
    ///
    /// # Errors
    ///
    /// [`WindowError`] where that cannot be kept.
    pub async fn shown(&self, at: DateTime<Utc>) -> Result<(), WindowError> {
        self.window.shown(&self.reply, at).await
    }
}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Served({self}, {} bytes)", self.json.len())
    }
}

impl SkillRequest {
    /// What was said, as the window takes it. Nothing is kept of whoever comes from the console's test.
    #[must_use]
    pub fn turn(&self, channel: &ChannelId, at: DateTime<Utc>) -> Turn {
        let mut who = Speaker::nobody();
        if self.surface.as_deref() != Some("BuilderBotTest") {
            // The key at the bot is another than that of the channel: it is kept apart, and belongs to the same person.
            let user = &self.user;
            let in_channel = user.channel_user.clone().map(ChatUser::Channel);
            let at_bot = user.bot_user.clone().map(ChatUser::Bot);
            let in_app = user.app_user.map(ChatUser::App);
            who = in_channel
                .into_iter()
                .chain(at_bot)
                .chain(in_app)
                .fold(who, |who, user| who.and(user.identity(channel)));
        }
        let picture = self.media.as_ref().map(|media| media.url.as_str());
        // A picture's address is said in its place.
        let said = if picture == Some(self.utterance.as_str()) { "" } else { self.utterance.as_str() };
        let mut turn = Turn::new(channel.clone(), who, said, at);
        if let Some(picture) = picture {
            turn = turn.with_picture(picture);
        }
        // Older texts write Korean as `kr`.
        let language = self.language.as_deref().map(|code| if code == "kr" { "ko" } else { code });
        match language.and_then(|code| Language::parse(code.get(..2).unwrap_or(code)).ok()) {
            Some(language) => turn.in_language(language),
            None => turn,
        }
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.problem, &self.later) {
            (Some(problem), _) => write!(f, "sorry: {problem}"),
            (None, Some(_)) => f.write_str("later"),
            (None, None) => f.write_str("answered"),
        }
    }
}

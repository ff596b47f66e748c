//! The bot's door to the window: an event in, its answer out by its token.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sosik_chat::{Reply, Speaker, Turn, Window, WindowError};
use sosik_core::ChannelId;

use super::event::{BotEvent, BotEventKind, CallbackToken};
use crate::chat_user::ChatUser;
use crate::skill::{Answer, DoorError};

/// Kakao wants 2xx for an event within this time, whatever is answered later (Bot API, as `PyPI` package `kakaotalk-bot` 0.1.0 quotes it, 2026).
pub const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The Bot API's door to a city's window.
///
/// What someone says in a channel's chat is answered; in a room of several nothing is, since an answer may tell what is stored of
/// whoever asked. Every event that can be answered is, in a time that a person waits.
#[derive(Clone, Debug)]
pub struct BotDoor {
    window: Arc<Window>,
    channel: ChannelId,
    within: Duration,
}

/// What is answered to an event, and the token for it.
#[derive(Debug)]
#[non_exhaustive]
pub struct BotReply {
    /// For whom.
    pub to: CallbackToken,
    /// The answer: one that Kakao takes.
    pub answer: Answer,
    /// What was wrong, for the log: it names no one, and repeats nothing of what was said.
    pub problem: Option<DoorError>,
    window: Arc<Window>,
    reply: Reply,
}

impl BotDoor {
    /// The door of a channel's bot. It answers within twenty seconds, of the token's five minutes: whoever chats waits no longer.
    #[must_use]
    pub fn new(window: Arc<Window>, channel: ChannelId) -> Self {
        Self { window, channel, within: Duration::from_secs(20) }
    }

    /// Answers within another time.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// Whether an event is something to be answered: said in a channel's chat, with a token for the answer.
    #[must_use]
    pub fn answers(event: &BotEvent) -> bool {
        event.kind == BotEventKind::Message && event.is_channel && event.callback.is_some()
    }

    /// The answer to an event that came at an instant; `None` where there is nothing to be [answered](Self::answers). To be called on
    /// a tokio runtime: what takes too long goes on to its end.
    pub async fn answer(&self, event: &BotEvent, at: DateTime<Utc>) -> Option<BotReply> {
        let to = event.callback.clone().filter(|_| Self::answers(event))?;
        let turn = event.turn(&self.channel, at);
        let (window, asked) = (Arc::clone(&self.window), turn.clone());
        #[expect(clippy::disallowed_methods, reason = "what a turn does is done, also where its answer comes too late")]
        let answer = tokio::spawn(async move { window.answer(&asked).await });
        let reply = match tokio::time::timeout(self.within, answer).await {
            Ok(Ok(reply)) => reply.map_err(DoorError::from),
            Ok(Err(_)) => Err(DoorError::Lost),
            Err(_) => Err(DoorError::Late(self.within)),
        };
        let reply = reply.and_then(|reply| {
            let answer = Answer::of(&reply);
            answer.for_a_bot()?;
            Ok((reply, answer))
        });
        let window = Arc::clone(&self.window);
        Some(match reply {
            Ok((reply, answer)) => BotReply { to, answer, problem: None, window, reply },
            Err(problem) => {
                // Whom to call is told whatever takes long.
                let danger = self.window.danger(&turn).ok().flatten();
                let answer = danger.map_or_else(|| Answer::sorry(&self.window.city().contact), |it| Answer::of(&it));
                BotReply { to, answer, problem: Some(problem), window, reply: Reply::default() }
            }
        })
    }
}

impl BotReply {
    /// That the answer was taken: what it brings is not brought again.
    ///
    /// # Errors
    ///
    /// [`WindowError`] where that cannot be kept.
    pub async fn shown(&self, at: DateTime<Utc>) -> Result<(), WindowError> {
        self.window.shown(&self.reply, at).await
    }
}

impl BotEvent {
    /// What was said, as the window takes it.
    #[must_use]
    pub fn turn(&self, channel: &ChannelId, at: DateTime<Utc>) -> Turn {
        let who = match &self.user {
            Some(key) => Speaker::known_by(ChatUser::Bot(key.clone()).identity(channel)),
            None => Speaker::nobody(),
        };
        Turn::new(channel.clone(), who, &self.content, at)
    }
}

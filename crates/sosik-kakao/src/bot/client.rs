use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sosik_channel::{SendError, SendErrorKind};
use sosik_chat::{Notice, Notifier, NotifyError, async_trait};
use sosik_core::ChannelId;

use super::event::CallbackToken;
use crate::builder::{Kakao, KakaoError};
use crate::call::{ANSWERS, Caller, TIMEOUT};
use crate::chat_user::ChatUser;
use crate::errors::NAME;
use crate::event::{not_told, unknown_here};
use crate::skill::Answer;

/// A client of the Bot API, with the token of a bot.
#[derive(Clone, Debug)]
pub struct BotClient {
    caller: Caller,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BotSent {
    /// To how many rooms it was to go.
    #[serde(default)]
    pub total_count: u64,
    /// To how many it went.
    #[serde(default)]
    pub send_count: u64,
    /// To how many it did not.
    #[serde(default)]
    pub error_count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_user_key: Option<&'a str>,
    skill_response: Value,
}

impl BotClient {
    /// A client with a bot's token.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] names what cannot be used. The token is never repeated.
    pub fn new(token: impl Into<SecretString>) -> Result<Self, KakaoError> {
        Ok(Self { caller: Caller::new(("bot_token", token.into()), Kakao::PRODUCTION, None, TIMEOUT)? })
    }

    /// Calls another host: an emulator on this machine.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] where it is no address of a host.
    pub fn base_url(self, url: &str) -> Result<Self, KakaoError> {
        Ok(Self { caller: self.caller.at(url)? })
    }

    /// Answers an event, once and within five minutes of it.
    ///
    /// # Errors
    ///
    /// [`SendError`]: an answer that Kakao would refuse is not posted.
    /// [`Refused`](SendErrorKind::Refused) where the token was used or has expired: another try takes nothing either.
    pub async fn reply(&self, to: &CallbackToken, answer: &Answer) -> Result<BotSent, SendError> {
        let wire = Wire { bot_user_key: None, skill_response: written(answer)? };
        let request = self.caller.request(Method::POST, "v1/bot/callback")?.json(&wire);
        sent(Caller::call(request.header("X-Bot-Callback-Token", to.expose()), true).await?)
    }

    /// Writes to someone by their key at the bot, in the chat with the channel.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`RecipientUnreachable`](SendErrorKind::RecipientUnreachable) where they are no friend of the channel, or
    /// receive nothing.
    pub async fn send(&self, bot_user_key: &str, answer: &Answer) -> Result<BotSent, SendError> {
        let wire = Wire { bot_user_key: Some(bot_user_key), skill_response: written(answer)? };
        sent(Caller::call(self.caller.request(Method::POST, "v1/bot/send_message")?.json(&wire), true).await?)
    }
}

fn written(answer: &Answer) -> Result<Value, SendError> {
    let refused = |error| ANSWERS.invalid("the answer is none that a bot may give").with_source(error);
    answer.for_a_bot().map_err(refused)
}

fn sent(sent: BotSent) -> Result<BotSent, SendError> {
    match sent {
        BotSent { send_count: 0, error_count: 1.., .. } => {
            Err(SendError::new(SendErrorKind::RecipientUnreachable, NAME))
        }
        BotSent { send_count: 0, .. } => {
            Err(ANSWERS.unreadable(true).with_detail("it is not told whether it was sent"))
        }
        sent => Ok(sent),
    }
}

/// Tells people of a channel something by its bot: those who talked with it.
#[derive(Clone, Debug)]
pub struct BotNotifier {
    client: BotClient,
    channel: ChannelId,
}

impl BotNotifier {
    /// Tells people of a channel, whose bot it is.
    #[must_use]
    pub fn new(client: BotClient, channel: ChannelId) -> Self {
        Self { client, channel }
    }
}

#[async_trait]
impl Notifier for BotNotifier {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        let user = ChatUser::of(&notice.who, &self.channel).filter(|_| notice.channel == self.channel);
        let Some(ChatUser::Bot(key)) = user else { return Err(unknown_here()) };
        self.client.send(&key, &Answer::of(&notice.reply)).await.map(drop).map_err(not_told)
    }
}

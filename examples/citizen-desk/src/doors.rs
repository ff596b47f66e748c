//! The doors by which citizens talk with the city, and by which it speaks first.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderName;
use sosik::Clock;
use sosik::chat::{Notifier, OneOfNotifiers, Window};
use sosik::kakao::bot::{BotClient, BotDoor, BotNotifier};
use sosik::kakao::event::{EventClient, EventNotifier};
use sosik::kakao::skill::{Callbacks, SkillDoor};
use sosik::web::bot::BotWebhook;
use sosik::web::kakao::Chatbot;
use sosik_emulator::{BotHook, Emulator, Options, Skill};

use crate::args::Args;
use crate::parts::Parts;
use crate::server::random;
use crate::settings::{ChatbotTable, Settings};
use crate::{Failure, say};

/// The header in which the skill's and the bot's settings have a secret.
const HEADER: HeaderName = HeaderName::from_static("x-sosik-secret");

/// What Kakao knows of the city's chat: as it was given, or anything where its side is played.
pub(crate) struct ChatSecrets {
    skill: String,
    /// The chatbot that speaks first, and the app's REST key.
    event: Option<(ChatbotTable, String)>,
    /// The token of the bot, and the secret of its settings.
    bot: Option<(String, String)>,
}

impl ChatSecrets {
    pub(crate) fn of(args: &Args, settings: &Settings) -> Result<Self, Failure> {
        if args.emulator {
            let chatbot = ChatbotTable { bot: "demo-bot".to_owned(), event: "answer".to_owned() };
            let skill = args.skill_secret.clone().unwrap_or_else(random);
            return Ok(Self { skill, event: Some((chatbot, random())), bot: Some((random(), random())) });
        }
        let skill = args.skill_secret.clone();
        let skill = skill.ok_or("give SOSIK_SKILL_SECRET, or --emulator to play the Kakao side")?;
        let event = match (settings.chatbot.clone(), args.rest_key.clone()) {
            (Some(chatbot), Some(key)) => Some((chatbot, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err("give SOSIK_KAKAO_REST_KEY: the settings have a chatbot that speaks first".into());
            }
            (None, Some(_)) => {
                return Err("SOSIK_KAKAO_REST_KEY is for a chatbot of the settings: write [chatbot]".into());
            }
        };
        let bot = match (args.bot_token.clone(), args.bot_secret.clone()) {
            (Some(token), Some(secret)) => Some((token, secret)),
            (None, None) => None,
            _ => return Err("give both SOSIK_BOT_TOKEN and SOSIK_BOT_SECRET, or neither".into()),
        };
        Ok(Self { skill, event, bot })
    }

    /// An emulator that knows them.
    pub(crate) fn played_by(&self, mut options: Options) -> Options {
        if let Some((ChatbotTable { bot, event }, key)) = &self.event {
            options = options.with_event(bot, key, event, "{{#current.event.data.text}}");
        }
        if let Some((token, _)) = &self.bot {
            options = options.with_bot(token);
        }
        options
    }

    /// Lets the emulator's page talk with this server.
    pub(crate) fn play(&self, emulator: &Emulator, base: &str) {
        let skill = Skill::at(format!("{base}/kakao/skill")).with_header(HEADER.as_str(), &self.skill);
        emulator.play(skill.with_callback());
        if let Some((_, secret)) = &self.bot {
            emulator.play_bot(BotHook::at(format!("{base}/kakao/bot")).with_header(HEADER.as_str(), secret));
        }
    }
}

/// The routes of the doors, and what speaks first.
pub(crate) struct Doors {
    pub(crate) router: Router,
    pub(crate) notifier: Option<Arc<dyn Notifier>>,
    pub(crate) bot: Option<BotWebhook>,
}

impl Doors {
    pub(crate) fn new(
        parts: &Parts,
        secrets: &ChatSecrets,
        emulator: Option<&Emulator>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let url = emulator.map(Emulator::url);
        let (window, channel) = (&parts.window, &parts.settings.channel);
        let mut callbacks = Callbacks::new()?;
        if let Some(url) = &url {
            callbacks = callbacks.base_url(url)?;
        }
        let door = SkillDoor::new(Arc::clone(window), channel.clone());
        let chatbot = Chatbot::new(door, HEADER, secrets.skill.as_str(), callbacks, Arc::clone(clock));
        let mut router = chatbot.router();
        let mut doors: Vec<Arc<dyn Notifier>> = Vec::new();
        let mut bot = None;
        if let Some((token, secret)) = &secrets.bot {
            let mut client = BotClient::new(token.as_str())?;
            if let Some(url) = &url {
                client = client.base_url(url)?;
            }
            let door = BotDoor::new(Arc::clone(window), channel.clone());
            let webhook = BotWebhook::new(door, HEADER, secret.as_str(), client.clone(), Arc::clone(clock));
            router = router.merge(webhook.clone().router());
            doors.push(Arc::new(BotNotifier::new(client, channel.clone())));
            bot = Some(webhook);
        }
        if let Some((chatbot, key)) = &secrets.event {
            let mut client = EventClient::new(key.as_str(), &chatbot.bot)?;
            if let Some(url) = &url {
                client = client.base_url(url)?;
            }
            doors.push(Arc::new(EventNotifier::new(client, channel.clone(), &chatbot.event)));
        }
        let notifier = (!doors.is_empty()).then(|| Arc::new(OneOfNotifiers::new(doors)) as Arc<dyn Notifier>);
        Ok(Self { router, notifier, bot })
    }
}

/// Tells citizens what staff answered, until the server stops.
pub(crate) async fn telling(
    window: &Window,
    notifier: Option<&dyn Notifier>,
    clock: &dyn Clock,
    shutdown: impl Future,
) {
    /// An answer took someone days: some seconds are nothing to it, and nobody is asked in vain.
    const EVERY: Duration = Duration::from_secs(3);
    /// A door that cannot be asked is left alone so long.
    const AWAY: Duration = Duration::from_secs(60);

    let Some(notifier) = notifier else { return };
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        // One after the other, so that a server that stops waits for one, and each by its own instant.
        let wait = match window.tell_answers(notifier, clock.now(), 1).await {
            Ok(told) => {
                for problem in told.problems {
                    say(&format!("error: an answer was not told: {problem}"));
                }
                match (told.reached + told.left, told.postponed) {
                    (_, 1..) => AWAY,
                    (1.., _) => Duration::ZERO,
                    _ => EVERY,
                }
            }
            Err(error) => {
                say(&format!("error: answers were not told: {error}"));
                AWAY
            }
        };
        if tokio::time::timeout(wait, &mut shutdown).await.is_ok() {
            return;
        }
    }
}

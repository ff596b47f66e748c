use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use sosik_core::Language;
use sosik_registry::{Identity, Subscriber};

use crate::emergency::Emergency;
use crate::reply::{Bubble, Button, Does, Facts, Reply};
use crate::session::{Pending, Session};
use crate::window::{REMEMBERED, Window, WindowError};
use crate::words::{Short, short};
use crate::{ChatStoreErrorKind, Intent, Slots, TicketChange, Turn, Understood};

/// One turn of a conversation: what was said, and what is remembered of before.
pub(crate) struct Talk<'a> {
    pub(crate) window: &'a Window,
    pub(crate) turn: &'a Turn,
    pub(crate) session: Session,
    pub(crate) language: Language,
    /// The city's day.
    pub(crate) today: NaiveDate,
    /// Whether what is remembered was forgotten on purpose.
    pub(crate) is_over: bool,
}

impl<'a> Talk<'a> {
    /// A turn of which nothing before is known, and nothing is kept.
    pub(crate) fn at_once(window: &'a Window, turn: &'a Turn) -> Self {
        let spoken = turn.language.clone().filter(|language| window.words.has(language));
        let today = turn.at.with_timezone(&window.zone).date_naive();
        let language = spoken.unwrap_or_else(Language::korean);
        Self { window, turn, session: Session::default(), language, today, is_over: false }
    }

    pub(crate) async fn begin(window: &'a Window, turn: &'a Turn) -> Result<Self, WindowError> {
        let mut talk = Self::at_once(window, turn);
        if let Some(key) = turn.who.key() {
            talk.session = window.chats.session(key, &turn.channel, turn.at).await?.unwrap_or_default();
        }
        let chosen = talk.session.language.as_deref().and_then(|code| Language::parse(code).ok());
        if let Some(language) = chosen.filter(|language| window.words.has(language)) {
            talk.language = language;
        }
        Ok(talk)
    }

    /// Remembers what is to be remembered.
    pub(crate) async fn keep(&self) -> Result<(), WindowError> {
        if let Some(key) = self.turn.who.key().filter(|_| !self.is_over) {
            self.window.chats.keep(key, &self.turn.channel, &self.session, self.turn.at + REMEMBERED).await?;
        }
        Ok(())
    }

    /// What is answered.
    pub(crate) async fn reply(&mut self) -> Result<Reply, WindowError> {
        if let Some(pending) = self.session.pending.take() {
            if short(&self.turn.said) == Some(Short::Stop) {
                return Ok(self.menu_choices(Reply::text(self.say("cancelled", &())?)));
            }
            if let Some(reply) = self.go_on(pending).await? {
                return Ok(reply);
            }
        }
        if self.turn.said.is_empty() {
            return self.ask_person(self.turn.picture.clone());
        }
        let understood = self.window.understanding.understand(&self.turn.said, self.today).await;
        // An engine that cannot be asked is as one that does not understand: a person is offered.
        let understood = understood.unwrap_or_default();
        if understood.intent.is_some() {
            self.session.misses = 0;
        }
        self.of(understood).await
    }

    /// Goes on with what was asked of the citizen; `None` where they said something else.
    async fn go_on(&mut self, pending: Pending) -> Result<Option<Reply>, WindowError> {
        match pending {
            Pending::Agree { areas, topics, term, agreed } => self.agreed(areas, topics, term, agreed).await,
            Pending::Withdraw => self.withdraw_answered().await,
            Pending::Delete { code, until, tries } => self.delete_answered(code, until, tries).await.map(Some),
            Pending::Question { picture } => self.question(picture).map(Some),
            Pending::Send { text, picture } => self.send(text, picture).await,
        }
    }

    async fn of(&mut self, understood: Understood) -> Result<Reply, WindowError> {
        let slots = understood.slots;
        match understood.intent {
            Some(Intent::Menu) => self.menu(),
            Some(Intent::Thanks) => Ok(self.menu_choices(Reply::text(self.say("thanks", &())?))),
            Some(Intent::News) => self.news(&slots).await,
            Some(Intent::Search) => self.search().await,
            Some(Intent::DistrictNews) => self.district_news(&slots).await,
            Some(Intent::Events) => self.events(&slots).await,
            Some(Intent::Subscribe) => self.subscribe(&slots).await,
            Some(Intent::Unsubscribe) => self.unsubscribe(&slots).await,
            Some(Intent::Language) => self.choose_language(&slots).await,
            Some(Intent::MyData) => self.my_data().await,
            Some(Intent::Withdraw) => self.withdraw().await,
            Some(Intent::Delete) => self.delete().await,
            Some(Intent::Office) => self.office(),
            Some(Intent::Person) => self.person(),
            Some(Intent::Ticket) => self.tickets().await,
            Some(own @ Intent::Own(_)) => {
                let answer = self.window.intents.get(&own).and_then(|rule| rule.answer.clone());
                match answer {
                    Some(answer) => Ok(self.menu_choices(Reply::text(answer))),
                    None => self.missed(&slots).await,
                }
            }
            None => self.missed(&slots).await,
        }
    }

    /// What was not understood: what it may have meant, and a person. It is counted.
    async fn missed(&mut self, slots: &Slots) -> Result<Reply, WindowError> {
        /// So much of what was said is kept, to learn from.
        const KEPT: usize = 100;

        let said: String = crate::mask(&self.turn.said).chars().take(KEPT).collect();
        self.window.chats.miss(&said, self.today).await?;
        self.session.misses += 1;
        let person = |talk: &Self, reply: Reply| -> Result<Reply, WindowError> {
            Ok(talk.menu_choices(talk.offer(reply, &Intent::Person)))
        };
        let found = self.window.archive.search(&self.turn.said, self.turn.at, 3).await?;
        if !found.is_empty() {
            let reply = Reply::text(self.say("maybe", &())?).with(self.list(&found)?);
            return person(self, reply);
        }
        if !slots.topics.is_empty() {
            return self.news(slots).await;
        }
        let key = if self.session.misses > 1 { "missed-again" } else { "missed" };
        person(self, Reply::text(self.say(key, &self.contact())?))
    }

    /// Whom to call, before anything else.
    pub(crate) fn danger(&self, emergency: &Emergency) -> Result<Reply, WindowError> {
        let is_mind = emergency.lines.first().is_some_and(|line| line.number == "109");
        let first = self.say(if is_mind { "danger-mind" } else { "danger" }, &())?;
        let mut facts = Facts::new(first);
        for line in &emergency.lines {
            facts = facts.fact(line.name.as_str(), format!("{} ({})", line.for_what, line.hours));
            let label = self.say("call", &json!({"number": line.number}))?;
            facts.buttons.push(Button { label, does: Does::Calls(line.number.clone()) });
        }
        // What a screen shows first is what is heard first: the numbers stand in the text too.
        let reply = Reply::default().with(Bubble::Facts(facts)).with(Bubble::Text(self.say("not-a-line", &())?));
        Ok(self.offer(reply, &Intent::Person))
    }

    /// What staff answered and has not been read yet.
    pub(crate) async fn arrived(&self) -> Result<Vec<Bubble>, WindowError> {
        let Some(key) = self.turn.who.key().filter(|_| !self.is_over) else { return Ok(Vec::new()) };
        let mut bubbles = Vec::new();
        for ticket in self.window.chats.tickets_of(key, 5).await? {
            let texts: Vec<&str> = ticket.undelivered().map(|entry| entry.text.as_str()).collect();
            if texts.is_empty() || !bubbles.is_empty() {
                continue;
            }
            let values = json!({"number": ticket.number.to_string(), "text": texts.join("\n")});
            let text = self.say("ticket-arrived", &values)?;
            match self.window.chats.change(&ticket, &TicketChange::Delivered, self.turn.at).await {
                Ok(_) => bubbles.push(Bubble::Text(text)),
                // Another turn shows it.
                Err(error) if error.kind() == ChatStoreErrorKind::Conflict => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(bubbles)
    }

    pub(crate) fn say(&self, key: &str, values: &impl Serialize) -> Result<String, WindowError> {
        self.window.say(&self.language, key, values)
    }

    pub(crate) fn contact(&self) -> serde_json::Value {
        json!({"contact": self.window.city.contact, "city": self.window.city.name})
    }

    /// The day of an instant, as templates take it.
    pub(crate) fn day(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.window.zone).date_naive().to_string()
    }

    /// A reply with the choice of an intent, as its table names it.
    pub(crate) fn offer(&self, reply: Reply, intent: &Intent) -> Reply {
        match self.window.intents.get(intent) {
            Some(rule) => reply.choice(rule.label_in(&self.language), rule.label_in(&self.language)),
            None => reply,
        }
    }

    /// A reply with what is asked for most.
    pub(crate) fn menu_choices(&self, reply: Reply) -> Reply {
        let offered = [Intent::News, Intent::Events, Intent::DistrictNews, Intent::Office, Intent::Person];
        offered.iter().fold(reply, |reply, intent| self.offer(reply, intent))
    }

    fn menu(&self) -> Result<Reply, WindowError> {
        let hello = format!("{}\n{}", self.say("hello", &self.contact())?, self.say("menu-hint", &())?);
        let all = [
            Intent::News,
            Intent::Events,
            Intent::DistrictNews,
            Intent::Subscribe,
            Intent::Office,
            Intent::Person,
            Intent::Ticket,
            Intent::MyData,
            Intent::Language,
        ];
        Ok(all.iter().fold(Reply::text(hello), |reply, intent| self.offer(reply, intent)))
    }

    /// Who speaks, as they are kept: found by the first of their ids that is known.
    pub(crate) async fn subscriber(&self) -> Result<Option<Subscriber>, WindowError> {
        for identity in &self.turn.who.identities {
            if let Some(found) = self.window.subscribers.find(identity).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    pub(crate) fn key(&self) -> Option<&Identity> {
        self.turn.who.key()
    }
}

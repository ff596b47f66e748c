use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use sosik_core::Language;
use sosik_registry::{Identity, Subscriber};

use crate::emergency::Emergency;
use crate::reply::{Bubble, Button, Does, Facts, MOST_BUBBLES, Reply};
use crate::session::{Pending, Session};
use crate::tasks::Wish;
use crate::window::{REMEMBERED, Window, WindowError};
use crate::words::{Short, short};
use crate::{ChatStoreError, ChatStoreErrorKind, Intent, Slots, Ticket, Turn, Understood};

/// One turn of a conversation: what was said, and what is remembered of before.
pub(crate) struct Talk<'a> {
    pub(crate) window: &'a Window,
    pub(crate) turn: &'a Turn,
    pub(crate) session: Session,
    /// What was asked of the citizen last, once it was taken out.
    pending: Option<Pending>,
    pub(crate) language: Language,
    /// The city's day.
    pub(crate) today: NaiveDate,
    /// Whether what was said tells of danger: then only what is certainly meant is answered beside it.
    is_danger: bool,
    /// Whether something that was begun was left for something else.
    pub(crate) has_left: bool,
    /// Whether what is remembered was forgotten on purpose.
    pub(crate) is_over: bool,
    /// What is meant, once that was asked: an engine may take its time.
    meant: Option<Understood>,
}

impl<'a> Talk<'a> {
    /// A turn of which nothing before is known, and nothing is kept.
    pub(crate) fn at_once(window: &'a Window, turn: &'a Turn) -> Self {
        let spoken = turn.language.clone().filter(|language| window.words.has(language));
        let today = turn.at.with_timezone(&window.zone).date_naive();
        let language = spoken.unwrap_or_else(Language::korean);
        let session = Session::default();
        let (pending, is_danger, has_left, is_over) = (None, false, false, false);
        Self { window, turn, session, pending, language, today, is_danger, has_left, is_over, meant: None }
    }

    pub(crate) async fn begin(window: &'a Window, turn: &'a Turn, is_danger: bool) -> Result<Self, WindowError> {
        let mut talk = Self::at_once(window, turn);
        talk.is_danger = is_danger;
        if let Some(key) = turn.who.key() {
            talk.session = window.chats.session(key, &turn.channel, turn.at).await?.unwrap_or_default();
        }
        let chosen = talk.session.language.as_deref().and_then(|code| Language::parse(code).ok());
        if let Some(language) = chosen.filter(|language| window.words.has(language)) {
            talk.language = language;
        }
        Ok(talk)
    }

    /// Takes out what was asked, so that it is acted on once; `false` where another turn of theirs does so now.
    pub(crate) async fn take(&mut self) -> Result<bool, WindowError> {
        self.pending = self.session.pending.take();
        let Some(key) = self.turn.who.key().filter(|_| self.pending.is_some()) else { return Ok(true) };
        match self.keep_of(key, &self.session).await {
            Ok(()) => {
                self.session.version += 1;
                Ok(true)
            }
            Err(error) if error.kind() == ChatStoreErrorKind::Conflict => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Remembers what is to be remembered.
    pub(crate) async fn keep(&self) -> Result<(), WindowError> {
        let Some(key) = self.turn.who.key().filter(|_| !self.is_over) else { return Ok(()) };
        match self.keep_of(key, &self.session).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ChatStoreErrorKind::Conflict && self.session.pending.is_none() => Ok(()),
            // Another turn of theirs went on, and this one asks something: its question is the last that they see.
            Err(error) if error.kind() == ChatStoreErrorKind::Conflict => {
                let known = self.window.chats.session(key, &self.turn.channel, self.turn.at).await?;
                let mut session = self.session.clone();
                session.version = known.map_or(0, |known| known.version);
                Ok(self.keep_of(key, &session).await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn keep_of(&self, key: &Identity, session: &Session) -> Result<(), ChatStoreError> {
        let (channel, at) = (&self.turn.channel, self.turn.at);
        self.window.chats.keep(key, channel, session, at + REMEMBERED, at).await
    }

    /// What is answered; nothing where danger is all that was said.
    pub(crate) async fn reply(&mut self) -> Result<Reply, WindowError> {
        if let Some(pending) = self.pending.take() {
            let goes_to_a_person = matches!(pending, Pending::Question { .. } | Pending::Send { .. });
            if self.is_danger && !goes_to_a_person && !self.refuses().await {
                self.session.pending = Some(pending);
                return Ok(Reply::default());
            }
            if short(&self.turn.said) == Some(Short::Stop) {
                return Ok(self.menu_choices(Reply::text(self.say("cancelled", &())?)));
            }
            if let Some(reply) = self.go_on(pending).await? {
                return Ok(reply);
            }
        }
        if self.turn.said.is_empty() {
            // A button without words, or a picture.
            return match &self.turn.picture {
                Some(picture) => self.ask_person(Some(picture.clone()), None),
                None => self.menu(),
            };
        }
        let understood = self.understood().await;
        if understood.intent.is_none() && self.is_danger {
            return Ok(Reply::default());
        }
        if understood.intent.is_some() {
            self.session.misses = 0;
        }
        let reply = self.of(understood).await?;
        if self.has_left {
            let left = Bubble::Text(self.say("terms-left", &())?);
            let fits = reply.bubbles.len() + usize::from(self.is_danger) < MOST_BUBBLES;
            return Ok(if fits { reply.after(vec![left]) } else { reply });
        }
        Ok(reply)
    }

    /// What is meant; an engine that cannot be asked is as one that does not understand: a person is offered.
    pub(crate) async fn understood(&mut self) -> Understood {
        if self.meant.is_none() {
            self.meant = self.window.understanding.understand(&self.turn.said, self.today).await.ok();
        }
        self.meant.clone().unwrap_or_default()
    }

    /// Whether they want to get less, or nothing, of the city: that is heard beside anything.
    async fn refuses(&mut self) -> bool {
        matches!(self.understood().await.intent, Some(Intent::Withdraw | Intent::Unsubscribe | Intent::Delete))
    }

    /// Goes on with what was asked of the citizen; `None` where they said something else.
    async fn go_on(&mut self, pending: Pending) -> Result<Option<Reply>, WindowError> {
        match pending {
            Pending::Agree { areas, topics, shown, agreed, declined } => {
                self.agreed(Wish { areas, topics }, shown, agreed, declined).await
            }
            Pending::Change { areas, topics, stops } => self.changed(Wish { areas, topics }, stops).await,
            Pending::Which { stops } => self.which(stops).await,
            Pending::Withdraw { purposes } => self.withdraw_answered(&purposes).await,
            Pending::Delete { code, until, tries } => self.delete_answered(code, until, tries).await,
            Pending::Question { picture, ticket } => self.question(picture, ticket).map(Some),
            Pending::Send { text, picture, ticket } => self.send(text, picture, ticket).await,
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
            Some(Intent::FollowUp) => self.follow_up().await,
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
        /// So long a text is counted as it stands; a longer one may tell of someone, and is counted as one that was long.
        const COUNTED: usize = 20;

        let said = crate::mask(&self.turn.said);
        let is_short = said.chars().count() <= COUNTED;
        self.window.chats.miss(if is_short { &said } else { "(긴 글)" }, self.today).await?;
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

    /// What staff answered and has not been read yet: one entry of one ticket, the oldest first, and which that is.
    pub(crate) async fn arrived(&self) -> Result<Option<(Reply, Ticket, usize)>, WindowError> {
        if self.is_over {
            return Ok(None);
        }
        // Under whichever of their ids they asked: in this channel.
        // Where the registry cannot be asked, under those of the turn alone: whatever was asked now is answered.
        let known = self.known().await.unwrap_or_default();
        let mut tickets = self.tickets_of(&self.everything_of(&known)).await?;
        tickets.retain(|ticket| ticket.channel == self.turn.channel);
        for ticket in tickets.into_iter().rev() {
            let due = ticket.due_with_a_turn(self.turn.at).next();
            let Some((at, text)) = due.map(|(at, entry)| (at, entry.text.clone())) else { continue };
            return Ok(Some((self.window.arrival(&ticket, &text)?, ticket, at)));
        }
        Ok(None)
    }

    /// The tickets of someone under any of these, the newest first.
    pub(crate) async fn tickets_of(&self, identities: &[Identity]) -> Result<Vec<Ticket>, WindowError> {
        /// More than anyone has open at once.
        const MOST: usize = 50;

        let mut tickets = Vec::new();
        for identity in identities {
            tickets.extend(self.window.chats.tickets_of(identity, MOST).await?);
        }
        tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.number));
        tickets.dedup_by_key(|ticket| ticket.number);
        Ok(tickets)
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

    /// Who speaks, as they are kept: everyone who is known by one of the ids that the door gives, which may be two records.
    pub(crate) async fn known(&self) -> Result<Vec<Subscriber>, WindowError> {
        let mut known: Vec<Subscriber> = Vec::new();
        for identity in &self.turn.who.identities {
            let found = self.window.subscribers.find(identity).await?;
            known.extend(found.filter(|found| !known.iter().any(|one| one.id == found.id)));
        }
        Ok(known)
    }

    /// All by which whoever speaks is known: here, and in the records of them.
    pub(crate) fn everything_of(&self, known: &[Subscriber]) -> Vec<Identity> {
        let mut all = self.turn.who.identities.clone();
        for identity in known.iter().flat_map(|person| &person.identities) {
            if !all.contains(identity) {
                all.push(identity.clone());
            }
        }
        all
    }

    /// How it can be shown what was said: in which channel, and when.
    pub(crate) fn evidence(&self) -> String {
        format!("chat {} {}", self.turn.channel, self.turn.at.format("%Y-%m-%dT%H:%M:%SZ"))
    }

    pub(crate) fn key(&self) -> Option<&Identity> {
        self.turn.who.key()
    }
}

//! What is stored of someone: shown, withdrawn, deleted.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sosik_content::Topic;
use sosik_registry::{
    ConsentEvent, DutyKind, Erasure, Medium, Note, Purpose, RelationState, Request, Subscriber, duties, standing,
};

use crate::Intent;
use crate::reply::{Bubble, Facts, Reply};
use crate::session::Pending;
use crate::talk::Talk;
use crate::text::dense;
use crate::window::WindowError;
use crate::words::{Short, short};

/// How long a code holds, and how often it may be tried.
const CODE_HOLDS: TimeDelta = TimeDelta::minutes(5);
const TRIES: u32 = 5;

impl Talk<'_> {
    pub(crate) async fn my_data(&self) -> Result<Reply, WindowError> {
        let tickets = match self.key() {
            Some(key) => self.window.chats.tickets_of(key, 100).await?.len(),
            None => 0,
        };
        let person = self.subscriber().await?;
        if person.is_none() && tickets == 0 {
            return Ok(self.menu_choices(Reply::text(self.say("data-none", &())?)));
        }
        let mut facts = Facts::new(self.say("data-title", &())?);
        if let Some(person) = &person {
            facts = self.facts_of_person(person, facts)?;
        }
        if tickets > 0 {
            facts =
                facts.fact(self.say("data-tickets", &())?, self.say("data-tickets-count", &json!({"count": tickets}))?);
        }
        if let Some(person) = &person {
            self.answered(person, Request::Access).await?;
        }
        let reply =
            Reply::default().with(Bubble::Facts(facts)).with(Bubble::Text(self.say("data-rights", &self.contact())?));
        let reply = self.offer(self.offer(reply, &Intent::Unsubscribe), &Intent::Withdraw);
        Ok(self.offer(reply, &Intent::Delete))
    }

    fn facts_of_person(&self, person: &Subscriber, mut facts: Facts) -> Result<Facts, WindowError> {
        let word = |is_so: bool| self.say(if is_so { "yes-word" } else { "no-word" }, &());
        if let Some(phone) = person.phone() {
            // Enough to know it by, and no more: a chat lies open on a screen.
            facts = facts.fact(self.say("data-phone", &())?, phone.masked());
        }
        if let Some(area) = &person.area {
            facts = facts.fact(self.say("data-area", &())?, self.district_name(area));
        }
        let topics = if person.topics.is_empty() {
            self.say("data-topics-all", &())?
        } else {
            let name =
                |code: &String| Topic::parse(code).map_or_else(|_| code.clone(), |topic| topic.korean().to_owned());
            person.topics.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        facts = facts.fact(self.say("data-topics", &())?, topics);
        if let Some(language) = &person.language {
            facts = facts.fact(self.say("data-language", &())?, language.to_string());
        }
        facts = facts.fact(self.say("data-text", &())?, word(person.allows_text)?);
        if let Some(quiet) = &person.quiet {
            facts = facts.fact(self.say("data-quiet", &())?, quiet.to_string());
        }
        let states: Vec<String> = person
            .relations
            .iter()
            .map(|relation| {
                let state = if relation.state == RelationState::Blocked { "blocked" } else { "added" };
                Ok(format!("{} {}", relation.channel, self.say(state, &())?))
            })
            .collect::<Result<_, WindowError>>()?;
        if !states.is_empty() {
            facts = facts.fact(self.say("data-channels", &())?, states.join(", "));
        }
        for purpose in Purpose::ALL {
            if let Some(event) = standing(&person.consents, purpose, self.turn.at) {
                let name = self.say("data-consent", &json!({"purpose": self.purpose(purpose)?}))?;
                let key = if event.granted { "data-granted" } else { "data-withdrawn" };
                facts = facts.fact(name, self.say(key, &json!({"day": self.day(event.at)}))?);
            }
        }
        Ok(facts.fact(self.say("data-since", &())?, self.day(person.since)))
    }

    fn purpose(&self, purpose: Purpose) -> Result<String, WindowError> {
        self.say(&format!("purpose-{}", purpose.code()), &())
    }

    /// What someone agrees to, of what can be withdrawn.
    fn agreed_to(&self, person: &Subscriber) -> Vec<Purpose> {
        let stands =
            |purpose: &Purpose| standing(&person.consents, *purpose, self.turn.at).is_some_and(|event| event.granted);
        Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::PublicSafety).filter(stands).collect()
    }

    fn names(&self, purposes: &[Purpose]) -> Result<String, WindowError> {
        let names = purposes.iter().map(|purpose| self.purpose(*purpose)).collect::<Result<Vec<_>, _>>()?;
        Ok(names.join(", "))
    }

    pub(crate) async fn withdraw(&mut self) -> Result<Reply, WindowError> {
        let person = self.subscriber().await?;
        let purposes = person.as_ref().map(|person| self.agreed_to(person)).unwrap_or_default();
        if purposes.is_empty() {
            return Ok(self.menu_choices(Reply::text(self.say("withdraw-none", &())?)));
        }
        self.session.pending = Some(Pending::Withdraw);
        let text = self.say("withdraw-ask", &json!({"what": self.names(&purposes)?}))?;
        let (yes, no) = (self.say("yes", &())?, self.say("no", &())?);
        Ok(Reply::text(text).choice(yes.clone(), yes).choice(no.clone(), no))
    }

    pub(crate) async fn withdraw_answered(&mut self) -> Result<Option<Reply>, WindowError> {
        match short(&self.turn.said) {
            Some(Short::Yes) => {}
            Some(_) => return Ok(Some(self.menu_choices(Reply::text(self.say("cancelled", &())?)))),
            None => return Ok(None),
        }
        let Some(person) = self.subscriber().await? else { return self.my_data().await.map(Some) };
        let purposes = self.agreed_to(&person);
        for purpose in &purposes {
            let said = ConsentEvent::withdrawn(*purpose, self.turn.at, self.evidence()).by(Medium::Chat);
            self.window.subscribers.record(person.id, &said).await?;
        }
        // The answer tells them what came of it: who says so, that it is withdrawn, and when (정보통신망법 시행령 제62조의2).
        if let Some(person) = self.subscriber().await? {
            let told = duties(&person, self.turn.at).into_iter();
            for duty in told.filter(|duty| duty.kind == DutyKind::ResultNotice && duty.about == self.turn.at) {
                self.window.subscribers.note(person.id, &Note::done(&duty, self.turn.at, self.evidence())).await?;
            }
        }
        let values = json!({
            "city": self.window.city.name, "day": self.day(self.turn.at), "what": self.names(&purposes)?,
        });
        Ok(Some(self.menu_choices(Reply::text(self.say("withdrawn", &values)?))))
    }

    pub(crate) async fn delete(&mut self) -> Result<Reply, WindowError> {
        let has_tickets = match self.key() {
            Some(key) => !self.window.chats.tickets_of(key, 1).await?.is_empty(),
            None => false,
        };
        let person = self.subscriber().await?;
        if person.is_none() && !has_tickets {
            return Ok(self.menu_choices(Reply::text(self.say("delete-none", &())?)));
        }
        let code = self.code();
        let text = match (person.as_ref().and_then(Subscriber::phone), &self.window.codes) {
            (Some(phone), Some(codes)) if codes.send(phone, &code).await.is_ok() => self.say("delete-sent", &())?,
            (Some(_), _) => {
                // Whoever holds this telephone need not be whose number is stored.
                return Ok(Reply::text(self.say("delete-person", &self.contact())?));
            }
            (None, _) => self.say("delete-ask", &json!({"code": code}))?,
        };
        self.session.pending = Some(Pending::Delete { code, until: self.turn.at + CODE_HOLDS, tries: TRIES });
        let cancel = self.say("cancel", &())?;
        Ok(Reply::text(text).choice(cancel.clone(), cancel))
    }

    /// Six digits.
    fn code(&self) -> String {
        let mut bytes = [0; 4];
        self.window.entropy.fill(&mut bytes);
        format!("{:06}", u32::from_le_bytes(bytes) % 1_000_000)
    }

    pub(crate) async fn delete_answered(
        &mut self,
        code: String,
        until: DateTime<Utc>,
        tries: u32,
    ) -> Result<Reply, WindowError> {
        if self.turn.at >= until {
            return Ok(self.menu_choices(Reply::text(self.say("delete-over", &())?)));
        }
        if dense(&self.turn.said) != code {
            let tries = tries.saturating_sub(1);
            if tries == 0 {
                return Ok(self.menu_choices(Reply::text(self.say("delete-over", &())?)));
            }
            self.session.pending = Some(Pending::Delete { code, until, tries });
            let cancel = self.say("cancel", &())?;
            let text = self.say("delete-wrong", &json!({"tries": tries}))?;
            return Ok(Reply::text(text).choice(cancel.clone(), cancel));
        }
        // What they said goes first: should the rest fail, they can ask again, and are still known.
        for identity in &self.turn.who.identities {
            self.window.chats.forget(identity).await?;
        }
        if let Some(person) = self.subscriber().await? {
            self.answered(&person, Request::Erasure).await?;
            let erasure = Erasure::new(self.turn.at, "asked for in the chat");
            self.window.subscribers.erase(person.id, &erasure).await?;
        }
        self.is_over = true;
        Ok(Reply::text(self.say("deleted", &())?))
    }

    /// Notes that someone asked for something, and that it was done with this answer.
    async fn answered(&self, person: &Subscriber, request: Request) -> Result<(), WindowError> {
        let store = &self.window.subscribers;
        store.note(person.id, &Note::asked(request, self.turn.at, self.evidence())).await?;
        if let Some(person) = self.subscriber().await? {
            let owed = duties(&person, self.turn.at).into_iter();
            for duty in owed.filter(|duty| duty.kind == DutyKind::Answer && duty.about == self.turn.at) {
                store.note(person.id, &Note::done(&duty, self.turn.at, self.evidence())).await?;
            }
        }
        Ok(())
    }

    /// How it can be shown: which channel, and when.
    fn evidence(&self) -> String {
        format!("chat {} {}", self.turn.channel, self.turn.at.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

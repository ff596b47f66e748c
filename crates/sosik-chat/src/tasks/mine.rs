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

/// Codes that are sent in one conversation.
const MOST_CODES: u32 = 3;
/// How long a code holds, and how often it may be tried.
const CODE_HOLDS: TimeDelta = TimeDelta::minutes(5);
const TRIES: u32 = 5;

impl Talk<'_> {
    pub(crate) async fn my_data(&self) -> Result<Reply, WindowError> {
        let known = self.known().await?;
        let tickets = self.tickets_of(&self.everything_of(&known)).await?.len();
        if known.is_empty() && tickets == 0 {
            return Ok(self.menu_choices(Reply::text(self.say("data-none", &())?)));
        }
        let title = || self.say("data-title", &());
        let mut all = known.iter().map(|person| self.facts_of_person(person, Facts::new(title()?)));
        let mut facts = all.by_ref().collect::<Result<Vec<_>, WindowError>>()?;
        if facts.is_empty() {
            facts.push(Facts::new(title()?));
        }
        if let Some(first) = facts.first_mut().filter(|_| tickets > 0) {
            let count = self.say("data-tickets-count", &json!({"count": tickets}))?;
            first.facts.push((self.say("data-tickets", &())?, count));
        }
        for person in &known {
            self.answered(person, Request::Access).await?;
        }
        let rights = Bubble::Text(self.say("data-rights", &self.contact())?);
        let reply = facts
            .into_iter()
            .take(crate::MOST_BUBBLES - 1)
            .fold(Reply::default(), |reply, facts| reply.with(Bubble::Facts(facts)));
        let reply = self.offer(self.offer(reply.with(rights), &Intent::Unsubscribe), &Intent::Withdraw);
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
        for purpose in Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::PublicSafety) {
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
    fn agreed_to(&self, known: &[Subscriber]) -> Vec<Purpose> {
        let stands = |purpose: &Purpose| {
            let of = |person: &Subscriber| {
                standing(&person.consents, *purpose, self.turn.at).is_some_and(|event| event.granted)
            };
            known.iter().any(of)
        };
        Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::PublicSafety).filter(stands).collect()
    }

    fn names(&self, purposes: &[Purpose]) -> Result<String, WindowError> {
        let names = purposes.iter().map(|purpose| self.purpose(*purpose)).collect::<Result<Vec<_>, _>>()?;
        Ok(names.join(", "))
    }

    pub(crate) async fn withdraw(&mut self) -> Result<Reply, WindowError> {
        let purposes = self.agreed_to(&self.known().await?);
        if purposes.is_empty() {
            return Ok(self.menu_choices(Reply::text(self.say("withdraw-none", &())?)));
        }
        self.session.pending =
            Some(Pending::Withdraw { purposes: purposes.iter().map(|purpose| purpose.code().to_owned()).collect() });
        let text = self.say("withdraw-ask", &json!({"what": self.names(&purposes)?}))?;
        let no = self.say("no", &())?;
        let mut reply = Reply::text(text);
        // Each can be withdrawn alone: whoever wants no advertisements need not give up the rest.
        if let [_] = purposes[..] {
            let yes = self.say("yes", &())?;
            reply = reply.choice(yes.clone(), yes);
        } else {
            let all = self.say("withdraw-all", &())?;
            reply = reply.choice(all.clone(), all);
            for purpose in &purposes {
                let only = self.say("withdraw-only", &json!({"what": self.purpose(*purpose)?}))?;
                reply = reply.choice(only.clone(), only);
            }
        }
        Ok(reply.choice(no.clone(), no))
    }

    pub(crate) async fn withdraw_answered(&mut self, asked: &[String]) -> Result<Option<Reply>, WindowError> {
        let asked: Vec<Purpose> = asked.iter().filter_map(|code| Purpose::from_code(code)).collect();
        let (said, answer) = (dense(&self.turn.said), short(&self.turn.said));
        let is = |text: String| dense(&text) == said;
        let is_only = |purpose: &&Purpose| -> bool {
            let name = self.purpose(**purpose).and_then(|what| self.say("withdraw-only", &json!({"what": what})));
            name.is_ok_and(is)
        };
        let wanted: Vec<Purpose> = match asked.iter().find(is_only) {
            Some(only) => vec![*only],
            None if answer == Some(Short::Yes) || is(self.say("withdraw-all", &())?) => asked,
            None if answer.is_some() => {
                return Ok(Some(self.menu_choices(Reply::text(self.say("cancelled", &())?))));
            }
            None => return Ok(None),
        };
        let mut known = self.known().await?;
        for person in &mut known {
            for purpose in self.agreed_to(std::slice::from_ref(person)).into_iter().filter(|one| wanted.contains(one)) {
                let said = ConsentEvent::withdrawn(purpose, self.turn.at, self.evidence()).by(Medium::Chat);
                self.window.subscribers.record(person.id, &said).await?;
                person.consents.push(said);
            }
        }
        // The answer tells them what came of it: who says so, that it is withdrawn, and when (정보통신망법 시행령 제62조의2).
        for person in &known {
            self.done_now(person, DutyKind::ResultNotice).await?;
        }
        let values = json!({
            "city": self.window.city.name, "day": self.day(self.turn.at), "what": self.names(&wanted)?,
        });
        Ok(Some(self.menu_choices(Reply::text(self.say("withdrawn", &values)?))))
    }

    pub(crate) async fn delete(&mut self) -> Result<Reply, WindowError> {
        let known = self.known().await?;
        if known.is_empty() && self.tickets_of(&self.turn.who.identities).await?.is_empty() {
            return Ok(self.menu_choices(Reply::text(self.say("delete-none", &())?)));
        }
        let code = self.code();
        let phones: Vec<_> = known.iter().filter_map(Subscriber::phone).collect();
        let codes = self.window.codes.as_ref().filter(|_| self.session.codes < MOST_CODES);
        let text = match (&phones[..], codes) {
            ([], _) => self.say("delete-ask", &json!({"code": code}))?,
            ([phone], Some(codes)) if codes.send(phone, &code).await.is_ok() => {
                self.session.codes += 1;
                self.say("delete-sent", &())?
            }
            // Whoever holds this telephone need not be whose number is stored.
            _ => return Ok(Reply::text(self.say("delete-person", &self.contact())?)),
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

    /// Whether the code is right; `None` where they said something else than digits.
    pub(crate) async fn delete_answered(
        &mut self,
        code: String,
        until: DateTime<Utc>,
        tries: u32,
    ) -> Result<Option<Reply>, WindowError> {
        let said = dense(&self.turn.said);
        let (digits, rest): (String, String) = said.chars().partition(char::is_ascii_digit);
        // `123456입니다` is a try; a question about the 5th of December is none.
        if digits.is_empty() || !matches!(rest.as_str(), "" | "입니다" | "이에요" | "예요" | "이요" | "요") {
            return Ok(None);
        }
        if self.turn.at >= until {
            return Ok(Some(self.menu_choices(Reply::text(self.say("delete-over", &())?))));
        }
        if digits != code {
            let tries = tries.saturating_sub(1);
            if tries == 0 {
                return Ok(Some(self.menu_choices(Reply::text(self.say("delete-over", &())?))));
            }
            self.session.pending = Some(Pending::Delete { code, until, tries });
            let cancel = self.say("cancel", &())?;
            let text = self.say("delete-wrong", &json!({"tries": tries}))?;
            return Ok(Some(Reply::text(text).choice(cancel.clone(), cancel)));
        }
        let known = self.known().await?;
        // What they said goes first, under every id by which they are known: should the rest fail, they can ask again.
        for identity in self.everything_of(&known) {
            self.window.chats.forget(&identity).await?;
        }
        for person in &known {
            self.answered(person, Request::Erasure).await?;
            let erasure = Erasure::new(self.turn.at, "asked for in the chat");
            self.window.subscribers.erase(person.id, &erasure).await?;
        }
        self.is_over = true;
        Ok(Some(Reply::text(self.say("deleted", &())?)))
    }

    /// Notes that someone asked for something, and that it was done with this answer.
    async fn answered(&self, person: &Subscriber, request: Request) -> Result<(), WindowError> {
        let asked = Note::asked(request, self.turn.at, self.evidence());
        self.window.subscribers.note(person.id, &asked).await?;
        let mut person = person.clone();
        person.notes.push(asked);
        self.done_now(&person, DutyKind::Answer).await
    }

    /// Notes that what this turn owes them of a kind is done with this answer.
    async fn done_now(&self, person: &Subscriber, kind: DutyKind) -> Result<(), WindowError> {
        let owed = duties(person, self.turn.at).into_iter();
        for duty in owed.filter(|duty| duty.kind == kind && duty.about == self.turn.at) {
            let done = Note::done(&duty, self.turn.at, self.evidence());
            self.window.subscribers.note(person.id, &done).await?;
        }
        Ok(())
    }
}

//! To get news of a district or a kind, and to get them no more.

use std::collections::BTreeSet;

use serde_json::json;
use sosik_content::Topic;
use sosik_core::AreaCode;
use sosik_registry::{ConsentEvent, ConsentText, Medium, NewSubscriber, Subscriber, standing};

use crate::reply::Reply;
use crate::session::Pending;
use crate::talk::Talk;
use crate::window::WindowError;
use crate::words::{Short, short};
use crate::{Intent, Slots};

/// Digits of an area's code that name the city.
const CITY_DIGITS: usize = 5;

impl Talk<'_> {
    pub(crate) async fn subscribe(&mut self, slots: &Slots) -> Result<Reply, WindowError> {
        if self.key().is_none() || self.window.terms.is_empty() {
            return Ok(Reply::text(self.say("subscribe-nobody", &self.contact())?));
        }
        if slots.districts.len() > 1 {
            return self.which_district(&slots.districts, |name| format!("{name} 구독"));
        }
        if slots.districts.is_empty() && slots.topics.is_empty() {
            let reply = Reply::text(self.say("subscribe-which", &())?);
            return Ok(Topic::ALL
                .iter()
                .fold(reply, |reply, topic| reply.choice(topic.korean(), format!("{} 구독", word_of(*topic)))));
        }
        let areas = slots.districts.iter().map(|area| area.as_str().to_owned()).collect();
        let topics = slots.topics.iter().map(|topic| topic.code().to_owned()).collect();
        self.next_term(areas, topics, 0, Vec::new()).await
    }

    /// Shows the next of the city's terms to which they have not agreed; after the last, they are signed up.
    async fn next_term(
        &mut self,
        areas: Vec<String>,
        topics: Vec<String>,
        from: usize,
        agreed: Vec<usize>,
    ) -> Result<Reply, WindowError> {
        let person = self.subscriber().await?;
        let stands = |purpose| {
            let events = person.as_ref().map(|person| &person.consents[..]).unwrap_or_default();
            standing(events, purpose, self.turn.at).is_some_and(|event| event.granted)
        };
        let terms = &self.window.terms;
        let next = terms.iter().enumerate().skip(from).find(|(_, term)| !stands(term.purpose));
        let Some((term, shown)) = next else { return self.sign_up(person, &areas, &topics, &agreed).await };
        let key = if shown.is_required { "terms-required" } else { "terms-optional" };
        let mut text = self.say(key, &json!({"text": shown.text}))?;
        // The first agreement to anything: whoever gives it must be old enough for it.
        let is_first = agreed.is_empty() && from == 0;
        if is_first {
            text = format!("{text}\n\n{}", self.say("terms-age", &self.contact())?);
        }
        let (label, says) = if is_first { ("agree", "agree-says") } else { ("agree-optional", "agree-optional-says") };
        let (label, says, refuse) = (self.say(label, &())?, self.say(says, &())?, self.say("refuse", &())?);
        self.session.pending = Some(Pending::Agree { areas, topics, term, agreed });
        Ok(Reply::text(text).choice(label, says).choice(refuse.clone(), refuse))
    }

    /// Whether they agree; `None` where they said something else: then they agree to nothing.
    pub(crate) async fn agreed(
        &mut self,
        areas: Vec<String>,
        topics: Vec<String>,
        term: usize,
        mut agreed: Vec<usize>,
    ) -> Result<Option<Reply>, WindowError> {
        let is_required = self.window.terms.get(term).is_some_and(|term| term.is_required);
        match short(&self.turn.said) {
            Some(Short::Yes) => agreed.push(term),
            Some(_) if is_required => {
                return Ok(Some(self.menu_choices(Reply::text(self.say("terms-refused", &())?))));
            }
            Some(_) => {}
            None => return Ok(None),
        }
        self.next_term(areas, topics, term + 1, agreed).await.map(Some)
    }

    async fn sign_up(
        &mut self,
        person: Option<Subscriber>,
        areas: &[String],
        topics: &[String],
        agreed: &[usize],
    ) -> Result<Reply, WindowError> {
        let Some(key) = self.key() else {
            return Ok(Reply::text(self.say("subscribe-nobody", &self.contact())?));
        };
        let mut new = NewSubscriber::known_by(key.clone());
        for identity in self.turn.who.identities.iter().skip(1) {
            new = new.with_identity(identity.clone());
        }
        let mut what: Vec<String> = Vec::new();
        new.area = areas.first().and_then(|code| AreaCode::parse(code).ok());
        what.extend(new.area.iter().map(|area| self.district_name(area)));
        // Who wants everything wants this too; who wants some wants one more.
        let wants = person.as_ref().map(|person| person.topics.clone());
        let adds = !topics.is_empty() && wants.as_ref().is_none_or(|wants| !wants.is_empty());
        if adds {
            new.topics = Some(wants.unwrap_or_default().into_iter().chain(topics.iter().cloned()).collect());
        }
        what.extend(topics.iter().filter_map(|code| Topic::parse(code).ok()).map(|topic| topic.korean().to_owned()));
        let evidence = format!("chat {} {}", self.turn.channel, self.turn.at.format("%Y-%m-%dT%H:%M:%SZ"));
        for term in agreed.iter().filter_map(|term| self.window.terms.get(*term)) {
            let shown = ConsentText::of(term.version.as_str(), &term.text);
            let said = ConsentEvent::granted(term.purpose, self.turn.at, evidence.as_str()).of_text(shown);
            new = new.with_consent(said.by(Medium::Chat));
        }
        if self.session.language.is_some() {
            new = new.with_language(self.language.clone());
        }
        self.window.subscribers.put(&[new], self.turn.at).await?;
        let text = self.say("subscribed", &json!({"what": format!("{} 소식", what.join(", "))}))?;
        Ok(self.menu_choices(Reply::text(text)))
    }

    pub(crate) async fn unsubscribe(&mut self, slots: &Slots) -> Result<Reply, WindowError> {
        let Some(person) = self.subscriber().await? else {
            return Ok(self.menu_choices(Reply::text(self.say("unsubscribe-none", &())?)));
        };
        let of_district = person.area.as_ref().filter(|area| slots.districts.contains(area));
        if slots.topics.is_empty() && of_district.is_none() {
            return Ok(self.what_stops(&person, Reply::text(self.say("unsubscribe-which", &())?)));
        }
        let Some(identity) = person.identities.first() else {
            return Ok(self.menu_choices(Reply::text(self.say("unsubscribe-none", &())?)));
        };
        let mut new = NewSubscriber::known_by(identity.clone());
        let mut what: Vec<String> = Vec::new();
        if let Some(area) = of_district {
            // They go on living in the city: what is left is its own news.
            new.area = area.as_str().get(..CITY_DIGITS).and_then(|city| AreaCode::parse(city).ok());
            what.push(self.district_name(area));
        }
        if !slots.topics.is_empty() {
            let all = || Topic::ALL.iter().map(|topic| topic.code().to_owned()).collect::<BTreeSet<_>>();
            let mut wants = if person.topics.is_empty() { all() } else { person.topics.clone() };
            wants.retain(|code| !slots.topics.iter().any(|topic| topic.code() == code));
            if wants.is_empty() {
                // An empty set would mean everything.
                return Ok(self.offer(Reply::text(self.say("unsubscribe-all", &())?), &Intent::Withdraw));
            }
            new.topics = Some(wants);
            what.extend(slots.topics.iter().map(|topic| topic.korean().to_owned()));
        }
        self.window.subscribers.put(&[new], self.turn.at).await?;
        let text = self.say("unsubscribed", &json!({"what": format!("{} 소식", what.join(", "))}))?;
        Ok(self.menu_choices(Reply::text(text)))
    }

    /// What someone gets, as choices of what may stop.
    fn what_stops(&self, person: &Subscriber, reply: Reply) -> Reply {
        let area = person.area.iter().filter(|area| area.as_str().len() > CITY_DIGITS);
        let reply = area.fold(reply, |reply, area| {
            let name = self.district_name(area);
            reply.choice(format!("{name} 해지"), format!("{name} 구독 해지"))
        });
        let topics = Topic::ALL.iter().filter(|topic| person.topics.is_empty() || person.topics.contains(topic.code()));
        let reply = topics.fold(reply, |reply, topic| {
            reply.choice(format!("{} 해지", topic.korean()), format!("{} 구독 해지", word_of(*topic)))
        });
        self.offer(reply, &Intent::Withdraw)
    }
}

/// The first word of a kind's name, by which it is named alone: `축제·행사` names one kind, by either.
fn word_of(topic: Topic) -> &'static str {
    topic.korean().split('·').next().unwrap_or_default()
}

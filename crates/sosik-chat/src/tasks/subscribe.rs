//! To get news of a district or a kind, and to get them no more.

use std::collections::BTreeSet;

use serde_json::json;
use sosik_content::Topic;
use sosik_core::AreaCode;
use sosik_registry::{ConsentEvent, ConsentText, Identity, Medium, NewSubscriber, Purpose, Subscriber, standing};

use crate::reply::{Bubble, Reply};
use crate::session::{Pending, ShownTerm};
use crate::talk::Talk;
use crate::text::dense;
use crate::window::{Term, WindowError};
use crate::words::{Short, short};
use crate::{Intent, Slots};

/// Digits of an area's code that name the city.
const CITY_DIGITS: usize = 5;

/// What someone wants to get, or to get no more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// Districts, by code.
    pub(crate) areas: Vec<String>,
    /// Kinds of news, by code.
    pub(crate) topics: Vec<String>,
}

impl Wish {
    fn of(slots: &Slots) -> Self {
        let areas = slots.districts.iter().map(|area| area.as_str().to_owned()).collect();
        Self { areas, topics: slots.topics.iter().map(|topic| topic.code().to_owned()).collect() }
    }

    fn area(&self) -> Option<AreaCode> {
        self.areas.first().and_then(|code| AreaCode::parse(code).ok())
    }

    fn topics(&self) -> impl Iterator<Item = Topic> {
        self.topics.iter().filter_map(|code| Topic::parse(code).ok())
    }
}

impl Talk<'_> {
    pub(crate) async fn subscribe(&mut self, slots: &Slots) -> Result<Reply, WindowError> {
        let is_plain = self.is_plain(true);
        self.start(slots, is_plain).await
    }

    async fn start(&mut self, slots: &Slots, is_plain: bool) -> Result<Reply, WindowError> {
        if self.key().is_none() || self.window.terms.is_empty() {
            return Ok(Reply::text(self.say("subscribe-nobody", &self.contact())?));
        }
        let known = self.known().await?;
        if known.iter().any(|person| person.child_until.is_some_and(|day| day > self.today)) {
            return Ok(Reply::text(self.say("terms-age", &self.contact())?));
        }
        if slots.districts.len() > 1 {
            return self.which_of(slots, "구독");
        }
        let wish = Wish::of(slots);
        if wish.areas.is_empty() && wish.topics.is_empty() {
            self.session.pending = Some(Pending::Which { stops: false });
            let reply = Reply::text(self.say("subscribe-which", &())?);
            let topics = Topic::ALL.iter();
            return Ok(
                topics.fold(reply, |reply, topic| reply.choice(topic.korean(), format!("{} 구독", word_of(*topic))))
            );
        }
        let what = json!({"what": self.named(&wish)});
        // One district is kept of each person: another takes its place only where they say so.
        let lives =
            known.first().and_then(|person| person.area.as_ref()).filter(|area| area.as_str().len() > CITY_DIGITS);
        if let Some(before) = lives.filter(|area| wish.area().is_some_and(|new| new != **area)) {
            let values = json!({"before": self.district_name(before), "what": self.named(&wish)});
            return self.ask_change(wish, false, self.say("change-move", &values)?);
        }
        if !is_plain {
            return self.ask_change(wish, false, self.say("change-start", &what)?);
        }
        self.next_term(wish, Vec::new(), Vec::new()).await
    }

    /// Which of several districts they mean; the kinds that they named go with whichever they press.
    fn which_of(&self, slots: &Slots, tail: &str) -> Result<Reply, WindowError> {
        let named: Vec<&str> = slots.topics.iter().map(|topic| word_of(*topic)).chain([tail]).collect();
        let rest = named.join(" ");
        self.which_district(&slots.districts, |name| format!("{name} {rest}"))
    }

    /// Whether what was said is nothing but names and that they are to come or to stop: else it is asked back, since whoever asks
    /// why nothing comes does not want it to stop.
    fn is_plain(&self, says_so: bool) -> bool {
        /// What may stand beside names, the longest first.
        const BESIDE: [&str; 26] = [
            "unsubscribe",
            "subscribe",
            "구독해지",
            "해주세요",
            "하겠습니다",
            "받을래요",
            "받을게요",
            "할게요",
            "할래요",
            "해지요",
            "please",
            "합니다",
            "news",
            "해줘요",
            "구독",
            "해지",
            "신청",
            "소식",
            "알림",
            "해줘",
            "할래",
            "하기",
            "동네",
            "요",
            "을",
            "를",
        ];

        let mut rest = dense(&self.turn.said);
        if says_so && !["구독", "subscribe"].iter().any(|word| rest.contains(word)) {
            return false;
        }
        let districts = self.window.districts.on(self.today);
        let mut names: Vec<String> = districts
            .flat_map(|one| std::iter::once(&one.name).chain(one.legal_areas.iter().map(|area| &area.name)))
            .map(|name| dense(name))
            .chain(crate::slots::topic_words().map(dense))
            .chain(Topic::ALL.iter().map(|topic| dense(topic.korean())))
            .collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
        for word in names.iter().map(String::as_str).chain(BESIDE) {
            rest = rest.replace(word, "");
        }
        rest.is_empty()
    }

    fn ask_change(&mut self, wish: Wish, stops: bool, text: String) -> Result<Reply, WindowError> {
        let Wish { areas, topics } = wish;
        self.session.pending = Some(Pending::Change { areas, topics, stops });
        let (yes, no) = (self.say("yes", &())?, self.say("no", &())?);
        Ok(Reply::text(text).choice(yes.clone(), yes).choice(no.clone(), no))
    }

    /// Whether the change is wanted; `None` where they said something else.
    pub(crate) async fn changed(&mut self, wish: Wish, stops: bool) -> Result<Option<Reply>, WindowError> {
        match short(&self.turn.said) {
            Some(Short::Yes) if stops => self.stop(&wish).await.map(Some),
            Some(Short::Yes) => self.next_term(wish, Vec::new(), Vec::new()).await.map(Some),
            Some(_) => Ok(Some(self.menu_choices(Reply::text(self.say("cancelled", &())?)))),
            None => Ok(None),
        }
    }

    /// What they want to get, or no more; `None` where they said something else than names.
    pub(crate) async fn which(&mut self, stops: bool) -> Result<Option<Reply>, WindowError> {
        let slots = self.understood().await.slots;
        let is_named = !slots.districts.is_empty() || !slots.topics.is_empty();
        if !is_named || !self.is_plain(false) {
            return Ok(None);
        }
        if slots.districts.len() > 1 {
            let tail = if stops { "구독 해지" } else { "구독" };
            return self.which_of(&slots, tail).map(Some);
        }
        if stops { self.end(&slots, true).await.map(Some) } else { self.start(&slots, true).await.map(Some) }
    }

    /// Shows the next of the city's terms of which they said nothing; after the last, they are signed up.
    async fn next_term(
        &mut self,
        wish: Wish,
        agreed: Vec<ShownTerm>,
        declined: Vec<String>,
    ) -> Result<Reply, WindowError> {
        let known = self.known().await?;
        let stands = |purpose: Purpose| {
            let of = |person: &Subscriber| {
                standing(&person.consents, purpose, self.turn.at).is_some_and(|event| event.granted)
            };
            known.first().is_some_and(of)
        };
        let is_answered = |term: &Term| {
            let code = term.purpose.code();
            stands(term.purpose)
                || agreed.iter().any(|shown| shown.purpose == code)
                || declined.iter().any(|one| one == code)
        };
        let Some(term) = self.window.terms.iter().find(|term| !is_answered(term)) else {
            return self.sign_up(known.first(), &wish, &agreed).await;
        };
        let key = if term.is_required { "terms-required" } else { "terms-optional" };
        let shown = ShownTerm {
            purpose: term.purpose.code().to_owned(),
            version: term.version.clone(),
            text: self.say(key, &json!({"text": term.text}))?,
            was_shown: false,
            agreed: None,
        };
        self.ask_term(wish, shown, agreed, declined)
    }

    fn ask_term(
        &mut self,
        wish: Wish,
        shown: ShownTerm,
        agreed: Vec<ShownTerm>,
        declined: Vec<String>,
    ) -> Result<Reply, WindowError> {
        let mut reply = Reply::default();
        // Whoever agrees to anything first says that they are old enough for it.
        let is_first = agreed.is_empty();
        if is_first {
            reply = reply.with(Bubble::Text(self.say("terms-age", &self.contact())?));
        }
        let (label, says) = if is_first { ("agree", "agree-says") } else { ("agree-optional", "agree-optional-says") };
        let (label, says, refuse) = (self.say(label, &())?, self.say(says, &())?, self.say("refuse", &())?);
        reply = reply.with(Bubble::Text(shown.text.clone())).choice(label, says).choice(refuse.clone(), refuse);
        let Wish { areas, topics } = wish;
        self.session.pending = Some(Pending::Agree { areas, topics, shown, agreed, declined });
        Ok(reply)
    }

    /// Whether they agree; `None` where they said something else: then they agree to nothing, and are told so.
    pub(crate) async fn agreed(
        &mut self,
        wish: Wish,
        mut shown: ShownTerm,
        mut agreed: Vec<ShownTerm>,
        mut declined: Vec<String>,
    ) -> Result<Option<Reply>, WindowError> {
        let is_same =
            |term: &&Term, shown: &ShownTerm| term.purpose.code() == shown.purpose && term.version == shown.version;
        let all = agreed.iter().chain([&shown]).all(|shown| self.window.terms.iter().any(|term| is_same(&term, shown)));
        let term = self.window.terms.iter().find(|term| is_same(term, &shown));
        let (Some(term), true) = (term, all) else {
            // The city's terms changed meanwhile: they are asked about those that hold.
            return self.next_term(wish, Vec::new(), Vec::new()).await.map(Some);
        };
        if !shown.was_shown {
            // The door did not get it through: nobody agrees to what they did not see.
            return self.ask_term(wish, shown, agreed, declined).map(Some);
        }
        let said = dense(&self.turn.said);
        let is = |key: &str| -> Result<bool, WindowError> { Ok(dense(&self.say(key, &())?) == said) };
        let answer = short(&self.turn.said);
        // The first agreement counts only with what it says of their age.
        let is_yes = if agreed.is_empty() {
            is("agree-says")? || is("agree")?
        } else {
            answer == Some(Short::Yes) || is("agree-optional-says")? || is("agree-optional")?
        };
        let is_no = answer == Some(Short::No) || is("refuse")?;
        if is_yes {
            shown.agreed = Some(self.turn.at);
            agreed.push(shown);
        } else if is_no && term.is_required {
            return Ok(Some(self.menu_choices(Reply::text(self.say("terms-refused", &())?))));
        } else if is_no {
            declined.push(shown.purpose);
        } else if answer.is_none() && self.wants_something_else().await {
            self.has_left = true;
            return Ok(None);
        } else {
            shown.was_shown = false;
            let again = Bubble::Text(self.say("terms-again", &())?);
            return Ok(Some(self.ask_term(wish, shown, agreed, declined)?.after(vec![again])));
        }
        self.next_term(wish, agreed, declined).await.map(Some)
    }

    /// Whether something is wanted that is no word about the question: `동의하면 뭐가 좋아요?` thanks nobody.
    async fn wants_something_else(&mut self) -> bool {
        !matches!(self.understood().await.intent, None | Some(Intent::Thanks | Intent::Menu | Intent::Search))
    }

    async fn sign_up(
        &mut self,
        person: Option<&Subscriber>,
        wish: &Wish,
        agreed: &[ShownTerm],
    ) -> Result<Reply, WindowError> {
        let Some(key) = self.key() else {
            return Ok(Reply::text(self.say("subscribe-nobody", &self.contact())?));
        };
        let mut new =
            NewSubscriber::known_by(person.and_then(|person| person.identities.first()).unwrap_or(key).clone());
        for identity in self.turn.who.identities.clone() {
            // An id by which another record is known stays there: two records are joined by a person, not by a chat.
            let of: Option<Subscriber> = self.window.subscribers.find(&identity).await?;
            let is_theirs = |of: &Subscriber| person.is_some_and(|person| person.id == of.id);
            let is_another = new.identities().iter().any(|known| identity.replaces(known));
            if of.as_ref().is_none_or(is_theirs) && !is_another {
                new = new.with_identity(identity);
            }
        }
        new.area = wish.area();
        // Who wants everything wants this too; who wants some wants one more.
        // Of whom nothing was asked yet, as of who only added the channel, no topics are none.
        let asked = person.filter(|person| person.consents.iter().any(|event| event.granted));
        let wants = asked.map(|person| person.topics.clone());
        if !wish.topics.is_empty() && wants.as_ref().is_none_or(|wants| !wants.is_empty()) {
            new.topics = Some(wants.unwrap_or_default().into_iter().chain(wish.topics.iter().cloned()).collect());
        }
        for shown in agreed {
            let (Some(purpose), Some(at)) = (Purpose::from_code(&shown.purpose), shown.agreed) else { continue };
            let said = ConsentEvent::granted(purpose, at, self.evidence());
            let text = ConsentText::of(shown.version.as_str(), &shown.text);
            new = new.with_consent(said.of_text(text).by(Medium::Chat));
        }
        if self.session.language.is_some() {
            new = new.with_language(self.language.clone());
        }
        self.window.subscribers.put(&[new], self.turn.at).await?;
        let text = self.say("subscribed", &json!({"what": self.named(wish)}))?;
        Ok(self.menu_choices(Reply::text(text)))
    }

    pub(crate) async fn unsubscribe(&mut self, slots: &Slots) -> Result<Reply, WindowError> {
        let is_plain = self.is_plain(true);
        self.end(slots, is_plain).await
    }

    async fn end(&mut self, slots: &Slots, is_plain: bool) -> Result<Reply, WindowError> {
        let known = self.known().await?;
        let Some(person) = known.first() else {
            return Ok(self.menu_choices(Reply::text(self.say("unsubscribe-none", &())?)));
        };
        let mut wish = Wish::of(slots);
        wish.areas.retain(|code| person.area.as_ref().is_some_and(|area| area.as_str() == code));
        if wish.topics.is_empty() && wish.areas.is_empty() {
            self.session.pending = Some(Pending::Which { stops: true });
            return Ok(self.what_stops(person, Reply::text(self.say("unsubscribe-which", &())?)));
        }
        if !is_plain {
            let text = self.say("change-stop", &json!({"what": self.named(&wish)}))?;
            return self.ask_change(wish, true, text);
        }
        self.stop(&wish).await
    }

    async fn stop(&mut self, wish: &Wish) -> Result<Reply, WindowError> {
        let known = self.known().await?;
        let none = |talk: &Self| -> Result<Reply, WindowError> {
            Ok(talk.menu_choices(Reply::text(talk.say("unsubscribe-none", &())?)))
        };
        let Some(person) = known.first() else { return none(self) };
        let of_district = person.area.as_ref().filter(|area| wish.areas.iter().any(|code| code == area.as_str()));
        let Some(identity) = person.identities.first() else { return none(self) };
        if of_district.is_none() && wish.topics.is_empty() {
            return none(self);
        }
        let mut new = NewSubscriber::known_by(Identity::clone(identity));
        // They go on living in the city: what is left is its own news.
        new.area =
            of_district.and_then(|area| area.as_str().get(..CITY_DIGITS)).and_then(|city| AreaCode::parse(city).ok());
        if !wish.topics.is_empty() {
            let all = || Topic::ALL.iter().map(|topic| topic.code().to_owned()).collect::<BTreeSet<_>>();
            let mut wants = if person.topics.is_empty() { all() } else { person.topics.clone() };
            wants.retain(|code| !wish.topics.contains(code));
            if wants.is_empty() {
                // An empty set would mean everything.
                return Ok(self.offer(Reply::text(self.say("unsubscribe-all", &())?), &Intent::Withdraw));
            }
            new.topics = Some(wants);
        }
        self.window.subscribers.put(&[new], self.turn.at).await?;
        let text = self.say("unsubscribed", &json!({"what": self.named(wish)}))?;
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

    /// What a wish is called: `회천1동, 문화 소식`.
    fn named(&self, wish: &Wish) -> String {
        let areas = wish.area().into_iter().map(|area| self.district_name(&area));
        let names: Vec<String> = areas.chain(wish.topics().map(|topic| topic.korean().to_owned())).collect();
        format!("{} 소식", names.join(", "))
    }
}

/// The first word of a kind's name, by which it is named alone: `축제·행사` names one kind, by either.
fn word_of(topic: Topic) -> &'static str {
    topic.korean().split('·').next().unwrap_or_default()
}

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sosik_core::{ChannelId, PhoneNumber};

use crate::{
    ConsentEvent, Need, Purpose, QuietHours, Relation, RelationState, Segment, Subscriber, SubscriberId, seoul,
    standing,
};

/// Who is meant, for what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AudienceRequest {
    /// Who is meant.
    pub segment: Segment,
    /// What has to hold of them; the segment is asked for the same instant.
    pub need: Need,
}

impl AudienceRequest {
    /// The people of a segment with a standing consent at an instant.
    #[must_use]
    pub fn new(segment: Segment, purpose: Purpose, at: DateTime<Utc>) -> Self {
        Self { segment, need: Need::new(purpose, at) }
    }

    /// The same through a channel: without those who blocked or left it.
    #[must_use]
    pub fn through(mut self, channel: ChannelId) -> Self {
        self.need = self.need.through(channel);
        self
    }
}

/// The people of a segment, or of a page of it, sorted into those who may be sent to and those who may not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrozenAudience {
    /// Who may be sent to, in a stable order.
    pub members: Vec<Member>,
    /// How many may not, by reason.
    pub suppressed: BTreeMap<Suppression, u64>,
}

impl FrozenAudience {
    /// Sorts people into an audience: the rule that every store follows.
    pub fn gather<'a, I>(request: &AudienceRequest, people: I) -> Self
    where
        I: IntoIterator<Item = &'a Subscriber>,
    {
        let mut gathering = Gathering::new(request);
        people.into_iter().for_each(|person| gathering.add(person));
        gathering.frozen()
    }
}

/// An audience while its people come one by one, as out of a database: the rule that every store follows.
#[derive(Debug)]
pub struct Gathering<'a> {
    request: &'a AudienceRequest,
    audience: FrozenAudience,
}

impl<'a> Gathering<'a> {
    /// An audience of no one yet.
    #[must_use]
    pub fn new(request: &'a AudienceRequest) -> Self {
        Self { request, audience: FrozenAudience::default() }
    }

    /// Sorts one person in; whoever is not of the segment is passed over.
    pub fn add(&mut self, person: &Subscriber) {
        let AudienceRequest { segment, need } = self.request;
        if segment.contains(person, need.at) {
            self.sort(&Reach::of(person), person.relation_for(need));
        }
    }

    /// Sorts in one person who is known to be of the segment, with how they stand to the channel of the need.
    pub fn sort(&mut self, reach: &Reach<'_>, relation: Option<&Relation>) {
        match reach.suppression(&self.request.need, relation) {
            None => {
                let Reach { id, allows_text, quiet, .. } = *reach;
                self.audience.members.push(Member { id, allows_text, quiet });
            }
            Some(reason) => *self.audience.suppressed.entry(reason).or_default() += 1,
        }
    }

    /// How many may be sent to, of those who came by now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.audience.members.len()
    }

    /// Whether no one may be sent to, of those who came by now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.audience.members.is_empty()
    }

    /// The audience.
    #[must_use]
    pub fn frozen(mut self) -> FrozenAudience {
        self.audience.members.sort_by_key(|member| member.id);
        self.audience
    }
}

/// One person of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// Who.
    pub id: SubscriberId,
    /// Whether a text message may come where KakaoTalk cannot.
    pub allows_text: bool,
    /// When they want to be left alone.
    pub quiet: Option<QuietHours>,
}

impl Member {
    /// A person of an audience.
    #[must_use]
    pub fn new(id: SubscriberId, allows_text: bool) -> Self {
        Self { id, allows_text, quiet: None }
    }

    /// The person with hours at which they want to be left alone.
    #[must_use]
    pub fn with_quiet(mut self, quiet: QuietHours) -> Self {
        self.quiet = Some(quiet);
        self
    }
}

/// Where to send to one person, or why not to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// Who.
    pub id: SubscriberId,
    /// Their number, or why they may not be sent to.
    pub phone: Result<PhoneNumber, Suppression>,
    /// Whether a text message may come where KakaoTalk cannot.
    pub allows_text: bool,
    /// When they want to be left alone.
    pub quiet: Option<QuietHours>,
}

impl Address {
    /// The address of a person for a need: the rule that every store follows. `person` is `None` when the store does not
    /// know them (any more).
    #[must_use]
    pub fn of(id: SubscriberId, person: Option<&Subscriber>, need: &Need) -> Self {
        let phone = person.ok_or(Suppression::Erased).and_then(|person| {
            match Reach::of(person).suppression(need, person.relation_for(need)) {
                Some(reason) => Err(reason),
                None => person.phone().cloned().ok_or(Suppression::NoPhone),
            }
        });
        let (allows_text, quiet) = person.map_or((false, None), |person| (person.allows_text, person.quiet));
        Self { id, phone, allows_text, quiet }
    }
}

/// Why a person may not be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Suppression {
    /// They blocked the channel, or left it.
    Blocked,
    /// They have had as many messages as one person gets in a while.
    Capped,
    /// They get the same by another channel of the city.
    Elsewhere,
    /// Their data were erased since.
    Erased,
    /// The channel no longer reaches them.
    Gone,
    /// They never gave the consent that is needed.
    NoConsent,
    /// They are a child, and no guardian agreed for them.
    NoGuardian,
    /// Their number is not known.
    NoPhone,
    /// They no longer allow text messages, and were to be sent to with one behind the message.
    NoText,
    /// Their number is not a mobile one.
    NotMobile,
    /// They want to be left alone until its time is over.
    Quiet,
    /// They withdrew that consent.
    Withdrawn,
}

impl Suppression {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Blocked,
        Self::Capped,
        Self::Elsewhere,
        Self::Erased,
        Self::Gone,
        Self::NoConsent,
        Self::NoGuardian,
        Self::NoPhone,
        Self::NoText,
        Self::NotMobile,
        Self::Quiet,
        Self::Withdrawn,
    ];

    /// The reason's stable name, in reports and stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Capped => "capped",
            Self::Elsewhere => "elsewhere",
            Self::Erased => "erased",
            Self::Gone => "gone",
            Self::NoConsent => "no-consent",
            Self::NoGuardian => "no-guardian",
            Self::NoPhone => "no-phone",
            Self::NoText => "no-text",
            Self::NotMobile => "not-mobile",
            Self::Quiet => "quiet-hours",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What decides whether a person may be sent to, without who they are: for stores that go through many.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reach<'a> {
    /// Who.
    pub id: SubscriberId,
    /// Whether their number is a mobile one; `None` where none is known.
    pub mobile: Option<bool>,
    /// Whether a text message may come where `KakaoTalk` cannot.
    pub allows_text: bool,
    /// When they want to be left alone.
    pub quiet: Option<QuietHours>,
    /// The day on which a child becomes 14 years old.
    pub child_until: Option<NaiveDate>,
    /// When receipts said that the channel no longer reaches them.
    pub gone: Option<DateTime<Utc>>,
    /// What they agreed to or withdrew.
    pub consents: &'a [ConsentEvent],
}

impl<'a> Reach<'a> {
    /// Someone of whom nothing is known yet: set what is.
    #[must_use]
    pub fn new(id: SubscriberId, consents: &'a [ConsentEvent]) -> Self {
        Self { id, mobile: None, allows_text: false, quiet: None, child_until: None, gone: None, consents }
    }

    pub(crate) fn of(person: &'a Subscriber) -> Self {
        Self {
            id: person.id,
            mobile: person.phone().map(PhoneNumber::is_mobile),
            allows_text: person.allows_text,
            quiet: person.quiet,
            child_until: person.child_until,
            gone: person.gone,
            consents: &person.consents,
        }
    }

    /// Why they may not be sent to; `None` where they may. The relation is that to the channel of the need.
    #[must_use]
    pub fn suppression(&self, need: &Need, relation: Option<&Relation>) -> Option<Suppression> {
        self.has_left(need, relation).or_else(|| match self.mobile {
            None => Some(Suppression::NoPhone),
            Some(false) => Some(Suppression::NotMobile),
            Some(true) => self.does_not_agree(need),
        })
    }

    /// Why the need does not hold of them, whether there is a number to send to or not.
    pub(crate) fn bar(&self, need: &Need, relation: Option<&Relation>) -> Option<Suppression> {
        self.has_left(need, relation).or_else(|| self.does_not_agree(need))
    }

    fn has_left(&self, need: &Need, relation: Option<&Relation>) -> Option<Suppression> {
        let at = need.at;
        let relation = relation.filter(|relation| relation.at <= at);
        // Who signs up again after they left is there again, and so is who adds the channel again.
        let returned = |gone| {
            let back = relation.is_some_and(|relation| relation.state == RelationState::Added && relation.at > gone);
            back || self.consents.iter().any(|event| event.granted && event.at > gone && event.at <= at)
        };
        if self.gone.is_some_and(|gone| gone <= at && !returned(gone)) {
            return Some(Suppression::Gone);
        }
        // A warning may still reach them by text.
        let has_left = relation.is_some_and(|relation| relation.state != RelationState::Added);
        (has_left && need.purpose != Purpose::PublicSafety).then_some(Suppression::Blocked)
    }

    fn does_not_agree(&self, need: &Need) -> Option<Suppression> {
        let at = need.at;
        // Every use of their data rests on its collection, and advertisements at night on advertisements.
        let needed: &[Purpose] = match need.purpose {
            Purpose::PublicSafety => return None,
            Purpose::NightAdvertising => &[Purpose::Advertising, Purpose::NightAdvertising],
            Purpose::Advertising | Purpose::Collection | Purpose::ThirdParty => std::slice::from_ref(&need.purpose),
        };
        let stands = |purpose| standing(self.consents, purpose, at);
        let withdrawn = |purpose| stands(purpose).is_some_and(|event| !event.granted);
        if withdrawn(Purpose::Collection) || needed.iter().copied().any(withdrawn) {
            return Some(Suppression::Withdrawn);
        }
        if needed.iter().any(|purpose| stands(*purpose).is_none()) {
            return Some(Suppression::NoConsent);
        }
        let is_child = self.child_until.is_some_and(|until| seoul::civil(at).date() < until);
        let alone = |purpose| stands(purpose).is_some_and(|event| event.guardian.is_none());
        (is_child && needed.iter().copied().any(alone)).then_some(Suppression::NoGuardian)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};
    use sosik_core::AreaCode;
    use uuid::Uuid;

    use super::*;
    use crate::{ConsentEvent, NewSubscriber};

    fn day(n: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap() + TimeDelta::days(n)
    }

    fn person(events: &[ConsentEvent]) -> Subscriber {
        let phone = PhoneNumber::parse("010-0000-0001").unwrap();
        let mut new = NewSubscriber::new(phone, AreaCode::parse("4163053000").unwrap());
        new.consents = events.to_vec();
        Subscriber::new(SubscriberId::new(Uuid::from_u128(1)), new, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn what_rests_on_a_withdrawn_consent_falls_with_it() {
        use Purpose::{Advertising, Collection, NightAdvertising, PublicSafety};
        let given =
            [Advertising, NightAdvertising, Collection].map(|purpose| ConsentEvent::granted(purpose, day(0), "서면"));
        let without = |purpose| person(&[&given[..], &[ConsentEvent::withdrawn(purpose, day(5), "080")]].concat());
        let why = |person: &Subscriber, purpose| Reach::of(person).suppression(&Need::new(purpose, day(6)), None);
        assert_eq!(why(&person(&given), NightAdvertising), None);
        assert_eq!(why(&without(Advertising), NightAdvertising), Some(Suppression::Withdrawn));
        assert_eq!(why(&without(NightAdvertising), Advertising), None);
        assert_eq!(why(&without(Collection), Advertising), Some(Suppression::Withdrawn));
        assert_eq!(why(&person(&given[1..2]), NightAdvertising), Some(Suppression::NoConsent));
        // A warning needs no consent.
        assert_eq!(why(&without(Collection), PublicSafety), None);
        assert_eq!(why(&person(&[]), PublicSafety), None);
    }

    #[test]
    fn who_signs_up_again_is_there_again() {
        let mut left = person(&[ConsentEvent::granted(Purpose::Advertising, day(0), "서면")]);
        left.gone = Some(day(10));
        let suppression =
            |person: &Subscriber, at| Reach::of(person).suppression(&Need::new(Purpose::Advertising, at), None);
        assert_eq!(suppression(&left, day(20)), Some(Suppression::Gone));
        left.consents.push(ConsentEvent::granted(Purpose::Advertising, day(30), "누리집"));
        assert_eq!(suppression(&left, day(29)), Some(Suppression::Gone));
        assert_eq!(suppression(&left, day(30)), None);
        left.gone = Some(day(40));
        assert_eq!(suppression(&left, day(41)), Some(Suppression::Gone));
    }
    #[test]
    fn a_child_is_sent_to_when_their_guardian_agreed() {
        use crate::GuardianCheck;
        let alone = ConsentEvent::granted(Purpose::Advertising, day(0), "누리집");
        let mut child = person(std::slice::from_ref(&alone));
        let birthday = (day(10) + TimeDelta::hours(9)).date_naive();
        child.child_until = Some(birthday);
        let why = |child: &Subscriber, at| Reach::of(child).suppression(&Need::new(Purpose::Advertising, at), None);
        assert_eq!(why(&child, day(5)), Some(Suppression::NoGuardian));
        assert_eq!(why(&child, day(10)), None, "they are 14 from the first moment of that day on");
        child.consents.push(ConsentEvent { at: day(1), ..alone }.by_guardian(GuardianCheck::Mobile));
        assert_eq!(why(&child, day(5)), None);
    }

    #[test]
    fn who_blocked_the_channel_is_not_sent_to_through_it() {
        let mut person = person(&[ConsentEvent::granted(Purpose::Advertising, day(0), "서면")]);
        let (city, other) = (ChannelId::parse("city").unwrap(), ChannelId::parse("other").unwrap());
        person.relations.push(Relation::new(city.clone(), RelationState::Blocked, day(3), "webhook"));
        let why = |purpose, at, channel: &ChannelId| {
            let need = Need::new(purpose, at).through(channel.clone());
            Address::of(person.id, Some(&person), &need).phone.err()
        };
        assert_eq!(why(Purpose::Advertising, day(4), &city), Some(Suppression::Blocked));
        assert_eq!(why(Purpose::Advertising, day(2), &city), None, "before they did");
        assert_eq!(why(Purpose::Advertising, day(4), &other), None);
        assert_eq!(why(Purpose::PublicSafety, day(4), &city), None, "a warning may reach them by text");
    }
}

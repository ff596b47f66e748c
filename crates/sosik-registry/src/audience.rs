use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sosik_core::PhoneNumber;

use crate::{Purpose, Segment, Subscriber, SubscriberId, standing};

/// Who is meant, for what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AudienceRequest {
    /// Who is meant.
    pub segment: Segment,
    /// The consent that is needed.
    pub purpose: Purpose,
    /// The instant at which it must stand.
    pub at: DateTime<Utc>,
}

impl AudienceRequest {
    /// The people of a segment with a standing consent at an instant.
    #[must_use]
    pub fn new(segment: Segment, purpose: Purpose, at: DateTime<Utc>) -> Self {
        Self { segment, purpose, at }
    }
}

/// The people of a segment, sorted into those who may be sent to and those who may not.
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
        let AudienceRequest { segment, purpose, at } = self.request;
        if !segment.contains(person, *at) {
            return;
        }
        match suppression(person, *purpose, *at) {
            None => self.audience.members.push(Member { id: person.id, allows_text: person.allows_text }),
            Some(reason) => *self.audience.suppressed.entry(reason).or_default() += 1,
        }
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
}

impl Member {
    /// A person of an audience.
    #[must_use]
    pub fn new(id: SubscriberId, allows_text: bool) -> Self {
        Self { id, allows_text }
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
}

impl Address {
    /// The address of a person for a purpose at an instant: the rule that every store follows. `person` is `None`
    /// when the store does not know them (any more).
    #[must_use]
    pub fn of(id: SubscriberId, person: Option<&Subscriber>, purpose: Purpose, at: DateTime<Utc>) -> Self {
        let phone = match person {
            None => Err(Suppression::Erased),
            Some(person) => match suppression(person, purpose, at) {
                None => Ok(person.phone.clone()),
                Some(reason) => Err(reason),
            },
        };
        Self { id, phone, allows_text: person.is_some_and(|person| person.allows_text) }
    }
}

/// Why a person may not be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Suppression {
    /// Their data were erased since.
    Erased,
    /// The channel no longer reaches them.
    Gone,
    /// They never gave the consent that is needed.
    NoConsent,
    /// They no longer allow text messages, and were to be sent to with one behind the message.
    NoText,
    /// Their number is not a mobile one.
    NotMobile,
    /// They withdrew that consent.
    Withdrawn,
}

impl Suppression {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Erased, Self::Gone, Self::NoConsent, Self::NoText, Self::NotMobile, Self::Withdrawn];

    /// The reason's stable name, in reports and stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Gone => "gone",
            Self::NoConsent => "no-consent",
            Self::NoText => "no-text",
            Self::NotMobile => "not-mobile",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

fn suppression(person: &Subscriber, purpose: Purpose, at: DateTime<Utc>) -> Option<Suppression> {
    // Who signs up again after they left is there again.
    let returned = |gone| person.consents.iter().any(|event| event.granted && event.at > gone && event.at <= at);
    if person.gone.is_some_and(|gone| gone <= at && !returned(gone)) {
        return Some(Suppression::Gone);
    }
    if !person.phone.is_mobile() {
        return Some(Suppression::NotMobile);
    }
    // Every use of their data rests on its collection, and advertisements at night on advertisements.
    let needed: &[Purpose] = match purpose {
        Purpose::PublicSafety => return None,
        Purpose::NightAdvertising => &[Purpose::Advertising, Purpose::NightAdvertising],
        Purpose::Advertising | Purpose::Collection => std::slice::from_ref(&purpose),
    };
    let withdrawn = |purpose| standing(&person.consents, purpose, at).is_some_and(|event| !event.granted);
    if withdrawn(Purpose::Collection) || needed.iter().copied().any(withdrawn) {
        return Some(Suppression::Withdrawn);
    }
    let missing = |purpose| standing(&person.consents, purpose, at).is_none();
    needed.iter().copied().any(missing).then_some(Suppression::NoConsent)
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
        let why = |person: &Subscriber, purpose| suppression(person, purpose, day(6));
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
        assert_eq!(suppression(&left, Purpose::Advertising, day(20)), Some(Suppression::Gone));
        left.consents.push(ConsentEvent::granted(Purpose::Advertising, day(30), "누리집"));
        assert_eq!(suppression(&left, Purpose::Advertising, day(29)), Some(Suppression::Gone));
        assert_eq!(suppression(&left, Purpose::Advertising, day(30)), None);
        left.gone = Some(day(40));
        assert_eq!(suppression(&left, Purpose::Advertising, day(41)), Some(Suppression::Gone));
    }
}

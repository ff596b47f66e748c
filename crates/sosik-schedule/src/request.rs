//! What is asked of [`decide`](crate::decide), and what holds when it is asked.

use chrono::{DateTime, Utc};

use crate::cap::History;
use crate::class::{ContentClass, MessageClass, Product};
use crate::election::Election;
use crate::holiday::HolidayCalendar;
use crate::policy::Policy;

/// A question to [`decide`](crate::decide): may this message go, and when?
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// What the message is.
    pub class: MessageClass,
    /// The nominal slot: the message's identity, wherever holidays move the sending.
    pub nominal: DateTime<Utc>,
    /// What it is about; in election times a message of which nobody said so does not go.
    pub content: Option<ContentClass>,
    /// By what it goes.
    pub product: Option<Product>,
    /// How many people get it; 0 when that is not known yet.
    pub recipients: u32,
    /// The higher goes first. 0 unless set.
    pub priority: u8,
    /// Who invokes an emergency.
    pub invoked_by: Option<String>,
    /// Whether the event it announces is one of those that 공직선거법 86②4 excepts.
    pub excepted_event: bool,
}

impl Request {
    /// A request for a message of a class at its nominal slot.
    #[must_use]
    pub fn new(class: MessageClass, nominal: DateTime<Utc>) -> Self {
        Self {
            class,
            nominal,
            content: None,
            product: None,
            recipients: 0,
            priority: 0,
            invoked_by: None,
            excepted_event: false,
        }
    }

    /// The request for a message about something.
    #[must_use]
    pub fn with_content(mut self, content: ContentClass) -> Self {
        self.content = Some(content);
        self
    }

    /// The request for a message by a product.
    #[must_use]
    pub fn with_product(mut self, product: Product) -> Self {
        self.product = Some(product);
        self
    }

    /// The request for a message to so many people.
    #[must_use]
    pub fn with_recipients(mut self, recipients: u32) -> Self {
        self.recipients = recipients;
        self
    }

    /// The request with a priority.
    #[must_use]
    pub fn with_priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    /// The request of someone who invokes an emergency.
    #[must_use]
    pub fn invoked_by(mut self, who: impl Into<String>) -> Self {
        self.invoked_by = Some(who.into());
        self
    }

    /// The request for the notice of an event that the election law excepts (86②4).
    #[must_use]
    pub fn for_excepted_event(mut self) -> Self {
        self.excepted_event = true;
        self
    }
}

/// What holds when a [`Request`] is decided: rules, calendar, elections, what went out before.
///
/// ```
/// use sosik_schedule::{Facts, KoreanCalendar, Policy, regular_elections};
///
/// let (policy, calendar) = (Policy::city(), KoreanCalendar::new());
/// let elections = regular_elections(2030, &calendar);
/// let facts = Facts::new(&policy, &calendar).with_elections(&elections);
/// assert_eq!(facts.elections.len(), 2);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// The channel's rules.
    pub policy: &'a Policy,
    /// The public holidays.
    pub calendar: &'a dyn HolidayCalendar,
    /// The elections that are known.
    pub elections: &'a [Election],
    /// What the channel sent before.
    pub channel: Option<&'a History>,
    /// What the recipient got before, where one recipient is asked about.
    pub recipient: Option<&'a History>,
    /// Whether everyone who gets it consented to advertisements at night, separately.
    pub night_consent: bool,
    /// What the channel is sending now.
    pub under_way: Option<UnderWay>,
}

/// A sending that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnderWay {
    /// Its priority.
    pub priority: u8,
    /// When it will be done.
    pub until: DateTime<Utc>,
}

impl UnderWay {
    /// A sending of a priority that will be done at an instant.
    #[must_use]
    pub fn new(priority: u8, until: DateTime<Utc>) -> Self {
        Self { priority, until }
    }
}

impl<'a> Facts<'a> {
    /// A policy and a calendar, and nothing else known.
    #[must_use]
    pub fn new(policy: &'a Policy, calendar: &'a dyn HolidayCalendar) -> Self {
        Self { policy, calendar, elections: &[], channel: None, recipient: None, night_consent: false, under_way: None }
    }

    /// The facts with these elections.
    #[must_use]
    pub fn with_elections(mut self, elections: &'a [Election]) -> Self {
        self.elections = elections;
        self
    }

    /// The facts with what the channel sent.
    #[must_use]
    pub fn with_channel(mut self, history: &'a History) -> Self {
        self.channel = Some(history);
        self
    }

    /// The facts with what the recipient got.
    #[must_use]
    pub fn with_recipient(mut self, history: &'a History) -> Self {
        self.recipient = Some(history);
        self
    }

    /// The facts of people who all consented to advertisements at night.
    #[must_use]
    pub fn with_night_consent(mut self) -> Self {
        self.night_consent = true;
        self
    }

    /// The facts with a sending that has begun.
    #[must_use]
    pub fn with_under_way(mut self, sending: UnderWay) -> Self {
        self.under_way = Some(sending);
        self
    }
}

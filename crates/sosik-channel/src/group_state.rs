//! How far a group send is, and until when it may go on.

use chrono::{DateTime, TimeDelta, Utc};

/// How far a group send is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupSendState {
    /// The provider's handle.
    pub handle: String,
    /// Where it stands.
    pub status: GroupSendStatus,
    /// The campaign under which it was started.
    pub campaign: Option<String>,
    /// When it starts, or started.
    pub starts: Option<DateTime<Utc>>,
    /// How many were expected to get it when it was started.
    pub expected: Option<u64>,
    /// To how many it went so far. Who they are is not known.
    pub sent: Option<u64>,
}

impl GroupSendState {
    /// A state of the group send with this handle, of which no more is known.
    #[must_use]
    pub fn new(handle: impl Into<String>, status: GroupSendStatus) -> Self {
        Self { handle: handle.into(), status, campaign: None, starts: None, expected: None, sent: None }
    }

    /// The state with what was expected and what was sent.
    #[must_use]
    pub fn with_counts(mut self, expected: Option<u64>, sent: Option<u64>) -> Self {
        (self.expected, self.sent) = (expected, sent);
        self
    }

    /// The state with its campaign and its start.
    #[must_use]
    pub fn with_plan(mut self, campaign: Option<String>, starts: Option<DateTime<Utc>>) -> Self {
        (self.campaign, self.starts) = (campaign, starts);
        self
    }
}

/// Where a group send stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupSendStatus {
    /// The provider blocked it: a person has to ask why.
    Blocked,
    /// It is done.
    Done,
    /// A word of the provider's that is not known here.
    Other(String),
    /// It stands still: paused by someone, or by the hour. **By the hour it resumes by itself.**
    Paused,
    /// It waits for its start.
    Ready,
    /// It is sending.
    Sending,
    /// It was ended for good.
    Terminated,
}

impl GroupSendStatus {
    /// Whether nothing more is sent.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done | Self::Terminated)
    }
}

/// Until when a group send may go on, and how often it is looked at.
///
/// A provider that pauses at night resumes the next morning: what was meant for Friday would go on on Saturday. A
/// watch ends it at its deadline.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_channel::{GroupSendState, GroupSendStatus, Watch, WatchStep};
///
/// let closes = Utc.with_ymd_and_hms(2026, 11, 27, 11, 50, 0).unwrap(); // Friday, 20:50 in Seoul
/// let watch = Watch::until(closes);
/// let sending = GroupSendState::new("1", GroupSendStatus::Sending);
/// assert_eq!(watch.step(&sending, closes - TimeDelta::seconds(5)), WatchStep::Wait(closes));
/// let paused = GroupSendState::new("1", GroupSendStatus::Paused);
/// assert_eq!(watch.step(&paused, closes), WatchStep::Terminate);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Watch {
    /// When it is terminated if it is not done.
    pub deadline: DateTime<Utc>,
    /// How often it is looked at.
    pub every: TimeDelta,
}

impl Watch {
    /// A look every 30 seconds until a deadline.
    #[must_use]
    pub fn until(deadline: DateTime<Utc>) -> Self {
        Self { deadline, every: TimeDelta::seconds(30) }
    }

    /// The watch with another time between two looks.
    #[must_use]
    pub fn every(mut self, every: TimeDelta) -> Self {
        self.every = every;
        self
    }

    /// What to do about a group send in this state.
    #[must_use]
    pub fn step(&self, state: &GroupSendState, now: DateTime<Utc>) -> WatchStep {
        if state.status.is_final() {
            return WatchStep::Settled;
        }
        if now >= self.deadline {
            return WatchStep::Terminate;
        }
        WatchStep::Wait(now.checked_add_signed(self.every).unwrap_or(self.deadline).min(self.deadline))
    }
}

/// The next step with a group send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchStep {
    /// Nothing more is sent.
    Settled,
    /// Its deadline has come: end it.
    Terminate,
    /// Look again then.
    Wait(DateTime<Utc>),
}

/// What a round of watching found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// How far it is.
    pub state: GroupSendState,
    /// When to look again; `None` when nothing more is sent.
    pub again: Option<DateTime<Utc>>,
}

//! The rules of a channel, as one value.

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::blackout::Blackout;
use crate::cap::FrequencyCap;
use crate::class::MessageClass;
use crate::pacing::Pacing;
use crate::window::WindowRule;
use crate::working_day::Roll;

/// The rules by which a channel sends.
///
/// ```
/// use sosik_schedule::{FrequencyCap, Period, Policy, Scope};
///
/// // What the law and Kakao say, Friday's news on working days, and no more than two messages a week.
/// let policy = Policy::city().with_cap(FrequencyCap::new(Scope::Channel, 2, Period::Week));
/// assert_eq!(policy.windows.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The zone in which days and slots are meant.
    pub zone: Tz,
    /// Where a slot goes that falls on a day of rest.
    pub roll: Roll,
    /// How late after its time a message may still go by itself.
    pub late_for: TimeDelta,
    /// The hours in which messages go.
    pub windows: Vec<WindowRule>,
    /// Days on which messages do not go.
    pub blackouts: Vec<Blackout>,
    /// How often messages go.
    pub caps: Vec<FrequencyCap>,
    /// The least distance of two sendings on the channel.
    pub minimum_gap: Option<TimeDelta>,
    /// The rate of one sending.
    pub pacing: Option<Pacing>,
    /// What the election law bars, for the elections that are given as facts.
    pub elections: ElectionRules,
    /// What goes over all of this.
    pub emergency: EmergencyOverride,
}

/// Which of the election law's rules a channel keeps: a city keeps all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ElectionRules {
    /// No publicity in the 180 days before the election of the city's head (공직선거법 86⑤).
    pub publicity: bool,
    /// No announcements of events in the 60 days before any election (86②).
    pub events: bool,
    /// Publicity once a quarter at most, at all times (86⑤).
    pub quarterly: bool,
}

impl ElectionRules {
    /// All of them.
    pub const ALL: Self = Self { publicity: true, events: true, quarterly: true };
    /// None of them, as for a channel that is no local government's.
    pub const NONE: Self = Self { publicity: false, events: false, quarterly: false };
}

/// Which messages go over every other rule, and who may send them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmergencyOverride {
    /// The levels that override.
    pub levels: Vec<MessageClass>,
    /// Who may invoke it, such as the name of an office; anyone when empty.
    pub may_invoke: Vec<String>,
}

impl Policy {
    /// No rule at all but the election law's: to build on.
    #[must_use]
    pub fn bare(zone: Tz) -> Self {
        Self {
            zone,
            roll: Roll::None,
            late_for: TimeDelta::days(1),
            windows: Vec::new(),
            blackouts: Vec::new(),
            caps: Vec::new(),
            minimum_gap: None,
            pacing: None,
            elections: ElectionRules::ALL,
            emergency: EmergencyOverride {
                levels: MessageClass::ALL.iter().copied().filter(|class| class.is_emergency()).collect(),
                may_invoke: Vec::new(),
            },
        }
    }

    /// What holds for everyone who sends in Korea: the law's night, Kakao's hours, the election law. Nothing moves.
    #[must_use]
    pub fn korea() -> Self {
        let mut policy = Self::bare(chrono_tz::Asia::Seoul);
        policy.windows = vec![WindowRule::statutory_night(), WindowRule::kakao_brand_message()];
        policy
    }

    /// What a city's channel adds: slots move to the working day before, informational messages keep office hours, and
    /// what is missed by more than six hours is a person's to decide.
    #[must_use]
    pub fn city() -> Self {
        let mut policy = Self::korea();
        policy.windows.push(WindowRule::office_hours());
        (policy.roll, policy.late_for) = (Roll::Preceding, TimeDelta::hours(6));
        policy
    }

    /// The policy with another convention for days of rest.
    #[must_use]
    pub fn with_roll(mut self, roll: Roll) -> Self {
        self.roll = roll;
        self
    }

    /// The policy with another span of lateness.
    #[must_use]
    pub fn with_late_for(mut self, span: TimeDelta) -> Self {
        self.late_for = span;
        self
    }

    /// The policy with one more window.
    #[must_use]
    pub fn with_window(mut self, window: WindowRule) -> Self {
        self.windows.push(window);
        self
    }

    /// The policy with one more blackout.
    #[must_use]
    pub fn with_blackout(mut self, blackout: Blackout) -> Self {
        self.blackouts.push(blackout);
        self
    }

    /// The policy with one more cap.
    #[must_use]
    pub fn with_cap(mut self, cap: FrequencyCap) -> Self {
        self.caps.push(cap);
        self
    }

    /// The policy with a least distance of two sendings.
    #[must_use]
    pub fn with_minimum_gap(mut self, gap: TimeDelta) -> Self {
        self.minimum_gap = Some(gap);
        self
    }

    /// The policy with a rate.
    #[must_use]
    pub fn with_pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = Some(pacing);
        self
    }

    /// The policy with other rules of the election law.
    #[must_use]
    pub fn with_elections(mut self, rules: ElectionRules) -> Self {
        self.elections = rules;
        self
    }

    /// The policy with those who may invoke an emergency.
    #[must_use]
    pub fn with_invokers(mut self, who: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.emergency.may_invoke = who.into_iter().map(Into::into).collect();
        self
    }
}

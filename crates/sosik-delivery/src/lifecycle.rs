//! Where a campaign stands, who brought it there and when.

use std::fmt;

use chrono::{DateTime, Utc};

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CampaignState {
    /// Whoever has to agree to it did: its audience may be frozen.
    Approved,
    /// It was called off. What was submitted before is still accounted for.
    Cancelled,
    /// It is written, and not agreed to by everyone who has to.
    Draft,
    /// Its time passed before it was sent to everyone. What was submitted before is still accounted for.
    Expired,
    /// Nothing more of it is submitted until it is resumed.
    Paused,
    /// Its audience is frozen; nothing of it was submitted.
    Planned,
    /// It is on its way.
    Sending,
    /// Everyone is accounted for.
    Settled,
}

impl CampaignState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Approved,
        Self::Cancelled,
        Self::Draft,
        Self::Expired,
        Self::Paused,
        Self::Planned,
        Self::Sending,
        Self::Settled,
    ];

    /// The state's name in stores and reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Cancelled => "cancelled",
            Self::Draft => "draft",
            Self::Expired => "expired",
            Self::Paused => "paused",
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Settled => "settled",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether nothing more of it will ever be submitted.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Expired | Self::Settled)
    }

    /// Whether batches of it may be submitted.
    #[must_use]
    pub fn sends(self) -> bool {
        matches!(self, Self::Planned | Self::Sending)
    }
}

impl fmt::Display for CampaignState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What was done with a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Deed {
    /// Someone agreed to it.
    Approve,
    /// It was called off.
    Cancel,
    /// It was written.
    Draft,
    /// Its time passed.
    Expire,
    /// Someone let it go on beyond its time.
    Extend,
    /// It was halted.
    Pause,
    /// Its audience was frozen.
    Plan,
    /// It may go on.
    Resume,
    /// Everyone is accounted for.
    Settle,
    /// Its first batch is about to be submitted.
    Start,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 10] = [
        Self::Approve,
        Self::Cancel,
        Self::Draft,
        Self::Expire,
        Self::Extend,
        Self::Pause,
        Self::Plan,
        Self::Resume,
        Self::Settle,
        Self::Start,
    ];

    /// The deed's name in stores and reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Cancel => "cancel",
            Self::Draft => "draft",
            Self::Expire => "expire",
            Self::Extend => "extend",
            Self::Pause => "pause",
            Self::Plan => "plan",
            Self::Resume => "resume",
            Self::Settle => "settle",
            Self::Start => "start",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One line of a campaign's history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// What was done.
    pub deed: Deed,
    /// By which account or program. No name: it stands in reports.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, where someone said so.
    pub note: String,
}

impl Transition {
    /// A deed of an account or a program at an instant.
    #[must_use]
    pub fn new(deed: Deed, by: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self { deed, by: by.into(), at, note: String::new() }
    }

    /// The transition with the reason that was given.
    #[must_use]
    pub fn because(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// Who has to agree to a campaign before its audience is frozen.
///
/// ```
/// use sosik_delivery::ApprovalRule;
///
/// // Two people other than whoever wrote it.
/// let rule = ApprovalRule::of(2);
/// assert_eq!((rule.approvers, rule.author_counts), (2, false));
/// // What goes out by itself, such as an emergency message.
/// assert_eq!(ApprovalRule::none().approvers, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApprovalRule {
    /// How many accounts.
    pub approvers: u8,
    /// Whether the account that wrote it may be one of them.
    pub author_counts: bool,
}

impl ApprovalRule {
    /// No one: a draft is approved at once.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// So many accounts other than the author's.
    #[must_use]
    pub fn of(approvers: u8) -> Self {
        Self { approvers, author_counts: false }
    }

    /// The rule under which the author may be one of them: for an office of one.
    #[must_use]
    pub fn or_author(mut self) -> Self {
        self.author_counts = true;
        self
    }
}

/// A campaign's history: its steps in their order, and where they brought it.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_delivery::{ApprovalRule, CampaignState, Deed, History, Transition};
///
/// let at = Utc.with_ymd_and_hms(2026, 11, 27, 1, 0, 0).unwrap();
/// let mut history = History::new(ApprovalRule::of(1), Transition::new(Deed::Draft, "editor", at));
/// assert_eq!(history.state(), CampaignState::Draft);
/// assert!(history.take(Transition::new(Deed::Approve, "editor", at)).is_err(), "nobody approves their own");
/// assert_eq!(history.take(Transition::new(Deed::Approve, "head", at))?, CampaignState::Approved);
/// # Ok::<(), sosik_delivery::TransitionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    rule: ApprovalRule,
    steps: Vec<Transition>,
    state: CampaignState,
}

impl History {
    /// The history of a campaign that was just written.
    #[must_use]
    pub fn new(rule: ApprovalRule, draft: Transition) -> Self {
        let state = if rule.approvers == 0 { CampaignState::Approved } else { CampaignState::Draft };
        Self { rule, steps: vec![draft], state }
    }

    /// The history of steps that were kept; `None` where they do not follow from one another.
    #[must_use]
    pub fn of(rule: ApprovalRule, steps: Vec<Transition>) -> Option<Self> {
        let mut steps = steps.into_iter();
        let first = steps.next().filter(|step| step.deed == Deed::Draft)?;
        let mut history = Self::new(rule, first);
        steps.try_for_each(|step| history.take(step).map(drop)).ok()?;
        Some(history)
    }

    /// Where the campaign stands.
    #[must_use]
    pub fn state(&self) -> CampaignState {
        self.state
    }

    /// What was done, in its order.
    #[must_use]
    pub fn steps(&self) -> &[Transition] {
        &self.steps
    }

    /// Who has to agree.
    #[must_use]
    pub fn rule(&self) -> ApprovalRule {
        self.rule
    }

    /// Takes a transition, and tells where the campaign stands from then on.
    ///
    /// # Errors
    ///
    /// [`TransitionError`] when it cannot follow; nothing has changed then.
    pub fn take(&mut self, step: Transition) -> Result<CampaignState, TransitionError> {
        let state = self.after(&step)?;
        self.steps.push(step);
        self.state = state;
        Ok(state)
    }

    /// Whether its audience was ever frozen. Batches of one that was called off before are dropped.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.steps.iter().any(|step| step.deed == Deed::Plan)
    }

    /// Where a deed of anyone's would bring the campaign.
    ///
    /// # Errors
    ///
    /// [`TransitionError`] when it cannot follow.
    pub fn may(&self, deed: Deed) -> Result<CampaignState, TransitionError> {
        self.after(&Transition::new(deed, "", DateTime::UNIX_EPOCH))
    }

    fn after(&self, step: &Transition) -> Result<CampaignState, TransitionError> {
        use CampaignState::{Approved, Cancelled, Draft, Expired, Paused, Planned, Sending, Settled};
        let refused = |why| Err(TransitionError { deed: step.deed, state: self.state, why });
        let started = || self.steps.iter().any(|step| step.deed == Deed::Start);
        match (self.state, step.deed) {
            (Draft, Deed::Approve) => {
                let author = self.steps.first().map(|draft| draft.by.as_str());
                if !self.rule.author_counts && author == Some(step.by.as_str()) {
                    return refused("whoever wrote it does not approve it");
                }
                if self.approvers().any(|by| by == step.by) {
                    return refused("this account has approved it already");
                }
                let enough = self.approvers().count() + 1 >= self.rule.approvers.into();
                Ok(if enough { Approved } else { Draft })
            }
            (Approved, Deed::Plan) => Ok(Planned),
            (Planned, Deed::Start) => Ok(Sending),
            (Planned | Sending, Deed::Pause) => Ok(Paused),
            (state @ (Planned | Sending | Paused), Deed::Extend) => Ok(state),
            (Paused, Deed::Resume) => Ok(if started() { Sending } else { Planned }),
            // Nothing may be left to submit because of suppressions alone.
            (Planned | Sending | Paused, Deed::Settle) => Ok(Settled),
            (Draft | Approved | Planned | Sending | Paused, Deed::Cancel) => Ok(Cancelled),
            (Draft | Approved | Planned | Sending | Paused, Deed::Expire) => Ok(Expired),
            _ => refused("it does not follow from there"),
        }
    }

    fn approvers(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter(|step| step.deed == Deed::Approve).map(|step| step.by.as_str())
    }
}

/// A transition cannot follow from where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{deed}` of a campaign that is {state}: {why}")]
#[non_exhaustive]
pub struct TransitionError {
    /// What was to be done.
    pub deed: Deed,
    /// Where the campaign stands.
    pub state: CampaignState,
    /// What stands against it.
    pub why: &'static str,
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    fn step(deed: Deed, by: &str) -> Transition {
        Transition::new(deed, by, Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap())
    }

    #[test]
    fn two_people_agree_before_the_audience_is_frozen() {
        let mut history = History::new(ApprovalRule::of(2), step(Deed::Draft, "editor"));
        assert!(history.take(step(Deed::Plan, "engine")).is_err());
        assert_eq!(history.take(step(Deed::Approve, "a")).unwrap(), CampaignState::Draft);
        assert!(history.take(step(Deed::Approve, "a")).unwrap_err().to_string().contains("already"));
        assert_eq!(history.take(step(Deed::Approve, "b")).unwrap(), CampaignState::Approved);
        assert_eq!(history.take(step(Deed::Plan, "engine")).unwrap(), CampaignState::Planned);
        let again = History::of(history.rule(), history.steps().to_vec());
        assert_eq!(again, Some(history));
        let mut office_of_one = History::new(ApprovalRule::of(1).or_author(), step(Deed::Draft, "editor"));
        assert_eq!(office_of_one.take(step(Deed::Approve, "editor")).unwrap(), CampaignState::Approved);
    }

    #[test]
    fn a_paused_campaign_goes_on_where_it_stood() {
        let mut history = History::new(ApprovalRule::none(), step(Deed::Draft, "editor"));
        for (deed, state) in [
            (Deed::Plan, CampaignState::Planned),
            (Deed::Pause, CampaignState::Paused),
            (Deed::Resume, CampaignState::Planned),
            (Deed::Start, CampaignState::Sending),
            (Deed::Pause, CampaignState::Paused),
            (Deed::Resume, CampaignState::Sending),
            (Deed::Settle, CampaignState::Settled),
        ] {
            assert_eq!(history.take(step(deed, "x")).unwrap(), state);
        }
    }

    proptest! {
        #[test]
        fn what_is_over_stays_over_and_nothing_is_sent_that_was_not_agreed_to(
            approvers in 0_u8..3,
            deeds in proptest::collection::vec((0..Deed::ALL.len(), 0..4_u8), 0..40),
        ) {
            let mut history = History::new(ApprovalRule::of(approvers), step(Deed::Draft, "0"));
            for (deed, by) in deeds {
                let before = history.clone();
                let taken = history.take(step(Deed::ALL[deed], &by.to_string()));
                prop_assert!(!before.state().is_over() || taken.is_err());
                prop_assert!(taken.is_ok() || history == before);
                if history.state().sends() {
                    prop_assert!(history.approvers().count() >= approvers.into());
                    prop_assert!(history.approvers().all(|by| by != "0"));
                }
            }
            prop_assert_eq!(History::of(history.rule(), history.steps().to_vec()), Some(history));
        }
    }
}

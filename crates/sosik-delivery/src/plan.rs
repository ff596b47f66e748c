use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::Message;
use sosik_registry::{Purpose, Segment, StoreError, StoreErrorKind, SubscriberStore};
use sosik_schedule::MessageClass;

use crate::brake::braked;
use crate::{
    ApprovalRule, Brake, Braked, Budget, Campaign, CampaignKey, CampaignState, Caps, Deed, DeliveryError, Freeze,
    Friends, History, Outbox, OutboxError, PlannedCampaign, Route, Transition, freeze,
};

/// What shall be sent, to whom, when, and who has to agree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// What makes the campaign the one it is.
    pub key: CampaignKey,
    /// What is sent, with its pictures uploaded.
    pub message: Message,
    /// What it is in law.
    pub class: MessageClass,
    /// By which way. To named recipients unless set.
    pub route: Route,
    /// Who is meant, of named recipients.
    pub segment: Segment,
    /// When sending begins; consents must stand then.
    pub send_at: DateTime<Utc>,
    /// From when on nothing more is submitted without a person's word. A day after `send_at` unless set.
    pub send_by: DateTime<Utc>,
    /// The most recipients of a batch, as the transport says.
    pub batch: usize,
    /// Who has to agree before the audience is frozen. No one unless set.
    pub approval: ApprovalRule,
    /// The account or program that plans. `sosik` unless set.
    pub by: String,
    /// What it may cost. Anything unless set.
    pub budget: Option<Budget>,
    /// What the last campaign of the channel must not have led to, for this one to go out by itself.
    pub brake: Option<Brake>,
    /// How many messages one person gets. Any number unless set.
    pub caps: Caps,
    /// Whether its [trial](Plan::trial) has to arrive first. Not unless set.
    pub tried: bool,
}

impl Plan {
    /// A plan.
    #[must_use]
    pub fn new(
        key: CampaignKey,
        message: Message,
        class: MessageClass,
        segment: Segment,
        send_at: DateTime<Utc>,
        batch: usize,
    ) -> Self {
        let send_by = send_at.checked_add_signed(TimeDelta::days(1)).unwrap_or(send_at);
        let (approval, by, budget, brake, tried) = (ApprovalRule::none(), "sosik".to_owned(), None, None, false);
        let (route, caps) = (Route::Recipients, Caps::none());
        Self { key, message, class, route, segment, send_at, send_by, batch, approval, by, budget, brake, caps, tried }
    }

    /// The plan of a group send to friends of the channel: for [`plan_friends`](crate::plan_friends).
    #[must_use]
    pub fn to_friends(mut self, friends: Friends) -> Self {
        self.route = Route::Friends(friends);
        self
    }

    /// The plan of a message that a clerk sends: for [`plan_by_hand`](crate::plan_by_hand).
    #[must_use]
    pub fn by_hand(mut self) -> Self {
        self.route = Route::Hands;
        self
    }

    /// The plan with another end of sending: what is left then is held for a person.
    #[must_use]
    pub fn with_send_by(mut self, send_by: DateTime<Utc>) -> Self {
        self.send_by = send_by;
        self
    }

    /// The plan for which someone has to agree.
    #[must_use]
    pub fn with_approval(mut self, rule: ApprovalRule) -> Self {
        self.approval = rule;
        self
    }

    /// The plan of an account or program.
    #[must_use]
    pub fn planned_by(mut self, account: impl Into<String>) -> Self {
        self.by = account.into();
        self
    }

    /// The plan that is not carried out where it would cost more.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The plan that waits for a person where the last campaign of the channel led to too many failures or blocks. Emergency
    /// messages do not wait.
    #[must_use]
    pub fn with_brake(mut self, brake: Brake) -> Self {
        self.brake = Some(brake);
        self
    }

    /// The plan without those who have had, or are to have, as many messages as these allow.
    #[must_use]
    pub fn with_caps(mut self, caps: Caps) -> Self {
        self.caps = caps;
        self
    }

    /// The plan that is not carried out before its [trial](Self::trial) has arrived with someone, with the same words.
    #[must_use]
    pub fn after_trial(mut self) -> Self {
        self.tried = true;
        self
    }

    /// The trial (시험 발송) of this plan: the same message to a few guests, at `at`, as a campaign of its own. Nobody has to
    /// agree to it, and no brake looks at it. The guests get the message again with everyone else.
    #[must_use]
    pub fn trial(&self, guests: Segment, at: DateTime<Utc>) -> Self {
        let mut trial = Self::new(self.key.trial(), self.message.clone(), self.class, guests, at, self.batch);
        (trial.by, trial.budget) = (self.by.clone(), self.budget);
        trial
    }

    /// The campaign that it asks for, just written.
    #[must_use]
    pub fn campaign(&self, now: DateTime<Utc>) -> Campaign {
        self.drafted(now, None)
    }

    /// The campaign, which one more person has to agree to where it is braked.
    pub(crate) fn drafted(&self, now: DateTime<Utc>, braked: Option<&Braked>) -> Campaign {
        let (mut approval, mut draft) = (self.approval, Transition::new(Deed::Draft, self.by.as_str(), now));
        if let Some(why) = braked {
            approval.approvers = approval.approvers.max(1);
            draft = draft.because(format!("a person has to look: of the last campaign {why}"));
        }
        let history = History::new(approval, draft);
        Campaign::new(self.key.clone(), self.class, self.message.clone(), self.send_at, history)
            .with_segment(self.segment.clone())
            .with_send_by(self.send_by)
            .with_route(self.route.clone())
    }
}

/// The consent that a message of a class needs.
pub(crate) fn purpose(class: MessageClass) -> Purpose {
    match class {
        MessageClass::Advertising => Purpose::Advertising,
        class if class.is_emergency() => Purpose::PublicSafety,
        _ => Purpose::Collection,
    }
}

/// Writes a campaign down, and freezes its audience once everyone who has to agree to it did. Called again it goes on where
/// it stopped, and changes nothing of what is planned already.
///
/// A campaign that someone has to agree to is given back as a [draft](CampaignState::Draft); when they did, call this again
/// or [`freeze`] it. One that was called off is given back as it stands.
///
/// # Errors
///
/// [`DeliveryError`] when a store fails, when it would cost more than its [`Budget`], or when someone else plans it or calls
/// it off at the same moment: then call it again. [`Route`](DeliveryError::Route) when it does not go to named recipients;
/// [`Trial`](DeliveryError::Trial) when its [trial](Plan::after_trial) is missing.
pub async fn plan(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, DeliveryError> {
    if plan.route != Route::Recipients {
        return Err(DeliveryError::route(plan.key.id(), &plan.route, "plan"));
    }
    // Kept as text: what cannot be read again is not written down.
    if plan.segment.to_string().parse().as_ref() != Ok(&plan.segment) {
        let why = "the segment is too long to be kept: ask for what its people have in common";
        return Err(OutboxError::from(StoreError::new(StoreErrorKind::Invalid, why)).into());
    }
    let kept = if let Some(campaign) = outbox.campaign(plan.key.id()).await? {
        PlannedCampaign::new(campaign, true)
    } else {
        let braked = braked(outbox, Some(subscribers), plan, now).await?;
        outbox.draft(&plan.drafted(now, braked.as_ref())).await?
    };
    if kept.campaign.state() != CampaignState::Approved {
        return Ok(kept);
    }
    if plan.tried {
        look_for_trial(outbox, &kept.campaign).await?;
    }
    let transition = Transition::new(Deed::Plan, plan.by.as_str(), now);
    let freezing = Freeze { batch: plan.batch, budget: plan.budget, caps: plan.caps.clone(), transition };
    let campaign = freeze(outbox, subscribers, &kept.campaign, &freezing).await?;
    Ok(PlannedCampaign::new(campaign, false))
}

/// Whether someone has the message of a campaign by its trial.
pub(crate) async fn look_for_trial(outbox: &dyn Outbox, campaign: &Campaign) -> Result<(), DeliveryError> {
    let missing = |why| Err(DeliveryError::Trial { campaign: campaign.id, why });
    let Some(trial) = outbox.campaign(campaign.key.trial().id()).await? else { return missing("it was never sent") };
    if trial.message != campaign.message {
        return missing("it had other words");
    }
    let tally = outbox.tally(trial.id).await?;
    if tally.delivered + tally.fallback == 0 { missing("it has not arrived with anyone yet") } else { Ok(()) }
}

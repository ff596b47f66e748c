//! The engine of group sends: hands over, watches, stops, and never hands over twice what is in doubt.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::{
    GroupSend, GroupSendStatus, GroupSender, GroupSenderExt, SendError, SendErrorKind, Started, TemplateRef, Watch,
};
use sosik_core::ChannelId;

use crate::brake::braked;
use crate::by_hand::{close, draft_by, seal};
use crate::engine::after;
use crate::plan::look_for_trial;
use crate::{
    Campaign, CampaignId, CampaignState, Deed, DeliveryError, Evidence, Friends, Outbox, OutboxError, Plan,
    PlannedCampaign, Route, Transition,
};

/// Before a group send starts it is handed over so much earlier than the provider asks, so that a person can still stop it.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// After an error that says nothing of when, the provider is asked again after so long.
const AGAIN: TimeDelta = TimeDelta::seconds(10);

/// What a person has to look at is looked at again after so long.
const ASKED: TimeDelta = TimeDelta::minutes(5);

/// What a person is asked about a group send of which nobody here knows whether it goes.
const DOUBT: &str = "it may be on its way, and its handle is not known: do not send it by hand; look at it in the provider's \
                     console, and attest to what it shows, or that nothing is there";

/// What becomes of a campaign whose time passed before it was handed over, say because no worker ran on Friday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missed {
    /// A person is asked, who lets it [go on](crate::extend) or cancels it.
    #[default]
    Ask,
    /// It is not sent any more.
    Skip,
    /// It is sent in the next hours of the provider that begin within so long after its time, and else not any more.
    Within(TimeDelta),
}

/// Moves on the group sends of a channel: an [`Engine`](crate::Engine) for campaigns by the route
/// [`Friends`](Route::Friends).
///
/// Stepped and without a clock of its own. Nothing goes twice: what is about to be handed over is written down before, a
/// repeat goes under the campaign's own name, by which the provider knows it again, and what is in doubt is left to a
/// person. What is not done at its deadline, which is the end of the provider's hours on its day at the latest unless someone
/// [lets it go on](crate::extend), is terminated, and never left to resume on Saturday. Several processes may run one for the
/// same channel.
///
/// A pause, a resumption and a cancellation reach the provider with the next round.
#[derive(Debug)]
pub struct FriendsEngine {
    outbox: Arc<dyn Outbox>,
    channel: ChannelId,
    sender: Arc<dyn GroupSender>,
    worker: String,
    missed: Missed,
    every: TimeDelta,
    turn: tokio::sync::Mutex<()>,
}

/// What a round found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct FriendsStep {
    /// What is known of each campaign that was looked at.
    pub known: Vec<(CampaignId, Evidence)>,
    /// What a person has to look at, and why.
    pub asks: Vec<(CampaignId, String)>,
    /// What the provider could not do for now; it is tried again when due.
    pub trouble: Option<SendError>,
    /// When the next round has something to do; `None` when nothing is open.
    pub next_due: Option<DateTime<Utc>>,
}

impl FriendsEngine {
    /// An engine for the group sends of a channel by whoever sends to its friends.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, channel: ChannelId, sender: Arc<dyn GroupSender>) -> Self {
        let (worker, missed, every) = ("engine".to_owned(), Missed::default(), TimeDelta::seconds(30));
        Self { outbox, channel, sender, worker, missed, every, turn: tokio::sync::Mutex::new(()) }
    }

    /// The engine under another name than `engine`, as histories show it.
    #[must_use]
    pub fn with_worker(mut self, name: impl Into<String>) -> Self {
        self.worker = name.into();
        self
    }

    /// The engine with a rule for what was missed. A person is asked unless set.
    #[must_use]
    pub fn with_missed(mut self, rule: Missed) -> Self {
        self.missed = rule;
        self
    }

    /// The engine with another time between two looks at the provider than half a minute.
    #[must_use]
    pub fn with_every(mut self, every: TimeDelta) -> Self {
        self.every = every;
        self
    }

    /// The outbox.
    #[must_use]
    pub fn outbox(&self) -> &Arc<dyn Outbox> {
        &self.outbox
    }

    /// Does what is due at `now` with each open campaign of the channel. It never sleeps.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`] when the store fails, or the provider cannot be used whatever is sent. What was written down stays,
    /// and the round may be repeated.
    pub async fn run_due(&self, now: DateTime<Utc>) -> Result<FriendsStep, DeliveryError> {
        let _turn = self.turn.lock().await;
        let mut step = FriendsStep::default();
        // One that cannot be read, or is refused, keeps no other from being ended in time.
        let mut failed = None;
        for id in self.outbox.open_campaigns().await? {
            let campaign = match self.outbox.campaign(id).await {
                Ok(Some(campaign)) => campaign,
                Ok(None) => continue,
                Err(error) => {
                    failed.get_or_insert(DeliveryError::from(error));
                    continue;
                }
            };
            let Route::Friends(friends) = &campaign.route else { continue };
            if campaign.key.channel != self.channel {
                continue;
            }
            let round = Round { engine: self, campaign: &campaign, friends, now };
            let next = match round.advance(&mut step).await {
                Err(DeliveryError::Transport(error)) if error.kind() != SendErrorKind::Unauthorized => {
                    let wait = error.retry_after().and_then(|asked| TimeDelta::from_std(asked).ok());
                    step.trouble.get_or_insert(error);
                    Some(after(now, wait.unwrap_or(AGAIN).max(AGAIN)))
                }
                // Someone else was faster.
                Err(DeliveryError::Outbox(OutboxError::Transition { .. })) => Some(after(now, AGAIN)),
                Err(error) => {
                    failed.get_or_insert(error);
                    continue;
                }
                Ok(next) => next,
            };
            step.next_due = step.next_due.into_iter().chain(next).min();
        }
        failed.map_or(Ok(step), Err)
    }
}

/// One look at one campaign.
struct Round<'a> {
    engine: &'a FriendsEngine,
    campaign: &'a Campaign,
    friends: &'a Friends,
    now: DateTime<Utc>,
}

type Next = Result<Option<DateTime<Utc>>, DeliveryError>;

impl Round<'_> {
    async fn advance(&self, step: &mut FriendsStep) -> Next {
        let known = &self.campaign.evidence;
        if let Some(handle) = &known.handle {
            return self.watch(handle, step).await;
        }
        if known.attestation.is_some() {
            // Someone looked and said what there is, and crashed before it was closed: nothing is handed over any more.
            close(&*self.engine.outbox, self.campaign.id, &self.engine.worker, self.now).await?;
            return Ok(None);
        }
        if known.is_in_doubt() {
            return self.in_doubt(step).await;
        }
        if self.campaign.state().sends() { self.begin(step).await } else { Ok(None) }
    }

    /// Hands over what was never handed over, or was refused for certain.
    async fn begin(&self, step: &mut FriendsStep) -> Next {
        let (campaign, now) = (self.campaign, self.now);
        let rules = self.engine.sender.rules();
        let ahead = rules.lead.checked_add(&AHEAD).unwrap_or(rules.lead);
        let soonest = campaign.send_at.checked_sub_signed(ahead).unwrap_or(campaign.send_at);
        if now < soonest {
            return Ok(Some(soonest));
        }
        let starts = campaign.send_at.max(rules.earliest(now));
        let mut deadline = campaign.deadline();
        if starts >= deadline {
            let until = match self.engine.missed {
                Missed::Ask => None,
                Missed::Skip => return self.expire("its time passed before it was handed over").await,
                Missed::Within(span) => Some(after(campaign.send_by, span)),
            };
            let Some(until) = until else {
                let why =
                    format!("its time was over at {deadline} before it was handed over: let it go on, or cancel it");
                return self.ask(why, step).await;
            };
            if starts >= until {
                return self.expire(&format!("its time passed, and it could not start before {until}")).await;
            }
            deadline = rules.closing(starts).min(until);
            self.note(Evidence { deadline: Some(deadline), ..Evidence::new() }, step).await?;
        }
        let plan = group_send(campaign, self.friends, starts);
        let outlook = self.engine.sender.outlook(&plan).await?;
        if !outlook.fits(deadline) {
            let (reachable, finishes) = (outlook.reachable, outlook.finishes);
            let why = format!(
                "{reachable} friends would be reached by {finishes}, and its time is over at {deadline}: let it go faster or \
                 on, or cancel it"
            );
            return self.ask(why, step).await;
        }
        let template = match &campaign.evidence.template {
            Some(code) => Ok(TemplateRef::new(code)),
            None => self.register(step).await?,
        };
        let template = match template {
            Ok(template) => template,
            Err(refused) => return self.ask(format!("the provider refuses the message: {refused}"), step).await,
        };
        if campaign.state() == CampaignState::Planned {
            self.transition(Deed::Start, "").await?;
        }
        // Another may have handed it over meanwhile, or someone halted it.
        let stands = self.engine.outbox.campaign(campaign.id).await?;
        let is_free = |stands: &Campaign| {
            let Evidence { handle, asked, attestation, .. } = &stands.evidence;
            let is_as_it_was = *asked == campaign.evidence.asked && handle.is_none() && attestation.is_none();
            stands.state().sends() && is_as_it_was
        };
        if !stands.as_ref().is_some_and(is_free) {
            return Ok(Some(after(now, AGAIN)));
        }
        // What can only be taken back by the provider is written down before: later than what was refused, by any clock.
        let asked =
            campaign.evidence.refused.map_or(now, |refused| now.max(after(refused, TimeDelta::microseconds(1))));
        let handed_over = Evidence { asked: Some(asked), starts: Some(starts), seen: Some(now), ..Evidence::new() };
        let kept = self.note(handed_over, step).await?;
        if kept.handle.is_some() || kept.asked != Some(asked) {
            return Ok(Some(after(now, AGAIN)));
        }
        self.start(&plan, &template, Some(asked), step).await
    }

    /// Registers the message, or says why the provider does not take it.
    async fn register(&self, step: &mut FriendsStep) -> Result<Result<TemplateRef, SendError>, DeliveryError> {
        let campaign = self.campaign;
        let template = match self.engine.sender.register(&campaign.id.to_string(), &campaign.message).await {
            Ok(template) => template,
            Err(error) if error.kind() == SendErrorKind::InvalidContent => return Ok(Err(error)),
            Err(error) => return Err(error.into()),
        };
        let code = Some(template.as_str().to_owned());
        let kept = self.note(Evidence { template: code, ..Evidence::new() }, step).await?;
        Ok(Ok(kept.template.map_or(template, TemplateRef::new)))
    }

    /// What was handed over without a handle in return: handed over again, under the same name, while that is safe.
    async fn in_doubt(&self, step: &mut FriendsStep) -> Next {
        let (campaign, rules) = (self.campaign, self.engine.sender.rules());
        let known = &campaign.evidence;
        // The provider knows it, and does not say under which handle.
        let is_known = known.status.is_some();
        let (Some(template), true, false) = (&known.template, campaign.state().sends(), is_known) else {
            return self.ask(DOUBT, step).await;
        };
        let starts = campaign.send_at.max(known.starts.unwrap_or(campaign.send_at)).max(rules.earliest(self.now));
        let (plan, deadline) = (group_send(campaign, self.friends, starts), campaign.deadline());
        if starts >= deadline || !self.engine.sender.outlook(&plan).await?.fits(deadline) {
            return self.ask(DOUBT, step).await;
        }
        self.start(&plan, &TemplateRef::new(template), None, step).await
    }

    /// Hands it over: for the first time at an instant that was written down, or once more.
    async fn start(
        &self,
        plan: &GroupSend,
        template: &TemplateRef,
        first: Option<DateTime<Utc>>,
        step: &mut FriendsStep,
    ) -> Next {
        let (now, is_repeat) = (self.now, first.is_none());
        match self.engine.sender.start(plan, template).await {
            Ok(Started::Now(state)) => {
                self.note(Evidence::of(&state, now), step).await?;
                Ok(Some(after(now, self.engine.every)))
            }
            Ok(started) => {
                let status = GroupSendStatus::Other("started before".to_owned());
                let handle = started.handle().map(str::to_owned);
                let evidence = Evidence { handle, status: Some(status), seen: Some(now), ..Evidence::new() };
                self.note(evidence, step).await?;
                // With a handle it is watched, and without one a person is asked.
                Ok(Some(now))
            }
            Err(error) if error.may_have_arrived() || error.is_retryable() && is_repeat => Err(error.into()),
            Err(error) if is_repeat => {
                // It says nothing of the first one, and is not repeated without end.
                let status = Some(GroupSendStatus::Other("refused when asked again".to_owned()));
                self.note(Evidence { status, seen: Some(now), ..Evidence::new() }, step).await?;
                self.ask(format!("{DOUBT} (asked again it says: {error})"), step).await
            }
            Err(error) => {
                // Nothing of it goes.
                let refused = Evidence { refused: first, ..Evidence::new() };
                self.note(refused, step).await?;
                if error.is_retryable() || error.kind() == SendErrorKind::Unauthorized {
                    return Err(error.into());
                }
                self.ask(format!("the provider refuses it: {error}"), step).await
            }
        }
    }

    /// Looks how far it is, and sees to it that the provider does what is wanted here.
    async fn watch(&self, handle: &str, step: &mut FriendsStep) -> Next {
        let (campaign, now, sender) = (self.campaign, self.now, &self.engine.sender);
        let state = campaign.state();
        let is_called_off = matches!(state, CampaignState::Cancelled | CampaignState::Expired);
        let deadline = if is_called_off { now } else { campaign.deadline() };
        let kept = match sender.keep(handle, &Watch::until(deadline).every(self.engine.every), now).await {
            Err(error) if now >= deadline => {
                let why = format!("it could not be ended at its deadline ({error}): end it in the provider's console");
                self.ask(why, step).await?;
                return Err(error.into());
            }
            kept => kept?,
        };
        let mut there = kept.state;
        let resumption =
            campaign.history.steps().iter().rev().find(|done| done.deed == Deed::Resume).map(|done| done.at);
        let mut resumed = None;
        if !there.status.is_final() && there.status != GroupSendStatus::Blocked {
            let is_paused = there.status == GroupSendStatus::Paused;
            if state == CampaignState::Paused && !is_paused {
                there = sender.pause(handle).await?;
            } else if state.sends() && is_paused && resumption > campaign.evidence.resumed {
                there = sender.resume(handle).await?;
                resumed = resumption;
            } else if state.sends() && !is_paused {
                // It goes: whoever halts it at the provider from now on means it.
                resumed = resumption;
            }
        }
        let stands_still =
            there.status == GroupSendStatus::Paused && state.sends() && sender.rules().closing(now) > now;
        let blocked = match there.status {
            GroupSendStatus::Blocked => Some("the provider blocked it: ask why".to_owned()),
            _ if stands_still => Some("it stands still at the provider: resume it there, or cancel it here".to_owned()),
            _ => None,
        };
        if let Some(why) = &blocked {
            step.asks.push((campaign.id, why.clone()));
        }
        self.note(Evidence { resumed, ask: blocked, ..Evidence::of(&there, now) }, step).await?;
        match there.status {
            GroupSendStatus::Done if !state.is_over() => self.transition(Deed::Settle, "").await.map(|_| None),
            GroupSendStatus::Terminated if !state.is_over() => {
                let count =
                    |of: Option<u64>| of.map_or_else(|| "an unknown number".to_owned(), |count| count.to_string());
                self.expire(&format!("ended: sent to {} of {}", count(there.sent), count(there.expected))).await
            }
            _ => Ok(kept.again),
        }
    }

    async fn note(&self, evidence: Evidence, step: &mut FriendsStep) -> Result<Evidence, DeliveryError> {
        let kept = self.engine.outbox.note(self.campaign.id, &evidence).await?;
        step.known.retain(|(id, _)| *id != self.campaign.id);
        step.known.push((self.campaign.id, kept.clone()));
        Ok(kept)
    }

    async fn ask(&self, why: impl Into<String>, step: &mut FriendsStep) -> Next {
        let why = why.into();
        self.note(Evidence::asking(why.as_str(), self.now), step).await?;
        step.asks.push((self.campaign.id, why));
        Ok(Some(after(self.now, ASKED)))
    }

    async fn transition(&self, deed: Deed, why: &str) -> Result<CampaignState, DeliveryError> {
        let done = Transition::new(deed, self.engine.worker.as_str(), self.now).because(why);
        Ok(self.engine.outbox.transition(self.campaign.id, &done).await?)
    }

    async fn expire(&self, why: &str) -> Next {
        self.transition(Deed::Expire, why).await.map(|_| None)
    }
}

/// The group send of a campaign, which starts then.
fn group_send(campaign: &Campaign, friends: &Friends, starts: DateTime<Utc>) -> GroupSend {
    let mut plan = GroupSend::new(campaign.id.to_string(), campaign.message.clone(), starts);
    (plan.group, plan.per_second) = (friends.group.clone(), friends.per_second);
    plan
}

/// Writes a group send down, and plans it once everyone who has to agree to it did: with how many friends it would reach.
/// Called again it goes on where it stopped. It ends with the provider's hours on the day of its `send_at` at the latest. Its
/// pictures have to be uploaded before. A brake looks at what became of the last campaign of the channel, but asks nobody who
/// blocked it since.
///
/// # Errors
///
/// [`DeliveryError`] when a store or the provider fails; [`Budget`](DeliveryError::Budget) when it would cost more than it
/// may; [`Route`](DeliveryError::Route) when the plan, or the campaign as it was planned before, is one of another route.
pub async fn plan_friends(
    outbox: &dyn Outbox,
    sender: &dyn GroupSender,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, DeliveryError> {
    let braked = match outbox.campaign(plan.key.id()).await? {
        Some(_) => None,
        None => braked(outbox, None, plan, now).await?,
    };
    let mut draft = plan.drafted(now, braked.as_ref());
    draft.send_by = draft.send_by.min(sender.rules().closing(draft.send_at));
    let is_ours = |route: &Route| matches!(route, Route::Friends(_));
    let mut kept = draft_by(outbox, &draft, is_ours, "plan_friends").await?;
    let Route::Friends(friends) = &kept.campaign.route else { return Ok(kept) };
    if kept.campaign.state() != CampaignState::Approved {
        return Ok(kept);
    }
    let starts = kept.campaign.send_at.max(sender.rules().earliest(now));
    let outlook = sender.outlook(&group_send(&kept.campaign, friends, starts)).await?;
    plan.budget.map_or(Ok(()), |budget| budget.check(outlook.reachable))?;
    if plan.tried {
        look_for_trial(outbox, &kept.campaign).await?;
    }
    kept.campaign = seal(outbox, &kept.campaign, outlook.reachable, &plan.by, now).await?;
    Ok(kept)
}

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::Message;
use sosik_registry::{AudienceRequest, Member, Purpose, Segment, SubscriberId, SubscriberStore};
use sosik_schedule::MessageClass;

use crate::{
    ApprovalRule, Batch, BatchId, Campaign, CampaignKey, CampaignState, Deed, DeliveryError, History, Outbox,
    PlannedCampaign, Sealed, Transition,
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
    /// Who is meant.
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
        let (approval, by) = (ApprovalRule::none(), "sosik".to_owned());
        Self { key, message, class, segment, send_at, send_by, batch, approval, by }
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

    /// The campaign that it asks for, just written.
    #[must_use]
    pub fn campaign(&self, now: DateTime<Utc>) -> Campaign {
        let history = History::new(self.approval, Transition::new(Deed::Draft, self.by.as_str(), now));
        Campaign::new(self.key.clone(), self.class, self.message.clone(), self.send_at, history)
            .with_segment(self.segment.clone())
            .with_send_by(self.send_by)
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
/// [`DeliveryError`] when a store fails.
pub async fn plan(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, DeliveryError> {
    let kept = match outbox.campaign(plan.key.id()).await? {
        Some(campaign) => PlannedCampaign::new(campaign, true),
        None => outbox.draft(&plan.campaign(now)).await?,
    };
    if kept.campaign.state() != CampaignState::Approved {
        return Ok(kept);
    }
    let transition = Transition::new(Deed::Plan, plan.by.as_str(), now);
    let campaign = freeze(outbox, subscribers, &kept.campaign, plan.batch, transition).await?;
    Ok(PlannedCampaign::new(campaign, false))
}

/// Freezes the audience of an approved campaign into batches of at most so many recipients.
///
/// The audience comes and goes page by page, so that memory does not grow with it. What a crash leaves half planned is
/// planned anew by the next call; nothing of it is sent before.
///
/// People who allow a fallback text and people who do not are kept in batches of their own, since a dealer takes one
/// message for a whole submission. A message with a fallback text is for transports that
/// [fall back](sosik_channel::Capabilities::falls_back) by themselves; for others, plan it without one.
///
/// # Errors
///
/// [`DeliveryError`] when a store fails, the campaign is not approved or planned already, or someone else plans it
/// meanwhile.
pub async fn freeze(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    campaign: &Campaign,
    batch: usize,
    transition: Transition,
) -> Result<Campaign, DeliveryError> {
    let token = outbox.begin(campaign.id).await?;
    let request = AudienceRequest::new(campaign.segment.clone(), purpose(campaign.class), campaign.send_at);
    let request = request.through(campaign.key.channel.clone());
    let mut cutter = Cutter::new(campaign, batch.max(1));
    let (mut audience, mut suppressed) = (0, BTreeMap::new());
    let mut after = None;
    loop {
        let page = subscribers.members(&request, after, PAGE).await?;
        let is_last = page.members.len() < PAGE;
        after = page.members.last().map(|member| member.id);
        audience += page.members.len() as u64;
        for (reason, count) in page.suppressed {
            *suppressed.entry(reason).or_default() += count;
        }
        let batches = cutter.cut(page.members, is_last);
        outbox.add(campaign.id, token, &batches).await?;
        if is_last {
            break;
        }
    }
    Ok(outbox.seal(campaign.id, token, &Sealed::new(audience, suppressed, transition)).await?)
}

/// People who are planned at a time.
const PAGE: usize = 10_000;

/// Cuts people into batches, those with a fallback text and those without apart.
struct Cutter<'a> {
    campaign: &'a Campaign,
    size: usize,
    number: u32,
    /// Those whose batch is not full yet: without and with a fallback text.
    open: [Vec<SubscriberId>; 2],
}

impl<'a> Cutter<'a> {
    fn new(campaign: &'a Campaign, size: usize) -> Self {
        Self { campaign, size, number: 0, open: [Vec::new(), Vec::new()] }
    }

    /// The batches that are full, and after the last people all of them.
    fn cut(&mut self, people: Vec<Member>, is_last: bool) -> Vec<Batch> {
        let has_text = self.campaign.message.fallback.is_some();
        let mut batches = Vec::new();
        for member in people {
            let fallback = has_text && member.allows_text;
            self.open[usize::from(fallback)].push(member.id);
            if self.open[usize::from(fallback)].len() == self.size {
                batches.push(self.close(fallback));
            }
        }
        for fallback in [true, false] {
            if is_last && !self.open[usize::from(fallback)].is_empty() {
                batches.push(self.close(fallback));
            }
        }
        batches
    }

    fn close(&mut self, fallback: bool) -> Batch {
        let Campaign { id, send_at, send_by, class, .. } = self.campaign;
        let recipients = std::mem::take(&mut self.open[usize::from(fallback)]);
        let batch = Batch::new(BatchId::new(*id, self.number), fallback, recipients, *send_at, *send_by)
            .with_urgency(class.is_emergency());
        self.number += 1;
        batch
    }
}

use chrono::{DateTime, TimeDelta, Utc};
use sosik_channel::Message;
use sosik_registry::{AudienceRequest, Member, Purpose, Segment, SubscriberStore};
use sosik_schedule::MessageClass;

use crate::{Batch, BatchId, Campaign, CampaignKey, DeliveryError, Outbox, PlannedCampaign};

/// What shall be sent, to whom, and when.
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
        Self { key, message, class, segment, send_at, send_by, batch }
    }

    /// The plan with another end of sending: what is left then is held for a person.
    #[must_use]
    pub fn with_send_by(mut self, send_by: DateTime<Utc>) -> Self {
        self.send_by = send_by;
        self
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

/// Freezes an audience into a campaign, unless the campaign is planned already.
///
/// People who allow a fallback text and people who do not are kept in batches of their own, since a dealer takes one
/// message for a whole submission. A message with a fallback text is for transports that
/// [fall back](sosik_channel::Capabilities::falls_back) by themselves; for others, plan it without one.
///
/// # Errors
///
/// [`DeliveryError`] when a store fails; nothing was planned.
pub async fn plan(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, DeliveryError> {
    if let Some(campaign) = outbox.campaign(plan.key.id()).await? {
        return Ok(PlannedCampaign::new(campaign, true));
    }
    let request = AudienceRequest::new(plan.segment.clone(), purpose(plan.class), plan.send_at);
    let request = request.through(plan.key.channel.clone());
    let audience = subscribers.audience(&request).await?;
    let campaign = Campaign::new(plan.key.clone(), plan.class, plan.message.clone(), plan.send_at, now)
        .with_audience(audience.members.len() as u64, audience.suppressed);
    let has_text = plan.message.fallback.is_some();
    let (with_text, without): (Vec<Member>, Vec<Member>) =
        audience.members.into_iter().partition(|member| has_text && member.allows_text);
    let size = plan.batch.max(1);
    let groups =
        with_text.chunks(size).map(|group| (group, true)).chain(without.chunks(size).map(|group| (group, false)));
    let batches: Vec<Batch> = groups
        .zip(0..)
        .map(|((group, fallback), number)| {
            let recipients = group.iter().map(|member| member.id).collect();
            Batch::new(BatchId::new(campaign.id, number), fallback, recipients, plan.send_at, plan.send_by)
        })
        .collect();
    Ok(outbox.plan(&campaign, &batches).await?)
}

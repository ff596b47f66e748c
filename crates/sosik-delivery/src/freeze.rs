use std::collections::BTreeMap;

use sosik_registry::{AudienceRequest, Member, SubscriberId, SubscriberStore, Suppression};

use crate::plan::purpose;
use crate::{Batch, BatchId, Budget, Campaign, DeliveryError, Outbox, Route, Sealed, Transition};

/// How an audience is frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Freeze {
    /// The most recipients of a batch, as the transport says.
    pub batch: usize,
    /// What the campaign may cost.
    pub budget: Option<Budget>,
    /// Who freezes it, and when: a [`Deed::Plan`](crate::Deed::Plan).
    pub transition: Transition,
}

impl Freeze {
    /// Into batches of at most so many.
    #[must_use]
    pub fn new(batch: usize, transition: Transition) -> Self {
        Self { batch, budget: None, transition }
    }

    /// Within a budget.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }
}

/// Freezes the audience of an approved campaign into batches.
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
/// meanwhile; [`Budget`](DeliveryError::Budget) when it would cost more than it may: then nothing is planned;
/// [`Route`](DeliveryError::Route) when it does not go to named recipients.
pub async fn freeze(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    campaign: &Campaign,
    freezing: &Freeze,
) -> Result<Campaign, DeliveryError> {
    if campaign.route != Route::Recipients {
        return Err(DeliveryError::route(campaign.id, &campaign.route, "freeze"));
    }
    let token = outbox.begin(campaign.id).await?;
    let request = request(campaign);
    let mut cutter = Cutter::new(campaign, freezing.batch.max(1));
    let (mut audience, mut suppressed) = (0, BTreeMap::new());
    let mut after = None;
    loop {
        let page = subscribers.members(&request, after, PAGE).await?;
        let is_last = page.members.len() < PAGE;
        after = page.members.last().map(|member| member.id);
        audience += page.members.len() as u64;
        if let Err(error) = freezing.budget.map_or(Ok(()), |budget| budget.check(audience)) {
            // What was added of it is dropped.
            outbox.begin(campaign.id).await?;
            return Err(error);
        }
        add(&mut suppressed, page.suppressed);
        let batches = cutter.cut(page.members, is_last);
        outbox.add(campaign.id, token, &batches).await?;
        if is_last {
            break;
        }
    }
    Ok(outbox.seal(campaign.id, token, &Sealed::new(audience, suppressed, freezing.transition.clone())).await?)
}

/// Whom a campaign asks for.
pub(crate) fn request(campaign: &Campaign) -> AudienceRequest {
    let request = AudienceRequest::new(campaign.segment.clone(), purpose(campaign.class), campaign.send_at);
    request.through(campaign.key.channel.clone())
}

pub(crate) fn add(all: &mut BTreeMap<Suppression, u64>, more: BTreeMap<Suppression, u64>) {
    for (reason, count) in more {
        *all.entry(reason).or_default() += count;
    }
}

/// People who are planned at a time.
pub(crate) const PAGE: usize = 10_000;

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

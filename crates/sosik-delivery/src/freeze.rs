use std::collections::BTreeMap;

use sosik_registry::{AudienceRequest, Member, QuietHours, SubscriberId, SubscriberStore, Suppression};

use crate::plan::purpose;
use crate::{Batch, BatchId, Budget, Campaign, Caps, DeliveryError, Outbox, Presence, Route, Sealed, Transition};

/// How an audience is frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Freeze {
    /// The most recipients of a batch, as the transport says.
    pub batch: usize,
    /// What the campaign may cost.
    pub budget: Option<Budget>,
    /// How many messages one person gets.
    pub caps: Caps,
    /// Who freezes it, and when: a [`Deed::Plan`](crate::Deed::Plan).
    pub transition: Transition,
}

impl Freeze {
    /// Into batches of at most so many.
    #[must_use]
    pub fn new(batch: usize, transition: Transition) -> Self {
        Self { batch, budget: None, caps: Caps::none(), transition }
    }

    /// Within a budget.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Without those who have had, or are to have, as many messages as these allow.
    #[must_use]
    pub fn with_caps(mut self, caps: Caps) -> Self {
        self.caps = caps;
        self
    }
}

/// Freezes the audience of an approved campaign into batches.
///
/// The audience comes and goes page by page, so that memory does not grow with it. What a crash leaves half planned is
/// planned anew by the next call; nothing of it is sent before.
///
/// People who allow a fallback text and people who do not are kept in batches of their own, since a dealer takes one
/// message for a whole submission. So are those who want to be left alone at the same hours: their batch waits until these are
/// over, and no one else's does.
///
/// An edition of a slot goes to each person once, by whichever channel is planned first: who is in a campaign of the same slot
/// and edition through another channel is left out ([`Elsewhere`](Suppression::Elsewhere)). So the edition goes through the
/// channels of the districts (읍면동) to those who added them, and through that of the city, planned last, to everyone else. What
/// goes to friends, or by a clerk's hands, has no names and cannot be looked at. It is one edition by its name: plan each with
/// [`CampaignKey::through`](crate::CampaignKey::through), since an edition that is named by another channel is another. Who leaves a district's channel after
/// they were chosen for it has it by none. Of channels that are planned at once one goes on, and the others find their planning
/// [lost](crate::OutboxError::PlanningLost): wait a moment, and call this again.
///
/// A message with a fallback text is for transports that
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
        let mut members = page.members;
        let ids: Vec<SubscriberId> = members.iter().map(|member| member.id).collect();
        let elsewhere = elsewhere(outbox, campaign, &freezing.caps, &ids).await?;
        members.retain(|member| !elsewhere.contains_key(&member.id));
        for reason in elsewhere.into_values() {
            *suppressed.entry(reason).or_default() += 1;
        }
        audience += members.len() as u64;
        if let Err(error) = freezing.budget.map_or(Ok(()), |budget| budget.check(audience)) {
            // What was added of it is dropped, unless someone else plans it, or its edition for another channel, since.
            if outbox.add(campaign.id, token, &[]).await.is_ok() {
                outbox.begin(campaign.id).await?;
            }
            return Err(error);
        }
        add(&mut suppressed, page.suppressed);
        let batches = cutter.cut(members, is_last);
        outbox.add(campaign.id, token, &batches).await?;
        if is_last {
            break;
        }
    }
    Ok(outbox.seal(campaign.id, token, &Sealed::new(audience, suppressed, freezing.transition.clone())).await?)
}

/// Those of some people who are to be left out of a campaign for what else they get, and why.
async fn elsewhere(
    outbox: &dyn Outbox,
    campaign: &Campaign,
    caps: &Caps,
    people: &[SubscriberId],
) -> Result<BTreeMap<SubscriberId, Suppression>, DeliveryError> {
    // A trial comes beside all else.
    if campaign.key.is_trial() || people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let slot = campaign.key.slot;
    let since = if caps.is_empty() { slot } else { slot.min(caps.since(campaign.send_at)) };
    let presences = outbox.presences(people, since).await?;
    let of_edition = |of: &&Presence| of.key != campaign.key && of.key.is_same_edition(&campaign.key);
    let why = |person: &SubscriberId| {
        if presences.iter().filter(of_edition).any(|of| of.people.contains_key(person)) {
            return Some(Suppression::Elsewhere);
        }
        caps.hold_back(*person, campaign, &presences, campaign.send_at, false).then_some(Suppression::Capped)
    };
    Ok(people.iter().filter_map(|person| Some((*person, why(person)?))).collect())
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

/// Who may be in one batch: with or without a fallback text, and left alone at the same hours.
type Kind = (bool, Option<QuietHours>);

/// Cuts people into batches, each kind apart.
struct Cutter<'a> {
    campaign: &'a Campaign,
    size: usize,
    number: u32,
    /// Those whose batch is not full yet.
    open: BTreeMap<Kind, Vec<SubscriberId>>,
}

impl<'a> Cutter<'a> {
    fn new(campaign: &'a Campaign, size: usize) -> Self {
        Self { campaign, size, number: 0, open: BTreeMap::new() }
    }

    /// The batches that are full, and after the last people all of them.
    fn cut(&mut self, people: Vec<Member>, is_last: bool) -> Vec<Batch> {
        let has_text = self.campaign.message.fallback.is_some();
        let is_emergency = self.campaign.class.is_emergency();
        let mut batches = Vec::new();
        for member in people {
            let kind = (has_text && member.allows_text, member.quiet.filter(|_| !is_emergency));
            let open = self.open.entry(kind).or_default();
            open.push(member.id);
            if open.len() == self.size {
                let full = std::mem::take(open);
                batches.push(self.close(kind, full));
            }
        }
        if is_last {
            for (kind, rest) in std::mem::take(&mut self.open) {
                if !rest.is_empty() {
                    batches.push(self.close(kind, rest));
                }
            }
        }
        batches
    }

    fn close(&mut self, (fallback, quiet): Kind, recipients: Vec<SubscriberId>) -> Batch {
        let Campaign { id, send_at, send_by, class, .. } = self.campaign;
        // Whom it cannot reach in time any more is told when its turn comes, and not held.
        let due = quiet.map(|quiet| quiet.end(*send_at)).filter(|end| end < send_by).unwrap_or(*send_at);
        let batch = Batch::new(BatchId::new(*id, self.number), fallback, recipients, due, *send_by)
            .with_urgency(class.is_emergency());
        self.number += 1;
        batch
    }
}

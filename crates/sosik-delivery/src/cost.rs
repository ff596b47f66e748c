use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sosik_channel::{Tariff, Won};
use sosik_registry::{AudienceRequest, SubscriberStore, Suppression};

use crate::freeze::{PAGE, add, request};
use crate::{DeliveryError, Plan};

/// What a campaign may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// The most that each recipient can cost, as [`Tariff::most`](sosik_channel::Tariff::most) says.
    pub each: Won,
    /// The most that all of them may cost.
    pub all: Won,
}

impl Budget {
    /// At most `all`, where each recipient can cost `each`.
    #[must_use]
    pub fn new(each: Won, all: Won) -> Self {
        Self { each, all }
    }

    pub(crate) fn check(self, audience: u64) -> Result<(), DeliveryError> {
        let cost = self.each.times(audience);
        if cost > self.all { Err(DeliveryError::Budget { cost, budget: self.all }) } else { Ok(()) }
    }
}

/// What a campaign would cost, before anyone agrees to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// How many people it would be sent to, as they stand now.
    pub audience: u64,
    /// How many it would not be, by reason.
    pub suppressed: BTreeMap<Suppression, u64>,
    /// The most that it can cost; `None` where the tariff does not know such messages.
    pub most: Option<Won>,
}

/// Counts whom a plan would send to and what that costs at the most. Nothing is kept.
///
/// # Errors
///
/// [`DeliveryError`] when the store fails.
pub async fn estimate(
    subscribers: &dyn SubscriberStore,
    plan: &Plan,
    tariff: &Tariff,
    now: DateTime<Utc>,
) -> Result<Estimate, DeliveryError> {
    let (audience, suppressed) = count(subscribers, &request(&plan.campaign(now))).await?;
    let most = tariff.most(&plan.message).map(|each| each.times(audience));
    Ok(Estimate { audience, suppressed, most })
}

/// How many a request chooses, and how many it does not, by reason.
pub(crate) async fn count(
    subscribers: &dyn SubscriberStore,
    request: &AudienceRequest,
) -> Result<(u64, BTreeMap<Suppression, u64>), DeliveryError> {
    let (mut audience, mut suppressed) = (0, BTreeMap::new());
    let mut after = None;
    loop {
        let page = subscribers.members(request, after, PAGE).await?;
        audience += page.members.len() as u64;
        add(&mut suppressed, page.suppressed);
        after = page.members.last().map(|member| member.id);
        if page.members.len() < PAGE {
            return Ok((audience, suppressed));
        }
    }
}

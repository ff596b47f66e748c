use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sosik_delivery::{
    ApprovalRule, CampaignId, CampaignState, Deed, DeliveryError, Outbox, Plan, PlannedCampaign, Transition, plan,
};
use sosik_registry::SubscriberStore;

use crate::Approved;

/// Plans the campaign of an edition that was agreed to at the desk: its history has who handed it in and everyone who agreed,
/// when they did. Called again it goes on where it stopped.
///
/// # Errors
///
/// [`HandOverError::Other`] where the slot's campaign was made of another edition than they agreed to: nothing was changed. Else
/// [`DeliveryError`] as [`plan`] gives it.
pub async fn plan_approved(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    asked: Plan,
    approved: &Approved,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, HandOverError> {
    let approvers = u8::try_from(approved.approvals.len()).unwrap_or(u8::MAX);
    // Who had a hand in it and agreed all the same was allowed to by the rule of the desk.
    let is_author = approved.approvals.iter().any(|approval| approval.by == approved.author);
    let mut rule = ApprovalRule::of(approvers);
    if is_author {
        rule = rule.or_author();
    }
    let asked = asked.planned_by(approved.author.as_str()).with_approval(rule);
    let kept = plan(outbox, subscribers, &asked, now).await?;
    // Who agreed said to which edition: a campaign of this slot that others agreed to is another.
    let notes = |steps: &[Transition]| -> BTreeSet<String> {
        steps.iter().filter(|step| step.deed == Deed::Approve).map(|step| step.note.clone()).collect()
    };
    let (said, agreed) = (notes(kept.campaign.history.steps()), notes(&approved.approvals));
    if !said.is_subset(&agreed) {
        return Err(HandOverError::Other { campaign: kept.campaign.id });
    }
    if kept.campaign.state() != CampaignState::Draft {
        return Ok(kept);
    }
    let has = |by: &str| kept.campaign.history.steps().iter().any(|step| step.deed == Deed::Approve && step.by == by);
    for approval in approved.approvals.iter().filter(|approval| !has(&approval.by)) {
        outbox.transition(kept.campaign.id, approval).await.map_err(DeliveryError::from)?;
    }
    Ok(plan(outbox, subscribers, &asked, now).await?)
}

/// An edition that could not be made a campaign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandOverError {
    /// The campaign could not be planned.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// The slot's campaign is of another edition.
    #[error("campaign {campaign} of this slot was made of another edition: it stands as it is")]
    #[non_exhaustive]
    Other {
        /// That campaign.
        campaign: CampaignId,
    },
}

use chrono::{DateTime, Utc};
use sosik_delivery::{ApprovalRule, CampaignState, Deed, DeliveryError, Outbox, Plan, PlannedCampaign, plan};
use sosik_registry::SubscriberStore;

use crate::Approved;

/// Plans the campaign of an edition that was agreed to at the desk: its history has who handed it in and everyone who agreed,
/// when they did. Called again it goes on where it stopped.
///
/// # Errors
///
/// [`DeliveryError`] as [`plan`] gives it.
pub async fn plan_approved(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    asked: Plan,
    approved: &Approved,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, DeliveryError> {
    let approvers = u8::try_from(approved.approvals.len()).unwrap_or(u8::MAX);
    // Who had a hand in it and agreed all the same was allowed to by the rule of the desk.
    let is_author = approved.approvals.iter().any(|approval| approval.by == approved.author);
    let mut rule = ApprovalRule::of(approvers);
    if is_author {
        rule = rule.or_author();
    }
    let asked = asked.planned_by(approved.author.as_str()).with_approval(rule);
    let kept = plan(outbox, subscribers, &asked, now).await?;
    if kept.campaign.state() != CampaignState::Draft {
        return Ok(kept);
    }
    let has = |by: &str| kept.campaign.history.steps().iter().any(|step| step.deed == Deed::Approve && step.by == by);
    for approval in approved.approvals.iter().filter(|approval| !has(&approval.by)) {
        outbox.transition(kept.campaign.id, approval).await?;
    }
    plan(outbox, subscribers, &asked, now).await
}

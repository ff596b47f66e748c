//! Campaigns that a clerk sends by hand, and what a person says of a campaign that nobody can look up.

use chrono::{DateTime, Utc};

use crate::plan::look_for_trial;
use crate::{
    Attestation, Campaign, CampaignId, CampaignState, Deed, DeliveryError, Evidence, Outbox, OutboxError, Plan,
    PlannedCampaign, Route, Sealed, Transition,
};

/// Writes down a campaign that goes [by hand](Route::Hands), with the kit by which it is known, and plans it once everyone
/// who has to agree did. Called again it goes on where it stopped.
///
/// `kit` is the SHA-256 of the kit's manifest ([`sosik_channel::kit::fingerprint`]). A kit that is made anew takes the place of
/// the one before, until someone attests to having sent it. What it costs and how it went are not known here: neither a budget
/// nor a brake is looked at.
///
/// # Errors
///
/// [`DeliveryError`] when the store fails; [`Route`](DeliveryError::Route) when the plan is one of another route.
pub async fn plan_by_hand(
    outbox: &dyn Outbox,
    plan: &Plan,
    kit: &str,
    now: DateTime<Utc>,
) -> Result<PlannedCampaign, DeliveryError> {
    let is_ours = |route: &Route| *route == Route::Hands;
    let mut kept = draft_by(outbox, &plan.campaign(now), is_ours, "plan_by_hand").await?;
    if !kept.campaign.state().is_over() {
        let evidence = Evidence { kit: Some(kit.to_owned()), ..Evidence::new() };
        kept.campaign.evidence = outbox.note(kept.campaign.id, &evidence).await?;
    }
    if kept.campaign.state() == CampaignState::Approved {
        if plan.tried {
            look_for_trial(outbox, &kept.campaign).await?;
        }
        kept.campaign = seal(outbox, &kept.campaign, 0, &plan.by, now).await?;
    }
    Ok(kept)
}

/// Writes a campaign down that goes by a route, unless it, or the one that is kept in its place, goes by another.
pub(crate) async fn draft_by(
    outbox: &dyn Outbox,
    campaign: &Campaign,
    is_ours: fn(&Route) -> bool,
    called: &'static str,
) -> Result<PlannedCampaign, DeliveryError> {
    let check = |campaign: &Campaign| {
        let refused = || DeliveryError::route(campaign.id, &campaign.route, called);
        is_ours(&campaign.route).then_some(()).ok_or_else(refused)
    };
    check(campaign)?;
    let kept = outbox.draft(campaign).await?;
    check(&kept.campaign)?;
    Ok(kept)
}

/// Plans an approved campaign of no named recipients.
pub(crate) async fn seal(
    outbox: &dyn Outbox,
    campaign: &Campaign,
    audience: u64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Campaign, DeliveryError> {
    let token = outbox.begin(campaign.id).await?;
    let sealed = Sealed::new(audience, std::collections::BTreeMap::new(), Transition::new(Deed::Plan, by, now));
    Ok(outbox.seal(campaign.id, token, &sealed).await?)
}

/// Writes down a person's word that a campaign was sent, which closes it: one that goes by hand, or a group send about which
/// a person [was asked](Evidence::ask), since its handle is not known; they looked in the provider's console, and say to how
/// many it went, or to [none](Attestation::to).
///
/// The same word may be given again. It may be given late: what is true of Friday may be written down on Monday.
///
/// # Errors
///
/// [`Attestation`](DeliveryError::Attestation) when it is not such a campaign, not planned, or said to be sent before it was
/// planned or in the future; and when someone else's word stands. [`DeliveryError`] when the store fails.
pub async fn attest(
    outbox: &dyn Outbox,
    id: CampaignId,
    word: &Attestation,
    now: DateTime<Utc>,
) -> Result<Campaign, DeliveryError> {
    let refused = |why: String| DeliveryError::Attestation { campaign: id, why };
    let campaign = outbox.campaign(id).await?.ok_or_else(|| OutboxError::no_campaign(id))?;
    let planned = campaign.history.steps().iter().find(|step| step.deed == Deed::Plan);
    match (&campaign.route, planned) {
        (Route::Recipients, _) => {
            return Err(refused("what became of named recipients is known from receipts".to_owned()));
        }
        (_, None) => return Err(refused("it is not planned".to_owned())),
        (_, Some(step)) if word.at < step.at => {
            return Err(refused(format!(
                "it was planned at {} and cannot have been sent before",
                step.at.to_rfc3339()
            )));
        }
        // Not while it is just being handed over: a person has to have been asked.
        (Route::Friends(_), _)
            if !(campaign.evidence.is_in_doubt() && campaign.evidence.ask.is_some())
                && campaign.evidence.attestation.is_none() =>
        {
            return Err(refused("how far it is is known from the provider".to_owned()));
        }
        _ if word.at > now => return Err(refused(format!("{} is in the future", word.at.to_rfc3339()))),
        _ => {}
    }
    let kept = outbox.note(id, &Evidence { attestation: Some(word.clone()), ..Evidence::new() }).await?;
    if let Some(other) = kept.attestation.filter(|kept| kept != word) {
        let at = other.at.to_rfc3339();
        return Err(refused(format!("`{}` attested to it already: sent at {at}", other.by)));
    }
    close(outbox, id, &word.by, now).await?;
    Ok(outbox.campaign(id).await?.ok_or_else(|| OutboxError::no_campaign(id))?)
}

/// Closes a campaign to which someone attested.
pub(crate) async fn close(
    outbox: &dyn Outbox,
    id: CampaignId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DeliveryError> {
    for deed in [Deed::Start, Deed::Settle] {
        match outbox.transition(id, &Transition::new(deed, by, now).because("attested")).await {
            // Done before the crash after which this is called again, or its time passed meanwhile: the word stands.
            Ok(_) | Err(OutboxError::Transition { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The campaigns by hand whose time is over and to whose sending nobody has attested, by their time: to be asked about.
///
/// # Errors
///
/// [`DeliveryError`] when the store fails.
pub async fn unattested(outbox: &dyn Outbox, now: DateTime<Utc>) -> Result<Vec<Campaign>, DeliveryError> {
    let mut late = Vec::new();
    for id in outbox.open_campaigns().await? {
        let campaign = outbox.campaign(id).await?;
        late.extend(campaign.filter(|campaign| campaign.route == Route::Hands && campaign.deadline() <= now));
    }
    Ok(late)
}

/// Lets a campaign of friends or by hand go on until a later instant, by someone's word.
///
/// Batches of named recipients are [reopened](Outbox::reopen) one by one instead.
///
/// # Errors
///
/// [`DeliveryError`] when the store fails, or the campaign is over; [`Route`](DeliveryError::Route) for named recipients.
pub async fn extend(
    outbox: &dyn Outbox,
    id: CampaignId,
    until: DateTime<Utc>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DeliveryError> {
    let campaign = outbox.campaign(id).await?.ok_or_else(|| OutboxError::no_campaign(id))?;
    if campaign.route == Route::Recipients {
        return Err(DeliveryError::route(id, &campaign.route, "reopen"));
    }
    let said = Transition::new(Deed::Extend, by, now).because(format!("until {}", until.to_rfc3339()));
    outbox.transition(id, &said).await?;
    outbox.note(id, &Evidence { deadline: Some(until), ..Evidence::new() }).await?;
    Ok(())
}

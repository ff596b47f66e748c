use sosik_channel::{SendError, Won};
use sosik_registry::StoreError;

use crate::{BatchId, CampaignId, Route, TransitionError};

/// An outbox cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The batch has been claimed by someone else since: what this worker knows of it is out of date.
    #[error("batch {batch} has been claimed by another worker since")]
    #[non_exhaustive]
    LeaseLost {
        /// The batch.
        batch: BatchId,
    },
    /// There is no such campaign.
    #[error("there is no campaign {campaign}")]
    #[non_exhaustive]
    NoCampaign {
        /// The campaign that was asked for.
        campaign: CampaignId,
    },
    /// Someone else plans the campaign since, or has planned it: what this one chose is out of date.
    #[error("campaign {campaign} is planned by someone else since")]
    #[non_exhaustive]
    PlanningLost {
        /// The campaign.
        campaign: CampaignId,
    },
    /// The campaign does not stand where this can be done.
    #[error("campaign {campaign}: {why}")]
    #[non_exhaustive]
    Transition {
        /// The campaign.
        campaign: CampaignId,
        /// What stands against it.
        why: TransitionError,
    },
    /// The store behind it failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OutboxError {
    /// A lost lease.
    #[must_use]
    pub fn lease_lost(batch: BatchId) -> Self {
        Self::LeaseLost { batch }
    }

    /// No such campaign.
    #[must_use]
    pub fn no_campaign(campaign: CampaignId) -> Self {
        Self::NoCampaign { campaign }
    }

    /// A planning that someone else took over.
    #[must_use]
    pub fn planning_lost(campaign: CampaignId) -> Self {
        Self::PlanningLost { campaign }
    }

    /// A transition that cannot follow.
    #[must_use]
    pub fn transition(campaign: CampaignId, why: TransitionError) -> Self {
        Self::Transition { campaign, why }
    }
}

/// A campaign cannot be planned or moved on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// A person's word cannot stand: say what is true, or look at what stands.
    #[error("campaign {campaign} cannot be attested to: {why}")]
    #[non_exhaustive]
    Attestation {
        /// The campaign.
        campaign: CampaignId,
        /// What stands against it.
        why: String,
    },
    /// It would cost more than it may: nothing is planned. Raise the budget, or send to fewer.
    #[error("it would cost {cost} or more, and may cost {budget}")]
    #[non_exhaustive]
    Budget {
        /// What those who were counted cost at the most.
        cost: Won,
        /// What it may cost.
        budget: Won,
    },
    /// The outbox failed.
    #[error("the outbox failed")]
    Outbox(#[from] OutboxError),
    /// The campaign goes by another route than what was called is for.
    #[error("campaign {campaign} goes by the route `{route}`, for which `{called}` is not")]
    #[non_exhaustive]
    Route {
        /// The campaign.
        campaign: CampaignId,
        /// Its route.
        route: &'static str,
        /// What was called.
        called: &'static str,
    },
    /// The subscriber store failed.
    #[error("the subscriber store failed")]
    Subscribers(#[from] StoreError),
    /// Its trial has not arrived with anyone yet: nothing is planned. Send the trial and look at it on a phone.
    #[error("the trial of campaign {campaign} is missing: {why}")]
    #[non_exhaustive]
    Trial {
        /// The campaign.
        campaign: CampaignId,
        /// What is missing.
        why: &'static str,
    },
    /// The transport cannot be used at all, whatever is sent: its key is wrong, or it has been away for too long.
    #[error("the transport cannot be used")]
    Transport(#[from] SendError),
}

impl DeliveryError {
    pub(crate) fn route(campaign: CampaignId, route: &Route, called: &'static str) -> Self {
        Self::Route { campaign, route: route.code(), called }
    }

    /// Whether the same may be done again after a while: a store or the provider is away, or someone else plans the same
    /// edition now. What was written down stays.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Outbox(OutboxError::Store(error)) | Self::Subscribers(error) => error.is_retryable(),
            Self::Transport(error) => error.is_retryable(),
            Self::Outbox(OutboxError::PlanningLost { .. }) => true,
            Self::Attestation { .. }
            | Self::Budget { .. }
            | Self::Outbox(_)
            | Self::Route { .. }
            | Self::Trial { .. } => false,
        }
    }
}

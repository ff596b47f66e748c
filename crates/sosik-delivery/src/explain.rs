use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use sosik_core::ChannelId;
use sosik_registry::{Need, SubscriberId, SubscriberStore, Suppression};

use crate::plan::purpose;
use crate::{
    BatchId, BatchState, CampaignId, CampaignState, DeliveryError, Outbox, OutboxError, RecipientState, Route,
};

/// What happened to one citizen in one campaign, and why: for whoever is asked.
///
/// `Display` says it in sentences, without a name or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The campaign.
    pub campaign: CampaignId,
    /// Where it stands.
    pub state: CampaignState,
    /// By which way it goes.
    pub route: Route,
    /// Who is asked for.
    pub person: SubscriberId,
    /// Where they stand in it, if they were chosen.
    pub place: Option<Whereabouts>,
    /// By which other channel they get the same edition of the slot, if so.
    pub elsewhere: Option<ChannelId>,
    /// Why they would not be sent to now, if so.
    pub hindered: Option<Suppression>,
}

/// Where someone stands in a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Whereabouts {
    /// The batch.
    pub batch: BatchId,
    /// Their place in it, from 0.
    pub index: usize,
    /// What became of their message.
    pub outcome: RecipientState,
    /// Where the batch stands.
    pub state: BatchState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was first submitted.
    pub first_sent: Option<DateTime<Utc>>,
    /// When it is to be looked at next.
    pub due: DateTime<Utc>,
    /// What was wrong the last time.
    pub note: Option<String>,
}

/// Explains what happened to a citizen in a campaign.
///
/// # Errors
///
/// [`DeliveryError`] when a store fails or there is no such campaign.
pub async fn explain(
    outbox: &dyn Outbox,
    subscribers: &dyn SubscriberStore,
    campaign: CampaignId,
    person: SubscriberId,
    now: DateTime<Utc>,
) -> Result<Explanation, DeliveryError> {
    let found = outbox.campaign(campaign).await?.ok_or_else(|| OutboxError::no_campaign(campaign))?;
    let found_in = outbox.place(campaign, person).await?;
    let with_text = found_in.as_ref().is_some_and(|(batch, _)| batch.fallback);
    let place = found_in.and_then(|(batch, index)| {
        let outcome = batch.outcomes.state(index)?;
        let (state, attempts, first_sent) = (batch.state, batch.attempts, batch.first_sent);
        Some(Whereabouts {
            batch: batch.id,
            index,
            outcome,
            state,
            attempts,
            first_sent,
            due: batch.due,
            note: batch.note,
        })
    });
    let need = Need::new(purpose(found.class), now).through(found.key.channel.clone());
    let address = subscribers.addresses(&[person], &need).await?.pop();
    let hindered = address.and_then(|address| match address.phone {
        Err(reason) => Some(reason),
        Ok(_) if with_text && !address.allows_text => Some(Suppression::NoText),
        Ok(_) => {
            let is_quiet = address.quiet.is_some_and(|quiet| quiet.holds(now)) && !found.class.is_emergency();
            is_quiet.then_some(Suppression::Quiet)
        }
    });
    let presences = outbox.presences(&[person], found.key.slot).await?;
    let other = presences.into_iter().map(|of| of.key).find(|key| *key != found.key && key.is_same_edition(&found.key));
    let elsewhere = other.map(|key| key.channel);
    Ok(Explanation { campaign, state: found.state(), route: found.route, person, place, elsewhere, hindered })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The campaign {} is {}.", self.campaign, self.state)?;
        match &self.place {
            _ if matches!(self.state, CampaignState::Draft | CampaignState::Approved) => {
                writeln!(f, "Nobody was chosen for it yet.")?;
            }
            None if self.route != Route::Recipients => {
                writeln!(f, "It goes to friends of the channel: who they are is not known here.")?;
            }
            None if self.elsewhere.is_some() => writeln!(f, "This person was not chosen for it.")?,
            None => writeln!(f, "This person was not chosen for it, or who was has been forgotten since.")?,
            Some(place) => self.standing(place, f)?,
        }
        if let Some(channel) = &self.elsewhere {
            writeln!(f, "They have the same edition by the channel `{channel}`.")?;
        }
        match self.hindered {
            Some(reason) => write!(f, "As things stand now they would not be sent to: {}.", reason.code()),
            None => write!(f, "As things stand now they may be sent to."),
        }
    }
}

impl Explanation {
    fn standing(&self, place: &Whereabouts, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "This person is number {} of batch {}.", place.index + 1, place.batch.number)?;
        match (place.first_sent, place.attempts) {
            (Some(first), times) => {
                writeln!(f, "It was first submitted at {}, and tried {times} times.", at(first))?;
            }
            (None, 0) => writeln!(f, "It was not submitted.")?,
            (None, times) => writeln!(f, "It was tried {times} times, and the provider took nothing of it.")?,
        }
        writeln!(f, "{}", sentence(&place.outcome))?;
        let due = at(place.due);
        match place.state {
            BatchState::Held => writeln!(f, "The batch waits for a person.")?,
            BatchState::InDoubt | BatchState::Ready if self.state == CampaignState::Paused => {
                writeln!(f, "It waits until the campaign goes on.")?;
            }
            BatchState::InDoubt => {
                writeln!(
                    f,
                    "It is being submitted, or its answer was lost: then it is looked up at the provider after {due}."
                )?;
            }
            BatchState::Ready if self.state.is_over() => writeln!(f, "It will not be sent.")?,
            BatchState::Ready => writeln!(f, "It goes at {due} at the earliest.")?,
            BatchState::Settled => {}
            BatchState::Taken => writeln!(f, "Its receipts are asked for at {due}.")?,
        }
        match &place.note {
            Some(note) => writeln!(f, "The last time: {note}."),
            None => Ok(()),
        }
    }
}

fn at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn sentence(outcome: &RecipientState) -> String {
    match outcome {
        RecipientState::Accepted => "The provider took the message; nothing more is known yet.".to_owned(),
        RecipientState::Delivered => "The message was delivered.".to_owned(),
        RecipientState::DeliveredAsText => "The message was delivered as a text.".to_owned(),
        RecipientState::Failed { code } => format!("The message was not delivered: the provider's code is {code}."),
        RecipientState::FallingBack { code } => {
            format!("KakaoTalk did not deliver it (code {code}); a text is on its way.")
        }
        RecipientState::Pending => "Nothing is known to have been sent to them.".to_owned(),
        RecipientState::Suppressed(reason) => format!("Nothing was sent to them: {}.", reason.code()),
        RecipientState::Unknown => "No one can say whether it arrived, and it is not sent again by itself.".to_owned(),
    }
}

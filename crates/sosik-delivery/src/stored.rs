//! What stores keep of campaigns and batches, in the columns that every database has: the same everywhere.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sosik_content::EditionId;
use sosik_core::ChannelId;
use sosik_registry::{StoreError, StoreErrorKind, SubscriberId, Suppression};
use sosik_schedule::MessageClass;
use uuid::Uuid;

use crate::{
    ApprovalRule, Batch, BatchId, BatchState, Campaign, CampaignKey, Deed, History, Outcomes, Presence, Route,
    Transition,
};

pub(crate) mod evidence;

pub use evidence::{evidence_from_json, evidence_to_json};

/// A campaign's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a store fills every column")]
pub struct CampaignColumns {
    /// The channel.
    pub channel: String,
    /// The nominal slot.
    pub slot: DateTime<Utc>,
    /// The edition.
    pub edition: String,
    /// The class by its code.
    pub class: String,
    /// The message as JSON of `sosik-channel`.
    pub message: String,
    /// Who is meant, as text.
    pub segment: String,
    /// When sending begins.
    pub send_at: DateTime<Utc>,
    /// When it ends.
    pub send_by: DateTime<Utc>,
    /// How many have to agree.
    pub approvers: u8,
    /// Whether the author may be one of them.
    pub author_counts: bool,
    /// How many people were chosen.
    pub audience: u64,
    /// How many were not, by reason, as JSON.
    pub suppressed: String,
    /// The route, as text.
    pub route: String,
    /// What is known of it, as JSON.
    pub evidence: String,
}

impl CampaignColumns {
    /// The columns of a campaign. Its id, its state and its history are kept beside them.
    #[must_use]
    pub fn of(campaign: &Campaign) -> Self {
        let rule = campaign.history.rule();
        Self {
            channel: campaign.key.channel.to_string(),
            slot: campaign.key.slot,
            edition: campaign.key.edition.to_string(),
            class: campaign.class.code().to_owned(),
            message: sosik_channel::stored::to_json(&campaign.message),
            segment: campaign.segment.to_string(),
            send_at: campaign.send_at,
            send_by: campaign.send_by,
            approvers: rule.approvers,
            author_counts: rule.author_counts,
            audience: campaign.audience,
            suppressed: suppressed_to_json(&campaign.suppressed),
            route: campaign.route.to_stored(),
            evidence: evidence_to_json(&campaign.evidence),
        }
    }

    /// The campaign of these columns, with what was done with it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] of the kind [`Corrupt`](StoreErrorKind::Corrupt), which names the column.
    pub fn campaign(self, steps: Vec<Transition>) -> Result<Campaign, StoreError> {
        let Presence { key, class, .. } = presence(&self.channel, self.slot, self.edition, &self.class, self.send_at)?;
        let message = sosik_channel::stored::from_json(&self.message).map_err(|error| unreadable("message", error))?;
        let segment = self.segment.parse().map_err(|error| unreadable("segment", error))?;
        let mut rule = ApprovalRule::of(self.approvers);
        rule.author_counts = self.author_counts;
        let history = History::of(rule, steps);
        let history =
            history.ok_or_else(|| unreadable("campaign", "its history does not follow from its beginning"))?;
        let route = Route::from_stored(&self.route).ok_or_else(|| unreadable("campaign", "its route is not known"))?;
        Ok(Campaign::new(key, class, message, self.send_at, history)
            .with_route(route)
            .with_evidence(evidence_from_json(&self.evidence)?)
            .with_segment(segment)
            .with_send_by(self.send_by)
            .with_audience(self.audience, suppressed_from_json(&self.suppressed)?))
    }
}

/// A campaign of some columns, with no one of whom is asked for yet.
///
/// # Errors
///
/// [`StoreError`] of the kind [`Corrupt`](StoreErrorKind::Corrupt), which names the column.
pub fn presence(
    channel: &str,
    slot: DateTime<Utc>,
    edition: String,
    class: &str,
    send_at: DateTime<Utc>,
) -> Result<Presence, StoreError> {
    let channel = ChannelId::parse(channel).map_err(|error| unreadable("channel", error))?;
    let class = MessageClass::from_code(class);
    let class = class.ok_or_else(|| unreadable("campaign", "its class is not known"))?;
    Ok(Presence::new(CampaignKey::new(channel, slot, EditionId::from_stored(edition)), class, send_at))
}

/// The least and the greatest of some people's ids as they are stored, by which a batch is found; `None` of no one.
#[must_use]
pub fn span(people: &[SubscriberId]) -> Option<([u8; 16], [u8; 16])> {
    let bytes = |person: &SubscriberId| person.as_uuid().into_bytes();
    Some((bytes(people.iter().min()?), bytes(people.iter().max()?)))
}

/// A transition of its columns.
///
/// # Errors
///
/// [`StoreError`] when the deed is not known.
pub fn transition(deed: &str, by: String, at: DateTime<Utc>, note: String) -> Result<Transition, StoreError> {
    let deed = Deed::from_code(deed).ok_or_else(|| unreadable("campaign", "a deed is not known"))?;
    Ok(Transition::new(deed, by, at).because(note))
}

/// A batch's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a store fills every column")]
pub struct BatchColumns {
    /// Its name.
    pub id: BatchId,
    /// Whether the fallback text goes to those whom the message cannot reach.
    pub fallback: bool,
    /// Whether it goes before all that is not.
    pub urgent: bool,
    /// Who they are: 16 bytes each.
    pub recipients: Vec<u8>,
    /// Where each stands: a byte each.
    pub outcomes: Vec<u8>,
    /// Codes by place, as JSON.
    pub codes: String,
    /// The state by its code.
    pub state: String,
    /// When it is to be looked at next.
    pub due: DateTime<Utc>,
    /// When sending ends.
    pub send_by: DateTime<Utc>,
    /// How often it was submitted.
    pub attempts: u32,
    /// When it was first submitted.
    pub first_sent: Option<DateTime<Utc>>,
    /// What was wrong the last time.
    pub note: Option<String>,
    /// The provider's handle of the last attempt.
    pub handle: Option<String>,
}

impl BatchColumns {
    /// The batch of these columns.
    ///
    /// # Errors
    ///
    /// [`StoreError`] of the kind [`Corrupt`](StoreErrorKind::Corrupt), which names the column.
    pub fn batch(self) -> Result<Batch, StoreError> {
        let recipients = recipients_from_bytes(&self.recipients)?;
        let mut batch =
            Batch::new(self.id, self.fallback, recipients, self.due, self.send_by).with_urgency(self.urgent);
        (batch.state, batch.outcomes) = standing(&self.state, &self.outcomes, &self.codes)?;
        (batch.attempts, batch.first_sent, batch.note, batch.handle) =
            (self.attempts, self.first_sent, self.note, self.handle);
        Ok(batch)
    }
}

/// Where a batch and its recipients stand, of its columns.
///
/// # Errors
///
/// [`StoreError`] of the kind [`Corrupt`](StoreErrorKind::Corrupt).
pub fn standing(state: &str, outcomes: &[u8], codes: &str) -> Result<(BatchState, Outcomes), StoreError> {
    let state = BatchState::from_code(state).ok_or_else(|| unreadable("batch", "its state is not known"))?;
    Ok((state, Outcomes::decode(outcomes, codes).map_err(|error| unreadable("outcomes", error))?))
}

/// Recipients as their ids, one after the other: 16 bytes each.
#[must_use]
pub fn recipients_to_bytes(recipients: &[SubscriberId]) -> Vec<u8> {
    recipients.iter().flat_map(|id| *id.as_uuid().as_bytes()).collect()
}

fn recipients_from_bytes(bytes: &[u8]) -> Result<Vec<SubscriberId>, StoreError> {
    let id = |bytes: &[u8]| Ok(SubscriberId::new(Uuid::from_slice(bytes).map_err(|error| unreadable("id", error))?));
    bytes.chunks(16).map(id).collect()
}

/// Counts by reason, as JSON.
#[must_use]
pub fn suppressed_to_json(suppressed: &BTreeMap<Suppression, u64>) -> String {
    let by_code: BTreeMap<&str, u64> = suppressed.iter().map(|(reason, count)| (reason.code(), *count)).collect();
    serde_json::to_string(&by_code).unwrap_or_default()
}

fn suppressed_from_json(json: &str) -> Result<BTreeMap<Suppression, u64>, StoreError> {
    let by_code: BTreeMap<String, u64> =
        serde_json::from_str(json).map_err(|error| unreadable("suppressions", error))?;
    let of = |(code, count): (String, u64)| {
        let reason = Suppression::from_code(&code);
        Ok((reason.ok_or_else(|| unreadable("suppressions", "a reason is not known"))?, count))
    };
    by_code.into_iter().map(of).collect()
}

fn unreadable(what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, format!("the stored {what} cannot be read")).with_source(source)
}

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use sosik_channel::Message;
use sosik_content::{Edition, EditionId};
use sosik_core::ChannelId;
use sosik_registry::{Segment, Suppression};
use sosik_schedule::MessageClass;
use uuid::Uuid;

use crate::{CampaignState, Evidence, History, Route};

/// By what the edition of a trial ends. Editions are named by their channel and week, so that no other does.
const TRIAL: &str = ".trial";

/// What makes a campaign the one it is: channel, nominal slot and edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CampaignKey {
    /// The channel.
    pub channel: ChannelId,
    /// The nominal slot, wherever a holiday moves the sending.
    pub slot: DateTime<Utc>,
    /// The edition.
    pub edition: EditionId,
}

impl CampaignKey {
    /// The key of an edition, for its own channel and slot.
    #[must_use]
    pub fn of(edition: &Edition) -> Self {
        Self::new(edition.channel().clone(), edition.slot(), edition.id().clone())
    }

    /// The key of a channel, a slot and an edition by its name.
    #[must_use]
    pub fn new(channel: ChannelId, slot: DateTime<Utc>, edition: EditionId) -> Self {
        Self { channel, slot, edition }
    }

    /// The key of the same edition through another channel: to each person it goes once, by whichever of them.
    ///
    /// ```
    /// # use chrono::{DateTime, Utc};
    /// # use sosik_content::EditionId;
    /// # use sosik_core::ChannelId;
    /// # use sosik_delivery::CampaignKey;
    /// let edition = EditionId::from_stored("yangju-city-2026-W48");
    /// let city = CampaignKey::new(ChannelId::parse("yangju-city")?, DateTime::<Utc>::UNIX_EPOCH, edition);
    /// let district = city.through(ChannelId::parse("yangju-hoecheon1")?);
    /// assert!(district.is_same_edition(&city));
    /// assert_ne!(district.id(), city.id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn through(&self, channel: ChannelId) -> Self {
        Self { channel, ..self.clone() }
    }

    /// Whether it is of the same edition and slot, through whichever channel.
    #[must_use]
    pub fn is_same_edition(&self, other: &Self) -> bool {
        self.slot == other.slot && self.edition == other.edition
    }

    /// The key of the trial (시험 발송) that goes before this one, to a few guests.
    ///
    /// ```
    /// # use chrono::{DateTime, Utc};
    /// # use sosik_content::EditionId;
    /// # use sosik_core::ChannelId;
    /// # use sosik_delivery::CampaignKey;
    /// let edition = EditionId::from_stored("yangju-city-2026-W48");
    /// let key = CampaignKey::new(ChannelId::parse("yangju-city")?, DateTime::<Utc>::UNIX_EPOCH, edition);
    /// assert!(key.trial().is_trial() && !key.is_trial() && key.trial().id() != key.id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trial(&self) -> Self {
        let edition = EditionId::from_stored(format!("{}{TRIAL}", self.edition));
        Self { edition, ..self.clone() }
    }

    /// Whether it is the key of a trial.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        self.edition.as_str().ends_with(TRIAL)
    }

    /// The id of the campaign of this key: the same key always gives the same id.
    #[must_use]
    pub fn id(&self) -> CampaignId {
        let text = format!(
            "sosik campaign\n{}\n{}\n{}",
            self.channel,
            self.slot.to_rfc3339_opts(SecondsFormat::Micros, true),
            self.edition
        );
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
        CampaignId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// The name of a campaign, computed from its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CampaignId(Uuid);

impl CampaignId {
    /// The name for a UUID that was read from a store.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

/// A message on its way to an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Campaign {
    /// Its name.
    pub id: CampaignId,
    /// What makes it the one it is.
    pub key: CampaignKey,
    /// What it is in law.
    pub class: MessageClass,
    /// What is sent.
    pub message: Message,
    /// By which way it reaches people. To named recipients unless set.
    pub route: Route,
    /// Who is meant, of the registry.
    pub segment: Segment,
    /// When sending begins; consents must stand then.
    pub send_at: DateTime<Utc>,
    /// From when on nothing more is submitted without a person's word.
    pub send_by: DateTime<Utc>,
    /// Who has to agree, what was done with it, and where it stands.
    pub history: History,
    /// How many people were chosen; 0 while its audience is not frozen. Of a group send, how many friends it would reach.
    pub audience: u64,
    /// How many of those meant were not, by reason.
    pub suppressed: BTreeMap<Suppression, u64>,
    /// What is known of it where it does not go to named recipients.
    pub evidence: Evidence,
}

impl Campaign {
    /// A campaign of a message, for everyone and for a day from `send_at` on unless said otherwise.
    #[must_use]
    pub fn new(
        key: CampaignKey,
        class: MessageClass,
        message: Message,
        send_at: DateTime<Utc>,
        history: History,
    ) -> Self {
        let id = key.id();
        let send_by = send_at.checked_add_signed(TimeDelta::days(1)).unwrap_or(send_at);
        let (segment, suppressed) = (Segment::All, BTreeMap::new());
        let (route, evidence) = (Route::Recipients, Evidence::new());
        Self { id, key, class, message, route, segment, send_at, send_by, history, audience: 0, suppressed, evidence }
    }

    /// The campaign by another route.
    #[must_use]
    pub fn with_route(mut self, route: Route) -> Self {
        self.route = route;
        self
    }

    /// The campaign with what is known of it.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// When its time is over: [`send_by`](Self::send_by), or what it was extended to.
    #[must_use]
    pub fn deadline(&self) -> DateTime<Utc> {
        self.evidence.deadline.map_or(self.send_by, |until| until.max(self.send_by))
    }

    /// The campaign for the people of a segment.
    #[must_use]
    pub fn with_segment(mut self, segment: Segment) -> Self {
        self.segment = segment;
        self
    }

    /// The campaign with another end of sending: what is left then is held for a person.
    #[must_use]
    pub fn with_send_by(mut self, send_by: DateTime<Utc>) -> Self {
        self.send_by = send_by;
        self
    }

    /// The campaign with the size of its audience and who was left out of it.
    #[must_use]
    pub fn with_audience(mut self, audience: u64, suppressed: BTreeMap<Suppression, u64>) -> Self {
        (self.audience, self.suppressed) = (audience, suppressed);
        self
    }

    /// Whether something is to be done for it where it does not go to named recipients.
    pub(crate) fn is_open_elsewhere(&self) -> bool {
        let is_on_its_way = self.history.is_planned() && !self.state().is_over();
        self.route != Route::Recipients && (is_on_its_way || self.evidence.is_open())
    }

    /// When it came to its end, if it did: nothing more of it will ever be submitted.
    #[must_use]
    pub fn ended(&self) -> Option<DateTime<Utc>> {
        self.history.steps().last().filter(|_| self.state().is_over()).map(|step| step.at)
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> CampaignState {
        self.history.state()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_same_key_gives_the_same_id_and_any_other_key_another() {
        let slot = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
        let key = |channel: &str, slot, edition: &str| {
            CampaignKey::new(ChannelId::parse(channel).unwrap(), slot, EditionId::from_stored(edition)).id()
        };
        let id = key("yangju-city", slot, "w48");
        assert_eq!(id, key("yangju-city", slot, "w48"));
        for other in [
            key("yangju-city", slot + TimeDelta::days(7), "w48"),
            key("yangju-city", slot, "w49"),
            key("yangju-hoecheon1", slot, "w48"),
        ] {
            assert_ne!(id, other);
        }
    }
}

//! The JSON in which drafts are kept, apart from the types that code works with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sosik_content::{Choices, stored};
use sosik_core::ChannelId;

use crate::{Draft, DraftDeed, DraftState, DraftStep, Frozen};

/// The version that this release writes.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDraft {
    version: u32,
    state: String,
    choices: Choices,
    frozen: Option<StoredFrozen>,
    steps: Vec<StoredStep>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredFrozen {
    /// The edition that was handed in, in its own stored form.
    edition: String,
    pictures: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStep {
    at: DateTime<Utc>,
    by: String,
    deed: String,
    note: String,
}

/// A draft as JSON, but for its channel, its slot and its version, which stores keep beside it.
#[must_use]
pub fn to_json(draft: &Draft) -> String {
    let step = |step: &DraftStep| StoredStep {
        at: step.at,
        by: step.by.clone(),
        deed: step.deed.code().to_owned(),
        note: step.note.clone(),
    };
    let draft = StoredDraft {
        version: VERSION,
        state: draft.state.code().to_owned(),
        choices: draft.choices.clone(),
        frozen: draft.frozen.as_ref().map(|frozen| StoredFrozen {
            edition: stored::to_json(&frozen.edition),
            pictures: frozen.pictures.clone(),
        }),
        steps: draft.steps.iter().map(step).collect(),
    };
    serde_json::to_string(&draft).unwrap_or_default()
}

/// Reads a draft of a channel and a slot, kept so often.
///
/// # Errors
///
/// [`StoredDraftError`] where the text is none, or of a newer release.
pub fn from_json(json: &str, channel: ChannelId, slot: DateTime<Utc>, version: u64) -> Result<Draft, StoredDraftError> {
    let kept: StoredDraft = serde_json::from_str(json).map_err(|error| StoredDraftError(error.to_string()))?;
    let unknown = |what: &str, text: &str| StoredDraftError(format!("its {what} `{text}` is not known"));
    if kept.version != VERSION {
        return Err(unknown("version", &kept.version.to_string()));
    }
    let mut draft = Draft::new(channel, slot);
    draft.state = DraftState::from_code(&kept.state).ok_or_else(|| unknown("state", &kept.state))?;
    draft.choices = kept.choices;
    if let Some(StoredFrozen { edition, pictures }) = kept.frozen {
        let edition = stored::from_json(&edition);
        let edition = edition.map_err(|error| StoredDraftError(format!("its edition: {error}")))?;
        draft.frozen = Some(Frozen::new(edition, pictures));
    }
    for step in kept.steps {
        let deed = DraftDeed::from_code(&step.deed).ok_or_else(|| unknown("step", &step.deed))?;
        draft.steps.push(DraftStep::new(step.at, step.by, deed, step.note));
    }
    draft.version = version;
    Ok(draft)
}

/// A text is no draft of this release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the draft cannot be read: {0}")]
pub struct StoredDraftError(String);

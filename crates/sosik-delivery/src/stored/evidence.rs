//! Evidence as JSON, in a form of its own: later releases read what this one wrote.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use sosik_channel::GroupSendStatus;
use sosik_registry::StoreError;

use super::unreadable;
use crate::{Attestation, Evidence};

/// Evidence as JSON: what is not known is left out.
#[must_use]
pub fn evidence_to_json(evidence: &Evidence) -> String {
    Value::Object(to_map(evidence)).to_string()
}

/// Evidence as a JSON object: what is not known is left out.
pub(crate) fn to_map(evidence: &Evidence) -> Map<String, Value> {
    let time = |at: Option<DateTime<Utc>>| at.map(|at| json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true)));
    let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
    let attestation = evidence.attestation.as_ref().map(|word| {
        let fields = [
            ("by", Some(json!(word.by))),
            ("at", time(Some(word.at))),
            ("sent", word.sent.map(Value::from)),
            ("number", text(&word.number)),
            ("checked_by", text(&word.checked_by)),
        ];
        Value::Object(present(fields))
    });
    present([
        ("deadline", time(evidence.deadline)),
        ("template", text(&evidence.template)),
        ("asked", time(evidence.asked)),
        ("refused", time(evidence.refused)),
        ("starts", time(evidence.starts)),
        ("handle", text(&evidence.handle)),
        ("expected", evidence.expected.map(Value::from)),
        ("sent", evidence.sent.map(Value::from)),
        ("status", evidence.status.as_ref().map(|status| json!(code(status)))),
        ("resumed", time(evidence.resumed)),
        ("seen", time(evidence.seen)),
        ("ask", text(&evidence.ask)),
        ("kit", text(&evidence.kit)),
        ("attestation", attestation),
    ])
}

fn present<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map<String, Value> {
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Reads [`evidence_to_json`].
///
/// # Errors
///
/// [`StoreError`] of the kind [`Corrupt`](sosik_registry::StoreErrorKind::Corrupt), which names the field.
pub fn evidence_from_json(json: &str) -> Result<Evidence, StoreError> {
    let value: Value = serde_json::from_str(json).map_err(|error| unreadable("evidence", error))?;
    let fields = Fields(value.as_object().ok_or_else(|| unreadable("evidence", "it is no object"))?);
    let attestation = match fields.0.get("attestation") {
        None => None,
        Some(word) => {
            let word = Fields(word.as_object().ok_or_else(|| Fields::wrong("attestation"))?);
            Some(Attestation {
                by: word.text("by")?.ok_or_else(|| Fields::wrong("by"))?,
                at: word.time("at")?.ok_or_else(|| Fields::wrong("at"))?,
                sent: word.number("sent")?,
                number: word.text("number")?,
                checked_by: word.text("checked_by")?,
            })
        }
    };
    Ok(Evidence {
        deadline: fields.time("deadline")?,
        template: fields.text("template")?,
        asked: fields.time("asked")?,
        refused: fields.time("refused")?,
        starts: fields.time("starts")?,
        handle: fields.text("handle")?,
        expected: fields.number("expected")?,
        sent: fields.number("sent")?,
        status: fields.text("status")?.map(|code| status(&code)),
        resumed: fields.time("resumed")?,
        seen: fields.time("seen")?,
        ask: fields.text("ask")?,
        kit: fields.text("kit")?,
        attestation,
    })
}

struct Fields<'a>(&'a Map<String, Value>);

impl Fields<'_> {
    fn wrong(name: &str) -> StoreError {
        unreadable("evidence", format!("its `{name}` is not what it should be"))
    }

    fn read<T>(&self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Result<Option<T>, StoreError> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Self::wrong(name))
    }

    fn text(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.read(name, |value| value.as_str().map(str::to_owned))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, StoreError> {
        self.read(name, Value::as_u64)
    }

    fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(name, |value| Some(DateTime::parse_from_rfc3339(value.as_str()?).ok()?.to_utc()))
    }
}

fn code(status: &GroupSendStatus) -> String {
    match status {
        GroupSendStatus::Blocked => "blocked".to_owned(),
        GroupSendStatus::Done => "done".to_owned(),
        GroupSendStatus::Other(word) => format!("other:{word}"),
        GroupSendStatus::Paused => "paused".to_owned(),
        GroupSendStatus::Ready => "ready".to_owned(),
        GroupSendStatus::Sending => "sending".to_owned(),
        GroupSendStatus::Terminated => "terminated".to_owned(),
        // A status of a later release of the channel crate.
        _ => "other:".to_owned(),
    }
}

fn status(code: &str) -> GroupSendStatus {
    match code {
        "blocked" => GroupSendStatus::Blocked,
        "done" => GroupSendStatus::Done,
        "paused" => GroupSendStatus::Paused,
        "ready" => GroupSendStatus::Ready,
        "sending" => GroupSendStatus::Sending,
        "terminated" => GroupSendStatus::Terminated,
        other => GroupSendStatus::Other(other.strip_prefix("other:").unwrap_or(other).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_known_is_read_again_and_what_is_damaged_is_named() {
        let at = |seconds| DateTime::<Utc>::from_timestamp(seconds, 5_000);
        let text = |text: &str| Some(text.to_owned());
        for status in [GroupSendStatus::Blocked, GroupSendStatus::Other("HELD".to_owned()), GroupSendStatus::Terminated]
        {
            let evidence = Evidence {
                deadline: at(1),
                template: text("T"),
                asked: at(2),
                refused: at(3),
                starts: at(4),
                handle: text("7"),
                expected: Some(9),
                sent: Some(8),
                status: Some(status),
                resumed: at(5),
                seen: at(6),
                ask: text("look"),
                kit: text("ab"),
                attestation: Some(Attestation::new("clerk", at(7).unwrap()).to(3).numbered("n").checked_by("head")),
            };
            let json = evidence_to_json(&evidence);
            assert_eq!(evidence_from_json(&json).unwrap(), evidence);
            let error = evidence_from_json(&json.replace("\"sent\":8", "\"sent\":\"8\"")).unwrap_err();
            assert!(format!("{error:?}").contains("`sent`"), "{error:?}");
        }
        assert_eq!(evidence_to_json(&Evidence::new()), "{}");
        assert_eq!(evidence_from_json("{}").unwrap(), Evidence::new());
        assert!(evidence_from_json("[]").is_err() && evidence_from_json("{\"attestation\":{}}").is_err());
    }
}

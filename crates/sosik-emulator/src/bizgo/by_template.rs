//! Brand messages that go by a registered template: `basic` as it is, `template` with values for its variables.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::bizgo::answer::Refusal;
use crate::bizgo::brand;
use crate::bizgo::check::{Checked, Known, refuse};
use crate::bizgo::registered::Registered;
use crate::bizgo::request::{BrandMessage, Destination};
use crate::template::{filled, names, no_more_no_fewer};

/// The most characters of a link in a template: Kakao's, by NHN Cloud's guide of 2026-06-23.
const LINK: usize = 500;

/// Checks a message by its template, for each recipient.
pub(crate) fn check(message: &BrandMessage, to: &[Destination], known: &Known<'_>) -> Checked {
    brand::profile(message, known)?;
    if message.targeting.is_none() {
        return refuse("A570", "targeting: a template needs it");
    }
    let basic = message.send_type.as_deref() == Some("basic");
    brand::only_a_template(message, basic)?;
    let Some(template) = template(message, known) else {
        return refuse("A505", "templateCode: no such template");
    };
    if basic {
        if message.msg_type.as_deref() != Some(template.kind.as_str()) {
            return refuse("A523", format!("msgType: the template's is {}", template.kind));
        }
        return match variables(&template.content).first() {
            Some(name) => refuse("A572", format!("the template's variable {name} has no value")),
            None => Ok(()),
        };
    }
    for destination in to {
        let Some(values) = &destination.replace_words else {
            return refuse("A300", "destinations[].replaceWords: a template needs them");
        };
        let content = fill(template, values)
            .or_else(|problem| refuse("A300", format!("destinations[].replaceWords: {problem}")))?;
        let shown: BrandMessage = serde_json::from_value(content["brandmessage"].clone())
            .or_else(|error| refuse("A572", format!("the template does not fit: {error}")))?;
        brand::check(&shown, known)?;
    }
    Ok(())
}

pub(crate) fn template<'a>(message: &BrandMessage, known: &Known<'a>) -> Option<&'a Registered> {
    let (key, code) = (message.sender_key.clone()?, message.template_code.clone()?);
    known.registered.get(&(key, code))
}

/// What a template shows with its variables filled in, or what is wrong with the values.
pub(crate) fn fill(template: &Registered, values: &BTreeMap<String, String>) -> Result<Value, String> {
    no_more_no_fewer(&variables(&template.content), values)?;
    let mut content = template.content.clone();
    walk(&mut content, "", &mut |_, text| *text = filled(text, values));
    Ok(content)
}

fn variables(content: &Value) -> BTreeSet<&str> {
    match content {
        Value::String(text) => names(text).collect(),
        Value::Array(items) => items.iter().flat_map(variables).collect(),
        Value::Object(fields) => fields.values().flat_map(variables).collect(),
        _ => BTreeSet::new(),
    }
}

/// What is to be registered, with something in the place of each variable of its links: so that it can be checked.
pub(crate) fn probe(message: &BrandMessage) -> Result<BrandMessage, Refusal> {
    let mut content = serde_json::to_value(message).unwrap_or_default();
    let mut long = None;
    walk(&mut content, "", &mut |field, text| {
        if !(field.starts_with("url") || field == "imgLink" || field == "videoUrl") {
            return;
        }
        if text.chars().count() > LINK {
            long = Some(field.to_owned());
        }
        let ones = names(text).map(|name| (name.to_owned(), "1".to_owned())).collect();
        *text = filled(text, &ones);
    });
    match long {
        Some(field) => refuse("A573", format!("{field}: {LINK} characters at the most in a template")),
        None => serde_json::from_value(content).or_else(|error| refuse("A572", error.to_string())),
    }
}

/// Lets every text pass by, with the name of its field.
fn walk(value: &mut Value, field: &str, visit: &mut dyn FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => visit(field, text),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, field, visit)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| walk(value, name, visit)),
        _ => {}
    }
}

impl Known<'_> {
    /// What a message shows to one recipient, where it goes by a template.
    pub(crate) fn shown(&self, message: &BrandMessage, to: &Destination) -> Option<Value> {
        if message.send_type.as_deref() == Some("free") {
            return None;
        }
        let none = BTreeMap::new();
        fill(template(message, self)?, to.replace_words.as_ref().unwrap_or(&none)).ok()
    }
}

use serde_json::{Value, json};

use crate::skill::{Answer, AnswerError, Fault};

/// What a card has by the package's types, which leave none of them out.
const NEEDED: [(&str, &[&str]); 6] = [
    ("textCard", &["title", "description", "buttons"]),
    ("basicCard", &["title", "description", "thumbnail", "buttons"]),
    ("listCard", &["header", "items", "buttons"]),
    ("itemCard", &["itemList", "title", "description", "buttons"]),
    ("commerceCard", &["price", "currency", "thumbnails", "buttons"]),
    ("carousel", &["type", "items"]),
];

impl Answer {
    /// The answer as it goes to the Bot API: what is left out of a card stands there empty, since the published types leave nothing
    /// out.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] names everything that is wrong, and what only a skill may hold: blocks, what is to be remembered or comes
    /// later, and fields of cards that the Bot API does not have.
    pub fn to_bot_json(&self) -> Result<String, AnswerError> {
        Ok(self.for_a_bot()?.to_string())
    }

    pub(super) fn for_a_bot(&self) -> Result<Value, AnswerError> {
        let mut answer: Value = serde_json::from_str(&self.to_json()?)?;
        let mut faults = Vec::new();
        for name in ["context", "data", "useCallback"] {
            if answer.get(name).is_some() {
                faults.push(fault(name, "a bot's answer has none"));
            }
        }
        if let Some(Value::Array(outputs)) = answer.pointer_mut("/template/outputs") {
            for (number, output) in outputs.iter_mut().enumerate() {
                let Some((kind, card)) = output.as_object_mut().and_then(|output| output.iter_mut().next()) else {
                    continue;
                };
                filled(kind, card);
                let of = card.get("type").and_then(Value::as_str).map(str::to_owned);
                if let (Some(of), Some(Value::Array(cards))) = (of, card.get_mut("items")) {
                    for card in cards {
                        filled(&of, card);
                    }
                }
                look(&format!("outputs[{number}]"), output, &mut faults);
            }
        }
        if let Some(replies) = answer.pointer("/template/quickReplies") {
            look("quickReplies", replies, &mut faults);
        }
        if faults.is_empty() { Ok(answer) } else { Err(AnswerError::Faults(faults)) }
    }
}

/// A card with everything that it needs.
fn filled(kind: &str, card: &mut Value) {
    let Some((_, needed)) = NEEDED.iter().find(|(name, _)| *name == kind) else { return };
    let Some(card) = card.as_object_mut() else { return };
    for name in *needed {
        let empty = if *name == "buttons" { json!([]) } else { json!("") };
        card.entry(*name).or_insert(empty);
    }
}

/// What a skill's answer may hold and a bot's not.
fn look(place: &str, value: &Value, faults: &mut Vec<Fault>) {
    match value {
        Value::Object(fields) => {
            if fields.get("action").is_some_and(|action| action == "block") {
                faults.push(fault(place, "a bot has no blocks: let it say something, or open a page"));
            }
            for name in ["lock", "forwardable"] {
                if fields.contains_key(name) {
                    faults.push(fault(&format!("{place}.{name}"), "a bot's card has no such field"));
                }
            }
            for (name, value) in fields.iter().filter(|(name, _)| *name != "extra") {
                look(&format!("{place}.{name}"), value, faults);
            }
        }
        Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                look(&format!("{place}[{number}]"), value, faults);
            }
        }
        _ => {}
    }
}

fn fault(place: &str, problem: &str) -> Fault {
    Fault { place: place.to_owned(), problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::skill::{Action, Button, ContextValue, ListCard, ListItem, TextCard};

    #[test]
    fn what_only_a_skill_may_hold_is_named() {
        let action = Action::Block { block_id: "block-1".to_owned(), message_text: None };
        let block = Button { label: "처음으로".to_owned(), action, extra: None };
        let answer =
            Answer::new().with(TextCard::titled("안내").with_button(block)).remembering(ContextValue::new("topic", 3));
        let error = answer.to_bot_json().unwrap_err().to_string();
        assert!(error.contains("outputs[0].textCard.buttons[0]: a bot has no blocks"), "{error}");
        assert!(error.contains("context: a bot's answer has none"), "{error}");
        let later = Answer::later("잠시만요").to_bot_json().unwrap_err().to_string();
        assert!(later.contains("useCallback"), "{later}");
        assert!(Answer::new().to_bot_json().unwrap_err().to_string().contains("there are none"), "as of any answer");
    }

    #[test]
    fn nothing_of_a_card_is_left_out() {
        let list = ListCard::new("목록", vec![ListItem::new("하나", "")]);
        let answer = Answer::new().with(TextCard::titled("안내")).with(list).quick("처음으로", "처음으로");
        let json: Map<String, Value> = serde_json::from_str(&answer.to_bot_json().unwrap()).unwrap();
        let outputs = &json["template"]["outputs"];
        assert_eq!(outputs[0]["textCard"], json!({"title": "안내", "description": "", "buttons": []}));
        assert_eq!(outputs[1]["listCard"]["buttons"], json!([]));
        assert_eq!(json["template"]["quickReplies"][0]["action"], "message");
    }
}

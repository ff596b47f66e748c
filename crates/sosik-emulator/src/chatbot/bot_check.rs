//! Whether an answer is one that the Bot API takes: what a skill may answer, without what its published types do not have, and
//! with every field that they do not leave out (`types.py` of the package `kakaotalk-bot` 0.1.0).

use serde_json::{Map, Value};

use super::check;

/// The template of an answer that is taken.
pub(super) fn template(answer: &Value) -> Result<Value, String> {
    let fields = answer.as_object().ok_or("skillResponse is no object")?;
    check::only(fields, "skillResponse", &["version", "template"])?;
    let check::Answer::Template(template) = check::answer(answer.to_string().as_bytes(), false)? else {
        return Err("useCallback has no place here".to_owned());
    };
    for (at, output) in template["outputs"].as_array().into_iter().flatten().enumerate() {
        for (name, value) in output.as_object().into_iter().flatten() {
            card(name, value, &format!("outputs.{at}.{name}"))?;
        }
    }
    for reply in template["quickReplies"].as_array().into_iter().flatten() {
        is_of(reply, "quickReplies", &["message"])?;
    }
    Ok(template)
}

fn card(kind: &str, card: &Value, at: &str) -> Result<(), String> {
    let needed: &[&str] = match kind {
        "textCard" => &["title", "description", "buttons"],
        "basicCard" => &["title", "description", "thumbnail", "buttons"],
        "listCard" => &["header", "items", "buttons"],
        "carousel" => {
            let of = card["type"].as_str().unwrap_or_default();
            let items = card["items"].as_array().into_iter().flatten();
            return items.enumerate().try_for_each(|(n, item)| self::card(of, item, &format!("{at}.items.{n}")));
        }
        _ => return Ok(()),
    };
    let empty = Map::new();
    let fields = card.as_object().unwrap_or(&empty);
    if let Some(missing) = needed.iter().find(|name| !fields.contains_key(**name)) {
        return Err(format!("{at}.{missing} is missing"));
    }
    if let Some(other) = ["lock", "forwardable"].iter().find(|name| fields.contains_key(**name)) {
        return Err(format!("{at}.{other} is no field of the Bot API's"));
    }
    for button in fields["buttons"].as_array().into_iter().flatten() {
        is_of(button, &format!("{at}.buttons"), &["message", "webLink", "phone", "share", "operator"])?;
    }
    for item in fields.get("items").and_then(Value::as_array).into_iter().flatten() {
        if item.get("action").is_some() {
            is_of(item, &format!("{at}.items"), &["message"])?;
        }
    }
    Ok(())
}

fn is_of(value: &Value, at: &str, actions: &[&str]) -> Result<(), String> {
    let action = value["action"].as_str().unwrap_or_default();
    if actions.contains(&action) { Ok(()) } else { Err(format!("{at}.action `{action}` is none of the Bot API's")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_published_types_have_is_taken_and_nothing_else() {
        let of = |output: Value| template(&json!({ "version": "2.0", "template": { "outputs": [output] } }));
        assert!(of(json!({ "simpleText": { "text": "안녕" } })).is_ok());
        assert!(of(json!({ "textCard": { "title": "가", "description": "나", "buttons": [] } })).is_ok());
        let block = json!([{ "label": "다", "action": "block", "blockId": "b" }]);
        for (output, expected) in [
            (json!({ "textCard": { "title": "가", "description": "나" } }), "outputs.0.textCard.buttons is missing"),
            (json!({ "textCard": { "title": "가", "description": "나", "buttons": block } }), "`block` is none"),
            (
                json!({ "listCard": { "header": { "title": "가" }, "items": [{ "title": "나" }], "buttons": [], "lock": true } }),
                "outputs.0.listCard.lock is no field",
            ),
            (
                json!({ "carousel": { "type": "textCard", "items": [{ "title": "가" }, { "title": "나" }] } }),
                "outputs.0.carousel.items.0.description is missing",
            ),
            (json!({ "simpleText": { "text": "" } }), "has 0 characters"),
        ] {
            let problem = of(output).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
        let later = template(&json!({ "version": "2.0", "useCallback": true })).unwrap_err();
        assert!(later.contains("useCallback"), "{later}");
    }
}

//! Whether an answer is one that Kakao takes, by its skill guide (`answer_json_format`, read 2026-11). What the guide leaves open
//! is refused too: a limit that only packages state, a field that it does not name.

use serde_json::{Map, Value};

/// What an answer is.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Template(Value),
    /// The answer comes by the callback; with what a citizen is told meanwhile.
    Later(Option<String>),
}

type Checked<T> = Result<T, String>;

/// Reads an answer; `may_wait` where a callback may be promised.
pub(super) fn answer(body: &[u8], may_wait: bool) -> Checked<Answer> {
    if body.len() > super::BYTES {
        return Err(format!("the answer is larger than {} bytes", super::BYTES));
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| format!("the answer is no JSON: {error}"))?;
    let all = object(&value, "the answer")?;
    only(all, "the answer", &["version", "template", "context", "data", "useCallback"])?;
    if all.get("version").and_then(Value::as_str) != Some("2.0") {
        return Err("version is not \"2.0\"".to_owned());
    }
    if let Some(context) = all.get("context") {
        let context = object(context, "context")?;
        only(context, "context", &["values"])?;
        for value in list(context.get("values"), "context.values", 0, usize::MAX)? {
            let value = object(value, "context.values")?;
            text(value.get("name"), "context.values.name", 1, usize::MAX)?;
            if !value.get("lifeSpan").is_some_and(Value::is_u64) {
                return Err("context.values.lifeSpan is no number".to_owned());
            }
        }
    }
    if all.get("useCallback") == Some(&Value::Bool(true)) {
        if !may_wait {
            return Ok(Answer::Later(None));
        }
        if all.contains_key("template") {
            return Err("a template beside useCallback: the guide shows none".to_owned());
        }
        let told = all.get("data").and_then(|data| data.get("text")).and_then(Value::as_str);
        return Ok(Answer::Later(told.map(str::to_owned)));
    }
    let template = all.get("template").ok_or("template is missing")?;
    let fields = object(template, "template")?;
    only(fields, "template", &["outputs", "quickReplies"])?;
    for (at, output) in list(fields.get("outputs"), "template.outputs", 1, 3)?.iter().enumerate() {
        component(output, &format!("outputs.{at}"), false)?;
    }
    if let Some(replies) = fields.get("quickReplies") {
        for (at, reply) in list(Some(replies), "quickReplies", 0, 10)?.iter().enumerate() {
            quick_reply(reply, &format!("quickReplies.{at}"))?;
        }
    }
    Ok(Answer::Template(template.clone()))
}

fn quick_reply(reply: &Value, at: &str) -> Checked<()> {
    let fields = object(reply, at)?;
    only(fields, at, &["label", "action", "messageText", "blockId", "extra"])?;
    text(fields.get("label"), &format!("{at}.label"), 1, 14)?;
    match fields.get("action").and_then(Value::as_str) {
        Some("message") => text(fields.get("messageText"), &format!("{at}.messageText"), 1, 1_000),
        Some("block") => text(fields.get("blockId"), &format!("{at}.blockId"), 1, 1_000),
        _ => Err(format!("{at}.action is neither message nor block")),
    }
}

fn component(output: &Value, at: &str, in_row: bool) -> Checked<()> {
    let fields = object(output, at)?;
    let Some((name, value)) = fields.iter().next().filter(|_| fields.len() == 1) else {
        return Err(format!("{at} is not one component"));
    };
    let at = format!("{at}.{name}");
    let of = object(value, &at)?;
    match name.as_str() {
        "simpleText" => {
            only(of, &at, &["text"])?;
            text(of.get("text"), &format!("{at}.text"), 1, 1_000)
        }
        "simpleImage" => {
            only(of, &at, &["imageUrl", "altText"])?;
            address(of.get("imageUrl"), &format!("{at}.imageUrl"))?;
            text(of.get("altText"), &format!("{at}.altText"), 1, 1_000)
        }
        "carousel" if !in_row => {
            only(of, &at, &["type", "items", "header"])?;
            let kind = of.get("type").and_then(Value::as_str).unwrap_or_default();
            let items = list(of.get("items"), &format!("{at}.items"), 2, 10)?;
            let is_known = matches!(kind, "textCard" | "basicCard" | "listCard");
            if !is_known {
                return Err(format!("{at}.type `{kind}` is not looked at here"));
            }
            items.iter().enumerate().try_for_each(|(n, item)| card(kind, item, &format!("{at}.items.{n}"), true))
        }
        "textCard" | "basicCard" | "listCard" => card(name, value, &at, false),
        _ => Err(format!("{at} is no component that is looked at here")),
    }
}

fn card(kind: &str, value: &Value, at: &str, in_row: bool) -> Checked<()> {
    let of = object(value, at)?;
    let field = |name: &str| format!("{at}.{name}");
    match kind {
        "textCard" => {
            only(of, at, &["title", "description", "buttons", "buttonLayout", "lock", "forwardable"])?;
            let length = |name: &str| of.get(name).and_then(Value::as_str).map_or(0, |text| text.chars().count());
            let (title, description) = (length("title"), length("description"));
            let most = if in_row { 128 } else { 400 };
            if title + description == 0 || title > 50 || title + description > most {
                return Err(format!("{at}: a title of at most 50 characters, with the description at most {most}"));
            }
            buttons(of.get("buttons"), &field("buttons"), 3)
        }
        "basicCard" => {
            only(of, at, &["title", "description", "thumbnail", "buttons", "buttonLayout", "lock", "forwardable"])?;
            for (name, most) in [("title", 50), ("description", 230)] {
                if let Some(value) = of.get(name) {
                    text(Some(value), &field(name), 0, most)?;
                }
            }
            let thumbnail = object(of.get("thumbnail").unwrap_or(&Value::Null), &field("thumbnail"))?;
            address(thumbnail.get("imageUrl"), &field("thumbnail.imageUrl"))?;
            buttons(of.get("buttons"), &field("buttons"), 3)
        }
        _ => {
            only(of, at, &["header", "items", "buttons", "lock", "forwardable"])?;
            let header = object(of.get("header").unwrap_or(&Value::Null), &field("header"))?;
            text(header.get("title"), &field("header.title"), 1, 15)?;
            for (n, item) in list(of.get("items"), &field("items"), 1, if in_row { 4 } else { 5 })?.iter().enumerate() {
                let at = format!("{at}.items.{n}");
                let item = object(item, &at)?;
                let known = ["title", "description", "imageUrl", "link", "action", "blockId", "messageText", "extra"];
                only(item, &at, &known)?;
                text(item.get("title"), &format!("{at}.title"), 1, 20)?;
                if let Some(description) = item.get("description") {
                    text(Some(description), &format!("{at}.description"), 0, 40)?;
                }
                if let Some(link) = item.get("link") {
                    address(object(link, &at)?.get("web"), &format!("{at}.link.web"))?;
                }
            }
            buttons(of.get("buttons"), &field("buttons"), 2)
        }
    }
}

fn buttons(value: Option<&Value>, at: &str, most: usize) -> Checked<()> {
    let Some(value) = value else { return Ok(()) };
    for (n, button) in list(Some(value), at, 0, most)?.iter().enumerate() {
        let at = format!("{at}.{n}");
        let fields = object(button, &at)?;
        let known = ["label", "action", "webLinkUrl", "messageText", "phoneNumber", "blockId", "extra"];
        only(fields, &at, &known)?;
        text(fields.get("label"), &format!("{at}.label"), 1, 14)?;
        match fields.get("action").and_then(Value::as_str) {
            Some("webLink") => address(fields.get("webLinkUrl"), &format!("{at}.webLinkUrl"))?,
            Some("message") => text(fields.get("messageText"), &format!("{at}.messageText"), 1, 1_000)?,
            Some("phone") => {
                let number = fields.get("phoneNumber").and_then(Value::as_str).unwrap_or_default();
                if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
                    return Err(format!("{at}.phoneNumber is no number"));
                }
            }
            Some("block") => text(fields.get("blockId"), &format!("{at}.blockId"), 1, 1_000)?,
            Some("operator" | "share") => {}
            _ => return Err(format!("{at}.action is not one that is known")),
        }
    }
    Ok(())
}

fn object<'a>(value: &'a Value, at: &str) -> Checked<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| format!("{at} is no object"))
}

pub(super) fn only(fields: &Map<String, Value>, at: &str, known: &[&str]) -> Checked<()> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("{at} has a field `{name}` that the guide does not name")),
        None => Ok(()),
    }
}

fn list<'a>(value: Option<&'a Value>, at: &str, least: usize, most: usize) -> Checked<&'a [Value]> {
    let list = value.and_then(Value::as_array).ok_or_else(|| format!("{at} is no list"))?;
    if (least..=most).contains(&list.len()) { Ok(list) } else { Err(format!("{at} has {} entries", list.len())) }
}

fn text(value: Option<&Value>, at: &str, least: usize, most: usize) -> Checked<()> {
    let text = value.and_then(Value::as_str).ok_or_else(|| format!("{at} is no text"))?;
    let length = text.chars().count();
    if (least..=most).contains(&length) { Ok(()) } else { Err(format!("{at} has {length} characters")) }
}

fn address(value: Option<&Value>, at: &str) -> Checked<()> {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    let is_one = text.starts_with("https://") || text.starts_with("http://");
    if is_one { Ok(()) } else { Err(format!("{at} is no address")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guide_allows_is_taken_and_nothing_else() {
        let told = |json: &str| answer(json.as_bytes(), true);
        let of = |outputs: &str| told(&format!(r#"{{"version":"2.0","template":{{"outputs":[{outputs}]}}}}"#));
        assert!(of(r#"{"simpleText":{"text":"안녕"}}"#).is_ok());
        assert_eq!(
            told(r#"{"version":"2.0","useCallback":true,"data":{"text":"잠시만"}}"#),
            Ok(Answer::Later(Some("잠시만".into())))
        );
        let long = format!(r#"{{"simpleText":{{"text":"{}"}}}}"#, "가".repeat(1_001));
        for (outputs, expected) in [
            ("", "template.outputs has 0 entries"),
            (long.as_str(), "outputs.0.simpleText.text has 1001 characters"),
            (r#"{"simpleText":{"text":"가","later":1}}"#, "has a field `later`"),
            (
                r#"{"textCard":{"title":"가","buttons":[{"label":"나","action":"webLink"}]}}"#,
                "webLinkUrl is no address",
            ),
            (
                r#"{"textCard":{"title":"가","buttons":[{"label":"나","action":"phone","phoneNumber":"가"}]}}"#,
                "is no number",
            ),
            (r#"{"carousel":{"type":"textCard","items":[{"title":"가"}]}}"#, "items has 1 entries"),
            (r#"{"listCard":{"header":{"title":"가"},"items":[{"description":"나"}]}}"#, "items.0.title is no text"),
            (r#"{"videoCard":{}}"#, "no component that is looked at"),
        ] {
            let problem = of(outputs).unwrap_err();
            assert!(problem.contains(expected), "{problem}");
        }
        assert!(told("{}").unwrap_err().contains("version"));
    }
}

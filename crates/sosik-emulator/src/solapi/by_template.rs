//! The rules for messages by a template: Alimtalk and brand messages.

use std::collections::{BTreeMap, HashMap};

use crate::solapi::check::{Checked, Kind, Rule, channel, fields, length, refuse, rule, sender, targeting};
use crate::solapi::request::{Bms, KakaoOptions, Row};
use crate::template::Template;

pub(super) fn alimtalk(row: &Row, templates: &HashMap<String, Template>) -> Checked {
    let Some(options) = &row.kakao_options else { return refuse("1033", "kakaoOptions: an Alimtalk has them") };
    channel(options)?;
    if options.bms.is_some() || row.text.is_some() || row.subject.is_some() || row.image_id.is_some() {
        return refuse("1033", "an Alimtalk has its words in its template");
    }
    match (options.disable_sms, row.from.as_deref()) {
        (Some(true), None) => {}
        (_, from) => sender(from)?,
    }
    filled(options, templates, None).map(|_| ())
}

/// The type of a brand message by a template: by the type of bubble that the SDK asks for.
pub(super) fn kind(bms: &Bms) -> Checked<Kind> {
    rule(bms).map(|rule| Kind::BrandTemplate(rule.by_template))
}

/// A brand message by its template, of whose parts the words are known here.
pub(super) fn brand(row: &Row, templates: &HashMap<String, Template>) -> Checked {
    let options = row.kakao_options.as_ref();
    let Some((options, bms)) = options.and_then(|options| Some((options, options.bms.as_ref()?))) else {
        return refuse("1033", "kakaoOptions.bms: a brand message has one");
    };
    channel(options)?;
    let Row { from, text, subject, image_id, .. } = row;
    if [from, text, subject, image_id].iter().any(|field| field.is_some()) || options.disable_sms == Some(false) {
        return refuse("1033", "a brand message by a template has its words there, and sends no text instead");
    }
    targeting(bms)?;
    let rule = rule(bms)?;
    let nothing = Rule { accepted: &[], required: &[], ..*rule };
    fields(bms, &nothing, None)?;
    let words = filled(options, templates, Some(rule.name))?;
    match rule.text {
        Some((most, breaks)) => length("1031", "the template's words", &words, 0, most, breaks),
        None => Ok(()),
    }
}

/// The words of a template, filled in: of Alimtalk, or of a brand message with this type of bubble.
fn filled(options: &KakaoOptions, templates: &HashMap<String, Template>, bubble: Option<&str>) -> Checked<String> {
    let template = options.template_id.as_deref().and_then(|id| templates.get(id));
    let Some(template) = template.filter(|template| template.bubble.as_deref() == bubble) else {
        return refuse("1042", "templateId: no such template is approved");
    };
    let mut values = BTreeMap::new();
    for (name, value) in options.variables.iter().flatten() {
        let bare = name.strip_prefix("#{").and_then(|rest| rest.strip_suffix('}'));
        match bare.filter(|bare| !bare.is_empty() && !bare.contains('.')) {
            Some(bare) => values.insert(bare.to_owned(), value.clone()),
            None => return refuse("1033", "kakaoOptions.variables: names as #{name}, without a dot"),
        };
    }
    template.fill(&values).or_else(|problem| refuse("1043", format!("kakaoOptions.variables: {problem}")))
}

//! Templates of brand messages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::bizgo::answer::Refusal;
use crate::bizgo::check::{Known, length, refuse};
use crate::bizgo::request::{Attachment, BrandMessage, Carousel};
use crate::bizgo::{brand, by_template};
use crate::journal::{CenterEvent, Event};
use crate::ledger::Ledger;
use crate::time::seoul;

/// The body of a registration. What the dealer fills in itself is named so that it can be refused by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) sender_key: Option<String>,
    sender_key_type: Option<String>,
    send_type: Option<String>,
    template_name: Option<String>,
    msg_type: Option<String>,
    template_code: Option<String>,
    text: Option<String>,
    carousel: Option<Carousel>,
    attachment: Option<Attachment>,
    header: Option<String>,
    header_description: Option<String>,
    additional_content: Option<String>,
    push_alarm: Option<String>,
    message_variable: Option<Value>,
    button_variable: Option<Value>,
    coupon_variable: Option<Value>,
    image_variable: Option<Value>,
    video_variable: Option<Value>,
    commerce_variable: Option<Value>,
    carousel_variable: Option<Value>,
    catalog_variable: Option<Value>,
    create_at: Option<String>,
    modified_at: Option<String>,
    status: Option<String>,
}

/// A registered template.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Registered {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) push: String,
    pub(crate) at: DateTime<Utc>,
    /// When it was changed last.
    #[serde(default)]
    pub(crate) changed: Option<DateTime<Utc>>,
    /// What it shows, in the form of a sending.
    pub(crate) content: Value,
}

impl Registered {
    pub(crate) fn has_variables(&self) -> bool {
        self.content.to_string().contains("#{")
    }
}

impl Ledger {
    /// What messages are checked against.
    pub(crate) fn known(&self) -> Known<'_> {
        Known {
            pictures: &self.pictures,
            templates: &self.templates,
            registered: &self.bizgo.registered,
            tags: &self.bizgo.tags,
            approved: self.options.approved,
        }
    }

    pub(crate) fn register(&mut self, input: Input) -> Result<Value, Refusal> {
        if input.template_code.is_some() {
            return refuse("A300", "templateCode: it is the dealer's to give");
        }
        let key = input.sender_key.clone().unwrap_or_default();
        let code = self.name(&format!("template {key} {}", self.bizgo.registrations + 1), 12);
        self.put(input, &code, None)
    }

    pub(crate) fn change(&mut self, mut input: Input) -> Result<Value, Refusal> {
        let key = (input.sender_key.clone().unwrap_or_default(), input.template_code.take().unwrap_or_default());
        let Some(before) = self.bizgo.registered.get(&key) else {
            return refuse("A505", "templateCode: no such template");
        };
        if input.msg_type.as_deref() != Some(before.kind.as_str()) {
            return refuse("A523", format!("msgType: the template's is {}", before.kind));
        }
        self.idle(&key.1)?;
        let made = before.at;
        self.put(input, &key.1, Some(made))
    }

    fn put(&mut self, input: Input, code: &str, made: Option<DateTime<Utc>>) -> Result<Value, Refusal> {
        let (message, name) = self.content(input)?;
        let (sender_key, kind) =
            (message.sender_key.clone().unwrap_or_default(), message.msg_type.clone().unwrap_or_default());
        let push = message.push_alarm.clone().unwrap_or_else(|| "Y".to_owned());
        let content = json!({ "brandmessage": message });
        let (at, changed) = (made.unwrap_or_else(|| self.now()), made.map(|_| self.now()));
        let template = Registered { name, kind, push, at, changed, content };
        self.write_down(Event::Center(CenterEvent::Registered {
            sender_key: sender_key.clone(),
            code: code.to_owned(),
            template,
        }))?;
        self.registered(&sender_key, code)
    }

    /// That no group send is under way with a template.
    fn idle(&self, code: &str) -> Result<(), Refusal> {
        let now = self.now();
        let mut sends = self.bizgo.group_sends.values().filter(|send| send.template == code);
        if sends.any(|send| !matches!(send.status(now), "DONE" | "TERMINATED")) {
            return refuse("A824", "templateCode: a group send is under way with it");
        }
        Ok(())
    }

    /// What a registration shows, checked as a message of the free form, and its name.
    fn content(&self, input: Input) -> Result<(BrandMessage, String), Refusal> {
        if input.sender_key_type.as_deref() != Some("S") {
            return refuse("A300", "senderKeyType: S; other kinds of keys are not served here, and so refused");
        }
        match input.send_type.as_deref() {
            Some("basic") => {}
            Some("free") => return refuse("A571", "sendType: free is not served here, and so refused"),
            _ => return refuse("A571", "sendType: basic or free"),
        }
        let name = input.template_name.unwrap_or_default();
        length("A300", "templateName", Some(&name), 1, 200)?;
        let variables = [
            &input.message_variable,
            &input.button_variable,
            &input.coupon_variable,
            &input.image_variable,
            &input.video_variable,
            &input.commerce_variable,
            &input.carousel_variable,
            &input.catalog_variable,
        ];
        if variables.iter().any(|field| field.is_some()) {
            return refuse("A571", "values of variables in a template are not served here, and so refused");
        }
        if [&input.create_at, &input.modified_at, &input.status].iter().any(|it| it.is_some()) {
            return refuse("A300", "createAt, modifiedAt and status are the dealer's to give");
        }
        let message = BrandMessage {
            send_type: Some("free".to_owned()),
            msg_type: input.msg_type,
            sender_key: input.sender_key,
            text: input.text,
            header: input.header,
            header_description: input.header_description,
            additional_content: input.additional_content,
            push_alarm: input.push_alarm,
            attachment: input.attachment,
            carousel: input.carousel,
            ..BrandMessage::default()
        };
        brand::check(&by_template::probe(&message)?, &self.known())?;
        Ok((message, name))
    }

    pub(crate) fn registered(&self, sender_key: &str, code: &str) -> Result<Value, Refusal> {
        let template = self.bizgo.registered.get(&(sender_key.to_owned(), code.to_owned()));
        let Some(template) = template else { return refuse("A505", "templateCode: no such template") };
        let shown = &template.content["brandmessage"];
        let mut answer = json!({
            "senderKey": sender_key, "sendType": "basic", "templateCode": code, "msgType": template.kind,
            "pushAlarm": template.push, "status": "A",
            "createAt": seoul(template.at).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            "modifiedAt": seoul(template.changed.unwrap_or(template.at)).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        });
        for name in ["text", "carousel", "attachment", "header", "additionalContent"] {
            if !shown[name].is_null() {
                answer[name] = shown[name].clone();
            }
        }
        Ok(json!({ "brandmessage": answer }))
    }

    pub(crate) fn all_registered(&self, sender_key: &str, kind: Option<&str>, offset: usize, limit: usize) -> Value {
        let ours = self
            .bizgo
            .registered
            .iter()
            .filter(|((key, _), template)| key == sender_key && kind.is_none_or(|kind| template.kind == kind));
        let templates: Vec<Value> = ours
            .skip(offset)
            .take(limit)
            .map(|((key, code), _)| json!({ "senderKey": key, "senderKeyType": "S", "templateCode": code, "status": "A" }))
            .collect();
        json!({ "brandmessage": { "templates": templates } })
    }

    pub(crate) fn unregister(&mut self, sender_key: &str, code: &str) -> Result<(), Refusal> {
        let key = (sender_key.to_owned(), code.to_owned());
        if !self.bizgo.registered.contains_key(&key) {
            return refuse("A505", "templateCode: no such template");
        }
        self.idle(code)?;
        self.write_down(Event::Center(CenterEvent::Unregistered { sender_key: key.0, code: key.1 }))
    }
}

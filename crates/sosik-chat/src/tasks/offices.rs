//! Who handles what, and when they are open.

use crate::office::Office;
use crate::reply::{Bubble, Does, Facts, Reply};
use crate::talk::Talk;
use crate::window::WindowError;
use crate::{Intent, text};
use serde_json::json;

impl Talk<'_> {
    pub(crate) fn office(&self) -> Result<Reply, WindowError> {
        let said = &self.turn.said;
        let label = self.window.intents.get(&Intent::Office).map(|rule| text::dense(rule.label_in(&self.language)));
        let is_label = label == Some(text::dense(said));
        let found = if is_label { Vec::new() } else { self.window.offices.find(said, 3) };
        let Some(((office, task), others)) = found.split_first() else {
            let reply = Reply::text(self.say("office-none", &self.contact())?);
            return Ok(self.menu_choices(self.offer(reply, &Intent::Person)));
        };
        let mut reply = Reply::default().with(Bubble::Facts(self.facts_of(office, *task)?));
        for (other, _) in others {
            reply = reply.choice(other.name.as_str(), format!("{} 전화번호", other.name));
        }
        Ok(self.menu_choices(reply))
    }

    fn facts_of(&self, office: &Office, task: Option<&str>) -> Result<Facts, WindowError> {
        let mut facts = Facts::new(self.say("office-title", &json!({"name": office.name}))?);
        let rows = [
            ("office-task", task.unwrap_or_default()),
            ("office-phone", &office.phone),
            ("office-hours", &office.hours),
            ("office-place", &office.place),
            ("office-note", &office.note),
        ];
        for (key, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
            facts = facts.fact(self.say(key, &())?, value);
        }
        let label = self.say("call", &json!({"number": ""}))?;
        Ok(facts.button(label.trim(), Does::Calls(office.phone.clone())))
    }
}

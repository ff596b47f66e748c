//! What goes to a person: questions and reports, and what became of them.

use serde_json::json;

use crate::reply::{Bubble, Facts, Reply};
use crate::session::Pending;
use crate::talk::Talk;
use crate::text::dense;
use crate::window::WindowError;
use crate::words::{Short, short};
use crate::{Author, Intent, NewTicket, Ticket, TicketNumber};

/// So much of a question is shown with its answer.
const ASKED: usize = 100;
/// Letters from which on what was said is the question itself, and not that someone has one.
const QUESTION: usize = 12;

impl Talk<'_> {
    pub(crate) fn person(&mut self) -> Result<Reply, WindowError> {
        if dense(&self.turn.said).chars().count() >= QUESTION {
            return self.confirm(&crate::mask(&self.turn.said), self.turn.picture.clone());
        }
        self.ask_person(self.turn.picture.clone())
    }

    pub(crate) fn ask_person(&mut self, picture: Option<String>) -> Result<Reply, WindowError> {
        if self.key().is_none() {
            return Ok(Reply::text(self.say("person-nobody", &self.contact())?));
        }
        self.session.pending = Some(Pending::Question { picture });
        let cancel = self.say("cancel", &())?;
        Ok(Reply::text(self.say("person-ask", &())?).choice(cancel.clone(), cancel))
    }

    /// What they ask: shown once more before it goes.
    pub(crate) fn question(&mut self, picture: Option<String>) -> Result<Reply, WindowError> {
        let picture = self.turn.picture.clone().or(picture);
        if self.turn.said.is_empty() {
            return self.ask_person(picture);
        }
        self.confirm(&crate::mask(&self.turn.said), picture)
    }

    fn confirm(&mut self, text: &str, picture: Option<String>) -> Result<Reply, WindowError> {
        if self.key().is_none() {
            return Ok(Reply::text(self.say("person-nobody", &self.contact())?));
        }
        let shown = self.say("person-confirm", &json!({"text": text}))?;
        self.session.pending = Some(Pending::Send { text: text.to_owned(), picture });
        let (send, rewrite, cancel) = (self.say("send", &())?, self.say("rewrite", &())?, self.say("cancel", &())?);
        Ok(Reply::text(shown)
            .choice(send.clone(), send)
            .choice(rewrite.clone(), rewrite)
            .choice(cancel.clone(), cancel))
    }

    /// Whether it goes; what is said beside yes and no belongs to it, and is shown with it once more.
    pub(crate) async fn send(&mut self, text: String, picture: Option<String>) -> Result<Option<Reply>, WindowError> {
        /// What a ticket begins with has at most so many characters: enough for what happened, and where.
        const MOST: usize = 900;

        let (said, answer) = (dense(&self.turn.said), short(&self.turn.said));
        let is = |key: &str| -> Result<bool, WindowError> { Ok(dense(&self.say(key, &())?) == said) };
        if is("rewrite")? {
            return self.ask_person(picture).map(Some);
        }
        let picture = self.turn.picture.clone().or(picture);
        let is_sent = is("send")? || answer == Some(Short::Yes);
        if !is_sent && answer.is_some() {
            return Ok(Some(self.menu_choices(Reply::text(self.say("cancelled", &())?))));
        }
        if !is_sent {
            let understood = self.understood().await;
            // A button of something else is meant as that.
            let is_button = understood.intent.as_ref().and_then(|intent| self.window.intents.get(intent));
            if is_button.is_some_and(|rule| dense(rule.label_in(&self.language)) == said) {
                return Ok(None);
            }
            let more = crate::mask(&self.turn.said);
            let text = if more.is_empty() { text } else { format!("{text}\n{more}") };
            let text: String = text.chars().take(MOST).collect();
            return self.confirm(&text, picture).map(Some);
        }
        let Some(key) = self.key() else { return Ok(None) };
        let office = self.window.offices.find(&text, 1).first().map(|(office, _)| office.name.clone());
        let due = self.window.due(self.turn.at);
        let new = NewTicket::new(key.clone(), self.turn.channel.clone(), &text, due)
            .with_picture(picture)
            .for_office(office)
            .in_language(self.language.clone());
        let ticket = self.window.chats.open(new, self.window.year(self.turn.at), self.turn.at).await?;
        let facts = self.facts_of_ticket(&ticket, self.say("person-opened", &())?)?;
        Ok(Some(self.offer(Reply::default().with(Bubble::Facts(facts)), &Intent::Ticket)))
    }

    pub(crate) async fn tickets(&self) -> Result<Reply, WindowError> {
        let none = |talk: &Self| -> Result<Reply, WindowError> {
            Ok(talk.offer(Reply::text(talk.say("ticket-none", &())?), &Intent::Person))
        };
        let mut tickets = self.tickets_of(&self.everything_of(&self.known().await?)).await?;
        // Only someone's own are shown, whatever number they say.
        if let Some(number) = TicketNumber::find_in(&self.turn.said) {
            tickets.retain(|ticket| ticket.number == number);
        }
        if tickets.is_empty() {
            return none(self);
        }
        tickets.truncate(crate::reply::MOST_BUBBLES);
        let mut reply = Reply::default();
        for ticket in &tickets {
            let title = format!("{} {}", self.say("ticket-number", &())?, ticket.number);
            reply = reply.with(Bubble::Facts(self.facts_of_ticket(ticket, title)?));
        }
        Ok(self.offer(reply, &Intent::Person))
    }

    fn facts_of_ticket(&self, ticket: &Ticket, title: String) -> Result<Facts, WindowError> {
        let state = self.say(&format!("state-{}", ticket.state.code()), &())?;
        let due = ticket.due.with_timezone(&self.window.zone).format("%Y-%m-%d %H:%M").to_string();
        let mut facts = Facts::new(title)
            .fact(self.say("ticket-number", &())?, ticket.number.to_string())
            .fact(self.say("ticket-state", &())?, state);
        if let Some(office) = &ticket.office {
            facts = facts.fact(self.say("ticket-office", &())?, office);
        }
        facts = facts.fact(self.say("ticket-due", &())?, due);
        let last =
            |is_staff: bool| ticket.entries.iter().rev().find(|entry| matches!(entry.by, Author::Staff(_)) == is_staff);
        // The answer first, and whole: what was asked is known to whoever asked it.
        if let Some(answer) = last(true) {
            facts = facts.fact(self.say("ticket-answer", &())?, answer.text.as_str());
        }
        if let Some(asked) = last(false) {
            facts = facts.fact(self.say("ticket-text", &())?, crate::shorten(&asked.text, ASKED));
        }
        Ok(facts)
    }
}

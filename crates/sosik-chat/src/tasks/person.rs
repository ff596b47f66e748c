//! What goes to a person: questions and reports, and what became of them.

use serde_json::json;

use crate::reply::{Bubble, Facts, MOST_CHOICES, Reply};
use crate::session::Pending;
use crate::talk::Talk;
use crate::text::dense;
use crate::window::WindowError;
use crate::words::{Short, short};
use crate::{Author, ChatStoreErrorKind, Intent, NewTicket, Ticket, TicketChange, TicketNumber};

/// So much of a question is shown with its answer.
const ASKED: usize = 100;
/// Letters from which on what was said is the question itself, and not that someone has one.
const QUESTION: usize = 12;

impl Talk<'_> {
    pub(crate) fn person(&mut self) -> Result<Reply, WindowError> {
        if dense(&self.turn.said).chars().count() >= QUESTION {
            return self.confirm(&crate::mask(&self.turn.said), self.turn.picture.clone(), None);
        }
        self.ask_person(self.turn.picture.clone(), None)
    }

    pub(crate) fn ask_person(
        &mut self,
        picture: Option<String>,
        ticket: Option<TicketNumber>,
    ) -> Result<Reply, WindowError> {
        if self.key().is_none() {
            return Ok(Reply::text(self.say("person-nobody", &self.contact())?));
        }
        let asked = match ticket {
            Some(number) => self.say("more-ask", &json!({"number": number.to_string()}))?,
            None => self.say("person-ask", &())?,
        };
        self.session.pending = Some(Pending::Question { picture, ticket });
        let cancel = self.say("cancel", &())?;
        Ok(Reply::text(asked).choice(cancel.clone(), cancel))
    }

    /// More about what was asked before: of their own tickets, the one that they name, or the only one.
    pub(crate) async fn follow_up(&mut self) -> Result<Reply, WindowError> {
        let mut tickets = self.own_tickets().await?;
        // What was asked in another channel is answered there: here it would be a question of its own.
        tickets.retain(|ticket| ticket.channel == self.turn.channel);
        match tickets.as_slice() {
            [] => self.ask_person(self.turn.picture.clone(), None),
            [only] => self.ask_person(self.turn.picture.clone(), Some(only.number)),
            several => {
                let reply = Reply::text(self.say("more-which", &())?);
                several.iter().take(MOST_CHOICES).try_fold(reply, |reply, ticket| {
                    let values = json!({"number": ticket.number.to_string()});
                    Ok(reply.choice(ticket.number.to_string(), self.say("more-says", &values)?))
                })
            }
        }
    }

    /// What they ask: shown once more before it goes.
    pub(crate) fn question(
        &mut self,
        picture: Option<String>,
        ticket: Option<TicketNumber>,
    ) -> Result<Reply, WindowError> {
        let picture = self.turn.picture.clone().or(picture);
        if self.turn.said.is_empty() {
            return self.ask_person(picture, ticket);
        }
        self.confirm(&crate::mask(&self.turn.said), picture, ticket)
    }

    fn confirm(
        &mut self,
        text: &str,
        picture: Option<String>,
        ticket: Option<TicketNumber>,
    ) -> Result<Reply, WindowError> {
        if self.key().is_none() {
            return Ok(Reply::text(self.say("person-nobody", &self.contact())?));
        }
        let shown = self.say("person-confirm", &json!({"text": text}))?;
        self.session.pending = Some(Pending::Send { text: text.to_owned(), picture, ticket });
        let (send, rewrite, cancel) = (self.say("send", &())?, self.say("rewrite", &())?, self.say("cancel", &())?);
        Ok(Reply::text(shown)
            .choice(send.clone(), send)
            .choice(rewrite.clone(), rewrite)
            .choice(cancel.clone(), cancel))
    }

    /// Whether it goes; what is said beside yes and no belongs to it, and is shown with it once more.
    pub(crate) async fn send(
        &mut self,
        text: String,
        picture: Option<String>,
        ticket: Option<TicketNumber>,
    ) -> Result<Option<Reply>, WindowError> {
        /// What a ticket begins with has at most so many characters: enough for what happened, and where.
        const MOST: usize = 900;

        let (said, answer) = (dense(&self.turn.said), short(&self.turn.said));
        let is = |key: &str| -> Result<bool, WindowError> { Ok(dense(&self.say(key, &())?) == said) };
        if is("rewrite")? {
            return self.ask_person(picture, ticket).map(Some);
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
            return self.confirm(&text, picture, ticket).map(Some);
        }
        let Some(key) = self.key() else { return Ok(None) };
        if let Some(number) = ticket
            && let Some(ticket) = self.add(number, &text, picture.as_deref()).await?
        {
            let facts = self.facts_of_ticket(&ticket, self.say("more-added", &())?)?;
            return Ok(Some(self.offer(Reply::default().with(Bubble::Facts(facts)), &Intent::Ticket)));
        }
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

    /// Adds to a ticket of theirs, and gives it as it is then; `None` where it is gone, or takes nothing more: then what they wrote
    /// becomes a new one.
    async fn add(
        &self,
        number: TicketNumber,
        text: &str,
        picture: Option<&str>,
    ) -> Result<Option<Ticket>, WindowError> {
        /// Someone of the city may write at the same moment; that they always do is none of this ticket's.
        const TRIES: usize = 5;

        let change = TicketChange::Add {
            text: text.to_owned(),
            picture: picture.map(str::to_owned),
            due: self.window.due(self.turn.at),
        };
        for _ in 0..TRIES {
            let own = self.tickets_of(&self.everything_of(&self.known().await?)).await?;
            let Some(ticket) = own.into_iter().find(|ticket| ticket.number == number) else { return Ok(None) };
            match self.window.chats.change(&ticket, &change, self.turn.at).await {
                Ok(ticket) => return Ok(Some(ticket)),
                Err(error) => match error.kind() {
                    ChatStoreErrorKind::Conflict => {}
                    ChatStoreErrorKind::Refused | ChatStoreErrorKind::Missing => return Ok(None),
                    _ => return Err(error.into()),
                },
            }
        }
        Ok(None)
    }

    /// Their own tickets, the newest first: whatever number they say, nobody else's.
    async fn own_tickets(&self) -> Result<Vec<Ticket>, WindowError> {
        let mut tickets = self.tickets_of(&self.everything_of(&self.known().await?)).await?;
        if let Some(number) = TicketNumber::find_in(&self.turn.said) {
            tickets.retain(|ticket| ticket.number == number);
        }
        Ok(tickets)
    }

    pub(crate) async fn tickets(&self) -> Result<Reply, WindowError> {
        let none = |talk: &Self| -> Result<Reply, WindowError> {
            Ok(talk.offer(Reply::text(talk.say("ticket-none", &())?), &Intent::Person))
        };
        let mut tickets = self.own_tickets().await?;
        if tickets.is_empty() {
            return none(self);
        }
        tickets.truncate(crate::reply::MOST_BUBBLES);
        let mut reply = Reply::default();
        for ticket in &tickets {
            let title = format!("{} {}", self.say("ticket-number", &())?, ticket.number);
            reply = reply.with(Bubble::Facts(self.facts_of_ticket(ticket, title)?));
        }
        if let [only] = tickets.as_slice() {
            reply = self.window.more(reply, &self.language, only.number)?;
        } else {
            reply = self.offer(reply, &Intent::FollowUp);
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

use std::fmt;

use sosik_content::WebLink;
use sosik_core::ChannelId;
use sosik_registry::Identity;

use crate::Ticket;

/// Bubbles of a reply; by the chatbot's and the Bot API's limit of outputs (Kakao, 2026).
pub const MOST_BUBBLES: usize = 3;
/// Choices below a reply; by their limit of quick replies.
pub const MOST_CHOICES: usize = 10;

/// What is answered, in the terms of no door: each renders it within its own limits.
///
/// `Debug` shows how much it holds, not what: it may tell someone what is stored about them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// What is shown, one below the other: at most [`MOST_BUBBLES`].
    pub bubbles: Vec<Bubble>,
    /// What can be pressed below it all, at most [`MOST_CHOICES`]; each says something.
    pub choices: Vec<Choice>,
    /// The ticket whose answer it brings, and which of its entries that is.
    pub(crate) arrived: Option<(Ticket, usize)>,
    /// Of whom it asks, in which channel, whether they agree to something.
    pub(crate) asks: Option<(Identity, ChannelId)>,
}

/// One thing that is shown.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bubble {
    /// A text.
    Text(String),
    /// Cards side by side: one alone is no row.
    Cards(Vec<NewsCard>),
    /// A list.
    List(List),
    /// Facts under a title: a ticket, an office, what is stored of someone.
    Facts(Facts),
}

/// News, as a card.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewsCard {
    /// Its title.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Its picture and what that shows, in words.
    pub picture: Option<(WebLink, String)>,
    /// Where to read on.
    pub link: WebLink,
    /// What stands on the button that leads there.
    pub button: String,
}

/// Lines under a title.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct List {
    /// What they are.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a list.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// What it is.
    pub title: String,
    /// What is said of it.
    pub text: String,
    /// Where it leads, or what pressing it says.
    pub leads: Option<Leads>,
}

/// Where something leads.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leads {
    /// To a page.
    Page(WebLink),
    /// To this being said.
    Says(String),
}

/// Facts under a title.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// What they are about.
    pub title: String,
    /// Name and value.
    pub facts: Vec<(String, String)>,
    /// What can be pressed.
    pub buttons: Vec<Button>,
}

/// Something that can be pressed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub does: Does,
}

/// What a button does.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Does {
    /// Calls a number.
    Calls(String),
    /// Opens a page.
    Opens(WebLink),
    /// Says something.
    Says(String),
}

/// Something that can be said by pressing it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// What stands on it.
    pub label: String,
    /// What it says: where a door shows the label as what was said, both must lead to the same.
    pub says: String,
}

impl Reply {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().with(Bubble::Text(text.into()))
    }

    /// With one more bubble.
    #[must_use]
    pub fn with(mut self, bubble: Bubble) -> Self {
        self.bubbles.push(bubble);
        self
    }

    /// With one more choice, once; the last of more than [`MOST_CHOICES`] are left out.
    #[must_use]
    pub fn choice(mut self, label: impl Into<String>, says: impl Into<String>) -> Self {
        let choice = Choice { label: label.into(), says: says.into() };
        if self.choices.len() < MOST_CHOICES && !self.choices.contains(&choice) {
            self.choices.push(choice);
        }
        self
    }

    /// The reply with another's bubbles before its own: the last of more than [`MOST_BUBBLES`] are left out, and so it is for
    /// whoever puts bubbles in front to say less.
    #[must_use]
    pub fn after(mut self, first: Vec<Bubble>) -> Self {
        let own = std::mem::replace(&mut self.bubbles, first);
        self.bubbles.extend(own);
        self.bubbles.truncate(MOST_BUBBLES);
        self
    }

    /// All that it says, as text: for a transcript, and for doors that show nothing else.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for bubble in &self.bubbles {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&bubble.to_string());
        }
        out
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} bubbles, {} choices)", self.bubbles.len(), self.choices.len())
    }
}

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            /// Its kind alone: what it says may be about someone.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
hidden!(Bubble, NewsCard, List, Line, Leads, Facts, Button, Does, Choice);

impl fmt::Display for Bubble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Cards(cards) => {
                for (at, card) in cards.iter().enumerate() {
                    let line = if at > 0 { "\n" } else { "" };
                    write!(f, "{line}{}: {} ({})", card.title, card.text, card.link)?;
                }
                Ok(())
            }
            Self::List(list) => {
                f.write_str(&list.title)?;
                list.lines.iter().try_for_each(|line| match &line.leads {
                    Some(Leads::Page(link)) => write!(f, "\n- {}: {} ({link})", line.title, line.text),
                    _ => write!(f, "\n- {}: {}", line.title, line.text),
                })
            }
            Self::Facts(facts) => {
                f.write_str(&facts.title)?;
                facts.facts.iter().try_for_each(|(name, value)| write!(f, "\n- {name}: {value}"))
            }
        }
    }
}

impl NewsCard {
    /// A card without a picture, whose button leads to a page.
    #[must_use]
    pub fn new(title: impl Into<String>, text: impl Into<String>, link: WebLink, button: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), picture: None, link, button: button.into() }
    }

    /// With a picture and what it shows.
    #[must_use]
    pub fn with_picture(mut self, at: WebLink, shows: impl Into<String>) -> Self {
        self.picture = Some((at, shows.into()));
        self
    }
}

impl List {
    /// Lines under a title.
    #[must_use]
    pub fn new(title: impl Into<String>, lines: Vec<Line>) -> Self {
        Self { title: title.into(), lines }
    }
}

impl Line {
    /// A line that leads nowhere.
    #[must_use]
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), leads: None }
    }

    /// A line that leads somewhere.
    #[must_use]
    pub fn leads(mut self, to: Leads) -> Self {
        self.leads = Some(to);
        self
    }
}

impl Facts {
    /// A title.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), facts: Vec::new(), buttons: Vec::new() }
    }

    /// With a fact.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    /// With a button.
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, does: Does) -> Self {
        self.buttons.push(Button { label: label.into(), does });
        self
    }
}

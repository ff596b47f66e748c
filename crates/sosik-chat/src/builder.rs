use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sosik_core::Entropy;
use sosik_registry::{Directory, SubscriberStore};

use crate::emergency::Emergencies;
use crate::window::{City, CodeSender, Promise, Term, Window};
use crate::words::Words;
use crate::{Archive, ChatStore, Intents, Matcher, Offices, Understanding};

/// Makes a [`Window`].
pub struct WindowBuilder {
    city: City,
    zone: Tz,
    subscribers: Option<Arc<dyn SubscriberStore>>,
    chats: Option<Arc<dyn ChatStore>>,
    archive: Option<Arc<dyn Archive>>,
    understanding: Option<Arc<dyn Understanding>>,
    codes: Option<Arc<dyn CodeSender>>,
    intents: Intents,
    words: Words,
    emergencies: Emergencies,
    offices: Arc<Offices>,
    districts: Arc<Directory>,
    entropy: Option<Arc<dyn Entropy>>,
    terms: Vec<Term>,
    promise: Promise,
}

macro_rules! port {
    ($(#[$docs:meta])* $name:ident: $port:ty) => {
        $(#[$docs])*
        #[must_use]
        pub fn $name(mut self, $name: $port) -> Self {
            self.$name = Some($name);
            self
        }
    };
}

macro_rules! part {
    ($(#[$docs:meta])* $name:ident: $part:ty) => {
        $(#[$docs])*
        #[must_use]
        pub fn $name(mut self, $name: $part) -> Self {
            self.$name = $name;
            self
        }
    };
}

impl WindowBuilder {
    pub(crate) fn new(city: City) -> Self {
        Self {
            city,
            zone: chrono_tz::Asia::Seoul,
            subscribers: None,
            chats: None,
            archive: None,
            understanding: None,
            codes: None,
            intents: Intents::sosik(),
            words: Words::sosik(),
            emergencies: Emergencies::sosik().clone(),
            offices: Arc::default(),
            districts: Arc::default(),
            entropy: None,
            terms: Vec::new(),
            promise: Arc::new(|asked| asked + TimeDelta::days(7)),
        }
    }

    port! {
        /// Who is kept, and what they agreed to.
        subscribers: Arc<dyn SubscriberStore>
    }
    port! {
        /// Where conversations and tickets are kept.
        chats: Arc<dyn ChatStore>
    }
    port! {
        /// What was published.
        archive: Arc<dyn Archive>
    }
    port! {
        /// What finds out what someone means; else a [`Matcher`] with the intents, districts and offices that are given.
        understanding: Arc<dyn Understanding>
    }
    port! {
        /// What sends codes; without it, someone of whom a number is stored is deleted by a person.
        codes: Arc<dyn CodeSender>
    }
    port! {
        /// Where codes come from.
        entropy: Arc<dyn Entropy>
    }
    part! {
        /// What citizens want; else sosik's own table.
        intents: Intents
    }
    part! {
        /// What is said; else sosik's own words, in Korean and English.
        words: Words
    }
    part! {
        /// Words of danger and whom to call; else sosik's own table.
        emergencies: Emergencies
    }
    part! {
        /// Which office handles what; else none is known.
        offices: Arc<Offices>
    }
    part! {
        /// The districts; else none is known.
        districts: Arc<Directory>
    }
    part! {
        /// To what whoever signs up agrees, in order; without any nobody can sign up.
        terms: Vec<Term>
    }
    part! {
        /// The city's clock; else Seoul's.
        zone: Tz
    }

    /// By when an answer is promised to what is asked at an instant; else in seven days.
    #[must_use]
    pub fn promise(mut self, promise: impl Fn(DateTime<Utc>) -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.promise = Arc::new(promise);
        self
    }

    /// The window.
    ///
    /// # Errors
    ///
    /// [`WindowBuildError`] names what is missing.
    pub fn build(self) -> Result<Window, WindowBuildError> {
        /// What a door shows whole, with what stands before it.
        const MOST: usize = 900;

        if self.terms.iter().any(|term| term.text.trim().is_empty() || term.text.chars().count() > MOST) {
            return Err(WindowBuildError("terms of 1 to 900 characters each, so that each is shown whole"));
        }
        let understanding = self.understanding.unwrap_or_else(|| {
            let (districts, offices) = (Arc::clone(&self.districts), Arc::clone(&self.offices));
            Arc::new(Matcher::new(self.intents.clone(), self.city.bare.as_str(), districts, offices))
        });
        Ok(Window {
            city: self.city,
            zone: self.zone,
            subscribers: self.subscribers.ok_or(WindowBuildError("subscribers"))?,
            chats: self.chats.ok_or(WindowBuildError("chats"))?,
            archive: self.archive.ok_or(WindowBuildError("archive"))?,
            understanding,
            codes: self.codes,
            intents: self.intents,
            words: self.words,
            emergencies: self.emergencies,
            offices: self.offices,
            districts: self.districts,
            entropy: self.entropy.ok_or(WindowBuildError("entropy"))?,
            terms: self.terms,
            promise: self.promise,
        })
    }
}

impl fmt::Debug for WindowBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WindowBuilder({})", self.city.name)
    }
}

/// A window lacks something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a window needs {0}: give it to the builder")]
pub struct WindowBuildError(&'static str);

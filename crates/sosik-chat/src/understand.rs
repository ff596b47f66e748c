use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::{Intent, Slots};

/// What someone means: the port to whatever finds out.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::understanding_conformance!`.
///
/// 1. The same words on the same day always give the same answer.
/// 2. What it does not understand it says so, with no intent; a text without letters is one.
/// 3. Whatever is given, however long and strange, it answers, and nothing panics.
/// 4. The words that it names as its reason stand in what was said, but for blanks, marks, capital letters and a slip.
#[async_trait]
pub trait Understanding: fmt::Debug + Send + Sync {
    /// What a text means, on a day by the city's clock.
    ///
    /// # Errors
    ///
    /// [`UnderstandError`] when the engine cannot be asked: the window then says that it did not understand, and offers a
    /// person.
    async fn understand(&self, said: &str, today: NaiveDate) -> Result<Understood, UnderstandError>;
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<U: Understanding + ?Sized> Understanding for Arc<U> {
    async fn understand(&self, said: &str, today: NaiveDate) -> Result<Understood, UnderstandError> {
        (**self).understand(said, today).await
    }
}

/// What was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Understood {
    /// What is wanted; `None` where nothing was understood.
    pub intent: Option<Intent>,
    /// The words that said so.
    pub because: Vec<String>,
    /// How surely, compared with other answers of the same engine.
    pub score: i32,
    /// What it names.
    pub slots: Slots,
}

impl Understood {
    /// Nothing was understood, but this was named.
    #[must_use]
    pub fn nothing(slots: Slots) -> Self {
        Self { slots, ..Self::default() }
    }

    /// An intent, and the words that said so.
    #[must_use]
    pub fn new(intent: Intent, score: i32, because: Vec<String>, slots: Slots) -> Self {
        Self { intent: Some(intent), because, score, slots }
    }
}

/// The engine cannot be asked.
#[derive(Debug, thiserror::Error)]
#[error("what was said cannot be understood: {message}")]
pub struct UnderstandError {
    message: String,
}

impl UnderstandError {
    /// Why; it repeats nothing of what was said.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

//! The port for other classifiers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

use super::{Classification, Words};
use crate::Post;

/// Says what posts are about.
///
/// [`Words`] is sosik's own; a city that has a better one (a model behind an address, a clerk at a screen) implements this and
/// gives the answers to the brief as [`Kinds`], so that curation itself stays a pure function.
///
/// # Contract
///
/// 1. There is one answer for each post, in the order of the posts.
/// 2. The same posts get the same answers, whatever was asked before.
/// 3. An answer of some weight names what said so, for the topic that it gives.
/// 4. No posts get no answers, and no error.
///
/// `sosik-testkit` tests each rule.
#[async_trait]
pub trait Classifier: Send + Sync + fmt::Debug {
    /// What each of the posts is about.
    ///
    /// # Errors
    ///
    /// [`ClassifyError`]: whether to ask again is [`is_transient`](ClassifyError::is_transient).
    async fn classify(&self, posts: &[Post]) -> Result<Vec<Classification>, ClassifyError>;
}

#[async_trait]
impl Classifier for Words {
    async fn classify(&self, posts: &[Post]) -> Result<Vec<Classification>, ClassifyError> {
        Ok(posts.iter().map(|post| Self::classify(self, post)).collect())
    }
}

/// What a classifier said of posts, by their ids.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// use sosik_content::classify::{Kinds, Words};
/// use sosik_content::{Post, Topic, WebLink};
///
/// let post = Post::new("주민자치회 위원 모집", WebLink::parse("https://blog.example.go.kr/1")?, "").with_id("1");
/// let kinds = Kinds::of(Words::sosik(), &[post]).await?;
/// assert_eq!(kinds.get("1").unwrap().topic, Topic::Recruitment);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds(BTreeMap<String, Classification>);

impl Kinds {
    /// Asks a classifier.
    ///
    /// # Errors
    ///
    /// What the classifier says, and [`ClassifyError::Answers`] where it does not answer for each post.
    pub async fn of(classifier: &dyn Classifier, posts: &[Post]) -> Result<Self, ClassifyError> {
        let answers = classifier.classify(posts).await?;
        if answers.len() != posts.len() {
            return Err(ClassifyError::Answers { asked: posts.len(), answered: answers.len() });
        }
        Ok(Self(posts.iter().map(|post| post.id.clone()).zip(answers).collect()))
    }

    /// With what is said of a post.
    #[must_use]
    pub fn with(mut self, post_id: impl Into<String>, kind: Classification) -> Self {
        self.0.insert(post_id.into(), kind);
        self
    }

    /// What is said of a post.
    #[must_use]
    pub fn get(&self, post_id: &str) -> Option<&Classification> {
        self.0.get(post_id)
    }
}

/// A classifier gives no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClassifyError {
    /// It answered for more or fewer posts than it was asked about: its answers belong to no post.
    #[error("the classifier answered {answered} times for {asked} posts")]
    #[non_exhaustive]
    Answers {
        /// How many posts it was asked about.
        asked: usize,
        /// How many answers came.
        answered: usize,
    },
    /// It cannot answer these posts, however often it is asked.
    #[error("the classifier cannot answer these posts")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is not there: ask again, after the time that it named.
    #[error("the classifier cannot be reached")]
    #[non_exhaustive]
    Unavailable {
        /// After how long it is worth asking again, where that is known.
        retry_after: Option<Duration>,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ClassifyError {
    /// It cannot be reached now.
    pub fn unavailable(
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
        retry_after: Option<Duration>,
    ) -> Self {
        Self::Unavailable { retry_after, source: source.into() }
    }

    /// Whether asking again may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

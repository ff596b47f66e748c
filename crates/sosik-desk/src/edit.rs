use std::fmt;

use sosik_content::{Choices, Topic};

/// One thing that an editor does to a week's draft.
///
/// ```
/// use sosik_content::Choices;
/// use sosik_desk::Edit;
///
/// let mut choices = Choices::default();
/// Edit::pin("https://blog.example.go.kr/1").apply(&mut choices)?;
/// assert_eq!(choices.pins, ["https://blog.example.go.kr/1"]);
/// Edit::drop("https://blog.example.go.kr/1", "다음 주에 다시 알림").apply(&mut choices)?;
/// assert!(choices.pins.is_empty(), "what is dropped is pinned no more");
/// # Ok::<(), sosik_desk::EditError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// The edition does not carry a post.
    #[non_exhaustive]
    Drop {
        /// Which.
        post: String,
        /// Why: whoever asks later is told.
        why: String,
    },
    /// Cards stand in this order; those that are not named follow.
    #[non_exhaustive]
    Order {
        /// The posts of the cards.
        posts: Vec<String>,
    },
    /// The edition carries a post, whatever else there is.
    #[non_exhaustive]
    Pin {
        /// Which.
        post: String,
    },
    /// Nothing is decided of a post any more: it is neither pinned nor dropped.
    #[non_exhaustive]
    Release {
        /// Which.
        post: String,
    },
    /// A card has other words; where a text is empty, those that are made of the post.
    #[non_exhaustive]
    Rewrite {
        /// Of which post.
        post: String,
        /// Its title.
        title: String,
        /// Its text.
        body: String,
    },
    /// A post is of another kind than its words say; `None` where they are right after all.
    #[non_exhaustive]
    Topic {
        /// Which.
        post: String,
        /// Of which kind.
        topic: Option<Topic>,
    },
}

impl Edit {
    /// A post is not carried.
    #[must_use]
    pub fn drop(post: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Drop { post: post.into(), why: why.into() }
    }

    /// Cards stand in an order.
    #[must_use]
    pub fn order(posts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Order { posts: posts.into_iter().map(Into::into).collect() }
    }

    /// A post is carried.
    #[must_use]
    pub fn pin(post: impl Into<String>) -> Self {
        Self::Pin { post: post.into() }
    }

    /// Nothing is decided of a post.
    #[must_use]
    pub fn release(post: impl Into<String>) -> Self {
        Self::Release { post: post.into() }
    }

    /// A card has other words. Line ends of a browser's form (`\r\n`) are taken as `\n`.
    #[must_use]
    pub fn rewrite(post: impl Into<String>, title: &str, body: &str) -> Self {
        let clean = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
        Self::Rewrite { post: post.into(), title: clean(title), body: clean(body) }
    }

    /// A post is of a kind.
    #[must_use]
    pub fn topic(post: impl Into<String>, topic: Option<Topic>) -> Self {
        Self::Topic { post: post.into(), topic }
    }

    /// Does it to what was decided before.
    ///
    /// # Errors
    ///
    /// [`EditError`] where something is missing; nothing was changed.
    pub fn apply(&self, choices: &mut Choices) -> Result<(), EditError> {
        match self {
            Self::Drop { why, .. } if why.trim().is_empty() => return Err(EditError::Unexplained),
            Self::Drop { post, why } => {
                choices.pins.retain(|pin| pin != post);
                choices.drops.insert(post.clone(), why.trim().to_owned());
            }
            Self::Order { posts } => choices.order.clone_from(posts),
            Self::Pin { post } => {
                choices.drops.remove(post);
                if !choices.pins.contains(post) {
                    choices.pins.push(post.clone());
                }
            }
            Self::Release { post } => {
                choices.drops.remove(post);
                choices.pins.retain(|pin| pin != post);
            }
            Self::Rewrite { post, title, body } => {
                let said = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
                choices.rewrites.remove(post);
                if !(title.is_empty() && body.is_empty()) {
                    *choices =
                        std::mem::take(choices).rewrite(post.as_str(), said(title).as_deref(), said(body).as_deref());
                }
            }
            Self::Topic { post, topic: Some(topic) } => {
                choices.topics.insert(post.clone(), *topic);
            }
            Self::Topic { post, topic: None } => {
                choices.topics.remove(post);
            }
        }
        Ok(())
    }

    /// Its stable name, in histories.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Drop { .. } => "drop",
            Self::Order { .. } => "order",
            Self::Pin { .. } => "pin",
            Self::Release { .. } => "release",
            Self::Rewrite { .. } => "rewrite",
            Self::Topic { .. } => "topic",
        }
    }
}

impl fmt::Display for Edit {
    /// What was done, for a history: `pin https://blog.example.go.kr/1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code();
        match self {
            Self::Drop { post, why } => write!(f, "{code} {post}: {why}"),
            Self::Order { posts } => write!(f, "{code} of {} cards", posts.len()),
            Self::Pin { post } | Self::Release { post } => write!(f, "{code} {post}"),
            Self::Rewrite { post, title, body } => write!(f, "{code} {post}: {title} / {body}"),
            Self::Topic { post, topic } => write!(f, "{code} {post}: {}", topic.map_or("as found", Topic::code)),
        }
    }
}

/// An edit that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A post is dropped without a word.
    #[error("say why the post is left out")]
    Unexplained,
}

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_content::{BriefBuilder, CardPicture, Edition, Post};
use sosik_core::ChannelId;
use sosik_delivery::CampaignId;

use crate::Approved;

/// What a city's own program does for the desk: it knows where posts come from, what an edition shall be, how cards look, and by
/// which dealer it goes.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::newsroom_conformance!`.
///
/// 1. [`brief`](Self::brief) is for the channel that it names and the slot that it is given.
/// 2. [`posts`](Self::posts) of a slot, curated by its brief, give an edition; asked again, the same.
/// 3. [`draw`](Self::draw) gives one picture for each card, in their order.
/// 4. [`hand_over`](Self::hand_over) of the same edition twice gives the same campaign, and of another edition of its slot an error.
#[async_trait]
pub trait Newsroom: fmt::Debug + Send + Sync {
    /// The channel whose editions it makes.
    fn channel(&self) -> &ChannelId;

    /// What the edition of a slot shall be; the desk adds what editors decided.
    fn brief(&self, slot: DateTime<Utc>) -> BriefBuilder;

    /// The posts of which the edition of a slot is made.
    ///
    /// # Errors
    ///
    /// [`NewsroomError`].
    async fn posts(&self, slot: DateTime<Utc>) -> Result<Vec<Post>, NewsroomError>;

    /// The pictures of an edition's cards, which are made of these posts.
    ///
    /// # Errors
    ///
    /// [`NewsroomError`].
    async fn draw(&self, edition: &Edition, posts: &[Post]) -> Result<Vec<CardPicture>, NewsroomError>;

    /// Makes a campaign of an edition that is agreed to, with the pictures that were, and tells its name. What it may cost, whom it
    /// goes to and when is the city's own.
    ///
    /// # Errors
    ///
    /// [`NewsroomError`]: the desk shows it, and someone tries again.
    async fn hand_over(&self, approved: &Approved, now: DateTime<Utc>) -> Result<CampaignId, NewsroomError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<N: Newsroom + ?Sized> Newsroom for $pointer<N> {
            fn channel(&self) -> &ChannelId {
                (**self).channel()
            }
            fn brief(&self, slot: DateTime<Utc>) -> BriefBuilder {
                (**self).brief(slot)
            }
            async fn posts(&self, slot: DateTime<Utc>) -> Result<Vec<Post>, NewsroomError> {
                (**self).posts(slot).await
            }
            async fn draw(&self, edition: &Edition, posts: &[Post]) -> Result<Vec<CardPicture>, NewsroomError> {
                (**self).draw(edition, posts).await
            }
            async fn hand_over(&self, approved: &Approved, now: DateTime<Utc>) -> Result<CampaignId, NewsroomError> {
                (**self).hand_over(approved, now).await
            }
        }
    )+};
}
forward!(Arc, Box);

/// What a newsroom could not do.
#[derive(Debug)]
pub struct NewsroomError {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl NewsroomError {
    /// An error, in words for whoever sits at the desk.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// With what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for NewsroomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for NewsroomError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

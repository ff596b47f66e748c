use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sosik_content::extract::{self, Precision, extract};
use sosik_content::search::Index;
use sosik_content::{Card, Edition, EditionId, Topic};
use sosik_core::{AreaCode, ChannelId};

use crate::AskedDays;

/// What a channel has published: the port to it.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::archive_conformance!`.
///
/// 1. Nothing is given whose slot is after `now`: what is not published yet is no one's.
/// 2. [`latest`](Self::latest) gives the cards of the newest edition of the channel, in their order; none where there is none.
/// 3. [`search`](Self::search) gives what answers a question, the best first, at most so many, each post once.
/// 4. [`of_district`](Self::of_district) gives what names the district, the newest first, at most so many, each post once.
/// 5. [`on`](Self::on) gives what takes place on one of the days, in the order of its first day, each post once.
/// 6. [`recent`](Self::recent) gives what is of a kind, the newest first, at most so many, each post once.
#[async_trait]
pub trait Archive: fmt::Debug + Send + Sync {
    /// The newest edition of a channel.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    async fn latest(&self, channel: &ChannelId, now: DateTime<Utc>) -> Result<Vec<News>, ArchiveError>;

    /// What answers a question.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    async fn search(&self, said: &str, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError>;

    /// News of a district.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    async fn of_district(&self, area: &AreaCode, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError>;

    /// What takes place on days.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    async fn on(&self, days: AskedDays, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError>;

    /// News of a kind.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    async fn recent(&self, topic: Topic, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError>;
}

/// A card that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct News {
    /// The edition of which it is one.
    pub edition: EditionId,
    /// When that was published.
    pub slot: DateTime<Utc>,
    /// The card.
    pub card: Card,
    /// The days on which it takes place, where it says so; open ends are the first or the last day that there is.
    pub days: Option<AskedDays>,
}

/// The archive cannot be asked.
#[derive(Debug, thiserror::Error)]
#[error("the archive cannot be asked: {message}")]
pub struct ArchiveError {
    message: String,
}

impl ArchiveError {
    /// Why.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// Editions in memory, as they are read from wherever they are stored: some ten thousand cards.
#[derive(Clone)]
pub struct MemoryArchive {
    zone: Tz,
    kept: Arc<RwLock<Kept>>,
}

#[derive(Default)]
struct Kept {
    news: Vec<(ChannelId, News)>,
    index: Index,
}

impl MemoryArchive {
    /// An empty one; days are read by the clock of `zone`.
    #[must_use]
    pub fn new(zone: Tz) -> Self {
        Self { zone, kept: Arc::default() }
    }

    /// Publishes an edition; one of the same name is replaced.
    pub fn put(&self, edition: &Edition) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let published = edition.slot().with_timezone(&self.zone).date_naive();
        if kept.news.iter().any(|(_, news)| news.edition == *edition.id()) {
            let others: Vec<_> =
                std::mem::take(&mut kept.news).into_iter().filter(|(_, news)| news.edition != *edition.id()).collect();
            kept.index = Index::new();
            for (channel, news) in others {
                kept.add(channel, news);
            }
        }
        for card in edition.cards() {
            let days = takes_place(card, published);
            let news = News { edition: edition.id().clone(), slot: edition.slot(), card: card.clone(), days };
            kept.add(edition.channel().clone(), news);
        }
    }

    /// Those of which something holds, the newest first, each post once.
    fn those(&self, now: DateTime<Utc>, limit: usize, is_meant: impl Fn(&News) -> bool) -> Vec<News> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<&News> =
            kept.news.iter().map(|(_, news)| news).filter(|news| news.slot <= now && is_meant(news)).collect();
        found.sort_by_key(|news| std::cmp::Reverse(news.slot));
        once(&mut found.into_iter(), limit)
    }
}

impl Kept {
    fn add(&mut self, channel: ChannelId, news: News) {
        self.index.add_card(&news.card);
        self.news.push((channel, news));
    }
}

/// Each post once, the first of it.
fn once(news: &mut dyn Iterator<Item = &News>, limit: usize) -> Vec<News> {
    let mut out: Vec<News> = Vec::new();
    for one in news {
        if out.len() < limit && !out.iter().any(|known| known.card.post_id() == one.card.post_id()) {
            out.push(one.clone());
        }
    }
    out
}

/// The days on which what a card tells of takes place: those of its point (일시), else until when it is of use.
fn takes_place(card: &Card, published: NaiveDate) -> Option<AskedDays> {
    let when = card.points().iter().find(|point| point.label() == "일시");
    let facts = extract(when.map_or_else(|| card.body(), sosik_content::Point::value), published);
    facts.days.iter().find_map(|day| match &day.value {
        extract::Days::Span { first, last, precision: Precision::Day, .. } => {
            let first_day = first.unwrap_or(published);
            // From a day on: as long as the card says that it is of use.
            let last_day = last.or(card.valid_until()).unwrap_or(first_day);
            (first.is_some() || when.is_some()).then(|| AskedDays::new(first_day, last_day))
        }
        _ => None,
    })
}

impl fmt::Debug for MemoryArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        write!(f, "MemoryArchive({} cards)", kept.news.len())
    }
}

#[async_trait]
impl Archive for MemoryArchive {
    async fn latest(&self, channel: &ChannelId, now: DateTime<Utc>) -> Result<Vec<News>, ArchiveError> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let of = || kept.news.iter().filter(|(of, news)| of == channel && news.slot <= now).map(|(_, news)| news);
        let newest = of().max_by_key(|news| news.slot).map(|news| news.edition.clone());
        Ok(of().filter(|news| Some(&news.edition) == newest.as_ref()).cloned().collect())
    }

    async fn search(&self, said: &str, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let hits = kept.index.search(said, kept.index.len());
        let mut found = hits.iter().map(|hit| &kept.news[hit.document].1).filter(|news| news.slot <= now);
        Ok(once(&mut found, limit))
    }

    async fn of_district(&self, area: &AreaCode, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError> {
        Ok(self.those(now, limit, |news| news.card.areas().contains(area)))
    }

    async fn on(&self, days: AskedDays, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError> {
        let meets = |news: &News| news.days.is_some_and(|of| of.first <= days.last && days.first <= of.last);
        let mut found = self.those(now, usize::MAX, meets);
        found.sort_by_key(|news| news.days.map(|days| days.first));
        found.truncate(limit);
        Ok(found)
    }

    async fn recent(&self, topic: Topic, now: DateTime<Utc>, limit: usize) -> Result<Vec<News>, ArchiveError> {
        Ok(self.those(now, limit, |news| news.card.topic() == topic))
    }
}

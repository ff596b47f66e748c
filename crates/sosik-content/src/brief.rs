use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sosik_core::{AreaCode, ChannelId};

use crate::classify::{Classification, Kinds, classify};
use crate::{AreaNames, BriefProblem, Choices, Post, Topic, text};

/// How many cards of one topic an edition may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// The topic.
    pub topic: Topic,
    /// Room kept for it when it has posts.
    pub min: usize,
    /// No more than this.
    pub max: usize,
}

/// The quotas of an edition, in the order in which its topics are shown.
///
/// ```
/// use sosik_content::{Quotas, Topic};
///
/// let quotas = Quotas::default().with(Topic::Festival, 1, 2);
/// assert_eq!(quotas.of(Topic::Festival).max, 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas(Vec<Quota>);

impl Quotas {
    /// No topic at all: add those that the edition carries with [`with`](Self::with).
    #[must_use]
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// The quotas with this one set; a new topic comes last.
    #[must_use]
    pub fn with(mut self, topic: Topic, min: usize, max: usize) -> Self {
        let quota = Quota { topic, min, max };
        match self.0.iter_mut().find(|q| q.topic == topic) {
            Some(slot) => *slot = quota,
            None => self.0.push(quota),
        }
        self
    }

    /// The quota of a topic: 0 where none was set.
    #[must_use]
    pub fn of(&self, topic: Topic) -> Quota {
        self.0.iter().copied().find(|q| q.topic == topic).unwrap_or(Quota { topic, min: 0, max: 0 })
    }

    /// The quotas in their order.
    pub fn iter(&self) -> impl Iterator<Item = Quota> + '_ {
        self.0.iter().copied()
    }

    pub(crate) fn rank(&self, topic: Topic) -> usize {
        self.0.iter().position(|q| q.topic == topic).unwrap_or(usize::MAX)
    }
}

impl Default for Quotas {
    /// At most two cards of each topic, and at least one where there is one: of tourism and of what one can apply for only
    /// when they are useful enough. An edition of six has no room for all seven, and its last card goes to the most useful.
    fn default() -> Self {
        let least = |topic| usize::from(!matches!(topic, Topic::Tourism | Topic::Recruitment));
        Topic::ALL.into_iter().fold(Self::none(), |quotas, topic| quotas.with(topic, least(topic), 2))
    }
}

/// How long a card's texts may be, in UTF-16 code units (the largest of the ways in which providers count).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextLimits {
    /// The header.
    pub header: usize,
    /// The text.
    pub body: usize,
    /// Line breaks in the text.
    pub line_breaks: usize,
}

impl TextLimits {
    /// Limits for header, body and line breaks.
    #[must_use]
    pub fn new(header: usize, body: usize, line_breaks: usize) -> Self {
        Self { header, body, line_breaks }
    }
}

impl Default for TextLimits {
    /// A card of a Kakao carousel feed: header 20, text 180 with 2 line breaks (NHN Cloud's Brand Message guide,
    /// 2026-06-23, and the Bizgo SDK 1.2.0 agree).
    fn default() -> Self {
        Self::new(20, 180, 2)
    }
}

/// What an edition shall be: for which channel and slot, with which cards.
#[derive(Clone, Debug)]
pub struct Brief {
    pub(crate) channel: ChannelId,
    pub(crate) slot: DateTime<Utc>,
    pub(crate) news_until: DateTime<Utc>,
    pub(crate) zone: Tz,
    pub(crate) name: String,
    pub(crate) fresh_for: TimeDelta,
    pub(crate) min_cards: usize,
    pub(crate) max_cards: usize,
    pub(crate) quotas: Quotas,
    pub(crate) text: TextLimits,
    pub(crate) choices: Choices,
    pub(crate) kinds: Kinds,
    pub(crate) area: Option<AreaCode>,
    pub(crate) names: AreaNames,
}

impl Brief {
    /// A brief for the edition of `channel` at the nominal `slot`; civil dates are read in `zone`.
    pub fn builder(channel: ChannelId, slot: DateTime<Utc>, zone: Tz) -> BriefBuilder {
        BriefBuilder(Self {
            channel,
            slot,
            news_until: slot,
            zone,
            name: String::new(),
            fresh_for: TimeDelta::days(7),
            min_cards: 3,
            max_cards: 6,
            quotas: Quotas::default(),
            text: TextLimits::default(),
            choices: Choices::default(),
            kinds: Kinds::default(),
            area: None,
            names: AreaNames::default(),
        })
    }

    /// The districts that a post concerns: as its source says, else those that its title or its source's categories name.
    pub(crate) fn areas(&self, post: &Post) -> Vec<AreaCode> {
        if !post.areas.is_empty() {
            return post.areas.clone();
        }
        self.names.found_in(&format!("{}\n{}", post.title, post.categories.join("\n")))
    }

    /// What a post is about: what an editor says, else what the brief's classifier said, else what its words say.
    pub(crate) fn kind(&self, post: &Post) -> Classification {
        if let Some(topic) = self.choices.topics.get(&post.id) {
            return Classification::new(*topic, 0);
        }
        self.kinds.get(&post.id).cloned().unwrap_or_else(|| classify(post))
    }
}

/// Makes a [`Brief`].
#[derive(Clone, Debug)]
#[must_use]
pub struct BriefBuilder(Brief);

impl BriefBuilder {
    /// What the edition is called before its week, such as `양주시 소식`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// The instant up to which posts are taken: when the message really goes, where that is before the slot.
    pub fn news_until(mut self, instant: DateTime<Utc>) -> Self {
        self.0.news_until = instant;
        self
    }

    /// How long before that instant a post counts as news. A week by default.
    pub fn fresh_for(mut self, span: TimeDelta) -> Self {
        self.0.fresh_for = span;
        self
    }

    /// The fewest and the most cards: 3 to 6 by default (a Kakao carousel feed holds 2 to 6).
    pub fn cards(mut self, min: usize, max: usize) -> Self {
        (self.0.min_cards, self.0.max_cards) = (min, max);
        self
    }

    /// How many cards of each topic.
    pub fn quotas(mut self, quotas: Quotas) -> Self {
        self.0.quotas = quotas;
        self
    }

    /// How long the texts may be.
    pub fn text(mut self, text: TextLimits) -> Self {
        self.0.text = text;
        self
    }

    /// What an editor decided.
    pub fn choices(mut self, choices: Choices) -> Self {
        self.0.choices = choices;
        self
    }

    /// The area of the channel: a city, or one of its districts. Posts for other districts are left out, and a district's
    /// channel prefers those for its own.
    pub fn area(mut self, area: AreaCode) -> Self {
        self.0.area = Some(area);
        self
    }

    /// Names of districts, by which titles say whom they concern.
    pub fn area_names(mut self, names: AreaNames) -> Self {
        self.0.names = names;
        self
    }

    /// What another classifier said of the posts; those that are not among them are read by sosik's words.
    pub fn kinds(mut self, kinds: Kinds) -> Self {
        self.0.kinds = kinds;
        self
    }

    /// The brief.
    ///
    /// # Errors
    ///
    /// [`BriefError`] lists everything that cannot be.
    pub fn build(self) -> Result<Brief, BriefError> {
        let brief = self.0;
        let mut problems = Vec::new();
        if brief.min_cards == 0 || brief.min_cards > brief.max_cards {
            problems.push(BriefProblem::Cards { min: brief.min_cards, max: brief.max_cards });
        }
        for quota in brief.quotas.iter().filter(|quota| quota.min > quota.max) {
            problems.push(BriefProblem::Quota { topic: quota.topic, min: quota.min, max: quota.max });
        }
        let room: usize = brief.quotas.iter().map(|q| q.max).sum();
        if room < brief.min_cards {
            problems.push(BriefProblem::QuotasTooSmall { room, needed: brief.min_cards });
        }
        let asked: usize = brief.quotas.iter().map(|q| q.min).sum();
        if asked > brief.max_cards {
            problems.push(BriefProblem::QuotasTooLarge { asked, room: brief.max_cards });
        }
        if brief.fresh_for <= TimeDelta::zero() {
            problems.push(BriefProblem::FreshFor);
        }
        if brief.text.header < 4 || brief.text.body < 20 {
            problems.push(BriefProblem::Text);
        }
        let pins = brief.choices.pins.len();
        if pins > brief.max_cards {
            problems.push(BriefProblem::TooManyPins { pins, room: brief.max_cards });
        }
        if let Some(both) = brief.choices.pins.iter().find(|id| brief.choices.drops.contains_key(*id)) {
            problems.push(BriefProblem::PinnedAndDropped { post: both.clone() });
        }
        for (id, rewrite) in &brief.choices.rewrites {
            let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
            if is_empty(&rewrite.title) || is_empty(&rewrite.body) {
                problems.push(BriefProblem::EmptyRewrite { post: id.clone() });
            }
            let has = rewrite.body.as_ref().map_or((0, 0), |body| (text::units(body), body.matches('\n').count()));
            let most = (brief.text.body, brief.text.line_breaks);
            if has.0 > most.0 || has.1 > most.1 {
                problems.push(BriefProblem::LongRewrite { post: id.clone(), has, most });
            }
        }
        if problems.is_empty() { Ok(brief) } else { Err(BriefError { problems }) }
    }
}

/// A brief that no edition can meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the brief cannot be met: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct BriefError {
    problems: Vec<BriefProblem>,
}

impl BriefError {
    /// Each problem.
    #[must_use]
    pub fn problems(&self) -> &[BriefProblem] {
        &self.problems
    }
}

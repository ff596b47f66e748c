use std::fmt;

use crate::Topic;

/// Something of a brief that no edition can meet: as a sentence by `Display`, and in Korean for editors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BriefProblem {
    /// The cards are no range from 1 up.
    Cards {
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A quota's least is above its most.
    Quota {
        /// Of which kind of news.
        topic: Topic,
        /// The least.
        min: usize,
        /// The most.
        max: usize,
    },
    /// Quotas leave no room for the fewest cards.
    QuotasTooSmall {
        /// For how many they do.
        room: usize,
        /// How many the edition needs.
        needed: usize,
    },
    /// Quotas ask for more cards than the edition holds.
    QuotasTooLarge {
        /// For how many they ask.
        asked: usize,
        /// How many the edition holds.
        room: usize,
    },
    /// Posts are fresh for no time at all.
    FreshFor,
    /// Texts are too short to say anything.
    Text,
    /// More posts are pinned than the edition holds.
    TooManyPins {
        /// How many are.
        pins: usize,
        /// How many it holds.
        room: usize,
    },
    /// A post is pinned and dropped.
    PinnedAndDropped {
        /// Which.
        post: String,
    },
    /// What an editor wrote in a post's place is nothing.
    EmptyRewrite {
        /// Of which post.
        post: String,
    },
    /// What an editor wrote in a post's place is more than a card takes.
    LongRewrite {
        /// Of which post.
        post: String,
        /// Its units and line breaks.
        has: (usize, usize),
        /// Those of a card.
        most: (usize, usize),
    },
}

impl BriefProblem {
    /// In Korean, as an editor reads it.
    ///
    /// ```
    /// use sosik_content::BriefProblem;
    ///
    /// let problem = BriefProblem::TooManyPins { pins: 7, room: 6 };
    /// assert_eq!(problem.to_string(), "choices: 7 posts are pinned, the edition holds 6");
    /// assert_eq!(problem.korean(), "꼭 싣기로 한 글이 7건인데 6건까지 실을 수 있습니다");
    /// ```
    #[must_use]
    pub fn korean(&self) -> String {
        match self {
            Self::Cards { min, max } => format!("카드를 {min}장에서 {max}장으로 정할 수 없습니다"),
            Self::Quota { topic, min, max } => {
                format!("{} 카드의 최소({min})가 최대({max})보다 많습니다", topic.korean())
            }
            Self::QuotasTooSmall { room, needed } => {
                format!("주제별로는 {room}장까지인데 카드가 {needed}장 필요합니다")
            }
            Self::QuotasTooLarge { asked, room } => {
                format!("주제별로 {asked}장이 필요한데 {room}장까지 실을 수 있습니다")
            }
            Self::FreshFor => "글을 새 글로 보는 기간이 없습니다".to_owned(),
            Self::Text => "제목이나 본문의 길이가 너무 짧게 정해져 있습니다".to_owned(),
            Self::TooManyPins { pins, room } => format!("꼭 싣기로 한 글이 {pins}건인데 {room}건까지 실을 수 있습니다"),
            Self::PinnedAndDropped { post } => format!("꼭 싣기로 하고 또 뺀 글이 있습니다({post})"),
            Self::EmptyRewrite { post } => format!("고쳐 쓴 글이 비어 있습니다({post})"),
            Self::LongRewrite { has: (units, breaks), most: (most_units, most_breaks), .. } => format!(
                "고쳐 쓴 글이 너무 깁니다. {units}자에 줄바꿈 {breaks}번인데, {most_units}자와 줄바꿈 {most_breaks}번까지 됩니다"
            ),
        }
    }
}

impl fmt::Display for BriefProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cards { min, max } => write!(f, "cards: {min} to {max} is no range from 1 up"),
            Self::Quota { topic, min, max } => {
                write!(f, "quota of {topic}: the least ({min}) is above the most ({max})")
            }
            Self::QuotasTooSmall { room, needed } => {
                write!(f, "quotas leave room for {room} cards, the edition needs {needed}")
            }
            Self::QuotasTooLarge { asked, room } => {
                write!(f, "quotas keep room for {asked} cards, the edition holds {room}")
            }
            Self::FreshFor => f.write_str("fresh_for: it must be longer than nothing"),
            Self::Text => f.write_str("text: a header needs 4 units and a body 20 to say anything"),
            Self::TooManyPins { pins, room } => write!(f, "choices: {pins} posts are pinned, the edition holds {room}"),
            Self::PinnedAndDropped { post } => write!(f, "choices: {post} is pinned and dropped"),
            Self::EmptyRewrite { post } => write!(f, "choices: the rewrite of {post} says nothing"),
            Self::LongRewrite { post, has: (units, breaks), most: (most_units, most_breaks) } => write!(
                f,
                "choices: the rewrite of {post} has {units} units and {breaks} line breaks, a card takes {most_units} and \
                 {most_breaks}"
            ),
        }
    }
}

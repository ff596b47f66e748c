//! The limits of an answer, with their sources.

/// How much of something there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// Of what.
    pub what: &'static str,
    /// At the most.
    pub most: usize,
    /// Who says so.
    pub source: &'static str,
    /// Whether Kakao's own page says so. What does not stand there is told as a doubt, and not refused.
    pub is_sure: bool,
}

const GUIDE: &str = "kakaobusiness.gitbook.io/main/tool/chatbot/skill_guide/answer_json_format, read 2026-11";
const OTHERS: &str =
    "published packages that build answers (kakao-chatbot 0.4.3, chatbot-v2-response-builder), 2026-11";

const fn sure(what: &'static str, most: usize) -> Limit {
    Limit { what, most, source: GUIDE, is_sure: true }
}

const fn doubtful(what: &'static str, most: usize) -> Limit {
    Limit { what, most, source: OTHERS, is_sure: false }
}

/// Things that are shown.
pub const OUTPUTS: Limit = sure("outputs", 3);
/// Buttons below them.
pub const QUICK_REPLIES: Limit = sure("quick replies", 10);
/// Bytes of the whole answer.
pub const BYTES: Limit = sure("bytes of the answer", 30_720);
/// Characters of a text.
pub const TEXT: Limit = sure("characters of a text", 1_000);
/// Characters on a button.
pub const LABEL: Limit = sure("characters on a button", 14);
/// Buttons of a card.
pub const BUTTONS: Limit = sure("buttons of a card", 3);
/// Buttons of a list.
pub const LIST_BUTTONS: Limit = sure("buttons of a list", 2);
/// Lines of a list.
pub const LIST_ITEMS: Limit = sure("lines of a list", 5);
/// Lines of a list in a carousel.
pub const LIST_ITEMS_IN_CAROUSEL: Limit = sure("lines of a list in a carousel", 4);
/// Cards of a carousel.
pub const CAROUSEL: Limit = sure("cards of a carousel", 10);
/// Characters of a title.
pub const TITLE: Limit = sure("characters of a title", 50);
/// Characters of what a card with a picture says.
pub const DESCRIPTION: Limit = sure("characters of a description", 230);
/// Characters of a picture's words.
pub const ALT_TEXT: Limit = doubtful("characters of a picture's words", 1_000);
/// Characters of a card of text, title and description together.
pub const TEXT_CARD: Limit = doubtful("characters of a card of text", 400);
/// The same in a carousel.
pub const TEXT_CARD_IN_CAROUSEL: Limit = doubtful("characters of a card of text in a carousel", 128);
/// Characters on one of several buttons side by side.
pub const LABEL_SIDE_BY_SIDE: Limit = doubtful("characters on a button beside another", 8);
/// Characters of a list's title.
pub const LIST_TITLE: Limit = doubtful("characters of a list's title", 15);
/// Characters of a line's title.
pub const LIST_ITEM_TITLE: Limit = doubtful("characters of a line's title", 20);
/// Characters of what a line says.
pub const LIST_ITEM_DESCRIPTION: Limit = doubtful("characters of a line's description", 40);
/// Lists side by side.
pub const LISTS_IN_CAROUSEL: Limit = doubtful("lists of a carousel", 5);
/// Facts of a card.
pub const ITEMS: Limit = doubtful("facts of a card", 10);
/// Facts of a card in a carousel.
pub const ITEMS_IN_CAROUSEL: Limit = doubtful("facts of a card in a carousel", 5);
/// Buttons of a card of facts in a carousel.
pub const ITEM_BUTTONS_IN_CAROUSEL: Limit = doubtful("buttons of a card of facts in a carousel", 2);
/// Characters of a fact's name.
pub const ITEM_TITLE: Limit = doubtful("characters of a fact's name", 6);

/// All of them.
pub const ALL: [Limit; 24] = [
    OUTPUTS,
    QUICK_REPLIES,
    BYTES,
    TEXT,
    LABEL,
    BUTTONS,
    LIST_BUTTONS,
    LIST_ITEMS,
    LIST_ITEMS_IN_CAROUSEL,
    CAROUSEL,
    TITLE,
    DESCRIPTION,
    ALT_TEXT,
    TEXT_CARD,
    TEXT_CARD_IN_CAROUSEL,
    LABEL_SIDE_BY_SIDE,
    LIST_TITLE,
    LIST_ITEM_TITLE,
    LIST_ITEM_DESCRIPTION,
    LISTS_IN_CAROUSEL,
    ITEMS,
    ITEMS_IN_CAROUSEL,
    ITEM_BUTTONS_IN_CAROUSEL,
    ITEM_TITLE,
];

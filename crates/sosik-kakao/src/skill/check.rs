//! What Kakao would refuse, and what its pages leave open.

use std::fmt;

use url::Url;

use super::answer::{Answer, Output, QuickReply};
use super::buttons::{Action, Button, ButtonLayout};
use super::cards::{BasicCard, Carousel, CarouselItems, ListCard, ListItem, TextCard, Thumbnail};
use super::facts::ItemCard;
use super::goods::CommerceCard;
use super::limits::{self, Limit};

/// Something of an answer that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where, such as `outputs[0].listCard.items[5]`.
    pub place: String,
    /// What.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Why an answer is not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Kakao would refuse it, and show the block's own text instead.
    #[error("Kakao would refuse the answer: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// It has no JSON.
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Answer {
    /// The answer as it goes to Kakao.
    ///
    /// # Errors
    ///
    /// [`AnswerError`] names everything that is wrong.
    pub fn to_json(&self) -> Result<String, AnswerError> {
        let mut faults = self.look().faults;
        let json = self.wire()?;
        if json.len() > limits::BYTES.most {
            let problem = format!("{} of at most {} {}", json.len(), limits::BYTES.most, limits::BYTES.what);
            faults.push(Fault { place: "the answer".to_owned(), problem });
        }
        if faults.is_empty() { Ok(json) } else { Err(AnswerError::Faults(faults)) }
    }

    /// What Kakao may cut or refuse, of which its own pages say nothing.
    #[must_use]
    pub fn doubts(&self) -> Vec<Fault> {
        self.look().doubts
    }

    fn look(&self) -> Findings {
        let mut found = Findings::default();
        let outputs = "outputs";
        if self.is_later {
            if !self.outputs.is_empty() {
                found.fault(outputs, "an answer that comes later shows nothing yet");
            }
        } else if self.outputs.is_empty() {
            found.fault(outputs, "there are none");
        }
        found.count(outputs, self.outputs.len(), limits::OUTPUTS);
        found.count("quickReplies", self.quick_replies.len(), limits::QUICK_REPLIES);
        for (number, output) in self.outputs.iter().enumerate() {
            found.output(&format!("outputs[{number}]"), output);
        }
        for (number, reply) in self.quick_replies.iter().enumerate() {
            found.quick_reply(&format!("quickReplies[{number}]"), reply);
        }
        for (number, value) in self.context.iter().enumerate() {
            found.needed(&format!("context.values[{number}].name"), &value.name);
        }
        found
    }
}

#[derive(Default)]
struct Findings {
    faults: Vec<Fault>,
    doubts: Vec<Fault>,
}

impl Findings {
    fn fault(&mut self, place: &str, problem: impl Into<String>) {
        self.faults.push(Fault { place: place.to_owned(), problem: problem.into() });
    }

    fn count(&mut self, place: &str, count: usize, limit: Limit) {
        if count > limit.most {
            let found =
                Fault { place: place.to_owned(), problem: format!("{count} of at most {} {}", limit.most, limit.what) };
            if limit.is_sure { self.faults.push(found) } else { self.doubts.push(found) }
        }
    }

    fn characters(&mut self, place: &str, text: &str, limit: Limit) {
        self.count(place, text.chars().count(), limit);
    }

    fn needed(&mut self, place: &str, text: &str) {
        if text.trim().is_empty() {
            self.fault(place, "it is empty");
        }
    }

    fn page(&mut self, place: &str, text: &str) {
        let is_page = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_page {
            self.fault(place, "it is no address that begins with https:// or http://");
        }
    }

    fn output(&mut self, place: &str, output: &Output) {
        match output {
            Output::SimpleText(text) => {
                let place = format!("{place}.simpleText.text");
                self.needed(&place, &text.text);
                self.characters(&place, &text.text, limits::TEXT);
            }
            Output::SimpleImage(image) => {
                self.page(&format!("{place}.simpleImage.imageUrl"), &image.image_url);
                let place = format!("{place}.simpleImage.altText");
                self.needed(&place, &image.alt_text);
                self.characters(&place, &image.alt_text, limits::ALT_TEXT);
            }
            Output::TextCard(card) => self.text_card(&format!("{place}.textCard"), card, false),
            Output::BasicCard(card) => self.basic_card(&format!("{place}.basicCard"), card),
            Output::CommerceCard(card) => self.commerce_card(&format!("{place}.commerceCard"), card),
            Output::ListCard(card) => self.list_card(&format!("{place}.listCard"), card, false),
            Output::ItemCard(card) => self.item_card(&format!("{place}.itemCard"), card, false),
            Output::Carousel(carousel) => self.carousel(&format!("{place}.carousel"), carousel),
        }
    }

    fn carousel(&mut self, place: &str, carousel: &Carousel) {
        let at = |number: usize| format!("{place}.items[{number}]");
        let count = match &carousel.items {
            CarouselItems::BasicCard(cards) => {
                cards.iter().enumerate().for_each(|(number, card)| self.basic_card(&at(number), card));
                cards.len()
            }
            CarouselItems::CommerceCard(cards) => {
                cards.iter().enumerate().for_each(|(number, card)| self.commerce_card(&at(number), card));
                cards.len()
            }
            CarouselItems::ItemCard(cards) => {
                cards.iter().enumerate().for_each(|(number, card)| self.item_card(&at(number), card, true));
                cards.len()
            }
            CarouselItems::ListCard(cards) => {
                cards.iter().enumerate().for_each(|(number, card)| self.list_card(&at(number), card, true));
                self.count(place, cards.len(), limits::LISTS_IN_CAROUSEL);
                cards.len()
            }
            CarouselItems::TextCard(cards) => {
                cards.iter().enumerate().for_each(|(number, card)| self.text_card(&at(number), card, true));
                cards.len()
            }
        };
        if count == 0 {
            self.fault(place, "it has no card");
        }
        self.count(place, count, limits::CAROUSEL);
        if let Some(header) = &carousel.header {
            self.needed(&format!("{place}.header.title"), &header.title);
            self.thumbnail(&format!("{place}.header.thumbnail"), &header.thumbnail);
        }
    }

    fn text_card(&mut self, place: &str, card: &TextCard, is_beside: bool) {
        let (title, text) = (card.title.as_deref().unwrap_or(""), card.description.as_deref().unwrap_or(""));
        if title.is_empty() && text.is_empty() {
            self.fault(place, "it needs a title or a description");
        }
        self.characters(&format!("{place}.title"), title, limits::TITLE);
        let both = if is_beside { limits::TEXT_CARD_IN_CAROUSEL } else { limits::TEXT_CARD };
        self.count(place, title.chars().count() + text.chars().count(), both);
        self.buttons(place, &card.buttons, limits::BUTTONS, card.button_layout);
    }

    fn basic_card(&mut self, place: &str, card: &BasicCard) {
        self.characters(&format!("{place}.title"), card.title.as_deref().unwrap_or(""), limits::TITLE);
        let text = card.description.as_deref().unwrap_or("");
        self.characters(&format!("{place}.description"), text, limits::DESCRIPTION);
        self.thumbnail(&format!("{place}.thumbnail"), &card.thumbnail);
        self.buttons(place, &card.buttons, limits::BUTTONS, card.button_layout);
    }

    fn commerce_card(&mut self, place: &str, card: &CommerceCard) {
        let text = card.description.as_deref().unwrap_or("");
        self.characters(&format!("{place}.description"), text, limits::DESCRIPTION);
        if card.thumbnails.len() != 1 {
            self.fault(&format!("{place}.thumbnails"), "there has to be exactly one");
        }
        for thumbnail in &card.thumbnails {
            self.thumbnail(&format!("{place}.thumbnails[0]"), thumbnail);
        }
        if card.buttons.is_empty() {
            self.fault(&format!("{place}.buttons"), "it needs one at least");
        }
        if card.discount_rate.is_some() && card.discounted_price.is_none() {
            self.fault(&format!("{place}.discountedPrice"), "a discountRate needs it");
        }
        self.buttons(place, &card.buttons, limits::BUTTONS, None);
    }

    fn list_card(&mut self, place: &str, card: &ListCard, is_beside: bool) {
        let header = format!("{place}.header.title");
        self.needed(&header, &card.header.title);
        self.characters(&header, &card.header.title, limits::LIST_TITLE);
        let items = format!("{place}.items");
        if card.items.is_empty() {
            self.fault(&items, "there are none");
        }
        let most = if is_beside { limits::LIST_ITEMS_IN_CAROUSEL } else { limits::LIST_ITEMS };
        self.count(&items, card.items.len(), most);
        for (number, item) in card.items.iter().enumerate() {
            self.list_item(&format!("{items}[{number}]"), item);
        }
        self.buttons(place, &card.buttons, limits::LIST_BUTTONS, None);
    }

    fn list_item(&mut self, place: &str, item: &ListItem) {
        self.needed(&format!("{place}.title"), &item.title);
        self.characters(&format!("{place}.title"), &item.title, limits::LIST_ITEM_TITLE);
        let text = item.description.as_deref().unwrap_or("");
        self.characters(&format!("{place}.description"), text, limits::LIST_ITEM_DESCRIPTION);
        if let Some(url) = &item.image_url {
            self.page(&format!("{place}.imageUrl"), url);
        }
        for url in item.link.iter().flat_map(|link| [&link.web, &link.pc, &link.mobile]).flatten() {
            self.page(&format!("{place}.link"), url);
        }
        self.action(place, item.action.as_deref(), item.block_id.as_deref(), item.message_text.as_deref());
    }

    fn item_card(&mut self, place: &str, card: &ItemCard, is_beside: bool) {
        if card.item_list.is_empty() {
            self.fault(&format!("{place}.itemList"), "there are none");
        }
        let items = if is_beside { limits::ITEMS_IN_CAROUSEL } else { limits::ITEMS };
        self.count(&format!("{place}.itemList"), card.item_list.len(), items);
        if is_beside && card.buttons.len() <= limits::BUTTONS.most {
            let buttons = format!("{place}.buttons");
            self.count(&buttons, card.buttons.len(), limits::ITEM_BUTTONS_IN_CAROUSEL);
        }
        for (number, item) in card.item_list.iter().enumerate() {
            self.characters(&format!("{place}.itemList[{number}].title"), &item.title, limits::ITEM_TITLE);
        }
        if let Some(profile) = &card.profile {
            self.needed(&format!("{place}.profile.title"), &profile.title);
        }
        if card.head.is_some() && card.profile.is_some() {
            self.fault(place, "it has a head or a profile, and not both");
        }
        if card.description.is_some() && card.title.is_none() {
            self.fault(&format!("{place}.title"), "a description needs it");
        }
        if let Some(thumbnail) = &card.thumbnail {
            self.thumbnail(&format!("{place}.thumbnail"), thumbnail);
        }
        self.buttons(place, &card.buttons, limits::BUTTONS, card.button_layout);
    }

    fn thumbnail(&mut self, place: &str, thumbnail: &Thumbnail) {
        self.page(&format!("{place}.imageUrl"), &thumbnail.image_url);
        if thumbnail.fixed_ratio == Some(true) && (thumbnail.width.is_none() || thumbnail.height.is_none()) {
            self.fault(place, "fixedRatio needs width and height");
        }
        for url in thumbnail.link.iter().flat_map(|link| [&link.web, &link.pc, &link.mobile]).flatten() {
            self.page(&format!("{place}.link"), url);
        }
    }

    fn buttons(&mut self, card: &str, buttons: &[Button], most: Limit, layout: Option<ButtonLayout>) {
        self.count(&format!("{card}.buttons"), buttons.len(), most);
        for (number, button) in buttons.iter().enumerate() {
            let place = format!("{card}.buttons[{number}]");
            self.label(&place, &button.label);
            if layout == Some(ButtonLayout::Horizontal) {
                self.characters(&format!("{place}.label"), &button.label, limits::LABEL_SIDE_BY_SIDE);
            }
            match &button.action {
                Action::WebLink { web_link_url } => self.page(&format!("{place}.webLinkUrl"), web_link_url),
                Action::Message { message_text } => self.needed(&format!("{place}.messageText"), message_text),
                Action::Block { block_id, .. } => self.needed(&format!("{place}.blockId"), block_id),
                Action::Phone { phone_number } => {
                    let is_number = (3..=15).contains(&phone_number.len())
                        && phone_number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                    if !is_number {
                        self.fault(&format!("{place}.phoneNumber"), "it is no number");
                    }
                }
                Action::Operator | Action::Share => {}
            }
        }
    }

    fn label(&mut self, place: &str, label: &str) {
        let place = format!("{place}.label");
        self.needed(&place, label);
        self.characters(&place, label, limits::LABEL);
    }

    fn quick_reply(&mut self, place: &str, reply: &QuickReply) {
        self.label(place, &reply.label);
        self.action(place, Some(&reply.action), reply.block_id.as_deref(), reply.message_text.as_deref());
    }

    fn action(&mut self, place: &str, action: Option<&str>, block: Option<&str>, says: Option<&str>) {
        match action {
            None => {}
            Some("block") => self.needed(&format!("{place}.blockId"), block.unwrap_or("")),
            Some("message") => self.needed(&format!("{place}.messageText"), says.unwrap_or("")),
            Some(_) => self.fault(&format!("{place}.action"), "it is neither `block` nor `message`"),
        }
    }
}

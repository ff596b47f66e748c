//! What the window answers, as the chatbot shows it: within Kakao's limits, those that are only said by packages included.

use sosik_chat::{Bubble, Does, Facts, Leads, List, NewsCard, Reply, shorten};

use super::limits::{
    BUTTONS, CAROUSEL, LABEL, LIST_ITEM_DESCRIPTION, LIST_ITEM_TITLE, LIST_ITEMS, LIST_TITLE, TEXT, TEXT_CARD,
    TEXT_CARD_IN_CAROUSEL, TITLE,
};
use super::{
    Action, Answer, BasicCard, Button, Carousel, CarouselItems, ListCard, ListItem, Output, SimpleText, TextCard,
    Thumbnail,
};

impl Answer {
    /// What the window answers, cut to what the chatbot shows; what is cut stands whole behind its link, where it has one.
    ///
    /// ```
    /// use sosik_chat::Reply;
    /// use sosik_kakao::skill::Answer;
    ///
    /// let reply = Reply::text("안녕하세요").choice("이번 주 소식", "이번 주 소식");
    /// let answer = Answer::of(&reply);
    /// assert_eq!(answer.quick_replies[0].label, "이번 주 소식");
    /// assert!(answer.to_json().is_ok() && answer.doubts().is_empty());
    /// ```
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let mut answer = Self::new();
        for bubble in &reply.bubbles {
            match bubble {
                Bubble::Text(text) => answer = answer.with(SimpleText::from_text(shorten(text, TEXT.most))),
                Bubble::Cards(cards) => answer.outputs.extend(cards_of(cards)),
                Bubble::List(list) => answer = answer.with(list_of(list)),
                Bubble::Facts(facts) => answer.outputs.extend(facts_of(facts)),
                // A bubble of a later release is said as text.
                other => answer = answer.with(SimpleText::from_text(shorten(&other.to_string(), TEXT.most))),
            }
        }
        answer.outputs.truncate(super::limits::OUTPUTS.most);
        for choice in reply.choices.iter().take(super::limits::QUICK_REPLIES.most) {
            answer = answer.quick(shorten(&choice.label, LABEL.most), choice.says.as_str());
        }
        answer
    }
}

fn cards_of(cards: &[NewsCard]) -> Option<Output> {
    match cards {
        [] => None,
        [only] => Some(match &only.picture {
            Some(_) => basic(only).into(),
            None => text_card(only, TEXT_CARD.most).into(),
        }),
        several => {
            let several = &several[..several.len().min(CAROUSEL.most)];
            let items = if several.iter().all(|card| card.picture.is_some()) {
                CarouselItems::BasicCard(several.iter().map(basic).collect())
            } else {
                CarouselItems::TextCard(
                    several.iter().map(|card| text_card(card, TEXT_CARD_IN_CAROUSEL.most)).collect(),
                )
            };
            Some(Carousel::new(items).into())
        }
    }
}

/// A card of text: title and text have so many characters together.
fn text_card(card: &NewsCard, most: usize) -> TextCard {
    let title = shorten(&card.title, TITLE.most);
    let text = shorten(&card.text, most.saturating_sub(title.chars().count()));
    TextCard::new(title, text).with_button(read(card))
}

fn basic(card: &NewsCard) -> BasicCard {
    let (address, shows) =
        card.picture.as_ref().map_or((String::new(), ""), |(at, shows)| (at.to_string(), shows.as_str()));
    let text = shorten(&card.text, super::limits::DESCRIPTION.most);
    BasicCard::new(Thumbnail::new(address, shows), shorten(&card.title, TITLE.most), text).with_button(read(card))
}

fn read(card: &NewsCard) -> Button {
    Button::web(shorten(&card.button, LABEL.most), card.link.to_string())
}

fn list_of(list: &List) -> ListCard {
    let lines = list.lines.iter().take(LIST_ITEMS.most);
    let items = lines.map(|line| {
        let title = shorten(&line.title, LIST_ITEM_TITLE.most);
        let text = shorten(&line.text, LIST_ITEM_DESCRIPTION.most);
        match &line.leads {
            Some(Leads::Page(link)) => ListItem::web(title, text, link.to_string()),
            Some(Leads::Says(says)) => ListItem::says(title, text, says.as_str()),
            _ => ListItem::new(title, text),
        }
    });
    ListCard::new(shorten(&list.title, LIST_TITLE.most), items.collect())
}

/// Facts as lines of a card with its buttons; what is too long for one is a text, with the buttons on a card below it.
fn facts_of(facts: &Facts) -> Vec<Output> {
    let title = shorten(&facts.title, TITLE.most);
    let lines: Vec<String> = facts.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let lines = lines.join("\n");
    let with_buttons = |card: TextCard| {
        facts.buttons.iter().take(BUTTONS.most).fold(card, |card, button| card.with_button(button_of(button)))
    };
    let fits = title.chars().count() + lines.chars().count() <= TEXT_CARD.most && title == facts.title;
    if fits {
        return vec![with_buttons(TextCard::new(title, lines)).into()];
    }
    let whole = SimpleText::from_text(shorten(&format!("{}\n\n{lines}", facts.title), TEXT.most));
    let mut outputs = vec![whole.into()];
    if !facts.buttons.is_empty() {
        outputs.push(with_buttons(TextCard::titled(title)).into());
    }
    outputs
}

fn button_of(button: &sosik_chat::Button) -> Button {
    let label = shorten(&button.label, LABEL.most);
    match &button.does {
        Does::Calls(number) => {
            let phone_number = number.chars().filter(char::is_ascii_digit).collect();
            Button { label, action: Action::Phone { phone_number }, extra: None }
        }
        Does::Opens(link) => Button::web(label, link.to_string()),
        Does::Says(says) => Button::says(label, says.as_str()),
        _ => Button::operator(label),
    }
}

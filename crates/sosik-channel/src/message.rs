//! A message as the sender means it.

use sosik_core::PhoneNumber;

use crate::TextMessage;
use crate::alimtalk::AlimtalkTemplate;
use crate::brand::{Bubble, Commerce, ImageBubble, PremiumVideo, WideBubble, WideItemList};
use crate::brand_template::BrandTemplate;
use crate::carousel::{CarouselCommerce, CarouselFeed};
use crate::media::{MediaRef, Picture, Place};

/// A message as the sender means it, before any provider's wire form.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// What is shown.
    pub body: Body,
    /// Who of the recipients gets a brand message.
    pub targeting: Targeting,
    /// The marks of an advertisement; `None` for an informational message.
    pub advertising: Option<Advertising>,
    /// What is sent as text to those whom the message cannot reach and who allow it.
    pub fallback: Option<TextMessage>,
    /// Whether only adults (19 and older) may read it: `KakaoTalk` asks for proof of age before it shows a brand message so
    /// marked.
    pub adults_only: bool,
}

impl Message {
    /// A message of this body.
    #[must_use]
    pub fn new(body: Body) -> Self {
        Self { body, targeting: Targeting::default(), advertising: None, fallback: None, adults_only: false }
    }

    /// The message as an advertisement (광고성 정보).
    #[must_use]
    pub fn with_advertising(mut self, advertising: Advertising) -> Self {
        self.advertising = Some(advertising);
        self
    }

    /// The message with a text for those whom it cannot reach.
    #[must_use]
    pub fn with_fallback(mut self, text: TextMessage) -> Self {
        self.fallback = Some(text);
        self
    }

    /// The message without its fallback text: for those who do not allow one.
    #[must_use]
    pub fn without_fallback(mut self) -> Self {
        self.fallback = None;
        self
    }

    /// The message for adults only: about wine at a festival, as it may be. A brand message of free form alone can be so
    /// marked, and has no text behind it, which anyone could read.
    #[must_use]
    pub fn for_adults_only(mut self) -> Self {
        self.adults_only = true;
        self
    }

    /// The message to other people of those it is submitted for.
    #[must_use]
    pub fn with_targeting(mut self, targeting: Targeting) -> Self {
        self.targeting = targeting;
        self
    }

    /// The pictures it shows, in order.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.placed_pictures().into_iter().map(|(picture, _)| picture)
    }

    /// The pictures it shows, in order, with where each stands.
    #[must_use]
    pub fn placed_pictures(&self) -> Vec<(&Picture, Place)> {
        let fallback = self.fallback.iter().flat_map(TextMessage::pictures).map(|picture| (picture, Place::Text));
        let mut all = self.body.placed_pictures();
        all.extend(fallback);
        all
    }

    /// The message with each picture's name at the provider filled in by `find`, which is told where it stands.
    #[must_use]
    pub fn with_media(mut self, find: impl Fn(&Picture, Place) -> Option<MediaRef>) -> Self {
        let places: Vec<Place> = self.placed_pictures().into_iter().map(|(_, place)| place).collect();
        let mut pictures = self.body.pictures_mut();
        pictures.extend(self.fallback.iter_mut().flat_map(TextMessage::pictures_mut));
        for (picture, place) in pictures.into_iter().zip(places) {
            if let Some(media) = find(picture, place) {
                picture.media = Some(media);
            }
        }
        self
    }
}

impl From<TextMessage> for Message {
    fn from(text: TextMessage) -> Self {
        Self::new(Body::Text(text))
    }
}

/// What a message shows: a brand message (브랜드 메시지) of one of its types or by a template, an Alimtalk (알림톡), or a
/// text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// An informational message by an approved template (알림톡).
    Alimtalk(AlimtalkTemplate),
    /// Words in a bubble (텍스트형).
    Bubble(Bubble),
    /// Goods to swipe through (캐러셀 커머스형).
    CarouselCommerce(CarouselCommerce),
    /// A Kakao carousel feed (캐러셀 피드형): 2 to 6 cards to swipe through.
    CarouselFeed(CarouselFeed),
    /// One of the goods (커머스형).
    Commerce(Commerce),
    /// A picture with words below (이미지형).
    Image(ImageBubble),
    /// A video of Kakao TV (프리미엄 동영상형).
    PremiumVideo(PremiumVideo),
    /// A brand message by a template that was registered with the dealer (기본형).
    Template(BrandTemplate),
    /// A text message: SMS, LMS or MMS.
    Text(TextMessage),
    /// A large picture with a line of words (와이드 이미지형).
    Wide(WideBubble),
    /// A list of links with pictures (와이드 아이템 리스트형).
    WideItemList(WideItemList),
}

impl Body {
    /// The pictures it shows, in order, with where each stands.
    fn placed_pictures(&self) -> Vec<(&Picture, Place)> {
        match self {
            Self::CarouselCommerce(carousel) => {
                let head = carousel.head.iter().map(|head| &head.picture);
                let cards = carousel.cards.iter().map(|card| &card.picture);
                head.chain(cards).map(|picture| (picture, Place::CarouselGoods)).collect()
            }
            Self::CarouselFeed(feed) => feed.cards.iter().map(|card| (&card.picture, Place::CarouselFeed)).collect(),
            Self::Commerce(commerce) => vec![(&commerce.picture, Place::Image)],
            Self::Image(image) => vec![(&image.picture, Place::Image)],
            Self::PremiumVideo(video) => video.thumbnail.iter().map(|picture| (picture, Place::Thumbnail)).collect(),
            // The picture of an Alimtalk was approved with it, and goes with its code.
            Self::Alimtalk(_) | Self::Bubble(_) => Vec::new(),
            Self::Template(template) => template.shown().placed_pictures(),
            Self::Text(text) => text.pictures().iter().map(|picture| (picture, Place::Text)).collect(),
            Self::Wide(wide) => vec![(&wide.picture, Place::Wide)],
            Self::WideItemList(list) => {
                let rest = list.rest.iter().map(|item| (&item.picture, Place::WideItemRest));
                std::iter::once((&list.main.picture, Place::WideItemMain)).chain(rest).collect()
            }
        }
    }

    fn pictures_mut(&mut self) -> Vec<&mut Picture> {
        match self {
            Self::CarouselCommerce(carousel) => {
                let head = carousel.head.iter_mut().map(|head| &mut head.picture);
                head.chain(carousel.cards.iter_mut().map(|card| &mut card.picture)).collect()
            }
            Self::CarouselFeed(feed) => feed.cards.iter_mut().map(|card| &mut card.picture).collect(),
            Self::Commerce(commerce) => vec![&mut commerce.picture],
            Self::Image(image) => vec![&mut image.picture],
            Self::PremiumVideo(video) => video.thumbnail.iter_mut().collect(),
            Self::Alimtalk(_) | Self::Bubble(_) => Vec::new(),
            Self::Template(template) => template.shown_mut().pictures_mut(),
            Self::Text(text) => text.pictures_mut().iter_mut().collect(),
            Self::Wide(wide) => vec![&mut wide.picture],
            Self::WideItemList(list) => {
                std::iter::once(&mut list.main).chain(&mut list.rest).map(|item| &mut item.picture).collect()
            }
        }
    }

    /// What it is called in limits and stores: `carousel-feed`, `wide` and so on.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Alimtalk(_) => "alimtalk",
            Self::Bubble(_) => "bubble",
            Self::CarouselCommerce(_) => "carousel-commerce",
            Self::CarouselFeed(_) => "carousel-feed",
            Self::Commerce(_) => "commerce",
            Self::Image(_) => "image",
            Self::PremiumVideo(_) => "premium-video",
            Self::Template(_) => "template",
            Self::Text(_) => "text",
            Self::Wide(_) => "wide",
            Self::WideItemList(_) => "wide-item-list",
        }
    }
}

/// Who of those whom a brand message is submitted for gets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Targeting {
    /// Those who consented to the sender's advertisements, friends of the channel or not (`M`). Kakao approves the
    /// channel for it: 50,000 friends, a free number to refuse by.
    Consented,
    /// Those who consented and are friends of the channel (`O`).
    ConsentedFriends,
    /// Those who consented and are no friends of the channel (`N`).
    ConsentedStrangers,
    /// The friends of the channel (`I`): no approval is needed, and blocking the channel refuses.
    #[default]
    Friends,
}

impl Targeting {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Consented, Self::ConsentedFriends, Self::ConsentedStrangers, Self::Friends];

    /// Kakao's letter for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Consented => "M",
            Self::ConsentedFriends => "O",
            Self::ConsentedStrangers => "N",
            Self::Friends => "I",
        }
    }

    /// Reads a [`code`](Self::code).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|targeting| targeting.code() == code)
    }
}

/// The marks that the law puts on an advertisement: who sends it, and how to refuse it.
///
/// 정보통신망법 제50조 제4항: the sender's name and contact and an easy way to refuse; the mark `(광고)` stands at the
/// very start. Carousels are always advertisements at Kakao, whatever they say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advertising {
    /// Who sends it.
    pub sender: String,
    /// How to refuse it.
    pub refusal: Refusal,
}

impl Advertising {
    /// The mark: exactly this, at the very start, in text.
    pub const MARK: &'static str = "(광고)";

    /// The marks of a sender.
    #[must_use]
    pub fn new(sender: impl Into<String>, refusal: Refusal) -> Self {
        Self { sender: sender.into(), refusal }
    }
}

/// How a citizen refuses further advertisements.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// By blocking the channel; KakaoTalk shows how (`수신거부 | 홈 > 채널차단`).
    BlockChannel,
    /// By a free call to a number beginning with 080.
    FreeCall(PhoneNumber),
}

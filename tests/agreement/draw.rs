//! Messages drawn at and around the limits that the sender knows.

use sosik::PhoneNumber;
use sosik::channel::{
    Action, Advertising, Body, Bubble, Button, CarouselCard, CarouselCommerce, CarouselFeed, CarouselHead, Commerce,
    CommerceCard, Coupon, CouponTitle, ImageBubble, Limit, Message, Picture, Place, PremiumVideo, Price, Refusal,
    TextMessage, Unit, WideBubble, WideItem, WideItemList,
};
use sosik::content::WebLink;

/// How many kinds of messages are drawn.
pub(crate) const KINDS: u8 = 10;

/// How many of them are brand messages; they come first.
pub(crate) const BRANDS: u8 = 8;

/// Pictures as they were uploaded: several of different sizes for a place.
pub(crate) type Shelf = Vec<(Place, Picture)>;

/// Draws from bytes: each byte decides one thing, and most of them decide for what is allowed.
pub(crate) struct Draw<'a> {
    bytes: std::slice::Iter<'a, u8>,
    limits: &'a [Limit],
    shelf: &'a Shelf,
    /// Whether the dealer is told that a message is an advertisement.
    marks: bool,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(bytes: &'a [u8], limits: &'a [Limit], shelf: &'a Shelf, marks: bool) -> Self {
        Self { bytes: bytes.iter(), limits, shelf, marks }
    }

    /// The next byte; when there are no more, the tamest.
    fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(100)
    }

    fn one_in(&mut self, of: u8) -> bool {
        self.byte().is_multiple_of(of)
    }

    /// What all rows of a part allow.
    fn range(&self, part: &str, unit: Unit) -> Option<(usize, usize)> {
        let rows = self.limits.iter().filter(|limit| limit.part == part && limit.unit == unit);
        rows.map(|limit| (limit.min, limit.max)).reduce(|a, b| (a.0.max(b.0), a.1.min(b.1)))
    }

    /// A count for a part: mostly allowed, often the most, now and then one beyond either end.
    fn count(&mut self, part: &str, unit: Unit, tame: usize) -> usize {
        let Some((least, most)) = self.range(part, unit) else { return tame };
        match self.byte() {
            0..200 => tame.clamp(least, most),
            200..225 => most,
            225..248 => least,
            248..252 => most + 1,
            _ => least.saturating_sub(1),
        }
    }

    /// Words for a part, with line breaks where it takes them.
    fn words(&mut self, part: &str) -> String {
        let length = self.count(part, Unit::Utf16, 5);
        let breaks = match self.range(part, Unit::LineBreaks) {
            Some((_, most)) => match self.byte() {
                0..230 => 0,
                230..250 => most,
                _ => most + 1,
            },
            None => 0,
        };
        let mut text: Vec<char> = "가나다라마바사아자차".chars().cycle().take(length).collect();
        text.iter_mut().take(breaks.min(length.saturating_sub(1))).for_each(|c| *c = '\n');
        // Not at the front, where an editor would not leave them.
        text.reverse();
        text.into_iter().collect()
    }

    fn link(&mut self, part: &str) -> WebLink {
        const BASE: &str = "https://www.example.go.kr/";
        let length = match self.byte() {
            0..240 => BASE.len() + 4,
            240..250 => self.range(part, Unit::Utf16).map_or(1000, |(_, most)| most),
            _ => self.range(part, Unit::Utf16).map_or(1000, |(_, most)| most) + 1,
        };
        let odd = if self.byte() == 255 { ";" } else { "" };
        let path = "a".repeat(length.saturating_sub(BASE.len() + odd.len()));
        WebLink::parse(&format!("{BASE}{path}{odd}")).unwrap()
    }

    fn picture(&mut self, place: Place) -> Picture {
        let fits: Vec<&Picture> =
            self.shelf.iter().filter(|(at, _)| *at == place).map(|(_, picture)| picture).collect();
        let at = if self.one_in(16) { usize::from(self.byte()) % fits.len() } else { 0 };
        fits[at].clone()
    }

    fn buttons(&mut self, part: &str, coupon: bool) -> Vec<Button> {
        let mut count = self.count(&format!("{part}.buttons"), Unit::Items, 1);
        if coupon && !self.one_in(8) {
            count = self
                .range(&format!("{part}.buttons with coupon"), Unit::Items)
                .map_or(count, |(_, most)| count.min(most));
        }
        (0..count)
            .map(|_| {
                let label = self.words(&format!("{part}.buttons[].label"));
                let link = self.link(&format!("{part}.buttons[].link"));
                let action = match self.byte() {
                    0..200 => Action::Web { mobile: link, desktop: None },
                    200..220 => {
                        let desktop = Some(self.link(&format!("{part}.buttons[].link")));
                        Action::Web { mobile: link, desktop }
                    }
                    220..240 => Action::App { mobile: Some(link), android: Some("app://1".to_owned()), ios: None },
                    240..244 => Action::App { mobile: Some(link), android: None, ios: None },
                    244..246 => Action::App { mobile: None, android: None, ios: Some("app://1".to_owned()) },
                    246..248 => Action::App { mobile: None, android: None, ios: None },
                    248..250 => Action::AddChannel,
                    250..252 => Action::Message { extra: None },
                    252..254 => Action::Consult { extra: Some("상담".to_owned()) },
                    _ => Action::Form { key: None },
                };
                Button::of(label, action)
            })
            .collect()
    }

    fn coupon(&mut self, part: &str) -> Option<Coupon> {
        if !self.one_in(4) {
            return None;
        }
        let title = match self.byte() {
            0..60 => CouponTitle::WonOff(1_000),
            60..90 => CouponTitle::WonOff(99_999_999),
            90..95 => CouponTitle::WonOff(100_000_000),
            95..130 => CouponTitle::PercentOff(100),
            130..135 => CouponTitle::PercentOff(101),
            135..137 => CouponTitle::PercentOff(0),
            137..170 => CouponTitle::Shipping,
            170..210 => CouponTitle::Free("일곱글자의쿠폰".to_owned()),
            210..214 => CouponTitle::Free("여덟글자가되는것".to_owned()),
            214..216 => CouponTitle::Up(String::new()),
            _ => CouponTitle::Up("포인트".to_owned()),
        };
        let coupon = Coupon::new(title, self.words(&format!("{part}.coupon.description")));
        Some(if self.one_in(2) { coupon.with_link(self.link(&format!("{part}.coupon.link"))) } else { coupon })
    }

    fn price(&mut self, part: &str) -> Price {
        let won = |draw: &mut Self| u32::try_from(draw.count(&format!("{part}.price"), Unit::Won, 20_000)).unwrap();
        match self.byte() {
            0..100 => Price::Regular(won(self)),
            100..180 => {
                let percent = self.count(&format!("{part}.percent"), Unit::Percent, 10);
                Price::less_percent(won(self), won(self), u8::try_from(percent).unwrap())
            }
            _ => {
                let less = self.count(&format!("{part}.less"), Unit::Won, 1_000);
                Price::less_won(won(self), won(self), u32::try_from(less).unwrap())
            }
        }
    }

    fn optional(&mut self, part: &str) -> Option<String> {
        self.one_in(3).then(|| self.words(part))
    }

    fn cards(&mut self, part: &str) -> usize {
        self.count(part, Unit::Items, 2)
    }

    /// A brand message of a kind, and whether a value of it shall be missing.
    pub(crate) fn with_a_whim(mut self, kind: u8) -> (Message, bool) {
        let lacks = self.one_in(32);
        (self.message(kind), lacks)
    }

    /// A message of a kind.
    pub(crate) fn message(mut self, kind: u8) -> Message {
        let body = match kind {
            0 => {
                let mut bubble = Bubble::new(self.words("bubble.text"));
                bubble.coupon = self.coupon("bubble");
                bubble.buttons = self.buttons("bubble", bubble.coupon.is_some());
                Body::Bubble(bubble)
            }
            1 => {
                let mut image = ImageBubble::new(self.picture(Place::Image), self.words("image.text"));
                image.link = self.one_in(2).then(|| self.link("image.link"));
                image.coupon = self.coupon("image");
                image.buttons = self.buttons("image", image.coupon.is_some());
                Body::Image(image)
            }
            2 => {
                let mut wide = WideBubble::new(self.picture(Place::Wide), self.words("wide.text"));
                wide.coupon = self.coupon("wide");
                wide.buttons = self.buttons("wide", false);
                Body::Wide(wide)
            }
            3 => {
                let main = WideItem::new(
                    self.words("wide-item-list.main.title"),
                    self.picture(Place::WideItemMain),
                    self.link("wide-item-list.main.link"),
                );
                let rest = (0..self.count("wide-item-list.rest", Unit::Items, 3))
                    .map(|_| {
                        let title = self.words("wide-item-list.rest[].title");
                        WideItem::new(title, self.picture(Place::WideItemRest), self.link("wide-item-list.rest[].link"))
                    })
                    .collect();
                let mut list = WideItemList::new(self.words("wide-item-list.header"), main, rest);
                list.coupon = self.coupon("wide-item-list");
                list.buttons = self.buttons("wide-item-list", false);
                Body::WideItemList(list)
            }
            4 => {
                let title = self.words("commerce.product.title");
                let mut goods = Commerce::new(title, self.price("commerce.product"), self.picture(Place::Image));
                goods.more = self.optional("commerce.more");
                goods.coupon = self.coupon("commerce");
                goods.buttons = self.buttons("commerce", false);
                Body::Commerce(goods)
            }
            5 => {
                let mut video = PremiumVideo::new(WebLink::parse("https://tv.kakao.com/v/1").unwrap());
                if self.byte() > 250 {
                    video.video = WebLink::parse("https://tv.example.com/v/1").unwrap();
                }
                video.header = self.optional("premium-video.header");
                video.text = self.optional("premium-video.text");
                video.thumbnail = self.one_in(2).then(|| self.picture(Place::Thumbnail));
                video.coupon = self.coupon("premium-video");
                video.buttons = self.buttons("premium-video", false);
                Body::PremiumVideo(video)
            }
            6 => self.carousel_feed(),
            7 => self.carousel_of_goods(),
            8 => return self.text(),
            _ => return self.mms(),
        };
        let mut message = Message::new(body);
        if self.one_in(16) {
            message = message.for_adults_only();
        }
        if self.marks && self.byte() > 247 {
            return message;
        }
        message.with_advertising(Advertising::new("예시시청", Refusal::BlockChannel))
    }

    /// A text with pictures.
    fn mms(mut self) -> Message {
        let count = self.count("text.pictures", Unit::Items, 1).max(1);
        let pictures: Vec<Picture> = (0..count).map(|_| self.picture(Place::Text)).collect();
        let long = match self.byte() {
            0..200 => 100,
            200..220 => 1_000,
            220..240 => 1_001,
            _ => self.count("text.body", Unit::Cp949, 1_500) / 2,
        };
        let from = PhoneNumber::parse("031-000-0000").unwrap();
        let text = TextMessage::new(from, "가".repeat(long.max(1))).unwrap();
        Message::from(pictures.into_iter().fold(text, TextMessage::with_picture))
    }

    fn carousel_feed(&mut self) -> Body {
        let cards = (0..self.cards("carousel.cards"))
            .map(|_| {
                let (header, text) = (self.words("carousel.cards[].header"), self.words("carousel.cards[].text"));
                let mut card = CarouselCard::new(header, text, self.picture(Place::CarouselFeed));
                card.link = self.one_in(2).then(|| self.link("carousel.cards[].link"));
                card.coupon = self.coupon("carousel.cards[]");
                card.buttons = self.buttons("carousel.cards[]", false);
                card
            })
            .collect();
        let mut feed = CarouselFeed::new(cards);
        feed.tail = self.one_in(2).then(|| self.link("carousel.tail"));
        Body::CarouselFeed(feed)
    }

    fn carousel_of_goods(&mut self) -> Body {
        let head = self.one_in(3).then(|| {
            let (header, text) =
                (self.words("carousel-commerce.head.header"), self.words("carousel-commerce.head.text"));
            let mut head = CarouselHead::new(header, text, self.picture(Place::CarouselGoods));
            head.link = self.one_in(2).then(|| self.link("carousel-commerce.head.link"));
            head
        });
        let part = if head.is_some() { "carousel-commerce.cards with head" } else { "carousel-commerce.cards" };
        let cards = (0..self.cards(part))
            .map(|_| {
                let title = self.words("carousel-commerce.cards[].product.title");
                let price = self.price("carousel-commerce.cards[].product");
                let mut card = CommerceCard::new(title, price, self.picture(Place::CarouselGoods));
                card.link = self.one_in(2).then(|| self.link("carousel-commerce.cards[].link"));
                card.more = self.optional("carousel-commerce.cards[].more");
                card.coupon = self.coupon("carousel-commerce.cards[]");
                card.buttons = self.buttons("carousel-commerce.cards[]", false);
                card
            })
            .collect();
        let mut goods = CarouselCommerce::new(cards);
        goods.head = head;
        goods.tail = self.one_in(2).then(|| self.link("carousel-commerce.tail"));
        Body::CarouselCommerce(goods)
    }

    fn text(mut self) -> Message {
        // Two bytes in CP949 each; the title decides whether it is a long one.
        let of = |bytes: usize| format!("{}{}", "가".repeat(bytes / 2), if bytes.is_multiple_of(2) { "" } else { "a" });
        let most = match self.byte() {
            0..100 => 88,
            100..120 => 90,
            120..140 => 91,
            140..200 => 300,
            200..225 => 2_000,
            225..245 => 2_001,
            _ => self.count("text.body", Unit::Cp949, 1_500),
        };
        let text = of(most.max(1));
        let from = PhoneNumber::parse("031-000-0000").unwrap();
        let text = TextMessage::new(from, text).unwrap();
        if self.one_in(2) {
            let title = of(self.count("text.title", Unit::Cp949, 10).max(1));
            return Message::from(text.with_title(title).unwrap());
        }
        Message::from(text)
    }
}

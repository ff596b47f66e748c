//! The parts of a message that stand in several of its kinds, each with its path.

use sosik_content::WebLink;

use crate::button::{Action, Button};
use crate::coupon::Coupon;
use crate::message::{Body, Message};

/// A part's path, its buttons and its coupon.
type Foot<'a> = (String, &'a [Button], Option<&'a Coupon>);

impl Message {
    /// Its buttons, each with its path: `carousel.cards[0].buttons[1]`.
    #[must_use]
    pub fn buttons(&self) -> Vec<(String, &Button)> {
        let feet = self.body.feet().into_iter();
        feet.flat_map(|(path, buttons, _)| {
            buttons.iter().enumerate().map(move |(n, button)| (format!("{path}.buttons[{n}]"), button))
        })
        .collect()
    }

    /// Every page that it leads to, each with its path: `carousel.tail`, `bubble.buttons[0].link`.
    #[must_use]
    pub fn links(&self) -> Vec<(String, &WebLink)> {
        let mut links = self.body.own_links();
        for (path, buttons, coupon) in self.body.feet() {
            for (n, button) in buttons.iter().enumerate() {
                let (first, second) = match &button.action {
                    Action::Web { mobile, desktop } => (Some(mobile), desktop.as_ref()),
                    Action::App { mobile, .. } => (mobile.as_ref(), None),
                    _ => (None, None),
                };
                let all = first.into_iter().chain(second);
                links.extend(all.map(|link| (format!("{path}.buttons[{n}].link"), link)));
            }
            let link = coupon.and_then(|coupon| coupon.link.as_ref());
            links.extend(link.map(|link| (format!("{path}.coupon.link"), link)));
        }
        links
    }
}

impl Body {
    /// Its buttons and coupons.
    fn feet(&self) -> Vec<Foot<'_>> {
        let one = |buttons, coupon| vec![(self.kind().to_owned(), buttons, coupon)];
        match self {
            Body::Bubble(bubble) => one(&bubble.buttons[..], bubble.coupon.as_ref()),
            Body::CarouselCommerce(carousel) => {
                let path = |at| format!("carousel-commerce.cards[{at}]");
                let cards = carousel.cards.iter().enumerate();
                cards.map(|(at, card)| (path(at), &card.buttons[..], card.coupon.as_ref())).collect()
            }
            Body::CarouselFeed(feed) => {
                let cards = feed.cards.iter().enumerate();
                let path = |at| format!("carousel.cards[{at}]");
                cards.map(|(at, card)| (path(at), &card.buttons[..], card.coupon.as_ref())).collect()
            }
            Body::Commerce(commerce) => one(&commerce.buttons, commerce.coupon.as_ref()),
            Body::Image(image) => one(&image.buttons, image.coupon.as_ref()),
            Body::PremiumVideo(video) => one(&video.buttons, video.coupon.as_ref()),
            Body::Alimtalk(_) | Body::Text(_) => Vec::new(),
            Body::Template(template) => in_template(template.shown().feet(), |(path, _, _)| path),
            Body::Wide(wide) => one(&wide.buttons, wide.coupon.as_ref()),
            Body::WideItemList(list) => one(&list.buttons, list.coupon.as_ref()),
        }
    }

    /// The links that belong to neither a button nor a coupon.
    fn own_links(&self) -> Vec<(String, &WebLink)> {
        match self {
            Body::CarouselCommerce(carousel) => {
                let head = carousel.head.as_ref().and_then(|head| head.link.as_ref());
                let cards = carousel.cards.iter().enumerate();
                let cards = cards.flat_map(|(at, card)| {
                    card.link.iter().map(move |link| (format!("carousel-commerce.cards[{at}].link"), link))
                });
                let tail = carousel.tail.iter().map(|link| ("carousel-commerce.tail".to_owned(), link));
                let head = head.into_iter().map(|link| ("carousel-commerce.head.link".to_owned(), link));
                head.chain(cards).chain(tail).collect()
            }
            Body::CarouselFeed(feed) => {
                let cards = feed.cards.iter().enumerate();
                let cards = cards.flat_map(|(at, card)| {
                    card.link.iter().map(move |link| (format!("carousel.cards[{at}].link"), link))
                });
                cards.chain(feed.tail.iter().map(|link| ("carousel.tail".to_owned(), link))).collect()
            }
            Body::Image(image) => image.link.iter().map(|link| ("image.link".to_owned(), link)).collect(),
            Body::WideItemList(list) => {
                let rest = list.rest.iter().enumerate();
                let rest = rest.map(|(at, item)| (format!("wide-item-list.rest[{at}].link"), &item.link));
                std::iter::once(("wide-item-list.main.link".to_owned(), &list.main.link)).chain(rest).collect()
            }
            Body::PremiumVideo(video) => vec![("premium-video.video".to_owned(), &video.video)],
            Body::Template(template) => in_template(template.shown().own_links(), |(path, _)| path),
            Body::Alimtalk(_) | Body::Bubble(_) | Body::Commerce(_) | Body::Text(_) | Body::Wide(_) => Vec::new(),
        }
    }

    /// Buttons and coupons, to be filled in.
    pub(crate) fn feet_mut(&mut self) -> Vec<(&mut [Button], Option<&mut Coupon>)> {
        match self {
            Self::Bubble(bubble) => vec![(&mut bubble.buttons, bubble.coupon.as_mut())],
            Self::CarouselCommerce(carousel) => {
                carousel.cards.iter_mut().map(|card| (&mut card.buttons[..], card.coupon.as_mut())).collect()
            }
            Self::CarouselFeed(feed) => {
                feed.cards.iter_mut().map(|card| (&mut card.buttons[..], card.coupon.as_mut())).collect()
            }
            Self::Commerce(commerce) => vec![(&mut commerce.buttons, commerce.coupon.as_mut())],
            Self::Image(image) => vec![(&mut image.buttons, image.coupon.as_mut())],
            Self::PremiumVideo(video) => vec![(&mut video.buttons, video.coupon.as_mut())],
            Self::Template(template) => template.shown_mut().feet_mut(),
            Self::Wide(wide) => vec![(&mut wide.buttons, wide.coupon.as_mut())],
            Self::WideItemList(list) => vec![(&mut list.buttons, list.coupon.as_mut())],
            Self::Alimtalk(_) | Self::Text(_) => Vec::new(),
        }
    }

    /// Links that belong to neither a button nor a coupon, to be filled in.
    pub(crate) fn own_links_mut(&mut self) -> Vec<&mut WebLink> {
        match self {
            Self::CarouselCommerce(carousel) => {
                let head = carousel.head.iter_mut().flat_map(|head| &mut head.link);
                let cards = carousel.cards.iter_mut().flat_map(|card| &mut card.link);
                head.chain(cards).chain(&mut carousel.tail).collect()
            }
            Self::CarouselFeed(feed) => {
                feed.cards.iter_mut().flat_map(|card| &mut card.link).chain(&mut feed.tail).collect()
            }
            Self::Image(image) => image.link.iter_mut().collect(),
            Self::PremiumVideo(video) => vec![&mut video.video],
            Self::Template(template) => template.shown_mut().own_links_mut(),
            Self::WideItemList(list) => {
                std::iter::once(&mut list.main).chain(&mut list.rest).map(|item| &mut item.link).collect()
            }
            Self::Alimtalk(_) | Self::Bubble(_) | Self::Commerce(_) | Self::Text(_) | Self::Wide(_) => Vec::new(),
        }
    }
}

/// The parts of what a template shows, with their paths in it: `template.bubble.buttons`.
fn in_template<T>(mut parts: Vec<T>, path: impl Fn(&mut T) -> &mut String) -> Vec<T> {
    for part in &mut parts {
        path(part).insert_str(0, "template.");
    }
    parts
}

#[cfg(test)]
mod tests {
    use crate::samples;

    #[test]
    fn every_link_and_button_of_every_kind_has_its_path() {
        let paths: Vec<String> = samples::messages()
            .iter()
            .flat_map(|message| message.links().into_iter().map(|(path, _)| path).collect::<Vec<_>>())
            .collect();
        for path in [
            "bubble.buttons[1].link",
            "bubble.coupon.link",
            "carousel-commerce.cards[0].buttons[0].link",
            "carousel-commerce.cards[0].coupon.link",
            "carousel-commerce.cards[0].link",
            "carousel-commerce.head.link",
            "carousel-commerce.tail",
            "carousel.cards[0].link",
            "carousel.tail",
            "commerce.buttons[0].link",
            "image.link",
            "premium-video.video",
            "wide-item-list.main.link",
            "wide-item-list.rest[1].link",
            "wide.buttons[0].link",
        ] {
            assert!(paths.iter().any(|found| found == path), "{path} is not among {paths:#?}");
        }
        let buttons: usize = samples::messages().iter().map(|message| message.buttons().len()).sum();
        assert!(buttons >= 10, "{buttons}");
    }
}

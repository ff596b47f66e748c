//! What goes into which field of the console.

use sosik_content::WebLink;

use crate::brand::Product;
use crate::button::{Action, Button};
use crate::coupon::Coupon;
use crate::media::Picture;
use crate::message::Body;

/// A page of the console: a picture and the fields beside it.
pub(super) struct Sheet<'a> {
    pub(super) name: String,
    pub(super) picture: Option<&'a Picture>,
    /// What the field is called, and what goes into it.
    pub(super) fields: Vec<(String, String)>,
}

/// The pages of a message, in their order.
pub(super) fn sheets(body: &Body) -> Vec<Sheet<'_>> {
    let one = |name: &str, picture, fields| vec![Sheet { name: name.to_owned(), picture, fields }];
    let text = |text: &str| if text.is_empty() { Vec::new() } else { vec![("내용".to_owned(), text.to_owned())] };
    match body {
        Body::Bubble(bubble) => {
            one("텍스트형", None, [text(&bubble.text), foot(&bubble.buttons, bubble.coupon.as_ref())].concat())
        }
        Body::Image(image) => {
            let link = image.link.iter().map(|link| ("사진 링크".to_owned(), link.as_str().to_owned())).collect();
            let foot = foot(&image.buttons, image.coupon.as_ref());
            one("이미지형", Some(&image.picture), [text(&image.text), link, foot].concat())
        }
        Body::Wide(wide) => {
            let foot = foot(&wide.buttons, wide.coupon.as_ref());
            one("와이드 이미지형", Some(&wide.picture), [text(&wide.text), foot].concat())
        }
        Body::Commerce(goods) => {
            let fields = [sold(&goods.product, goods.more.as_deref()), foot(&goods.buttons, goods.coupon.as_ref())];
            one("커머스형", Some(&goods.picture), fields.concat())
        }
        Body::WideItemList(list) => {
            let mut sheets: Vec<Sheet<'_>> = (1..)
                .zip(list.items())
                .map(|(number, item)| {
                    let mut fields = vec![("링크".to_owned(), item.link.as_str().to_owned())];
                    if !item.title.is_empty() {
                        fields.insert(0, ("제목".to_owned(), item.title.clone()));
                    }
                    Sheet { name: format!("아이템 {number}"), picture: Some(&item.picture), fields }
                })
                .collect();
            if let Some(first) = sheets.first_mut() {
                first.fields.insert(0, ("리스트 제목".to_owned(), list.header.clone()));
            }
            let foot = foot(&list.buttons, list.coupon.as_ref());
            if !foot.is_empty() {
                sheets.push(Sheet { name: "리스트 아래".to_owned(), picture: None, fields: foot });
            }
            sheets
        }
        Body::CarouselFeed(feed) => {
            let cards = (1..).zip(&feed.cards).map(|(number, card)| {
                let mut fields = vec![("제목".to_owned(), card.header.clone()), ("내용".to_owned(), card.text.clone())];
                fields.extend(card.link.iter().map(|link| ("사진 링크".to_owned(), link.as_str().to_owned())));
                fields.extend(foot(&card.buttons, card.coupon.as_ref()));
                Sheet { name: format!("카드 {number}"), picture: Some(&card.picture), fields }
            });
            cards.chain(feed.tail.iter().map(tail)).collect()
        }
        Body::CarouselCommerce(carousel) => {
            let head = carousel.head.iter().map(|head| {
                let mut fields = vec![("제목".to_owned(), head.header.clone()), ("내용".to_owned(), head.text.clone())];
                fields.extend(head.link.iter().map(|link| ("링크".to_owned(), link.as_str().to_owned())));
                Sheet { name: "인트로".to_owned(), picture: Some(&head.picture), fields }
            });
            let cards = (1..).zip(&carousel.cards).map(|(number, card)| {
                let mut fields = sold(&card.product, card.more.as_deref());
                fields.extend(card.link.iter().map(|link| ("사진 링크".to_owned(), link.as_str().to_owned())));
                fields.extend(foot(&card.buttons, card.coupon.as_ref()));
                Sheet { name: format!("카드 {number}"), picture: Some(&card.picture), fields }
            });
            head.chain(cards).chain(carousel.tail.iter().map(tail)).collect()
        }
        Body::Alimtalk(_) | Body::PremiumVideo(_) | Body::Template(_) | Body::Text(_) => Vec::new(),
    }
}

fn tail(link: &WebLink) -> Sheet<'_> {
    let fields = vec![("더보기 링크".to_owned(), link.as_str().to_owned())];
    Sheet { name: "더보기".to_owned(), picture: None, fields }
}

fn sold(product: &Product, more: Option<&str>) -> Vec<(String, String)> {
    let price = product.price;
    let mut fields =
        vec![("상품명".to_owned(), product.title.clone()), ("정상가(원)".to_owned(), price.regular().to_string())];
    fields.extend(price.now().map(|now| ("할인가(원)".to_owned(), now.to_string())));
    fields.extend(more.map(|more| ("부가 정보".to_owned(), more.to_owned())));
    fields
}

fn foot(buttons: &[Button], coupon: Option<&Coupon>) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for (number, button) in (1..).zip(buttons) {
        let label = if button.label.is_empty() { "채널 추가" } else { button.label.as_str() };
        fields.push((format!("버튼 {number} 이름"), label.to_owned()));
        if let Action::Web { mobile, desktop } = &button.action {
            fields.push((format!("버튼 {number} 링크"), mobile.as_str().to_owned()));
            let other = desktop.as_ref().filter(|desktop| *desktop != mobile);
            fields.extend(other.map(|link| (format!("버튼 {number} PC 링크"), link.as_str().to_owned())));
        }
    }
    if let Some(coupon) = coupon {
        fields.push(("쿠폰 제목".to_owned(), coupon.title.to_string()));
        fields.push(("쿠폰 설명".to_owned(), coupon.description.clone()));
        fields.extend(coupon.link.iter().map(|link| ("쿠폰 링크".to_owned(), link.as_str().to_owned())));
    }
    fields
}

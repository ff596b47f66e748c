//! Bizgo's JSON, as its SDK 1.2.0 writes and reads it.

use serde::{Deserialize, Serialize};
use sosik_channel::{Body, CarouselCard, CarouselFeed, Message, TextMessage};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendRequest<'a> {
    pub(crate) destinations: Vec<Destination<'a>>,
    pub(crate) message_flow: Vec<FlowItem<'a>>,
    pub(crate) group_key: &'a str,
    pub(crate) idempotency_key: &'a str,
    pub(crate) idempotency_ttl: u64,
}

#[derive(Debug, Serialize)]
pub(crate) struct Destination<'a> {
    pub(crate) to: &'a str,
    #[serde(rename = "ref")]
    pub(crate) reference: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FlowItem<'a> {
    BrandMessage(BrandMessage<'a>),
    Mms(Text<'a>),
    Sms(Text<'a>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BrandMessage<'a> {
    send_type: &'static str,
    msg_type: &'static str,
    sender_key: &'a str,
    targeting: &'static str,
    ad_flag: &'static str,
    carousel: Carousel<'a>,
}

#[derive(Debug, Serialize)]
struct Carousel<'a> {
    list: Vec<CarouselItem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tail: Option<Tail<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tail<'a> {
    url_mobile: &'a str,
    url_pc: &'a str,
}

#[derive(Debug, Serialize)]
struct CarouselItem<'a> {
    header: &'a str,
    message: &'a str,
    attachment: Attachment<'a>,
}

#[derive(Debug, Serialize)]
struct Attachment<'a> {
    button: Vec<Button<'a>>,
    image: Image<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Button<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    url_mobile: &'a str,
    url_pc: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Image<'a> {
    img_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    img_link: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Text<'a> {
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
}

/// A message as the list of what Bizgo tries in turn; `Err` names the picture that was not uploaded.
pub(crate) fn flow<'a>(message: &'a Message, sender_key: &'a str) -> Result<Vec<FlowItem<'a>>, String> {
    let first = match &message.body {
        Body::CarouselFeed(feed) => FlowItem::BrandMessage(BrandMessage {
            send_type: "free",
            msg_type: "FC",
            sender_key,
            // Consenting people among the channel's friends: no approval is needed, and blocking refuses.
            targeting: "I",
            ad_flag: if message.advertising.is_some() { "Y" } else { "N" },
            carousel: carousel(feed)?,
        }),
        Body::Text(text) => text_item(text),
        other => return Err(format!("Bizgo cannot send this kind of message: {other:?}")),
    };
    Ok([first].into_iter().chain(message.fallback.as_ref().map(text_item)).collect())
}

fn carousel(feed: &CarouselFeed) -> Result<Carousel<'_>, String> {
    let list = feed.cards.iter().enumerate().map(|(at, card)| item(at, card)).collect::<Result<_, _>>()?;
    let tail = feed.tail.as_ref().map(|link| Tail { url_mobile: link.as_str(), url_pc: link.as_str() });
    Ok(Carousel { list, tail })
}

fn item(at: usize, card: &CarouselCard) -> Result<CarouselItem<'_>, String> {
    let media = card.picture.media.as_ref().ok_or_else(|| format!("the picture of card {} is not uploaded", at + 1))?;
    let button = card
        .buttons
        .iter()
        .map(|button| Button {
            kind: "WL",
            name: &button.label,
            url_mobile: button.link.as_str(),
            url_pc: button.link.as_str(),
        })
        .collect();
    let image = Image { img_url: media.as_str(), img_link: card.link.as_ref().map(sosik_content::WebLink::as_str) };
    Ok(CarouselItem { header: &card.header, message: &card.text, attachment: Attachment { button, image } })
}

fn text_item(text: &TextMessage) -> FlowItem<'_> {
    let item = Text { from: text.from().expose(), title: text.title(), text: text.text() };
    if text.is_short() { FlowItem::Sms(item) } else { FlowItem::Mms(item) }
}

/// What every answer is wrapped in: the gateway's verdict, then the service's.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<T> {
    pub(crate) common: Option<Common>,
    pub(crate) data: Option<Service<T>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Common {
    pub(crate) auth_code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Service<T> {
    pub(crate) code: Option<String>,
    pub(crate) data: Option<T>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SendAnswer {
    pub(crate) destinations: Option<Vec<DestinationAnswer>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationAnswer {
    pub(crate) to: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) msg_key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadAnswer {
    pub(crate) img_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PollAnswer {
    pub(crate) report_id: Option<String>,
    pub(crate) report: Option<Vec<Report>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Report {
    pub(crate) msg_key: Option<String>,
    pub(crate) service_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) report_code: Option<String>,
    pub(crate) report_time: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryAnswer {
    pub(crate) messages: Option<Vec<Status>>,
    pub(crate) last_seq: Option<i64>,
    pub(crate) has_next: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    pub(crate) service_type: Option<String>,
    pub(crate) msg_type: Option<String>,
    pub(crate) response_code: Option<String>,
    pub(crate) report_code: Option<String>,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
}

/// Nothing of interest.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

//! The message: from options, or from a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sosik::PhoneNumber;
use sosik::channel::{
    Advertising, AlimtalkButton, AlimtalkTemplate, Body, Bubble, Button, CarouselCard, CarouselFeed, Media, Message,
    PictureFormat, Place, Refusal, TextMessage, WideBubble,
};
use sosik::content::WebLink;

use crate::args::{Kind, Send};

/// A message with its pictures, and the values of its variables.
pub(crate) struct Written {
    pub(crate) message: Message,
    pub(crate) media: Vec<Media>,
    pub(crate) variables: BTreeMap<String, String>,
}

/// The file of a message.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    message: Form,
    advertising: Option<Marks>,
    fallback: Option<Words>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Form {
    Alimtalk {
        code: String,
        text: String,
        #[serde(default)]
        buttons: Vec<Label>,
    },
    Carousel {
        cards: Vec<Card>,
        tail: Option<String>,
    },
    Sms(Words),
    Text {
        text: String,
        #[serde(default)]
        buttons: Vec<Label>,
    },
    Wide {
        text: String,
        picture: Shown,
        #[serde(default)]
        buttons: Vec<Label>,
    },
}

impl Default for Form {
    fn default() -> Self {
        Self::Text { text: String::new(), buttons: Vec::new() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    header: String,
    text: String,
    picture: Shown,
    link: Option<String>,
    #[serde(default)]
    buttons: Vec<Label>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    label: String,
    link: String,
}

/// A picture's file, beside the file that names it, and what it shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    file: PathBuf,
    alt: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    from: String,
    text: String,
    title: Option<String>,
}

/// Who advertises, and the free number to refuse by; without one, by blocking the channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marks {
    sender: String,
    refusal_call: Option<String>,
}

pub(crate) fn read(args: &Send) -> Result<Written, String> {
    let (file, folder) = match &args.file {
        None => (from_options(args)?, PathBuf::new()),
        Some(path) => {
            let name = path.display();
            let bytes = std::fs::read(path).map_err(|error| format!("{name} cannot be read: {error}"))?;
            let file: File = serde_json::from_slice(&bytes).map_err(|error| format!("{name}: {error}"))?;
            (file, path.parent().map_or_else(PathBuf::new, Path::to_owned))
        }
    };
    let found = kind(&file.message);
    if args.kind != Some(found) {
        return Err(format!("the file holds a message of the type {found:?}: say so with --type").to_lowercase());
    }
    let mut media = Vec::new();
    let mut message = Message::new(body(file.message, &folder, &mut media)?);
    if let Some(Marks { sender, refusal_call }) = file.advertising {
        let refusal = match refusal_call {
            Some(number) => Refusal::FreeCall(phone("advertising.refusal_call", &number)?),
            None => Refusal::BlockChannel,
        };
        message = message.with_advertising(Advertising::new(sender, refusal));
    }
    if let Some(text) = file.fallback {
        message = message.with_fallback(words("fallback", text)?);
    }
    Ok(Written { message, media, variables: file.variables })
}

fn kind(form: &Form) -> Kind {
    match form {
        Form::Alimtalk { .. } => Kind::Alimtalk,
        Form::Carousel { .. } => Kind::Carousel,
        Form::Sms(_) => Kind::Sms,
        Form::Text { .. } => Kind::Text,
        Form::Wide { .. } => Kind::Wide,
    }
}

fn from_options(args: &Send) -> Result<File, String> {
    let text = args.text.clone().ok_or("the message needs --text, or a --file")?;
    let label = |text: &String| {
        let (label, link) = text.split_once('=').ok_or_else(|| format!("--button {text}: write label=https://…"))?;
        Ok::<_, String>(Label { label: label.to_owned(), link: link.to_owned() })
    };
    let buttons = args.button.iter().map(label).collect::<Result<_, _>>()?;
    let message = match args.kind {
        Some(Kind::Sms) => {
            let from = args.from.as_ref().ok_or("a text needs --from: the registered number it comes from")?;
            Form::Sms(Words { from: from.expose().to_owned(), text, title: args.title.clone() })
        }
        Some(Kind::Text) => Form::Text { text, buttons },
        Some(Kind::Wide) => {
            let file = args.picture.clone().ok_or("a wide message needs --picture")?;
            let alt = args.alt.clone().ok_or("a picture needs --alt: what it shows, for those who cannot see it")?;
            Form::Wide { text, picture: Shown { file, alt }, buttons }
        }
        _ => return Err("a carousel and an Alimtalk are told in a file: --file message.json".to_owned()),
    };
    Ok(File { message, ..File::default() })
}

fn body(form: Form, folder: &Path, media: &mut Vec<Media>) -> Result<Body, String> {
    Ok(match form {
        Form::Alimtalk { code, text, buttons } => {
            let template = AlimtalkTemplate::new(code, text);
            let web = |button: Label| AlimtalkButton::web(button.label, button.link);
            Body::Alimtalk(buttons.into_iter().map(web).fold(template, AlimtalkTemplate::with_button))
        }
        Form::Carousel { cards, tail } => {
            let card = |(at, card): (usize, Card)| {
                let path = format!("cards[{at}]");
                let picture = shown(&path, &card.picture, folder, Place::CarouselFeed, media)?;
                let mut made = CarouselCard::new(card.header, card.text, picture.picture.clone());
                made.link = card.link.map(|link| web(&format!("{path}.link"), &link)).transpose()?;
                made.buttons = labels(&path, card.buttons)?;
                Ok::<_, String>(made)
            };
            let mut feed = CarouselFeed::new(cards.into_iter().enumerate().map(card).collect::<Result<_, _>>()?);
            feed.tail = tail.map(|link| web("tail", &link)).transpose()?;
            Body::CarouselFeed(feed)
        }
        Form::Sms(text) => Body::Text(words("message", text)?),
        Form::Text { text, buttons } => {
            let mut bubble = Bubble::new(text);
            bubble.buttons = labels("message", buttons)?;
            Body::Bubble(bubble)
        }
        Form::Wide { text, picture, buttons } => {
            let picture = shown("message", &picture, folder, Place::Wide, media)?.picture.clone();
            let mut wide = WideBubble::new(picture, text);
            wide.buttons = labels("message", buttons)?;
            Body::Wide(wide)
        }
    })
}

fn labels(path: &str, labels: Vec<Label>) -> Result<Vec<Button>, String> {
    let button = |(at, button): (usize, Label)| {
        web(&format!("{path}.buttons[{at}].link"), &button.link).map(|link| Button::new(button.label, link))
    };
    labels.into_iter().enumerate().map(button).collect()
}

fn shown<'a>(
    path: &str,
    picture: &Shown,
    folder: &Path,
    place: Place,
    media: &'a mut Vec<Media>,
) -> Result<&'a Media, String> {
    let file = folder.join(&picture.file);
    let wrong = |why: String| format!("{path}.picture: {}: {why}", file.display());
    let bytes = std::fs::read(&file).map_err(|error| wrong(error.to_string()))?;
    let format = match imagesize::image_type(&bytes) {
        Ok(imagesize::ImageType::Jpeg) => PictureFormat::Jpeg,
        Ok(imagesize::ImageType::Png) => PictureFormat::Png,
        _ => return Err(wrong("neither JPEG nor PNG".to_owned())),
    };
    let size = imagesize::blob_size(&bytes).map_err(|error| wrong(error.to_string()))?;
    let pixels = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    media.push(Media::new(format, (pixels(size.width), pixels(size.height)), &picture.alt, bytes).at(place));
    media.last().ok_or_else(|| wrong("it was not kept".to_owned()))
}

fn words(path: &str, Words { from, text, title }: Words) -> Result<TextMessage, String> {
    let wrong = |error: sosik::channel::TextError| format!("{path}: {error}");
    let made = TextMessage::new(phone(&format!("{path}.from"), &from)?, text).map_err(wrong)?;
    match title {
        Some(title) => made.with_title(title).map_err(wrong),
        None => Ok(made),
    }
}

fn phone(path: &str, number: &str) -> Result<PhoneNumber, String> {
    PhoneNumber::parse(number).map_err(|error| format!("{path}: {error}"))
}

fn web(path: &str, link: &str) -> Result<WebLink, String> {
    WebLink::parse(link).map_err(|error| format!("{path}: {error}"))
}

//! The partner-centre kit (파트너센터 발송 꾸러미): all that a clerk needs to send a message by hand in Kakao's own console.
//!
//! For cities that send to all friends without a dealer: Kakao's console takes no file, so that a person has to put in
//! each picture, text and link. The kit is a folder with each of them, and a page to tick off.

mod page;
mod sheets;

use std::fmt::Write as _;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::Digest as _;

use self::page::{checklist, seoul};
use self::sheets::sheets;
use crate::button::Action;
use crate::media::Media;
use crate::message::{Body, Message};
use crate::preview;
use crate::validate::{Fault, Faults, validate};
use crate::{KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, Limit, Unit, stored};

const SOURCE: &str = "developers.kakao.com kakaomoment/creatives-message";

/// What Kakao's own console takes beyond, or narrower than, brand messages by a dealer.
pub const PARTNER_CENTRE: &[Limit] = &[
    Limit::new("bubble.buttons[].label", Unit::Utf16, (1, 8), SOURCE, "2026-11"),
    Limit::new("image.buttons[].label", Unit::Utf16, (1, 8), SOURCE, "2026-11"),
];

/// What a kit is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KitPlan {
    /// What heads its pages: `양주시청 11월 넷째 주 소식`.
    pub title: String,
    /// When it is to be sent.
    pub send_at: DateTime<Utc>,
    /// Until when it may be sent; afterwards the kit is not to be used.
    pub deadline: DateTime<Utc>,
    /// Other files that go along, such as the channel's QR code: name and content.
    pub extra: Vec<(String, Bytes)>,
}

impl KitPlan {
    /// A kit of this title for a span of time.
    #[must_use]
    pub fn new(title: impl Into<String>, send_at: DateTime<Utc>, deadline: DateTime<Utc>) -> Self {
        Self { title: title.into(), send_at, deadline, extra: Vec::new() }
    }

    /// The kit with another file in it.
    #[must_use]
    pub fn with_file(mut self, name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        self.extra.push((name.into(), content.into()));
        self
    }
}

/// A file of a kit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KitFile {
    /// Its path in the folder, with `/` between its parts.
    pub path: String,
    /// What is in it.
    pub content: Bytes,
}

/// The files of a kit: `checklist.html` first, then pictures, texts, links, a preview, the stored message, a form for who
/// sent it, and `manifest.json` with the digest of each.
///
/// The same message, plan and media give the same bytes.
///
/// # Errors
///
/// [`Faults`] names what the console would not take, pictures whose bytes are not in `media`, and kinds of messages that
/// are not sent by hand.
pub fn files(message: &Message, media: &[Media], plan: &KitPlan) -> Result<Vec<KitFile>, Faults> {
    check(message, media, plan)?;
    let sheets = sheets(&message.body);
    let mut files = Vec::new();
    let mut add = |path: String, content: Bytes| files.push(KitFile { path, content });
    let mut names = Vec::new();
    for (number, sheet) in (1..).zip(&sheets) {
        let found = sheet.picture.and_then(|picture| media.iter().find(|item| item.picture.digest == picture.digest));
        names.push(sheet.picture.zip(found).map(|(picture, item)| {
            let (width, height, end) = (picture.width, picture.height, picture.format.extension());
            let name = format!("pictures/{number}-{width}x{height}.{end}");
            add(name.clone(), item.content.clone());
            name
        }));
        let mut text = String::new();
        for (label, words) in &sheet.fields {
            let _ = write!(text, "[{label}]\r\n{}\r\n\r\n", words.replace('\n', "\r\n"));
        }
        if let Some(picture) = sheet.picture {
            let _ = write!(text, "[사진 설명]\r\n{}\r\n", picture.alt);
        }
        // The console's machine is most likely a Windows one: its editor tells UTF-8 by this mark.
        add(format!("texts/{number}.txt"), format!("\u{feff}{text}").into());
    }
    add("links.csv".to_owned(), links(message).into());
    add("preview.html".to_owned(), preview::html(message, media, &plan.title, None).into());
    add("message.json".to_owned(), stored::to_json(message).into());
    files.extend(plan.extra.iter().map(|(path, content)| KitFile { path: path.clone(), content: content.clone() }));
    let page = checklist(message, plan, &sheets, &names);
    files.insert(0, KitFile { path: "checklist.html".to_owned(), content: page.into() });
    let listed: Vec<_> = files
        .iter()
        .map(|file| json!({ "path": file.path, "bytes": file.content.len(), "sha256": digest(&file.content) }))
        .collect();
    let manifest = json!({
        "version": 1, "title": plan.title, "send_at": plan.send_at.to_rfc3339(),
        "deadline": plan.deadline.to_rfc3339(), "files": listed,
    });
    let manifest = format!("{manifest:#}\n");
    let form = attestation(plan, &digest(manifest.as_bytes()));
    files.push(KitFile { path: "manifest.json".to_owned(), content: manifest.into() });
    files.push(KitFile { path: "attestation.txt".to_owned(), content: form.into() });
    Ok(files)
}

/// By what a kit is known: the SHA-256 of its `manifest.json`, as hexadecimal digits, which stands in its attestation form, too.
#[must_use]
pub fn fingerprint(files: &[KitFile]) -> Option<String> {
    files.iter().find(|file| file.path == "manifest.json").map(|file| digest(&file.content))
}

fn digest(bytes: &[u8]) -> String {
    crate::text::hex(&sha2::Sha256::digest(bytes))
}

fn check(message: &Message, media: &[Media], plan: &KitPlan) -> Result<(), Faults> {
    let mut faults = Vec::new();
    if matches!(message.body, Body::Alimtalk(_) | Body::PremiumVideo(_) | Body::Template(_) | Body::Text(_)) {
        faults.push(Fault::new("body", "messages of this kind are not sent by hand in the partner centre", SOURCE));
    }
    if plan.deadline <= plan.send_at {
        faults.push(Fault::new("deadline", "it is not after the time of sending", "the plan"));
    }
    for (path, button) in message.buttons() {
        if !matches!(button.action, Action::AddChannel | Action::Web { .. }) {
            faults.push(Fault::new(path, "by hand a button opens a page or adds the channel, nothing else", "the kit"));
        }
    }
    for (path, _) in &plan.extra {
        let is_name = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']);
        if !path.split('/').all(is_name) {
            faults.push(Fault::new("extra", "a file of the kit has a path inside its folder", "the plan"));
        }
    }
    for (number, (picture, _)) in (1..).zip(message.placed_pictures()) {
        if !media.iter().any(|item| item.picture.digest == picture.digest) {
            faults.push(Fault::new(format!("pictures[{number}]"), "its bytes were not given", "the kit"));
        }
    }
    let limits = [KAKAO_BRAND_MESSAGE, KAKAO_CAROUSEL_FEED, PARTNER_CENTRE].concat();
    Faults::join(validate(message, &limits), faults)
}

fn links(message: &Message) -> String {
    let mut out = "\u{feff}part,link\r\n".to_owned();
    for (path, link) in message.links() {
        let _ = write!(out, "{path},\"{}\"\r\n", link.as_str().replace('"', "%22"));
    }
    out
}

fn attestation(plan: &KitPlan, manifest: &str) -> String {
    format!(
        "\u{feff}발송 확인서 (attestation)\r\n\r\n제목: {}\r\n예정: {} (마감 {})\r\n꾸러미(manifest.json)의 SHA-256:\r\n{manifest}\r\n\r\n\
         실제 발송 일시:\r\n발송 대상 수(콘솔에 표시된 값):\r\n메시지 번호(콘솔):\r\n보낸 사람(부서·성명):\r\n확인한 사람(부서·성명):\r\n",
        plan.title,
        seoul(plan.send_at),
        seoul(plan.deadline),
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use crate::preview::escape;
    use crate::{Bubble, Button, Picture, PictureFormat, samples};

    fn plan() -> KitPlan {
        let friday = Utc.with_ymd_and_hms(2026, 11, 27, 7, 0, 0).unwrap();
        KitPlan::new("예시시청 <11월> 소식", friday, friday + chrono::TimeDelta::hours(4))
    }

    /// The bytes of a message's pictures: any, under the digests that it names.
    fn media(message: &Message) -> Vec<Media> {
        let bytes = |picture: &Picture| {
            let mut media =
                Media::new(PictureFormat::Jpeg, (picture.width, picture.height), picture.alt.clone(), vec![1]);
            media.picture = picture.clone();
            media
        };
        message.pictures().map(bytes).collect()
    }

    #[test]
    fn every_word_link_and_picture_of_every_kind_is_in_its_kit() {
        let mut kinds = 0;
        for message in samples::messages() {
            let given = media(&message);
            let Ok(kit) = files(&message, &given, &plan()) else { continue };
            kinds += 1;
            let page = String::from_utf8(kit[0].content.to_vec()).unwrap();
            let texts: String = kit
                .iter()
                .filter(|file| file.path.starts_with("texts/"))
                .map(|file| String::from_utf8(file.content.to_vec()).unwrap())
                .collect();
            for (path, link) in message.links() {
                assert!(page.contains(&escape(link.as_str())) && texts.contains(link.as_str()), "{path} is missing");
            }
            for (path, button) in message.buttons() {
                assert!(texts.contains(&button.label), "{path} is missing");
            }
            for picture in message.pictures() {
                let size = format!("-{}x{}.", picture.width, picture.height);
                assert!(kit.iter().any(|file| file.path.contains(&size)), "{size}");
                assert!(texts.contains(&picture.alt) && page.contains(&escape(&picture.alt)));
            }
            let manifest = kit.iter().find(|file| file.path == "manifest.json").unwrap();
            let listed: serde_json::Value = serde_json::from_slice(&manifest.content).unwrap();
            for row in listed["files"].as_array().unwrap() {
                let file = kit.iter().find(|file| file.path == row["path"].as_str().unwrap()).unwrap();
                assert_eq!(digest(&file.content), row["sha256"].as_str().unwrap());
            }
            assert_eq!(listed["files"].as_array().unwrap().len(), kit.len() - 2, "all but the manifest and the form");
            let form = String::from_utf8(kit.last().unwrap().content.to_vec()).unwrap();
            assert!(form.contains(&digest(&manifest.content)));
            assert_eq!(fingerprint(&kit), Some(digest(&manifest.content)));
            assert_eq!(files(&message, &given, &plan()).unwrap(), kit);
        }
        assert!(kinds >= 6, "{kinds} kinds of messages have a kit");
    }

    #[test]
    fn what_cannot_be_sent_by_hand_is_named() {
        let message = samples::messages().into_iter().find(|one| matches!(one.body, Body::CarouselFeed(_))).unwrap();
        let missing = files(&message, &[], &plan()).unwrap_err().to_string();
        assert!(missing.contains("pictures[1]"), "{missing}");
        let mut late = plan().with_file("../outside.txt", "x");
        late.deadline = late.send_at;
        let faults = files(&message, &media(&message), &late).unwrap_err().to_string();
        assert!(faults.contains("deadline") && faults.contains("inside its folder"), "{faults}");
        let long = Button::new("아홉 자가 넘는 버튼", message.links()[0].1.clone());
        let bubble = Message::new(Body::Bubble(Bubble::new("소식").with_button(long)));
        assert!(files(&bubble, &[], &plan()).unwrap_err().to_string().contains("label"));
        for message in samples::messages()
            .iter()
            .filter(|one| matches!(one.body, Body::Text(_) | Body::Alimtalk(_) | Body::Template(_)))
        {
            assert!(files(message, &[], &plan()).unwrap_err().to_string().contains("by hand"));
        }
    }

    #[test]
    fn words_do_not_become_markup() {
        let page =
            files(&Message::new(Body::Bubble(Bubble::new("</textarea><script>1</script>"))), &[], &plan()).unwrap();
        let page = String::from_utf8(page[0].content.to_vec()).unwrap();
        assert!(
            !page.contains("<script>") && page.matches("</textarea>").count() == 1 && page.contains("&lt;11월&gt;")
        );
        assert!(page.contains("2026-11-27(금) 16:00"), "hours are Seoul's");
    }
}

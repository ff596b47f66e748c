//! Templates of 알림톡 (Alimtalk) at Bizgo: registering, having Kakao inspect them, looking, changing, deleting.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use sosik_channel::{AlimtalkTemplate, Emphasis, Media, SendError};

use crate::answers::Nothing;
use crate::client::{ANSWERS, BizgoTransport, instant};
use crate::limits;
use crate::wire::alimtalk::{Picture, Template};

const BASE: &str = "center/alimtalk/template";

/// A template of 알림톡 (Alimtalk) that is to be registered: what it shows, and what Kakao's inspectors are told.
///
/// ```no_run
/// # async fn f(bizgo: &sosik_bizgo::BizgoTransport) -> Result<(), Box<dyn std::error::Error>> {
/// use sosik_bizgo::AlimtalkDraft;
/// use sosik_channel::AlimtalkTemplate;
///
/// let passport = AlimtalkTemplate::new("PASSPORT1", "#{이름}님, 여권이 나왔습니다.");
/// bizgo.register_alimtalk(&AlimtalkDraft::new("여권 발급 안내", passport).in_category("001001")).await?;
/// bizgo.request_inspection("PASSPORT1", None).await?;
/// // Within two working days:
/// assert!(bizgo.alimtalk("PASSPORT1").await?.is_usable());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AlimtalkDraft {
    name: String,
    template: AlimtalkTemplate,
    category: Option<String>,
    picture: Option<Media>,
}

impl AlimtalkDraft {
    /// A template under a name of the city's own, of up to 200 characters; its code is the city's own too, of up to 30.
    pub fn new(name: impl Into<String>, template: AlimtalkTemplate) -> Self {
        Self { name: name.into(), template, category: None, picture: None }
    }

    /// The draft in one of Kakao's [categories](BizgoTransport::alimtalk_categories), by its code.
    pub fn in_category(mut self, code: impl Into<String>) -> Self {
        self.category = Some(code.into());
        self
    }

    /// The draft with the bytes of the picture that its template shows, alone or over a list; they are uploaded when it is
    /// registered. A template with a title shows none.
    pub fn with_picture(mut self, picture: Media) -> Self {
        if self.template.emphasis == Emphasis::None {
            self.template = self.template.with_picture(picture.picture.clone());
        }
        self.picture = Some(picture);
        self
    }
}

/// How far Kakao's inspection of a template is (검수 상태).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inspection {
    /// It is registered (`REG`), and nothing was asked for yet.
    Registered,
    /// It was asked for (`REQ`).
    Requested,
    /// Kakao approved it (`APR`).
    Approved,
    /// Kakao rejected it (`REJ`); the comments say why.
    Rejected,
    /// A word to come.
    Other(String),
}

impl Inspection {
    fn of(word: &str) -> Self {
        match word {
            "REG" => Self::Registered,
            "REQ" => Self::Requested,
            "APR" => Self::Approved,
            "REJ" => Self::Rejected,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// What was said of a template in its inspection. By whom is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectionComment {
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// As what it was said: `REJ`, `INQ`, …
    pub status: Option<String>,
    /// The words. Bizgo's documents do not name their field: it is read as Kakao names it.
    pub text: Option<String>,
}

/// What Bizgo tells of a template of Alimtalk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AlimtalkStatus {
    /// Its code.
    pub code: String,
    /// The city's name for it.
    pub name: Option<String>,
    /// How far its inspection is.
    pub inspection: Inspection,
    /// Kakao's letter for how it stands: `R` (nothing was sent by it yet), `A`, `S` (stopped), where it is told.
    pub status: Option<String>,
    /// Whether Kakao blocked it, where that is told.
    pub is_blocked: Option<bool>,
    /// Whether it sleeps, since it was not used for a year, where that is told.
    pub is_dormant: Option<bool>,
    /// What was said of it, as far as it was asked for by its code.
    pub comments: Vec<InspectionComment>,
}

impl AlimtalkStatus {
    /// Whether messages can go by it: it is approved, and nothing is told that speaks against it.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let is_held =
            self.status.as_deref() == Some("S") || self.is_blocked == Some(true) || self.is_dormant == Some(true);
        self.inspection == Inspection::Approved && !is_held
    }
}

/// A category of templates of Alimtalk, as Kakao divides them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AlimtalkCategory {
    /// Its code.
    pub code: String,
    /// Its name, in Korean.
    pub name: Option<String>,
    /// The name of what it belongs to.
    pub group_name: Option<String>,
    /// What belongs in it.
    pub inclusion: Option<String>,
    /// What does not.
    pub exclusion: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Alimtalk<T> {
    alimtalk: T,
}

#[derive(Debug, Deserialize)]
struct Templates {
    templates: Option<Vec<Told>>,
}

#[derive(Debug, Deserialize)]
struct Categories {
    categories: Option<Vec<AlimtalkCategory>>,
}

/// A template as Bizgo tells of it; every field can be missing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    template_code: Option<String>,
    template_name: Option<String>,
    inspection_status: Option<String>,
    status: Option<String>,
    block: Option<String>,
    dormant: Option<String>,
    comments: Option<Vec<Said>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    created_at: Option<String>,
    status: Option<String>,
    content: Option<String>,
}

impl Told {
    fn read(self) -> Option<AlimtalkStatus> {
        let is = |word: Option<String>| word.map(|word| word == "true");
        let comment = |said: Said| InspectionComment {
            at: said.created_at.as_deref().and_then(|at| instant(&at.replacen(' ', "T", 1))),
            status: said.status,
            text: said.content,
        };
        Some(AlimtalkStatus {
            code: self.template_code?,
            name: self.template_name,
            // One that is not told is none that messages go by.
            inspection: Inspection::of(&self.inspection_status.unwrap_or_default()),
            status: self.status,
            is_blocked: is(self.block),
            is_dormant: is(self.dormant),
            comments: self.comments.unwrap_or_default().into_iter().map(comment).collect(),
        })
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Handle<'a> {
    sender_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_key_type: Option<&'static str>,
    template_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
}

/// Templates of a page of the list: our own choice.
const PAGE: usize = 100;

/// The most templates that are listed, so that a list without an end has one.
const MOST: usize = 10_000;

impl BizgoTransport {
    /// Registers a template, which can be sent once Kakao [approved](Self::request_inspection) it.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](sosik_channel::SendErrorKind::InvalidContent) names everything that is broken. Made
    /// again after a lost answer it is refused where the template was taken: [ask](Self::alimtalk) before.
    pub async fn register_alimtalk(&self, draft: &AlimtalkDraft) -> Result<(), SendError> {
        self.put_alimtalk(Method::POST, draft).await
    }

    /// Changes a template; how much of one that is being inspected or was approved can be changed is Kakao's to say.
    ///
    /// # Errors
    ///
    /// [`SendError`], as [`register_alimtalk`](Self::register_alimtalk); it may be made again.
    pub async fn change_alimtalk(&self, draft: &AlimtalkDraft) -> Result<(), SendError> {
        self.put_alimtalk(Method::PUT, draft).await
    }

    async fn put_alimtalk(&self, method: Method, draft: &AlimtalkDraft) -> Result<(), SendError> {
        let AlimtalkDraft { name, template, category, picture } = draft;
        named("code", &template.code, limits::ALIMTALK_CODE)?;
        named("name", name, limits::ALIMTALK_NAME)?;
        let pictured = picture.is_some();
        limits::validate_alimtalk(template, pictured).map_err(|faults| ANSWERS.invalid(&faults.to_string()))?;
        let picture = match (&template.emphasis, picture) {
            (Emphasis::Image(_) | Emphasis::Items(_), Some(media)) => Some(self.upload_for_alimtalk(media).await?),
            (Emphasis::Image(_), None) => {
                return Err(ANSWERS.invalid("the template shows a picture whose bytes the draft was not given"));
            }
            (_, Some(_)) => return Err(ANSWERS.invalid("a template with a title shows no picture")),
            (_, None) => None,
        };
        let alimtalk = Template::of(template, name, category.as_deref(), &self.sender_key, picture);
        let request = self.request(method, BASE)?.json(&Alimtalk { alimtalk });
        self.call::<Nothing>(request, false).await.map(drop)
    }

    async fn upload_for_alimtalk(&self, media: &Media) -> Result<Picture, SendError> {
        let answer = self.upload_to("alimtalk/template", media).await?;
        // The name is that of the file, where the answer has none.
        let img_name = answer.file_name.unwrap_or_else(|| Self::file_name(media));
        let img_url = answer.img_url.filter(|url| !url.is_empty()).ok_or_else(|| ANSWERS.unreadable(false))?;
        Ok(Picture { img_url, img_name })
    }

    /// Asks Kakao to inspect a template that is registered, with what its inspectors should know.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it is refused in every other state, and after a lost answer that was taken.
    pub async fn request_inspection(&self, code: &str, comment: Option<&str>) -> Result<(), SendError> {
        let sender_key_type = Some("S");
        let handle = Handle { sender_key: &self.sender_key, sender_key_type, template_code: code, comment };
        let request = self.request(Method::POST, &format!("{BASE}/request"))?.json(&Alimtalk { alimtalk: handle });
        self.call::<Nothing>(request, false).await.map(drop)
    }

    /// Takes a request to inspect a template back.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it is refused when none is open.
    pub async fn cancel_inspection(&self, code: &str) -> Result<(), SendError> {
        let handle = Handle { sender_key: &self.sender_key, sender_key_type: None, template_code: code, comment: None };
        let request =
            self.request(Method::POST, &format!("{BASE}/request/cancel"))?.json(&Alimtalk { alimtalk: handle });
        self.call::<Nothing>(request, false).await.map(drop)
    }

    /// What Bizgo tells of a template, with what was said of it.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](sosik_channel::SendErrorKind::InvalidContent) when there is no such template.
    pub async fn alimtalk(&self, code: &str) -> Result<AlimtalkStatus, SendError> {
        let query = [("senderKey", self.sender_key.as_str()), ("templateCode", code)];
        let answer: Option<Alimtalk<Told>> = self.call(self.request(Method::GET, BASE)?.query(&query), false).await?;
        answer.and_then(|answer| answer.alimtalk.read()).ok_or_else(|| ANSWERS.unreadable(false))
    }

    /// Every template of Alimtalk of the sender profile, 10,000 at the most.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn alimtalks(&self) -> Result<Vec<AlimtalkStatus>, SendError> {
        let mut all = Vec::new();
        while all.len() < MOST {
            let (offset, limit) = (all.len().to_string(), PAGE.to_string());
            let query = [("senderKey", self.sender_key.as_str()), ("offset", &offset), ("limit", &limit)];
            let request = self.request(Method::GET, &format!("{BASE}/list"))?.query(&query);
            let answer: Option<Alimtalk<Templates>> = self.call(request, false).await?;
            let page = answer.and_then(|answer| answer.alimtalk.templates).unwrap_or_default();
            let is_last = page.len() < PAGE;
            for told in page {
                all.push(told.read().ok_or_else(|| ANSWERS.unreadable(false))?);
            }
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// Deletes a template.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](sosik_channel::SendErrorKind::InvalidContent) when there is no such template.
    pub async fn delete_alimtalk(&self, code: &str) -> Result<(), SendError> {
        let parts = ["senderKey", self.sender_key.as_str(), "templateCode", code];
        self.call::<Nothing>(self.with_parts(Method::DELETE, BASE, &parts)?, false).await.map(drop)
    }

    /// Kakao's categories of templates of Alimtalk.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn alimtalk_categories(&self) -> Result<Vec<AlimtalkCategory>, SendError> {
        let answer: Option<Categories> =
            self.call(self.request(Method::GET, "center/alimtalk/category")?, false).await?;
        answer.and_then(|answer| answer.categories).ok_or_else(|| ANSWERS.unreadable(false))
    }
}

fn named(what: &str, given: &str, most: usize) -> Result<(), SendError> {
    if (1..=most).contains(&given.chars().count()) {
        return Ok(());
    }
    Err(ANSWERS.invalid(&format!("a template's {what} has 1 to {most} characters")))
}

//! Templates of brand messages (기본형) at Bizgo: registering, looking, changing, deleting.

use reqwest::Method;
use serde::Deserialize;
use sosik_channel::{Advertising, Body, BrandTemplate, Message, Refusal, SendError};

use crate::answers::Nothing;
use crate::client::{ANSWERS, BizgoTransport};
use crate::group_send::{BASE, Brand};
use crate::limits;
use crate::wire;

/// What Bizgo tells of a template of brand messages.
///
/// ```no_run
/// # async fn f(bizgo: &sosik_bizgo::BizgoTransport) -> Result<(), Box<dyn std::error::Error>> {
/// use sosik_channel::{Body, Bubble, Message};
///
/// let shown = Body::Bubble(Bubble::new("#{이름}님, 금요일 소식입니다."));
/// let template = bizgo.register_template("weekly", shown).await?;
/// assert!(bizgo.template(template.code()).await?.is_usable());
/// // Each recipient brings the values: Recipient::with_variable("이름", …).
/// let message = Message::new(Body::Template(template));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TemplateStatus {
    /// Its code.
    #[serde(rename = "templateCode")]
    pub code: String,
    /// Bizgo's letters for its kind, as `FT`; a list does not tell them.
    #[serde(rename = "msgType")]
    pub kind: Option<String>,
    /// `A` (registered), `S` (blocked), or a word to come.
    pub status: String,
}

impl TemplateStatus {
    /// Whether messages can go by it.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.status == "A"
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    template_code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Templates {
    templates: Option<Vec<TemplateStatus>>,
}

/// Templates of a page of the list: our own choice.
const PAGE: usize = 100;

/// The most templates that are listed, so that a list without an end has one.
const MOST: usize = 10_000;

impl BizgoTransport {
    /// Registers what brand messages will show, with variables (`#{name}`) or without, under a name of the city's own of
    /// up to 200 characters. Its pictures are uploaded before.
    ///
    /// Made again after a lost answer it makes a second one, which does no harm.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](sosik_channel::SendErrorKind::InvalidContent) names everything that is broken,
    /// or says that this is no brand message.
    pub async fn register_template(&self, name: &str, shown: Body) -> Result<BrandTemplate, SendError> {
        let new =
            |code: String| BrandTemplate::new(code, shown.clone()).map_err(|error| ANSWERS.invalid(&error.to_string()));
        validate(new("new".to_owned())?)?;
        new(self.put_template(Method::POST, name, &shown, None).await?)
    }

    /// Changes what a template shows; messages that were accepted before go as they were.
    ///
    /// # Errors
    ///
    /// [`SendError`], as [`register_template`](Self::register_template); it may be made again.
    pub async fn change_template(&self, name: &str, template: &BrandTemplate) -> Result<(), SendError> {
        validate(template.clone())?;
        self.put_template(Method::PUT, name, template.shown(), Some(template.code())).await.map(|_| ())
    }

    /// What Bizgo tells of a template.
    ///
    /// # Errors
    ///
    /// [`SendError`]; [`InvalidContent`](sosik_channel::SendErrorKind::InvalidContent) when there is no such template.
    pub async fn template(&self, code: &str) -> Result<TemplateStatus, SendError> {
        self.ask("template", &[("templateCode", code)]).await
    }

    /// Every template of the sender profile, 10,000 at the most.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn templates(&self) -> Result<Vec<TemplateStatus>, SendError> {
        let mut all: Vec<TemplateStatus> = Vec::new();
        while all.len() < MOST {
            let (offset, limit) = (all.len().to_string(), PAGE.to_string());
            let page: Templates = self.ask("template/list", &[("offset", &offset), ("limit", &limit)]).await?;
            let page = page.templates.unwrap_or_default();
            let is_last = page.len() < PAGE;
            all.extend(page);
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
    pub async fn delete_template(&self, code: &str) -> Result<(), SendError> {
        let path = ["senderKey", self.sender_key.as_str(), "templateCode", code];
        let request = self.with_parts(Method::DELETE, &format!("{BASE}/template"), &path)?;
        self.call::<Nothing>(request, false).await.map(|_| ())
    }

    /// Registers or changes a template, and gives its code.
    pub(crate) async fn put_template(
        &self,
        method: Method,
        name: &str,
        shown: &Body,
        code: Option<&str>,
    ) -> Result<String, SendError> {
        let template = wire::Template::of(shown, name, &self.sender_key, code);
        let body = Brand { brandmessage: template.map_err(|problem| ANSWERS.invalid(&problem))? };
        let request = self.request(method, &format!("{BASE}/template"))?.json(&body);
        // A template that was registered and not heard of lies there unused: registering is no sending.
        let answer: Option<Brand<Registered>> = self.call(request, false).await?;
        let given = answer.and_then(|answer| answer.brandmessage.template_code).filter(|code| !code.is_empty());
        given.or_else(|| code.map(str::to_owned)).ok_or_else(|| ANSWERS.unreadable(false))
    }
}

/// Checks what a template is to show against everything that Bizgo takes.
fn validate(template: BrandTemplate) -> Result<(), SendError> {
    // Every template goes as an advertisement; whose it is changes nothing of its limits.
    let marks = Advertising::new("", Refusal::BlockChannel);
    let message = Message::new(Body::Template(template)).with_advertising(marks);
    limits::validate(&message).map_err(|faults| ANSWERS.invalid(&faults.to_string()))
}

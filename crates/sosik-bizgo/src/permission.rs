//! The permission to write to people beyond the channel's friends (targeting M, N, O), and how they refuse for free.

use bytes::Bytes;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Serialize;
use sosik_channel::{SendError, SendErrorKind};
use sosik_core::PhoneNumber;

use crate::answers::Nothing;
use crate::client::{ANSWERS, BizgoTransport};
use crate::group_send::{BASE, Brand};

/// Here, unlike in every other call, with a capital M.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Application<'a> {
    brand_message: Applicant<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Applicant<'a> {
    sender_key: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefusalContent<'a> {
    sender_key: &'a str,
    unsubscribe_phone_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unsubscribe_auth_number: Option<&'a str>,
}

impl BizgoTransport {
    /// Whether the channel may ask for the permission to write to everyone who consented
    /// ([`Targeting::Consented`](sosik_channel::Targeting::Consented) and its neighbours): a business channel with a phone
    /// number and 50,000 friends, an Alimtalk within three months, and [evidence](Self::upload_consent_evidence) of the
    /// consents (Bizgo's SDK 1.2.0, 2026-09). Which of these is missing Bizgo does not tell.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be asked again.
    pub async fn may_ask_for_permission(&self) -> Result<bool, SendError> {
        let request = self.request(Method::GET, &format!("{BASE}/sendPermission"))?;
        match self.call::<Nothing>(request.query(&[("senderKey", &self.sender_key)]), false).await {
            Ok(_) => Ok(true),
            // The answer is in the code: every one but success says no, as long as it is about the channel.
            Err(error) if is_no(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Asks for the permission. Once given, it holds for the channel, at every dealer.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it is refused while a condition is [not met](Self::may_ask_for_permission).
    pub async fn ask_for_permission(&self) -> Result<(), SendError> {
        let body = Application { brand_message: Applicant { sender_key: &self.sender_key } };
        let request = self.request(Method::POST, &format!("{BASE}/sendPermission"))?.json(&body);
        self.call::<Nothing>(request, false).await.map(drop)
    }

    /// Uploads a file that proves the consents to advertisements (수신동의 증적자료): how they were asked for, not by whom
    /// they were given. `media_type` is that of the file: `application/pdf`.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be tried again.
    pub async fn upload_consent_evidence(
        &self,
        file_name: &str,
        media_type: &str,
        content: impl Into<Bytes>,
    ) -> Result<(), SendError> {
        let part = Part::stream(content.into())
            .file_name(file_name.to_owned())
            .mime_str(media_type)
            .map_err(|error| ANSWERS.invalid("the file's type is none").with_source(error))?;
        let form = Form::new().text("senderKey", self.sender_key.clone()).part("file", part);
        let request = self.request(Method::POST, &format!("{BASE}/marketingAgree"))?.multipart(form);
        self.call::<Nothing>(request, false).await.map(drop)
    }

    /// Registers the free number (무료수신거부) under brand messages by which their recipients refuse more of them, and the
    /// number that they type in there, where one is needed.
    ///
    /// # Errors
    ///
    /// [`SendError`]; it may be tried again.
    pub async fn set_refusal_number(&self, number: &PhoneNumber, typed: Option<&str>) -> Result<(), SendError> {
        let body = Brand {
            brandmessage: RefusalContent {
                sender_key: &self.sender_key,
                unsubscribe_phone_number: number.expose(),
                unsubscribe_auth_number: typed,
            },
        };
        let request = self.request(Method::POST, &format!("{BASE}/unSubscribeContent"))?.json(&body);
        self.call::<Nothing>(request, false).await.map(drop)
    }
}

/// Whether an error denies what was asked, rather than the account or the question.
fn is_no(error: &SendError) -> bool {
    const OTHER: [&str; 5] = ["A002", "A110", "A111", "A300", "A502"];
    let denies = matches!(error.kind(), SendErrorKind::InvalidContent | SendErrorKind::NotPermitted);
    // Codes that begin so are about the JSON, the account, the upload and, of the gateway, the address.
    let other = |code: &str| ["HTTP", "A01", "A1", "A2", "A4"].iter().any(|start| code.starts_with(start));
    denies && error.code().is_some_and(|code| !other(code) && !OTHER.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_denies_the_channel_is_a_no() {
        let error = |code: &str, gateway| crate::errors::refused(400, Some(code), gateway, false);
        assert!(is_no(&error("A325", false)) && is_no(&error("A820", false)));
        for (code, gateway) in [("A404", true), ("A400", true), ("A010", false), ("A502", false), ("A100", false)] {
            assert!(!is_no(&error(code, gateway)), "{code}");
        }
    }

    #[test]
    fn the_application_has_a_capital_letter_of_its_own() {
        let body = Application { brand_message: Applicant { sender_key: "S" } };
        assert_eq!(serde_json::to_string(&body).unwrap(), r#"{"brandMessage":{"senderKey":"S"}}"#);
    }
}

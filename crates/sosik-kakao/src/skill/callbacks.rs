//! Late answers, posted to where the chatbot waits for them.

use std::fmt;
use std::time::Duration;

use reqwest::{Client, Url};
use serde::Deserialize;
use sosik_channel::{SendError, SendErrorKind, http};

use super::{Answer, CallbackUrl};
use crate::builder::KakaoError;
use crate::call::ANSWERS;
use crate::errors::{NAME, refused};

/// Posts answers to callbacks.
///
/// An address takes one answer: nothing is posted twice, and an error that leaves open whether it arrived says so
/// ([`SendError::may_have_arrived`]).
pub struct Callbacks {
    client: Client,
    base: Option<Url>,
}

/// What Kakao answered to a callback.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CallbackTaken {
    /// Kakao's name of the task.
    pub task_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    task_id: String,
    status: String,
}

impl Callbacks {
    /// Posts with a time limit of ten seconds.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] when the machine's certificates cannot be read.
    pub fn new() -> Result<Self, KakaoError> {
        let agent = concat!("sosik-kakao/", env!("CARGO_PKG_VERSION"));
        let client = http::client(agent, Duration::from_secs(10)).map_err(KakaoError::Client)?;
        Ok(Self { client, base: None })
    }

    /// Posts to another host, by the address's own path: to an emulator on this machine.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] where it is no address of a host.
    pub fn base_url(mut self, url: &str) -> Result<Self, KakaoError> {
        let wrong = |why: &str| KakaoError::Setting { setting: "base_url", why: why.to_owned() };
        self.base = Some(http::base_url(url).map_err(wrong)?);
        Ok(self)
    }

    /// Posts an answer.
    ///
    /// # Errors
    ///
    /// [`SendError`]: an answer that Kakao would refuse is not posted, and one that it refused says why.
    pub async fn post(&self, to: &CallbackUrl, answer: &Answer) -> Result<CallbackTaken, SendError> {
        let json =
            answer.to_json().map_err(|error| ANSWERS.invalid("the answer is over a limit").with_source(error))?;
        let url = match &self.base {
            Some(base) => {
                let mut url = base.clone();
                url.set_path(to.as_url().path());
                url.set_query(to.as_url().query());
                url
            }
            None => to.as_url().clone(),
        };
        let request = self.client.post(url).header("Content-Type", "application/json").body(json);
        let response = request.send().await.map_err(|error| ANSWERS.lost(error, true))?;
        let status = response.status().as_u16();
        let body = ANSWERS.body(response, true).await?;
        if !(200..300).contains(&status) {
            return Err(refused(status, None));
        }
        let wire: Wire = serde_json::from_slice(&body).map_err(|error| ANSWERS.unparsed(&error, true))?;
        match wire.status.as_str() {
            "SUCCESS" => Ok(CallbackTaken { task_id: wire.task_id }),
            // The address was used or has expired: another try takes nothing either. Kakao's words are not repeated.
            "FAIL" | "ERROR" => Err(SendError::new(SendErrorKind::InvalidContent, NAME)
                .with_code(wire.status)
                .with_detail("the callback took no answer: it was used, or it has expired")),
            _ => Err(ANSWERS.unreadable(true).with_detail("the callback's status is a new word")),
        }
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").field("base", &self.base.as_ref().map(Url::as_str)).finish_non_exhaustive()
    }
}

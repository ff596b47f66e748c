use std::fmt;

use reqwest::{Client, Method, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sosik_channel::{SendError, http};

use crate::errors::{NAME, refused};

/// How answers are read: a megabyte at the most, far above what is documented.
pub(crate) const ANSWERS: http::Answers = http::Answers::new(NAME, 1024 * 1024);

/// A client of Kakao's channel API, with the admin key of an app.
///
/// Calls are counted by Kakao: 3,000,000 a month for all of an app (getting-started/quota, 2026-11).
pub struct KakaoClient {
    pub(crate) client: Client,
    pub(crate) base: Url,
    pub(crate) admin_key: SecretString,
    pub(crate) many: Option<usize>,
    pub(crate) phones: bool,
}

impl fmt::Debug for KakaoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KakaoClient").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// The body of an answer that is no success.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    code: Option<i64>,
}

impl KakaoClient {
    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SendError> {
        let url = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| ANSWERS.invalid("the path is no address").with_source(error))?;
        let key = format!("KakaoAK {}", self.admin_key.expose_secret());
        Ok(self.client.request(method, url).header("Authorization", key))
    }

    /// Makes a call. None of them sends anything to anyone: each may be repeated.
    pub(crate) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, SendError> {
        let response = request.send().await.map_err(|error| ANSWERS.lost(error, false))?;
        let (status, wait) = (response.status().as_u16(), http::retry_after(&response));
        let body = ANSWERS.body(response, false).await?;
        if status != 200 {
            let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
            return Err(wait.into_iter().fold(refused(status, refusal.code), SendError::with_retry_after));
        }
        serde_json::from_slice(&body).map_err(|error| ANSWERS.unparsed(&error, false))
    }
}

//! Calls of one of Kakao's hosts with one key.

use std::fmt;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sosik_channel::{SendError, http};

use crate::builder::KakaoError;
use crate::errors::{NAME, refused};

/// How answers are read: a megabyte at the most, far above what is documented.
pub(crate) const ANSWERS: http::Answers = http::Answers::new(NAME, 1024 * 1024);

/// How long a request may take unless it is set.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// What makes calls: a host, and the key that goes with each.
#[derive(Clone)]
pub(crate) struct Caller {
    client: Client,
    base: Url,
    key: SecretString,
}

/// The body of an answer that is no success.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    code: Option<i64>,
}

impl Caller {
    /// Calls a host with a key, which is called so in errors, by a client where one is given.
    pub(crate) fn new(
        (name, key): (&'static str, SecretString),
        base_url: &str,
        client: Option<Client>,
        timeout: Duration,
    ) -> Result<Self, KakaoError> {
        let text = key.expose_secret();
        if !is_plain(text) {
            return Err(wrong(name, "it is empty, or has other characters than the console shows"));
        }
        let base = host(base_url)?;
        let client = match client {
            Some(client) => client,
            None => {
                http::client(concat!("sosik-kakao/", env!("CARGO_PKG_VERSION")), timeout).map_err(KakaoError::Client)?
            }
        };
        Ok(Self { client, base, key })
    }

    /// The same of another host: a proxy, or an emulator on this machine.
    pub(crate) fn at(mut self, base_url: &str) -> Result<Self, KakaoError> {
        self.base = host(base_url)?;
        Ok(self)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, SendError> {
        let url = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| ANSWERS.invalid("the path is no address").with_source(error))?;
        let key = format!("KakaoAK {}", self.key.expose_secret());
        Ok(self.client.request(method, url).header("Authorization", key))
    }

    /// Makes a call. `sends` tells whether it could have sent something to someone: else it may be repeated.
    pub(crate) async fn call<T: DeserializeOwned>(request: RequestBuilder, sends: bool) -> Result<T, SendError> {
        let response = request.send().await.map_err(|error| ANSWERS.lost(error, sends))?;
        let (status, wait) = (response.status().as_u16(), http::retry_after(&response));
        let body = ANSWERS.body(response, sends).await?;
        if !(200..300).contains(&status) {
            let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
            // What fails on its way, or inside, may have been done before.
            let is_open = sends && matches!(status, 500 | 502 | 504) && refusal.code.is_none_or(|code| code == -1);
            if is_open {
                return Err(ANSWERS.unreadable(true).with_code(format!("HTTP {status}")));
            }
            return Err(wait.into_iter().fold(refused(status, refusal.code), SendError::with_retry_after));
        }
        serde_json::from_slice(&body).map_err(|error| ANSWERS.unparsed(&error, sends))
    }
}

/// Whether a name of Kakao's is made of what one may hold: it becomes part of an address or a header.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn wrong(setting: &'static str, why: &str) -> KakaoError {
    KakaoError::Setting { setting, why: why.to_owned() }
}

fn host(base_url: &str) -> Result<Url, KakaoError> {
    http::base_url(base_url).map_err(|why| wrong("base_url", why))
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

//! What every client of a dealer's HTTP API needs: a client that sends nothing twice and nowhere else, answers of bounded
//! size, and errors by what may have been sent.
//!
//! For transports of your own as for those of this workspace.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response, Url};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::{SendError, SendErrorKind};

/// Why a client cannot be made: the machine's certificates cannot be read.
pub type ClientError = Box<dyn Error + Send + Sync>;

/// A client with this user agent and time-out of a request, which follows no redirect and repeats nothing by itself.
///
/// # Errors
///
/// [`ClientError`] when TLS cannot be set up.
pub fn client(agent: &str, timeout: Duration) -> Result<Client, ClientError> {
    // The provider is named here, so that no other crate's choice of a default one is needed or disturbed.
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(agent)
        .connect_timeout(Duration::from_secs(5))
        .timeout(timeout)
        // A redirect would carry the key elsewhere; a silent retry could send twice.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()?;
    Ok(client)
}

/// The address of an API: `https`, or plain `http` on this machine only.
///
/// ```
/// assert!(sosik_channel::http::base_url("https://api.example.go.kr/").is_ok());
/// assert!(sosik_channel::http::base_url("http://api.example.go.kr").is_err());
/// ```
///
/// # Errors
///
/// What is wrong with it, in words that do not repeat it.
pub fn base_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| "it is no absolute address")?;
    let local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() != "https" && !(url.scheme() == "http" && local) {
        return Err("the key travels in a header: plain http goes to this machine only, https anywhere");
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("it has a user name, a query or a fragment");
    }
    Ok(url)
}

/// Reads the answers to one transport's requests: under its name in errors, and up to so many bytes.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    name: &'static str,
    most: usize,
}

impl Answers {
    /// The answers to the transport of this name, of at most so many bytes.
    #[must_use]
    pub const fn new(name: &'static str, most: usize) -> Self {
        Self { name, most }
    }

    /// The whole body of an answer. `sends` tells whether the request could have sent something.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the answer breaks off, or is larger than expected.
    pub async fn body(&self, mut response: Response, sends: bool) -> Result<Vec<u8>, SendError> {
        let told = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut body = Vec::with_capacity(told.min(self.most));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(error, sends))? {
            if body.len() + chunk.len() > self.most {
                return Err(self.unreadable(sends).with_detail("the answer is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// No answer came. If the request never left, nothing was taken.
    #[must_use]
    pub fn lost(&self, error: reqwest::Error, sends: bool) -> SendError {
        let left = !(error.is_connect() || error.is_builder());
        let kind = if sends && left { SendErrorKind::OutcomeUnknown } else { SendErrorKind::Unavailable };
        // The address is left out: it says nothing more, and queries may name messages.
        SendError::new(kind, self.name).with_source(error.without_url())
    }

    /// An answer came that says nothing we can read.
    #[must_use]
    pub fn unreadable(&self, sends: bool) -> SendError {
        let kind = if sends { SendErrorKind::OutcomeUnknown } else { SendErrorKind::Unavailable };
        SendError::new(kind, self.name).with_detail("the answer is not of the documented form")
    }

    /// An answer's JSON does not fit. The parser's own sentence repeats values of the answer, and those can be numbers
    /// of people: only the place is told.
    #[must_use]
    pub fn unparsed(&self, error: &serde_json::Error, sends: bool) -> SendError {
        let place = format!("the answer cannot be read at line {}, column {}", error.line(), error.column());
        self.unreadable(sends).with_detail(place)
    }

    /// A request is wrong before it is made.
    #[must_use]
    pub fn invalid(&self, problem: &str) -> SendError {
        SendError::new(SendErrorKind::InvalidContent, self.name).with_detail(problem)
    }
}

/// How long an answer asks to wait: `Retry-After` in seconds, up to an hour.
#[must_use]
pub fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: f64 = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    (0.0..=3600.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

use std::time::Duration;

use secrecy::SecretString;
use sosik_channel::http;

use crate::call::{Caller, TIMEOUT};
use crate::client::KakaoClient;

/// Where to begin: [`Kakao::builder`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Kakao;

impl Kakao {
    /// Kakao's host.
    pub const PRODUCTION: &'static str = "https://kapi.kakao.com";

    /// A client with the admin key of the city's app. It belongs on a server, and nowhere else.
    pub fn builder(admin_key: impl Into<SecretString>) -> KakaoBuilder {
        KakaoBuilder {
            admin_key: admin_key.into(),
            base_url: Self::PRODUCTION.to_owned(),
            timeout: TIMEOUT,
            http_client: None,
            many: None,
            phones: false,
        }
    }
}

/// Makes a [`KakaoClient`].
#[derive(Debug)]
#[must_use]
pub struct KakaoBuilder {
    admin_key: SecretString,
    base_url: String,
    timeout: Duration,
    http_client: Option<reqwest::Client>,
    many: Option<usize>,
    phones: bool,
}

impl KakaoBuilder {
    /// Calls another host: a proxy, or an emulator on this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Calls by a client of your own: with a proxy, other certificates or a pool that several share. Its redirects and its
    /// retries have to be off, since both could send twice; its time-outs count instead of [`timeout`](Self::timeout).
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// How long a request may take. 10 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Asks about so many people in one call (`/v2/api/talk/channels/multi`). Off unless set: Kakao's pages do not tell the
    /// most; a public client says 200.
    pub fn many_at_once(mut self, most: usize) -> Self {
        self.many = Some(most);
        self
    }

    /// Lets customer files name people by their phone numbers. Off unless set: it provides personal data to a third party,
    /// which needs each one's consent or another ground in law (개인정보 보호법 제17조).
    pub fn allow_phone_numbers(mut self) -> Self {
        self.phones = true;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`KakaoError`] names what cannot be used. The key is never repeated.
    pub fn build(self) -> Result<KakaoClient, KakaoError> {
        if self.many == Some(0) {
            return Err(KakaoError::Setting { setting: "many_at_once", why: "it is 1 or more".to_owned() });
        }
        let key = ("admin_key", self.admin_key);
        let caller = Caller::new(key, &self.base_url, self.http_client, self.timeout)?;
        Ok(KakaoClient { caller, many: self.many, phones: self.phones })
    }
}

/// A client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KakaoError {
    /// The HTTP client cannot be made: the machine's certificates cannot be read.
    #[error("the HTTP client cannot be made")]
    Client(#[source] http::ClientError),
    /// A setting cannot be used.
    #[error("{setting} cannot be used: {why}")]
    #[non_exhaustive]
    Setting {
        /// Which.
        setting: &'static str,
        /// Why.
        why: String,
    },
}

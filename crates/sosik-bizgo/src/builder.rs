use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sosik_channel::{Capabilities, Idempotency, Tariff, http};

use crate::client::BizgoTransport;
use crate::limits;

/// Where to begin: [`Bizgo::builder`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Bizgo;

impl Bizgo {
    /// Bizgo's production host: messages are really sent.
    pub const PRODUCTION: &'static str = "https://mars.ibapi.kr";
    /// Bizgo's sandbox: the same key, and nothing is sent.
    pub const SANDBOX: &'static str = "https://sandbox-mars.ibapi.kr";

    /// A transport with an API key, for the sender profile (발신프로필) of a channel.
    pub fn builder(api_key: impl Into<SecretString>, sender_key: impl Into<String>) -> BizgoBuilder {
        BizgoBuilder {
            api_key: api_key.into(),
            sender_key: sender_key.into(),
            base_url: Self::PRODUCTION.to_owned(),
            timeout: Duration::from_secs(30),
            http_client: None,
            unreachable_codes: Vec::new(),
            webhook_secret: None,
            group_tag: None,
            tariff: Tariff::default(),
        }
    }
}

/// Makes a [`BizgoTransport`].
#[derive(Debug)]
#[must_use]
pub struct BizgoBuilder {
    api_key: SecretString,
    sender_key: String,
    base_url: String,
    timeout: Duration,
    http_client: Option<reqwest::Client>,
    unreachable_codes: Vec<String>,
    webhook_secret: Option<SecretString>,
    group_tag: Option<String>,
    tariff: Tariff,
}

impl BizgoBuilder {
    /// Sends to Bizgo's sandbox, where nothing is really sent.
    pub fn sandbox(self) -> Self {
        self.base_url(Bizgo::SANDBOX)
    }

    /// Sends to another host: a proxy, or an emulator on this machine.
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

    /// How long a request may take. 30 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Report codes that mean that the channel no longer reaches a person. None unless set: Bizgo documents only that
    /// `10000` is success, so that a city has to name the codes it has seen.
    pub fn unreachable_codes<S: Into<String>>(mut self, codes: impl IntoIterator<Item = S>) -> Self {
        self.unreachable_codes = codes.into_iter().map(Into::into).collect();
        self
    }

    /// The secret by which the console signs webhooks. Without it they are refused.
    pub fn webhook_secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.webhook_secret = Some(secret.into());
        self
    }

    /// The [group tag](crate::GroupTag) under which Kakao counts the brand messages of free form that go out, by its key.
    /// None unless set; messages by a template have none.
    pub fn group_tag(mut self, key: impl Into<String>) -> Self {
        self.group_tag = Some(key.into());
        self
    }

    /// What messages cost by the account's contract: Bizgo publishes no prices.
    pub fn tariff(mut self, tariff: Tariff) -> Self {
        self.tariff = tariff;
        self
    }

    /// The transport.
    ///
    /// # Errors
    ///
    /// [`BizgoError`] names what cannot be used. The key is never repeated.
    pub fn build(self) -> Result<BizgoTransport, BizgoError> {
        let key = self.api_key.expose_secret();
        if key.is_empty() || !key.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
            let why = "it is empty, or has blanks or other characters than the console shows";
            return Err(BizgoError::Setting { setting: "api_key", why: why.to_owned() });
        }
        if self.sender_key.is_empty() || self.sender_key.len() > 40 {
            let why = "a sender profile's key has 1 to 40 characters";
            return Err(BizgoError::Setting { setting: "sender_key", why: why.to_owned() });
        }
        let base = http::base_url(&self.base_url)
            .map_err(|why| BizgoError::Setting { setting: "base_url", why: why.to_owned() })?;
        let agent = concat!("sosik-bizgo/", env!("CARGO_PKG_VERSION"));
        let client = match self.http_client {
            Some(client) => client,
            None => http::client(agent, self.timeout).map_err(BizgoError::Client)?,
        };
        let capabilities = Capabilities::named(limits::BATCH, limits::RECIPIENTS_PER_SECOND, limits::CALLS_PER_SECOND)
            .with_idempotency(Idempotency::per_recipient(Duration::from_secs(limits::KEY_LIFETIME)))
            .with_fallback()
            .with_schedule(limits::schedule());
        if self.webhook_secret.as_ref().is_some_and(|secret| secret.expose_secret().is_empty()) {
            return Err(BizgoError::Setting { setting: "webhook_secret", why: "it is empty".to_owned() });
        }
        if self.group_tag.as_ref().is_some_and(|key| !(1..=limits::GROUP_TAG).contains(&key.chars().count())) {
            let why = format!("a group tag's key has 1 to {} characters", limits::GROUP_TAG);
            return Err(BizgoError::Setting { setting: "group_tag", why });
        }
        Ok(BizgoTransport {
            client,
            base,
            api_key: self.api_key,
            sender_key: self.sender_key,
            group_tag: self.group_tag,
            unreachable: self.unreachable_codes,
            capabilities,
            group_rules: limits::group_sends(),
            webhook_secret: self.webhook_secret,
            tariff: self.tariff,
        })
    }
}

/// A transport cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BizgoError {
    /// The HTTP client cannot be made: the machine's certificates cannot be read.
    #[error("the HTTP client cannot be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_and_odd_keys_are_refused_without_repeating_them() {
        for url in [
            "http://mars.example.go.kr",
            "ftp://127.0.0.1",
            "https://me:pw@example.go.kr",
            "nowhere",
            "https://a.kr?x=1",
        ] {
            let error = Bizgo::builder("key", "SENDER").base_url(url).build().unwrap_err();
            assert!(error.to_string().starts_with("base_url cannot be used"), "{url}: {error}");
        }
        for key in ["", "Bearer geheim", "geheim\n"] {
            let error = Bizgo::builder(key, "SENDER").build().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("geheim"));
        }
        assert!(Bizgo::builder("key", "SENDER").base_url("http://127.0.0.1:8700/").build().is_ok());
        assert!(!format!("{:?}", Bizgo::builder("geheim", "SENDER")).contains("geheim"));
    }
}

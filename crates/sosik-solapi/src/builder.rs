use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_channel::{Capabilities, Idempotency, Tariff, http};
use sosik_core::{Clock, Entropy};

use crate::auth::Credentials;
use crate::client::SolapiTransport;
use crate::limits;

/// Where to begin: [`Solapi::builder`].
#[derive(Debug)]
#[non_exhaustive]
pub struct Solapi;

impl Solapi {
    /// SOLAPI's production host: messages are really sent.
    pub const PRODUCTION: &'static str = "https://api.solapi.com";

    /// A transport with these credentials, for the channel of a `pfId`. The clock dates signatures, and the entropy
    /// salts them.
    pub fn builder(
        credentials: Credentials,
        pf_id: impl Into<String>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> SolapiBuilder {
        SolapiBuilder {
            credentials,
            pf_id: pf_id.into(),
            clock,
            entropy,
            base_url: Self::PRODUCTION.to_owned(),
            timeout: Duration::from_secs(30),
            http_client: None,
            receipts_back: TimeDelta::days(3),
            rates: (1_000, 10),
            tariff: limits::tariff(),
        }
    }
}

/// Makes a [`SolapiTransport`].
#[derive(Debug)]
#[must_use]
pub struct SolapiBuilder {
    credentials: Credentials,
    pf_id: String,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    base_url: String,
    timeout: Duration,
    http_client: Option<reqwest::Client>,
    receipts_back: TimeDelta,
    rates: (u32, u32),
    tariff: Tariff,
}

impl SolapiBuilder {
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

    /// From how long ago a new transport asks for receipts: as long as a program may have been down. Three days unless
    /// set, which is as long as Kakao and the carriers may take.
    pub fn receipts_back(mut self, span: TimeDelta) -> Self {
        self.receipts_back = span;
        self
    }

    /// Recipients and calls a second. SOLAPI publishes no rate; 1,000 and 10 unless set.
    pub fn rates(mut self, recipients: u32, calls: u32) -> Self {
        self.rates = (recipients, calls);
        self
    }

    /// What messages cost by the account's contract. SOLAPI's list prices unless set: [`limits::tariff`].
    pub fn tariff(mut self, tariff: Tariff) -> Self {
        self.tariff = tariff;
        self
    }

    /// The transport.
    ///
    /// # Errors
    ///
    /// [`SolapiError`] names what cannot be used. Keys are never repeated.
    pub fn build(self) -> Result<SolapiTransport, SolapiError> {
        let wrong = |setting: &'static str, why: &str| SolapiError::Setting { setting, why: why.to_owned() };
        if !self.credentials.fit_a_header() {
            return Err(wrong(
                "credentials",
                "the key or the secret is empty, or has blanks, commas or odd characters",
            ));
        }
        if !self.pf_id.starts_with("KA01PF") || !self.pf_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(wrong("pf_id", "the channel's id at SOLAPI begins with KA01PF"));
        }
        if self.rates.0 == 0 || self.rates.1 == 0 {
            return Err(wrong("rates", "they are 1 or more"));
        }
        let base = http::base_url(&self.base_url).map_err(|why| wrong("base_url", why))?;
        let agent = concat!("sosik-solapi/", env!("CARGO_PKG_VERSION"));
        let client = match self.http_client {
            Some(client) => client,
            None => http::client(agent, self.timeout).map_err(SolapiError::Client)?,
        };
        let capabilities =
            Capabilities::named(limits::BATCH, self.rates.0, self.rates.1).with_schedule(limits::schedule());
        let capabilities = capabilities.with_idempotency(Idempotency::Prepared);
        Ok(SolapiTransport {
            client,
            base,
            credentials: self.credentials,
            pf_id: self.pf_id,
            receipts: std::sync::Mutex::new(crate::receipts::Cursor::starting(self.clock.now() - self.receipts_back)),
            clock: self.clock,
            entropy: self.entropy,
            capabilities,
            tariff: self.tariff,
        })
    }
}

/// A transport cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SolapiError {
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

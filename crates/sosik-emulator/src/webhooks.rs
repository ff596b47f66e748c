//! Receipts that the dealers send by themselves, to where the account says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, StatusCode, Uri, header};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use sha2::Sha256;

use crate::journal::Dealer;
use crate::ledger::{Ledger, hex};
use crate::server::Shared;

/// How long an answer may take: Bizgo's five seconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it looks for receipts that are due.
const TICK: Duration = Duration::from_millis(20);

/// How many messages SOLAPI's report holds here at the most; what the dealer holds is not documented.
const REPORT: usize = 100;

/// The largest answer that is read.
const ANSWER: usize = 64 * 1024;

/// Where receipts are sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    /// Bizgo's address, and the secret by which it signs.
    bizgo: Option<(Uri, String)>,
    solapi: Option<Uri>,
    shuffled: bool,
}

impl Targets {
    /// Reads the addresses: plain HTTP on this machine.
    pub(crate) fn read(
        bizgo: Option<&(String, String)>,
        solapi: Option<&String>,
        shuffled: bool,
    ) -> Result<Self, String> {
        let address = |text: &String| {
            let uri = text.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("http"));
            let uri = uri.filter(|uri| matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]")));
            uri.ok_or_else(|| text.clone())
        };
        let bizgo = bizgo.map(|(text, secret)| address(text).map(|uri| (uri, secret.clone()))).transpose()?;
        Ok(Self { bizgo, solapi: solapi.map(address).transpose()?, shuffled })
    }

    /// One for each dealer that sends any: so that one who does not listen holds up no other's.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        let Self { bizgo, solapi, shuffled } = self;
        let first = bizgo.map(|bizgo| Self { bizgo: Some(bizgo), solapi: None, shuffled });
        let second = solapi.map(|solapi| Self { bizgo: None, solapi: Some(solapi), shuffled });
        first.into_iter().chain(second)
    }
}

/// One webhook: what it says, and the key that Bizgo wants back.
struct Letter {
    key: Option<String>,
    body: Value,
}

/// What was sent before. After a restart everything is sent again, as a dealer does that is not sure.
#[derive(Default)]
struct Told {
    /// How many messages were seen.
    seen: usize,
    /// Of those that are not told to their end yet, how many tries are.
    open: BTreeMap<usize, usize>,
}

impl Told {
    /// The webhooks that are due and were not sent, in the order in which they go.
    fn due(&mut self, ledger: &Ledger, targets: &Targets) -> Vec<Letter> {
        let now = ledger.now();
        let (mut bizgo, mut solapi) = (Vec::new(), Vec::new());
        self.open.extend((self.seen..ledger.messages.len()).map(|place| (place, 0)));
        self.seen = ledger.messages.len();
        self.open.retain(|place, done| {
            let (place, message) = (*place, &ledger.messages[*place]);
            let wanted = match message.dealer {
                Dealer::Bizgo => targets.bizgo.is_some(),
                Dealer::Solapi => targets.solapi.is_some(),
            };
            let last = message.tries.len().saturating_sub(1);
            for (number, attempt) in message.tries.iter().enumerate().skip(*done) {
                if attempt.at > now {
                    break;
                }
                *done = number + 1;
                // SOLAPI tells what became of a message, not how.
                let told = wanted && (message.dealer == Dealer::Bizgo || number == last);
                if !told {
                    continue;
                }
                let twice = ledger.chance("webhook again", &format!("{place}.{number}"));
                for _ in 0..if twice < ledger.options.repeated_receipts { 2 } else { 1 } {
                    match message.dealer {
                        Dealer::Bizgo => {
                            let body = ledger.report(place, number);
                            bizgo.push(Letter { key: Some(message.key.clone()), body });
                        }
                        Dealer::Solapi => solapi.push(ledger.tell_message(message)),
                    }
                }
            }
            // One without tries waits for its time, or was taken back.
            message.tries.is_empty() || *done < message.tries.len()
        });
        if targets.shuffled {
            bizgo.reverse();
            solapi.reverse();
        }
        let reports = solapi.chunks(REPORT).map(|chunk| Letter { key: None, body: Value::from(chunk.to_vec()) });
        bizgo.into_iter().chain(reports).collect()
    }
}

/// Sends what is due, as long as the emulator lives.
#[expect(clippy::disallowed_methods, reason = "the receipts of a server come by themselves")]
pub(crate) async fn push(shared: Arc<Shared>, targets: Targets) {
    let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let mut told = Told::default();
    loop {
        let due = told.due(&shared.ledger(), &targets);
        for letter in due {
            // Bizgo comes again up to three times, SOLAPI up to five times in all.
            let tries: u32 = if letter.key.is_some() { 4 } else { 5 };
            let mut answered = false;
            for number in 1..=tries {
                if deliver(&client, &shared, &targets, &letter).await {
                    answered = true;
                    break;
                }
                // How long the dealers wait is not documented.
                tokio::time::sleep(TICK * number).await;
            }
            let stats = &mut shared.ledger().stats;
            *(if answered { &mut stats.webhooks } else { &mut stats.webhooks_unanswered }) += 1;
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Sends one webhook, and tells whether it was answered as it wants to be.
async fn deliver(
    client: &Client<HttpConnector, Full<Bytes>>,
    shared: &Shared,
    targets: &Targets,
    letter: &Letter,
) -> bool {
    let mut request = Request::builder().method(Method::POST).header(header::CONTENT_TYPE, "application/json");
    request = match (&letter.key, &targets.bizgo, &targets.solapi) {
        (Some(_), Some((uri, secret)), _) => {
            let stamp = shared.ledger().callers_now().timestamp_millis().to_string();
            let signature = signed(secret, &stamp);
            request.uri(uri).header("X-IB-Timestamp", stamp).header("X-IB-Signature", signature)
        }
        (None, _, Some(uri)) => request.uri(uri),
        _ => return false,
    };
    let Ok(request) = request.body(Full::from(letter.body.to_string())) else { return false };
    let exchange = async {
        let response = client.request(request).await.ok()?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER).collect().await.ok()?.to_bytes();
        Some((status, body))
    };
    match (tokio::time::timeout(PATIENCE, exchange).await, &letter.key) {
        (Ok(Some((status, body))), Some(key)) => {
            let said: Value = serde_json::from_slice(&body).unwrap_or_default();
            status.is_success() && said["msgKey"] == key.as_str()
        }
        (Ok(Some((status, _))), None) => status == StatusCode::OK,
        _ => false,
    }
}

/// HMAC-SHA256 of the time, in hexadecimal.
fn signed(secret: &str, stamp: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(stamp.as_bytes());
    hex(&mac.finalize().into_bytes())
}

//! Signatures of requests.

use std::fmt::{self, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// An API key and its secret. Neither stands in `Debug`.
///
/// A signature holds for 15 minutes around its date, and once: each attempt, and each repeat, needs a salt of its own,
/// of 12 to 64 characters.
#[derive(Clone)]
pub struct Credentials {
    key: SecretString,
    secret: SecretString,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// A key and its secret.
    #[must_use]
    pub fn new(key: impl Into<SecretString>, secret: impl Into<SecretString>) -> Self {
        Self { key: key.into(), secret: secret.into() }
    }

    /// The value of the header `Authorization` for a request made now.
    #[must_use]
    pub fn authorization(&self, now: DateTime<Utc>, salt: &str) -> String {
        let date = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let key = self.key.expose_secret();
        let signature = self.sign(&format!("{date}{salt}"));
        format!("HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}")
    }

    /// Whether both can stand in a header, between its commas.
    pub(crate) fn fit_a_header(&self) -> bool {
        let fits = |secret: &SecretString| {
            let text = secret.expose_secret();
            !text.is_empty() && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b',')
        };
        fits(&self.key) && fits(&self.secret)
    }

    fn sign(&self, text: &str) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.secret.expose_secret().as_bytes()) else {
            return String::new();
        };
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_signature_is_that_of_the_dealer_s_sdk() {
        // Made with the dealer's SDK for Node.js 6.0.1.
        let credentials = Credentials::new("TESTKEY0000000000", "TESTSECRET000000000000000000000000");
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 21, 50, 46).unwrap();
        assert_eq!(
            credentials.authorization(now, "6gou84fDoRD36mORLbUTEwUTlEDsfMMn"),
            "HMAC-SHA256 apiKey=TESTKEY0000000000, date=2026-11-23T21:50:46Z, salt=6gou84fDoRD36mORLbUTEwUTlEDsfMMn, \
             signature=b3498467e7248d02e3907533b84db98169fde261f5c508461c3a69569c78ef9d"
        );
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("TESTKEY") && !shown.contains("TESTSECRET"), "{shown}");
    }
}

//! Signatures: HMAC-SHA256 over the date and a salt, within 15 minutes, and each of them once.

use std::collections::HashMap;

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::solapi::answer::Refusal;

/// How far a date may be off, and for how long a signature is remembered.
const SKEW: TimeDelta = TimeDelta::minutes(15);

/// An API key, and its secret.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

/// The signatures that were used, and by when.
#[derive(Debug, Default)]
pub(crate) struct Used(HashMap<String, DateTime<Utc>>);

impl Used {
    /// Takes a header, or says why not.
    pub(crate) fn check(&mut self, headers: &HeaderMap, account: &Account, now: DateTime<Utc>) -> Result<(), Refusal> {
        let header = headers.get("authorization").and_then(|value| value.to_str().ok());
        let form = "Authorization: HMAC-SHA256 apiKey=…, date=…, salt=…, signature=…";
        let Signed { key, date, salt, signature } =
            header.and_then(read).ok_or_else(|| Refusal::auth("InvalidAPIKey", form))?;
        if key != account.key {
            return Err(Refusal::auth("InvalidAPIKey", "apiKey: no such key"));
        }
        if !(12..=64).contains(&salt.len()) {
            return Err(Refusal::auth("SignatureDoesNotMatch", "salt: 12 to 64 bytes"));
        }
        let at = DateTime::parse_from_rfc3339(date);
        let at = at.map_err(|_| Refusal::auth("RequestTimeTooSkewed", "date: as in ISO 8601, with its zone"))?;
        if now.signed_duration_since(at).abs() > SKEW {
            return Err(Refusal::auth("RequestTimeTooSkewed", "date: more than 15 minutes off"));
        }
        if !account.signed(date, salt, signature) {
            return Err(Refusal::auth("SignatureDoesNotMatch", "signature: not that of the date and the salt"));
        }
        self.0.retain(|_, used| now.signed_duration_since(*used) <= SKEW * 2);
        if self.0.insert(signature.to_owned(), now).is_some() {
            return Err(Refusal::auth("DuplicatedSignature", "signature: it was used before"));
        }
        Ok(())
    }
}

impl Account {
    fn signed(&self, date: &str, salt: &str, signature: &str) -> bool {
        // HMAC takes keys of any length.
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.secret.as_bytes()) else { return false };
        mac.update(date.as_bytes());
        mac.update(salt.as_bytes());
        signature == crate::ledger::hex(&mac.finalize().into_bytes())
    }
}

struct Signed<'a> {
    key: &'a str,
    date: &'a str,
    salt: &'a str,
    signature: &'a str,
}

/// The four parts of a header, each once and in this order.
fn read(header: &str) -> Option<Signed<'_>> {
    let mut parts = header.strip_prefix("HMAC-SHA256 ")?.split(", ");
    let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
    let signed =
        Signed { key: part("apiKey")?, date: part("date")?, salt: part("salt")?, signature: part("signature")? };
    parts.next().is_none().then_some(signed)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    /// Made with the dealer's SDK for Node.js 6.0.1.
    const HEADER: &str = "HMAC-SHA256 apiKey=TESTKEY0000000000, date=2026-11-23T21:50:46Z, \
        salt=6gou84fDoRD36mORLbUTEwUTlEDsfMMn, signature=b3498467e7248d02e3907533b84db98169fde261f5c508461c3a69569c78ef9d";

    fn verdict(header: &str, minute: u32, used: &mut Used) -> Result<(), &'static str> {
        let account =
            Account { key: "TESTKEY0000000000".to_owned(), secret: "TESTSECRET000000000000000000000000".to_owned() };
        let mut headers = HeaderMap::new();
        headers.insert("authorization", header.parse().unwrap());
        let now = Utc.with_ymd_and_hms(2026, 11, 23, 21, minute, 0).unwrap();
        used.check(&headers, &account, now).map_err(|refusal| refusal.code())
    }

    #[test]
    fn a_signature_of_the_sdk_holds_once_and_near_its_date() {
        let mut used = Used::default();
        assert_eq!(verdict(HEADER, 51, &mut used), Ok(()));
        assert_eq!(verdict(HEADER, 52, &mut used), Err("DuplicatedSignature"));
        assert_eq!(verdict(HEADER, 30, &mut Used::default()), Err("RequestTimeTooSkewed"));
    }

    #[test]
    fn what_is_signed_otherwise_is_refused() {
        for (header, code) in [
            (HEADER.replace("TESTKEY", "OTHERKEY"), "InvalidAPIKey"),
            (HEADER.replace("HMAC-SHA256 ", "Bearer "), "InvalidAPIKey"),
            (HEADER.replace("21:50:46", "21:50:47"), "SignatureDoesNotMatch"),
            (HEADER.replace("salt=6gou84fDoRD36mORLbUTEwUTlEDsfMMn", "salt=6gou84fDoRD"), "SignatureDoesNotMatch"),
            (HEADER.replace("signature=b3", "signature=B3"), "SignatureDoesNotMatch"),
            (HEADER.replace("2026-11-23T", "2026-11-23 at "), "RequestTimeTooSkewed"),
        ] {
            assert_eq!(verdict(&header, 51, &mut Used::default()), Err(code), "{header}");
        }
    }
}

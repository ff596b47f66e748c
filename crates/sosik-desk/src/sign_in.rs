use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use sosik_core::Entropy;

use crate::{AccountName, PasswordHash};

/// How signing in is limited. The law asks for limits and leaves the numbers to the city's internal plan (고시 제2026-9호 제5조
/// 제6항).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignInRules {
    /// How often it may fail before the account is locked.
    pub failures: u32,
    /// How long it is locked then.
    pub locked_for: TimeDelta,
    /// How long someone stays signed in without doing anything.
    pub idle: TimeDelta,
    /// How long someone stays signed in at all.
    pub longest: TimeDelta,
}

impl Default for SignInRules {
    /// Five failures and a quarter of an hour; half an hour idle, and a working day of ten hours.
    fn default() -> Self {
        Self {
            failures: 5,
            locked_for: TimeDelta::minutes(15),
            idle: TimeDelta::minutes(30),
            longest: TimeDelta::hours(10),
        }
    }
}

impl SignInRules {
    /// With another number of failures, and another time for which an account is locked then.
    #[must_use]
    pub fn locking(mut self, failures: u32, locked_for: TimeDelta) -> Self {
        (self.failures, self.locked_for) = (failures, locked_for);
        self
    }

    /// With other times for which someone stays signed in: idle, and at all.
    #[must_use]
    pub fn staying(mut self, idle: TimeDelta, longest: TimeDelta) -> Self {
        (self.idle, self.longest) = (idle, longest);
        self
    }
}

/// What a browser shows that someone has signed in: 256 random bits. `Debug` does not show it, and a store keeps its
/// [key](Self::key) only.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// A new one.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(hex(&bytes).into())
    }

    /// One that a browser sent; `None` where it has another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| Self(text.to_owned().into()))
    }

    /// The token itself, for a cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Under which key the sign-in is kept: whoever reads a store cannot sign in with it.
    #[must_use]
    pub fn key(&self) -> SignInKey {
        SignInKey(Sha256::digest(self.expose().as_bytes()).into())
    }

    /// What every form of this sign-in carries, so that no other site can send it: it says nothing of the token.
    #[must_use]
    pub fn form_key(&self) -> String {
        hex(&Sha256::new().chain_update(b"form:").chain_update(self.expose().as_bytes()).finalize())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The key under which a sign-in is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignInKey([u8; 32]);

impl SignInKey {
    /// One that was kept.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Someone who has signed in, as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignIn {
    /// Under which key.
    pub key: SignInKey,
    /// Who.
    pub account: AccountName,
    /// With which password: the SHA-256 of what it was checked against. Where the account has another since, it holds no more.
    pub credential: [u8; 32],
    /// When.
    pub since: DateTime<Utc>,
    /// When they last did something.
    pub seen: DateTime<Utc>,
}

impl SignIn {
    /// A sign-in of now.
    #[must_use]
    pub fn new(key: SignInKey, account: AccountName, password: &PasswordHash, now: DateTime<Utc>) -> Self {
        Self { key, account, credential: password.credential(), since: now, seen: now }
    }

    /// Whether it still holds.
    #[must_use]
    pub fn holds(&self, rules: &SignInRules, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(self.seen) < rules.idle && now.signed_duration_since(self.since) < rules.longest
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|n| char::from_digit(n.into(), 16).unwrap_or('0')).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use sosik_core::SeededEntropy;

    use super::*;

    #[test]
    fn a_token_is_read_again_and_tells_nothing_of_itself() {
        let token = Token::generate(&SeededEntropy::new(1));
        let again = Token::parse(token.expose()).unwrap();
        assert_eq!((again.key(), again.form_key()), (token.key(), token.form_key()));
        assert_ne!(token.form_key(), hex(token.key().as_bytes()));
        assert_eq!(format!("{token:?}"), "Token(…)");
        let upper = token.expose().to_uppercase();
        for other in ["", "abc", &token.expose()[1..], &upper, &"g".repeat(64)] {
            assert!(Token::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_sign_in_ends_by_idleness_or_by_the_day() {
        let now = Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap();
        let rules = SignInRules::default();
        let account = AccountName::parse("staff-1").unwrap();
        let mut one =
            SignIn::new(Token::generate(&SeededEntropy::new(1)).key(), account, &PasswordHash::unusable(), now);
        assert!(one.holds(&rules, now + TimeDelta::minutes(29)) && !one.holds(&rules, now + TimeDelta::minutes(30)));
        one.seen = now + TimeDelta::minutes(10 * 60 - 1);
        assert!(one.holds(&rules, one.seen) && !one.holds(&rules, now + TimeDelta::hours(10)));
    }
}

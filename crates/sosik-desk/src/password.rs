use std::fmt;

use argon2::password_hash::phc;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use sosik_core::Entropy;

/// The fewest characters of a password that someone chooses. The law leaves the number to the city (고시 제2026-9호 제5조);
/// 10 is what its guides have asked for where two kinds of characters are used, and a sentence passes it easily.
pub const LEAST: usize = 10;
/// The most, in bytes: a longer one is no password.
pub const MOST: usize = 256;

/// What a password is checked against: Argon2id in the PHC string format, one way only (고시 제2026-9호 제7조 제1항).
/// `Debug` does not show it.
///
/// Hashing takes 19 MiB and some hundredths of a second on purpose: do it where waiting does no harm, such as
/// `tokio::task::spawn_blocking`.
///
/// ```
/// use sosik_core::SystemEntropy;
/// use sosik_desk::PasswordHash;
///
/// let hash = PasswordHash::of(&"가로등 아래 파란 우산".into(), &SystemEntropy::new())?;
/// assert!(hash.is_of(&"가로등 아래 파란 우산".into()));
/// assert!(!hash.is_of(&"가로등 아래 빨간 우산".into()));
/// # Ok::<(), sosik_desk::PasswordError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash of a password that someone chose.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it is too short or too long.
    pub fn of(password: &SecretString, entropy: &dyn Entropy) -> Result<Self, PasswordError> {
        fits(password)?;
        let text = password.expose_secret();
        let mut salt = [0; 16];
        entropy.fill(&mut salt);
        let hash = Argon2::default().hash_password_with_salt(text.as_bytes(), &salt);
        hash.map(|hash| Self(hash.to_string())).map_err(|_| PasswordError::Unhashed)
    }

    /// One that was kept. It is not checked: of what is no hash nothing is the password.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The hash of no password: nobody signs in with it.
    #[must_use]
    pub fn unusable() -> Self {
        Self("!".to_owned())
    }

    /// Whether a password can be chosen in the place of another, before anything is hashed.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it is too short, too long, or the same.
    pub fn may_follow(old: &SecretString, new: &SecretString) -> Result<(), PasswordError> {
        if old.expose_secret() == new.expose_secret() {
            return Err(PasswordError::Same);
        }
        fits(new)
    }

    /// By what a sign-in knows which password it was made with.
    #[must_use]
    pub fn credential(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// As it is kept.
    #[must_use]
    pub fn as_stored(&self) -> &str {
        &self.0
    }

    /// Whether it is of a password. It takes as long whether it is or not.
    #[must_use]
    pub fn is_of(&self, password: &SecretString) -> bool {
        let text = password.expose_secret();
        // What is longer was never chosen, and need not be hashed.
        let Ok(hash) = phc::PasswordHash::new(&self.0) else { return false };
        text.len() <= MOST && Argon2::default().verify_password(text.as_bytes(), &hash).is_ok()
    }
}

fn fits(password: &SecretString) -> Result<(), PasswordError> {
    let text = password.expose_secret();
    if text.chars().count() < LEAST {
        return Err(PasswordError::Short);
    }
    if text.len() > MOST { Err(PasswordError::Long) } else { Ok(()) }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A password that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// It is longer than [`MOST`] bytes.
    #[error("the password is too long: write at most {MOST} bytes")]
    Long,
    /// It is the one that has to be changed.
    #[error("the password is the one that has to be changed: choose another")]
    Same,
    /// It is shorter than [`LEAST`] characters.
    #[error("the password is too short: write at least {LEAST} characters")]
    Short,
    /// It could not be hashed.
    #[error("the password could not be hashed")]
    Unhashed,
}

/// A password that is given once and has to be changed: 20 letters and digits that are not mistaken for one another (about 98
/// bits), in groups of five.
pub(crate) fn one_time(entropy: &dyn Entropy) -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789#";
    // The last letter stands for nothing: bytes that give it are drawn again, so that each is as likely.
    let mut text = String::new();
    while text.len() < 23 {
        if matches!(text.len(), 5 | 11 | 17) {
            text.push('-');
        }
        let mut byte = [0];
        entropy.fill(&mut byte);
        match LETTERS[usize::from(byte[0] % 32)] {
            b'#' => {}
            letter => text.push(char::from(letter)),
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use sosik_core::SeededEntropy;

    use super::*;

    #[test]
    fn a_hash_is_of_its_password_alone_and_of_its_kind() {
        let entropy = SeededEntropy::new(1);
        let password: SecretString = "correct horse".into();
        let hash = PasswordHash::of(&password, &entropy).unwrap();
        assert!(hash.as_stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_stored());
        assert!(hash.is_of(&password) && !hash.is_of(&"correct hors".into()));
        assert_ne!(hash, PasswordHash::of(&password, &entropy).unwrap(), "another salt");
        assert!(!PasswordHash::from_stored("correct horse").is_of(&password), "a text is no hash");
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[test]
    fn what_is_too_short_or_too_long_is_refused() {
        let entropy = SeededEntropy::new(1);
        assert_eq!(PasswordHash::of(&"아홉글자입니다요오".into(), &entropy), Err(PasswordError::Short));
        assert!(PasswordHash::of(&"열글자입니다요오오오".into(), &entropy).is_ok());
        assert_eq!(PasswordHash::of(&"a".repeat(257).into(), &entropy), Err(PasswordError::Long));
    }

    #[test]
    fn what_is_given_once_is_long_and_never_the_same() {
        let entropy = SeededEntropy::new(3);
        let (one, two) = (one_time(&entropy), one_time(&entropy));
        let one = one.expose_secret();
        assert_ne!(one, two.expose_secret());
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [5, 5, 5, 5]);
        assert!(!one.contains(['#', 'i', 'l', 'o', '0', '1']), "{one}");
    }
}

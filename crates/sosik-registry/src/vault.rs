use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use sosik_core::{Entropy, PhoneNumber};
use zeroize::Zeroizing;

/// A key of 256 bits. It never shows itself, and is wiped when dropped.
///
/// ```
/// use sosik_registry::SecretKey;
///
/// let key = SecretKey::from_hex(&"0f".repeat(32))?;
/// assert_eq!(format!("{key:?}"), "SecretKey(…)");
/// assert!(SecretKey::from_hex("0f").is_err());
/// # Ok::<(), sosik_registry::SecretKeyError>(())
/// ```
#[derive(Clone)]
pub struct SecretKey(Arc<SecretBox<[u8; 32]>>);

impl SecretKey {
    /// A key from 64 hexadecimal digits, as a key file or an environment variable holds it.
    ///
    /// # Errors
    ///
    /// [`SecretKeyError`] when there are not 64 of them. The text is not repeated.
    pub fn from_hex(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(SecretKeyError { characters: text.chars().count() });
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap_or_default();
        }
        Ok(Self(Arc::new(SecretBox::new(Box::new(*bytes)))))
    }

    /// A new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        Self(Arc::new(SecretBox::new(Box::new(*bytes))))
    }

    /// The key as 64 hexadecimal digits, to be kept in a key file. The caller answers for where they go.
    #[must_use]
    pub fn expose_hex(&self) -> Zeroizing<String> {
        use std::fmt::Write as _;
        Zeroizing::new(self.0.expose_secret().iter().fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }))
    }

    fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(self.0.expose_secret(), label.as_bytes()))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// The text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 64 hexadecimal digits, this text has {characters} characters or others than those")]
pub struct SecretKeyError {
    characters: usize,
}

/// Seals phone numbers, and finds them again by a keyed hash.
///
/// Numbers are sealed with XChaCha20-Poly1305 under a fresh nonce each, bound to the row they stand in; they are found
/// by HMAC-SHA256 under a key of its own. Both keys are derived from one [`SecretKey`], which is never stored.
///
/// ```
/// use std::sync::Arc;
/// use sosik_core::{PhoneNumber, SeededEntropy};
/// use sosik_registry::{SecretKey, Vault};
///
/// let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32))?, Arc::new(SeededEntropy::new(1)));
/// let phone = PhoneNumber::parse("010-0000-0001")?;
/// let sealed = vault.seal(&phone, b"row 1");
/// assert_eq!(vault.open(&sealed, b"row 1")?, phone);
/// assert!(vault.open(&sealed, b"row 2").is_err()); // moved to another row
/// assert_eq!(vault.index(&phone), vault.index(&phone));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    index_key: Zeroizing<[u8; 32]>,
    ledger_key: Zeroizing<[u8; 32]>,
    fingerprint: [u8; 8],
    entropy: Arc<dyn Entropy>,
}

impl Vault {
    const NONCE: usize = 24;

    /// A vault under a key; nonces come from `entropy`.
    #[must_use]
    pub fn new(key: &SecretKey, entropy: Arc<dyn Entropy>) -> Self {
        let seal_key = key.derive("sosik vault: seal");
        let mut fingerprint = [0; 8];
        fingerprint.copy_from_slice(&key.derive("sosik vault: fingerprint")[..8]);
        Self {
            cipher: XChaCha20Poly1305::new((&*seal_key).into()),
            index_key: key.derive("sosik vault: index"),
            ledger_key: key.derive("sosik vault: ledger"),
            fingerprint,
            entropy,
        }
    }

    /// A number that tells one key from another and nothing about either: a store keeps it to refuse a wrong key.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 8] {
        self.fingerprint
    }

    /// A number sealed for the row named by `row`.
    #[must_use]
    pub fn seal(&self, phone: &PhoneNumber, row: &[u8]) -> Vec<u8> {
        let mut nonce = [0; Self::NONCE];
        self.entropy.fill(&mut nonce);
        let payload = Payload { msg: phone.expose().as_bytes(), aad: row };
        let mut sealed = nonce.to_vec();
        // A dozen bytes are far below the cipher's limit, the only way in which sealing fails.
        sealed.extend(self.cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default());
        sealed
    }

    /// The number sealed for the row named by `row`.
    ///
    /// # Errors
    ///
    /// [`VaultError`] when it was sealed under another key or for another row, or was changed.
    pub fn open(&self, sealed: &[u8], row: &[u8]) -> Result<PhoneNumber, VaultError> {
        let (nonce, text) = sealed.split_at_checked(Self::NONCE).ok_or(VaultError)?;
        let nonce: [u8; Self::NONCE] = nonce.try_into().map_err(|_| VaultError)?;
        let payload = Payload { msg: text, aad: row };
        let plain = Zeroizing::new(self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError)?);
        let digits = std::str::from_utf8(&plain).map_err(|_| VaultError)?;
        PhoneNumber::parse(digits).map_err(|_| VaultError)
    }

    /// A keyed hash of fields of the ledger, each with its length before it, so that none passes for a part of another.
    pub(crate) fn ledger_mac(&self, fields: &[&[u8]]) -> [u8; 32] {
        let mut text = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
        for field in fields {
            text.extend((field.len() as u64).to_be_bytes());
            text.extend_from_slice(field);
        }
        mac(&self.ledger_key, &text)
    }

    /// The keyed hash by which a number is found.
    #[must_use]
    pub fn index(&self, phone: &PhoneNumber) -> [u8; 32] {
        mac(&self.index_key, phone.expose().as_bytes())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// A sealed number cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed phone number cannot be opened: another key, another row, or changed data")]
#[non_exhaustive]
pub struct VaultError;

fn mac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so that this cannot fail.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use sosik_core::SeededEntropy;

    use super::*;

    fn vault(byte: &str) -> Vault {
        Vault::new(&SecretKey::from_hex(&byte.repeat(32)).unwrap(), Arc::new(SeededEntropy::new(3)))
    }

    #[test]
    fn another_key_opens_nothing_and_finds_nothing() {
        let phone = PhoneNumber::parse("010-0000-0001").unwrap();
        let (one, two) = (vault("01"), vault("02"));
        let sealed = one.seal(&phone, b"row");
        assert_eq!(two.open(&sealed, b"row"), Err(VaultError));
        assert_ne!(one.index(&phone), two.index(&phone));
        assert_ne!(one.fingerprint(), two.fingerprint());
    }

    #[test]
    fn the_same_number_is_sealed_differently_each_time_and_a_changed_byte_shows() {
        let phone = PhoneNumber::parse("010-0000-0001").unwrap();
        let vault = vault("01");
        let (a, mut b) = (vault.seal(&phone, b"row"), vault.seal(&phone, b"row"));
        assert_ne!(a, b);
        *b.last_mut().unwrap() ^= 1;
        assert_eq!(vault.open(&b, b"row"), Err(VaultError));
        assert_eq!(vault.open(&a[..10], b"row"), Err(VaultError));
    }

    #[test]
    fn a_key_comes_back_from_its_hexadecimal_form() {
        let key = SecretKey::generate(&SeededEntropy::new(5));
        let again = SecretKey::from_hex(&key.expose_hex()).unwrap();
        assert_eq!(*again.expose_hex(), *key.expose_hex());
    }
}

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use sosik_core::{Entropy, PhoneNumber};
use zeroize::Zeroizing;

use crate::Identity;

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
        Zeroizing::new(mac(&keyed(self.0.expose_secret()), &[label.as_bytes()]))
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

/// Seals what identifies people, and finds it again by a keyed hash.
///
/// Identities are sealed with XChaCha20-Poly1305 under a fresh nonce each, bound to the row they stand in; they are found
/// by HMAC-SHA256 under a key of its own, of which 16 bytes are kept. All keys are derived from one [`SecretKey`], which is
/// never stored.
///
/// To change the key, give the new one and let the vault [also open](Self::also_opening) what was sealed under the old:
/// stores seal anew what is sealed under it ([`reseal`](crate::SubscriberStore::reseal)), and when they have nothing left
/// of it the old key can be destroyed, which makes every backup from before unreadable. What is still needed of it, to check
/// entries of the ledger that were linked under it and to know an id that was unlinked then, stores keep
/// [sealed under the new one](Self::retired); no identity can be opened with that.
///
/// ```
/// use std::sync::Arc;
/// use sosik_core::{PhoneNumber, SeededEntropy};
/// use sosik_registry::{Identity, SecretKey, Vault};
///
/// let vault = Vault::new(&SecretKey::from_hex(&"0f".repeat(32))?, Arc::new(SeededEntropy::new(1)));
/// let phone = Identity::from(PhoneNumber::parse("010-0000-0001")?);
/// let sealed = vault.seal(&phone, b"row 1");
/// assert_eq!(vault.open(&sealed, b"row 1")?, phone);
/// assert!(vault.open(&sealed, b"row 2").is_err()); // moved to another row
/// assert_eq!(vault.index(&phone), vault.index(&phone));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Vault {
    /// The keys: with the first is sealed, with every one opened.
    keys: Arc<Vec<Keys>>,
    entropy: Arc<dyn Entropy>,
}

/// What is derived from one key.
struct Keys {
    /// None of a key that is retired: it opens nothing.
    cipher: Option<XChaCha20Poly1305>,
    index_key: Zeroizing<[u8; 32]>,
    ledger_key: Zeroizing<[u8; 32]>,
    index: Hmac<Sha256>,
    ledger: Hmac<Sha256>,
    fingerprint: [u8; 8],
}

impl Keys {
    fn new(key: &SecretKey) -> Self {
        let mut fingerprint = [0; 8];
        fingerprint.copy_from_slice(&key.derive("sosik vault: fingerprint")[..8]);
        let cipher = XChaCha20Poly1305::new((&*key.derive("sosik vault: seal")).into());
        let (index, ledger) = (key.derive("sosik vault: index"), key.derive("sosik vault: ledger"));
        Self::of(Some(cipher), index, ledger, fingerprint)
    }

    fn of(
        cipher: Option<XChaCha20Poly1305>,
        index_key: Zeroizing<[u8; 32]>,
        ledger_key: Zeroizing<[u8; 32]>,
        fingerprint: [u8; 8],
    ) -> Self {
        let (index, ledger) = (keyed(&index_key), keyed(&ledger_key));
        Self { cipher, index_key, ledger_key, index, ledger, fingerprint }
    }

    fn id(&self) -> KeyId {
        let [a, b, c, d, ..] = self.fingerprint;
        KeyId([a, b, c, d])
    }

    fn index(&self, identity: &Identity) -> Lookup {
        // A number as it is, which is most of them and the form of before; anything else with its kind.
        let hash = match identity {
            Identity::Phone(phone) => mac(&self.index, &[phone.expose().as_bytes()]),
            other => mac(&self.index, &[other.expose().as_bytes()]),
        };
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    }

    fn open(&self, nonce: &[u8; Vault::NONCE], text: &[u8], row: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: text, aad: row };
        self.cipher.as_ref()?.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }
}

/// The name of a key: four bytes that tell one from another and nothing about either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The name of a key as a store keeps it.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

/// A keyed hash by which an identity is found: 16 bytes, so that among a hundred million people two share one with a
/// probability of less than one in 10^22.
pub type Lookup = [u8; 16];

impl Vault {
    const NONCE: usize = 24;

    /// What retired keys are sealed for.
    const RETIRED: &'static [u8] = b"sosik vault: retired keys";

    /// A vault under a key; nonces come from `entropy`.
    #[must_use]
    pub fn new(key: &SecretKey, entropy: Arc<dyn Entropy>) -> Self {
        Self { keys: Arc::new(vec![Keys::new(key)]), entropy }
    }

    /// The vault that also opens and finds what was sealed under a key of before.
    #[must_use]
    pub fn also_opening(self, older: &SecretKey) -> Self {
        let mut keys: Vec<Keys> = self.keys.iter().map(Keys::copy).collect();
        keys.push(Keys::new(older));
        Self { keys: Arc::new(keys), entropy: self.entropy }
    }

    /// A number that tells one key from another and nothing about either: a store keeps it to refuse a wrong key.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 8] {
        self.keys[0].fingerprint
    }

    /// Whether one of its keys has this [fingerprint](Self::fingerprint).
    #[must_use]
    pub fn knows(&self, fingerprint: &[u8]) -> bool {
        self.keys.iter().any(|keys| keys.cipher.is_some() && keys.fingerprint == fingerprint)
    }

    /// The vault as it seals with the key of this fingerprint, which it knows; `None` where it does not. A store seals with
    /// the key that it says, whichever of those that it is given is the first.
    #[must_use]
    pub fn led_by(&self, fingerprint: &[u8]) -> Option<Self> {
        if self.keys[0].fingerprint == fingerprint {
            return Some(self.clone());
        }
        let mut keys: Vec<Keys> = self.keys.iter().map(Keys::copy).collect();
        let at = keys.iter().position(|keys| keys.cipher.is_some() && keys.fingerprint == fingerprint)?;
        keys.swap(0, at);
        Some(Self { keys: Arc::new(keys), entropy: Arc::clone(&self.entropy) })
    }

    /// What is needed of every key but the first when they are gone, sealed under the first: with it entries of the ledger
    /// are checked and hashes made, and nothing is opened.
    #[must_use]
    pub fn retired(&self) -> Vec<u8> {
        let mut text = Zeroizing::new(Vec::new());
        for Keys { index_key, ledger_key, fingerprint, .. } in &self.keys[1..] {
            for part in [&fingerprint[..], &index_key[..], &ledger_key[..]] {
                text.extend_from_slice(part);
            }
        }
        self.seal_bytes(self.nonces(1).first().copied().unwrap_or_default(), &text, Self::RETIRED)
    }

    /// The vault with what another noted of its [retired](Self::retired) keys.
    ///
    /// # Errors
    ///
    /// [`VaultError`] when it was sealed under another key, or was changed.
    pub fn with_retired(self, sealed: &[u8]) -> Result<Self, VaultError> {
        let text = self.open_bytes(sealed, Self::RETIRED)?;
        let (parts, rest) = text.as_chunks::<72>();
        if !rest.is_empty() {
            return Err(VaultError);
        }
        let mut keys: Vec<Keys> = self.keys.iter().map(Keys::copy).collect();
        for part in parts {
            let (mut fingerprint, mut index, mut ledger) = ([0; 8], Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
            fingerprint.copy_from_slice(&part[..8]);
            index.copy_from_slice(&part[8..40]);
            ledger.copy_from_slice(&part[40..]);
            if !keys.iter().any(|keys| keys.fingerprint == fingerprint) {
                keys.push(Keys::of(None, index, ledger, fingerprint));
            }
        }
        Ok(Self { keys: Arc::new(keys), entropy: self.entropy })
    }

    /// The name of the key with which it seals.
    #[must_use]
    pub fn current(&self) -> KeyId {
        self.keys[0].id()
    }

    /// The name of the key under which something is sealed.
    #[must_use]
    pub fn key_of(sealed: &[u8]) -> Option<KeyId> {
        sealed.first_chunk::<4>().map(|id| KeyId(*id))
    }

    /// Nonces for so many seals, drawn at once.
    #[must_use]
    pub fn nonces(&self, count: usize) -> Vec<[u8; 24]> {
        let mut nonces = vec![[0; Self::NONCE]; count];
        self.entropy.fill(nonces.as_flattened_mut());
        nonces
    }

    /// An identity sealed for the row named by `row`.
    #[must_use]
    pub fn seal(&self, identity: &Identity, row: &[u8]) -> Vec<u8> {
        let mut nonce = [0; Self::NONCE];
        self.entropy.fill(&mut nonce);
        self.seal_with(nonce, identity, row)
    }

    /// As [`seal`](Self::seal), with a nonce of [`nonces`](Self::nonces). Each may be used once.
    #[must_use]
    pub fn seal_with(&self, nonce: [u8; 24], identity: &Identity, row: &[u8]) -> Vec<u8> {
        let text = Zeroizing::new(identity.expose());
        self.seal_bytes(nonce, text.as_bytes(), row)
    }

    fn seal_bytes(&self, nonce: [u8; 24], text: &[u8], row: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: text, aad: row };
        let keys = &self.keys[0];
        // A few dozen bytes are far below the cipher's limit, the only way in which sealing fails; and the first key is
        // never a retired one.
        let sealed = keys.cipher.as_ref().and_then(|cipher| cipher.encrypt(&XNonce::from(nonce), payload).ok());
        [&keys.id().0[..], &nonce, &sealed.unwrap_or_default()].concat()
    }

    fn open_bytes(&self, sealed: &[u8], row: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (id, rest) = sealed.split_first_chunk::<4>().ok_or(VaultError)?;
        let (nonce, text) = rest.split_first_chunk::<{ Self::NONCE }>().ok_or(VaultError)?;
        let mut keys = self.keys.iter().filter(|keys| keys.id().0 == *id);
        keys.find_map(|keys| keys.open(nonce, text, row)).ok_or(VaultError)
    }

    /// The identity sealed for the row named by `row`.
    ///
    /// # Errors
    ///
    /// [`VaultError`] when it was sealed under another key or for another row, or was changed.
    pub fn open(&self, sealed: &[u8], row: &[u8]) -> Result<Identity, VaultError> {
        let plain = self.open_bytes(sealed, row)?;
        let text = std::str::from_utf8(&plain).map_err(|_| VaultError)?;
        Identity::from_exposed(text).ok_or(VaultError)
    }

    /// A number sealed in the first form, which stores of before have.
    ///
    /// # Errors
    ///
    /// [`VaultError`] as for [`open`](Self::open).
    pub fn open_first_form(&self, sealed: &[u8], row: &[u8]) -> Result<Identity, VaultError> {
        let (nonce, text) = sealed.split_first_chunk::<{ Self::NONCE }>().ok_or(VaultError)?;
        let plain = self.keys.iter().find_map(|keys| keys.open(nonce, text, row)).ok_or(VaultError)?;
        let digits = std::str::from_utf8(&plain).map_err(|_| VaultError)?;
        PhoneNumber::parse(digits).map(Identity::Phone).map_err(|_| VaultError)
    }

    /// The keyed hash by which an identity is found.
    #[must_use]
    pub fn index(&self, identity: &Identity) -> Lookup {
        self.keys[0].index(identity)
    }

    /// The hashes under keys of before, by which one is found that was not sealed anew yet.
    pub fn older_indexes(&self, identity: &Identity) -> impl Iterator<Item = Lookup> {
        self.keys[1..].iter().map(|keys| keys.index(identity))
    }

    /// A keyed hash of fields of the ledger, each with its length before it, so that none passes for a part of another;
    /// `None` where there is no such key.
    pub(crate) fn ledger_mac(&self, key: KeyId, fields: &[&[u8]]) -> Option<[u8; 32]> {
        let keys = self.keys.iter().find(|keys| keys.id() == key)?;
        let mut text = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
        for field in fields {
            text.extend((field.len() as u64).to_be_bytes());
            text.extend_from_slice(field);
        }
        Some(mac(&keys.ledger, &[&text]))
    }
}

impl Keys {
    fn copy(&self) -> Self {
        let Self { cipher, index_key, ledger_key, fingerprint, .. } = self;
        Self::of(cipher.clone(), index_key.clone(), ledger_key.clone(), *fingerprint)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// What is sealed cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed cannot be opened: another key, another row, or changed data")]
#[non_exhaustive]
pub struct VaultError;

/// The hash under a key, ready to be given its text: setting it up costs as much as hashing a short one.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    <Hmac<Sha256> as KeyInit>::new((&*block).into())
}

fn mac(keyed: &Hmac<Sha256>, text: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed.clone();
    for text in text {
        mac.update(text);
    }
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
        let phone = Identity::from(PhoneNumber::parse("010-0000-0001").unwrap());
        let (one, two) = (vault("01"), vault("02"));
        let sealed = one.seal(&phone, b"row");
        assert_eq!(two.open(&sealed, b"row"), Err(VaultError));
        assert_ne!(one.index(&phone), two.index(&phone));
        assert_ne!(one.fingerprint(), two.fingerprint());
    }

    #[test]
    fn the_same_number_is_sealed_differently_each_time_and_a_changed_byte_shows() {
        let phone = Identity::from(PhoneNumber::parse("010-0000-0001").unwrap());
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
    #[test]
    fn a_changed_key_opens_and_finds_what_was_sealed_before() {
        let phone = Identity::from(PhoneNumber::parse("010-0000-0001").unwrap());
        let key = |byte: &str| SecretKey::from_hex(&byte.repeat(32)).unwrap();
        let (old, new) = (key("01"), key("02"));
        let before = Vault::new(&old, Arc::new(SeededEntropy::new(3)));
        let sealed = before.seal(&phone, b"row");
        let after = Vault::new(&new, Arc::new(SeededEntropy::new(4))).also_opening(&old);
        assert_eq!(after.open(&sealed, b"row"), Ok(phone.clone()));
        assert_eq!(Vault::key_of(&sealed), Some(before.current()));
        assert_eq!(after.older_indexes(&phone).collect::<Vec<_>>(), [before.index(&phone)]);
        let anew = after.seal(&phone, b"row");
        assert_eq!(Vault::key_of(&anew), Some(after.current()));
        assert_eq!(before.open(&anew, b"row"), Err(VaultError));
        assert!(after.knows(&before.fingerprint()) && !before.knows(&after.fingerprint()));
    }
    #[test]
    fn of_a_key_that_is_gone_what_was_linked_and_hashed_is_known_and_nothing_opened() {
        let key = |byte: &str| SecretKey::from_hex(&byte.repeat(32)).unwrap();
        let phone = Identity::from(PhoneNumber::parse("010-0000-0001").unwrap());
        let before = vault("01");
        let sealed = before.seal(&phone, b"row");
        let noted = vault("02").also_opening(&key("01")).retired();
        let after = vault("02").with_retired(&noted).unwrap();
        assert_eq!(after.open(&sealed, b"row"), Err(VaultError));
        assert_eq!(after.older_indexes(&phone).collect::<Vec<_>>(), [before.index(&phone)]);
        assert_eq!(after.ledger_mac(before.current(), &[b"a"]), before.ledger_mac(before.current(), &[b"a"]));
        assert!(!after.knows(&before.fingerprint()) && after.led_by(&before.fingerprint()).is_none());
        assert!(vault("03").with_retired(&noted).is_err());
        // And of the one before that, when it is changed again.
        let third = vault("03").also_opening(&key("02")).with_retired(&noted).unwrap().retired();
        let third = vault("03").with_retired(&third).unwrap();
        assert_eq!(third.older_indexes(&phone).count(), 2);
        let both = vault("02").also_opening(&key("01"));
        assert_eq!(both.led_by(&before.fingerprint()).unwrap().current(), before.current());
    }
}

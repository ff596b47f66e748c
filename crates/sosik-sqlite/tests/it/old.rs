//! Files as earlier releases made them.

use std::path::Path;

use rusqlite::Connection;
use sosik_core::PhoneNumber;
use sosik_testkit::{noon, phone};

use crate::vault;

/// How the first release sealed a number: under the key's own cipher, without its name before it.
fn sealed_in_the_first_form(phone: &PhoneNumber, id: &[u8]) -> Vec<u8> {
    use chacha20poly1305::aead::{Aead, Payload};
    use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
    let key = hmac_of(&[0x0f; 32], b"sosik vault: seal");
    let payload = Payload { msg: phone.expose().as_bytes(), aad: id };
    let sealed = XChaCha20Poly1305::new((&key).into()).encrypt(&XNonce::from([7; 24]), payload).unwrap();
    [&[7; 24][..], &sealed].concat()
}

fn hmac_of(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    use hmac::{KeyInit, Mac};
    let mut mac = <hmac::Hmac<sha2::Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// A link of the second release: each field with its length before it.
fn link_of_the_second_form(fields: &[&[u8]]) -> [u8; 32] {
    let text: Vec<u8> =
        fields.iter().flat_map(|field| [&(field.len() as u64).to_be_bytes()[..], field].concat()).collect();
    hmac_of(&hmac_of(&[0x0f; 32], b"sosik vault: ledger"), &text)
}

/// A file of the first release, or of the second, with so many people of whom each said one thing.
pub(crate) fn old_file(path: &Path, is_linked: bool, people: u32) -> Connection {
    let direct = Connection::open(path).unwrap();
    direct.execute_batch(include_str!("../../migrations/0001_initial.sql")).unwrap();
    direct.pragma_update(None, "application_id", 0x736f_736b).unwrap();
    let fingerprint = vault().fingerprint();
    direct.execute("INSERT INTO meta VALUES ('key-fingerprint', ?1)", [&fingerprint[..]]).unwrap();
    direct.execute_batch("BEGIN").unwrap();
    let (mut head, mut said_by) = ([0; 32], Vec::new());
    for n in 1..=people {
        let topics = ["[]", r#"["문화","복지"]"#, r#"["문화"]"#][usize::try_from(n).unwrap() % 3 * 2 % 3];
        let id = uuid::Uuid::from_u128(n.into()).into_bytes();
        let index = hmac_of(&hmac_of(&[0x0f; 32], b"sosik vault: index"), phone(n).expose().as_bytes());
        let sealed = sealed_in_the_first_form(&phone(n), &id);
        let at = noon().timestamp_micros();
        let values = rusqlite::params![&id[..], &index[..], sealed, "4163053000", topics, n == 1, at];
        direct.execute("INSERT INTO subscribers VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7)", values).unwrap();
        let at = at - i64::from(n);
        let said = "INSERT INTO consents (subscriber, purpose, granted, at, evidence) VALUES (?1, 'advertising', 1, ?2, '서면')";
        direct.execute(said, rusqlite::params![&id[..], at]).unwrap();
        let (at, evidence) = (at.to_be_bytes(), "서면".as_bytes());
        head = link_of_the_second_form(&[b"entry", &head, &id, b"advertising", &[1], &at, evidence]);
        said_by.push(head);
    }
    direct.execute_batch("COMMIT").unwrap();
    direct.pragma_update(None, "user_version", 1).unwrap();
    if is_linked {
        direct.execute_batch(include_str!("../../migrations/0002_registry.sql")).unwrap();
        for (seq, link) in (1..).zip(said_by) {
            direct.execute("UPDATE consents SET link = ?2 WHERE seq = ?1", rusqlite::params![seq, &link[..]]).unwrap();
        }
        let entries = u64::from(people).to_be_bytes();
        let end = [&entries[..], &link_of_the_second_form(&[b"end", &entries, &head])].concat();
        direct.execute("INSERT INTO meta VALUES ('ledger-end', ?1)", [end]).unwrap();
        direct.execute_batch(include_str!("../../migrations/0002_registry_after.sql")).unwrap();
        direct.pragma_update(None, "user_version", 2).unwrap();
    }
    direct
}

//! Conversations as they lie on disk.

use std::sync::Arc;

use chrono::TimeDelta;
use sosik_chat::{ChatStore, NewTicket, Session, TicketChange, TicketState};
use sosik_core::{ChannelId, SeededEntropy, SystemEntropy};
use sosik_registry::{Identity, Vault};
use sosik_sqlite::SqliteStore;
use sosik_testkit::noon;

use crate::key;

fn channel() -> ChannelId {
    ChannelId::parse("city").unwrap()
}

fn who(n: u32) -> Identity {
    Identity::ChannelUser { channel: channel(), key: format!("secret-key-{n}") }
}

fn question(n: u32) -> NewTicket {
    NewTicket::new(who(n), channel(), &format!("가로등 이야기 {n}"), noon() + TimeDelta::days(7))
}

#[tokio::test]
async fn no_one_is_named_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let open = |vault: Vault| SqliteStore::open(&path, vault, Arc::new(SystemEntropy::new())).unwrap();
    let vault = |byte: &str| Vault::new(&key(byte), Arc::new(SeededEntropy::new(9)));
    let old = open(vault("0f"));
    for n in 1..=9 {
        old.open(question(n), 2026, noon()).await.unwrap();
    }
    old.keep(&who(1), &channel(), &Session::default(), noon() + TimeDelta::minutes(30), noon()).await.unwrap();
    assert!(old.close());
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(10).any(|part| part == b"secret-key"), "no one is named in the file");
}

#[tokio::test]
async fn what_was_forgotten_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let store = crate::open(&path).unwrap();
    store.open(question(1), 2026, noon()).await.unwrap();
    let kept = "이야기 1".as_bytes();
    let is_there = || {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(kept.len()).any(|part| part == kept))
    };
    assert!(is_there());
    store.forget(&who(1)).await.unwrap();
    assert!(!is_there(), "neither in the file nor in its log");
    let left = store.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!((left.len(), left[0].who.clone()), (1, None));
}

#[tokio::test]
async fn answers_of_a_file_of_before_are_told_still() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sosik.db");
    let open = || {
        let vault = Vault::new(&key("0f"), Arc::new(SeededEntropy::new(9)));
        SqliteStore::open(&path, vault, Arc::new(SystemEntropy::new())).unwrap()
    };
    let store = open();
    let answer = TicketChange::Answer { staff: "clerk-1".into(), text: "고쳤습니다".into() };
    let mut tickets = Vec::new();
    for n in 1..=3 {
        let ticket = store.open(question(n), 2026, noon()).await.unwrap();
        tickets.push(store.change(&ticket, &answer, noon()).await.unwrap());
    }
    store.change(&tickets[0], &TicketChange::Delivered { entry: 1 }, noon()).await.unwrap();
    store.forget(&who(2)).await.unwrap();
    assert!(store.close());
    let direct = rusqlite::Connection::open(&path).unwrap();
    // As the release before left it.
    let before = "DROP INDEX tickets_untold; ALTER TABLE tickets DROP COLUMN assignee; \
                  ALTER TABLE tickets DROP COLUMN untold; \
                  UPDATE tickets SET entries = replace(entries, ',\"told\":null', ''); PRAGMA user_version = 11;";
    direct.execute_batch(before).unwrap();
    let left: i64 =
        direct.query_row("SELECT count(*) FROM tickets WHERE entries LIKE '%told%'", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    drop(direct);
    let untold: Vec<_> = open().untold(10).await.unwrap().into_iter().map(|ticket| ticket.number).collect();
    assert_eq!(untold, [tickets[2].number], "not what was delivered, and not of who was forgotten");
}

//! Conversations as they lie in the database.

use chrono::TimeDelta;
use sosik_chat::{ChatStore, NewTicket, Session, TicketChange};
use sosik_core::ChannelId;
use sosik_registry::Identity;
use sosik_testkit::noon;

use crate::Database;

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
async fn no_one_is_named_in_a_table() {
    let Some(database) = Database::new().await else { return };
    let old = database.open().await.unwrap();
    for n in 1..=9 {
        old.open(question(n), 2026, noon()).await.unwrap();
    }
    old.keep(&who(1), &channel(), &Session::default(), noon() + TimeDelta::minutes(30), noon()).await.unwrap();
    for (table, text) in [("tickets", "t::text"), ("chat_sessions", "t::text")] {
        let named = format!("SELECT count(*) FROM {table} AS t WHERE {text} LIKE '%secret-key%' OR {text} LIKE $1");
        // As PostgreSQL writes bytes: `secret-key`.
        let hex = "%7365637265742d6b6579%";
        let count: i64 = database.direct.query_one(&named, &[&hex]).await.unwrap().get(0);
        assert_eq!(count, 0, "no one is named in {table}");
    }
}

#[tokio::test]
async fn what_was_forgotten_is_in_no_table() {
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    let ticket = store.open(question(1), 2026, noon()).await.unwrap();
    let answer = TicketChange::Answer { staff: "clerk-1".into(), text: "가로등 답".into() };
    store.change(&ticket, &answer, noon()).await.unwrap();
    store.forget(&who(1)).await.unwrap();
    let select = "SELECT count(*) FROM tickets WHERE who IS NOT NULL OR who_sealed IS NOT NULL OR entries LIKE '%가로등%' OR untold > 0";
    let count: i64 = database.direct.query_one(select, &[]).await.unwrap().get(0);
    assert_eq!(count, 0);
}

/// Conversations of different people do not wait for one another, nor for an import of people.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_whoever_writes_of_people() {
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    let lock = format!("SELECT pg_advisory_lock(hashtextextended('{}', 0))", database.schema());
    database.direct.batch_execute(&lock).await.unwrap();
    let talk = async {
        let ticket = store.open(question(1), 2026, noon()).await.unwrap();
        store.change(&ticket, &TicketChange::Close, noon()).await.unwrap();
        store.keep(&who(1), &channel(), &Session::default(), noon() + TimeDelta::minutes(30), noon()).await.unwrap();
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), talk).await.unwrap();
}

//! Schemas of newer releases and of other programs, keys, several programs at once, and a server that goes and comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use sosik_core::SystemEntropy;
use sosik_delivery::{Batch, BatchId, Deed, Outbox, Sealed, Transition};
use sosik_postgres::{PostgresStore, Settings};
use sosik_registry::access::Access;
use sosik_registry::{
    ConsentEvent, Erasure, Journal, Purpose, Put, Segment, StoreErrorKind, SubscriberId, SubscriberStore,
};
use sosik_testkit::journal::Sample;
use sosik_testkit::{campaign, citizen, consented, noon, phone};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::{Database, address, vault};

#[tokio::test]
async fn a_schema_of_a_newer_release_or_of_another_program_is_refused_and_left_alone() {
    let Some(database) = Database::new().await else { return };
    drop(database.open().await.unwrap());
    database.direct.execute("UPDATE meta SET value = '99' WHERE name = 'version'", &[]).await.unwrap();
    let error = database.open().await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Newer);
    assert_eq!(error.to_string(), "the database has version 99, this release knows up to 9");

    let Some(other) = Database::named("of another program").await else { return };
    let schema = format!("CREATE SCHEMA {}; CREATE TABLE notes (text text)", other.schema());
    other.direct.batch_execute(&schema).await.unwrap();
    let error = other.open().await.unwrap_err();
    assert!(error.to_string().ends_with("holds tables of another program: name another schema"), "{error}");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
    let tables: i64 = other.direct.query_one(tables, &[]).await.unwrap().get(0);
    assert_eq!(tables, 1, "nothing was added to it");
}

#[tokio::test]
async fn several_programs_that_begin_at_once_make_one_schema() {
    let Some(database) = Database::new().await else { return };
    let all = (0..6).map(|_| {
        let settings = database.settings.clone();
        tokio::spawn(async move {
            let store = PostgresStore::connect(&settings, vault(), Arc::new(SystemEntropy::new())).await?;
            store.put(&[consented(1), citizen(2)], noon()).await
        })
    });
    let mut added = 0;
    for one in all.collect::<Vec<_>>() {
        let put = one.await.unwrap().unwrap();
        added += put.iter().filter(|put| matches!(put, Put::Added(_))).count();
    }
    assert_eq!(added, 2, "each was new once");
    let store = database.open().await.unwrap();
    assert_eq!(store.count().await.unwrap(), 2);
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, ledger.broken), (1, None), "one chain, whoever wrote it");
}

#[tokio::test]
async fn a_key_is_changed_while_everyone_is_found() {
    let Some(database) = Database::new().await else { return };
    let open = async |vault| database.open_with(vault).await;
    sosik_testkit::keys::a_key_is_changed_while_everyone_is_found(open).await;
}

#[tokio::test]
async fn conversations_follow_a_change_of_the_key() {
    let Some(database) = Database::new().await else { return };
    let open = async |vault| database.open_with(vault).await;
    sosik_testkit::keys::conversations_follow_a_change_of_the_key(open).await;
}

#[tokio::test]
async fn what_is_changed_in_the_ledger_is_named_by_its_number() {
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    let people: Vec<_> = (1..=9).map(consented).collect();
    store.put(&people, noon()).await.unwrap();
    let whole = store.verify().await.unwrap();
    let refused = async |statement: &str| {
        let error = database.direct.batch_execute(statement).await.unwrap_err();
        assert!(format!("{error:?}").contains("a consent is never"), "{statement}: {error:?}");
    };
    refused("UPDATE consents SET granted = FALSE").await;
    refused("DELETE FROM consents").await;
    refused("TRUNCATE consents").await;
    database.direct.batch_execute("ALTER TABLE consents DISABLE TRIGGER USER").await.unwrap();
    for (change, undo, number) in [
        ("UPDATE consents SET granted = FALSE WHERE seq = 4", "UPDATE consents SET granted = TRUE WHERE seq = 4", 4),
        (
            "UPDATE consents SET at = at + interval '1 microsecond' WHERE seq = 9",
            "UPDATE consents SET at = at - interval '1 microsecond' WHERE seq = 9",
            9,
        ),
        (
            "CREATE TABLE aside AS SELECT * FROM consents WHERE seq = 9; DELETE FROM consents WHERE seq = 9",
            "INSERT INTO consents SELECT * FROM aside; DROP TABLE aside",
            9,
        ),
        (
            "UPDATE consents SET purpose = 'lunch' WHERE seq = 2",
            "UPDATE consents SET purpose = 'advertising' WHERE seq = 2",
            2,
        ),
    ] {
        database.direct.batch_execute(change).await.unwrap();
        let report = store.verify().await.unwrap();
        assert_eq!(report.broken.as_ref().map(|entry| entry.number), Some(number), "{change}: {report}");
        database.direct.batch_execute(undo).await.unwrap();
        assert_eq!(store.verify().await.unwrap(), whole, "{undo}");
    }
}

#[tokio::test]
async fn what_a_value_cannot_be_is_told_and_nothing_is_kept() {
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    let nul = citizen(2).with_consent(ConsentEvent::granted(Purpose::Advertising, noon(), "서면\0신청서"));
    for people in [vec![nul.clone()], vec![citizen(1), nul.clone()], vec![citizen(1), nul, citizen(3)]] {
        let error = store.put(&people, noon()).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Invalid, "{error}");
        assert!(!format!("{error} {error:?}").contains("신청서"));
        assert_eq!(store.count().await.unwrap(), 0);
    }
    let topic = Segment::Topic("a\0b".to_owned());
    assert_eq!(store.count_of(&topic, noon()).await.unwrap_err().kind(), StoreErrorKind::Invalid);
}

#[tokio::test]
async fn who_was_erased_is_nowhere_in_the_tables() {
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    let said = |n: u32| ConsentEvent::granted(Purpose::Collection, noon(), format!("접수 {n:04}"));
    let people: Vec<_> = (1..=9).map(|n| consented(n).with_consent(said(n))).collect();
    let put = store.put(&people, noon()).await.unwrap();
    let Put::Added(id) = put[6] else { panic!() };
    let lookup = vault().index(&phone(7).into());
    let sealed = "SELECT phone FROM subscribers WHERE number = 7";
    let sealed: Vec<u8> = database.direct.query_one(sealed, &[]).await.unwrap().get(0);
    assert!(store.erase(id, &Erasure::new(noon(), "request 7")).await.unwrap());
    let left = async |what: &str, value: &(dyn tokio_postgres::types::ToSql + Sync)| -> i64 {
        database.direct.query_one(what, &[value]).await.unwrap().get(0)
    };
    assert_eq!(left("SELECT count(*) FROM identities WHERE lookup = $1", &lookup.as_slice()).await, 0);
    assert_eq!(left("SELECT count(*) FROM subscribers WHERE phone = $1", &sealed).await, 0);
    assert_eq!(left("SELECT count(*) FROM consents WHERE evidence = $1", &"접수 0007").await, 0);
    assert_eq!(left("SELECT count(*) FROM consents WHERE evidence = $1", &"접수 0008").await, 1);
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, ledger.broken), (19, None));
}

#[tokio::test]
async fn accesses_that_are_missing_are_not_hidden_by_those_that_come_after() {
    let Some(database) = Database::new().await else { return };
    let store = database.open().await.unwrap();
    let journal: &dyn Journal<Access> = &store;
    let sample = |number| Access::sample(noon(), number);
    for number in 0..6 {
        journal.add_entry(&sample(number)).await.unwrap();
    }
    let refused = database.direct.execute("UPDATE accesses SET who = 'someone else'", &[]).await.unwrap_err();
    assert!(refused.as_db_error().unwrap().message().contains("never changed"), "{refused}");
    // An end that fits what is left in all but its seal, which no one can make without the key.
    let forge = "DELETE FROM accesses WHERE number > 3; \
                 UPDATE meta SET value = overlay(set_byte(value, 7, 3) PLACING \
                 (SELECT link FROM accesses WHERE number = 3) FROM 45) WHERE name = 'accesses-end'";
    database.direct.batch_execute(forge).await.unwrap();
    for number in 7..9 {
        journal.add_entry(&sample(number)).await.unwrap();
    }
    let broken = journal.verify_entries().await.unwrap().broken;
    assert_eq!(broken.map(|entry| entry.number), Some(5), "both follow the forged end, and the second not the first");
    let error = journal.purge_entries(noon() + TimeDelta::days(1)).await.unwrap_err();
    assert_eq!((error.kind(), journal.entries(0, 99).await.unwrap().len()), (StoreErrorKind::Corrupt, 5));
}

/// Passes on what comes to a port until it is dropped, and with it every connection.
struct Way(tokio::task::JoinSet<()>);

impl Way {
    fn open(listener: TcpListener, to: String) -> Self {
        let mut all = tokio::task::JoinSet::new();
        all.spawn(async move {
            let mut pairs = tokio::task::JoinSet::new();
            while let Ok((mut from, _)) = listener.accept().await {
                let to = to.clone();
                pairs.spawn(async move {
                    if let Ok(mut to) = TcpStream::connect(to).await {
                        drop(tokio::io::copy_bidirectional(&mut from, &mut to).await);
                        drop(from.shutdown().await);
                    }
                });
            }
        });
        Self(all)
    }

    async fn close(mut self) {
        self.0.shutdown().await;
    }
}

#[tokio::test]
async fn a_server_that_goes_and_comes_back_is_spoken_to_again() {
    let (Some(database), Some(address)) = (Database::new().await, address()) else { return };
    let config: tokio_postgres::Config = address.parse().unwrap();
    let host = match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Tcp(host) => host.clone(),
        other @ tokio_postgres::config::Host::Unix(_) => panic!("this test needs a server on TCP, not {other:?}"),
    };
    let server = format!("{host}:{}", config.get_ports().first().copied().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let way = Way::open(listener, server.clone());
    let user = config.get_user().unwrap_or("postgres");
    let through =
        format!("postgres://{user}@127.0.0.1:{}/{}?connect_timeout=2", here.port(), config.get_dbname().unwrap());
    let settings = Settings::parse(&through).unwrap().with_schema(database.schema()).unwrap();
    let store = PostgresStore::connect(&settings, vault(), Arc::new(SystemEntropy::new())).await.unwrap();
    store.put(&[consented(1)], noon()).await.unwrap();
    way.close().await;
    for _ in 0..3 {
        let error = store.put(&[consented(2)], noon()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (StoreErrorKind::Unavailable, true), "{error}");
        assert!(!error.to_string().is_empty());
    }
    let way = Way::open(TcpListener::bind(here).await.unwrap(), server);
    // What is still broken is found out once; then there is a new connection.
    let mut tries = 0;
    while let Err(error) = store.put(&[consented(2)], noon() + TimeDelta::days(1)).await {
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        tries += 1;
        assert!(tries < 10, "{error}");
    }
    assert_eq!((store.count().await.unwrap(), store.verify().await.unwrap().broken), (2, None));
    way.close().await;
}

#[tokio::test]
async fn another_machine_s_certificate_is_checked() {
    let (Some(database), Some(address)) = (Database::new().await, address()) else { return };
    let Ok(pem) = std::fs::read("/etc/ssl/certs/ssl-cert-snakeoil.pem") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_POSTGRES").is_none(), "the server has no certificate of its own");
        return eprintln!("skipped: the server has no certificate of its own");
    };
    let name = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-ext", "subjectAltName", "-in", "/etc/ssl/certs/ssl-cert-snakeoil.pem"])
        .output()
        .unwrap();
    let name = String::from_utf8(name.stdout).unwrap();
    let name = name.split("DNS:").nth(1).unwrap().split([',', '\n']).next().unwrap().trim().to_owned();
    let config: tokio_postgres::Config = address.parse().unwrap();
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let to = |name: &str| {
        let user = config.get_user().unwrap_or("postgres");
        let dbname = config.get_dbname().unwrap();
        let address = format!("host={name} hostaddr=127.0.0.1 port={port} user={user} dbname={dbname} sslmode=require");
        Settings::parse(&address).unwrap().with_schema(database.schema()).unwrap()
    };
    let connect =
        async |settings: Settings| PostgresStore::connect(&settings, vault(), Arc::new(SystemEntropy::new())).await;
    let store = connect(to(&name).trusting(&pem).unwrap()).await.unwrap();
    assert_eq!(store.put(&[consented(1)], noon()).await.unwrap().len(), 1);
    // Another's certificate, and another's name.
    let other = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=example.go.kr"])
        .output()
        .unwrap();
    let other = to(&name).trusting(&other.stdout).unwrap();
    for settings in [other, to("db.example.go.kr").trusting(&pem).unwrap()] {
        let error = connect(settings).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    }
}

/// A batch that a person lets go on keeps its people, also where the ledger is being forgotten at that moment.
#[tokio::test]
async fn what_is_let_go_on_meanwhile_is_not_forgotten() {
    let Some(database) = Database::new().await else { return };
    let store = Arc::new(database.open().await.unwrap());
    let draft = campaign("w48");
    let batch =
        Batch::new(BatchId::new(draft.id, 0), false, vec![SubscriberId::new(Uuid::from_u128(7))], noon(), noon());
    store.draft(&draft).await.unwrap();
    let token = store.begin(draft.id).await.unwrap();
    store.add(draft.id, token, &[batch]).await.unwrap();
    let sealed = Sealed::new(1, BTreeMap::new(), Transition::new(Deed::Plan, "planner", noon()));
    store.seal(draft.id, token, &sealed).await.unwrap();
    store.transition(draft.id, &Transition::new(Deed::Cancel, "head", noon())).await.unwrap();
    database.direct.batch_execute("UPDATE batches SET state = 'held'").await.unwrap();

    database.direct.batch_execute("BEGIN; UPDATE batches SET state = 'ready'").await.unwrap();
    let forgetting = Arc::clone(&store);
    let forgetting = tokio::spawn(async move { forgetting.forget(noon() + TimeDelta::days(400)).await });
    let waits =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE OF b%'";
    while database.direct.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!forgetting.is_finished());
        tokio::task::yield_now().await;
    }
    database.direct.batch_execute("COMMIT").await.unwrap();
    assert_eq!(forgetting.await.unwrap().unwrap(), 0);
    assert!(store.batch(BatchId::new(draft.id, 0)).await.unwrap().is_some_and(|batch| batch.recipients.len() == 1));
}

//! A process that is killed in the middle of something leaves it done or not done, and never half done.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_core::{Entropy, SystemEntropy};
use sosik_registry::{Erasure, Identity, NewSubscriber, Page, Segment, StoreErrorKind, SubscriberStore, Vault};
use sosik_sqlite::SqliteStore;
use sosik_testkit::{consented, noon, phone};

use crate::old::old_file;
use crate::{key, open};

/// People of a call.
const PART: u32 = 100;

/// What the process that is killed does, and how many people are there before.
const WORKS: [(&str, u32); 4] = [("import", 0), ("erase", 300), ("reseal", 800), ("migrate", 1_000)];

/// How often one is killed.
const KILLS: u32 = 50;

fn both_keys() -> Vault {
    Vault::new(&key("1e"), Arc::new(SystemEntropy::new())).also_opening(&key("0f"))
}

fn person(n: u32) -> NewSubscriber {
    consented(n).with_identity(Identity::AppUser(n.to_string()))
}

/// The process that is killed: it says what it has done as soon as that was answered.
#[expect(clippy::print_stdout, reason = "it speaks to the process that kills it")]
async fn be_killed(work: &str, path: &Path) {
    println!("ready");
    match work {
        "import" => {
            let store = open(path).unwrap();
            for part in 0.. {
                let people: Vec<_> = (part * PART..(part + 1) * PART).map(person).collect();
                store.put(&people, noon()).await.unwrap();
                println!("{}", (part + 1) * PART);
            }
        }
        "erase" => {
            let store = open(path).unwrap();
            for n in 0.. {
                let found = store.find(&phone(n).into()).await.unwrap().unwrap();
                let erasure = Erasure::new(noon() + TimeDelta::days(1), format!("request {n}"));
                assert!(store.erase(found.id, &erasure).await.unwrap());
                println!("{}", n + 1);
            }
        }
        "reseal" => {
            let store = SqliteStore::open(path, both_keys(), Arc::new(SystemEntropy::new())).unwrap();
            let mut steps = 0;
            while store.reseal(20).await.unwrap() > 0 {
                steps += 1;
                println!("{}", steps * 20);
            }
        }
        "migrate" => {
            drop(open(path).unwrap());
            println!("1");
        }
        other => panic!("no such work: {other}"),
    }
    println!("ended");
}

/// Which work this process is started for, and on which file.
const WORK: &str = "SOSIK_KILLED_WORK";
const FILE: &str = "SOSIK_KILLED_FILE";

#[test]
#[expect(clippy::disallowed_methods, reason = "it starts itself, and tells itself what for")]
fn a_killed_process_leaves_nothing_half_done() {
    if let (Ok(work), Ok(file)) = (std::env::var(WORK), std::env::var(FILE)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        return runtime.block_on(be_killed(&work, Path::new(&file)));
    }
    let entropy = SystemEntropy::new();
    let mut done = Vec::new();
    for kill in 0..KILLS {
        let (work, before) = WORKS[usize::try_from(kill).unwrap() % WORKS.len()];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sosik.db");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        if work == "migrate" {
            drop(old_file(&path, kill % 8 < 4, before));
        } else {
            let store = open(&path).unwrap();
            let people: Vec<_> = (0..before).map(person).collect();
            runtime.block_on(store.put(&people, noon())).unwrap();
            assert!(store.close());
        }
        let mut random = [0; 2];
        entropy.fill(&mut random);
        let (answered, in_the_middle) =
            kill_in_the_middle(work, &path, Duration::from_millis(u64::from(u16::from_le_bytes(random)) % 60));
        runtime.block_on(look(work, &path, before, answered));
        done.push((work, answered, in_the_middle));
    }
    for (work, before) in WORKS {
        let of: Vec<_> = done.iter().filter(|(of, ..)| *of == work).collect();
        let answered: Vec<u32> = of.iter().map(|(_, answered, _)| *answered).collect();
        println!("{work} with {before} before: killed {} times, after {answered:?} were answered", of.len());
        // Some were killed in the middle; and of those that answer step by step some after a step.
        assert!(of.iter().any(|(.., in_the_middle)| *in_the_middle), "{work}");
        let after_a_step = of.iter().any(|(_, answered, in_the_middle)| *in_the_middle && *answered > 0);
        assert!(work == "migrate" || after_a_step, "{work}");
    }
}

/// Starts the work, kills it after a while, and gives the last that it answered, and whether it was killed in the middle.
fn kill_in_the_middle(work: &str, path: &Path, after: Duration) -> (u32, bool) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "kills::a_killed_process_leaves_nothing_half_done"])
        .envs([(WORK, work), (FILE, path.to_str().unwrap())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    // The harness says something first.
    assert!(lines.by_ref().any(|line| line.unwrap().ends_with("ready")), "{work} did not begin");
    std::thread::sleep(after);
    process.kill().unwrap();
    let status = process.wait().unwrap();
    let said: Vec<String> = lines.map(Result::unwrap).collect();
    // It was killed, or had come to its end; and did not fail by itself.
    let was_killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
    let has_ended = said.iter().any(|line| line == "ended");
    assert!(was_killed || has_ended, "{work}: {status}, {said:?}");
    let answered = said.iter().filter_map(|line| line.parse().ok()).max().unwrap_or(0);
    (answered, was_killed && !has_ended)
}

/// Looks at what is left: everything that was answered, and nothing half.
async fn look(work: &str, path: &Path, before: u32, answered: u32) {
    let resealed = work == "reseal";
    let store = if resealed {
        // Begun or not, both keys open it; and with both it is brought to its end.
        let store = SqliteStore::open(path, both_keys(), Arc::new(SystemEntropy::new())).unwrap();
        let missing =
            async |n: u32| store.find(&phone(n).into()).await.unwrap().is_none_or(|found| found.identities.len() != 2);
        for n in 0..before {
            assert!(!missing(n).await, "{n} is lost, {answered} were answered");
        }
        while store.reseal(500).await.unwrap() > 0 {}
        assert_eq!(open(path).unwrap_err().kind(), StoreErrorKind::WrongKey);
        store
    } else {
        open(path).unwrap()
    };
    assert_eq!(store.integrity().await.unwrap(), None);
    let ledger = store.verify().await.unwrap();
    assert_eq!(ledger.broken, None, "{work}");
    let count = u32::try_from(store.count().await.unwrap()).unwrap();
    let entries = u32::try_from(ledger.entries).unwrap();
    match work {
        "import" => {
            assert!(count >= answered && count % PART == 0, "{count} are kept, {answered} were answered");
            assert_eq!(entries, count);
        }
        "erase" => {
            let erased = before - count;
            assert!(erased >= answered, "{erased} are erased, {answered} were answered");
            assert_eq!(entries, before + erased, "each erasure stands in the ledger");
            for n in 0..before {
                let found = store.find(&phone(n).into()).await.unwrap();
                assert_eq!(found.is_none(), n < erased, "{n} of {erased}");
                assert!(found.is_none_or(|found| !found.consents[0].evidence.is_empty()));
            }
        }
        _ => assert_eq!((count, entries), (before, before)),
    }
    // The sets agree with the rows, and there is room for more.
    assert_eq!(store.count_of(&Segment::All, noon()).await.unwrap(), u64::from(count));
    let consents = store.count_of(&"consent:advertising".parse().unwrap(), noon()).await.unwrap();
    assert_eq!(consents, u64::from(count));
    let page = store.page(&Page::first(Segment::All, noon(), 10_000)).await.unwrap();
    assert_eq!(page.len(), usize::try_from(count).unwrap());
    store.put(&[person(9_999_999)], noon()).await.unwrap();
    assert_eq!(store.verify().await.unwrap().broken, None);
}

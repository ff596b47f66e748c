//! A program that is killed in the middle of something leaves it done or not done, and never half done.
//!
//! A test that calls [`nothing_is_half_done`] starts itself again and again, and kills what it started (SIGKILL).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_core::{Entropy, SystemEntropy};
use sosik_registry::{
    Erasure, Identity, NewSubscriber, Page, SecretKey, Segment, StoreError, StoreErrorKind, SubscriberStore, Vault,
};

use crate::{consented, noon, phone};

/// What the program that is killed does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// It puts people, a hundred a call, into an empty store.
    Import,
    /// It erases 300 people one by one.
    Erase,
    /// It seals 800 people anew, 20 a call.
    Reseal,
    /// It opens what an older release left, or what is empty yet.
    Migrate,
}

/// People of a call of [`Work::Import`].
const PART: u32 = 100;

impl Work {
    const ALL: [Self; 4] = [Self::Import, Self::Erase, Self::Reseal, Self::Migrate];

    const fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Erase => "erase",
            Self::Reseal => "reseal",
            Self::Migrate => "migrate",
        }
    }

    const fn people(self) -> u32 {
        match self {
            Self::Import | Self::Migrate => 0,
            Self::Erase => 300,
            Self::Reseal => 800,
        }
    }
}

/// How a store is reached by the programs of a test.
pub trait Killed {
    /// The store.
    type Store: SubscriberStore;

    /// The test's own name, as the harness knows it.
    const TEST: &'static str;

    /// A program is killed within so much time of its work's beginning: some calls' time.
    fn within(work: Work) -> Duration;

    /// Opens the store that is at a place.
    fn open(place: &str, vault: Vault) -> impl Future<Output = Result<Self::Store, StoreError>>;

    /// A new and empty place; for [`Work::Migrate`] as an older release left it, where there was one, with so many people of
    /// whom each said one thing.
    fn place(&self, kill: u32, work: Work) -> impl Future<Output = (String, u32)>;

    /// What else is to be looked at in an open store.
    fn look(store: &Self::Store) -> impl Future<Output = ()>;
}

fn vault(keys: &[&str]) -> Vault {
    let key = |byte: &&str| SecretKey::from_hex(&byte.repeat(32)).unwrap();
    let first = Vault::new(&key(&keys[0]), Arc::new(SystemEntropy::new()));
    keys[1..].iter().fold(first, |vault, older| vault.also_opening(&key(older)))
}

/// The key of before, under which [`Killed::place`] seals.
pub const KEY: &str = "0f";
const NEW_KEY: &str = "1e";

fn person(n: u32) -> NewSubscriber {
    consented(n).with_identity(Identity::AppUser(n.to_string()))
}

/// Which work this process is started for, and at which place.
const WORK: &str = "SOSIK_KILLED_WORK";
const PLACE: &str = "SOSIK_KILLED_PLACE";

/// Kills so many programs, each in the middle of one of the works in turn, and looks at what is left of each.
///
/// # Panics
///
/// When something is half done or lost, or when none of a work was killed in the middle.
#[expect(clippy::disallowed_methods, reason = "it starts itself, and tells itself what for")]
#[expect(clippy::print_stdout, reason = "the test shows what it did")]
pub fn nothing_is_half_done<K: Killed>(killed: &K, kills: u32) {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let (Ok(work), Ok(place)) = (std::env::var(WORK), std::env::var(PLACE)) {
        let work = Work::ALL.into_iter().find(|known| known.name() == work).unwrap();
        return run().block_on(be_killed::<K>(work, &place));
    }
    let mut done: Vec<(Work, u32, bool)> = Vec::new();
    for (kill, work) in (0..kills).zip(Work::ALL.into_iter().cycle()) {
        let (place, old) = run().block_on(killed.place(kill, work));
        if work.people() > 0 {
            run().block_on(async {
                let store = K::open(&place, vault(&[KEY])).await.unwrap();
                let people: Vec<_> = (0..work.people()).map(person).collect();
                store.put(&people, noon()).await.unwrap();
            });
        }
        let mut random = [0; 2];
        SystemEntropy::new().fill(&mut random);
        // Where a machine is too busy to answer anything in that time, the next of the same work gets twice as long.
        let slow = done.iter().rev().filter(|(of, ..)| *of == work).take_while(|(_, answered, _)| *answered == 0);
        let patience = 1_u32 << slow.filter(|_| work != Work::Migrate).count().min(5);
        let share = f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX);
        let after = (K::within(work) * patience).mul_f64(share);
        let (answered, in_the_middle) = kill_in_the_middle::<K>(work, &place, after);
        run().block_on(look::<K>(work, &place, work.people() + old, answered));
        done.push((work, answered, in_the_middle));
    }
    for work in Work::ALL {
        let of: Vec<_> = done.iter().filter(|(of, ..)| *of == work).collect();
        let answered: Vec<u32> = of.iter().map(|(_, answered, _)| *answered).collect();
        println!("{}: killed {} times, after {answered:?} were answered", work.name(), of.len());
        // Some were killed in the middle; and of those that answer step by step some after a step.
        assert!(of.iter().any(|(.., in_the_middle)| *in_the_middle), "{}", work.name());
        let after_a_step = of.iter().any(|(_, answered, in_the_middle)| *in_the_middle && *answered > 0);
        assert!(work == Work::Migrate || after_a_step, "{}", work.name());
    }
}

/// The process that is killed: it says what it has done as soon as that was answered.
#[expect(clippy::print_stdout, reason = "it speaks to the process that kills it")]
async fn be_killed<K: Killed>(work: Work, place: &str) {
    let keys: &[&str] = if work == Work::Reseal { &[NEW_KEY, KEY] } else { &[KEY] };
    if work == Work::Migrate {
        println!("ready");
    }
    let store = K::open(place, vault(keys)).await.unwrap();
    if work != Work::Migrate {
        println!("ready");
    }
    match work {
        Work::Import => {
            for part in 0.. {
                let people: Vec<_> = (part * PART..(part + 1) * PART).map(person).collect();
                store.put(&people, noon()).await.unwrap();
                println!("{}", (part + 1) * PART);
            }
        }
        Work::Erase => {
            for n in 0.. {
                let found = store.find(&phone(n).into()).await.unwrap().unwrap();
                let erasure = Erasure::new(noon() + TimeDelta::days(1), format!("request {n}"));
                assert!(store.erase(found.id, &erasure).await.unwrap());
                println!("{}", n + 1);
            }
        }
        Work::Reseal => {
            let mut steps = 0;
            while store.reseal(20).await.unwrap() > 0 {
                steps += 1;
                println!("{}", steps * 20);
            }
        }
        Work::Migrate => println!("1"),
    }
    println!("ended");
}

/// Starts the work, kills it after a while, and gives the last that it answered, and whether it was killed in the middle.
fn kill_in_the_middle<K: Killed>(work: Work, place: &str, after: Duration) -> (u32, bool) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", K::TEST])
        .envs([(WORK, work.name()), (PLACE, place)])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    // The harness says something first.
    assert!(lines.by_ref().any(|line| line.unwrap().ends_with("ready")), "{} did not begin", work.name());
    std::thread::sleep(after);
    process.kill().unwrap();
    let status = process.wait().unwrap();
    let said: Vec<String> = lines.map(Result::unwrap).collect();
    // It was killed, or had come to its end; and did not fail by itself.
    let has_ended = said.iter().any(|line| line == "ended");
    let was_killed = status.code().is_none();
    assert!(was_killed || has_ended, "{}: {status}, {said:?}", work.name());
    let answered = said.iter().filter_map(|line| line.parse().ok()).max().unwrap_or(0);
    (answered, was_killed && !has_ended)
}

/// Looks at what is left: everything that was answered, and nothing half.
async fn look<K: Killed>(work: Work, place: &str, before: u32, answered: u32) {
    let keys: &[&str] = if work == Work::Reseal { &[NEW_KEY, KEY] } else { &[KEY] };
    let store = K::open(place, vault(keys)).await.unwrap();
    // A server may still be about what it was told last: one more, who waits for it.
    store.put(&[person(9_999_998)], noon()).await.unwrap();
    let count = u32::try_from(store.count().await.unwrap()).unwrap() - 1;
    let ledger = store.verify().await.unwrap();
    assert_eq!(ledger.broken, None, "{}", work.name());
    let entries = u32::try_from(ledger.entries).unwrap() - 1;
    match work {
        Work::Import => {
            assert!(count >= answered && count % PART == 0, "{count} are kept, {answered} were answered");
            assert_eq!(entries, count);
        }
        Work::Erase => {
            let erased = before - count;
            assert!(erased >= answered, "{erased} are erased, {answered} were answered");
            assert_eq!(entries, before + erased, "each erasure stands in the ledger");
            for n in 0..before {
                let found = store.find(&phone(n).into()).await.unwrap();
                assert_eq!(found.is_none(), n < erased, "{n} of {erased}");
                assert!(found.is_none_or(|found| !found.consents[0].evidence.is_empty()));
            }
        }
        Work::Reseal => {
            // Begun or not, both keys open it; and with both it is brought to its end.
            for n in 0..before {
                let found = store.find(&phone(n).into()).await.unwrap();
                assert!(found.is_some_and(|found| found.identities.len() == 2), "{n} is lost, of {answered}");
            }
            while store.reseal(500).await.unwrap() > 0 {}
            let told = K::open(place, vault(&[KEY])).await.unwrap_err();
            assert_eq!(told.kind(), StoreErrorKind::WrongKey);
            assert_eq!((count, entries), (before, before));
        }
        Work::Migrate => assert_eq!((count, entries), (before, before)),
    }
    // The segments agree with the people, and there is room for more.
    let people = u64::from(count) + 1;
    assert_eq!(store.count_of(&Segment::All, noon()).await.unwrap(), people);
    assert_eq!(store.count_of(&"consent:advertising".parse().unwrap(), noon()).await.unwrap(), people);
    let page = store.page(&Page::first(Segment::All, noon(), 100_000)).await.unwrap();
    assert_eq!(u64::try_from(page.len()).unwrap(), people);
    store.put(&[person(9_999_999)], noon()).await.unwrap();
    assert_eq!(store.verify().await.unwrap().broken, None);
    K::look(&store).await;
}

//! Several workers, a dealer, a clerk and citizens in one thread, in an order that a seed decides: every call of the outbox,
//! the dealer and the queue may be held up, fail before or after it was done, or be the last one of its process. Whatever
//! happens, nobody is sent to twice, nobody is forgotten, nothing goes when it may not by the instant that the round was
//! given, and the ledger says what the dealer knows.
//!
//! A failure names its seed; `SOSIK_SEED=17 cargo test -p sosik-delivery --test simulation` plays that one alone, and
//! `SOSIK_SEEDS=100000` more than there is time for otherwise.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test shows what it played")]
#![expect(clippy::disallowed_methods, reason = "a test reads which seed to play")]

mod dealer;
mod editions;
mod fate;
mod friends;
mod ledger;
mod world;

use crate::dealer::Guard;
use crate::fate::{Fate, Last};
use crate::world::World;

fn asked(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|number| number.parse().unwrap())
}

/// Plays many worlds, or the one of `SOSIK_SEED`.
fn play(seeds: u64, guard: Guard, queue: bool) {
    let seeds = asked("SOSIK_SEEDS").unwrap_or(seeds);
    let asked = asked("SOSIK_SEED");
    let seeds = asked.map_or(0..seeds, |seed| seed..seed + 1);
    let (mut crashes, mut faults, mut lookups, mut unknown) = (0, 0, 0, 0);
    for seed in seeds {
        let told = std::panic::catch_unwind(|| {
            let mut world = World::new(Fate::of_seed(seed), guard, queue);
            world.live();
            world.end();
            world.judge();
            world.counts()
        });
        let Ok(counts) = told else { panic!("seed {seed} of {guard:?}{}", if queue { " with a queue" } else { "" }) };
        crashes += counts.crashes;
        faults += counts.faults;
        lookups += counts.lookups;
        unknown += counts.unknown;
    }
    println!("{guard:?}: {crashes} crashes, {faults} faults, {lookups} look-ups, {unknown} people in doubt at the end");
    // A world in which nothing goes wrong proves nothing.
    assert!(asked.is_some() || (crashes > 0 && faults > 0 && lookups > 0));
}

#[test]
fn whatever_happens_by_keys_nobody_is_sent_to_twice_or_forgotten() {
    play(400, Guard::Keys, false);
}

#[test]
fn whatever_happens_by_handles_nobody_is_sent_to_twice_or_forgotten() {
    play(400, Guard::Handles, false);
}

#[test]
fn whatever_happens_without_any_guard_nobody_is_sent_to_twice_or_forgotten() {
    play(400, Guard::None, false);
}

#[test]
fn whatever_happens_over_a_queue_nobody_is_sent_to_twice_or_forgotten() {
    play(200, Guard::Keys, true);
    play(200, Guard::Handles, true);
}

/// Every call of the flow is once the last one of its process, before it is done and after; and is once refused, and once
/// done without an answer.
#[test]
fn every_step_crashed_once_is_taken_up_by_the_next_process() {
    for guard in [Guard::Keys, Guard::Handles, Guard::None] {
        for last in [Last::CrashBefore, Last::CrashAfter, Last::FailBefore, Last::FailAfter] {
            let mut calls = 0;
            for n in 1.. {
                let mut world = World::quiet(Fate::at_call(n, last), guard);
                world.settle();
                world.end();
                world.judge();
                if !world.has_struck() {
                    break;
                }
                calls = n;
            }
            println!("{guard:?}: {last:?} at each of {calls} calls");
            assert!(calls > 20, "{calls} calls of a whole campaign");
        }
    }
}

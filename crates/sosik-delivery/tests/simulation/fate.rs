//! What goes wrong, and when.

use std::future::Future;
use std::pin::Pin;

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use sosik_core::{Entropy, SeededEntropy};

/// Numbers by a seed.
#[derive(Debug)]
pub(crate) struct Chance(SeededEntropy);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below a limit.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit.max(1)
    }

    /// Whether something happens so many times of a thousand.
    pub(crate) fn of_thousand(&self, times: u64) -> bool {
        self.below(1_000) < times
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    CrashAfter,
    CrashBefore,
    FailAfter,
    FailBefore,
}

#[derive(Debug)]
enum Script {
    /// Anything, by a seed, until it is calm.
    Seed(Chance),
    /// One thing at the n-th call.
    At(u64, Last),
}

#[derive(Debug)]
struct State {
    script: Script,
    calls: u64,
    calm: bool,
    struck: u64,
    /// The process that is polled, and those that crashed.
    process: usize,
    crashed: Vec<usize>,
}

/// What goes wrong, for every port of every process.
#[derive(Clone, Debug)]
pub(crate) struct Fate(Arc<Mutex<State>>);

impl Fate {
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self::of(Script::Seed(Chance::new(seed)))
    }

    pub(crate) fn at_call(n: u64, last: Last) -> Self {
        Self::of(Script::At(n, last))
    }

    fn of(script: Script) -> Self {
        let state = State { script, calls: 0, calm: false, struck: 0, process: 0, crashed: Vec::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// From now on nothing goes wrong.
    pub(crate) fn calm(&self) {
        self.0.lock().unwrap().calm = true;
    }

    /// How often something went wrong.
    pub(crate) fn struck(&self) -> u64 {
        self.0.lock().unwrap().struck
    }

    /// Another number by the seed, for whoever decides what happens next.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        match &self.0.lock().unwrap().script {
            Script::Seed(chance) => chance.below(limit),
            Script::At(..) => 0,
        }
    }

    /// The process whose calls come from now on.
    pub(crate) fn enter(&self, process: usize) {
        self.0.lock().unwrap().process = process;
    }

    /// Whether a process has crashed; then it may begin again.
    pub(crate) fn take_crash(&self, process: usize) -> bool {
        let mut state = self.0.lock().unwrap();
        let before = state.crashed.len();
        state.crashed.retain(|crashed| *crashed != process);
        state.crashed.len() < before
    }

    /// What becomes of the next call, and whether it is held up first.
    fn next(&self) -> (Option<Last>, bool) {
        let mut state = self.0.lock().unwrap();
        state.calls += 1;
        if state.crashed.contains(&state.process) {
            return (Some(Last::CrashBefore), false);
        }
        if state.calm {
            return (None, false);
        }
        let (last, held) = match &state.script {
            Script::At(n, last) => ((*n == state.calls).then_some(*last), false),
            Script::Seed(chance) => {
                let last = match chance.below(1_000) {
                    0..12 => Some(Last::CrashBefore),
                    12..24 => Some(Last::CrashAfter),
                    24..54 => Some(Last::FailBefore),
                    54..84 => Some(Last::FailAfter),
                    _ => None,
                };
                (last, chance.of_thousand(300))
            }
        };
        state.struck += u64::from(last.is_some());
        if matches!(last, Some(Last::CrashAfter | Last::CrashBefore)) {
            let process = state.process;
            state.crashed.push(process);
        }
        (last, held)
    }

    /// Makes a call, as fate will have it. `failed` makes the error of one that was not done, or was and has no answer.
    pub(crate) async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        failed: impl FnOnce(bool) -> E,
    ) -> Result<T, E> {
        let (last, held) = self.next();
        if held {
            HeldUp(false).await;
        }
        match last {
            None => call.await,
            Some(Last::CrashBefore) => std::future::pending().await,
            Some(Last::CrashAfter) => {
                let _ = call.await;
                std::future::pending().await
            }
            Some(Last::FailBefore) => Err(failed(false)),
            Some(Last::FailAfter) => {
                let done = call.await;
                // What is refused is refused, whatever becomes of the answer.
                done.and_then(|_| Err(failed(true)))
            }
        }
    }
}

/// Lets others go first.
struct HeldUp(bool);

impl Future for HeldUp {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

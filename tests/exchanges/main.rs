//! Every call that the clients make, as it goes over the wire: recorded against the emulator, compared with what is kept
//! in `tapes`, and played again from there.
//!
//! What changes on purpose is written anew with `SOSIK_RECORD=1 cargo test -p sosik-tests --test exchanges`; the
//! difference is then looked at.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bizgo;
mod kakao;
mod messages;
mod solapi;

use std::fmt::Debug;
use std::sync::Arc;

use chrono::{TimeZone, Utc};
use sosik::{Clock, ManualClock};
use sosik_emulator::{Emulator, Friend, Options, Template};
use sosik_testkit::exchanges::{Recorder, Tape, record, replay};
use sosik_testkit::noon;
use sosik_tests::{file, root};

/// What a client made of its answers, line by line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Log(Vec<String>);

impl Log {
    #[expect(clippy::needless_pass_by_value, reason = "results are made for this call")]
    pub(crate) fn told<T: Debug, E: Debug>(&mut self, what: &str, result: Result<T, E>) {
        self.0.push(format!("{what}: {result:?}"));
    }
}

/// An emulator that gives the same answers whenever it is asked the same, with something before it that writes down.
struct Stage {
    clock: Arc<ManualClock>,
    recorder: Recorder,
    _emulator: Emulator,
    _folder: tempfile::TempDir,
}

async fn stage() -> Stage {
    let clock = Arc::new(ManualClock::at(noon()));
    let folder = tempfile::tempdir().unwrap();
    // The key from which its names are drawn.
    std::fs::write(folder.path().join("emulator.key"), [7; 32]).unwrap();
    let since = Utc.with_ymd_and_hms(2026, 11, 20, 7, 0, 0).unwrap();
    let options = Options::new("KEY")
        .with_solapi("KEY", "SECRET")
        .with_kakao("ADMIN")
        .with_standing(Friend::new(1, "_City", "ADDED", since))
        .with_standing(Friend::new(2, "_City", "BLOCKED", since))
        .with_template(Template::new("APPROVED1", "#{이름}님, 안내입니다."))
        .with_template(Template::brand("BRAND1", "TEXT", "#{이름}님, 금요일에 만나요."))
        .with_clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .with_state(folder.path())
        .without_rates();
    let emulator = Emulator::start(([127, 0, 0, 1], 0).into(), options).await.unwrap();
    let recorder = record(&emulator.url()).await;
    Stage { clock, recorder, _emulator: emulator, _folder: folder }
}

/// Tells a story twice: to the emulator and, by what is kept of it, to no one.
macro_rules! twice {
    ($name:literal, |$url:ident, $clock:ident, $log:ident| $story:expr) => {{
        let stage = stage().await;
        let mut told = Log::default();
        {
            let ($url, $clock, $log) = (stage.recorder.url().to_owned(), &stage.clock, &mut told);
            $story;
        }
        let tape = stage.recorder.tape();
        let kept = kept($name, &tape);
        let player = replay(kept).await;
        let mut again = Log::default();
        {
            let clock = Arc::new(ManualClock::at(noon()));
            let ($url, $clock, $log) = (player.url().to_owned(), &clock, &mut again);
            $story;
        }
        player.finish();
        assert_eq!(told, again, "the same is made of the same answers");
        tape
    }};
}

/// The tape that is kept, which has to be what was just recorded.
#[expect(clippy::disallowed_methods, reason = "who runs the tests decides whether tapes are written anew")]
fn kept(name: &str, tape: &Tape) -> Tape {
    let path = format!("tests/exchanges/tapes/{name}.jsonl");
    if std::env::var_os("SOSIK_RECORD").is_some() {
        std::fs::write(root().join(&path), tape.to_lines()).unwrap();
    }
    let kept = Tape::from_lines(&file(&path)).unwrap();
    for (at, (was, is)) in kept.exchanges().iter().zip(tape.exchanges()).enumerate() {
        assert_eq!(was, is, "{path}, line {}", at + 1);
    }
    assert_eq!(kept.exchanges().len(), tape.exchanges().len(), "{path}");
    kept
}

/// The calls of a tape, without what stands in their paths for something else.
fn calls(tape: &Tape) -> std::collections::BTreeSet<String> {
    let path = |path: &str| path.split('?').next().unwrap_or_default().to_owned();
    tape.exchanges().iter().map(|it| format!("{} {}", it.method, path(&it.path))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_to_bizgo_is_written_and_read_as_it_was() {
    let tape = twice!("bizgo", |url, clock, log| bizgo::story(url, clock, log).await);
    assert!(calls(&tape).len() >= 50, "{:#?}", calls(&tape));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_to_solapi_is_written_and_read_as_it_was() {
    let tape = twice!("solapi", |url, clock, log| solapi::story(url, clock, log).await);
    assert!(calls(&tape).len() >= 12, "{:#?}", calls(&tape));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_to_kakao_is_written_and_read_as_it_was() {
    let tape = twice!("kakao", |url, _clock, log| kakao::story(url, log).await);
    assert!(calls(&tape).len() >= 5, "{:#?}", calls(&tape));
}

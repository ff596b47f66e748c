//! Two readings of the same limits: whatever a dealer's `validate` passes the emulator takes, and whatever it refuses
//! the emulator refuses. They share no code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "the counts are what the test is about")]

mod draw;
mod values;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sosik::bizgo::Bizgo;
use sosik::channel::{
    Answer, Audience, Body, Faults, Limit, Media, Message, PictureFormat, Place, Proof, Recipient, SendErrorKind,
    Submission, Transport,
};
use sosik::solapi::{Credentials, Solapi};
use sosik::{Clock, ManualClock, SystemEntropy, bizgo, solapi};
use sosik_emulator::{Emulator, Options};
use sosik_testkit::{noon, phone, transport::jpeg};

use crate::draw::{BRANDS, Draw, KINDS, Shelf};

/// What a dealer says to a message: taken, or refused by the dealer with its code, or by our own client without one.
type Verdict = Result<(), Option<String>>;

/// What came of the messages.
#[derive(Default)]
struct Counts {
    cases: u64,
    taken: u64,
    codes: BTreeMap<String, u64>,
    kinds: BTreeMap<&'static str, (u64, u64)>,
}

struct Dealer<'a> {
    name: &'a str,
    cases: u32,
    /// Whether the dealer is told that a message is an advertisement.
    marks: bool,
    limits: Vec<Limit>,
    validate: fn(&Message) -> Result<(), Faults>,
    transport: Arc<dyn Transport>,
    /// Every minute its own: a brand message may go at any time of the test.
    clock: Arc<ManualClock>,
}

/// Pictures for every place, in the sizes that the dealer lets be uploaded for it.
async fn shelf(transport: &dyn Transport, goods: &[u16]) -> Shelf {
    let sizes: Vec<(Place, u16)> = [
        (Place::CarouselFeed, 400),
        (Place::Image, 400),
        (Place::Text, 400),
        (Place::Text, 800),
        (Place::Thumbnail, 400),
        (Place::Wide, 400),
        (Place::Wide, 600),
        (Place::WideItemMain, 400),
        (Place::WideItemRest, 800),
    ]
    .into_iter()
    .chain(goods.iter().map(|height| (Place::CarouselGoods, *height)))
    .collect();
    let mut all = Vec::new();
    for (place, height) in sizes {
        let media = Media::new(PictureFormat::Jpeg, (800, height.into()), "그림", jpeg(800, height)).at(place);
        let mut picture = media.picture.clone();
        picture.media = Some(transport.upload(&media).await.unwrap());
        all.push((place, picture));
    }
    all
}

impl Dealer<'_> {
    async fn verdict(&self, number: u64, message: Message) -> Verdict {
        let to = vec![Recipient::new("r", phone(1))];
        let submission = Submission::new(format!("key-{number}"), message, Audience::Named(to));
        match self.transport.submit(&submission).await {
            Ok(submitted) => match submitted.proof {
                Proof::PerRecipient(all) => match &all[0].answer {
                    Answer::Accepted => Ok(()),
                    Answer::Rejected { code, .. } => Err(Some(code.clone())),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other:?}"),
            },
            Err(error) => {
                assert_eq!(error.kind(), SendErrorKind::InvalidContent, "{error}");
                Err(error.code().map(str::to_owned))
            }
        }
    }

    fn agree(&self, runtime: &tokio::runtime::Runtime, goods: &[u16]) {
        let pictures = runtime.block_on(shelf(&*self.transport, goods));
        let counts = Mutex::new(Counts::default());
        let config = Config { cases: self.cases, failure_persistence: None, ..Config::default() };
        let drawn = (0..KINDS, prop::collection::vec(any::<u8>(), 160));
        let all = TestRunner::new(config).run(&drawn, |(kind, bytes)| {
            let message = Draw::new(&bytes, &self.limits, &pictures, self.marks).message(kind);
            let kind_name = match &message.body {
                Body::Text(text) if text.kind() == "mms" => "mms",
                body => body.kind(),
            };
            let ours = (self.validate)(&message);
            let at = {
                let mut counts = counts.lock().unwrap();
                counts.cases += 1;
                counts.cases
            };
            self.clock.advance(TimeDelta::milliseconds(1));
            let theirs = runtime.block_on(self.verdict(at, message));
            let mut counts = counts.lock().unwrap();
            let of_kind = counts.kinds.entry(kind_name).or_default();
            match (&ours, &theirs) {
                (Ok(()), Ok(())) => {
                    of_kind.0 += 1;
                    counts.taken += 1;
                }
                (Err(_), Err(code)) => {
                    of_kind.1 += 1;
                    let code = code.clone().unwrap_or_else(|| "our client".to_owned());
                    *counts.codes.entry(code).or_default() += 1;
                }
                _ => prop_assert!(false, "ours: {:?}\ntheirs: {theirs:?}", ours.map_err(|faults| faults.to_string())),
            }
            Ok(())
        });
        all.unwrap();
        let Counts { cases, taken, codes, kinds } = counts.into_inner().unwrap();
        println!("{}: {cases} messages drawn, {taken} taken by both, {} refused by both", self.name, cases - taken);
        println!("  refused by code: {codes:?}\n  taken and refused by kind: {kinds:?}");
        assert!(kinds.len() == usize::from(KINDS), "{kinds:?}");
        assert!(kinds.values().all(|(taken, refused)| *taken > 10 && *refused > 10), "{kinds:?}");
        assert!(codes.len() > 5, "{codes:?}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

async fn emulator(clock: &Arc<ManualClock>) -> Emulator {
    let options = Options::new("KEY").with_solapi("KEY", "SECRET").with_clock(Arc::clone(clock) as _).without_rates();
    Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

#[test]
fn what_validate_passes_bizgo_takes_and_what_it_refuses_bizgo_refuses() {
    let (runtime, clock) = (runtime(), Arc::new(ManualClock::at(noon())));
    let emulator = runtime.block_on(emulator(&clock));
    let transport = Arc::new(Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap());
    let (limits, validate) = (bizgo::limits::all(), bizgo::limits::validate);
    Dealer { name: "Bizgo", cases: 5_000, marks: true, limits, validate, transport, clock }
        .agree(&runtime, &[400, 600]);
}

#[test]
fn what_validate_passes_solapi_takes_and_what_it_refuses_solapi_refuses() {
    let (runtime, clock) = (runtime(), Arc::new(ManualClock::at(noon())));
    let emulator = runtime.block_on(emulator(&clock));
    let builder = Solapi::builder(
        Credentials::new("KEY", "SECRET"),
        "KA01PF0",
        Arc::clone(&clock) as Arc<dyn Clock>,
        Arc::new(SystemEntropy::new()),
    );
    let transport = Arc::new(builder.base_url(emulator.url()).build().unwrap());
    let (limits, validate) = (solapi::limits::all(), solapi::limits::validate);
    Dealer { name: "SOLAPI", cases: 5_000, marks: false, limits, validate, transport, clock }.agree(&runtime, &[400]);
}

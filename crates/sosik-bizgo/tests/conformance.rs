//! The client keeps the port's contract, against the emulator over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sosik_bizgo::{Bizgo, BizgoTransport};
use sosik_channel::{
    Answer, Audience, Backoff, Message, Proof, Recipient, Submission, TextMessage, Transport, TransportExt,
};
use sosik_core::{Clock, PhoneNumber, ShiftedClock, SystemClock, SystemEntropy};
use sosik_emulator::{Emulator, Fault, Options, Template};
use sosik_testkit::answers;

mod emulated {
    use super::*;

    async fn make() -> (BizgoTransport, Emulator) {
        let clock = ShiftedClock::starting_at(sosik_testkit::noon(), Arc::new(SystemClock::new()));
        let [code, text, link] = answers::TEMPLATE;
        let options = Options::new("KEY")
            .with_template(Template::new(code, text).with(link))
            .with_clock(Arc::new(clock))
            .with_receipt_delay(TimeDelta::milliseconds(100))
            .without_rates();
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let builder = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).webhook_secret("SECRET".to_owned());
        (builder.build().unwrap(), emulator)
    }
    sosik_testkit::transport_conformance!(make);

    #[tokio::test(flavor = "multi_thread")]
    async fn an_alimtalk_is_filled_in_for_each_recipient() {
        let (transport, _emulator) = make().await;
        answers::alimtalk_is_filled_in_for_each_recipient(&transport).await;
    }
}

/// Every adaptor that waits, around a dealer who fails at every third call.
mod adapted {
    use super::*;

    async fn make() -> (impl Transport, Emulator) {
        let clock = ShiftedClock::starting_at(sosik_testkit::noon(), Arc::new(SystemClock::new()));
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let options = Options::new("KEY")
            .with_clock(Arc::clone(&clock))
            .with_receipt_delay(TimeDelta::milliseconds(100))
            .with_fault(Fault::NoEntry, 0.1)
            .with_fault(Fault::status(503), 0.1)
            .with_fault(Fault::too_many(0), 0.05)
            .with_fault(Fault::Truncated, 0.05)
            .without_rates();
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let dealer = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).webhook_secret("SECRET".to_owned());
        let backoff = Backoff::new().attempts(12).between(Duration::from_millis(1), Duration::from_millis(20));
        let transport = dealer
            .build()
            .unwrap()
            .throttled(Arc::clone(&clock))
            .retrying(backoff, Arc::new(SystemEntropy::new()))
            .breaking(5, TimeDelta::seconds(1), Arc::clone(&clock))
            .falling_back()
            .recorded(100, clock)
            .traced();
        (transport, emulator)
    }

    // All rules but the third: a repeated submission whose first answer was lost says that all were taken before.
    sosik_testkit::transport_conformance!(@ make:
        rule_2_too_large_a_batch_sends_nothing
        rule_4_an_audience_it_cannot_serve_is_refused
        rule_5_receipts_come_until_they_are_acknowledged
        rule_6_finding_never_sends
        rule_7_an_upload_answers_with_a_name
        rule_8_what_is_cancelled_in_time_is_never_sent
        rule_9_a_webhook_of_no_ones_is_no_receipt
    );

    #[tokio::test(flavor = "multi_thread")]
    async fn a_thousand_go_once_each_whatever_goes_wrong() {
        let (transport, emulator) = make().await;
        let text = TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "양주시 소식").unwrap();
        for batch in 0..20 {
            let people = (0..50).map(|n| Recipient::new(format!("r{n}"), sosik_testkit::phone(batch * 50 + n)));
            let submission =
                Submission::new(format!("k{batch}"), Message::from(text.clone()), Audience::Named(people.collect()));
            let Proof::PerRecipient(answers) = transport.submit(&submission).await.unwrap().proof else { panic!() };
            assert!(answers.iter().all(|one| matches!(one.answer, Answer::Accepted | Answer::Already)), "{answers:?}");
        }
        let stats = emulator.stats();
        assert_eq!((stats.accepted, stats.distinct, stats.duplicates), (1_000, 1_000, 0));
        assert!(stats.rejected.keys().any(|code| code.starts_with("fault:")), "nothing went wrong: {stats:?}");
    }
}

mod friends {
    use super::*;
    use sosik_core::ManualClock;
    use sosik_testkit::group_sender::{World, friday};

    const FRIENDS: u64 = 20_000;

    async fn make() -> (World, Arc<Emulator>) {
        let clock = Arc::new(ManualClock::at(friday()));
        let options =
            Options::new("KEY").with_clock(Arc::<ManualClock>::clone(&clock)).with_friends(FRIENDS).without_rates();
        let emulator = Arc::new(Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap());
        let sender = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
        let counted = Arc::clone(&emulator);
        let went = move || counted.stats().group_sent + counted.stats().accepted;
        (World::new(Arc::new(sender), clock, FRIENDS, went), emulator)
    }
    sosik_testkit::group_sender_conformance!(make);
}

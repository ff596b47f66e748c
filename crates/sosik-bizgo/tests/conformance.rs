//! The client keeps the port's contract, against the emulator over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use chrono::TimeDelta;
use sosik_bizgo::{Bizgo, BizgoTransport};
use sosik_core::{ShiftedClock, SystemClock};
use sosik_emulator::{Emulator, Options, Template};
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
        let transport = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
        (transport, emulator)
    }
    sosik_testkit::transport_conformance!(make);

    #[tokio::test(flavor = "multi_thread")]
    async fn an_alimtalk_is_filled_in_for_each_recipient() {
        let (transport, _emulator) = make().await;
        answers::alimtalk_is_filled_in_for_each_recipient(&transport).await;
    }
}

mod friends {
    use super::*;
    use sosik_core::ManualClock;
    use sosik_testkit::group_sender::{World, friday};

    const FRIENDS: u64 = 20_000;

    async fn make() -> (World, Emulator) {
        let clock = Arc::new(ManualClock::at(friday()));
        let options =
            Options::new("KEY").with_clock(Arc::<ManualClock>::clone(&clock)).with_friends(FRIENDS).without_rates();
        let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let sender = Bizgo::builder("KEY", "SENDER").base_url(emulator.url()).build().unwrap();
        (World::new(Arc::new(sender), clock, FRIENDS), emulator)
    }
    sosik_testkit::group_sender_conformance!(make);
}

//! An event of the Bot API: read or refused, whatever it is; what is refused repeats nothing of it.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use sosik_core::ChannelId;
use sosik_kakao::bot::{BotDoor, BotEvent};

fuzz_target!(|body: &[u8]| match BotEvent::parse(body) {
    Ok(event) => {
        let channel = ChannelId::parse("city").expect("a name");
        let turn = event.turn(&channel, DateTime::UNIX_EPOCH);
        assert!(!format!("{event:?} {turn:?} {}", BotDoor::answers(&event)).is_empty());
    }
    Err(error) => assert!(error.to_string().len() < 200),
});

//! A skill's request and answer: read or refused, whatever they are, and an answer that is sent is read again as it was.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use sosik_core::ChannelId;
use sosik_kakao::skill::{Answer, SkillRequest};

fuzz_target!(|body: &[u8]| {
    if let Ok(request) = SkillRequest::parse(body) {
        let channel = ChannelId::parse("city").expect("a name");
        let turn = request.turn(&channel, DateTime::UNIX_EPOCH);
        assert!(!format!("{request:?} {turn:?}").is_empty());
    }
    let Some(answer) = std::str::from_utf8(body).ok().and_then(|text| Answer::from_json(text).ok()) else { return };
    if let Ok(json) = answer.to_json() {
        assert_eq!(Answer::from_json(&json).expect("what was written"), answer);
    }
    let _ = (answer.to_bot_json(), answer.doubts());
});

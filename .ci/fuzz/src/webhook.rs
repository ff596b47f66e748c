//! What Kakao tells of people: read or refused, whatever it is.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;
use sosik_channel::Webhook;
use sosik_kakao::webhook::{channel_event, unlink};

fuzz_target!(|body: &[u8]| {
    let key: SecretString = "KEY".to_owned().into();
    let request = Webhook::new(body.to_vec(), DateTime::UNIX_EPOCH).with_header("authorization", "KakaoAK KEY");
    let _ = (channel_event(&key, &request), unlink(&key, &request));
});

//! What Kakao tells by itself: documented samples, and whatever else may come.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::path::PathBuf;

use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use sosik_channel::Webhook;
use sosik_kakao::webhook::{Change, EventUser, MAX_BYTES, UnlinkReason, WebhookError, channel_event, unlink};
use sosik_kakao::{ChannelPublicId, links};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 7, 0, 1).unwrap()
}

fn request(body: impl Into<Vec<u8>>) -> Webhook {
    Webhook::new(body, now()).with_header("authorization", "KakaoAK KEY").with_header("x-kakao-resource-id", "r-1")
}

fn event(fields: &Value) -> Result<sosik_kakao::webhook::ChannelEvent, WebhookError> {
    channel_event(&"KEY".to_owned().into(), &request(fields.to_string()))
}

fn sample() -> Value {
    json!({
        "event": "blocked", "id": "77", "id_type": "app_user_id", "channel_public_id": "_ZeUTxl",
        "channel_uuid": "@yourid", "updated_at": "2026-11-20T07:00:00Z", "later": { "more": [1] },
    })
}

/// The documented samples, where they lie beside this repository.
#[expect(clippy::disallowed_methods, reason = "tests find the corpus by an environment variable")]
fn corpus(name: &str) -> Option<Value> {
    let Some(folder) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
        println!("SKIPPED: SOSIK_CORPUS is not set, {name} was not read");
        return None;
    };
    let path = PathBuf::from(folder).join("kakao").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn documented_events_are_read() {
    for (name, change, app, search) in [
        ("kakao_channel_webhook_added.json", Change::Added, true, "@yourid"),
        ("kakao_channel_webhook_blocked_open_id.json", Change::Blocked, false, "@yourid"),
        ("webhooks/channel_blocked_2020_old_names.json", Change::Blocked, false, "@옷쟁이들"),
    ] {
        let Some(sample) = corpus(name) else { return };
        let key = sample["headers"]["Authorization"].as_str().unwrap().strip_prefix("KakaoAK ").unwrap().to_owned();
        let mut webhook = Webhook::new(sample["body"].to_string(), now());
        for (header, value) in sample["headers"].as_object().unwrap() {
            webhook = webhook.with_header(header, value.as_str().unwrap());
        }
        let event = channel_event(&key.into(), &webhook).unwrap();
        assert_eq!((event.change, matches!(event.user, EventUser::App(_))), (change, app), "{name}");
        assert_eq!(event.search_id.unwrap().as_str(), search);
        assert_eq!(event.at, sample["body"]["updated_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap());
        assert_eq!(event.resource.is_some(), sample["headers"].get("X-Kakao-Resource-ID").is_some());
    }
}

#[test]
fn a_documented_unlinking_is_read() {
    let Some(sample) = corpus("kakao_unlink_webhook.json") else { return };
    let form = sample["form"].as_object().unwrap();
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
    let webhook = Webhook::new(body.join("&"), now()).with_header("Authorization", "KakaoAK PRIMARY_ADMIN_KEY");
    let gone = unlink(&"PRIMARY_ADMIN_KEY".to_owned().into(), &webhook).unwrap();
    assert_eq!(
        (gone.app.as_str(), gone.user.expose(), gone.why),
        ("123456", 1_234_567_890, UnlinkReason::UnlinkFromApps)
    );
}

#[test]
fn old_names_and_numbers_for_ids_are_taken_and_the_new_name_counts() {
    let mut fields = sample();
    fields["id"] = json!(77);
    fields["plus_friend_public_id"] = json!("_Older");
    assert_eq!(event(&fields).unwrap().channel.as_str(), "_ZeUTxl");
    fields.as_object_mut().unwrap().remove("channel_public_id");
    let told = event(&fields).unwrap();
    assert_eq!((told.channel.as_str(), told.resource.as_deref()), ("_Older", Some("r-1")));
    assert!(matches!(told.user, EventUser::App(user) if user.expose() == 77));
    assert!(!format!("{told:?}").contains("77"));
}

#[test]
fn what_is_odd_is_refused_and_not_repeated() {
    for (field, value) in [
        ("event", json!("poked")),
        ("event", Value::Null),
        ("id", json!("kim")),
        ("id", json!([1])),
        ("id_type", json!("phone")),
        ("channel_public_id", json!("@yourid")),
        ("channel_public_id", Value::Null),
        ("updated_at", json!("yesterday")),
        ("updated_at", json!(1_795_158_000)),
    ] {
        let mut fields = sample();
        fields[field] = value.clone();
        let error = event(&fields).unwrap_err();
        assert!(matches!(error, WebhookError::Body(_)), "{field}: {value}: {error}");
        assert!(!error.to_string().contains("kim"));
    }
    let key = || "KEY".to_owned().into();
    assert_eq!(channel_event(&key(), &request(vec![b' '; MAX_BYTES + 1])), Err(WebhookError::TooLarge));
    for (header, secret) in [("KakaoAK KEY2", "KEY"), ("KEY", "KEY"), ("Bearer KEY", "KEY"), ("KakaoAK ", "")] {
        let webhook = Webhook::new(sample().to_string(), now()).with_header("Authorization", header);
        assert_eq!(channel_event(&secret.to_owned().into(), &webhook), Err(WebhookError::Key), "{header}");
    }
    for form in [
        "",
        "app_id=1&user_id=2",
        "app_id=1&user_id=2&user_id=3&referrer_type=X",
        "app_id=1&user_id=-2&referrer_type=X",
    ] {
        assert!(matches!(unlink(&key(), &request(form)), Err(WebhookError::Body(_))), "{form}");
    }
    let other = unlink(&key(), &request("app_id=1&user_id=2&referrer_type=NEW_ONE&more=x")).unwrap();
    assert_eq!(other.why, UnlinkReason::Other("NEW_ONE".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// No bytes make it panic, and none that lack the key are read.
    #[test]
    fn whatever_comes_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..200, at in 0usize..200, byte in any::<u8>()) {
        let key = || "KEY".to_owned().into();
        let _ = channel_event(&key(), &request(body.clone()));
        let _ = unlink(&key(), &request(body.clone()));
        // A sample with a byte changed, and cut off.
        let mut bytes = sample().to_string().into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(cut.max(length - 40));
        let _ = channel_event(&key(), &request(bytes.clone()));
        let unsigned = Webhook::new(bytes, now());
        prop_assert_eq!(channel_event(&key(), &unsigned), Err(WebhookError::Key));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A phone's camera reads what was meant: each module is as it has to be, and the picture is found. This reader takes a
    /// pattern of the data for a mark in one of some 3,000 pictures at most sizes (of `_XQslPu`, which zbar reads): a camera
    /// that moves sees another size.
    #[test]
    fn qr_codes_are_read_again(id in "_[A-Za-z0-9]{1,31}") {
        is_read_again(&id)?;
    }
}

#[test]
fn a_qr_code_that_looks_like_its_marks_is_read_again() {
    is_read_again("_XQslPu").unwrap();
}

fn is_read_again(id: &str) -> Result<(), TestCaseError> {
    let channel = ChannelPublicId::parse(id).unwrap();
    let code = links::friend_qr(&channel);
    let (margin, width) = (4, code.width());
    let modules: Vec<bool> = code.modules().collect();
    let exact = rqrr::Grid::new(rqrr::SimpleGrid::from_func(width, |x, y| modules[y * width + x]));
    prop_assert_eq!(exact.decode().unwrap().1, links::friend(&channel));
    let picture = |scale: usize| {
        let side = (width + 2 * margin) * scale;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            let place = |at: usize| (at / scale).checked_sub(margin).filter(|at| *at < width);
            match (place(x), place(y)) {
                (Some(x), Some(y)) if modules[y * width + x] => 0,
                _ => 255,
            }
        });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().map(|(_, text)| text)
    };
    let seen = picture(4).or_else(|_| picture(3));
    prop_assert_eq!(seen.unwrap(), links::friend(&channel));
    Ok(())
}

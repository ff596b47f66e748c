//! Our answers beside those of the dealer's own SDK, for messages at the edges of what is allowed.
//!
//! The SDK for Node.js 6.0.1 was asked which of them it takes, and in which form it sends them. The answers lie in the
//! corpus: set `SOSIK_CORPUS` to its folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]
#![expect(clippy::disallowed_methods, reason = "the corpus is named by the environment")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use sosik_channel::{Advertising, Media, MediaRef, Message, Picture, PictureFormat, Place, Recipient, Refusal};
use sosik_core::PhoneNumber;
use sosik_solapi::{Group, limits, wire};

/// Where we differ from the SDK, and why.
const DIFFERENCES: &[(&str, &str)] = &[
    ("text_top_1301", "the SDK does not count the text beside the object; Kakao does, and so do we"),
    ("text_link_korean", "raw Hangul in a link is percent-encoded by us, refused by the SDK"),
    ("text_link_space", "a space in a link is percent-encoded by us, refused by the SDK"),
    ("text_link_paren", "parentheses in a link are percent-encoded by us, refused by the SDK"),
    ("cf_head_refused", "the SDK drops a feed's head in silence; we say that there is none"),
    ("cf_text_top", "the SDK sends a text that no one sees; we say so"),
    ("c_add_nl2", "two line breaks: NHN's guide allows one, the SDK does not count"),
    ("tpl_bubble", "what a template shows is not in what is sent: it is not read back"),
    ("no_from", "a text has a sending number: the SDK leaves that to the dealer"),
];

fn cases() -> Option<Vec<Value>> {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        println!("SKIPPED: SOSIK_CORPUS is not set, the dealer's SDK was not heard");
        return None;
    };
    let path = PathBuf::from(corpus).join("kakao").join("solapi_sdk_oracle.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// A picture of the size that its place wants: the SDK looks at names only.
fn picture(name: &str, place: Place) -> Picture {
    let size = match place {
        Place::Wide => (800, 600),
        Place::WideItemRest => (800, 800),
        _ => (800, 400),
    };
    let mut picture = Media::new(PictureFormat::Jpeg, size, "그림", vec![1]).picture;
    picture.media = Some(MediaRef::new(name));
    picture
}

/// What we say to a case: the form in which we would send it, or why not.
fn ours(input: &Value) -> Result<Value, String> {
    let message: Message = wire::read(input, &picture).map_err(|error| error.to_string())?;
    // The SDK knows no marks; the message carries them so that only what the SDK looks at is judged.
    let message = match message.body.kind() {
        "text" => message,
        _ => message.with_advertising(Advertising::new("예시시청", Refusal::BlockChannel)),
    };
    limits::validate(&message).map_err(|faults| faults.to_string())?;
    let to = PhoneNumber::parse(input["to"].as_str().unwrap()).map_err(|error| error.to_string())?;
    let pf_id = input["kakaoOptions"]["pfId"].as_str().unwrap_or_default();
    wire::write(&message, &Recipient::new("r", to), pf_id).map_err(|error| error.to_string())
}

/// A wire form without what says nothing of the message: our reference, its sending number beside a brand message, and
/// where its words stand.
fn comparable(wire: &Value) -> Value {
    let mut wire = wire.clone();
    let fields = wire.as_object_mut().unwrap();
    fields.remove("customFields");
    if fields.contains_key("kakaoOptions") {
        fields.remove("from");
        let beside = fields.remove("text");
        if let Some(bms) = fields["kakaoOptions"]["bms"].as_object_mut() {
            if let (None, Some(text)) = (bms.get("content"), beside) {
                bms.insert("content".to_owned(), text);
            }
            // For adults only: no is what it is without the field.
            if bms.get("adult") == Some(&Value::Bool(false)) {
                bms.remove("adult");
            }
        }
    } else {
        // The SDK leaves the type to the dealer.
        fields.remove("type");
    }
    wire
}

#[test]
fn the_dealer_s_sdk_and_we_agree_or_it_is_said_why_not() {
    let Some(cases) = cases() else { return };
    let (mut accepted, mut refused, mut differ, mut same_wire) = (0, 0, BTreeMap::new(), 0);
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let theirs = case["accept"].as_bool().unwrap();
        let ours = ours(&case["input"]);
        if let Some((_, why)) = DIFFERENCES.iter().find(|(known, _)| *known == id) {
            assert_ne!(ours.is_ok(), theirs, "{id} is listed as a difference, and is none");
            differ.insert(id, *why);
            continue;
        }
        assert_eq!(ours.is_ok(), theirs, "{id}: ours {ours:?}, theirs {}", case["message"]);
        match ours {
            Ok(wire) => {
                accepted += 1;
                assert_eq!(comparable(&wire), comparable(&case["wire"]), "{id}");
                same_wire += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!(
        "{} cases: {accepted} accepted by both ({same_wire} in the same form), {refused} refused by both, {} differ: {differ:#?}",
        cases.len(),
        differ.len()
    );
    assert_eq!(differ.len(), DIFFERENCES.len());
    assert_eq!((cases.len(), accepted, refused), (96, 44, 43), "the answers are read whole");
}

#[test]
fn whole_requests_of_the_sdk_are_read_and_written_again() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else { return };
    let folder = PathBuf::from(corpus).join("kakao");
    for name in [
        "carousel_commerce",
        "carousel_feed",
        "commerce",
        "image",
        "premium_video",
        "wide",
        "wide_item_list",
        "text",
        "coupon_text",
        "lms",
    ] {
        let path = folder.join(format!("solapi_req_{name}.json"));
        let request: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let row = &request["body"]["messages"][0];
        let wire = ours(row).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(comparable(&wire), comparable(row), "{name}");
    }
}

/// Every request and answer of messages in SOLAPI's documents of 2022: texts are read and written again in the same form;
/// the rest is refused by what it uses.
#[test]
fn the_dealer_s_documents_are_read_or_refused_by_what_they_use() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else { return };
    let folder = PathBuf::from(corpus).join("dealers/solapi");
    let mut why: BTreeMap<String, usize> = BTreeMap::new();
    let (mut same, mut groups) = (0, 0);
    for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let examples: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for example in examples.iter().map(|example| &example["json"]) {
            if example.get("count").is_some_and(|count| count["total"].is_number()) {
                let group: Group = serde_json::from_value(example.clone()).unwrap_or_else(|e| panic!("{path:?}: {e}"));
                assert!(group.id.starts_with("G4V"), "{path:?}: {group:?}");
                groups += 1;
            }
            let rows = example.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
            for row in rows.into_iter().chain(example.get("message").filter(|row| row.is_object()).cloned()) {
                match ours(&row) {
                    Ok(wire) => {
                        assert_eq!(comparable(&wire), comparable(&row), "{path:?}");
                        same += 1;
                    }
                    Err(problem) => *why.entry(problem).or_default() += 1,
                }
            }
        }
    }
    println!("{same} messages in the same form, {groups} groups read; refused: {why:#?}");
    let refused: usize = why.values().sum();
    assert_eq!((same, groups, refused), (6, 6, 11), "they are read whole");
    // Pictures in FriendTalk, which ended in 2025, Alimtalk by its words, types left to the dealer.
    for problem in why.keys() {
        let known = [
            "unknown field `imageId`",
            "kakaoOptions.bms: it is missing",
            "`autoTypeDetect`",
            "`buttons`",
            "from: the number",
        ];
        assert!(known.iter().any(|known| problem.contains(known)), "{problem}");
    }
}

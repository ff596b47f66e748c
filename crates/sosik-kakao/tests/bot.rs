//! Events of the Bot API as they may come, and answers that both doors take, whatever the window says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::{Value, json};
use sosik_chat::{Bubble, Does, Facts, Leads, Line, List, NewsCard, Reply};
use sosik_content::WebLink;
use sosik_emulator::{BotHook, Emulator, Options};
use sosik_kakao::bot::{BotClient, BotDoor, BotEvent, BotEventError, BotEventKind};
use sosik_kakao::skill::Answer;

fn message() -> Value {
    json!({"op": 0, "s": 7, "t": "MESSAGE_CREATE", "d": {
        "id": 123_456_789_012_345_678_u64, "content": "비밀 이야기", "timestamp": "2026-11-27T15:15:00.123+09:00",
        "isChannelChatroom": true, "botGroupKey": "room-secret", "botUserKey": "user-secret", "callbackToken": "token-secret",
        "later": {"new": true},
    }})
}

#[test]
fn an_event_is_read_whole_and_shows_nothing_of_anyone() {
    let event = BotEvent::parse(message().to_string().as_bytes()).unwrap();
    assert_eq!((&event.kind, event.content.as_str(), event.is_channel), (&BotEventKind::Message, "비밀 이야기", true));
    assert_eq!(event.id.as_deref(), Some("123456789012345678"), "whole");
    assert_eq!((event.room.as_deref(), event.user.as_deref()), (Some("room-secret"), Some("user-secret")));
    assert_eq!(event.at.unwrap().to_rfc3339(), "2026-11-27T06:15:00.123+00:00");
    assert_eq!(event.raw["later"]["new"], true, "what is not known is kept");
    assert!(BotDoor::answers(&event));
    let shown = format!("{event:?}");
    assert!(!shown.contains("secret") && !shown.contains("비밀"), "{shown}");
}

#[test]
fn events_of_every_kind_say_whom_they_are_about() {
    let of = |t: &str, d: Value| BotEvent::parse(json!({"op": 0, "t": t, "d": d}).to_string().as_bytes()).unwrap();
    let person = json!({"botUserKey": "key"});
    for (t, name, kind) in [
        ("ENTRANCE", "inviter", BotEventKind::Entrance),
        ("CHAT_JOIN", "user", BotEventKind::Join),
        ("AD_REWARD", "viewer", BotEventKind::AdReward),
    ] {
        let event = of(t, json!({"botGroupKey": "room", name: person, "timestamp": "-", "callbackToken": "t"}));
        assert_eq!((event.kind.clone(), event.user.as_deref()), (kind, Some("key")));
        assert!(!BotDoor::answers(&event), "{t} is nothing that was said");
    }
    assert_eq!(of("LEAVE", json!({"botGroupKey": "room", "timestamp": "-"})).user, None);
    assert_eq!(of("POLL", json!({})).kind, BotEventKind::Other("POLL".into()));
}

/// JSON of any form, with names that events have.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "op",
        "t",
        "d",
        "id",
        "content",
        "isChannelChatroom",
        "callbackToken",
        "user",
        "botUserKey",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        Just(json!(0)),
        any::<i64>().prop_map(Value::from),
        Just(json!("MESSAGE_CREATE")),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_is_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(BotEvent::parse(&bytes).is_err());
    }

    #[test]
    fn what_is_no_event_names_its_field(value in any_json(), content in any_json(), token in any_json()) {
        for body in [value.clone(), json!({"op": 0, "t": "MESSAGE_CREATE", "d": value}),
                     json!({"op": 0, "t": "MESSAGE_CREATE", "d": {"content": content, "callbackToken": token}})] {
            match BotEvent::parse(body.to_string().as_bytes()) {
                Ok(event) => prop_assert_eq!(Value::Object(event.raw), body["d"].clone()),
                Err(error) => prop_assert!(matches!(error, BotEventError::Field { .. }), "{}", error),
            }
        }
    }
}

/// Anything that a window may say, in texts of any length.
fn any_reply() -> impl Strategy<Value = Reply> {
    let text = || {
        prop_oneof!["\\PC{1,30}", "[가-힣 ]{300,1500}", Just("안내".to_owned())]
            .prop_map(|text| if text.trim().is_empty() { "안내".to_owned() } else { text })
    };
    let page = || WebLink::parse("https://news.example.go.kr/editions/1").unwrap();
    let card = (text(), text(), any::<bool>()).prop_map(move |(title, body, has_picture)| {
        let card = NewsCard::new(title, body, page(), "자세히 보기");
        if has_picture { card.with_picture(page(), "나무") } else { card }
    });
    let line = (text(), text(), 0..3).prop_map(move |(title, body, leads)| {
        let line = Line::new(title, body);
        match leads {
            0 => line,
            1 => line.leads(Leads::Page(page())),
            _ => line.leads(Leads::Says("소식".into())),
        }
    });
    let facts =
        (text(), prop::collection::vec((text(), text()), 0..4), 0..4).prop_map(move |(title, facts, buttons)| {
            let all = facts.into_iter().fold(Facts::new(title), |all, (name, value)| all.fact(name, value));
            (0..buttons).fold(all, |all, n| match n {
                0 => all.button("전화하기", Does::Calls("031-8082-0000".into())),
                1 => all.button("열기", Does::Opens(page())),
                _ => all.button("담당자에게 묻기", Does::Says("담당자에게 묻기".into())),
            })
        });
    let bubble = prop_oneof![
        text().prop_map(Bubble::Text),
        prop::collection::vec(card, 1..12).prop_map(Bubble::Cards),
        (text(), prop::collection::vec(line, 1..8)).prop_map(|(title, lines)| Bubble::List(List::new(title, lines))),
        facts.prop_map(Bubble::Facts),
    ];
    (prop::collection::vec(bubble, 1..5), prop::collection::vec(text(), 0..14)).prop_map(|(bubbles, choices)| {
        let reply = bubbles.into_iter().fold(Reply::default(), Reply::with);
        choices.into_iter().fold(reply, |reply, choice| {
            let says: String = choice.chars().take(1_000).collect();
            reply.choice(choice, says)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_the_window_says_is_taken_by_kakao(replies in prop::collection::vec(any_reply(), 8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options::new("KEY").with_bot("BOT-TOKEN");
            let emulator = Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
            emulator.say_to_bot(&BotHook::at("http://127.0.0.1:9/"), "citizen-0001", "안녕").await.unwrap_err();
            let client = BotClient::new("BOT-TOKEN").unwrap().base_url(&emulator.url()).unwrap();
            for reply in replies {
                let answer = Answer::of(&reply);
                prop_assert!(answer.to_json().is_ok() && answer.doubts().is_empty(), "{:?}", answer.doubts());
                let sent = client.send("bot-citizen-0001", &answer).await;
                prop_assert!(sent.is_ok(), "{:?}: {}", sent, answer.to_bot_json().unwrap());
            }
            Ok(())
        })?;
    }
}

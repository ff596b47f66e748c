//! Skill requests and answers: those that others made, those at every limit, and whatever else may come.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test says what it did not read")]
#![expect(clippy::disallowed_methods, reason = "a test reads where the corpus lies")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use sosik_kakao::skill::{
    Action, Answer, AnswerError, BasicCard, Button, ButtonLayout, CallbackUrl, Carousel, CarouselItems, CommerceCard,
    ContextValue, Item, ItemCard, ListCard, ListItem, MAX_BYTES, QuickReply, SimpleImage, SimpleText, SkillError,
    SkillRequest, TextCard, Thumbnail, limits,
};

/// The files of a folder of the corpus that begin so, by name.
fn corpus(folder: &str, begins: &str) -> Vec<(String, String)> {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "the corpus must be here: set SOSIK_CORPUS");
        println!("SKIPPED: SOSIK_CORPUS is not set, {folder} was not read");
        return Vec::new();
    };
    let folder: PathBuf = Path::new(&corpus).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(begins));
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    let read = |path: &PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
    };
    files.iter().map(read).collect()
}

fn parse(value: &Value) -> Result<SkillRequest, SkillError> {
    SkillRequest::parse(value.to_string().as_bytes())
}

/// As Kakao sends it from a phone, by the fields of its guide.
fn full() -> Value {
    json!({
        "bot": {"id": "bot", "name": "도우미"},
        "intent": {"id": "block", "name": "여권", "extra": {"reason": {"code": 1, "message": "OK"}}},
        "userRequest": {
            "timezone": "Asia/Seoul", "lang": "ko", "utterance": " 여권 어디서 만들어요?\n",
            "params": {"surface": "Kakaotalk.plusfriend"}, "block": {"id": "block", "name": "여권"},
            "user": {"id": "key", "type": "botUserKey", "properties": {
                "botUserKey": "key", "plusfriendUserKey": "channel-key", "appUserId": "708203191", "isFriend": true}},
            "callbackUrl": "https://bot-api.kakao.com/v1/callback/TOKEN"
        },
        "contexts": [{"name": "area", "lifespan": 5, "ttl": 600, "params": {"emd": "회천1동"}}],
        "action": {"id": "a", "name": "여권 스킬", "params": {"place": "시청", "count": 2},
            "detailParams": {"place": {"groupName": "", "origin": "시청", "value": {"code": 7}}}, "clientExtra": {"k": "v"}},
        "flow": {"trigger": {"type": "TEXT_INPUT"}}, "somethingNew": [1]
    })
}

#[test]
fn every_request_that_others_recorded_is_read() {
    let mut files = corpus("kakao/skill_requests", "");
    files.extend(corpus("kakao", "skill_payload"));
    for (name, text) in &files {
        let request = SkillRequest::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(request.raw, value, "{name}: all of it is kept");
        let said = value["userRequest"]["utterance"].as_str().unwrap_or("").trim();
        assert_eq!(request.utterance, said, "{name}");
        let debug = format!("{request:?}");
        let user = &request.user;
        let app = user.app_user.map(|id| id.expose().to_string());
        for secret in [user.bot_user.clone(), user.channel_user.clone(), app].into_iter().flatten() {
            // Short placeholders are parts of words.
            assert!(secret.len() < 5 || !debug.contains(&secret), "{name}: {debug}");
        }
        assert!(said.chars().count() < 5 || !debug.contains(said), "{name}: {debug}");
    }
    let of = |name: &str| {
        let found = files.iter().find(|(file, _)| file == name);
        found.map(|(_, text)| SkillRequest::parse(text.as_bytes()).unwrap())
    };
    let Some(slots) = of("slot_filling_phone_number.json") else { return };
    assert!(slots.fills_slot && slots.user.is_friend && slots.user.app_user.is_some());
    assert_eq!(slots.params["region"], "서울대입구역");
    let picture = of("image_upload_media_2026.json").unwrap();
    assert_eq!(picture.media.unwrap().kind, "image");
    assert_eq!(picture.trigger.as_deref(), Some("IMAGE_UPLOAD"));
    assert!(of("fallback_block_with_callbackUrl.json").unwrap().callback.is_some());
    assert!(of("fallback_2025_flow_lastBlock.json").unwrap().is_test());
    assert_eq!(of("client_extra_button_entry.json").unwrap().client_extra["entry"], "consultation_button");
    let old = of("skill_payload_v1_old.json").unwrap();
    assert!(old.client_extra.is_empty() && old.block.name == "스킬테스트");
}

#[test]
fn a_request_has_what_it_says() {
    let request = parse(&full()).unwrap();
    assert_eq!((request.utterance.as_str(), request.block.name.as_str()), ("여권 어디서 만들어요?", "여권"));
    assert_eq!((request.bot.id.as_str(), request.is_test()), ("bot", false));
    assert_eq!(request.user.channel_user.as_deref(), Some("channel-key"));
    assert_eq!(request.user.app_user.unwrap().expose(), 708_203_191);
    assert_eq!((request.params["place"].as_str(), request.params["count"].as_str()), ("시청", "2"));
    assert_eq!(
        (request.details["place"].origin.as_str(), &request.details["place"].value),
        ("시청", &json!({"code": 7}))
    );
    let context = &request.contexts[0];
    assert_eq!((context.name.as_str(), context.turns, context.seconds), ("area", 5, Some(600)));
    assert_eq!(request.raw["somethingNew"], json!([1]));
    let debug = format!("{request:?} {:?} {:?} {:?}", request.user, request.details, request.contexts);
    for secret in ["여권 어디서", "channel-key", "708203191", "시청", "회천1동", "TOKEN"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}

#[test]
fn what_is_malformed_is_refused_by_its_field_and_tells_nothing_of_what_was_said() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 10] = [
        (|all| *all = json!([1]), "the request is no object"),
        (|all| all["userRequest"] = json!("secret"), "userRequest is no object"),
        (|all| all["userRequest"]["utterance"] = json!(["secret"]), "userRequest.utterance is no text"),
        (|all| all["userRequest"]["user"] = json!({"type": "botUserKey"}), "userRequest.user.id is missing"),
        (
            |all| all["userRequest"]["user"]["properties"]["appUserId"] = json!("secret"),
            "userRequest.user.properties.appUserId is no number",
        ),
        (|all| all["userRequest"]["callbackUrl"] = json!("secret"), "userRequest.callbackUrl is no address"),
        (
            |all| all["userRequest"]["callbackUrl"] = json!("https://kakao.com.example.org/secret"),
            "userRequest.callbackUrl is no https address of Kakao's (*.kakao.com)",
        ),
        (|all| all["contexts"] = json!({"a": "secret"}), "contexts is no list"),
        (|all| all["contexts"][0] = json!("secret"), "contexts[0] is no object"),
        (
            |all| all["action"]["detailParams"]["place"]["origin"] = json!({"a": "secret"}),
            "action.detailParams.place.origin is no text",
        ),
    ];
    for (change, expected) in cases {
        let mut request = full();
        change(&mut request);
        assert_eq!(parse(&request).unwrap_err().to_string(), expected);
    }
    let cut = SkillRequest::parse(b"{\n\"userRequest\": {\"utterance\": \"sec").unwrap_err().to_string();
    assert_eq!(cut, "the request is no JSON: line 2, column 33");
    assert_eq!(SkillRequest::parse(&vec![b' '; MAX_BYTES + 1]).unwrap_err(), SkillError::TooLarge);
    for other in [
        "http://bot-api.kakao.com/x",
        "https://bot-api.kakao.com:8443/x",
        "https://a@bot-api.kakao.com/",
        "https://notkakao.com/",
    ] {
        assert!(CallbackUrl::parse(other).is_err(), "{other}");
    }
}

#[test]
fn every_answer_that_others_built_is_read_and_written_as_it_was() {
    let mut files = corpus("kakao/skill_responses", "");
    files.extend(corpus("kakao", "skill_resp_"));
    // What these packages build although Kakao's guide does not allow it.
    let refused = [
        ("kakao_rs_card_08.json", "itemCard.itemList: there are none"),
        ("kakao_rs_kakao_04.json", "items[0].buttons: it needs one at least"),
        ("kakao_rs_kakao_06.json", "header.thumbnail.imageUrl: it is no address"),
        ("kakao_rs_result_itemcard.json", "itemCard.itemList: there are none"),
    ];
    let mut seen = 0;
    for (name, text) in &files {
        let answer = Answer::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        match (answer.to_json(), refused.iter().find(|(file, _)| file == name)) {
            (Ok(json), None) => {
                let (ours, theirs): (Value, Value) =
                    (serde_json::from_str(&json).unwrap(), serde_json::from_str(text).unwrap());
                assert_eq!(ours, theirs, "{name}");
            }
            (Err(error), Some((_, why))) => {
                seen += 1;
                assert!(error.to_string().contains(why), "{name}: {error}");
            }
            (other, _) => panic!("{name}: {other:?}"),
        }
    }
    assert!(files.is_empty() || seen == refused.len());
}

fn long(characters: usize) -> String {
    "가".repeat(characters)
}

fn picture() -> Thumbnail {
    Thumbnail::new("https://www.example.go.kr/1.jpg", "축제 포스터")
}

fn button(label: usize) -> Button {
    Button::web(long(label), "https://www.example.go.kr/")
}

fn text_card() -> TextCard {
    TextCard::new(long(50), long(350)).with_button(button(14)).with_button(button(14)).with_button(button(14))
}

fn list(lines: usize) -> ListCard {
    let lines = (0..lines).map(|_| ListItem::web(long(20), long(40), "https://www.example.go.kr/")).collect();
    ListCard::new(long(15), lines).with_button(button(14)).with_button(button(14))
}

fn facts(lines: usize) -> ItemCard {
    ItemCard::new("접수", (0..lines).map(|_| Item::new(long(6), "2026-0001")).collect())
}

/// A card with four buttons.
fn four(card: ItemCard) -> ItemCard {
    (0..4).fold(card, |card, _| card.with_button(button(1)))
}

fn goods() -> CommerceCard {
    let mut card = CommerceCard::default().with_button(button(14));
    card.thumbnails = vec![picture()];
    card
}

fn side_by_side() -> TextCard {
    let mut card = TextCard::new("제목", "글").with_button(button(8));
    card.button_layout = Some(ButtonLayout::Horizontal);
    card
}

/// At each limit it passes, and one above it does not.
#[test]
fn what_is_at_a_limit_passes_and_one_more_is_named() {
    let basic = || BasicCard::new(picture(), long(50), long(230));
    let text = |characters| SimpleText::from_text(long(characters));
    let quick = |count: usize| (0..count).fold(Answer::text("글"), |answer, _| answer.quick("처음으로", "처음으로"));
    let all = || {
        Answer::new()
            .with(text(1_000))
            .with(text_card())
            .with(list(5))
            .quick(long(14), "처음으로")
            .remembering(ContextValue::new("area", 5).with("emd", "회천1동"))
    };
    let fine = [
        all(),
        quick(10),
        Answer::new().with(basic()).with(facts(10)).with(goods()),
        Answer::new().with(Carousel::new(CarouselItems::BasicCard(vec![basic(); 10]))),
        Answer::new().with(Carousel::new(CarouselItems::ListCard(vec![list(4); 5]))),
        Answer::new().with(Carousel::new(CarouselItems::ItemCard(vec![facts(5); 10]))),
        Answer::new().with(Carousel::new(CarouselItems::TextCard(vec![TextCard::new(long(50), long(78)); 10]))),
        Answer::new().with(SimpleImage::new("https://www.example.go.kr/a.jpg", long(1_000))).with(side_by_side()),
        Answer::later("확인하고 있어요"),
        Answer::sorry("양주시청 031-8082-0000"),
    ];
    for answer in fine {
        let json = answer.to_json().unwrap();
        assert_eq!(Answer::from_json(&json).unwrap(), answer, "it is read as it was written");
        assert_eq!(answer.doubts(), [], "{json}");
    }
    let wrong: Vec<(Answer, &str)> = vec![
        (Answer::new(), "outputs: there are none"),
        (all().with(text(1)), "outputs: 4 of at most 3 outputs"),
        (quick(11), "quickReplies: 11 of at most 10 quick replies"),
        (Answer::text(long(1_001)), "outputs[0].simpleText.text: 1001 of at most 1000 characters of a text"),
        (Answer::text(" "), "outputs[0].simpleText.text: it is empty"),
        (Answer::text("글").quick(long(15), "말"), "quickReplies[0].label: 15 of at most 14"),
        (Answer::text("글").quick("말", ""), "quickReplies[0].messageText: it is empty"),
        (Answer::new().with(text_card().with_button(button(1))), "textCard.buttons: 4 of at most 3"),
        (Answer::new().with(TextCard::default()), "textCard: it needs a title or a description"),
        (Answer::new().with(TextCard::new(long(51), "")), "textCard.title: 51 of at most 50"),
        (Answer::new().with(BasicCard::new(picture(), "제목", long(231))), "basicCard.description: 231 of at most 230"),
        (
            Answer::new().with(BasicCard::new(Thumbnail::default(), "제목", "")),
            "basicCard.thumbnail.imageUrl: it is no address",
        ),
        (Answer::new().with(list(6)), "listCard.items: 6 of at most 5"),
        (Answer::new().with(list(0)), "listCard.items: there are none"),
        (Answer::new().with(list(1).with_button(button(1))), "listCard.buttons: 3 of at most 2"),
        (Answer::new().with(Carousel::new(CarouselItems::ListCard(vec![list(5)]))), "items[0].items: 5 of at most 4"),
        (Answer::new().with(Carousel::new(CarouselItems::BasicCard(vec![]))), "carousel: it has no card"),
        (Answer::new().with(Carousel::new(CarouselItems::BasicCard(vec![basic(); 11]))), "carousel: 11 of at most 10"),
        (Answer::new().with(four(facts(1))), "itemCard.buttons: 4 of at most 3"),
        (
            Answer::new().with(Carousel::new(CarouselItems::ItemCard(vec![four(facts(1))]))),
            "items[0].buttons: 4 of at most 3",
        ),
        (Answer::new().with(facts(0)), "itemCard.itemList: there are none"),
        (
            Answer::new().with(CommerceCard::default().with_button(button(1))),
            "commerceCard.thumbnails: there has to be exactly one",
        ),
        (
            Answer::new().with(TextCard::new("제목", "").with_button(Button::web("보기", "javascript:alert(1)"))),
            "webLinkUrl: it is no address",
        ),
        (
            Answer::new().with(TextCard::new("제목", "").with_button(Button::says("보기", ""))),
            "messageText: it is empty",
        ),
        (Answer::later("확인하고 있어요").with(text(1)), "outputs: an answer that comes later shows nothing yet"),
        (
            // Within every other limit: ten cards of 280 Korean characters, and more in what buttons carry.
            Answer::new().with(Carousel::new(CarouselItems::BasicCard(vec![basic().with_button(carrying(3_000)); 10]))),
            "the answer: ",
        ),
    ];
    for (answer, expected) in wrong {
        let error = answer.to_json().unwrap_err();
        assert!(error.to_string().contains(expected), "{expected}: {error}");
        let AnswerError::Faults(faults) = error else { panic!("{error}") };
        assert_eq!(faults.len(), 1, "{faults:?}");
    }
}

/// What Kakao's pages leave open is told, and not refused.
#[test]
fn what_is_doubtful_is_told() {
    let doubtful: Vec<(Answer, &str)> = vec![
        (Answer::new().with(TextCard::new(long(50), long(351))), "401 of at most 400"),
        (
            Answer::new().with(Carousel::new(CarouselItems::TextCard(vec![TextCard::new("제목", long(127))]))),
            "129 of at most 128",
        ),
        (
            Answer::new().with(ListCard::new(long(16), vec![ListItem::web("글", "", "https://www.example.go.kr/")])),
            "16 of at most 15",
        ),
        (Answer::new().with(facts(11)), "11 of at most 10"),
        (
            Answer::new().with({
                let mut card = side_by_side();
                card.buttons = vec![button(9)];
                card
            }),
            "9 of at most 8",
        ),
        (Answer::new().with(SimpleImage::new("https://www.example.go.kr/a.jpg", long(1_001))), "1001 of at most 1000"),
    ];
    for (answer, expected) in doubtful {
        answer.to_json().unwrap();
        let doubts = answer.doubts();
        assert!(doubts.len() == 1 && doubts[0].to_string().contains(expected), "{expected}: {doubts:?}");
    }
    let names: std::collections::BTreeSet<&str> = limits::ALL.iter().map(|limit| limit.what).collect();
    assert!(names.len() == limits::ALL.len() && limits::ALL.iter().all(|limit| limit.source.contains("2026")));
}

/// A button that carries so many characters with it.
fn carrying(characters: usize) -> Button {
    let mut button = button(1);
    button.extra = Some(serde_json::Map::from_iter([("k".to_owned(), Value::String("a".repeat(characters)))]));
    button
}

#[test]
fn buttons_and_replies_do_what_they_say() {
    let phone = sosik_core::PhoneNumber::parse("031-8082-0000").unwrap();
    let card = TextCard::new("여권", "")
        .with_button(Button::call("전화", &phone))
        .with_button(Button::operator("상담원 연결"));
    let json: Value = serde_json::from_str(&Answer::new().with(card).to_json().unwrap()).unwrap();
    let buttons = &json["template"]["outputs"][0]["textCard"]["buttons"];
    assert_eq!(buttons[0], json!({"label": "전화", "action": "phone", "phoneNumber": "03180820000"}));
    assert_eq!(buttons[1], json!({"label": "상담원 연결", "action": "operator"}));
    // Whose a card of facts is has another form than whose goods are.
    let mut card = facts(1);
    (card.head, card.profile) = (None, serde_json::from_value(json!({"title": "양주시청", "width": 100})).unwrap());
    let json: Value = serde_json::from_str(&Answer::new().with(card).to_json().unwrap()).unwrap();
    assert_eq!(json["template"]["outputs"][0]["itemCard"]["profile"], json!({"title": "양주시청", "width": 100}));
    let read: QuickReply = serde_json::from_value(json!({"label": "민원", "action": "block", "blockId": "b"})).unwrap();
    let mut answer = Answer::text("글");
    answer.quick_replies.push(read);
    answer.to_json().unwrap();
    assert!(serde_json::from_value::<Action>(json!({"action": "fly"})).is_err());
    assert!(Answer::from_json(r#"{"version": "1.0"}"#).unwrap_err().to_string().contains("version 1.0 is not 2.0"));
}

/// Any JSON, of the names that a request has and of others.
fn anything() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "bot",
        "id",
        "name",
        "intent",
        "userRequest",
        "utterance",
        "user",
        "properties",
        "plusfriendUserKey",
        "appUserId",
        "params",
        "media",
        "action",
        "detailParams",
        "clientExtra",
        "contexts",
        "callbackUrl",
        "flow",
        "trigger",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::from("https://bot-api.kakao.com/v1/callback/T")),
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200), value in anything()) {
        let _ = SkillRequest::parse(&body);
        if let Ok(request) = parse(&value) {
            prop_assert!(request.user.bot_user.is_some() || request.user.channel_user.is_some());
            prop_assert_eq!(request.raw, value);
        }
    }

    #[test]
    fn one_part_of_another_kind_is_read_or_refused(part in anything(), at in 0..14_usize) {
        let paths = [
            "/bot", "/bot/id", "/intent", "/userRequest", "/userRequest/utterance", "/userRequest/user",
            "/userRequest/user/id", "/userRequest/user/properties", "/userRequest/user/properties/appUserId",
            "/userRequest/params", "/contexts", "/contexts/0/ttl", "/action/detailParams", "/flow/trigger",
        ];
        let mut request = full();
        *request.pointer_mut(paths[at]).unwrap() = part;
        match parse(&request) {
            Ok(read) => prop_assert_eq!(read.raw, request),
            Err(error) => prop_assert!(matches!(error, SkillError::Field { .. }), "{}", error),
        }
    }

    #[test]
    fn a_text_is_refused_where_it_is_too_long_and_nowhere_else(text in "[\\PC\\n]{1,1100}") {
        let fits = text.chars().count() <= limits::TEXT.most && !text.trim().is_empty();
        let json = Answer::text(text.as_str()).to_json();
        prop_assert_eq!(json.is_ok(), fits);
        if let Ok(json) = json {
            prop_assert_eq!(Answer::from_json(&json).unwrap(), Answer::text(text.as_str()));
        }
    }
}

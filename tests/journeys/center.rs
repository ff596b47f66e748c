//! What a city keeps up at Bizgo's centre beside its sendings: templates of Alimtalk, group tags, the permission to write
//! to whoever consented, insights, and submissions that wait for their time.

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use sosik::bizgo::{AlimtalkDraft, Bizgo, BizgoBuilder, BizgoTransport, GroupTag, InsightQuery, Inspection, Product};
use sosik::channel::{
    Advertising, AlimtalkButton, AlimtalkItems, AlimtalkTemplate, Audience, Body, Bubble, Emphasis, Media, Message,
    PictureFormat, Recipient, Refusal, SendErrorKind, Submission, TextMessage, Transport, TransportExt,
};
use sosik::{Clock, PhoneNumber};
use sosik_emulator::{Emulator, Options};
use sosik_testkit::phone;
use sosik_testkit::transport::jpeg;
use sosik_tests::http;

use crate::city::City;

fn builder(city: &City) -> BizgoBuilder {
    Bizgo::builder("KEY", "SENDER").base_url(city.emulator.url())
}

fn bizgo(city: &City) -> BizgoTransport {
    builder(city).build().unwrap()
}

fn passport() -> AlimtalkTemplate {
    AlimtalkTemplate::new("PASSPORT1", "#{이름}님, 여권이 나왔습니다.")
        .with_button(AlimtalkButton::web("찾는 곳", "https://www.example.go.kr/#{번호}"))
}

fn applicant(n: u32) -> Recipient {
    Recipient::new(format!("r{n}"), phone(n)).with_variable("이름", format!("시민 {n}")).with_variable("번호", "17")
}

fn submission(key: &str, message: impl Into<Message>, to: Vec<Recipient>) -> Submission {
    Submission::new(key, message.into(), Audience::Named(to))
}

/// What Kakao's inspectors decide.
async fn decide(emulator: &Emulator, verdict: serde_json::Value) {
    let answered = http(emulator.address(), "POST /_emulator/inspections", &[], &verdict.to_string()).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alimtalk_goes_once_kakao_approved_its_template() {
    let city = City::of(0, |options| options).await;
    let transport = bizgo(&city);
    let draft = |template: AlimtalkTemplate| AlimtalkDraft::new("여권 발급 안내", template).in_category("001001");
    transport.register_alimtalk(&draft(passport())).await.unwrap();
    let again = transport.register_alimtalk(&draft(passport())).await.unwrap_err();
    assert_eq!((again.kind(), again.code()), (SendErrorKind::InvalidContent, Some("A505")));
    assert_eq!(transport.alimtalk("PASSPORT1").await.unwrap().inspection, Inspection::Registered);

    // Before it is approved nothing goes by it.
    let send = |key: &str| submission(key, Message::new(Body::Alimtalk(passport())), vec![applicant(1)]);
    assert_eq!(transport.submit(&send("k1")).await.unwrap_err().code(), Some("A505"));

    transport.request_inspection("PASSPORT1", Some("민원실 안내입니다.")).await.unwrap();
    assert_eq!(transport.change_alimtalk(&draft(passport())).await.unwrap_err().code(), Some("A824"));
    transport.cancel_inspection("PASSPORT1").await.unwrap();
    assert_eq!(transport.cancel_inspection("PASSPORT1").await.unwrap_err().code(), Some("A824"));
    transport.request_inspection("PASSPORT1", None).await.unwrap();
    decide(&city.emulator, json!({ "code": "PASSPORT1", "verdict": "REJ", "comment": "발급 기관을 적어 주세요." }))
        .await;
    let rejected = transport.alimtalk("PASSPORT1").await.unwrap();
    assert_eq!((rejected.inspection.clone(), rejected.is_usable()), (Inspection::Rejected, false));
    let last = rejected.comments.last().unwrap();
    assert_eq!((last.text.as_deref(), last.at), (Some("발급 기관을 적어 주세요."), Some(city.clock.now())));

    let mut better = passport();
    better.text.push_str(" 예시시청 민원실입니다.");
    transport.change_alimtalk(&draft(better.clone())).await.unwrap();
    transport.request_inspection("PASSPORT1", None).await.unwrap();
    decide(&city.emulator, json!({ "code": "PASSPORT1", "verdict": "APR" })).await;
    let all = transport.alimtalks().await.unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].is_usable() && all[0].name.as_deref() == Some("여권 발급 안내"), "{all:?}");
    assert_eq!(transport.submit(&send("k2")).await.unwrap().accepted(), 1);
    let seen = http(city.emulator.address(), "GET /_emulator/messages", &[], "").await.body;
    assert!(seen.contains("시민 1님, 여권이 나왔습니다. 예시시청 민원실입니다."), "{seen}");
    assert_eq!(transport.delete_alimtalk("PASSPORT1").await.unwrap_err().code(), Some("A824"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_with_a_picture_brings_it_along_and_an_odd_one_never_leaves() {
    let city = City::of(0, |options| options).await;
    let transport = bizgo(&city);
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "여권", jpeg(800, 400));
    let draft = AlimtalkDraft::new("그림 안내", AlimtalkTemplate::new("PICTURE1", "안내입니다."));
    transport.register_alimtalk(&draft.with_picture(media.clone())).await.unwrap();
    assert_eq!(city.emulator.stats().uploads, 1);
    // A list keeps its picture and its items; a title shows none.
    let pair = |title: &str, value: &str| (title.to_owned(), value.to_owned());
    let items = AlimtalkItems::new([pair("발급", "12월 4일"), pair("장소", "민원실")]);
    let list = AlimtalkTemplate::new("LIST1", "안내입니다.").with_items(items);
    transport.register_alimtalk(&AlimtalkDraft::new("목록", list).with_picture(media.clone())).await.unwrap();
    let seen = http(city.emulator.address(), LIST1, &[("authorization", "KEY")], "").await.json();
    let listed = &seen["data"]["data"]["alimtalk"];
    assert_eq!(
        (&listed["templateEmphasizeType"], &listed["attachment"]["item"]["list"][1]["title"]),
        (&json!("ITEM_LIST"), &json!("장소"))
    );
    assert!(listed["imgUrl"].is_string(), "{listed}");
    transport.delete_alimtalk("LIST1").await.unwrap();
    let titled = AlimtalkTemplate::new("TITLE1", "안내입니다.").with_title("제목", None);
    let error = transport.register_alimtalk(&AlimtalkDraft::new("제목", titled).with_picture(media.clone())).await;
    assert!(error.unwrap_err().to_string().contains("a title"));
    transport.delete_alimtalk("PICTURE1").await.unwrap();
    assert_eq!(transport.alimtalks().await.unwrap(), []);
    assert_eq!(transport.alimtalk("PICTURE1").await.unwrap_err().code(), Some("A505"));
    let categories = transport.alimtalk_categories().await.unwrap();
    assert_eq!(categories[0].code, "999999");

    let mut bare = AlimtalkTemplate::new("PICTURE2", "안내입니다.");
    bare.emphasis = Emphasis::Image(media.picture.clone());
    let app = AlimtalkTemplate::new("APP1", "안내입니다.")
        .with_button(AlimtalkButton::of("앱", "AL").with_link("ios", "app://1"));
    let long = AlimtalkTemplate::new("LONG1", "가".repeat(1_001));
    let no_address = passport().with_button(AlimtalkButton::web("보기", "www.example.go.kr"));
    for (template, said) in [
        (bare, "bytes"),
        (app, "alimtalk.buttons[0]"),
        (long, "alimtalk.text"),
        (no_address, "alimtalk.buttons[1]"),
        (AlimtalkTemplate::new("", "안내입니다."), "code"),
        (AlimtalkTemplate::new("E1", "안내입니다.").with_extra(""), "alimtalk.extra"),
        (
            AlimtalkTemplate::new("E2", "안내입니다.").with_button(AlimtalkButton::web("보기", "https://a.kr/#{x")),
            "alimtalk.buttons[0]",
        ),
    ] {
        let error = transport.register_alimtalk(&AlimtalkDraft::new("안내", template)).await.unwrap_err();
        assert!(error.kind() == SendErrorKind::InvalidContent && error.to_string().contains(said), "{error}");
    }
    assert_eq!(city.emulator.stats().uploads, 2);
}

const LIST1: &str = "GET /api/comm/v1/center/alimtalk/template?senderKey=SENDER&templateCode=LIST1";

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_counted_under_a_group_tag_that_is_there() {
    let city = City::of(0, |options| options).await;
    let transport = builder(&city).group_tag("weekly").build().unwrap();
    let news = Message::new(Body::Bubble(Bubble::new("금요일 소식입니다.")))
        .with_advertising(Advertising::new("예시시청", Refusal::BlockChannel));
    let to = || vec![Recipient::new("r1", phone(1))];
    let untagged = transport.submit(&submission("k1", news.clone(), to())).await.unwrap_err();
    assert_eq!(untagged.kind(), SendErrorKind::InvalidContent);

    transport.make_group_tag("weekly", "주간 소식").await.unwrap();
    assert!(transport.make_group_tag("weekly", "또").await.is_err());
    transport.rename_group_tag("weekly", "금요 소식").await.unwrap();
    let tags: Vec<GroupTag> = transport.group_tags().await.unwrap();
    assert_eq!(
        tags.iter().map(|tag| (tag.key.as_str(), tag.name.as_str())).collect::<Vec<_>>(),
        [("weekly", "금요 소식")]
    );
    assert_eq!(transport.submit(&submission("k2", news, to())).await.unwrap().accepted(), 1);

    transport.delete_group_tag("weekly").await.unwrap();
    assert_eq!(transport.delete_group_tag("weekly").await.unwrap_err().code(), Some("A820"));
    assert!(transport.rename_group_tag("weekly", "없음").await.is_err());
    assert!(builder(&city).group_tag("").build().unwrap_err().to_string().contains("group_tag"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_is_asked_for_once_all_its_conditions_are_met() {
    let city = City::of(0, |options| options.with_friends(50_000).with_template(template())).await;
    let transport = bizgo(&city);
    let free = PhoneNumber::parse("080-000-0000").unwrap();
    transport.set_refusal_number(&free, Some("1234")).await.unwrap();
    let local = PhoneNumber::parse("031-000-0000").unwrap();
    assert!(transport.set_refusal_number(&local, None).await.is_err());

    assert!(!transport.may_ask_for_permission().await.unwrap());
    transport
        .upload_consent_evidence("consents.pdf", "application/pdf", &b"how consents were asked for"[..])
        .await
        .unwrap();
    assert!(!transport.may_ask_for_permission().await.unwrap());
    assert_eq!(transport.ask_for_permission().await.unwrap_err().kind(), SendErrorKind::NotPermitted);
    let alimtalk = Message::new(Body::Alimtalk(passport()));
    transport.submit(&submission("k1", alimtalk, vec![applicant(1)])).await.unwrap();
    assert!(transport.may_ask_for_permission().await.unwrap());
    transport.ask_for_permission().await.unwrap();
    // What was asked for is not asked for again.
    assert!(!transport.may_ask_for_permission().await.unwrap());
    let wrong = Bizgo::builder("OTHER", "SENDER").base_url(city.emulator.url()).build().unwrap();
    assert_eq!(wrong.may_ask_for_permission().await.unwrap_err().kind(), SendErrorKind::Unauthorized);
}

fn template() -> sosik_emulator::Template {
    sosik_emulator::Template::new("PASSPORT1", "#{이름}님, 여권이 나왔습니다.")
        .with("https://www.example.go.kr/#{번호}")
}

#[tokio::test(flavor = "multi_thread")]
async fn insights_count_what_became_of_messages_by_day_hour_and_template() {
    let city = City::of(0, |options: Options| options.with_template(template())).await;
    let transport = bizgo(&city);
    let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let of = |product| InsightQuery::new(product, today, today);
    let alimtalk = Message::new(Body::Alimtalk(passport()));
    transport.submit(&submission("k1", alimtalk, (1..=3).map(applicant).collect())).await.unwrap();
    let shown = Body::Bubble(Bubble::new("#{이름}님, 금요일에 만나요."));
    let template = transport.register_template("weekly", shown).await.unwrap();
    let code = template.code().to_owned();
    let news =
        Message::new(Body::Template(template)).with_advertising(Advertising::new("예시시청", Refusal::BlockChannel));
    transport.submit(&submission("k2", news, (1..=2).map(applicant).collect())).await.unwrap();

    // What is on its way is not counted yet.
    assert_eq!(transport.insights(&of(Product::Alimtalk)).await.unwrap()[0].delivered, Some(0));
    city.clock.advance(TimeDelta::seconds(5));
    let all = transport.insights(&of(Product::Alimtalk)).await.unwrap();
    assert_eq!((all[0].delivered, all[0].failed, all[0].clicks()), (Some(3), Some(0), Some(0)));
    let by_template = transport.insights_by_template(&of(Product::BrandMessage)).await.unwrap();
    assert_eq!(
        by_template.iter().map(|(code, one)| (code.clone(), one.delivered)).collect::<Vec<_>>(),
        [(code.clone(), Some(2))]
    );
    let by_hour = transport.insights_by_hour(&of(Product::BrandMessage).of_template(&code)).await.unwrap();
    let hours: Vec<u8> = by_hour.iter().filter(|(_, one)| one.delivered > Some(0)).map(|(hour, _)| *hour).collect();
    assert_eq!((by_hour.len(), hours), (24, vec![15]));
    let none = transport.insights(&of(Product::BrandMessage).of_template("NONE")).await.unwrap();
    assert_eq!(none[0].delivered, Some(0));
    let yesterday = today.pred_opt().unwrap();
    let before = InsightQuery::new(Product::Alimtalk, yesterday, yesterday);
    assert_eq!(transport.insights(&before).await.unwrap()[0].delivered, Some(0));
    let backwards = InsightQuery::new(Product::Alimtalk, today, yesterday);
    assert_eq!(transport.insights(&backwards).await.unwrap_err().kind(), SendErrorKind::InvalidContent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_waits_is_moved_and_one_number_is_taken_out_of_it() {
    let city = City::of(0, |options| options).await;
    let transport = bizgo(&city);
    let from = PhoneNumber::parse("031-000-0000").unwrap();
    let text = TextMessage::new(from, "내일 단수 안내").unwrap();
    let now = city.clock.now();
    let to: Vec<Recipient> = (1..=3).map(|n| Recipient::new(format!("r{n}"), phone(n))).collect();
    let sent = submission("water", text, to).at(now + TimeDelta::hours(2));
    let handle = transport.submit(&sent).await.unwrap().handle.unwrap();

    transport.reschedule(&handle, now + TimeDelta::hours(3)).await.unwrap();
    assert_eq!(transport.find(&sent, now).await.unwrap().len(), 3, "it is found by its name still");
    transport.reschedule(&handle, now + TimeDelta::minutes(30)).await.unwrap();
    assert_eq!(transport.find(&sent, now).await.unwrap().len(), 3, "earlier too");
    transport.reschedule(&handle, now + TimeDelta::hours(3)).await.unwrap();
    assert!(transport.take_out(&handle, &phone(2)).await.unwrap());
    assert!(!transport.take_out(&handle, &phone(2)).await.unwrap());
    let soon = transport.reschedule(&handle, now + TimeDelta::minutes(9)).await.unwrap_err();
    assert_eq!(soon.code(), Some("A316"));

    city.clock.advance(TimeDelta::minutes(121));
    assert!(transport.drain_receipts().await.unwrap().is_empty(), "it was moved");
    city.clock.advance(TimeDelta::hours(1));
    let receipts = transport.drain_receipts().await.unwrap();
    let mut who: Vec<&str> = receipts.iter().filter_map(|receipt| receipt.reference.as_deref()).collect();
    who.sort_unstable();
    assert_eq!(who, ["r1", "r3"]);
    assert_eq!(transport.reschedule(&handle, now + TimeDelta::hours(9)).await.unwrap_err().code(), Some("A824"));
    assert_eq!(transport.take_out(&handle, &phone(1)).await.unwrap_err().code(), Some("A824"));
}

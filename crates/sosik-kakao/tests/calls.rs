//! The client against the emulator, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use sosik_channel::SendErrorKind;
use sosik_core::{AreaCode, ChannelId, PhoneNumber};
use sosik_emulator::{Emulator, Fault, Friend, Options};
use sosik_kakao::{
    AppUserId, ChannelPublicId, Customer, CustomerId, FileId, FillError, Kakao, KakaoBuilder, KakaoClient, Known,
    Omitted, Put, Schema, Sheet, Standing, Value,
};
use sosik_registry::{
    ConsentEvent, Event, Identity, MemorySubscriberStore, NewSubscriber, Purpose, Relation, RelationState, Segment,
    SubscriberStore, Suppression,
};

fn november() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 7, 0, 0).unwrap()
}

fn channel(id: &str) -> ChannelPublicId {
    ChannelPublicId::parse(id).unwrap()
}

/// A city channel and a district channel: 300 people added the first, the third blocked it.
async fn emulator() -> Emulator {
    let mut options = Options::new("KEY").with_kakao("ADMIN");
    for user in 1..=300 {
        let relation = if user == 3 { "BLOCKED" } else { "ADDED" };
        options = options.with_standing(Friend::new(user, "_City", relation, november()));
    }
    options = options.with_standing(Friend::new(1, "_Dong", "ADDED", november()));
    Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

fn client(emulator: &Emulator, shape: impl FnOnce(KakaoBuilder) -> KakaoBuilder) -> KakaoClient {
    let builder = Kakao::builder("ADMIN".to_owned()).base_url(emulator.url()).timeout(Duration::from_secs(2));
    shape(builder).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_are_asked_one_by_one_and_many_at_once_alike() {
    let emulator = emulator().await;
    let one = client(&emulator, |builder| builder);
    let relations = one.relations(&AppUserId::new(3), &[]).await.unwrap();
    let told: Vec<_> = relations.iter().map(|it| (it.channel.as_str(), it.standing.clone(), it.changed)).collect();
    assert_eq!(told, [("_City", Standing::Blocked, Some(november())), ("_Dong", Standing::None, None)]);
    let gone = one.relations(&AppUserId::new(999), &[]).await.unwrap_err();
    assert!(gone.recipient_is_gone(), "{gone}");

    let mut users: Vec<AppUserId> = (1..=301).rev().map(AppUserId::new).collect();
    users.push(AppUserId::new(1));
    let dong = [channel("_Dong")];
    let singly = one.relations_of(&users, &dong).await.unwrap();
    let before = emulator.stats().calls;
    let together = client(&emulator, |builder| builder.many_at_once(200)).relations_of(&users, &dong).await.unwrap();
    assert_eq!((emulator.stats().calls - before, &singly), (2, &together));
    let standing = |known: &Known| match known {
        Known::Relations(relations) => Some(relations[0].standing.clone()),
        _ => None,
    };
    assert_eq!((&singly[0], standing(&singly[300])), (&Known::NotConnected, Some(Standing::Added)));
    assert_eq!(singly[300], singly[301], "who is asked about twice is told twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn customer_files_are_filled_in_parts_and_emptied() {
    let emulator = emulator().await;
    let kakao = client(&emulator, KakaoBuilder::allow_phone_numbers);
    let (city, schema) = (channel("_City"), Schema::new().words("지역").unwrap().number("emd").unwrap());
    let file = kakao.create_file(&city, "w48", &schema).await.unwrap();
    assert_eq!(kakao.create_file(&city, "w48", &schema).await.unwrap_err().kind(), SendErrorKind::InvalidContent);
    let filled =
        |id| Customer::new(id).with("지역", Value::Words("회천1동".to_owned())).with("emd", Value::Number(41_630));
    let mut people: Vec<Customer> = (1..=4_001).map(|user| filled(CustomerId::App(AppUserId::new(user)))).collect();
    people.push(filled(CustomerId::Phone(PhoneNumber::parse("010-0000-0001").unwrap())));
    let before = emulator.stats().calls;
    let put = kakao.put_customers(file, &city, &people).await.unwrap();
    assert_eq!((put.asked, put.taken, emulator.stats().calls - before), (4_002, 4_002, 4));
    let ids: Vec<CustomerId> = people.iter().map(|one| one.id.clone()).collect();
    let gone = kakao.remove_customers(file, &city, &ids[..2_500]).await.unwrap();
    assert_eq!(gone.taken, 2_500);
    assert_eq!(kakao.remove_customers(file, &city, &ids).await.unwrap().taken, 1_502);
    assert_eq!(kakao.put_customers(file, &city, &[]).await.unwrap(), Put::default());

    let odd = [Customer::new(CustomerId::App(AppUserId::new(1))).with("없는 열", Value::Number(1))];
    assert_eq!(kakao.put_customers(file, &city, &odd).await.unwrap_err().kind(), SendErrorKind::InvalidContent);
    let nowhere = kakao.put_customers(FileId::new(99), &city, &people[..1]).await.unwrap_err();
    assert_eq!(nowhere.code(), Some("-2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_goes_into_a_file_without_those_who_did_not_agree() {
    let emulator = emulator().await;
    let (city, store) = (channel("_City"), MemorySubscriberStore::new(7));
    let agrees = |number: u32| {
        let phone = PhoneNumber::parse(&format!("010-0000-{number:04}")).unwrap();
        NewSubscriber::new(phone, AreaCode::parse("4163053000").unwrap()).with_consent(ConsentEvent::granted(
            Purpose::ThirdParty,
            november(),
            "서면",
        ))
    };
    let app = |number: u32| agrees(number).with_identity(Identity::AppUser(number.to_string()));
    let mut people: Vec<NewSubscriber> = (1..=2_500).map(app).collect();
    people[0] = app(1).with_topic("문화");
    people[1] = app(2).with_topic("복지").with_consent(ConsentEvent::withdrawn(Purpose::ThirdParty, november(), "080"));
    people[2].consents.clear();
    people.push(agrees(9_000));
    store.put(&people, november()).await.unwrap();
    let home = ChannelId::parse("city").unwrap();
    let left = Relation::new(home.clone(), RelationState::Blocked, november(), "webhook");
    store.apply(&[Event::related(Identity::AppUser("4".into()), left)], november()).await.unwrap();

    let sheet = Sheet::new(home).with_area("emd").with_topic("문화", "culture");
    assert!(sheet.clone().with_topic("복지", "emd").schema().is_err(), "two things in one column");
    let kakao = client(&emulator, |builder| builder);
    let file = kakao.create_file(&city, "w48", &sheet.schema().unwrap()).await.unwrap();
    let everyone = Segment::All;
    let filled = kakao.fill_file(file, &city, &store, &everyone, &sheet, november()).await.unwrap();
    assert_eq!((filled.put.asked, filled.put.taken), (2_497, 2_497));
    let omitted: Vec<(Omitted, u64)> = filled.omitted.into_iter().collect();
    let suppressed = |reason| (Omitted::Suppressed(reason), 1);
    let expected = [
        (Omitted::NoId, 1),
        suppressed(Suppression::Blocked),
        suppressed(Suppression::NoConsent),
        suppressed(Suppression::Withdrawn),
    ];
    assert_eq!(omitted, expected);
    let numbers = sheet.with_phones();
    let error = kakao.fill_file(file, &city, &store, &everyone, &numbers, november()).await.unwrap_err();
    assert!(matches!(error, FillError::Kakao(error) if error.kind() == SendErrorKind::Unsupported));
    let kakao = client(&emulator, KakaoBuilder::allow_phone_numbers);
    let filled = kakao.fill_file(file, &city, &store, &everyone, &numbers, november()).await.unwrap();
    assert_eq!((filled.put.taken, filled.omitted.get(&Omitted::NoId)), (2_498, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn phone_numbers_stay_unless_they_are_allowed_to_leave_and_nothing_personal_is_shown() {
    let emulator = emulator().await;
    let kakao = client(&emulator, |builder| builder);
    let people = [Customer::new(CustomerId::Phone(PhoneNumber::parse("010-0000-0001").unwrap()))];
    let before = emulator.stats().calls;
    let error = kakao.put_customers(FileId::new(1), &channel("_City"), &people).await.unwrap_err();
    assert_eq!((error.kind(), emulator.stats().calls), (SendErrorKind::Unsupported, before));
    let shown = format!("{error} {error:?} {people:?} {kakao:?} {:?}", CustomerId::App(AppUserId::new(123_456)));
    assert!(!shown.contains("0000") && !shown.contains("ADMIN") && !shown.contains("123456"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_says_what_to_do_next() {
    let emulator = emulator().await;
    let kakao = client(&emulator, |builder| builder);
    for (fault, kind) in [
        (Fault::NoAnswer, SendErrorKind::Unavailable),
        (Fault::Truncated, SendErrorKind::Unavailable),
        (Fault::WrongJson, SendErrorKind::InvalidContent),
        (Fault::silence(3_000), SendErrorKind::Unavailable),
        (Fault::status(503), SendErrorKind::Unavailable),
        (Fault::too_many(7), SendErrorKind::RateLimited),
    ] {
        emulator.fail_next([fault]);
        let error = kakao.create_file(&channel("_City"), "w48", &Schema::new()).await.unwrap_err();
        // The file may be made by then: an answer of another form is one to its name.
        let kinds = [kind, SendErrorKind::Unavailable];
        assert!(kinds.contains(&error.kind()), "{fault:?}: {error:?}");
        assert!(!error.may_have_arrived());
    }
    let wrong = Kakao::builder("geheim".to_owned()).base_url(emulator.url()).build().unwrap();
    let error = wrong.relations(&AppUserId::new(1), &[]).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (SendErrorKind::Unauthorized, Some("-401")));
    assert!(!format!("{error} {error:?} {wrong:?}").contains("geheim"));
    assert!(Kakao::builder("with blank".to_owned()).build().is_err());
    assert!(Kakao::builder("K".to_owned()).base_url("http://kapi.example.com").build().is_err());
}

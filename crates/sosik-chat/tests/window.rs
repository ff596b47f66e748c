//! What citizens get at the window, conversation by conversation.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use sosik_chat::{
    ArchiveError, Bubble, ChatStore, City, CodeError, CodeSender, Does, Intents, MemoryArchive, MemoryChatStore,
    Offices, Reply, Speaker, Term, TicketChange, TicketState, Turn, Window, WindowBuilder, async_trait,
};
use sosik_content::{Brief, Post, WebLink, curate};
use sosik_core::{AreaCode, ChannelId, PhoneNumber, SeededEntropy};
use sosik_registry::{
    ConsentEvent, Directory, DutyKind, Identity, MemorySubscriberStore, NewSubscriber, Purpose, SubscriberStore,
    duties, standing,
};

fn channel() -> ChannelId {
    ChannelId::parse("yangju-city").unwrap()
}

/// Friday, a quarter past three in the afternoon in Seoul.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 15, 0).unwrap()
}

struct World {
    window: Window,
    subscribers: Arc<MemorySubscriberStore>,
    chats: Arc<MemoryChatStore>,
    at: Mutex<DateTime<Utc>>,
}

fn archive() -> MemoryArchive {
    let slot = now() - TimeDelta::minutes(15);
    let post = |n: usize, title: &str, body: &str| {
        Post::new(title, WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap(), body)
            .with_published(slot - TimeDelta::days(2))
    };
    let districts = sosik_content::AreaNames::new([("회천1동", AreaCode::parse("4163053000").unwrap())]);
    let brief = Brief::builder(channel(), slot, chrono_tz::Asia::Seoul).area_names(districts).build().unwrap();
    let posts = [
        post(
            1,
            "옥정호수공원 겨울빛 점등식",
            "11월 28일(토) 17시 옥정호수공원 중앙광장에서 점등식을 엽니다. 누구나 무료로 볼 수 있습니다.",
        ),
        post(
            2,
            "회천1동 주민자치회 위원 모집",
            "12월 11일까지 회천1동 행정복지센터에서 주민자치회 위원을 모집합니다. 신청서를 내 주세요.",
        ),
        post(3, "겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 한파 때는 물을 조금 틀어 둡니다."),
    ];
    let archive = MemoryArchive::new(chrono_tz::Asia::Seoul);
    archive.put(&curate(&posts, &brief).unwrap().edition);
    archive
}

impl World {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(more: impl FnOnce(WindowBuilder) -> WindowBuilder) -> Self {
        let (subscribers, chats) = (Arc::new(MemorySubscriberStore::new(7)), Arc::new(MemoryChatStore::new()));
        let builder = Window::builder(City::new("양주시", "양주", "031-8082-0000"))
            .archive(Arc::new(archive()))
            .chats(Arc::clone(&chats) as Arc<dyn ChatStore>)
            .subscribers(Arc::clone(&subscribers) as Arc<dyn SubscriberStore>)
            .districts(Arc::new(Directory::from_csv(include_str!("districts.csv").as_bytes()).unwrap()))
            .offices(Arc::new(Offices::from_csv(include_str!("offices.csv").as_bytes()).unwrap()))
            .entropy(Arc::new(SeededEntropy::new(7)))
            .terms(vec![
                Term::required(
                    Purpose::Collection,
                    "2026-1",
                    "받는 사람을 알기 위해 채널의 이용자 키와 읍면동을 모읍니다.",
                ),
                Term::optional(Purpose::Advertising, "2026-1", "(광고) 표시가 붙은 소식도 받습니다."),
            ]);
        let window = more(builder).build().unwrap();
        Self { window, subscribers, chats, at: Mutex::new(now()) }
    }

    async fn says(&self, who: &str, said: &str) -> Reply {
        let at = {
            let mut at = self.at.lock().unwrap();
            *at += TimeDelta::seconds(10);
            *at
        };
        self.turn(&Turn::new(channel(), Speaker::in_channel(&channel(), who), said, at)).await
    }

    /// What is answered and shown.
    async fn turn(&self, turn: &Turn) -> Reply {
        let reply = self.window.answer(turn).await.unwrap();
        self.window.shown(&reply, turn.at).await.unwrap();
        reply
    }

    async fn text(&self, who: &str, said: &str) -> String {
        self.says(who, said).await.to_text()
    }

    fn pass(&self, by: TimeDelta) {
        *self.at.lock().unwrap() += by;
    }

    fn at(&self) -> DateTime<Utc> {
        *self.at.lock().unwrap()
    }
}

fn key(who: &str) -> Identity {
    Identity::ChannelUser { channel: channel(), key: who.to_owned() }
}

#[tokio::test]
async fn news_are_given_by_week_district_kind_day_and_words() {
    let world = World::new();
    let week = world.says("a", "이번 주 소식").await;
    let Bubble::Cards(cards) = &week.bubbles[1] else { panic!("{week:?}") };
    assert_eq!(cards.len(), 3);
    assert!(week.choices.iter().any(|choice| choice.label == "담당자에게 묻기"));

    for (said, expected, unexpected) in [
        ("회천1동 소식", "주민자치회 위원 모집", "점등식"),
        ("이번 주말 행사", "겨울빛 점등식", "주민자치회"),
        ("점등식 어디서 해요?", "겨울빛 점등식", "주민자치회"),
        ("ㄱㅇㅂ ㅈㄷㅅ", "겨울빛 점등식", "주민자치회"),
        ("점등싯", "겨울빛 점등식", "주민자치회"),
    ] {
        let text = world.text("a", said).await;
        assert!(text.contains(expected) && !text.contains(unexpected), "{said}: {text}");
    }
    let none = world.text("a", "12월 25일 행사").await;
    assert!(none.contains("12월 25일(금)") && none.contains("행사가 없습니다"), "{none}");
}

#[tokio::test]
async fn who_names_an_area_of_several_districts_is_asked_which() {
    let world = World::new();
    let reply = world.says("a", "덕정동 소식").await;
    let says: Vec<&str> = reply.choices.iter().map(|choice| choice.says.as_str()).collect();
    assert_eq!(says, ["회천1동 소식", "회천3동 소식"]);
    assert!(world.text("a", says[0]).await.contains("주민자치회"));
    assert!(world.text("a", "장흥면 소식").await.contains("장흥면 소식은 아직 없습니다"));
}

#[tokio::test]
async fn danger_comes_before_everything_even_where_nothing_else_works() {
    #[derive(Debug)]
    struct Broken;
    #[async_trait]
    impl sosik_chat::Archive for Broken {
        async fn latest(&self, _: &ChannelId, _: DateTime<Utc>) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn search(&self, _: &str, _: DateTime<Utc>, _: usize) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn of_district(
            &self,
            _: &AreaCode,
            _: DateTime<Utc>,
            _: usize,
        ) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn on(
            &self,
            _: sosik_chat::AskedDays,
            _: DateTime<Utc>,
            _: usize,
        ) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
        async fn recent(
            &self,
            _: sosik_content::Topic,
            _: DateTime<Utc>,
            _: usize,
        ) -> Result<Vec<sosik_chat::News>, ArchiveError> {
            Err(ArchiveError::new("away"))
        }
    }
    let world = World::with(|builder| builder.archive(Arc::new(Broken)));
    let turn = |said: &str| Turn::new(channel(), Speaker::nobody(), said, now());
    let error = world.window.answer(&turn("이번 주 소식")).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");

    // Also in the middle of something else.
    world.says("a", "담당자에게 묻기").await;
    let reply = world.says("a", "옆집에서 살려달라는 소리가, 불이 났어요").await;
    let Bubble::Facts(facts) = &reply.bubbles[0] else { panic!("{reply:?}") };
    assert_eq!(facts.buttons[0].does, Does::Calls("119".into()));
    assert!(reply.to_text().contains("이대로 담당자에게"), "what was begun goes on: {}", reply.to_text());
    let mind = world.says("b", "이제 그만 살고 싶어요").await;
    let Bubble::Facts(facts) = &mind.bubbles[0] else { panic!("{mind:?}") };
    assert_eq!(facts.buttons[0].does, Does::Calls("109".into()));
    assert!(facts.title.contains("혼자 견디지"), "{}", facts.title);
}

#[tokio::test]
async fn whoever_signs_up_sees_each_term_and_agrees_to_it() {
    let world = World::new();
    let first = world.says("a", "회천1동 구독").await;
    assert!(first.to_text().contains("[필수]") && first.to_text().contains("만 14세 미만"), "{}", first.to_text());
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None, "nothing is kept before they agree");
    let second = world.text("a", &first.choices[0].says).await;
    assert!(second.contains("[선택]") && !second.contains("14세"), "{second}");
    let done = world.text("a", "동의 안 함").await;
    assert!(done.contains("회천1동 소식을 보내 드립니다"), "{done}");

    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.area.as_ref().unwrap().as_str(), "4163053000");
    let [consent] = &person.consents[..] else { panic!("{:?}", person.consents) };
    assert_eq!((consent.purpose, consent.text.as_ref().unwrap().version.as_str()), (Purpose::Collection, "2026-1"));
    let shown =
        sosik_registry::ConsentText::of("2026-1", "[필수] 받는 사람을 알기 위해 채널의 이용자 키와 읍면동을 모읍니다.");
    assert_eq!(consent.text.as_ref(), Some(&shown), "the very text that was shown");

    // What they agreed to is not asked again.
    assert!(world.text("a", "축제 소식 받고 싶어요").await.contains("축제·행사 소식을 받으시겠어요?"));
    let again = world.text("a", "네").await;
    assert!(again.contains("[선택]") && again.contains("14세"), "the first agreement of this time: {again}");
    assert!(
        world.text("a", "동의합니다").await.contains("동의하는지 알 수 없었습니다"),
        "it says nothing of their age"
    );
    world.says("a", "만 14세 이상이고 동의합니다").await;
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    assert!(person.topics.is_empty(), "who wants everything wants this too");
    world.says("b", "축제 소식 구독").await;
    world.says("b", "만 14세 이상이고 동의합니다").await;
    world.says("b", "동의 안 함").await;
    let person = world.subscribers.find(&key("b")).await.unwrap().unwrap();
    assert_eq!(person.topics.iter().collect::<Vec<_>>(), ["festival"]);
}

#[tokio::test]
async fn who_does_not_agree_leaves_nothing_behind() {
    let world = World::new();
    world.says("a", "회천1동 구독").await;
    assert!(world.text("a", "동의 안 함").await.contains("저장한 것은 없습니다"));
    world.says("b", "회천1동 구독").await;
    // Whoever says something else has agreed to nothing either.
    let left = world.text("b", "이번 주말 행사").await;
    assert!(left.starts_with("신청을 마치지 않았습니다") && left.contains("점등식"), "{left}");
    assert!(!world.text("b", "네").await.contains("보내 드립니다"));
    for who in ["a", "b"] {
        assert_eq!(world.subscribers.find(&key(who)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn nothing_but_a_plain_yes_is_a_consent() {
    for said in [
        "네",
        "동의합니다",
        "동의하지 않습니다",
        "동의하고 싶지 않아요",
        "동의하면 뭐가 좋아요?",
        "그래서 뭘 모으나요",
        "네?",
        "13살이에요 동의해요",
        "14세 미만인데 동의합니다",
        "I don't agree",
        "수신 동의 철회",
        "광고는 보내지 마세요",
    ] {
        let world = World::new();
        world.says("a", "회천1동 구독").await;
        let told = world.text("a", said).await;
        world.says("a", "네").await;
        let kept = world.subscribers.find(&key("a")).await.unwrap();
        assert_eq!(kept, None, "{said}: {told}");
    }
    // A child is told whom to ask, whatever they say.
    let world = World::new();
    let child = NewSubscriber::known_by(key("a")).as_child_until(now().date_naive() + TimeDelta::days(100));
    world.subscribers.put(&[child], now()).await.unwrap();
    assert!(world.text("a", "회천1동 구독").await.contains("보호자의 동의"));
}

#[tokio::test]
async fn questions_change_nothing_without_being_asked_back() {
    let world = World::new();
    sign_up(&world, "a").await;
    let before = world.subscribers.find(&key("a")).await.unwrap();
    for said in
        ["회천1동 재난 알림 왜 안 보내", "축제 취소됐나요", "강좌 취소", "회천3동 소식 받고 싶어요", "회천3동 구독"]
    {
        world.says("a", said).await;
        world.says("a", "아니요").await;
        assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), before, "{said}");
    }
    for said in ["문화 소식 구독 해지한 적 없는데 왜 안 와요?", "문화 구독 해지하려면 어떻게 해요?"]
    {
        world.says("a", said).await;
        world.says("a", "아니요").await;
        assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), before, "{said}");
    }
    // A question after `what is to stop?` is a question.
    for (asked, said) in [("구독 해지", "이번 주말 행사"), ("소식 구독", "회천3동 행사 뭐 있어요?")]
    {
        world.says("a", asked).await;
        world.says("a", said).await;
        assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), before, "{asked}, {said}");
    }
    assert!(world.text("a", "회천3동 구독").await.contains("지금은 회천1동 소식을 받고 있습니다"));
    world.says("a", "네").await;
    let area = world.subscribers.find(&key("a")).await.unwrap().unwrap().area.unwrap();
    assert_eq!(area.as_str(), "4163055000");
    // What they write to the question which belongs to it.
    world.says("a", "구독 해지").await;
    assert!(world.text("a", "회천3동").await.contains("이제 보내지 않습니다"));
}

#[tokio::test]
async fn whoever_is_known_by_two_records_withdraws_and_is_deleted_in_both() {
    let world = World::new();
    sign_up(&world, "a").await;
    let app = Identity::AppUser("77".into());
    let consent = ConsentEvent::granted(Purpose::Advertising, now() - TimeDelta::days(9), "서면");
    let other = NewSubscriber::known_by(app.clone()).with_consent(consent);
    world.subscribers.put(&[other], now()).await.unwrap();
    let says = async |said: &str| {
        world.pass(TimeDelta::seconds(10));
        let who = Speaker::in_channel(&channel(), "a").and(app.clone());
        world.turn(&Turn::new(channel(), who, said, world.at())).await.to_text()
    };
    let of = async |identity: &Identity| world.subscribers.find(identity).await.unwrap();
    says("수신 동의 철회").await;
    // One alone can be withdrawn.
    says("광고성 정보 수신만 철회").await;
    for identity in [&key("a"), &app] {
        let person = of(identity).await.unwrap();
        assert!(!standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    }
    let person = of(&key("a")).await.unwrap();
    assert!(standing(&person.consents, Purpose::Collection, world.at()).unwrap().granted);

    // A ticket of another channel's key is theirs as well.
    let elsewhere = Identity::ChannelUser { channel: ChannelId::parse("hoecheon1").unwrap(), key: "x".into() };
    let both = NewSubscriber::known_by(app.clone()).with_identity(elsewhere.clone());
    world.subscribers.put(&[both], now()).await.unwrap();
    let ticket = sosik_chat::NewTicket::new(elsewhere, channel(), "비밀 이야기", now());
    world.chats.open(ticket, 2026, now()).await.unwrap();
    assert!(says("내 정보 보기").await.contains("문의: 1건"));
    let asked = says("내 정보 삭제").await;
    let code = asked.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned();
    assert!(says(&format!("{code}입니다")).await.contains("모두 지웠습니다"));
    assert_eq!((of(&key("a")).await, of(&app).await), (None, None));
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!((tickets[0].who.clone(), tickets[0].entries[0].text.as_str()), (None, "[삭제됨]"));
}

#[tokio::test]
async fn nobody_agrees_to_what_was_not_shown() {
    let world = World::new();
    let says = async |said: &str| {
        let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), said, world.at());
        world.window.answer(&turn).await.unwrap().to_text()
    };
    says("회천1동 구독").await;
    assert!(
        says("만 14세 이상이고 동의합니다").await.contains("[필수]"),
        "the door did not show it: it is shown again"
    );
    says("네").await;
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None);
    // A question is the last that is cut: danger first, the question, and what waits comes with the next turn.
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "b"), "연기가 나요 회천1동 구독", world.at());
    let told = world.turn(&turn).await.to_text();
    assert!(told.contains("119") && told.contains("받으시겠어요"), "{told}");
    ask(&world, "b", "가로등이 안 켜져요").await;
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    let answered = world.window.answer_ticket(ticket, "clerk-1", "고쳤습니다.", now()).await.unwrap();
    world.window.answer_ticket(&answered, "clerk-1", "다시 보았습니다.", now()).await.unwrap();
    let told = world.text("b", "회천1동 구독").await;
    assert!(told.contains("[필수]") && told.contains("고쳤습니다"), "there is room for one: {told}");
    let told = world.text("b", "동의 안 함").await;
    assert!(told.contains("다시 보았습니다") && !told.contains("고쳤습니다"), "the next: {told}");
}

#[tokio::test]
async fn who_refuses_is_heard_beside_words_of_danger() {
    let world = World::new();
    sign_up(&world, "a").await;
    for before in ["안녕하세요", "구독 해지"] {
        world.says("a", before).await;
        let told = world.text("a", "문자 그만 보내요 죽고 싶어요").await;
        assert!(told.contains("109") && told.contains("철회할까요"), "{before}: {told}");
    }
}

#[tokio::test]
async fn who_only_added_the_channel_gets_what_they_ask_for_and_no_more() {
    let world = World::new();
    let relation = sosik_registry::Relation::new(channel(), sosik_registry::RelationState::Added, now(), "webhook");
    world.subscribers.apply(&[sosik_registry::Event::related(key("a"), relation)], now()).await.unwrap();
    world.says("a", "문화 구독").await;
    world.says("a", "만 14세 이상이고 동의합니다").await;
    world.says("a", "동의 안 함").await;
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.topics.iter().collect::<Vec<_>>(), ["culture"]);
}

#[tokio::test]
async fn two_taps_open_one_ticket() {
    let world = World::new();
    world.says("a", "담당자에게 묻기").await;
    world.says("a", "덕정역 앞 가로등이 꺼졌어요").await;
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), "접수하기", world.at());
    let (one, two) = tokio::join!(world.window.answer(&turn), world.window.answer(&turn));
    drop((one.unwrap(), two.unwrap()));
    assert_eq!(world.chats.queue(&TicketState::ALL, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_that_was_not_shown_comes_again() {
    let world = World::new();
    ask(&world, "a", "가로등이 안 켜져요").await;
    let [ticket] = &world.chats.queue(&TicketState::ALL, None, 10).await.unwrap()[..] else { panic!() };
    world.window.answer_ticket(ticket, "clerk-1", "고쳤습니다. forms@example.go.kr", now()).await.unwrap();
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), "안녕", world.at());
    for _ in 0..2 {
        let reply = world.window.answer(&turn).await.unwrap();
        assert!(reply.to_text().contains("고쳤습니다. forms@example.go.kr"), "the door did not show it");
    }
    assert!(world.text("a", "안녕").await.contains("고쳤습니다"));
    assert!(!world.text("a", "안녕").await.contains("고쳤습니다"));
    let long = "가".repeat(901);
    let ticket = world.chats.ticket(ticket.number).await.unwrap().unwrap();
    assert!(
        world.window.answer_ticket(&ticket, "clerk-1", &long, now()).await.unwrap_err().to_string().contains("900")
    );
}

#[tokio::test]
async fn what_is_said_to_a_person_is_kept_together() {
    let world = World::new();
    world.says("a", "담당자에게 묻기").await;
    world.says("a", "예약 취소하고 싶은데 어떻게 하나요").await;
    world.says("a", "아니 그게 아니고 체육관이요").await;
    let at = world.at();
    let turn = |who: &str| Turn::new(channel(), Speaker::in_channel(&channel(), who), "", at);
    let shown = world.turn(&turn("a").with_picture("https://img.example.go.kr/1.jpg")).await.to_text();
    assert!(shown.contains("예약 취소") && shown.contains("체육관"), "{shown}");
    world.says("a", "접수하기").await;
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!(tickets[0].entries[0].picture.as_deref(), Some("https://img.example.go.kr/1.jpg"));
    // A button without words opens nothing.
    assert!(world.turn(&turn("b")).await.to_text().contains("무엇을 도와드릴까요"));
}

async fn sign_up(world: &World, who: &str) {
    world.says(who, "회천1동 구독").await;
    world.says(who, "만 14세 이상이고 동의합니다").await;
    world.says(who, "동의합니다").await;
    assert!(world.subscribers.find(&key(who)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_kind_or_a_district_stops_and_the_rest_goes_on() {
    let world = World::new();
    assert!(world.text("a", "구독 해지").await.contains("구독 중인 소식이 없습니다"));
    sign_up(&world, "a").await;
    let which = world.says("a", "구독 해지").await;
    assert!(which.choices.iter().any(|choice| choice.says == "회천1동 구독 해지"), "{:?}", which.choices);
    assert!(world.text("a", "축제 구독 해지").await.contains("축제·행사 소식은 이제 보내지 않습니다"));
    assert!(world.text("a", "회천1동 구독 해지").await.contains("회천1동 소식은"));
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(!person.topics.contains("festival") && person.topics.contains("culture"));
    assert_eq!(person.area.unwrap().as_str(), "41630");
    assert!(world.text("a", "문화 소식 그만 받을래요").await.contains("그만 보낼까요"), "asked back");
    world.says("a", "네").await;
    for topic in ["재난", "시정", "문화", "관광", "생활정보", "모집"] {
        world.says("a", &format!("{topic} 구독 해지")).await;
    }
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.topics.len(), 1, "an empty set would mean everything: {:?}", person.topics);
}

#[tokio::test]
async fn what_is_stored_is_shown_and_that_it_was_asked_is_noted() {
    let world = World::new();
    assert!(world.text("a", "내 정보 보여줘").await.contains("저장된 정보가 없습니다"));
    sign_up(&world, "a").await;
    let phone = PhoneNumber::parse("010-1234-5678").unwrap();
    world.subscribers.put(&[NewSubscriber::known_by(key("a")).with_identity(phone)], now()).await.unwrap();
    let shown = world.text("a", "저에 대해 뭐가 저장되어 있나요").await;
    for expected in ["010****5678", "회천1동", "개인정보 수집·이용 동의: 11월 27일(금) 동의", "제35조"]
    {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert_eq!(person.notes.len(), 2, "asked, and answered: {:?}", person.notes);
    assert!(duties(&person, world.at()).iter().all(|duty| duty.kind != DutyKind::Answer));
}

#[tokio::test]
async fn consent_is_withdrawn_after_being_asked_and_the_answer_says_what_came_of_it() {
    let world = World::new();
    sign_up(&world, "a").await;
    assert!(world.text("a", "수신 동의 철회").await.contains("광고성 정보 수신"));
    assert!(world.text("a", "아니요").await.contains("그만두었습니다"));
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);

    world.says("a", "수신 동의 철회").await;
    world.says("a", "철회하지 마세요").await;
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    world.says("a", "수신 동의 철회").await;
    let told = world.text("a", "모두 철회").await;
    assert!(told.contains("양주시, 11월 27일(금)") && told.contains("철회되었습니다"), "{told}");
    let person = world.subscribers.find(&key("a")).await.unwrap().unwrap();
    assert!(!standing(&person.consents, Purpose::Advertising, world.at()).unwrap().granted);
    let owed: Vec<_> =
        duties(&person, world.at()).into_iter().filter(|duty| duty.kind == DutyKind::ResultNotice).collect();
    assert!(owed.iter().all(|duty| duty.about != world.at()), "they were told: {owed:?}");
    assert!(world.text("a", "수신 거부").await.contains("철회할 것도 없습니다"));
}

#[tokio::test]
async fn everything_is_deleted_by_the_code_and_by_nothing_else() {
    let world = World::new();
    assert!(world.text("a", "탈퇴할게요").await.contains("저장된 정보가 없습니다"));
    sign_up(&world, "a").await;
    ask(&world, "a", "덕정역 앞 가로등이 한 달째 안 켜져요").await;
    let code = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6).unwrap().to_owned();

    // Wrong codes run out.
    let first = code(&world.text("a", "내 정보 삭제").await);
    for _ in 0..5 {
        world.says("a", "999999").await;
    }
    world.says("a", &first).await;
    assert!(world.subscribers.find(&key("a")).await.unwrap().is_some(), "five tries");
    // So does time.
    let second = code(&world.text("a", "내 정보 삭제").await);
    world.pass(TimeDelta::minutes(5));
    assert!(world.text("a", &second).await.contains("지우지 않았습니다"));
    // And they may think better of it.
    let third = code(&world.text("a", "내 정보 삭제").await);
    world.says("a", "취소").await;
    world.says("a", &third).await;
    assert!(world.subscribers.find(&key("a")).await.unwrap().is_some());

    let fourth = code(&world.text("a", "내 정보 삭제").await);
    assert!(world.text("a", &fourth).await.contains("모두 지웠습니다"));
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None);
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!((tickets[0].who.clone(), tickets[0].entries[0].text.as_str()), (None, "[삭제됨]"));
    assert!(world.text("a", "내 정보 보기").await.contains("저장된 정보가 없습니다"));
}

#[tokio::test]
async fn who_has_a_number_shows_that_it_is_theirs() {
    #[derive(Debug, Default)]
    struct Sent(Mutex<Vec<String>>);
    #[async_trait]
    impl CodeSender for Sent {
        async fn send(&self, _: &PhoneNumber, code: &str) -> Result<(), CodeError> {
            self.0.lock().unwrap().push(code.to_owned());
            Ok(())
        }
    }
    let person = || NewSubscriber::known_by(key("a")).with_identity(PhoneNumber::parse("010-0000-0001").unwrap());
    let without = World::new();
    without.subscribers.put(&[person()], now()).await.unwrap();
    assert!(without.text("a", "내 정보 삭제").await.contains("031-8082-0000"));

    let sent = Arc::new(Sent::default());
    let world = World::with(|builder| builder.codes(Arc::clone(&sent) as Arc<dyn CodeSender>));
    world.subscribers.put(&[person()], now()).await.unwrap();
    let asked = world.text("a", "내 정보 삭제").await;
    let code = sent.0.lock().unwrap()[0].clone();
    assert!(!asked.contains(&code), "it is not shown where it is asked for: {asked}");
    assert!(world.text("a", &code).await.contains("모두 지웠습니다"));
}

async fn ask(world: &World, who: &str, question: &str) -> Reply {
    world.says(who, "담당자에게 묻기").await;
    let shown = world.text(who, question).await;
    assert!(shown.contains("이대로 담당자에게 전할까요"), "{shown}");
    world.says(who, "접수하기").await
}

#[tokio::test]
async fn a_question_goes_to_an_office_under_a_number_and_its_answer_comes_back() {
    let world = World::new();
    let taken = ask(&world, "a", "덕정역 앞 가로등이 안 켜져요. 010-1234-5678로 연락 주세요").await.to_text();
    assert!(taken.contains("2026-000001") && taken.contains("도로과") && taken.contains("[휴대전화]"), "{taken}");
    assert!(!taken.contains("1234"), "{taken}");
    let [ticket] = &world.chats.queue(&[TicketState::Waiting], Some("도로과"), 10).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!(ticket.due, ticket.opened + TimeDelta::days(7));

    let taken = world.chats.change(ticket, &TicketChange::Take { staff: "clerk-1".into() }, now()).await.unwrap();
    assert!(world.text("a", "내 문의 어떻게 됐나요").await.contains("처리 중"));
    let answered = world.window.answer_ticket(&taken, "clerk-1", "오늘 고쳤습니다.", now()).await.unwrap();
    assert!(world.window.answer_ticket(&taken, "clerk-2", "내일 고칩니다.", now()).await.is_err(), "of an old version");

    // It comes with their next turn, once, before what they asked then.
    let next = world.says("a", "이번 주말 행사").await.to_text();
    assert!(next.starts_with("문의 2026-000001의 답변이 왔습니다.\n\n오늘 고쳤습니다."), "{next}");
    assert!(next.contains("점등식"), "{next}");
    assert!(!world.text("a", "이번 주말 행사").await.contains("고쳤습니다"));
    assert_eq!(answered.state, TicketState::Answered);
    assert!(world.text("a", "접수번호 2026-1").await.contains("오늘 고쳤습니다"));
    // Nobody reads another's.
    assert!(world.text("b", "접수번호 2026-1").await.contains("접수된 문의가 없습니다"));
}

#[tokio::test]
async fn a_question_is_shown_before_it_goes_and_may_be_taken_back() {
    let world = World::new();
    // A long one is the question itself.
    let shown = world.says("a", "회천1동 놀이터 그네가 부서졌어요 아이들이 다칠까 걱정이에요").await;
    assert!(shown.to_text().contains("이대로 담당자에게 전할까요"), "{}", shown.to_text());
    assert!(world.text("a", "다시 쓰기").await.contains("한 번에 적어 주세요"));
    world.says("a", "회천1동 놀이터 그네 줄이 끊어졌어요").await;
    assert!(world.text("a", "취소").await.contains("그만두었습니다"));
    assert!(world.chats.queue(&TicketState::ALL, None, 10).await.unwrap().is_empty());
    // A picture alone is asked about.
    let at = now() + TimeDelta::hours(1);
    let picture = Turn::new(channel(), Speaker::in_channel(&channel(), "a"), "", at)
        .with_picture("https://img.example.go.kr/1.jpg");
    assert!(world.window.answer(&picture).await.unwrap().to_text().contains("한 번에 적어 주세요"));
    let turn = |said: &str| Turn::new(channel(), Speaker::in_channel(&channel(), "a"), said, at);
    world.window.answer(&turn("사진처럼 가로등이 기울었어요")).await.unwrap();
    world.window.answer(&turn("접수하기")).await.unwrap();
    let tickets = world.chats.queue(&TicketState::ALL, None, 10).await.unwrap();
    assert_eq!(tickets[0].entries[0].picture.as_deref(), Some("https://img.example.go.kr/1.jpg"));
}

#[tokio::test]
async fn offices_are_found_with_what_to_bring() {
    let world = World::new();
    let reply = world.says("a", "여권 재발급 어디서 해요?").await;
    let Bubble::Facts(facts) = &reply.bubbles[0] else { panic!("{reply:?}") };
    assert_eq!(facts.title, "민원봉사과");
    assert!(facts.facts.iter().any(|(_, value)| value.contains("사진 1매")));
    assert_eq!(facts.buttons[0].does, Does::Calls("031-8082-0001".into()));
    assert!(world.text("a", "담당 부서 찾기").await.contains("031-8082-0000"));
}

#[tokio::test]
async fn what_is_not_understood_is_offered_to_a_person_and_counted_without_names() {
    let world = World::new();
    let first = world.says("a", "쀍뛟 010-1234-5678").await;
    assert!(first.to_text().contains("잘 이해하지 못했습니다"));
    assert!(first.choices.iter().any(|choice| choice.label == "담당자에게 묻기"));
    assert!(world.text("a", "쀍뛟 010-1234-5678").await.contains("031-8082-0000"), "the second time in a row");
    let missed = world.chats.misses(now().date_naive(), 10).await.unwrap();
    assert_eq!(missed, [("쀍뛟 [휴대전화]".to_owned(), 2)]);
    world.says("b", "쀍뛟 우리 집은 어디어디이고 제 이름은 누구누구입니다").await;
    let missed = world.chats.misses(now().date_naive(), 10).await.unwrap();
    assert_eq!(missed[1].0, "(긴 글)", "what is long may tell of someone");
    // Something that news tell of is shown, even where what is wanted of it is not understood.
    let found = world.text("a", "옥정호수공원이요").await;
    assert!(found.contains("점등식"), "{found}");
}

#[tokio::test]
async fn another_language_is_kept_and_a_city_has_words_of_its_own() {
    let own = Intents::from_toml(
        "[[intent]]\nid = \"parking\"\nlabel = \"시청 주차\"\ncues = [\"시청 주차\"]\nanswer = \"시청 주차장은 두 시간까지 무료입니다.\"\n",
    )
    .unwrap();
    let world = World::with(|builder| builder.intents(Intents::sosik().with(own)));
    assert!(world.text("a", "시청에 주차할 수 있나요").await.contains("두 시간까지"));
    assert!(world.text("a", "English please").await.contains("in English"));
    assert!(world.text("a", "hello").await.starts_with("Hello, this is 양주시"));
    assert!(world.text("a", "태국어로 해주세요").await.contains("not speak that language yet"));
    // Nobody is kept for having asked.
    assert_eq!(world.subscribers.find(&key("a")).await.unwrap(), None);
    world.pass(TimeDelta::hours(1));
    assert!(world.text("a", "안녕하세요").await.starts_with("안녕하세요"), "after half an hour it begins anew");
}

#[tokio::test]
async fn nobody_in_particular_gets_answers_and_leaves_nothing() {
    let world = World::new();
    for (said, expected) in [
        ("이번 주 소식", "점등식"),
        ("회천1동 구독", "031-8082-0000"),
        ("담당자에게 묻기", "031-8082-0000"),
        ("내 정보 보기", "저장된 정보가 없습니다"),
        ("수신 동의 철회", "철회할 것도 없습니다"),
        ("내 정보 삭제", "저장된 정보가 없습니다"),
        ("내 문의 확인", "접수된 문의가 없습니다"),
    ] {
        let turn = Turn::new(channel(), Speaker::nobody(), said, now());
        let text = world.window.answer(&turn).await.unwrap().to_text();
        assert!(text.contains(expected), "{said}: {text}");
    }
    assert_eq!(format!("{:?}", world.chats), "MemoryChatStore(0 sessions, 0 tickets)");
}

#[tokio::test]
async fn nothing_that_is_shown_for_looking_at_names_anyone() {
    let turn = Turn::new(channel(), Speaker::in_channel(&channel(), "secret-key"), "비밀 이야기", now());
    let granted = ConsentEvent::granted(Purpose::Advertising, now(), "x");
    drop(granted);
    for shown in [format!("{turn:?}"), format!("{:?}", turn.who), format!("{:?}", Reply::text("비밀"))] {
        assert!(!shown.contains("secret") && !shown.contains("비밀"), "{shown}");
    }
}

//! Curation as a clerk would judge it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use proptest::prelude::*;
use sosik_content::classify::{Classification, Kinds};
use sosik_content::{AreaNames, Brief, Choices, Post, Quotas, Topic, WebLink, curate, stored, text};
use sosik_core::{AreaCode, ChannelId};

fn slot() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap()
}

fn brief() -> sosik_content::BriefBuilder {
    Brief::builder(ChannelId::parse("yangju-city").unwrap(), slot(), chrono_tz::Asia::Seoul).name("양주시 소식")
}

fn post(n: u32, title: &str, body: &str, days_before: i64) -> Post {
    let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
    Post::new(title, link, body).with_published(slot() - TimeDelta::days(days_before))
}

fn week() -> Vec<Post> {
    vec![
        post(1, "산불조심기간, 소각은 안 돼요", "12월 15일까지 산불조심기간입니다. 논밭두렁 소각을 하지 마세요.", 1),
        post(
            2,
            "12월 자동차세 납부 안내",
            "제2기분 자동차세 납부 기간은 12월 16일부터 31일까지입니다. 가까운 은행에서 납부하세요.",
            2,
        ),
        post(
            3,
            "옥정호수공원 겨울빛 점등식",
            "12월 5일 17시에 점등식 행사를 엽니다. 누구나 무료로 볼 수 있습니다.\n장소: 옥정호수공원 중앙광장",
            1,
        ),
        post(
            4,
            "D-10! 옥정호수공원 겨울빛 점등식",
            "12월 5일 점등식을 엽니다. 많은 관심 부탁드립니다. 옥정호수공원에서 만나요.",
            3,
        ),
        post(5, "장욱진미술관 기획전시 안내", "미술관에서 12월 31일까지 기획전시를 엽니다. 관람료는 무료입니다.", 2),
        post(
            6,
            "관아지 국악 공연 후기",
            "11월 14일에 열린 국악 공연에 다녀왔습니다. 참 좋았습니다. 다음에 또 만나요.",
            4,
        ),
        post(7, "겨울 딸기농장 나들이", "딸기농장 체험이 시작됩니다. 예약하고 찾아 주세요. 가족 나들이로 좋습니다.", 2),
        post(
            8,
            "대형폐기물 배출 방법",
            "대형폐기물은 스티커를 사서 붙이고 내놓습니다. 누리집에서 신고할 수 있습니다.",
            5,
        ),
        post(9, "지난달 소식", "지난달에 있었던 도로 공사 소식을 전합니다. 자세한 내용은 누리집에 있습니다.", 20),
        post(10, "식당 이벤트", "영수증 인증하면 경품을 드립니다. 구매 고객께 할인쿠폰도 드려요. 어서 오세요.", 1),
        post(11, "사진", "사진입니다.", 1),
    ]
}

#[test]
fn a_week_gives_one_card_of_each_topic_and_a_reason_for_everything_else() {
    let curation = curate(&week(), &brief().build().unwrap()).unwrap();
    let topics: Vec<Topic> = curation.edition.cards().iter().map(sosik_content::Card::topic).collect();
    assert_eq!(topics, Topic::ALL[..6]);
    let reasons: Vec<(&str, &str)> =
        curation.left_out.iter().map(|left| (left.post_id.rsplit('/').next().unwrap(), left.reason.code())).collect();
    assert_eq!(reasons, [("4", "duplicate"), ("6", "past"), ("9", "old"), ("10", "commercial"), ("11", "thin")]);
    assert_eq!(curation.edition.title(), "양주시 소식 11월 4주");
    assert_eq!(curation.edition.id().as_str(), "yangju-city-2026-W48");
}

#[test]
fn with_posts_of_all_seven_kinds_the_last_card_is_the_most_useful() {
    let cards = |recruitment: &str, days_before: i64| {
        let mut posts = week();
        posts.push(post(12, "겨울방학 수강생 모집", recruitment, days_before));
        let curation = curate(&posts, &brief().build().unwrap()).unwrap();
        curation.edition.cards().iter().map(sosik_content::Card::topic).collect::<Vec<_>>()
    };
    let useful = cards("12월 4일까지 신청을 접수합니다. 시민 누구나 무료입니다. 마감이 가깝습니다.", 1);
    assert!(useful.contains(&Topic::Recruitment) && !useful.contains(&Topic::Tourism), "{useful:?}");
    let vague = cards("수강생을 모집할 계획입니다. 자세한 것은 나중에 알립니다.", 6);
    assert!(vague.contains(&Topic::Tourism) && !vague.contains(&Topic::Recruitment), "{vague:?}");
}

#[test]
fn what_an_editor_or_another_classifier_says_of_a_posts_kind_is_taken() {
    let id = "https://blog.example.go.kr/8";
    let topic = |brief: Brief| {
        let edition = curate(&week(), &brief).unwrap().edition;
        edition.cards().iter().find(|card| card.post_id() == id).unwrap().topic()
    };
    assert_eq!(topic(brief().build().unwrap()), Topic::Living);
    let kinds = || Kinds::default().with(id, Classification::new(Topic::Policy, 9));
    assert_eq!(topic(brief().kinds(kinds()).build().unwrap()), Topic::Policy);
    let choices = Choices::default().topic(id, Topic::Safety);
    assert_eq!(Choices::from_json(&choices.to_json()).unwrap(), choices);
    assert_eq!(topic(brief().kinds(kinds()).choices(choices).build().unwrap()), Topic::Safety);
    let error = Choices::from_json(r#"{"topics": {"1": "sport"}}"#).unwrap_err().to_string();
    assert!(error.contains("topics: `sport` is no topic"), "{error}");
}

#[test]
fn posts_for_other_districts_are_left_out_and_a_districts_channel_prefers_its_own() {
    let code = |text: &str| AreaCode::parse(text).unwrap();
    let names = || AreaNames::new([("회천1동", code("4163053000")), ("남면", code("4163032000"))]);
    let mut posts = week();
    posts.push(post(
        12,
        "회천1동 마을 쉼터 안내",
        "마을 쉼터 문을 엽니다. 동네 사람 누구나 쉬어 갑니다. 어서 오세요.",
        6,
    ));
    posts.push(post(13, "남면 마을 길 안내", "마을 길을 새로 놓았습니다. 걸어 보세요. 자전거도 다닙니다.", 6));
    posts.push(
        post(14, "마을 회관 안내", "마을 회관을 새로 지었습니다. 누구나 쓸 수 있습니다. 놀러 오세요.", 6)
            .with_area(code("4136025000")),
    );
    let curated = |area: &str| {
        curate(&posts, &brief().area(code(area)).area_names(names()).cards(3, 6).build().unwrap()).unwrap()
    };
    let elsewhere = |curation: &sosik_content::Curation| -> Vec<String> {
        let left = curation.left_out.iter().filter(|left| left.reason.code() == "elsewhere");
        left.map(|left| left.reason.to_string()).collect()
    };
    let city = curated("41630");
    assert_eq!(elsewhere(&city), ["it concerns other districts (4136025000)"]);
    let district = curated("4163053000");
    assert_eq!(
        elsewhere(&district),
        ["it concerns other districts (남면)", "it concerns other districts (4136025000)"]
    );
    let has = |curation: &sosik_content::Curation| {
        curation.edition.cards().iter().any(|card| card.post_id().ends_with("/12"))
    };
    assert!(has(&district) && !has(&city));
    let part = |curation: &sosik_content::Curation| {
        let score = curation.scores.iter().find(|score| score.post_id.ends_with("/12")).unwrap();
        score.parts.iter().find(|part| part.what == "district").map(|part| part.points)
    };
    assert_eq!((part(&district), part(&city)), (Some(20), Some(-8)));
    // What is for all of the city is for no district of it alone.
    posts.last_mut().unwrap().areas = vec![code("41630")];
    let of_all = curate(&posts, &brief().area(code("4163053000")).build().unwrap()).unwrap();
    let score = of_all.scores.iter().find(|score| score.post_id.ends_with("/14")).unwrap();
    assert!(score.parts.iter().all(|part| part.what != "district"));
}

#[test]
fn a_post_goes_only_while_its_source_says_that_it_is_of_use() {
    let today = slot().date_naive();
    let reason = |from: i64, until: i64| {
        let (from, until) = (today + TimeDelta::days(from), today + TimeDelta::days(until));
        let mut posts = week();
        posts[7] = posts[7].clone().with_validity(Some(from), Some(until));
        let curation = curate(&posts, &brief().build().unwrap()).unwrap();
        curation.left_out.iter().find(|left| left.post_id.ends_with("/8")).map(|left| left.reason.code())
    };
    assert_eq!(reason(0, 0), None);
    assert_eq!(reason(1, 9), Some("future"));
    assert_eq!(reason(-9, -1), Some("past"));
    // An editor knows better.
    let tomorrow = today + TimeDelta::days(1);
    let mut posts = week();
    posts[7] = posts[7].clone().with_validity(Some(tomorrow), None);
    let choices = Choices::default().pin("https://blog.example.go.kr/8");
    assert!(curate(&posts, &brief().choices(choices).build().unwrap()).is_ok());
}

#[test]
fn what_only_tells_of_what_is_over_is_no_news_unless_there_is_too_little() {
    let visit = "시는 지난 24일 이웃 도시와 협약을 체결했습니다. 두 도시는 서로 돕기로 했습니다. 참석자들이 기념사진을 찍었습니다.";
    let report = || post(12, "이웃 도시와 업무협약 체결", visit, 0);
    let mut posts = week();
    posts.push(report());
    let curation = curate(&posts, &brief().build().unwrap()).unwrap();
    let left = curation.left_out.iter().find(|left| left.post_id.ends_with("/12")).unwrap();
    assert_eq!((left.reason.code(), left.reason.to_string().as_str()), ("report", "it only tells of what is over"));
    // Where it is all there is, it goes; and an editor may pin it.
    assert_eq!(curate(&[report()], &brief().cards(1, 6).build().unwrap()).unwrap().edition.cards().len(), 1);
    let choices = Choices::default().pin("https://blog.example.go.kr/12");
    let pinned = curate(&posts, &brief().choices(choices).build().unwrap()).unwrap();
    assert!(pinned.edition.cards().iter().any(|card| card.post_id().ends_with("/12")));
    // What is still to come makes it news.
    let coming = post(13, "이웃 도시와 업무협약 체결", &format!("{visit} 12월 5일에는 함께 음악회를 엽니다."), 0);
    posts.push(coming);
    let curation = curate(&posts, &brief().build().unwrap()).unwrap();
    assert!(!curation.left_out.iter().any(|left| left.post_id.ends_with("/13") && left.reason.code() == "report"));
}

#[test]
fn a_card_says_what_the_post_labels() {
    let curation = curate(&week(), &brief().build().unwrap()).unwrap();
    let card = curation.edition.cards().iter().find(|card| card.topic() == Topic::Festival).unwrap();
    assert_eq!(card.header(), "옥정호수공원 겨울빛 점등식");
    assert_eq!(
        card.body(),
        "12월 5일 17시에 점등식 행사를 엽니다. 누구나 무료로 볼 수 있습니다.\n장소 옥정호수공원 중앙광장"
    );
}

#[test]
fn a_topic_above_its_quota_is_left_out_by_name() {
    let quotas = Quotas::none().with(Topic::Safety, 0, 1).with(Topic::Living, 1, 6);
    let curation = curate(&week(), &brief().quotas(quotas).cards(1, 6).build().unwrap()).unwrap();
    assert!(curation.left_out.iter().any(|left| left.reason.code() == "quota"));
    assert!(curation.edition.cards().iter().all(|card| matches!(card.topic(), Topic::Safety | Topic::Living)));
}

#[test]
fn a_thin_week_is_filled_beyond_quotas_and_then_with_older_posts() {
    let body = "도서관에서 전시를 엽니다. 누구나 무료로 볼 수 있습니다.";
    let titles = ["옥정호수도서관 그림책 전시", "꿈나무도서관 사진 전시", "고암도서관 작은 음악회"];
    let mut posts: Vec<Post> = (1..).zip(titles).map(|(n, title)| post(n, title, body, 1)).collect();
    let quotas = || Quotas::none().with(Topic::Culture, 1, 1).with(Topic::Living, 1, 6);
    let brief = || brief().quotas(quotas()).build().unwrap();
    assert_eq!(curate(&posts, &brief()).unwrap().edition.cards().len(), 3);
    posts[2].published = Some(slot() - TimeDelta::days(20));
    assert_eq!(curate(&posts, &brief()).unwrap().edition.cards().len(), 3);
    posts[2].published = Some(slot() - TimeDelta::days(22));
    assert_eq!(
        curate(&posts, &brief()).unwrap_err().to_string(),
        "2 of 3 posts are fit for a card, the edition needs 3 (1 old)"
    );
}

#[test]
fn too_few_posts_are_an_error_that_says_why_for_each() {
    let posts = vec![post(1, "지난달 소식", "지난달에 있었던 도로 공사 소식을 전합니다. 자세한 내용은 누리집에.", 30)];
    let error = curate(&posts, &brief().build().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "0 of 1 posts are fit for a card, the edition needs 3 (1 old)");
    assert_eq!(error.left_out.len(), 1);
}

#[test]
fn a_brief_that_cannot_be_met_names_every_problem() {
    let error = brief().cards(4, 2).quotas(Quotas::none().with(Topic::Policy, 3, 2)).build().unwrap_err();
    assert_eq!(error.problems().len(), 4, "{error}");
}

#[test]
fn what_citizens_must_know_stays_on_the_card() {
    let posts = vec![
        post(
            1,
            "[취소] 옥정호수공원 겨울빛 점등식",
            "12월 5일 점등식은 한파로 취소합니다. 다음 소식을 기다려 주세요.",
            1,
        ),
        post(2, "옥정호수공원 겨울빛 점등식", "12월 5일 17시에 점등식 행사를 엽니다. 누구나 무료로 볼 수 있습니다.", 3),
        post(
            3,
            "덕계도서관 12월 문화행사 안내",
            "📅 일시: 12월 12일(토) 14시\n📍 장소: 덕계도서관 시청각실\n✔️ 비용: 무료",
            1,
        ),
        post(
            4,
            "고읍도서관 12월 문화행사 안내",
            "ㅇ 일시: 12월 13일(일) 14시\nㅇ 장소: 고읍도서관\n많은 참여 바랍니다.",
            1,
        ),
        post(
            5,
            "버스 노선 변경(덕정역→옥정지구)",
            "12월 1일부터 노선이 바뀝니다. 요금 1,500원 → 1,700원입니다. 홍○○ 주무관.",
            1,
        ),
    ];
    let curation = curate(&posts, &brief().cards(1, 6).build().unwrap()).unwrap();
    let card = |n: u32| {
        let link = format!("https://blog.example.go.kr/{n}");
        curation.edition.cards().iter().find(|card| card.post_id() == link).unwrap()
    };
    assert_eq!(card(1).title(), "[취소] 옥정호수공원 겨울빛 점등식");
    assert_eq!(card(3).body(), "일시 12월 12일(토) 14시\n장소 덕계도서관 시청각실");
    assert!(card(4).body().starts_with("많은 참여 바랍니다.\n일시 12월 13일(일) 14시"), "{}", card(4).body());
    assert!(
        card(5).title().contains('→')
            && card(5).body().contains("1,500원 → 1,700원")
            && card(5).body().contains("홍○○")
    );
    let left: Vec<(&str, &str)> =
        curation.left_out.iter().map(|left| (left.post_id.rsplit('/').next().unwrap(), left.reason.code())).collect();
    assert_eq!(left, [("2", "duplicate")], "the cancellation has the last word, and two libraries are two");
}

#[test]
fn what_is_still_on_is_not_over() {
    let on = |n, title: &str, body: &str| post(n, title, body, 2);
    let posts = vec![
        on(1, "장욱진미술관 전시", "11월 20일부터 30일까지 전시를 엽니다. 관람은 무료이며 누구나 볼 수 있습니다."),
        on(2, "회암사지 사진전", "기간: 11. 20.(금) ~ 30.(월)\n장소: 회암사지박물관\n많은 관람 바랍니다."),
        on(3, "눈꽃축제 참가자", "11월 20일부터 접수, 12월 5~7일 축제를 개최합니다. 온 가족이 함께 오세요."),
        on(4, "겨울 딸기농장", "지난 11월 1일 개장한 딸기농장을 소개합니다. 나들이로 좋은 곳입니다."),
        on(6, "농기계 임대", "신청기간: 11. 10.(화)부터\n교육일시: 11. 18.(수) 10시\n농업기술센터에서 빌려 드립니다."),
        on(5, "지난 국악 공연", "일시: 11월 14일 19시\n국악 공연을 개최합니다. 관아지에서 만나요."),
    ];
    let curation = curate(&posts, &brief().cards(1, 6).build().unwrap()).unwrap();
    let left: Vec<(&str, &str)> =
        curation.left_out.iter().map(|left| (left.post_id.rsplit('/').next().unwrap(), left.reason.code())).collect();
    assert_eq!(left, [("5", "past")]);

    // A title alone may say when it was.
    let over = on(8, "11월 14일 국악 공연 개최", "관아지 앞마당에서 국악을 들려 드립니다. 누구나 무료입니다.");
    assert_eq!(curate(&[over], &brief().cards(1, 6).build().unwrap()).unwrap_err().left_out[0].reason.code(), "past");
    // A day that something else begins says nothing of an end.
    let mut later = on(7, "옥정호수공원 조성 소식", "11월 25일부터 산책로를 엽니다. 누구나 걸을 수 있습니다.");
    later.published = Some(slot() - TimeDelta::days(5));
    let curation = curate(&[later], &brief().cards(1, 6).build().unwrap()).unwrap();
    assert_eq!(curation.edition.cards().len(), 1);
}

/// The week, and one of its posts once more from a source that says whom it concerns and until when.
fn with_twin() -> Vec<Post> {
    let mut posts = week();
    let until = slot().date_naive() + TimeDelta::days(9);
    let area = AreaCode::parse("4163053000").unwrap();
    posts.push(posts[7].clone().with_area(area).with_validity(None, Some(until)));
    posts
}

proptest! {
    #[test]
    fn the_order_of_the_posts_does_not_matter(shuffled in Just(with_twin()).prop_shuffle()) {
        let brief = brief().build().unwrap();
        let (one, other) = (curate(&shuffled, &brief).unwrap(), curate(&with_twin(), &brief).unwrap());
        prop_assert_eq!(&one.edition, &other.edition);
        // The source that says more of a post is the one that is carried.
        prop_assert!(one.edition.cards().iter().any(|card| card.areas().len() == 1 && card.valid_until().is_some()));
        for (card, at) in one.edition.cards().iter().zip(&one.carried) {
            prop_assert_eq!(card.post_id(), &shuffled[*at].id);
            prop_assert_eq!(card.areas(), &shuffled[*at].areas);
        }
    }

    #[test]
    fn every_post_is_a_card_or_left_out_and_every_card_fits(
        drafts in proptest::collection::vec(("[가-힣 ♥]{0,60}", "([가-힣0-9 .♥\n]{0,80}|\n(일시|장소|비용|대상): [가-힣0-9 .]{0,60}\n){0,6}", 0i64..12), 0..14),
        body in 40usize..200, breaks in 0usize..6,
    ) {
        let posts: Vec<Post> =
            drafts.iter().zip(1..).map(|((title, body, days), n)| post(n, title, body, *days)).collect();
        let limits = sosik_content::TextLimits::new(20, body, breaks);
        match curate(&posts, &brief().cards(1, 6).text(limits).build().unwrap()) {
            Ok(curation) => {
                prop_assert_eq!(curation.edition.cards().len() + curation.left_out.len(), posts.len());
                for card in curation.edition.cards() {
                    prop_assert!(text::units(card.header()) <= 20);
                    prop_assert!((1..=body).contains(&text::units(card.body())), "{:?}", card.body());
                    prop_assert!(card.body().matches('\n').count() <= breaks);
                    prop_assert!(!card.header().is_empty());
                }
                let json = stored::to_json(&curation.edition);
                prop_assert_eq!(stored::from_json(&json).unwrap(), curation.edition);
            }
            Err(error) => prop_assert_eq!(error.left_out.len(), posts.len()),
        }
    }
}

#[test]
fn an_editor_s_choices_are_kept_whatever_the_scores_say() {
    let title = |n: usize| format!("옥정호수도서관 강연 {n}회차 {}", ["봄", "여름", "가을", "겨울"][n % 4]);
    let text = "도서관에서 강연을 엽니다. 누구나 무료로 듣습니다.";
    let posts: Vec<Post> = (0..9_u32).map(|n| post(n, &title(n as usize), text, i64::from(n))).collect();
    let id = |n: usize| posts[n].id.clone();
    let later = slot() + TimeDelta::days(3);
    let choices = Choices::default()
        .pin(id(8))
        .drop(id(0), "다음 주에 다시")
        .embargo(id(1), later)
        .embargo(id(2), slot() - TimeDelta::hours(1))
        .order([id(3), id(8)])
        .rewrite(id(3), Some("강연, 처음부터 듣기"), Some("도서관에서 듣는 강연입니다. 처음 오는 분도 좋습니다."));
    let brief_of = |choices: Choices| {
        brief().cards(1, 3).quotas(Quotas::none().with(Topic::Culture, 0, 3)).choices(choices).build().unwrap()
    };
    let made = curate(&posts, &brief_of(choices.clone())).unwrap();
    let cards = made.edition.cards();
    assert!(cards.iter().any(|card| card.post_id() == id(8)), "pinned");
    if let Some(card) = cards.iter().find(|card| card.post_id() == id(3)) {
        assert_eq!(
            (card.title(), card.body()),
            ("강연, 처음부터 듣기", "도서관에서 듣는 강연입니다. 처음 오는 분도 좋습니다.")
        );
        assert_eq!(cards[0].post_id(), id(3), "the editor's order");
    }
    let reason = |n: usize| made.left_out.iter().find(|left| left.post_id == id(n)).map(|left| left.reason.code());
    assert_eq!((reason(0), reason(1)), (Some("dropped"), Some("embargo")));
    // The same on a new run, and whatever the order of the posts.
    let mut turned = posts.clone();
    turned.reverse();
    assert_eq!(
        curate(&turned, &brief_of(Choices::from_json(&choices.to_json()).unwrap())).unwrap().edition,
        made.edition
    );
    // Every score is the sum of what is said of it.
    assert!(!made.scores.is_empty());
    for score in &made.scores {
        assert_eq!(score.total, score.parts.iter().map(|part| part.points).sum::<i64>());
        assert!(score.parts.iter().any(|part| part.what == "누구나" && part.points > 0), "{score:?}");
    }
    let error = curate(&posts, &brief_of(Choices::default().pin("https://blog.example.go.kr/99"))).unwrap_err();
    assert!(
        error.to_string().ends_with("pinned and not carried: https://blog.example.go.kr/99 (there is no such post)"),
        "{error}"
    );
    let error = brief().choices(Choices::default().pin("a").drop("a", "b")).build().unwrap_err();
    assert!(error.to_string().contains("a is pinned and dropped"), "{error}");
}

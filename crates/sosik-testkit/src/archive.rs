//! The contract of [`Archive`], rule by rule.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use sosik_chat::{Archive, AskedDays, News};
use sosik_content::{AreaNames, Brief, Edition, Post, Topic, WebLink, curate};
use sosik_core::{AreaCode, ChannelId};

/// One test for each rule of the contract, for what `$make` gives: an async function from editions to a boxed [`Archive`] of
/// them.
#[macro_export]
macro_rules! archive_conformance {
    ($make:path) => {
        $crate::archive_conformance!(@ $make:
            rule_1_what_is_not_published_yet_is_no_one_s
            rule_2_the_latest_is_the_newest_edition_of_the_channel
            rule_3_what_answers_is_found_once
            rule_4_a_district_s_news_are_the_newest_first
            rule_5_what_takes_place_is_in_the_order_of_its_days
            rule_6_a_kind_s_news_are_the_newest_first
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let archive = $make($crate::archive::editions()).await;
                $crate::archive::$rule(&*archive).await;
            });
        }
    )+};
}

fn slot(week: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 20, 6, 0, 0).unwrap() + TimeDelta::weeks(week)
}

fn channel(name: &str) -> ChannelId {
    ChannelId::parse(name).unwrap()
}

fn district() -> AreaCode {
    AreaCode::parse("4163053000").unwrap()
}

/// Editions of two weeks of a city, and of one of a district.
///
/// # Panics
///
/// Never: the editions are constants.
#[must_use]
pub fn editions() -> Vec<Edition> {
    let edition = |name: &str, week: i64, posts: &[(u32, &str, &str)]| {
        let names = AreaNames::new([("회천1동", district())]);
        let brief =
            Brief::builder(channel(name), slot(week), chrono_tz::Asia::Seoul).area_names(names).build().unwrap();
        let posts: Vec<Post> = posts
            .iter()
            .map(|(n, title, text)| {
                let link = WebLink::parse(&format!("https://blog.example.go.kr/{n}")).unwrap();
                Post::new(*title, link, *text).with_published(slot(week) - TimeDelta::days(1))
            })
            .collect();
        curate(&posts, &brief).unwrap().edition
    };
    vec![
        edition(
            "city",
            0,
            &[
                (1, "옥정호수공원 겨울빛 점등식 축제", "12월 5일(토) 17시 옥정호수공원에서 점등식을 엽니다."),
                (
                    2,
                    "회천1동 주민자치회 위원 모집",
                    "12월 11일까지 회천1동 행정복지센터에서 위원을 모집합니다. 신청해 주세요.",
                ),
                (3, "겨울철 수도 동파 예방", "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다."),
            ],
        ),
        edition(
            "city",
            1,
            &[
                (4, "양주 눈꽃 축제 개막", "12월 4일(금)부터 12월 20일(일)까지 장흥에서 눈꽃 축제를 엽니다."),
                (
                    2,
                    "회천1동 주민자치회 위원 모집",
                    "12월 11일까지 회천1동 행정복지센터에서 위원을 모집합니다. 신청해 주세요.",
                ),
                (5, "대설 대비 제설함 위치 안내", "눈이 오면 제설함의 모래를 써 주세요. 내 집 앞 눈은 내가 치웁니다."),
            ],
        ),
        edition(
            "hoecheon1",
            0,
            &[
                (6, "회천1동 마을 청소의 날", "11월 28일(토) 9시 회천1동 행정복지센터 앞에서 모입니다."),
                (7, "회천1동 경로당 김장 나눔", "11월 27일(금) 회천1동 경로당에서 김장을 나눕니다."),
                (8, "회천1동 작은도서관 새 책", "회천1동 작은도서관에 새 책이 들어왔습니다. 빌려 가세요."),
            ],
        ),
    ]
}

fn titles(news: &[News]) -> Vec<&str> {
    news.iter().map(|news| news.card.title()).collect()
}

const EVERYTHING: usize = 100;

/// Rule 1.
pub async fn rule_1_what_is_not_published_yet_is_no_one_s(archive: &dyn Archive) {
    let before = slot(1) - TimeDelta::seconds(1);
    let days =
        AskedDays::new(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(), NaiveDate::from_ymd_opt(2026, 12, 31).unwrap());
    let gone = [
        archive.latest(&channel("city"), before).await.unwrap(),
        archive.search("눈꽃 축제", before, EVERYTHING).await.unwrap(),
        archive.on(days, before, EVERYTHING).await.unwrap(),
        archive.recent(Topic::Festival, before, EVERYTHING).await.unwrap(),
        archive.of_district(&district(), before, EVERYTHING).await.unwrap(),
    ];
    for (what, news) in ["latest", "search", "on", "recent", "of_district"].iter().zip(&gone) {
        assert!(!news.is_empty(), "{what}: what was published a week before is anyone's");
        assert!(news.iter().all(|news| news.slot <= before), "{what}: {:?}", titles(news));
    }
    assert_eq!(archive.latest(&channel("city"), slot(0) - TimeDelta::seconds(1)).await.unwrap(), []);
    assert!(!archive.search("눈꽃 축제", slot(1), EVERYTHING).await.unwrap().is_empty(), "at its slot it is");
}

/// Rule 2.
pub async fn rule_2_the_latest_is_the_newest_edition_of_the_channel(archive: &dyn Archive) {
    let expected = editions();
    for (name, at, edition) in
        [("city", slot(0), &expected[0]), ("city", slot(9), &expected[1]), ("hoecheon1", slot(9), &expected[2])]
    {
        let found = archive.latest(&channel(name), at).await.unwrap();
        let cards: Vec<_> = found.iter().map(|news| news.card.clone()).collect();
        assert_eq!(cards, edition.cards(), "{name}");
        assert!(found.iter().all(|news| news.edition == *edition.id() && news.slot == edition.slot()));
    }
    assert_eq!(archive.latest(&channel("okjeong"), slot(9)).await.unwrap(), []);
}

/// Rule 3.
pub async fn rule_3_what_answers_is_found_once(archive: &dyn Archive) {
    let found = async |said: &str, limit: usize| archive.search(said, slot(9), limit).await.unwrap();
    assert_eq!(titles(&found("점등식은 어디서 하나요", EVERYTHING).await)[0], "옥정호수공원 겨울빛 점등식 축제");
    let committee = found("주민자치회 위원", EVERYTHING).await;
    let same = titles(&committee).into_iter().filter(|title| title.contains("주민자치회")).count();
    assert_eq!(same, 1, "a post that went out twice is one");
    assert_eq!(found("회천1동", 2).await.len(), 2);
    assert_eq!(found("우주선 발사장", EVERYTHING).await, []);
}

/// Rule 4.
pub async fn rule_4_a_district_s_news_are_the_newest_first(archive: &dyn Archive) {
    let found = archive.of_district(&district(), slot(9), EVERYTHING).await.unwrap();
    assert!(found.iter().all(|news| news.card.areas().contains(&district())));
    assert!(found.is_sorted_by(|one, two| one.slot >= two.slot));
    let same = titles(&found).into_iter().filter(|title| title.contains("주민자치회")).count();
    assert_eq!((found.len(), same), (4, 1), "{:?}", titles(&found));
    assert_eq!(archive.of_district(&district(), slot(9), 1).await.unwrap(), found[..1]);
    let other = AreaCode::parse("4163032000").unwrap();
    assert_eq!(archive.of_district(&other, slot(9), EVERYTHING).await.unwrap(), []);
}

/// Rule 5.
pub async fn rule_5_what_takes_place_is_in_the_order_of_its_days(archive: &dyn Archive) {
    let on = async |first: &str, last: &str| {
        let days = AskedDays::new(first.parse().unwrap(), last.parse().unwrap());
        archive.on(days, slot(9), EVERYTHING).await.unwrap()
    };
    let december = on("2026-12-05", "2026-12-06").await;
    assert_eq!(titles(&december), ["양주 눈꽃 축제 개막", "옥정호수공원 겨울빛 점등식 축제"]);
    assert_eq!(titles(&on("2026-11-28", "2026-11-28").await), ["회천1동 마을 청소의 날"]);
    assert_eq!(on("2027-01-01", "2027-01-31").await, []);
}

/// Rule 6.
pub async fn rule_6_a_kind_s_news_are_the_newest_first(archive: &dyn Archive) {
    let found = archive.recent(Topic::Festival, slot(9), EVERYTHING).await.unwrap();
    assert!(found.iter().all(|news| news.card.topic() == Topic::Festival));
    assert_eq!(
        titles(&found).into_iter().take(2).collect::<Vec<_>>(),
        ["양주 눈꽃 축제 개막", "옥정호수공원 겨울빛 점등식 축제"]
    );
    assert_eq!(archive.recent(Topic::Festival, slot(9), 1).await.unwrap(), found[..1]);
}

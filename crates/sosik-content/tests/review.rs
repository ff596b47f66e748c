//! A post with ten faults, and what the review says of posts of a real city.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads where the corpus is")]

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeZone, Utc};
use sosik_content::review::{RULES, Reviewer};
use sosik_content::{Post, WebLink};

fn link(text: &str) -> WebLink {
    WebLink::parse(text).unwrap()
}

/// Each fault, and the words in which it stands.
const PLANTED: [(&str, &str); 10] = [
    ("weekday", "12월 5일(금)"),
    ("deadline", "11월 20일까지"),
    ("time-missing", ""),
    ("link-http", "http://www.example.go.kr/apply"),
    ("phone", "031-8082-000"),
    ("resident-number", "900101-1000000"),
    ("advertisement", "할인쿠폰"),
    ("election-head", "홍길동"),
    ("alt-missing", ""),
    ("hard-word", "익일"),
];

fn planted() -> Post {
    Post::new(
        "호수공원 겨울빛 점등식",
        link("https://blog.example.go.kr/1"),
        "12월 5일(금) 호수공원에서 점등식을 엽니다. 홍길동 시장이 축사를 합니다.\n\
         신청은 11월 20일까지 http://www.example.go.kr/apply 에서 하세요.\n\
         신청한 사람에게는 익일 안내가 갑니다. 주변 가게의 할인쿠폰도 드립니다.\n\
         문의: 문화관광과 031-8082-000, 담당자 900101-1000000",
    )
    .with_published(Utc.with_ymd_and_hms(2026, 11, 16, 3, 0, 0).unwrap())
    .with_picture(link("https://blog.example.go.kr/1.jpg"), "")
}

fn reviewer() -> Reviewer {
    Reviewer::new(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(), chrono_tz::Asia::Seoul).with_head("홍길동")
}

#[test]
fn all_ten_planted_faults_are_found_and_no_other() {
    let post = planted();
    let findings = reviewer().review(std::slice::from_ref(&post));
    for finding in &findings {
        println!("{finding}");
    }
    for (code, words) in PLANTED {
        let found: Vec<_> = findings.iter().filter(|finding| finding.rule.code == code).collect();
        assert_eq!(found.len(), 1, "{code}");
        if let (Some(span), false) = (&found[0].place.span, words.is_empty()) {
            assert_eq!(&post.text[span.clone()], words, "{code}");
        }
    }
    assert_eq!(findings.len(), PLANTED.len());
    assert!(findings.iter().all(|finding| !finding.to_string().contains("900101")), "no one's number is repeated");
    let fix = |code: &str| findings.iter().find(|finding| finding.rule.code == code).unwrap().fix.clone().unwrap();
    assert_eq!(fix("weekday"), "12월 5일(토)");
    assert_eq!(fix("link-http"), "https://www.example.go.kr/apply");
    assert_eq!(fix("hard-word"), "다음 날");
}

#[test]
fn what_is_put_right_is_not_found_again() {
    let text = planted()
        .text
        .replace("12월 5일(금)", "12월 5일(토) 17시")
        .replace("홍길동 시장이", "시가")
        .replace("11월 20일", "11월 30일")
        .replace("http://", "https://")
        .replace("익일", "다음 날")
        .replace(" 주변 가게의 할인쿠폰도 드립니다.", "")
        .replace("031-8082-000, 담당자 900101-1000000", "031-8082-0000");
    let post = Post::new("호수공원 겨울빛 점등식", link("https://blog.example.go.kr/1"), text)
        .with_published(Utc.with_ymd_and_hms(2026, 11, 16, 3, 0, 0).unwrap())
        .with_picture(link("https://blog.example.go.kr/1.jpg"), "호수공원 나무에 켜진 파란 불빛");
    assert_eq!(reviewer().review(&[post]), []);
}

#[test]
fn other_faults_are_found_too() {
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("양주").collect();
    let mut post =
        Post::new("안내", link("http://blog.example.go.kr/2"), "민선 8기 공약을 이룬 사진. 문의 010-1234-5678 ﷽")
            .with_published(Utc.with_ymd_and_hms(2026, 11, 16, 3, 0, 0).unwrap())
            .with_picture(link("https://blog.example.go.kr/1.jpg"), "IMG_0001.jpg")
            .with_picture(link("https://blog.example.go.kr/2.jpg"), "현장을 살피는 홍길동 시장");
    // What was not cleaned when it was read.
    post.text = format!("{} {decomposed}\u{200b}", post.text);
    let findings = reviewer().with_dead_link("http://blog.example.go.kr/2").review(&[post]);
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.rule.code).collect();
    codes.sort_unstable();
    let expected = [
        "alt-thin",
        "decomposed",
        "election-achievement",
        "election-photo",
        "link-dead",
        "link-http",
        "not-in-texts",
        "personal-number",
        "unseen",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn posts_of_a_real_city_are_reviewed_without_noise() {
    let Some(corpus) = std::env::var_os("SOSIK_CORPUS").map(std::path::PathBuf::from) else {
        assert!(std::env::var_os("SOSIK_REQUIRE_CORPUS").is_none(), "SOSIK_CORPUS is not set");
        return println!("skipped: SOSIK_CORPUS is not set");
    };
    let lines = std::fs::read_to_string(corpus.join("texts/press_releases_najusi_2025.jsonl")).unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let show = std::env::var("SOSIK_SHOW").unwrap_or_default();
    let mut posts = 0;
    for (at, line) in lines.lines().enumerate() {
        let fields: BTreeMap<String, String> = serde_json::from_str(line).unwrap();
        let day: NaiveDate = fields["published"].parse().unwrap();
        let published = day.and_hms_opt(3, 0, 0).unwrap().and_utc();
        let post = Post::new(&fields["title"], link(&fields["url"]), &fields["body"]).with_published(published);
        posts += 1;
        for finding in Reviewer::new(day, chrono_tz::Asia::Seoul).review(&[post]) {
            *counts.entry(finding.rule.code).or_default() += 1;
            if show == finding.rule.code {
                println!("{at}: {finding}");
            }
        }
    }
    println!("{posts} press releases");
    for rule in RULES {
        println!("{:22} {:8} {:>5}", rule.code, rule.severity.to_string(), counts.get(rule.code).copied().unwrap_or(0));
    }
    // They name the mayor nearly always, which a city's channel must not.
    assert!(counts["election-head"] > posts * 3 / 4, "{counts:?}");
    // What was checked before it was published has no such faults: each would be one of the rule.
    for rule in ["weekday", "phone", "resident-number", "personal-number"] {
        assert_eq!(counts.get(rule), None, "{rule}");
    }
}

#[test]
fn every_finding_is_told_in_korean_too_with_its_words() {
    let reviewer =
        Reviewer::new(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(), chrono_tz::Asia::Seoul).with_head("홍길동");
    let is_korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    assert!(RULES.iter().all(|rule| is_korean(rule.korean)), "{RULES:?}");
    let findings = reviewer.review(&[planted()]);
    let of = |code: &str| findings.iter().find(|finding| finding.rule.code == code).unwrap();
    assert_eq!(of("weekday").korean(), "요일이 날짜와 맞아야 합니다: ‘12월 5일(금)’");
    assert_eq!(of("weekday").korean_fix(), Some("12월 5일(토)"));
    assert_eq!(of("election-head").korean(), "단체장의 이름을 쓰지 않습니다: ‘홍길동’");
    assert_eq!(of("election-head").korean_fix(), Some("시의 이름"));
    // What is a person's is not shown here either.
    assert_eq!(of("resident-number").korean(), "주민등록번호를 보이지 않습니다");
    assert_eq!(of("resident-number").korean_fix(), Some("빼기"));
    assert!(!findings.iter().any(|finding| finding.korean().contains("900101")));
}

//! The program as a clerk starts it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

fn cardnews(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cardnews")).args(arguments).current_dir(folder).output().unwrap()
}

fn sample(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn an_edition_is_drawn_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let output = cardnews(&[&sample("posts.json"), "--out", "cards", "--json"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cards = said["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 6);
    let alt = |title: &str| {
        let card = cards.iter().find(|card| card["title"] == title).unwrap();
        card["pictures"][0]["alt"].as_str().unwrap().to_owned()
    };
    assert!(alt("호수공원 겨울빛 점등식").contains("일시 12. 5.(토) 17:00~20:00\n장소 호수공원 중앙광장\n비용 무료"));
    assert!(alt("청년 월세 지원 신청 안내").contains("신청 마감\n12월 16일(수)"));
    for name in ["1.jpg", "6.jpg", "sheet.html", "review.txt", "review.json", "edition.json", "NanumSquare.ttf"] {
        assert!(folder.path().join("cards").join(name).metadata().unwrap().len() > 0, "{name}");
    }
    // The same posts give the same bytes.
    let first = std::fs::read(folder.path().join("cards/1.jpg")).unwrap();
    cardnews(&[&sample("posts.json"), "--out", "again"], folder.path());
    assert_eq!(std::fs::read(folder.path().join("again/1.jpg")).unwrap(), first);
}

#[test]
fn what_an_editor_decided_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let choices = r#"{"pins": ["https://blog.example.go.kr/3"], "drops": {"https://blog.example.go.kr/6": "다음 주에"}, "order": ["https://blog.example.go.kr/3"],
        "rewrites": {"https://blog.example.go.kr/3": {"title": "대형폐기물 버리는 법"}}}"#;
    std::fs::write(folder.path().join("choices.json"), choices).unwrap();
    let output = cardnews(&[&sample("posts.json"), "--choices", "choices.json", "--json"], folder.path());
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (said["cards"].as_array().unwrap().len(), said["cards"][0]["title"].as_str()),
        (6, Some("대형폐기물 버리는 법"))
    );
    assert!(said["cards"][0]["pictures"][0]["alt"].as_str().unwrap().contains("대형폐기물 버리는 법"), "{said:#}");
    let dropped = said["left_out"].as_array().unwrap().iter().find(|left| left["reason"] == "dropped").unwrap();
    assert_eq!(dropped["title"], "겨울 딸기농장 나들이 코스");
    assert!(said["scores"][0]["parts"].as_array().is_some_and(|parts| !parts.is_empty()));
}

#[test]
fn a_district_gets_its_own_news_and_not_that_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let curated = |area: &str| {
        let districts = sample("../yangju-weekly/yangju_areas.csv");
        let arguments = [&sample("posts.json"), "--area", area, "--districts", &districts, "--json"];
        let output = cardnews(&arguments, folder.path());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let has = |said: &serde_json::Value, title: &str| {
        said["cards"].as_array().unwrap().iter().any(|card| card["title"].as_str().unwrap().starts_with(title))
    };
    let elsewhere = |said: &serde_json::Value, title: &str| {
        let left = said["left_out"].as_array().unwrap();
        left.iter().any(|left| left["reason"] == "elsewhere" && left["title"].as_str().unwrap().starts_with(title))
    };
    let hoecheon = curated("4163053000");
    assert!(has(&hoecheon, "회천1동 주민자치회") && elsewhere(&hoecheon, "남면 마을"), "{hoecheon:#}");
    let nam = curated("4163032000");
    assert!(has(&nam, "남면 마을") && elsewhere(&nam, "회천1동 주민자치회"), "{nam:#}");
    assert!(!elsewhere(&curated("41630"), "남면 마을"));
}

#[test]
fn cards_are_drawn_in_a_language_into_which_posts_are_translated() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&sample("posts.json"), "--language", "vi", "--city", "Yangju", "--out", "vi", "--json"];
    let output = cardnews(&arguments, folder.path());
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cards = said["cards"].as_array().unwrap();
    let pictures = cards.iter().filter_map(|card| card["pictures"].as_array()).flatten();
    let alts: Vec<&str> = pictures.filter_map(|picture| picture["alt"].as_str()).collect();
    assert!(alts.iter().any(|alt| alt.contains("Thời gian Thứ Bảy, 5/12 17:00~20:00")), "{alts:?}");
    assert!(!alts.iter().any(|alt| alt.chars().any(|c| ('가'..='힣').contains(&c))), "{alts:?}");
    assert!(cards.iter().all(|card| card["pictures"][0]["missing"].as_str().is_none_or(str::is_empty)));
    // What nobody translated is told, and not drawn.
    assert!(cards.iter().any(|card| card["translated"] == false));
}

#[test]
fn the_review_of_a_post_with_ten_faults_finds_ten() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["review", &sample("faulty.md"), "--week", "2026-W48", "--head", "홍길동", "--json"];
    let output = cardnews(&arguments, folder.path());
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said.as_array().unwrap().len(), 10, "{said:#}");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.md"), "---\ntitle: 제목\nlink: https://example.go.kr/1\n---\n본문").unwrap();
    let failed = |arguments: &[&str], expected: &str| {
        let output = cardnews(arguments, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(expected), "{said}");
    };
    failed(&["bad.md"], "`published:` is missing in the head");
    failed(&["none.json"], "none.json");
    failed(&[&sample("posts.json"), "--format", "round"], "`round` is none of feed, wide, square, tall");
    failed(&[&sample("posts.json"), "--theme", "pink"], "`pink` is none of bright, blue-green, warm, night");
    failed(&[&sample("posts.json"), "--language", "xx"], "`xx` is none of ko, en, zh, ja, vi");
    failed(&[&sample("posts.json"), "--area", "416"], "`416` is no area code");
    failed(&[&sample("posts.json"), "--week", "48"], "`48` is no week such as 2026-W48");
}

//! The program as it is run, against the emulator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use chrono::TimeDelta;
use sosik_emulator::{Emulator, Options, Template};
use sosik_testkit::transport::jpeg;

async fn emulator() -> Emulator {
    let options = Options::new("KEY")
        .with_solapi("KEY", "SECRET")
        .with_template(Template::new("KA01TP0", "#{이름}님, 여권이 나왔습니다."))
        .with_receipt_delay(TimeDelta::zero());
    Emulator::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_send"))
        .args(arguments)
        .current_dir(folder)
        .envs([("BIZGO_API_KEY", "KEY"), ("BIZGO_SENDER_KEY", "SENDER")])
        .envs([("SOLAPI_API_KEY", "KEY"), ("SOLAPI_API_SECRET", "SECRET"), ("SOLAPI_PF_ID", "KA01PF0")])
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_goes_by_either_dealer() {
    let (emulator, folder) = (emulator().await, tempfile::tempdir().unwrap());
    for (number, provider) in ["bizgo", "solapi"].into_iter().enumerate() {
        let url = emulator.url();
        let to = format!("010-0000-000{number}");
        let text = ["--from", "031-000-0000", "--text", "양주시 소식입니다."];
        let by = ["--provider", provider, "--base-url", &url, "--type", "sms", "--to", &to, "--json"];
        let (output, text) = run(folder.path(), &[&by[..], &text].concat());
        assert!(output.status.success(), "{provider}: {text}");
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["recipients"][0]["outcome"], "delivered", "{text}");
        assert!(!text.contains("0100000") && !text.contains("010-0000"), "{text}");
    }
    assert_eq!(emulator.stats().accepted, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carousel_and_an_alimtalk_come_from_files() {
    let (emulator, folder) = (emulator().await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("card.jpg"), jpeg(800, 400)).unwrap();
    let card = r#"{"header": "소식", "text": "본문", "picture": {"file": "card.jpg", "alt": "그림"},
        "link": "https://www.example.go.kr/1", "buttons": [{"label": "보기", "link": "https://www.example.go.kr/1"}]}"#;
    let carousel = format!(
        r#"{{"message": {{"carousel": {{"cards": [{card}, {card}], "tail": "https://www.example.go.kr/"}}}},
            "advertising": {{"sender": "예시시청"}}}}"#
    );
    std::fs::write(folder.path().join("carousel.json"), carousel).unwrap();
    let alimtalk = r##"{"message": {"alimtalk": {"code": "KA01TP0", "text": "#{이름}님, 여권이 나왔습니다."}},
        "variables": {"이름": "시민"}}"##;
    std::fs::write(folder.path().join("alimtalk.json"), alimtalk).unwrap();
    for provider in ["bizgo", "solapi"] {
        for (kind, file) in [("carousel", "carousel.json"), ("alimtalk", "alimtalk.json")] {
            let url = emulator.url();
            let by = ["--provider", provider, "--base-url", &url, "--type", kind, "--file", file];
            let to = ["--to", "010-0000-0001", "--to", "010-0000-0002", "--wait", "0"];
            let (output, text) = run(folder.path(), &[&by[..], &to].concat());
            assert!(output.status.success(), "{provider} {kind}: {text}");
            assert_eq!(text.matches("accepted").count(), 2, "{text}");
        }
    }
    assert_eq!(emulator.stats().accepted, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_before_anything_leaves() {
    let (emulator, folder) = (emulator().await, tempfile::tempdir().unwrap());
    let url = emulator.url();
    let long = "가".repeat(1_301);
    let by = ["--provider", "solapi", "--base-url", &url, "--to", "010-0000-0001"];
    for (arguments, words) in [
        (vec!["--type", "text", "--text", &long], "bubble.text: it has 1301 UTF-16 units"),
        (vec!["--type", "text", "--text", "소식", "--button", "보기"], "write label=https://…"),
        (vec!["--type", "wide", "--text", "소식"], "a wide message needs --picture"),
        (vec!["--type", "wide", "--text", "소식", "--picture", "none.jpg", "--alt", "그림"], "none.jpg"),
        (vec!["--type", "carousel", "--text", "소식"], "told in a file"),
        (vec!["--type", "sms", "--text", "소식"], "needs --from"),
        (vec!["--type", "sms", "--text", "😀", "--from", "031-000-0000"], "cannot carry `😀`"),
    ] {
        let (output, text) = run(folder.path(), &[&by[..], &arguments].concat());
        assert!(!output.status.success() && text.contains(words), "{arguments:?}: {text}");
    }
    let (output, text) = run(folder.path(), &[&by[..], &["--type", "text", "--text", "소식", "--dry-run"]].concat());
    assert!(output.status.success() && text.contains("nothing is sent"), "{text}");
    assert_eq!(emulator.stats().calls, 0);
}

#[test]
fn the_limits_are_a_table_and_json() {
    let folder = tempfile::tempdir().unwrap();
    let (output, text) = run(folder.path(), &["limits"]);
    assert!(output.status.success());
    for words in ["DEALER", "Bizgo", "SOLAPI", "carousel.cards[].header", "alimtalk.variables", "2026-06-23"] {
        assert!(text.contains(words), "{words}");
    }
    let (output, _) = run(folder.path(), &["limits", "--provider", "bizgo", "--json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(rows.len() > 100 && rows.iter().all(|row| row["provider"] == "Bizgo" && row["source"].is_string()));
}

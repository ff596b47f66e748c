//! The program as it is run.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use sosik::channel::{
    Advertising, Body, Button, CarouselCard, CarouselFeed, Media, Message, PictureFormat, Refusal, stored,
};
use sosik::content::WebLink;
use sosik_testkit::transport::jpeg;

fn run(folder: &Path, more: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_partner-kit"))
        .arg(folder)
        .args(["--title", "예시시청 소식", "--send-at", "2026-11-27T16:00:00+09:00"])
        .args(more)
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

/// A folder with a message of two cards and their picture.
fn week(header: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let link = || WebLink::parse("https://www.example.go.kr/1").unwrap();
    let media = Media::new(PictureFormat::Jpeg, (800, 400), "행사 알림", jpeg(800, 400));
    let card = || {
        CarouselCard::new(header, "이번 주 금요일 오후 4시", media.picture.clone())
            .with_button(Button::new("자세히", link()))
    };
    let feed = CarouselFeed::new(vec![card(), card()]).with_tail(link());
    let advertising = Advertising::new("예시시청", Refusal::BlockChannel);
    let message = Message::new(Body::CarouselFeed(feed)).with_advertising(advertising);
    std::fs::create_dir(folder.path().join("cards")).unwrap();
    std::fs::write(folder.path().join("cards/card-1.jpg"), &media.content).unwrap();
    std::fs::write(folder.path().join("message.json"), stored::to_json(&message)).unwrap();
    folder
}

#[test]
fn a_kit_holds_everything_and_is_not_written_over() {
    let folder = week("첫째 소식");
    let (well, text) = run(folder.path(), &["--channel", "_ZeUTxl"]);
    assert!(well, "{text}");
    let kit = folder.path().join("partner-kit");
    for name in [
        "checklist.html",
        "preview.html",
        "links.csv",
        "message.json",
        "manifest.json",
        "attestation.txt",
        "channel-qr.svg",
        "pictures/1-800x400.jpg",
        "pictures/2-800x400.jpg",
        "texts/1.txt",
        "texts/2.txt",
        "texts/3.txt",
    ] {
        assert!(kit.join(name).is_file(), "{name}");
    }
    std::fs::write(kit.join("attestation.txt"), "16:05, 12,000").unwrap();
    let (well, text) = run(folder.path(), &[]);
    assert!(!well && text.contains("is there already"), "{text}");
    assert_eq!(std::fs::read_to_string(kit.join("attestation.txt")).unwrap(), "16:05, 12,000");
    assert!(run(folder.path(), &["--out", folder.path().join("second").to_str().unwrap()]).0);
    assert!(!folder.path().join("second.new").exists());
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_written_or_removed() {
    let long = week("스무 자를 한참 넘는 아주 긴 카드 제목 하나");
    let (well, text) = run(long.path(), &[]);
    assert!(!well && text.contains("carousel.cards[0].header"), "{text}");
    let missing = week("소식");
    std::fs::remove_file(missing.path().join("cards/card-1.jpg")).unwrap();
    let (well, text) = run(missing.path(), &[]);
    assert!(!well && text.contains("pictures[1]"), "{text}");
    assert!(!missing.path().join("partner-kit").exists());
    let (well, text) = run(week("소식").path(), &["--channel", "양주시청"]);
    assert!(!well && text.contains("public id"), "{text}");
    let other = week("소식");
    let (well, text) = run(other.path(), &["--out", other.path().join("cards").to_str().unwrap()]);
    assert!(!well && text.contains("is there already") && other.path().join("cards/card-1.jpg").exists(), "{text}");
    assert!(!run(Path::new("nowhere"), &[]).0);
}

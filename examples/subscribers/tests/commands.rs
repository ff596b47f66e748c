//! The program as a person calls it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

fn call(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_subscribers"));
    command.current_dir(folder).env("SOSIK_KEY", "0f".repeat(32)).args(arguments).output().unwrap()
}

fn said(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.success(), String::from_utf8(text).unwrap().trim().to_owned())
}

#[test]
fn people_are_brought_in_counted_and_their_ledger_is_whole_until_a_byte_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("areas.csv"), "hjd_code,name,from,to\n4163053000,회천1동,2003-10-19,\n").unwrap();
    let people = "휴대전화,읍면동,관심분야,광고동의일,동의근거,문자허용\n\
        010-0000-0001,회천1동,문화,2026-03-02,서면 신청서,예\n010-0000-0002,회천1동,복지,,,아니오\n";
    std::fs::write(at.join("people.csv"), people).unwrap();
    let ask = |arguments: &[&str]| said(&call(at, arguments));
    let import = ["import", "people.csv", "--areas", "areas.csv"];
    assert_eq!(ask(&[&import[..], &["--dry-run"]].concat()), (true, "2 people could be brought in".to_owned()));
    assert_eq!(ask(&import), (true, "2 people were brought in, 2 of them new".to_owned()));
    assert_eq!(ask(&import), (true, "2 people were brought in, 0 of them new".to_owned()));
    assert_eq!(ask(&["count", "topic:문화 and consent:advertising"]), (true, "1".to_owned()));
    assert_eq!(ask(&["count", "everyone", "--at", "2026-01-01T00:00:00Z"]), (true, "2".to_owned()));
    let (ok, whole) = ask(&["verify"]);
    assert!(ok && whole.starts_with("1 entries, each as it was written"), "{whole}");

    let (ok, wrong) = ask(&["count", "topic"]);
    assert!(!ok && wrong.contains("at character 1"), "{wrong}");
    let (ok, wrong) = ask(&["--store", "postgres:x", "verify"]);
    assert!(!ok && wrong.contains("sqlite:PATH"), "{wrong}");
    std::fs::write(at.join("odd.csv"), people.replace("회천1동", "없는동")).unwrap();
    let (ok, wrong) = ask(&["import", "odd.csv", "--areas", "areas.csv"]);
    assert!(!ok && wrong.contains("없는동") && !wrong.contains("0000-0001"), "{wrong}");

    assert!(!at.join("sosik.db-wal").exists(), "all of it stands in one file");
    let path = at.join("sosik.db");
    let file = std::fs::read(&path).unwrap();
    let evidence = "서면 신청서".as_bytes();
    let mut broken = 0;
    for place in (0..file.len() - evidence.len()).filter(|at| file[*at..].starts_with(evidence)) {
        let mut changed = file.clone();
        changed[place + evidence.len() - 1] ^= 1;
        std::fs::write(&path, changed).unwrap();
        let (ok, told) = ask(&["verify"]);
        broken += usize::from(!ok && told.contains("entry 1 is not as it was written"));
    }
    assert!(broken > 0);
    std::fs::write(&path, file).unwrap();
    assert_eq!(ask(&["verify"]), (true, whole));
}

#[test]
fn the_bench_prints_what_it_measured() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, told) = said(&call(folder.path(), &["bench", "--rows", "2500", "--json"]));
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(ok && report["verify"]["whole"] == true, "{told}");
    // One in twelve lives there, one in five of them wants the topic, and twelve in thirteen of those consented.
    let expected = (0..2_500).filter(|n| n % 12 == 2 && n / 12 % 5 == 0 && n % 13 != 0).count() as u64;
    assert_eq!((report["rows"].as_u64(), report["count"]["people"].as_u64()), (Some(2_500), Some(expected)));
    assert!(report["bytes_a_person"].as_f64().unwrap() > 100.0);
}

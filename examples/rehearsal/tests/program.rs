//! The rehearsal as whoever runs it sees it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use serde_json::Value;

fn rehearse(args: &[&str]) -> (Option<i32>, Value, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rehearsal")).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), said)
}

#[test]
fn everyone_gets_it_once_whatever_is_killed_and_goes_wrong() {
    let faults = "timeouts,503,429,drop-after-accept,slow,late-receipts";
    let run =
        ["--recipients", "6000", "--batch", "100", "--workers", "2", "--kills", "8", "--faults", faults, "--json"];
    let (status, told, said) = rehearse(&run);
    assert_eq!(status, Some(0), "{told} {said}");
    for (what, count) in
        [("accepted", 6_000), ("distinct", 6_000), ("delivered", 6_000), ("duplicates", 0), ("lost", 0)]
    {
        assert_eq!(told[what], count, "{what}: {told}");
    }
    assert_eq!((told["unknown"].as_u64(), told["state"].as_str()), (Some(0), Some("settled")), "{told}");
    assert!(told["kills"].as_u64().unwrap() > 0, "{told}");
    assert!(told["worker_peak_megabytes"].as_f64().unwrap() > 1.0, "{told}");
}

#[test]
fn a_store_that_is_there_or_elsewhere_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.db");
    std::fs::write(&path, "something").unwrap();
    for (store, said) in [
        (format!("sqlite:{}", path.display()), "there already"),
        ("mysql:x".to_owned(), "write sqlite:PATH or postgres:URL"),
    ] {
        let (status, _, told) = rehearse(&["--recipients", "10", "--store", &store]);
        assert_eq!(status, Some(1));
        assert!(told.contains(said), "{told}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"something");
}

//! The two ways by which nobody here knows who got it: a group send to all friends, and a clerk's hands.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

fn command(out: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yangju-weekly"));
    command.arg("--out").arg(out).args(arguments).env_remove("SOSIK_KEY");
    command
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text.into_owned()
}

fn error_of(output: &Output) -> String {
    assert!(!output.status.success(), "it must fail: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn report(out: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap()
}

#[test]
fn a_group_send_that_is_killed_again_and_again_goes_once_to_all_friends() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    for wait in [300, 700, 1_100, 1_500, 1_900] {
        let mut child =
            command(out, &["--route", "friends"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = command(out, &["--route", "friends"]).output().unwrap();
    let text = String::from_utf8_lossy(&last.stdout).into_owned();
    let report = report(out);
    assert_eq!(report["emulator"]["group_sends"], 1, "{text}");
    assert_eq!((&report["route"], &report["emulator"]["accepted"]), (&"friends".into(), &0.into()));
    // A kill between the hand-over and its handle leaves a doubt, which a person is asked about.
    if last.status.success() {
        assert_eq!((&report["evidence"]["sent"], &report["evidence"]["status"]), (&12_000.into(), &"done".into()));
        let again = said(&command(out, &["--route", "friends"]).output().unwrap());
        assert!(again.contains("nothing is sent now"), "{again}");
        assert!(std::fs::read_to_string(out.join("report.html")).unwrap().contains("보낼 수 있는 친구"));
    } else {
        assert!(report["evidence"]["ask"].as_str().unwrap().contains("look at it in the provider's console"), "{text}");
    }
    // The same edition goes no other way.
    let other = error_of(&command(out, &[]).output().unwrap());
    assert!(other.contains("goes by the route `friends` already"), "{other}");
    let planned = String::from_utf8(command(out, &[]).output().unwrap().stdout).unwrap();
    assert!(!planned.contains("people by"), "nothing is planned for any channel: {planned}");
}

#[test]
fn a_kit_is_sent_by_a_clerk_who_says_so_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let dry = said(&command(out, &["--route", "kit", "--dry-run"]).output().unwrap());
    assert!(dry.contains("a kit of") && !out.join("kit").exists(), "{dry}");
    // Made twice, it is one campaign with the kit that was made last.
    for _ in 0..2 {
        said(&command(out, &["--route", "kit"]).output().unwrap());
    }
    let form = std::fs::read_to_string(out.join("kit/attestation.txt")).unwrap();
    assert!(form.contains(report(out)["evidence"]["kit"].as_str().unwrap()));
    assert_eq!(report(out)["emulator"]["accepted"], 0, "nothing goes by the dealer");
    let page = std::fs::read_to_string(out.join("kit/checklist.html")).unwrap();
    assert!(page.contains("2026-11-27(금) 20:50") && !page.contains("21:00"), "not into the night: {page}");

    let early = ["--attest", "clerk-1", "--sent-at", "2026-11-20T15:00:00+09:00"];
    assert!(error_of(&command(out, &early).output().unwrap()).contains("cannot have been sent before"));
    let word =
        ["--attest", "clerk-1", "--sent-at", "2026-11-27T15:20:00+09:00", "--sent-to", "52000", "--number", "81"];
    assert!(said(&command(out, &word).output().unwrap()).contains("yangju-city-2026-W48 is settled"));
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("사람이 보낸 것을 확인했습니다.") && page.contains("52000"), "{page}");
    assert!(error_of(&command(out, &word).output().unwrap()).contains("nothing waits for anyone's word"));
    assert!(said(&command(out, &["--route", "kit"]).output().unwrap()).contains("its kit stands as it is"));
}

//! The example program as a process: run, killed, run again, and given bad input.
//!
//! Each run draws, encrypts, writes and sends for real, at the dealer's own rate.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_yangju-weekly"))
}

fn run(out: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).arg("--out").arg(out).args(arguments).env_remove("SOSIK_KEY").output().unwrap()
}

fn report(out: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap()
}

/// A number of the city's channel and of those of its districts together.
fn of_all(report: &Value, name: &str) -> u64 {
    let districts = report["districts"].as_array().unwrap();
    districts.iter().chain([report]).map(|part| part[name].as_u64().unwrap()).sum()
}

fn error_of(output: &Output) -> String {
    assert!(!output.status.success(), "it must fail: {}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "one clear error: {text}");
    assert!(text.starts_with("error: "), "{text}");
    text
}

#[test]
fn killed_again_and_again_it_ends_with_everyone_sent_to_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    for wait in [300, 900, 1_700] {
        let mut child =
            Command::new(program()).arg("--out").arg(out).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(run(out, &[]).status.success());
    let last = report(out);
    let number = |name: &str| of_all(&last, name);
    assert_eq!(last["districts"].as_array().unwrap().len(), 12);
    assert!(last["districts"].as_array().unwrap().iter().all(|part| part["audience"].as_u64() > Some(0)), "{last}");
    assert_eq!(
        last["suppressed"]["elsewhere"].as_u64().unwrap(),
        number("audience") - last["audience"].as_u64().unwrap()
    );
    assert_eq!(number("delivered") + number("failed") + number("fallback"), number("audience"));
    assert_eq!((number("unknown"), number("outstanding")), (0, 0));
    assert_eq!(last["emulator"]["duplicates"], 0);
    assert_eq!(last["emulator"]["distinct"].as_u64(), Some(number("audience")));

    // No number lies in the clear in what was written.
    for file in ["emulator/emulator.jsonl", "sosik.db", "report.json"] {
        let bytes = std::fs::read(out.join(file)).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"0100000"), "{file}");
    }

    // The same again sends nothing and says so.
    let again = run(out, &[]);
    assert!(again.status.success());
    assert!(String::from_utf8_lossy(&again.stdout).contains("0 sent now"));
    assert_eq!(report(out)["accepted"], 0);
}

#[test]
fn what_last_week_s_run_left_is_held_and_this_week_s_edition_goes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let mut child =
        Command::new(program()).arg("--out").arg(out).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // Killed when some were taken and most were not.
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.starts_with("sending")), "it must begin to send");
    child.kill().unwrap();
    child.wait().unwrap();

    let journal = || std::fs::read_to_string(out.join("emulator/emulator.jsonl")).unwrap();
    let sent = |line: &str| serde_json::from_str::<Value>(line).unwrap()["messages"].as_array().cloned();
    let campaign = |message: &Value| message["group"].as_str().unwrap().split('.').next().unwrap().to_owned();
    let first = journal().lines().find_map(sent).unwrap();
    let later = run(out, &["--now", "2026-12-04T15:00:00+09:00"]);
    let text = String::from_utf8_lossy(&later.stdout).into_owned();
    assert!(text.contains("earlier  yangju-city-2026-W48: not at its end yet"), "{text}");
    assert!(text.contains("its time is past"), "a person is told which batches wait, and why: {text}");
    assert!(error_of(&later).contains("of earlier editions, need a person's look"));
    // Nothing of the old edition went out a week late.
    let late = |message: &Value| message["at"].as_str().unwrap().starts_with("2026-12-04");
    let messages: Vec<Value> = journal().lines().filter_map(sent).flatten().collect();
    assert!(messages.iter().all(|message| !late(message) || campaign(message) != campaign(&first[0])));
    let this_week = messages.iter().filter(|message| late(message)).count() as u64;
    assert_eq!(of_all(&report(out), "audience"), this_week);
}

#[test]
fn bad_input_gets_one_clear_error_and_leaves_the_database_intact() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    assert!(run(&out, &["--dry-run"]).status.success());
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };

    let text = error_of(&run(&out, &["--feed", "/nowhere/feed.xml"]));
    assert!(text.contains("the feed (/nowhere/feed.xml)"), "{text}");
    let text = error_of(&run(&out, &["--feed", &path("page.html", "<html><body>차단</body></html>")]));
    assert!(text.contains("this is no feed: it is a web page"), "{text}");
    let text = error_of(&run(&out, &["--feed", &path("cut.xml", "<rss version=\"2.0\"><channel>\n<item>")]));
    assert!(text.contains("line 2"), "{text}");

    let settings = include_str!("../yangju.toml");
    let text = error_of(
        &Command::new(program())
            .args(["--out"])
            .arg(&out)
            .args(["--config", &path("bad.toml", &settings.replace("fresh_days", "frsh_days"))])
            .output()
            .unwrap()
            .one_line(),
    );
    assert!(text.contains("frsh_days") && text.contains("bad.toml"), "{text}");

    let rows = "휴대전화,읍면동,관심분야,광고동의일,동의근거,문자허용\n010-0000-0001,회천1동,,2026-03-02,서면,예\n010-12-345,회천1동,,2026-03-02,서면,예\n";
    let text = error_of(&run(&out, &["--dry-run", "--subscribers", &path("people.csv", rows)]));
    assert!(text.contains("line 3, 휴대전화") && text.contains("people.csv") && !text.contains("010-12-345"), "{text}");

    let text = error_of(&run(&out, &["--dry-run", "--key", &"ab".repeat(32)]));
    assert!(text.contains("sosik.db") && text.contains("the key is not the one"), "{text}");
    let other = settings.replace("channels = \"yangju_channels.csv\"", "channels = \"none.csv\"");
    let text = error_of(&run(&out, &["--dry-run", "--config", &path("other.toml", &other)]));
    assert!(text.contains("the channels (") && text.contains("none.csv"), "{text}");
    let other = settings.replace("channels = \"yangju_channels.csv\"", "") + "\n[senders]\nyangju-nowhere = \"KEY\"\n";
    let text = error_of(&run(&out, &["--dry-run", "--config", &path("senders.toml", &other)]));
    assert!(text.contains("senders.yangju-nowhere: no district's channel has this name"), "{text}");

    let text = error_of(&run(&out, &["--dry-run", "--key", "short"]));
    assert!(text.contains("64 hexadecimal digits"), "{text}");

    // After all that the database is as it was.
    assert!(run(&out, &["--dry-run"]).status.success());
    let people = run(&out, &["--dry-run"]);
    assert!(String::from_utf8_lossy(&people.stdout).contains("1000 subscribers, 0 of them new"));
}

/// Settings' errors point into the file over several lines: the first says what and where.
trait OneLine {
    fn one_line(self) -> Output;
}

impl OneLine for Output {
    fn one_line(mut self) -> Self {
        let text = String::from_utf8_lossy(&self.stderr).replace('\n', " ");
        self.stderr = text.into_bytes();
        self
    }
}

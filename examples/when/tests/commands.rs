//! The program as a person runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_when")).args(arguments).output().unwrap()
}

fn answer(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn error(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?} must fail");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn holidays_are_a_table_of_one_row_a_date() {
    let text = answer(&["holidays", "--from", "2015", "--to", "2035"]);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!((rows[0], rows.len()), ("date,name", 409));
    assert!(rows[1..].is_sorted() && rows.contains(&"2025-05-05,부처님 오신 날/어린이날"));
    assert!(rows.contains(&"2025-05-06,대체공휴일(부처님 오신 날/어린이날)"));
    let more = answer(&["holidays", "--from", "2027", "--to", "2027", "--temporary", "2027-05-06"]);
    assert!(more.contains("2027-05-06,임시공휴일"));
    assert!(error(&["holidays", "--from", "2012", "--to", "2020"]).contains("2013 to 2050"));
}

#[test]
fn slots_keep_their_nominal_instant_when_they_move() {
    let rule = ["slots", "--rule", "FREQ=WEEKLY;BYDAY=FR", "--time", "15:00", "--tz", "Asia/Seoul"];
    let asked = [&rule[..], &["--from", "2026-01-01", "--count", "60", "--json"]].concat();
    let slots: Value = serde_json::from_str(&answer(&asked)).unwrap();
    let slots = slots.as_array().unwrap();
    assert_eq!(slots.len(), 60);
    let moved: Vec<(&str, &str, i64)> = slots
        .iter()
        .filter(|slot| slot["moved_days"] != 0)
        .map(|slot| {
            assert_eq!(slot["reasons"][0]["code"], "holiday-roll");
            let date = |name: &str| slot[name].as_str().unwrap().get(..10).unwrap();
            (date("nominal"), date("send_at"), slot["moved_days"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(
        moved,
        [
            ("2026-05-01", "2026-04-30", -1),
            ("2026-07-17", "2026-07-16", -1),
            ("2026-09-25", "2026-09-23", -2),
            ("2026-10-09", "2026-10-08", -1),
            ("2026-12-25", "2026-12-24", -1),
            ("2027-01-01", "2026-12-31", -1),
        ]
    );
    let raw: Value = serde_json::from_str(&answer(&[&asked[..], &["--raw"]].concat())).unwrap();
    assert!(raw.as_array().unwrap().iter().all(|slot| slot["nominal"] == slot["send_at"]));
    assert!(answer(&["slots", "--from", "2026-12-20", "--count", "1", "--ics"]).contains("BEGIN:VEVENT"));

    // A cap of a policy counts the sends of the plan itself.
    let file = std::env::temp_dir().join(format!("when-caps-{}.toml", std::process::id()));
    let policy = answer(&["policy"]) + "\n[[cap]]\nscope = \"channel\"\nmax = 1\nper = \"week\"\n";
    std::fs::write(&file, policy).unwrap();
    let daily = ["slots", "--rule", "FREQ=DAILY", "--from", "2026-11-23", "--count", "2", "--policy"];
    let capped = answer(&[&daily[..], &[file.to_str().unwrap()]].concat());
    std::fs::remove_file(&file).unwrap();
    assert!(capped.lines().nth(2).unwrap().contains("frequency-cap"), "{capped}");
    // Holidays of a file: what it does not know is said, and no rule of recurrence ends with the year after next.
    let holidays = std::env::temp_dir().join(format!("when-days-{}.ics", std::process::id()));
    std::fs::write(&holidays, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//days//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20200704\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").unwrap();
    let fourth = ["slots", "--rule", "FREQ=YEARLY", "--from", "2026-07-04", "--count", "20", "--holidays"];
    let moved = answer(&[&fourth[..], &[holidays.to_str().unwrap()]].concat());
    std::fs::remove_file(&holidays).unwrap();
    assert_eq!(moved.matches("holiday-roll").count(), 20, "{moved}");

    assert!(error(&["slots", "--rule", "FREQ=SECONDLY"]).contains("FREQ=SECONDLY is not taken"));
    assert!(error(&["slots", "--rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]).contains("never occurs"));
    assert!(error(&["slots", "--tz", "Seoul"]).contains("--tz"));
}

#[test]
fn decisions_come_with_their_reasons() {
    let ask = |more: &[&str]| -> Value {
        let arguments = [&["decide", "--json"], more].concat();
        serde_json::from_str(&answer(&arguments)).unwrap()
    };
    let night = ask(&["--class", "advertising", "--at", "2026-11-27T21:30:00+09:00"]);
    assert_eq!((&night["decision"], &night["at"]), (&Value::from("wait"), &Value::from("2026-11-28T08:00:00+09:00")));
    assert_eq!(night["reasons"][0]["code"], "statutory-night");
    let day = ask(&["--class", "advertising", "--at", "2026-11-27T15:00:00+09:00"]);
    assert_eq!((&day["decision"], &day["at"]), (&Value::from("send"), &Value::from("2026-11-27T15:00:00+09:00")));
    let election = ["--class", "informational", "--at", "2030-03-04T10:00:00+09:00", "--election", "2030-06-12"];
    let refused = ask(&election);
    assert_eq!((&refused["decision"], &refused["at"]), (&Value::from("refuse"), &Value::Null));
    assert_eq!(refused["reasons"][0]["code"], "election-86-5");
    let tourism = ask(&[&election[..], &["--content", "culture-tourism"]].concat());
    assert_eq!((&tourism["decision"], &tourism["approvals"]), (&Value::from("send"), &Value::from(2)));
    let disaster = ask(&["--class", "emergency", "--at", "2026-11-27T23:30:00+09:00"]);
    assert_eq!(
        (&disaster["decision"], &disaster["reasons"][1]["overridden"]),
        (&Value::from("send"), &Value::from(true))
    );
}

#[test]
fn policies_are_read_written_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let toml = answer(&["policy"]);
    let kept = path("policy.toml", &toml);
    assert_eq!(answer(&["policy", &kept]), toml);
    let as_json = path("policy.json", &answer(&["policy", &kept, "--json"]));
    assert_eq!(answer(&["policy", &as_json]), toml);
    let at = ["--at", "2026-11-28T15:00:00+09:00", "--json"];
    let by_city = answer(&[&["decide", "--class", "advertising", "--policy", &kept], &at[..]].concat());
    assert!(by_city.contains("\"decision\": \"send\"") || by_city.contains("holiday-roll"), "{by_city}");
    let bent = path("bent.toml", &toml.replace("late_for", "late_fr"));
    let text = error(&["policy", &bent]);
    assert!(text.contains("bent.toml: line 4, column 1: `late_fr` is not known; did you mean `late_for`?"), "{text}");
    assert!(error(&["policy", "/nowhere/policy.toml"]).contains("/nowhere/policy.toml"));
}

#[test]
fn every_rule_is_listed_with_its_source() {
    let text = answer(&["rules"]);
    for code in ["statutory-night", "kakao-window", "election-86-5", "substitute-2026", "emergency-override"] {
        assert!(text.lines().any(|line| line.starts_with(code)), "{code}");
    }
    assert!(text.contains("2013-11-05") && text.contains("50(3)"));
    assert!(answer(&["rules", "--korean"]).contains("광고는 21:00~08:00에 보낼 수 없습니다"));
}

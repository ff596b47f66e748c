//! The program as a clerk runs it, on a file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use sosik::registry::{NewSubscriber, SecretKey, SubscriberStore, Vault};
use sosik::sqlite::SqliteStore;
use sosik::{AreaCode, PhoneNumber, SystemEntropy};

const AREAS: &str = "hjd_code,name,legal_areas,from,to,successor
4163053000,회천1동,덕정동(일부)·봉양동,2003-10-19,,
4163056000,회천4동,옥정동·율정동·회암동,2003-10-19,2023-10-22,4163057000|4163058000
4163057000,옥정1동,옥정동(북부)·율정동·회암동,2023-10-23,,
4163058000,옥정2동,옥정동(남부),2023-10-23,,
4163001000,갑동,,2003-10-19,2010-01-01,4163053000
";

const PEOPLE: &str = "성명,휴대폰 번호,읍면동,관심분야,광고수신동의일,동의방법,문자
,010-0000-0001,회천1동,문화;축제,2026-03-02,서면 신청서,예
,1000000002,옥정1동,,2026-03-02,=HYPERLINK(1),아니오
,010-12,회천1동,,,,
";

/// What it prints, and whether it succeeded.
fn run(folder: &Path, key: &str, args: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_subscribers"))
        .args(args)
        .current_dir(folder)
        .env("SOSIK_KEY", key)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap().trim_end().to_owned(), output.status.success())
}

#[test]
fn a_clerk_brings_people_in_and_finds_shows_and_erases_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("areas.csv"), AREAS).unwrap();
    std::fs::write(folder.path().join("people.csv"), PEOPLE).unwrap();
    let (key, _) = run(folder.path(), "", &["new-key"]);
    let run = |args: &[&str]| run(folder.path(), &key, args);
    let import = ["import", "people.csv", "--areas", "areas.csv"];

    let (said, _) = run(&[&import[..], &["--dry-run"]].concat());
    assert!(said.ends_with("2 people could be brought in\n0 of them are known"), "{said}");
    let (said, taken) = run(&[&import[..], &["--all-or-nothing"]].concat());
    assert!(!taken && said.ends_with("no one was brought in"), "{said}");
    assert_eq!(run(&["count", "everyone"]).0, "0");
    let (said, _) = run(&[&import[..], &["--report", "bad.csv"]].concat());
    assert!(said.ends_with("2 people were brought in, 2 of them new"), "{said}");
    assert!(said.contains("line 4, 휴대전화 `010-12`"), "{said}");
    assert!(std::fs::read_to_string(folder.path().join("bad.csv")).unwrap().contains("4,\"휴대전화\",\"010-12\""));
    // Once more, as after a break: nothing is twice.
    assert!(run(&import).0.ends_with("2 people were brought in, 0 of them new"));

    assert_eq!(run(&["count", "area:4163053000 and topic:문화 and consent:advertising"]).0, "1");
    let (listed, _) = run(&["list", "everyone"]);
    assert_eq!(listed.lines().count(), 2);
    assert!(listed.contains("010****0001") && !listed.contains("01000000001"), "{listed}");
    let (shown, _) = run(&["show", "--phone", "010-0000-0001", "--segment", "text and not topic:복지"]);
    assert!(shown.contains("texts       allowed") && shown.contains("yes: text and not topic:복지"), "{shown}");
    let (exported, _) = run(&["export", "--phone", "01000000002"]);
    assert!(exported.contains("\"value\": \"01000000002\"") && exported.contains("=HYPERLINK(1)"), "{exported}");

    let (due, _) = run(&["due", "--until", "2026-03-31"]);
    assert!(due.starts_with("2026-03-16 ") && due.ends_with("owed up to 2026-03-31: 2"), "{due}");
    let done = ["done", "--phone", "01000000001", "--duty", "result-notice", "--evidence", "알림톡"];
    assert!(run(&done).1);
    let (exported, _) = run(&["export", "--phone", "01000000001"]);
    assert!(exported.contains("\"kind\": \"done-result-notice\""), "{exported}");
    assert!(run(&["due", "--until", "2026-03-31"]).0.ends_with("owed up to 2026-03-31: 1"));

    assert!(run(&["erase", "--phone", "01000000002", "--ground", "request 1"]).1);
    assert_eq!(run(&["show", "--phone", "01000000002"]).0, "error: no one is known by that");
    let (whole, is_whole) = run(&["verify"]);
    assert!(is_whole && whole.starts_with("4 entries, each as it was written"), "{whole}");

    let (accesses, _) = run(&["accesses", "--account", "clerk 1"]);
    assert!(accesses.contains("changed many:2") && accesses.contains("exported one:"), "{accesses}");
    assert!(accesses.contains("erased one:"), "{accesses}");
    let breach = ["breach", "--from", "2026-01-01T00:00:00Z", "--until", "2126-01-01T00:00:00Z"];
    let (breach, _) = run(&[&breach[..], &["--found-out", "2026-11-27T00:00:00Z"]].concat());
    assert!(breach.contains("they have to be told by 2026-11-30T00:00:00+00:00"), "{breach}");
    assert!(run(&["count", "topic"]).0.contains("at character 1"));
    assert!(run(&["--store", "mysql:x", "verify"]).0.contains("sqlite:PATH"));
    assert!(!folder.path().join("sosik.db-wal").exists(), "all of it stands in one file");

    // Under another key nothing is shown; and with a changed byte the ledger is not whole.
    let (said, opened) = self::run(folder.path(), &"1e".repeat(32), &["verify"]);
    assert!(!opened && said.contains("the key is not the one"), "{said}");
    let path = folder.path().join("sosik.db");
    let mut file = std::fs::read(&path).unwrap();
    let evidence = "서면 신청서".as_bytes();
    let at = (0..file.len() - evidence.len()).find(|at| file[*at..].starts_with(evidence)).unwrap();
    file[at + evidence.len() - 1] ^= 1;
    std::fs::write(&path, file).unwrap();
    let (said, is_whole) = run(&["verify"]);
    assert!(!is_whole && said.contains("entry 1 is not as it was written"), "{said}");
}

#[test]
fn rights_are_recorded_and_what_is_due_is_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("areas.csv"), AREAS).unwrap();
    let people = format!("{PEOPLE},010-0000-0003,회천1동,,2026-03-02,서면,예\n");
    std::fs::write(path.join("people.csv"), people).unwrap();
    let (key, _) = run(path, "", &["new-key"]);
    let run = |args: &[&str]| run(path, &key, args);
    assert_eq!(run(&["rights"]).0, "no account has rights");
    for (account, rights) in [("clerk-1", "look"), ("clerk-2", "look, send"), ("clerk-1", "look, export")] {
        assert!(run(&["--account", "officer", "rights", "give", account, rights]).1);
    }
    assert_eq!(run(&["rights", "give", "clerk-1", "look, export"]).0, "error: the account has them already");
    assert!(run(&["rights", "take", "clerk-2"]).1);
    assert_eq!(run(&["rights", "take", "clerk-2"]).0, "error: the account has no rights");
    assert_eq!(run(&["rights"]).0, "clerk-1: look, export");
    let (log, _) = run(&["rights", "log"]);
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[2].ends_with("clerk-1: changed to look, export, by officer from console"), "{log}");
    assert!(
        lines[3].contains("clerk-2: removed") && lines[4].starts_with("4 entries, each as it was written"),
        "{log}"
    );

    assert!(run(&["import", "people.csv", "--areas", "areas.csv"]).1);
    let withdraw = ["withdraw", "--phone", "01000000003", "--purpose", "advertising", "--evidence", "080"];
    assert!(run(&withdraw).1);
    assert!(
        run(&["withdraw", "--phone", "01000000003", "--purpose", "all", "--evidence", "080"]).0.contains("night-adv")
    );
    assert_eq!(run(&["purge", "--until", "2026-07-05", "--dry-run"]).0, "0 people would be erased");
    assert_eq!(run(&["purge", "--dry-run"]).0, "1 people would be erased");
    let (said, _) = run(&["purge"]);
    let begins: Vec<&str> = said.lines().map(|line| line.split(" of before").next().unwrap()).collect();
    assert_eq!(begins, ["1 people were erased", "0 accesses", "0 rights"], "{said}");
    assert_eq!(run(&["count", "everyone"]).0, "2");
    assert!(run(&["verify"]).1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_becomes_a_customer_file_at_kakao() {
    use sosik::registry::{ConsentEvent, Identity, Purpose};
    use sosik::{Clock as _, SystemClock};
    use sosik_emulator::{Emulator, Friend, Options};

    let now = SystemClock::new().now();
    let options = Options::new("KEY").with_kakao("ADMIN");
    let friends = (1..=3).map(|user| Friend::new(user, "_City", "ADDED", now));
    let emulator =
        Emulator::start(([127, 0, 0, 1], 0).into(), friends.fold(options, Options::with_standing)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (key, _) = run(folder.path(), "", &["new-key"]);
    let people: Vec<NewSubscriber> = (1..=3)
        .map(|user: u32| {
            let person = NewSubscriber::known_by(Identity::AppUser(user.to_string())).with_topic("문화");
            let agrees = ConsentEvent::granted(Purpose::ThirdParty, now, "서면");
            if user == 3 { person } else { person.with_consent(agrees) }
        })
        .collect();
    {
        let entropy = Arc::new(SystemEntropy::new());
        let vault = Vault::new(&SecretKey::from_hex(&key).unwrap(), Arc::clone(&entropy) as _);
        let store = SqliteStore::open(&folder.path().join("sosik.db"), vault, entropy).unwrap();
        store.put(&people, now).await.unwrap();
        assert!(store.close());
    }
    let url = emulator.url();
    let to = ["--channel", "city", "--public-id", "_City", "--name", "w48", "--topic", "문화=culture"];
    let at = ["--base-url", &url, "--admin-key", "ADMIN"];
    let args = [&["kakao-file", "everyone"][..], &to, &at].concat();
    let (said, done) = run(folder.path(), &key, &args);
    assert!(done && said.ends_with("2 of 3 people were taken\nleft out, no-consent: 1"), "{said}");
    let (said, done) = run(folder.path(), &key, &args);
    assert!(!done && said.starts_with("error: the file: "), "its name is taken: {said}");
    assert!(run(folder.path(), &key, &["accesses"]).0.contains("exported many:3"));
}

#[tokio::test]
async fn people_of_a_district_that_became_another_are_moved_by_rule() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("areas.csv"), AREAS).unwrap();
    let (hex, _) = run(folder.path(), "", &["new-key"]);
    let entropy = Arc::new(SystemEntropy::new());
    let vault = Vault::new(&SecretKey::from_hex(&hex).unwrap(), Arc::clone(&entropy) as _);
    let store = SqliteStore::open(&folder.path().join("sosik.db"), vault, entropy).unwrap();
    let person = |n: u32, area: &str| {
        let phone = PhoneNumber::parse(&format!("010-0000-{n:04}")).unwrap();
        NewSubscriber::new(phone, AreaCode::parse(area).unwrap())
    };
    let people = [person(1, "4163001000"), person(2, "4163056000"), person(3, "4163053000"), person(4, "41630")];
    store.put(&people, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    assert!(store.close());
    let expected = "1 of 갑동 live in 회천1동 now\n1 of 회천4동 live in one of 옥정1동, 옥정2동: they have to be asked";
    for args in [&["move-areas", "--areas", "areas.csv", "--dry-run"][..], &["move-areas", "--areas", "areas.csv"]] {
        assert_eq!(run(folder.path(), &hex, args).0, expected);
    }
    assert_eq!(run(folder.path(), &hex, &["count", "area:4163053000"]).0, "2");
    let (again, _) = run(folder.path(), &hex, &["move-areas", "--areas", "areas.csv"]);
    assert_eq!(again, expected.lines().nth(1).unwrap());
}

#[test]
fn the_bench_prints_what_it_measured() {
    let folder = tempfile::tempdir().unwrap();
    let (told, done) = run(folder.path(), "", &["bench", "--rows", "2500", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(done && report["verify"]["whole"] == true, "{told}");
    // One in twelve lives there, one in five of them wants the topic, and twelve in thirteen of those consented.
    let expected = (0..2_500).filter(|n| n % 12 == 2 && n / 12 % 5 == 0 && n % 13 != 0).count() as u64;
    assert_eq!((report["rows"].as_u64(), report["count"]["people"].as_u64()), (Some(2_500), Some(expected)));
    let consented = (0..2_500).filter(|n| n % 13 != 0).count() as u64;
    assert_eq!(report["stream"]["members"].as_u64(), Some(consented));
    assert!(
        report["bytes_a_person"].as_f64().unwrap() > 100.0 && report["import"]["of_bare_rows"].as_f64().unwrap() > 0.0
    );
}

/// From a file to a server and back: on the server that the tests are given.
#[test]
#[expect(clippy::disallowed_methods, reason = "tests read where the server is")]
fn everything_is_copied_to_a_server_and_back() {
    let Ok(server) = std::env::var("SOSIK_TEST_POSTGRES_URL") else {
        assert!(std::env::var_os("SOSIK_REQUIRE_POSTGRES").is_none(), "SOSIK_TEST_POSTGRES_URL is not set");
        return eprintln!("skipped: SOSIK_TEST_POSTGRES_URL is not set");
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("areas.csv"), AREAS).unwrap();
    std::fs::write(folder.path().join("people.csv"), PEOPLE).unwrap();
    let (key, _) = run(folder.path(), "", &["new-key"]);
    let schema = format!("sosik_copy_{}", std::process::id());
    let run = |args: &[&str]| {
        let (said, done) = run(folder.path(), &key, &[args, &["--schema", &schema]].concat());
        assert!(done, "{said}");
        said
    };
    run(&["import", "people.csv", "--areas", "areas.csv"]);
    run(&["erase", "--phone", "010-0000-0002", "--ground", "request 1"]);
    let said = run(&["copy", "--from", "sqlite:sosik.db", "--to", &server]);
    assert_eq!(said, "1 people and 3 entries of the ledger were copied, and are the same");
    let at_server = ["--store", server.as_str()];
    assert_eq!(run(&[&["verify"][..], &at_server].concat()), run(&["verify"]));
    run(&[&["import", "people.csv", "--areas", "areas.csv"][..], &at_server].concat());
    let said = run(&["copy", "--from", &server, "--to", "sqlite:back.db"]);
    assert_eq!(said, "2 people and 4 entries of the ledger were copied, and are the same");
    let back = ["--store", "sqlite:back.db"];
    for command in [&["list", "everyone"][..], &["export", "--phone", "010-0000-0002"], &["verify"]] {
        assert_eq!(run(&[command, &back].concat()), run(&[command, &at_server].concat()), "{command:?}");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
        let drop_schema = format!("DROP SCHEMA {schema} CASCADE");
        let (dropped, _) =
            tokio::join!(async { client.batch_execute(&drop_schema).await.map(|()| drop(client)) }, connection);
        dropped.unwrap();
    });
}

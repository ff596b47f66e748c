//! The program as its README says, from an empty folder.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

struct Program {
    child: Child,
    links: Vec<String>,
}

impl Program {
    fn start(data: &std::path::Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_citizen-desk"))
            .args(["--listen", "127.0.0.1:0", "--emulator", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut links = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            links.push(line.unwrap());
            if links.last().unwrap().starts_with("chat") {
                break;
            }
        }
        Self { child, links }
    }

    fn link(&self, name: &str) -> String {
        let line = self.links.iter().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_citizen_reads_and_talks_and_what_they_said_is_there_after_a_restart() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let says = async |program: &Program, said: &str| -> String {
        let asked = json!({"user": "citizen-0001", "said": said}).to_string();
        let request = client.post(program.link("chat")).header("Content-Type", "application/json").body(asked);
        let shown: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        assert!(shown["template"].is_object(), "{said}: {shown}");
        shown.to_string()
    };
    {
        let program = Program::start(folder.path());
        let given: Vec<_> = program.links.iter().filter(|line| line.starts_with("staff")).collect();
        assert_eq!(given.len(), 3);
        let door = client.get(program.link("desk")).send().await.unwrap();
        assert!(door.url().path().ends_with("/desk/sign-in"));
        let page = client.get(program.link("archive")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("나눔 장터"), "{page}");
        let ready = client.get(program.link("health")).send().await.unwrap();
        assert_eq!(ready.status().as_u16(), 200);
        assert!(client.get(program.link("chat")).send().await.unwrap().text().await.unwrap().contains("role=\"log\""));
        assert!(says(&program, "이번 주 소식").await.contains("carousel"));
        assert!(says(&program, "이번 주말 행사").await.contains("열리는 행사입니다"));
        says(&program, "회천1동 구독").await;
        says(&program, "만 14세 이상이고 동의합니다").await;
        assert!(says(&program, "동의 안 함").await.contains("회천1동 소식을 보내 드립니다"));
        says(&program, "덕정역 앞 가로등이 한 달째 꺼져 있어요").await;
        assert!(says(&program, "접수하기").await.contains("-000001"));
    }
    let program = Program::start(folder.path());
    assert!(!program.links.iter().any(|line| line.starts_with("staff")), "passwords are said once");
    let shown = says(&program, "내 정보 보기").await;
    assert!(shown.contains("회천1동") && shown.contains("1건"), "{shown}");
    assert!(says(&program, "내 문의 확인").await.contains("도로과"));
    let file = std::fs::read(folder.path().join("city.db")).unwrap();
    assert!(!file.windows(12).any(|part| part == b"citizen-0001"), "no one is named in the file");
}

#[test]
fn without_secrets_it_says_what_to_give() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_citizen-desk"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .env_remove("SOSIK_SKILL_SECRET")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("SOSIK_SKILL_SECRET"), "{said}");
}

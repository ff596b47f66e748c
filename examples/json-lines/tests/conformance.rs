//! All that a transport of one's own has to prove.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use json_lines::JsonLines;
use sosik::PhoneNumber;
use sosik::channel::{Answer, Audience, Message, Proof, Recipient, Submission, TextMessage, Transport, TransportExt};
use sosik_testkit::phone;

mod in_a_folder {
    use super::*;

    async fn make() -> (JsonLines, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (JsonLines::open(folder.path()).unwrap(), folder)
    }
    sosik_testkit::transport_conformance!(make);
}

fn submission(numbers: std::ops::Range<u32>) -> Submission {
    let text = TextMessage::new(PhoneNumber::parse("031-000-0000").unwrap(), "소식").unwrap();
    let to = numbers.map(|number| Recipient::new(format!("r{number}"), phone(number))).collect();
    Submission::new("k", Message::from(text), Audience::Named(to))
}

#[tokio::test]
async fn a_program_started_anew_knows_what_it_took() {
    let folder = tempfile::tempdir().unwrap();
    JsonLines::open(folder.path()).unwrap().submit(&submission(1..3)).await.unwrap();
    // The next line was torn off as the program was killed.
    let path = folder.path().join("messages.jsonl");
    let mut torn = std::fs::read(&path).unwrap();
    torn.extend(&b"{\"key\":\"k\",\"ref\":\"r3\",\"to\":\"\xec"[..]);
    std::fs::write(&path, torn).unwrap();

    let transport = JsonLines::open(folder.path()).unwrap();
    let Proof::PerRecipient(all) = transport.submit(&submission(1..4)).await.unwrap().proof else {
        panic!("no answers")
    };
    let answers: Vec<_> = all.into_iter().map(|one| one.answer).collect();
    assert_eq!(answers, [Answer::Already, Answer::Already, Answer::Accepted]);
    assert_eq!(transport.drain_receipts().await.unwrap().len(), 3);
    let again = JsonLines::open(folder.path()).unwrap();
    assert_eq!(again.drain_receipts().await.unwrap().len(), 0);
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
}

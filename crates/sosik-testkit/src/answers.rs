//! What transports over HTTP make of answers that no dealer should give.

use sosik_channel::{
    AlimtalkButton, AlimtalkTemplate, Audience, Body, Message, Outcome, Recipient, Route, SendErrorKind, Submission,
    TextMessage, Transport, TransportExt,
};
use sosik_core::PhoneNumber;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::phone;

/// Answers every connection with these bytes, whatever is asked; gives its address.
pub async fn answering(answer: &'static [u8]) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    serve(listener, answer);
    url
}

#[expect(clippy::disallowed_methods, reason = "a server beside the test")]
fn serve(listener: tokio::net::TcpListener, answer: &'static [u8]) {
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 65536];
            // What a client does when it is cut off is its own affair.
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
        }
    });
}

fn submission() -> Submission {
    let text = TextMessage::new(PhoneNumber::parse("031-8082-0000").unwrap(), "양주시 소식").unwrap();
    Submission::new("k", Message::from(text), Audience::Named(vec![Recipient::new("r1", phone(1))]))
}

/// Nothing, no JSON, JSON of another form, half an answer, a failure inside: a sending may have arrived, and a question
/// has not sent anything. `make` gives the transport for an address.
pub async fn odd_answers_leave_a_sending_in_doubt<T: Transport>(make: impl Fn(&str) -> T + Sync) {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"common\"",
        b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\n<p>no",
    ] {
        let transport = make(&answering(answer).await);
        let error = transport.submit(&submission()).await.unwrap_err();
        assert!(error.may_have_arrived(), "{}: {error:?}", String::from_utf8_lossy(answer));
        let question = transport.receipts().await.unwrap_err();
        assert!(!question.may_have_arrived());
    }
}

/// Where nobody listens nothing was taken, and where another address is named it is not followed.
pub async fn what_did_not_leave_is_no_doubt<T: Transport>(make: impl Fn(&str) -> T + Sync) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = make(&url).submit(&submission()).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::Unavailable, "{error:?}");
    let url = answering(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    assert!(make(&url).submit(&submission()).await.is_err());
}

/// The template that [`alimtalk_is_filled_in_for_each_recipient`] sends by: its code, its words and its link.
pub const TEMPLATE: [&str; 3] = ["KA01TP0", "#{이름}님, 여권이 나왔습니다.", "https://www.example.go.kr/#{번호}"];

/// An Alimtalk goes with each recipient's own values, and not at all when one has none: that recipient is named, and no
/// value is. The dealer has approved [`TEMPLATE`].
pub async fn alimtalk_is_filled_in_for_each_recipient(transport: &dyn Transport) {
    let [code, text, link] = TEMPLATE;
    let template = AlimtalkTemplate::new(code, text).with_button(AlimtalkButton::web("찾는 곳", link));
    let message = Message::new(Body::Alimtalk(template));
    let to = |number: u32| Recipient::new(format!("r{number}"), phone(number)).with_variable("이름", "홍길동");
    // What the template does not ask for stays here.
    let all = (1..4).map(|number| to(number).with_variable("번호", number.to_string()).with_variable("나이", "90"));
    let submission = Submission::new("alimtalk", message.clone(), Audience::Named(all.collect()));
    assert_eq!(transport.submit(&submission).await.unwrap().accepted(), 3);
    let mut receipts = Vec::new();
    for _ in 0..50 {
        receipts.extend(transport.drain_receipts().await.unwrap());
        if receipts.len() >= 3 {
            break;
        }
        crate::transport::wait().await;
    }
    assert!(
        receipts.len() == 3 && receipts.iter().all(|receipt| receipt.outcome == Outcome::Delivered),
        "{receipts:?}"
    );
    assert!(receipts.iter().all(|receipt| receipt.route == Route::Kakao), "{receipts:?}");

    let some = vec![to(1).with_variable("번호", "1"), to(2)];
    let error = transport.submit(&Submission::new("gap", message, Audience::Named(some))).await.unwrap_err();
    assert_eq!(error.kind(), SendErrorKind::InvalidContent);
    let shown = format!("{error} {error:?} {submission:?}");
    assert!(shown.contains("recipients[r2]") && shown.contains("번호") && !shown.contains("홍길동"), "{shown}");
}

/// An answer in which bytes were changed, cut out or doubled: where, how, and with which byte.
#[must_use]
pub fn damaged(answer: &str, damage: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = answer.as_bytes().to_vec();
    for (at, kind, byte) in damage {
        let at = at % bytes.len().max(1);
        match kind % 4 {
            0 if at < bytes.len() => bytes[at] = *byte,
            1 => bytes.truncate(at.max(1)),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ => bytes.insert(at, *byte),
        }
    }
    bytes
}

/// Three recipients, `r-1` to `r-3`, with placeholder numbers.
#[must_use]
pub fn three() -> Vec<Recipient> {
    (1..=3).map(|number| Recipient::new(format!("r-{number}"), phone(number))).collect()
}

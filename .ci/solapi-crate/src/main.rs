//! Drives the emulator with SOLAPI's own crate, which knows one host only: `HTTPS_PROXY` leads it here.
//!
//! usage: solapi-crate KEY SECRET PICTURE

use base64::Engine as _;
use solapi::SolapiClient;
use solapi::message::{GetMessagesRequest, KakaoOption, Message, SendRequest};
use solapi::storage::{FileType, UploadFileRequest};

fn text(to: &str, text: &str) -> Message {
    let mut message = Message::new(to);
    message.from = Some("031-000-0000".to_owned());
    message.text = Some(text.to_owned());
    message
}

fn request(messages: Vec<Message>) -> SendRequest {
    SendRequest { messages, allow_duplicates: None, scheduled_date: None, show_message_list: None }
}

fn check(what: &str, holds: bool) {
    assert!(holds, "FAILED: {what}");
    println!("ok: {what}");
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("usage: solapi-crate KEY SECRET PICTURE");
    let (key, secret, picture) = (next(), next(), next());
    let client = SolapiClient::new(key.clone(), secret);
    let messages = client.message_service();

    let sent = messages.send(request(vec![text("010-0000-0001", "양주시 소식")])).await.expect("a text");
    check("a text is taken", sent.group_info.count.registered_success == 1 && sent.failed_message_list.is_empty());
    check("it is counted as a short one", sent.group_info.count_for_charge.sms["82"] == 1);
    let group = sent.group_info.group_id.clone();

    let many: Vec<Message> = (0..1_000).map(|n| text(&format!("0100002{n:04}"), "양주시 소식")).collect();
    let sent = messages.send(request(many)).await.expect("a thousand");
    check("a thousand are taken at once", sent.group_info.count.registered_success == 1_000);

    let options = KakaoOption::new().pf_id("KA01PF000000000000000000000000000").template_id("KA01TP0");
    let options = options.add_variable("이름", "시민").add_variable("번호", "17");
    let alimtalk = Message::new("01000000002").from("0310000000").kakao_options(options);
    let sent = messages.send(request(vec![alimtalk])).await.expect("an Alimtalk");
    check("an Alimtalk with variables is taken", sent.group_info.count.registered_success == 1);
    check("it is counted as one", sent.group_info.count_for_charge.ata["82"] == 1);

    let twice = vec![text("01000000001", "중복"), text("01000000001", "중복")];
    let sent = messages.send(request(twice.clone())).await.expect("one of two");
    check("a number that stands twice is refused", sent.failed_message_list[0].status_code == "1026");
    let mut allowed = request(twice);
    allowed.allow_duplicates = Some(true);
    let sent = messages.send(allowed).await.expect("both");
    check("unless that is allowed", sent.group_info.count.registered_success == 2);

    let mut later = request(vec![text("01000000001", "예약")]);
    later.scheduled_date = Some("2026-11-27T16:00:00+09:00".to_owned());
    let sent = messages.send(later).await;
    check("a time to come or past is understood", sent.is_ok_and(|sent| !sent.group_info.status.is_empty()));

    let refused = messages.send(request(vec![text("0310000001", "유선")])).await;
    check("what is refused whole is an error", refused.is_err_and(|error| error.to_string().contains("1개")));

    let query = GetMessagesRequest { group_id: Some(group), ..GetMessagesRequest::default() };
    let list = messages.get_messages(Some(query)).await.expect("a list");
    check("a group's messages are listed", list.message_list.len() == 1);
    let query = GetMessagesRequest { limit: Some(100), ..GetMessagesRequest::default() };
    let page = messages.get_messages(Some(query)).await.expect("a page");
    check("a page says where the next one begins", page.message_list.len() == 100 && page.next_key.is_some());

    let file = base64::engine::general_purpose::STANDARD.encode(std::fs::read(picture).expect("the picture"));
    let upload = UploadFileRequest {
        file,
        name: Some("card.jpg".to_owned()),
        file_type: Some(FileType::Kakao),
        link: Some("https://www.example.go.kr/".to_owned()),
    };
    let stored = client.storage_service().upload(upload).await.expect("a picture");
    check("a picture is taken", stored.file_id.starts_with("ST01"));

    let stranger = SolapiClient::new(key, "OTHERSECRET");
    let error = stranger.message_service().send(request(vec![text("01000000001", "x")])).await;
    let error = error.expect_err("a wrong secret").to_string();
    check("a wrong secret is an error that says so", error.contains("403") && error.contains("SignatureDoesNotMatch"));
    println!("all passed");
}

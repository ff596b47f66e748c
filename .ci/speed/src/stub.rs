//! A proxy that speaks TLS in the dealer's name and takes everything at once.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::HOST;

pub async fn serve(folder: &str) {
    let made = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).expect("a certificate");
    std::fs::write(Path::new(folder).join("cert.pem"), made.cert.pem()).expect("the certificate");
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::fs::write(Path::new(folder).join("port.new"), port.to_string()).expect("the port");
    std::fs::rename(Path::new(folder).join("port.new"), Path::new(folder).join("port")).expect("the port");
    let answers = Arc::new([answer(1), answer(1_000), answer(10_000)]);
    loop {
        let (client, _) = listener.accept().await.expect("a client");
        tokio::spawn(take(client, acceptor.clone(), Arc::clone(&answers)));
    }
}

async fn take(mut client: TcpStream, acceptor: TlsAcceptor, answers: Arc<[Vec<u8>; 3]>) {
    let _ = client.set_nodelay(true);
    if head(&mut client, &mut Vec::new()).await.is_none() {
        return;
    }
    if client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_err() {
        return;
    }
    let Ok(mut secure) = acceptor.accept(client).await else { return };
    let mut rest = Vec::new();
    while let Some(length) = head(&mut secure, &mut rest).await {
        // What is read is thrown away.
        let mut left = length - rest.len().min(length);
        rest.drain(..rest.len().min(length));
        let mut piece = vec![0; 64 * 1024];
        while left > 0 {
            let room = left.min(piece.len());
            match secure.read(&mut piece[..room]).await {
                Ok(0) | Err(_) => return,
                Ok(read) => left -= read,
            }
        }
        // How many messages there are shows in the length.
        let answer = &answers[usize::from(length > 10_000) + usize::from(length > 1_000_000)];
        if secure.write_all(answer).await.is_err() || secure.flush().await.is_err() {
            return;
        }
    }
}

/// Reads a head, leaves what follows it, and gives the length of the body.
async fn head(stream: &mut (impl AsyncRead + Unpin), rest: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&rest[..end]).to_lowercase();
            rest.drain(..end + 4);
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            return Some(length.map_or(0, |length| length.trim().parse().expect("a length")));
        }
        if stream.read_buf(rest).await.ok()? == 0 {
            return None;
        }
    }
}

/// The dealer's answer to so many messages, all taken.
fn answer(many: usize) -> Vec<u8> {
    const KINDS: [&str; 23] = [
        "sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms", "rcs_tpl", "rcs_itpl", "rcs_ltpl",
        "fax", "voice", "bms_text", "bms_image", "bms_wide", "bms_wide_item_list", "bms_carousel_feed", "bms_premium_video",
        "bms_commerce", "bms_carousel_commerce",
    ];
    let of = |value: Value| KINDS.iter().map(|kind| ((*kind).to_owned(), value.clone())).collect::<Map<_, _>>();
    let money = json!({ "requested": 0, "replacement": 0, "additional": 0, "refund": 0, "sum": 0 });
    let list: Vec<Value> = (0..many)
        .map(|n| {
            json!({ "messageId": format!("M4V20261127150000{n:015}"), "statusCode": "2000", "statusMessage": "정상 접수",
                "customFields": { "key": "key", "ref": format!("r{n}") } })
        })
        .collect();
    let body = json!({
        "failedMessageList": [], "messageList": list,
        "groupInfo": {
            "count": { "total": many, "sentTotal": 0, "sentFailed": 0, "sentSuccess": 0, "sentPending": many,
                "sentReplacement": 0, "refund": 0, "registeredFailed": 0, "registeredSuccess": many },
            "countForCharge": of(json!({})), "balance": money, "point": money,
            "app": { "profit": of(json!(0)), "appId": null, "version": null }, "serviceMethod": "MT", "sdkVersion": "x",
            "osPlatform": "x", "log": [], "status": "SENDING", "scheduledDate": null, "isRefunded": false,
            "flagUpdated": false, "prepaid": true, "strict": false, "masterAccountId": null, "allowDuplicates": false,
            "accountId": "1", "apiVersion": "4", "customFields": {}, "hint": {}, "groupId": "G4V", "price": {},
            "dateSent": null, "dateCompleted": null,
            "dateCreated": "2026-11-27T06:00:00.000Z", "dateUpdated": "2026-11-27T06:00:00.000Z",
        },
    })
    .to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.into_bytes(), body.into_bytes()].concat()
}

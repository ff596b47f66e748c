//! What the stories and checks share.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the workspace.
#[must_use]
pub fn file(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The answer to a bare call.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

impl Answered {
    /// The body, which is JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Makes a call, as `GET /path`, by no client's help: what no client of ours would send can be sent so.
pub async fn http(to: SocketAddr, what: &str, headers: &[(&str, &str)], body: &str) -> Answered {
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
    let length = body.len();
    let head =
        format!("{what} HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n");
    let mut call = TcpStream::connect(to).await.unwrap();
    call.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    call.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answered { status, body: body.to_owned() }
}

/// A call that came in: its headers and its body.
#[derive(Debug)]
#[non_exhaustive]
pub struct Called {
    /// Headers, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Takes calls on a port of its own, and answers each as `answer` says: a status and a body. It ends with its runtime.
pub async fn answering<F: Future<Output = (u16, String)> + Send>(
    answer: impl Fn(Called) -> F + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a server of a test")]
    tokio::spawn(async move {
        loop {
            let (mut call, _) = listener.accept().await.unwrap();
            // One call after the other, each to its end: so that the order in which they came is that of the answers.
            if let Some(called) = called(&mut call).await {
                let (status, body) = answer(called).await;
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                call.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
        }
    });
    address
}

/// One call, or nothing when the caller hung up.
async fn called(call: &mut TcpStream) -> Option<Called> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if call.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(read[..end].to_vec()).unwrap();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    let headers: Vec<(String, String)> = head.lines().skip(1).filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while read.len() < end + 4 + length {
        if call.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    Some(Called { headers, body: read[end + 4..end + 4 + length].to_vec() })
}

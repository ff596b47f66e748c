//! Recorded exchanges: what a client asked over HTTP and what it was answered, kept as lines of JSON, to be played again
//! without whoever answered.
//!
//! Record once, against an emulator or a dealer's sandbox, and look at what was kept before it is committed: keys stand in
//! headers, which are not kept, and mobile numbers are replaced by placeholders, but names in a message's words are not.
//!
//! ```
//! use sosik_testkit::exchanges::{Tape, record, replay};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let dealer = sosik_testkit::answers::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
//! let recorder = record(&dealer).await;
//! // A client calls `recorder.url()` as if it were the dealer …
//! # assert!(recorder.url().starts_with("http://127.0.0.1:"));
//! let kept = recorder.tape().to_lines();
//! // … and later the same calls are answered from what was kept.
//! let player = replay(Tape::from_lines(&kept).unwrap()).await;
//! player.finish();
//! # }
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The longest text of a question that is kept as it is, in characters: longer than the words of any message.
const TEXT: usize = 2_000;

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Exchange {
    /// `POST`, …
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// What was asked: JSON as it is, a form by its parts, anything else by its length.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub asked: Value,
    /// The status of the answer.
    pub status: u16,
    /// Its headers, as far as clients read them: the type, and how long to wait.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// What was answered: JSON as it is, anything else as text.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub answered: Value,
}

/// Exchanges in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tape(Vec<Exchange>);

impl Tape {
    /// Reads exchanges, one a line.
    ///
    /// # Errors
    ///
    /// What is wrong, with the number of its line.
    pub fn from_lines(text: &str) -> Result<Self, String> {
        let read = |(at, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1));
        text.lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(read)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The exchanges, one a line.
    #[must_use]
    pub fn to_lines(&self) -> String {
        let line = |exchange| serde_json::to_string(exchange).unwrap_or_default() + "\n";
        self.0.iter().map(line).collect::<Vec<_>>().concat()
    }

    /// The exchanges.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.0
    }
}

/// A dealer's place taken by what was recorded of it.
#[derive(Debug)]
pub struct Player {
    url: String,
    played: Arc<Mutex<Played>>,
}

#[derive(Debug, Default)]
struct Played {
    rest: VecDeque<Exchange>,
    odd: Vec<String>,
}

impl Player {
    /// The address for a client.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Checks that everything was asked, in its order and its form, and nothing else.
    ///
    /// # Panics
    ///
    /// When it was not.
    pub fn finish(self) {
        let played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(played.odd.is_empty(), "{}", played.odd.join("\n"));
        let rest: Vec<String> = played.rest.iter().map(|it| format!("{} {}", it.method, it.path)).collect();
        assert!(rest.is_empty(), "never asked: {rest:?}");
    }
}

/// Answers as was recorded: each question in its turn, and only as it was asked.
pub async fn replay(tape: Tape) -> Player {
    let played = Arc::new(Mutex::new(Played { rest: tape.0.into(), odd: Vec::new() }));
    let kept = Arc::clone(&played);
    let url = serve(move |asked: Asked| {
        let answer = kept.lock().unwrap_or_else(PoisonError::into_inner).next(&asked);
        async move { answer }
    })
    .await;
    Player { url, played }
}

impl Played {
    fn next(&mut self, asked: &Asked) -> Answer {
        let form = asked.form();
        match self.rest.pop_front() {
            Some(next) if (&next.method, &next.path, &next.asked) == (&asked.method, &asked.path, &form) => {
                Answer::of(&next)
            }
            next => {
                let wanted =
                    next.map_or_else(|| "nothing".to_owned(), |it| format!("{} {} {}", it.method, it.path, it.asked));
                let odd = format!("wanted {wanted}\n asked {} {} {form}", asked.method, asked.path);
                self.odd.push(odd.clone());
                Answer { status: 599, headers: BTreeMap::new(), body: odd.into_bytes() }
            }
        }
    }
}

/// A dealer behind something that writes down what passes.
#[derive(Debug)]
pub struct Recorder {
    url: String,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    veil: Veil,
}

impl Recorder {
    /// The address for a client.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What passed so far.
    #[must_use]
    pub fn tape(&self) -> Tape {
        Tape(self.kept.lock().unwrap_or_else(PoisonError::into_inner).exchanges.clone())
    }
}

/// Passes calls on to an address, and writes down what passes.
pub async fn record(to: &str) -> Recorder {
    let kept = Arc::new(Mutex::new(Kept::default()));
    let client = sosik_channel::http::client("sosik-testkit", Duration::from_secs(30)).unwrap();
    let (to, writes) = (to.trim_end_matches('/').to_owned(), Arc::clone(&kept));
    let url = serve(move |asked: Asked| {
        let (client, url, writes) = (client.clone(), format!("{to}{}", asked.path), Arc::clone(&writes));
        async move {
            let method = asked.method.parse().unwrap_or(hyper::Method::GET);
            let mut headers = asked.headers.clone();
            for own in ["host", "content-length", "transfer-encoding", "connection"] {
                headers.remove(own);
            }
            let sent = client.request(method, url).headers(headers).body(asked.body.clone()).send().await;
            let Ok(response) = sent else {
                return Answer { status: 502, headers: BTreeMap::new(), body: b"nobody answers".to_vec() };
            };
            let status = response.status().as_u16();
            let headers = read_by_clients(response.headers());
            let body = response.bytes().await.unwrap_or_default().to_vec();
            let answer = Answer { status, headers, body };
            writes.lock().unwrap_or_else(PoisonError::into_inner).write(&asked, &answer);
            answer
        }
    })
    .await;
    Recorder { url, kept }
}

impl Kept {
    fn write(&mut self, asked: &Asked, answer: &Answer) {
        let exchange = Exchange {
            method: asked.method.clone(),
            path: self.veil.cover(&asked.path),
            asked: self.veil.cover_all(asked.form()),
            status: answer.status,
            headers: answer.headers.clone(),
            answered: self.veil.cover_all(answer.form()),
        };
        self.exchanges.push(exchange);
    }
}

/// Mobile numbers, each with the placeholder that stands for it; placeholders stand for themselves.
#[derive(Debug, Default)]
struct Veil(BTreeMap<String, String>);

impl Veil {
    fn cover(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let end = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |length| start + length);
            let run = &rest[start..end];
            out.push_str(&rest[..start]);
            out.push_str(&if is_mobile(run) { self.placeholder(run) } else { run.to_owned() });
            rest = &rest[end..];
        }
        out + rest
    }

    fn placeholder(&mut self, number: &str) -> String {
        let next = format!("0109999{:04}", self.0.len());
        self.0.entry(number.to_owned()).or_insert(next).clone()
    }

    fn cover_all(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.cover(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.cover_all(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (self.cover(&name), self.cover_all(value))).collect()
            }
            other => other,
        }
    }
}

/// Whether a run of digits is the mobile number of someone, and no placeholder.
fn is_mobile(run: &str) -> bool {
    let prefixed = ["010", "011", "016", "017", "018", "019"].iter().any(|prefix| run.starts_with(prefix));
    prefixed && (10..=11).contains(&run.len()) && !run.starts_with("0100000")
}

/// A call that came in.
#[derive(Debug)]
struct Asked {
    method: String,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    /// Its body, as it is kept.
    fn form(&self) -> Value {
        let media_type = self.headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if self.body.is_empty() {
            return Value::Null;
        }
        if let Some((_, boundary)) = media_type.split_once("boundary=") {
            return parts(&self.body, boundary.trim_matches('"'));
        }
        let json = serde_json::from_slice(&self.body).map(short);
        json.unwrap_or_else(|_| json!({ "mediaType": media_type, "bytes": self.body.len() }))
    }
}

/// JSON whose longest texts, which are files, are kept by their lengths and what they are.
fn short(value: Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > TEXT => {
            let digest = Sha256::digest(&text);
            let start = digest[..8].iter().fold(String::new(), |all, byte| format!("{all}{byte:02x}"));
            json!({ "characters": text.len(), "sha256": start })
        }
        Value::Array(items) => items.into_iter().map(short).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, short(value))).collect(),
        other => other,
    }
}

/// A form by its parts: texts as they are, files by their names and lengths.
fn parts(body: &[u8], boundary: &str) -> Value {
    let mark = format!("--{boundary}");
    let mut all = Vec::new();
    let mut rest = body;
    while let Some(at) = find(rest, mark.as_bytes()) {
        let part = &rest[at + mark.len()..];
        let end = find(part, mark.as_bytes()).unwrap_or(part.len());
        if let Some(head) = find(&part[..end], b"\r\n\r\n") {
            let words = String::from_utf8_lossy(&part[..head]);
            let content = &part[head + 4..end.saturating_sub(2)];
            let field = |name: &str| words.split(&format!("{name}=\"")).nth(1).and_then(|it| it.split('"').next());
            let file = words.contains("filename=");
            let name = words.split(" name=\"").nth(1).and_then(|it| it.split('"').next()).unwrap_or_default();
            all.push(match (file, field("filename")) {
                (true, Some(file)) => json!({ "name": name, "file": file, "bytes": content.len() }),
                _ => json!({ "name": name, "text": String::from_utf8_lossy(content) }),
            });
        }
        rest = &part[end..];
    }
    Value::Array(all)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// What goes back.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn of(exchange: &Exchange) -> Self {
        let body = match &exchange.answered {
            Value::Null => Vec::new(),
            Value::String(text) => text.clone().into_bytes(),
            json => json.to_string().into_bytes(),
        };
        Self { status: exchange.status, headers: exchange.headers.clone(), body }
    }

    fn form(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        let text = || Value::String(String::from_utf8_lossy(&self.body).into_owned());
        // A text that is JSON would come back as what it says.
        serde_json::from_slice(&self.body).ok().filter(|value: &Value| !value.is_string()).unwrap_or_else(text)
    }
}

fn read_by_clients(headers: &HeaderMap) -> BTreeMap<String, String> {
    let of = |name: HeaderName| Some((name.to_string(), headers.get(&name)?.to_str().ok()?.to_owned()));
    [CONTENT_TYPE, RETRY_AFTER].into_iter().filter_map(of).collect()
}

/// Serves on a port of its own until its runtime ends.
async fn serve<F: Future<Output = Answer> + Send + 'static>(
    answer: impl Fn(Asked) -> F + Clone + Send + Sync + 'static,
) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            let service = service_fn(move |request| respond(request, answer.clone()));
            spawn(async move {
                // A client that hangs up is its own affair.
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    url
}

async fn respond<F: Future<Output = Answer>>(
    request: Request<Incoming>,
    answer: impl Fn(Asked) -> F,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let path = parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
    let Answer { status, headers, body } =
        answer(Asked { method: parts.method.to_string(), path, headers: parts.headers, body }).await;
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

#[expect(clippy::disallowed_methods, reason = "a server beside the test")]
fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(future);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_covered_each_by_its_own_placeholder_and_placeholders_are_left() {
        let mut veil = Veil::default();
        let said = json!({ "to": "01012345678", "text": "031-000-0000 01012345678.", "at": "20261127150000123" });
        let covered = veil.cover_all(json!([said, { "01098765432": "01000000001" }]));
        let expected = json!([
            { "to": "01099990000", "text": "031-000-0000 01099990000.", "at": "20261127150000123" },
            { "01099990001": "01000000001" },
        ]);
        assert_eq!(covered, expected);
    }

    #[test]
    fn a_form_is_kept_by_its_parts() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"senderKey\"\r\n\r\nS\r\n\
            --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nabc\r\n--x--\r\n";
        let kept = parts(body.as_bytes(), "x");
        let expected = json!([{ "name": "senderKey", "text": "S" }, { "name": "file", "file": "a.jpg", "bytes": 3 }]);
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        assert!(Tape::from_lines("\n{}").unwrap_err().starts_with("line 2: missing field"));
    }
}

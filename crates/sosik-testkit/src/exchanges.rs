//! Recorded exchanges: what a client asked over HTTP and what it was answered, kept as lines of JSON, to be played again
//! without whoever answered.
//!
//! Record once, against an emulator or a dealer's sandbox, and look at what was kept before it is committed. Headers, in which
//! keys stand, are not kept, and mobile numbers are replaced by placeholders, in the order in which they come; the names of
//! accounts, as a sender profile's key, are [covered by hand](Recorder::cover), and what a message says is kept as it is.
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
use std::fmt;
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
pub struct Player {
    url: String,
    played: Arc<Mutex<Played>>,
}

impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Player").field("url", &self.url).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Played {
    rest: VecDeque<Exchange>,
    odd: Vec<String>,
    veil: Veil,
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
    let played = Arc::new(Mutex::new(Played { rest: tape.0.into(), ..Played::default() }));
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
        let (path, form) = (self.veil.cover_path(&asked.path), self.veil.cover_all(asked.form()));
        match self.rest.pop_front() {
            Some(next) if (&next.method, &next.path, &next.asked) == (&asked.method, &path, &form) => {
                // Numbers that the dealer told first have their placeholders by now.
                self.veil.note(&next.answered);
                Answer::of(&next)
            }
            next => {
                let wanted =
                    next.map_or_else(|| "nothing".to_owned(), |it| format!("{} {} {}", it.method, it.path, it.asked));
                let odd = format!("wanted {wanted}\n asked {} {path} {form}", asked.method);
                self.odd.push(odd.clone());
                Answer { status: 599, headers: BTreeMap::new(), body: odd.into_bytes() }
            }
        }
    }
}

/// A dealer behind something that writes down what passes.
pub struct Recorder {
    url: String,
    kept: Arc<Mutex<Kept>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("url", &self.url).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    veil: Veil,
}

impl Recorder {
    /// Writes something else in the place of a name that is nobody's business, as a sender profile's key, from here on.
    pub fn cover(&self, name: &str, by: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.veil.names.push((name.to_owned(), by.to_owned()));
    }

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
            path: self.veil.cover_path(&asked.path),
            asked: self.veil.cover_all(asked.form()),
            status: answer.status,
            headers: answer.headers.clone(),
            answered: self.veil.cover_all(answer.form()),
        };
        self.exchanges.push(exchange);
    }
}

/// Mobile numbers, each with the placeholder that stands for it, and names that are covered by hand. Placeholders stand for
/// themselves. It has no `Debug`: it holds the numbers.
#[derive(Default)]
struct Veil {
    numbers: BTreeMap<String, String>,
    names: Vec<(String, String)>,
    /// How many placeholders are given.
    given: usize,
}

/// With what placeholders begin: no one has such a number.
const PLACEHOLDER: &str = "0100000";

/// The first of those that are given here; tests have the lower ones.
const FIRST: usize = 9_000;

impl Veil {
    fn cover(&mut self, text: &str) -> String {
        let text = self.names.iter().fold(text.to_owned(), |text, (name, by)| text.replace(name, by));
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            // A number as people write it: digits, with one separator between some of them.
            let bytes = &rest.as_bytes()[start..];
            let mut end = 0;
            while end < bytes.len() {
                let separated =
                    matches!(bytes[end], b'-' | b' ' | b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
                if !bytes[end].is_ascii_digit() && !separated {
                    break;
                }
                end += 1;
            }
            let run = &rest[start..start + end];
            out.push_str(&rest[..start]);
            match mobile(run) {
                Some(number) => out.push_str(&self.placeholder(&number)),
                // A number may stand beside others: each by itself.
                None => {
                    for (at, piece) in run.split(' ').enumerate() {
                        out.push_str(if at > 0 { " " } else { "" });
                        match mobile(piece) {
                            Some(number) => out.push_str(&self.placeholder(&number)),
                            None => out.push_str(piece),
                        }
                    }
                }
            }
            rest = &rest[start + end..];
        }
        out + rest
    }

    /// A path as it was written; where something in it has to be covered, without its escapes.
    fn cover_path(&mut self, path: &str) -> String {
        let plain = decoded(path);
        let covered = self.cover(&plain);
        if covered == plain { path.to_owned() } else { covered }
    }

    fn placeholder(&mut self, number: &str) -> String {
        if let Some(known) = self.numbers.get(number) {
            return known.clone();
        }
        let new = format!("{PLACEHOLDER}{:04}", FIRST + self.given);
        self.given += 1;
        self.numbers.insert(number.to_owned(), new.clone());
        new
    }

    /// Takes account of placeholders that were given when it was recorded.
    fn note(&mut self, value: &Value) {
        let text = value.to_string();
        for rest in text.split(PLACEHOLDER).skip(1) {
            let number = rest.get(..4).and_then(|four| four.parse::<usize>().ok());
            if let Some(at) = number.and_then(|number| number.checked_sub(FIRST)) {
                self.given = self.given.max(at + 1);
            }
        }
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

/// The mobile number that is written so, if it is someone's and no placeholder.
fn mobile(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("0082").or_else(|| digits.strip_prefix("82"));
    let digits = national.map_or(digits.clone(), |rest| format!("0{}", rest.trim_start_matches('0')));
    let prefixed = ["010", "011", "016", "017", "018", "019"].iter().any(|prefix| digits.starts_with(prefix));
    (prefixed && (10..=11).contains(&digits.len()) && !digits.starts_with(PLACEHOLDER)).then_some(digits)
}

/// A path with its percent escapes undone, so that a number in it is seen.
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = path.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = escape.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| path.to_owned())
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
            let boundary = boundary.split(';').next().unwrap_or_default();
            return parts(&self.body, boundary.trim().trim_matches('"'));
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
            let content = part.get(head + 4..end.saturating_sub(2)).unwrap_or_default();
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
    fn numbers_are_covered_however_they_are_written_and_placeholders_are_left() {
        let mut veil = Veil::default();
        veil.names.push(("PROFILE".to_owned(), "SENDER".to_owned()));
        let said = json!({ "to": "01012345678", "text": "031-000-0000 010-1234-5678.", "at": "20261127150000123" });
        let covered = veil.cover_all(json!([said, { "01098765432": "01000000001" }, "key PROFILE"]));
        let expected = json!([
            { "to": "01000009000", "text": "031-000-0000 01000009000.", "at": "20261127150000123" },
            { "01000009001": "01000000001" }, "key SENDER",
        ]);
        assert_eq!(covered, expected);
        for written in ["010 1234 5678", "+82 10-1234-5678", "821012345678", "0082 10 1234 5678", "011-123-4567"] {
            let covered = veil.cover(&format!("전화 {written} 입니다"));
            assert!(covered.contains(PLACEHOLDER) && !covered.contains("1234"), "{written}: {covered}");
        }
        assert_eq!(veil.cover_path("/a?to=%2001012345678&q=%EA%B0%80"), "/a?to= 01000009000&q=가");
        assert_eq!(veil.cover_path("/a?at=15%3A00"), "/a?at=15%3A00");
        assert_eq!(veil.cover("2026 12 01 41630"), "2026 12 01 41630");
    }

    #[tokio::test]
    async fn what_was_recorded_of_a_real_number_is_played_for_it_again() {
        let dealer =
            crate::answers::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"to\":\"01087654321\"}").await;
        let recorder = record(&dealer).await;
        let ask = async |url: &str| {
            let client = sosik_channel::http::client("test", Duration::from_secs(5)).unwrap();
            let body = json!({ "to": "01012345678" }).to_string();
            let request = client.request("POST".parse().unwrap(), format!("{url}/send?phone=010-1234-5678"));
            request.body(body).send().await.unwrap().text().await.unwrap()
        };
        ask(recorder.url()).await;
        let lines = recorder.tape().to_lines();
        assert!(!lines.contains("1234") && !lines.contains("8765"), "{lines}");
        assert!(!format!("{recorder:?}").contains("1234"));
        let player = replay(Tape::from_lines(&lines).unwrap()).await;
        assert_eq!(ask(player.url()).await, r#"{"to":"01000009001"}"#);
        player.finish();
    }

    #[test]
    fn a_form_is_kept_by_its_parts() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"senderKey\"\r\n\r\nS\r\n\
            --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nabc\r\n--x--\r\n";
        let kept = parts(body.as_bytes(), "x");
        let expected = json!([{ "name": "senderKey", "text": "S" }, { "name": "file", "file": "a.jpg", "bytes": 3 }]);
        assert_eq!(kept, expected);
        // An empty part, and one that is cut off.
        assert_eq!(
            parts(b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--x--", "x"),
            json!([{ "name": "a", "text": "" }])
        );
        assert_eq!(parts(b"--x\r\n name=\"a\"\r\n\r\nb", "x")[0]["name"], "a");
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        assert!(Tape::from_lines("\n{}").unwrap_err().starts_with("line 2: missing field"));
    }
}

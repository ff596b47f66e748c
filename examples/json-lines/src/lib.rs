//! A transport of one's own: each message is a line of JSON in a file, for whoever carries them on.
//!
//! It is small enough to be read in one go, and keeps the whole contract of [`Transport`]: `tests/conformance.rs` is all
//! that it takes to know. What a dealer's client adds is HTTP, codes and limits.
//!
//! A line is written down before it is answered for, so that a program that is killed and started anew knows what it
//! took. A message counts as delivered once it stands in the file.
//!
//! ```
//! use json_lines::JsonLines;
//! use sosik::PhoneNumber;
//! use sosik::channel::{Audience, Message, Recipient, Submission, TextMessage, Transport};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let transport = JsonLines::open(folder.path())?;
//! let message: Message = TextMessage::new(PhoneNumber::parse("031-000-0000")?, "양주시 소식")?.into();
//! let to = vec![Recipient::new("r-1", PhoneNumber::parse("010-0000-0001")?)];
//! let submitted = transport.submit(&Submission::new("w48", message, Audience::Named(to))).await?;
//! assert_eq!(submitted.accepted(), 1);
//! assert!(std::fs::read_to_string(folder.path().join("messages.jsonl"))?.contains("r-1"));
//! # Ok(()) }
//! ```

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sosik::channel::{
    Acceptance, Answer, Audience, Capabilities, Found, Idempotency, Media, MediaRef, Message, Outcome, Proof, Receipt,
    ReceiptPage, Route, SendError, SendErrorKind, Submission, Submitted, Transport, Webhook, WebhookReceipts, Won,
    async_trait, stored,
};

const NAME: &str = "json-lines";

/// The most recipients of one submission, and the most receipts of a page: our own choice.
const BATCH: usize = 1_000;

/// A transport into a folder.
#[derive(Debug)]
pub struct JsonLines {
    folder: PathBuf,
    capabilities: Capabilities,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    /// What was taken, by key and reference, in order.
    taken: Vec<(String, String)>,
    known: HashSet<(String, String)>,
    /// How many receipts were acknowledged.
    acknowledged: usize,
}

/// A line of the file.
#[derive(Deserialize, Serialize)]
struct Line {
    key: String,
    #[serde(rename = "ref")]
    reference: String,
    to: String,
    /// The message in its stored form.
    message: Box<RawValue>,
}

impl JsonLines {
    /// Opens a folder, and reads what was taken before.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or the file cannot be read.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("messages.jsonl");
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        // The file holds numbers: it is its owner's alone.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let mut taken = Vec::new();
        let mut whole = 0;
        let mut reader = BufReader::new(&file);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            // A last line without its end was never answered for: it is cut off.
            if bytes.last() != Some(&b'\n') {
                break;
            }
            whole += bytes.len() as u64;
            let line: Line = serde_json::from_slice(&bytes)?;
            taken.push((line.key, line.reference));
            bytes.clear();
        }
        file.set_len(whole)?;
        let acknowledged = std::fs::read_to_string(folder.join("acknowledged")).unwrap_or_default();
        let acknowledged = acknowledged.trim().parse().unwrap_or(0).min(taken.len());
        let known = taken.iter().cloned().collect();
        // A key is known as long as the file is.
        let idempotency = Idempotency::per_recipient(Duration::from_secs(10 * 365 * 86_400));
        Ok(Self {
            folder: folder.to_owned(),
            capabilities: Capabilities::named(BATCH, 10_000, 1_000).with_idempotency(idempotency),
            state: Mutex::new(State { file, taken, known, acknowledged }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The disk would not take it: nothing was answered for, so the same may be asked again.
fn disk(error: std::io::Error) -> SendError {
    SendError::new(SendErrorKind::Unavailable, NAME).with_detail("the file cannot be written").with_source(error)
}

fn wrong(problem: String) -> SendError {
    SendError::new(SendErrorKind::InvalidContent, NAME).with_detail(problem)
}

fn unsupported(why: &str) -> SendError {
    SendError::new(SendErrorKind::Unsupported, NAME).with_detail(why)
}

#[async_trait]
impl Transport for JsonLines {
    fn name(&self) -> &str {
        NAME
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn upload(&self, media: &Media) -> Result<MediaRef, SendError> {
        let name = format!("{}.{}", media.picture.digest, media.picture.format.extension());
        std::fs::write(self.folder.join(&name), &media.content).map_err(disk)?;
        Ok(MediaRef::new(name))
    }

    async fn submit(&self, submission: &Submission) -> Result<Submitted, SendError> {
        let Audience::Named(recipients) = &submission.audience else {
            return Err(unsupported("only named recipients"));
        };
        if submission.send_at.is_some() {
            return Err(unsupported("a file is written at once"));
        }
        if recipients.len() > BATCH {
            return Err(wrong(format!("{} recipients, {BATCH} at the most", recipients.len())));
        }
        let message = RawValue::from_string(stored::to_json(&submission.message)).map_err(|e| wrong(e.to_string()))?;
        let mut state = self.state();
        let (mut lines, mut new, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for to in recipients {
            let both = (submission.key.clone(), to.reference.clone());
            let answer = if state.known.contains(&both) || new.contains(&both) {
                Answer::Already
            } else {
                let (key, reference) = both.clone();
                let line = Line { key, reference, to: to.phone.expose().to_owned(), message: message.clone() };
                serde_json::to_writer(&mut lines, &line).map_err(|error| wrong(error.to_string()))?;
                lines.push(b'\n');
                new.push(both);
                Answer::Accepted
            };
            answers.push(Acceptance::new(&to.reference, None, answer));
        }
        // All of them or none: half a write is cut back.
        let length = state.file.metadata().map_err(disk)?.len();
        let written = state.file.write_all(&lines).and_then(|()| state.file.sync_data());
        if let Err(error) = written {
            state.file.set_len(length).map_err(|error| {
                SendError::new(SendErrorKind::OutcomeUnknown, NAME).with_detail("half was written").with_source(error)
            })?;
            return Err(disk(error));
        }
        state.known.extend(new.iter().cloned());
        state.taken.extend(new);
        Ok(Submitted::new(Proof::PerRecipient(answers)))
    }

    async fn find(&self, submission: &Submission, _: DateTime<Utc>) -> Result<Vec<Found>, SendError> {
        let state = self.state();
        let ours = state.taken.iter().filter(|(key, _)| *key == submission.key);
        Ok(ours.map(|(_, reference)| Found::new(reference, Some((Route::Other, Outcome::Delivered)))).collect())
    }

    async fn receipts(&self) -> Result<ReceiptPage, SendError> {
        let state = self.state();
        let (from, to) = (state.acknowledged, state.taken.len().min(state.acknowledged + BATCH));
        if from == to {
            return Ok(ReceiptPage::default());
        }
        let receipt = |(at, (key, reference)): (usize, &(String, String))| {
            Receipt::new(format!("{key}/{at}"), Route::Other, Outcome::Delivered).with_reference(reference)
        };
        let receipts = state.taken.iter().enumerate().skip(from).take(to - from).map(receipt).collect();
        // A page is named by where it ends.
        Ok(ReceiptPage::new(to.to_string(), receipts))
    }

    async fn acknowledge(&self, page: &str) -> Result<(), SendError> {
        let mut state = self.state();
        let end: usize = page.parse().map_err(|_| wrong("no such page of receipts".to_owned()))?;
        if end > state.taken.len() {
            return Err(wrong("no such page of receipts".to_owned()));
        }
        if end > state.acknowledged {
            let new = self.folder.join("acknowledged.new");
            std::fs::write(&new, page).map_err(disk)?;
            std::fs::rename(&new, self.folder.join("acknowledged")).map_err(disk)?;
            state.acknowledged = end;
        }
        Ok(())
    }

    async fn prepare(&self, _: &Submission) -> Result<Option<String>, SendError> {
        Ok(None)
    }

    async fn cancel(&self, _: &str) -> Result<(), SendError> {
        Err(unsupported("a file is written at once"))
    }

    async fn webhook(&self, _: &Webhook) -> Result<WebhookReceipts, SendError> {
        Err(unsupported("a file calls no one"))
    }

    fn price(&self, _: &Message) -> Option<Won> {
        Some(Won::default())
    }
}

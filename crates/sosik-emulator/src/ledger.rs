//! What the emulator knows, whichever dealer it plays: messages, pictures, and whom they went to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::body::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::bizgo::desk::Bizgo;
use crate::journal::{self, Event, Journal, Message};
use crate::options::{Contents, Options};
use crate::solapi::desk::Solapi;
use crate::stats::Stats;
use crate::template::Template;
use crate::time::later;

#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) options: Options,
    /// How far its clock was moved on by hand.
    pub(crate) ahead: TimeDelta,
    journal: Journal,
    secret: [u8; 32],
    pub(crate) messages: Vec<Message>,
    /// What is kept of what a message says where nothing is.
    nothing: Arc<Value>,
    pub(crate) by_key: HashMap<String, usize>,
    /// Uploaded pictures by name.
    pub(crate) pictures: HashMap<String, Uploaded>,
    /// Approved templates of Alimtalk, by their codes.
    pub(crate) templates: HashMap<String, Template>,
    /// Who has which message.
    seen: HashSet<(String, String)>,
    recipients: HashSet<String>,
    pub(crate) requests: u64,
    pub(crate) stats: Stats,
    pub(crate) bizgo: Bizgo,
    pub(crate) solapi: Solapi,
}

/// A picture that was uploaded.
#[derive(Debug)]
pub(crate) struct Uploaded {
    /// As what, in the dealer's words.
    pub(crate) kind: String,
    /// What it shows.
    pub(crate) digest: String,
    /// Height to width, in thousandths.
    pub(crate) ratio: usize,
    /// The file, as long as the program lives.
    pub(crate) file: Option<Bytes>,
}

/// The most bytes of pictures that are kept to be shown.
const SHELF: usize = 256 * 1024 * 1024;

/// The pictures that were uploaded.
pub(crate) trait Pictures {
    /// As what the picture of a name was uploaded, and its height to width in thousandths; `None` when nothing was.
    fn find(&self, name: &str) -> Option<(&str, usize)>;
}

impl Pictures for HashMap<String, Uploaded> {
    fn find(&self, name: &str) -> Option<(&str, usize)> {
        self.get(name).map(|picture| (picture.kind.as_str(), picture.ratio))
    }
}

impl Ledger {
    pub(crate) fn open(options: Options) -> std::io::Result<Self> {
        let (secret, (journal, events)) = match &options.state {
            Some(folder) => (journal::secret(folder)?, Journal::open(folder)?),
            None => (journal::random(), (Journal::none(), Vec::new())),
        };
        let now = options.clock.now();
        let templates = options.templates.iter().map(|template| (template.code.clone(), template.clone())).collect();
        let mut ledger = Self {
            options,
            ahead: TimeDelta::zero(),
            journal,
            secret,
            messages: Vec::new(),
            nothing: Arc::default(),
            by_key: HashMap::new(),
            pictures: HashMap::new(),
            templates,
            seen: HashSet::new(),
            recipients: HashSet::new(),
            requests: 0,
            stats: Stats::default(),
            bizgo: Bizgo::new(now),
            solapi: Solapi::default(),
        };
        for event in events {
            ledger.apply(event);
        }
        Ok(ledger)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        later(self.options.clock.now(), self.ahead)
    }

    /// The time of whoever calls, whatever the ledger's was moved on to: by it calls are signed.
    pub(crate) fn callers_now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }

    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.stats.clone();
        stats.distinct = self.recipients.len() as u64;
        let now = self.now();
        stats.group_sends = self.bizgo.group_sends.len() as u64;
        stats.group_sent = self.bizgo.group_sends.values().map(|send| send.sent(now)).sum();
        for message in &self.messages {
            let Some(last) = message.tries.last().filter(|last| last.at <= now) else { continue };
            match (last.code == message.dealer.delivered(), message.tries.len()) {
                (true, 1) => stats.delivered += 1,
                (true, _) => stats.fallback += 1,
                _ => stats.failed += 1,
            }
        }
        stats
    }

    /// Writes an event down, then lets it happen.
    pub(crate) fn happen(&mut self, event: Event) -> std::io::Result<()> {
        self.journal.write(&event)?;
        self.apply(event);
        Ok(())
    }

    pub(crate) fn refused(&mut self, code: &str) {
        // A refusal that cannot be written down is still a refusal.
        let _ = self.happen(Event::Refused { code: code.to_owned() });
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Sent { .. } | Event::Acknowledged { .. } | Event::Center(_) => self.apply_bizgo(event),
            Event::Group(event) => self.apply_group(event),
            Event::Uploaded { address, kind, digest, ratio } => {
                self.stats.uploads += 1;
                self.pictures.insert(address, Uploaded { kind, digest, ratio, file: None });
            }
            Event::Refused { code } => self.reject(code, 1),
            Event::MovedOn { seconds } => self.ahead += TimeDelta::seconds(seconds.into()),
        }
    }

    /// Keeps the file of an uploaded picture, to be shown, as long as there is room.
    pub(crate) fn keep(&mut self, name: &str, file: Bytes) {
        let held: usize = self.pictures.values().filter_map(|picture| picture.file.as_ref()).map(Bytes::len).sum();
        if let Some(picture) = self.pictures.get_mut(name).filter(|_| held + file.len() <= SHELF) {
            picture.file = Some(file);
        }
    }

    pub(crate) fn reject(&mut self, code: String, times: u64) {
        if times > 0 {
            *self.stats.rejected.entry(code).or_default() += times;
        }
    }

    /// Enters a message, and gives its place.
    pub(crate) fn enter(&mut self, mut message: Message) -> usize {
        if self.options.contents == Contents::Dropped {
            (message.content, message.shown) = (Arc::clone(&self.nothing), None);
        }
        let place = self.messages.len();
        self.by_key.insert(message.key.clone(), place);
        self.messages.push(message);
        place
    }

    /// Counts a message as taken to be sent.
    pub(crate) fn take(&mut self, place: usize) {
        let message = &self.messages[place];
        self.stats.accepted += 1;
        self.recipients.insert(message.who.clone());
        if !self.seen.insert((message.who.clone(), message.digest.clone())) {
            self.stats.duplicates += 1;
        }
    }

    /// Counts a message that was taken as never sent.
    pub(crate) fn withdraw(&mut self, place: usize) {
        let message = &self.messages[place];
        self.stats.cancelled += 1;
        self.seen.remove(&(message.who.clone(), message.digest.clone()));
    }

    /// A number from 0 to 1 that depends on nothing but the seed and what it is drawn for.
    pub(crate) fn chance(&self, what: &str, whom: &str) -> f64 {
        chance(self.options.seed, what, whom)
    }

    /// A keyed hash of a number: what is kept of recipients.
    pub(crate) fn who(&self, to: &str) -> String {
        hex(&self.keyed(to.as_bytes())[..16])
    }

    /// A name that cannot be guessed, of capital letters and digits.
    pub(crate) fn name(&self, what: &str, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let bytes = self.keyed(what.as_bytes());
        bytes.iter().take(length).map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
    }

    fn keyed(&self, bytes: &[u8]) -> [u8; 32] {
        // HMAC takes keys of any length.
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret) else { return [0; 32] };
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    /// What makes a message the same one: its form, with what a picture shows in the place of where it lies.
    pub(crate) fn digest(&self, form: &Value) -> String {
        let mut form = form.clone();
        self.name_pictures(&mut form);
        hex(&Sha256::digest(form.to_string()))
    }

    fn name_pictures(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(picture) = self.pictures.get(text.as_str()) {
                    text.clone_from(&picture.digest);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.name_pictures(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.name_pictures(field)),
            _ => {}
        }
    }
}

/// A number from 0 to 1 that depends on nothing but the seed and what it is drawn for.
pub(crate) fn chance(seed: u64, what: &str, whom: &str) -> f64 {
    let digest = Sha256::digest(format!("{seed}|{what}|{whom}"));
    let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

//! What an emulator keeps: one line of JSON for each request that changed something, written before it is answered.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A sending was answered.
    Sent { key: Option<String>, expires: Option<DateTime<Utc>>, repeated: u64, refused: u64, messages: Vec<Message> },
    /// A picture was taken.
    Uploaded { address: String, kind: String, digest: String },
    /// A request was refused.
    Refused { code: String },
    /// A page of receipts was acknowledged.
    Acknowledged { page: String, receipts: Vec<(usize, usize)>, again: Vec<(usize, usize)> },
}

/// A message that was taken for one recipient.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Message {
    pub(crate) key: String,
    pub(crate) to: String,
    #[serde(rename = "ref")]
    pub(crate) reference: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) at: DateTime<Utc>,
    /// What makes it the same message: its first form, with pictures by their content.
    pub(crate) digest: String,
    /// What became of it, form by form.
    pub(crate) tries: Vec<Try>,
}

/// One form in which a message went.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Try {
    pub(crate) service: String,
    pub(crate) kind: String,
    pub(crate) code: String,
    pub(crate) at: DateTime<Utc>,
}

/// The file, open for adding.
#[derive(Debug)]
pub(crate) struct Journal(Option<File>);

impl Journal {
    /// A journal that keeps nothing.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Opens the journal of a folder, and gives what it holds.
    ///
    /// A last line without its end was never answered: it is cut off.
    pub(crate) fn open(folder: &Path) -> std::io::Result<(Self, Vec<Event>)> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("emulator.jsonl");
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        let events = text[..whole].lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok((Self(Some(file)), events))
    }

    /// Writes an event down, in one call to the system, so that a killed process leaves at most half a line.
    pub(crate) fn write(&mut self, event: &Event) -> std::io::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        file.write_all(&line)
    }
}

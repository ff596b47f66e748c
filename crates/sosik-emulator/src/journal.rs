//! What an emulator keeps: one line of JSON for each request that changed something, written before it is answered.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sosik_core::{Entropy, SystemEntropy};

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
    /// The number. It is never written down.
    #[serde(skip)]
    pub(crate) to: Option<String>,
    /// A keyed hash of the number, by which the same recipient is known again.
    pub(crate) who: String,
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
pub(crate) struct Journal {
    file: Option<File>,
    /// How long it is, up to the end of its last whole line.
    length: u64,
}

impl Journal {
    /// A journal that keeps nothing.
    pub(crate) fn none() -> Self {
        Self { file: None, length: 0 }
    }

    /// Opens the journal of a folder, and gives what it holds.
    ///
    /// A last line without its end was never answered: it is cut off.
    pub(crate) fn open(folder: &Path) -> std::io::Result<(Self, Vec<Event>)> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("emulator.jsonl");
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        // Cut as bytes: the last line may have been torn inside a character.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        let lines = bytes[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let events = lines.map(serde_json::from_slice).collect::<Result<_, _>>()?;
        Ok((Self { file: Some(file), length: whole as u64 }, events))
    }

    /// Writes an event down, in one call to the system, so that a killed process leaves at most half a line.
    pub(crate) fn write(&mut self, event: &Event) -> std::io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        if let Err(error) = file.write_all(&line) {
            // Half a line would swallow the next one.
            file.set_len(self.length)?;
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }
}

/// The key by which numbers are hashed in a folder's journal: made once, and kept beside it.
pub(crate) fn secret(folder: &Path) -> std::io::Result<[u8; 32]> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("emulator.key");
    if let Ok(kept) = std::fs::read(&path)
        && let Ok(key) = kept.try_into()
    {
        return Ok(key);
    }
    let key = random();
    let new = folder.join("emulator.key.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&new)?.write_all(&key)?;
    std::fs::rename(&new, &path)?;
    Ok(key)
}

/// A key that no one knows.
pub(crate) fn random() -> [u8; 32] {
    let mut key = [0; 32];
    SystemEntropy::new().fill(&mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_torn_inside_a_character_is_cut_off_and_the_rest_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("emulator.jsonl");
        let (mut journal, events) = Journal::open(folder.path()).unwrap();
        assert!(events.is_empty());
        journal.write(&Event::Refused { code: "A020".to_owned() }).unwrap();
        let mut torn = std::fs::read(&path).unwrap();
        torn.extend_from_slice(&b"{\"event\":\"refused\",\"code\":\"\xec\x96"[..]);
        std::fs::write(&path, torn).unwrap();
        let (mut journal, events) = Journal::open(folder.path()).unwrap();
        assert_eq!(events.len(), 1);
        journal.write(&Event::Refused { code: "A100".to_owned() }).unwrap();
        let (_, events) = Journal::open(folder.path()).unwrap();
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn a_folder_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = secret(folder.path()).unwrap();
        assert_eq!(secret(folder.path()).unwrap(), key);
        assert_ne!(secret(tempfile::tempdir().unwrap().path()).unwrap(), key);
    }
}

//! What an emulator keeps: one line of JSON for each request that changed something, written before it is answered.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sosik_core::{Entropy, SystemEntropy};

use crate::bizgo::friends::Change;
use crate::bizgo::group_send::{Control, GroupSend};
use crate::bizgo::inspected::{Comment, Inspected};
use crate::bizgo::registered::Registered;
use crate::bizgo::reservation::Reservation;

/// Something that happened.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// Bizgo answered a sending.
    Sent { key: Option<String>, expires: Option<DateTime<Utc>>, repeated: u64, refused: u64, messages: Vec<Message> },
    /// A picture was taken, by whichever dealer.
    Uploaded {
        address: String,
        kind: String,
        digest: String,
        #[serde(default)]
        ratio: usize,
    },
    /// The clock was moved on by hand.
    MovedOn { seconds: u32 },
    /// A request was refused.
    Refused { code: String },
    /// A page of Bizgo's receipts was acknowledged.
    Acknowledged { page: String, receipts: Vec<(usize, usize)>, again: Vec<(usize, usize)> },
    /// Something happened in Bizgo's centre.
    Center(CenterEvent),
    /// Something happened to a group of SOLAPI's.
    Group(GroupEvent),
}

/// What happens in Bizgo's centre.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum CenterEvent {
    /// A template was registered.
    Registered { sender_key: String, code: String, template: Registered },
    /// A template was deleted.
    Unregistered { sender_key: String, code: String },
    /// A friend group was made or changed.
    Friends { sender_key: String, key: String, change: Change },
    /// A friend group was deleted.
    Forgotten { sender_key: String, key: String },
    /// A template of Alimtalk was registered or changed.
    Drafted { sender_key: String, code: String, template: Box<Inspected> },
    /// Its inspection went on.
    Inspected { sender_key: String, code: String, state: String, at: DateTime<Utc>, comment: Option<Comment> },
    /// It was deleted.
    Discarded { sender_key: String, code: String },
    /// A group tag has a name; without one it was deleted.
    Tagged { key: String, name: Option<String> },
    /// Evidence of consents was uploaded.
    Evidence { sender_key: String },
    /// The permission to write beyond the friends was asked for.
    Asked { sender_key: String },
    /// The free number to refuse by was set.
    RefusedBy { sender_key: String, number: String },
    /// Messages were taken for later.
    Reserved { reservation: Reservation },
    /// They were taken back.
    Withdrawn { key: String, at: DateTime<Utc> },
    /// They go at another time.
    Rescheduled { key: String, at: DateTime<Utc>, due: DateTime<Utc>, name: Option<String> },
    /// One of them was taken out.
    TakenOut { key: String, message: String },
    /// A group send was taken.
    Started { id: u64, send: GroupSend },
    /// A group send was paused, resumed or ended.
    Controlled { id: u64, at: DateTime<Utc>, control: Control },
}

/// What happens to a group of messages at SOLAPI.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum GroupEvent {
    /// It was made, empty.
    Made { id: String, at: DateTime<Utc>, group: NewGroup },
    /// Messages were put into it; of others, the codes of their refusals.
    Filled { id: String, at: DateTime<Utc>, messages: Vec<Message>, refused: Vec<String> },
    /// Messages, by their places in the ledger, were taken out of it.
    Emptied { id: String, at: DateTime<Utc>, messages: Vec<usize> },
    /// It goes, now or at a time to come: what becomes of each of its messages.
    Released { id: String, at: DateTime<Utc>, due: Option<DateTime<Utc>>, tries: Vec<Vec<Try>> },
    /// It does not go at its time after all.
    Cancelled { id: String, at: DateTime<Utc> },
    /// It was deleted.
    Deleted { id: String, at: DateTime<Utc> },
}

/// What a group is made with.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct NewGroup {
    pub(crate) version: String,
    pub(crate) allow_duplicates: bool,
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) sdk: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) app: Option<String>,
}

/// Whose message it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dealer {
    #[default]
    Bizgo,
    Solapi,
}

impl Dealer {
    /// The code of a message that arrived.
    pub(crate) fn delivered(self) -> &'static str {
        match self {
            Self::Bizgo => "10000",
            Self::Solapi => "4000",
        }
    }
}

/// A message that was taken for one recipient.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Message {
    #[serde(default)]
    pub(crate) dealer: Dealer,
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
    /// What it says, as it came. It is never written down.
    #[serde(skip)]
    pub(crate) content: Arc<Value>,
    /// The words of an Alimtalk, filled in. They are never written down.
    #[serde(skip)]
    pub(crate) shown: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    /// The type by which SOLAPI counts and charges it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) kind: String,
    /// What becomes of it, form by form; nothing as long as it waits to be sent.
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

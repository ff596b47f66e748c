//! The settings of a city, read from a file. Secrets are no part of them.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sosik::chat::Offices;
use sosik::content::WebLink;
use sosik::registry::Directory;
use sosik::{AreaCode, ChannelId, PhoneNumber};

use crate::Failure;

/// The settings of the demo city.
const DEFAULT: &str = include_str!("../data/city.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    city: CityTable,
    channel: ChannelTable,
    chatbot: Option<ChatbotTable>,
    edition: EditionTable,
    terms: TermsTable,
    #[serde(default)]
    files: FilesTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CityTable {
    name: String,
    short: String,
    office: String,
    refusal: String,
    head: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelTable {
    id: String,
    name: String,
    public_id: String,
    area: String,
    home: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChatbotTable {
    /// Its id.
    pub(crate) bot: String,
    /// The event whose block tells an answer.
    pub(crate) event: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionTable {
    name: String,
    cards: (usize, usize),
    approvers: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsTable {
    version: String,
    collection: String,
    advertising: String,
    answer_days: u16,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilesTable {
    feed: Option<PathBuf>,
    districts: Option<PathBuf>,
    offices: Option<PathBuf>,
}

/// The settings, read.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) city: String,
    pub(crate) short: String,
    pub(crate) office: PhoneNumber,
    /// The office's number as people write it.
    pub(crate) office_shown: String,
    pub(crate) refusal: PhoneNumber,
    pub(crate) head: Option<String>,
    pub(crate) channel: ChannelId,
    pub(crate) channel_name: String,
    pub(crate) public_id: String,
    pub(crate) area: AreaCode,
    pub(crate) home: WebLink,
    /// The chatbot that may speak first.
    pub(crate) chatbot: Option<ChatbotTable>,
    pub(crate) edition: String,
    pub(crate) cards: (usize, usize),
    pub(crate) approvers: u8,
    pub(crate) terms: Terms,
    /// The city's blog; the demo's weeks without one.
    pub(crate) feed: Option<PathBuf>,
    pub(crate) districts: Directory,
    pub(crate) offices: Offices,
}

/// To what people agree, and what is promised to them.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) version: String,
    pub(crate) collection: String,
    pub(crate) advertising: String,
    pub(crate) answer_days: u16,
}

impl Settings {
    /// Reads the settings of a file, or the demo city's.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let place = path.map_or_else(|| "city.toml".to_owned(), |path| path.display().to_string());
        let text = match path {
            Some(path) => std::fs::read_to_string(path).map_err(|error| format!("{place}: {error}"))?,
            None => DEFAULT.to_owned(),
        };
        let file: File = toml::from_str(&text).map_err(|error| format!("{place}: {error}"))?;
        let folder = path.and_then(Path::parent).unwrap_or(Path::new(""));
        Self::of(file, folder).map_err(|error| format!("{place}: {error}").into())
    }

    fn of(file: File, folder: &Path) -> Result<Self, Failure> {
        let File { city, channel, chatbot, edition, terms, files } = file;
        let phone = |field: &str, text: &str| PhoneNumber::parse(text).map_err(|error| format!("{field}: {error}"));
        let table = |name: &Option<PathBuf>, without: &[u8]| match name {
            Some(name) => {
                let path = folder.join(name);
                std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
            }
            None => Ok(without.to_vec()),
        };
        let districts = table(&files.districts, include_bytes!("../../yangju-weekly/yangju_areas.csv"))?;
        let offices = table(&files.offices, include_bytes!("../data/offices.csv"))?;
        Ok(Self {
            office: phone("city.office", &city.office)?,
            office_shown: city.office,
            refusal: phone("city.refusal", &city.refusal)?,
            city: city.name,
            short: city.short,
            head: city.head,
            channel: ChannelId::parse(&channel.id).map_err(|error| format!("channel.id: {error}"))?,
            channel_name: channel.name,
            public_id: channel.public_id,
            area: AreaCode::parse(&channel.area).map_err(|error| format!("channel.area: {error}"))?,
            home: WebLink::parse(&channel.home).map_err(|error| format!("channel.home: {error}"))?,
            chatbot,
            edition: edition.name,
            cards: edition.cards,
            approvers: edition.approvers,
            terms: Terms {
                version: terms.version,
                collection: terms.collection,
                advertising: terms.advertising,
                answer_days: terms.answer_days,
            },
            feed: files.feed.map(|name| folder.join(name)),
            districts: Directory::from_csv(&districts).map_err(|error| format!("files.districts: {error}"))?,
            offices: Offices::from_csv(&offices).map_err(|error| format!("files.offices: {error}"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        assert_eq!(Settings::read(None).unwrap().city, "양주시");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("city.toml");
        for (was, is, told) in [
            ("office = \"031-8082-0000\"", "office = \"call us\"", "city.office"),
            ("id = \"yangju-city\"", "id = \"양주\"", "channel.id"),
            ("area = \"41630\"", "area = \"4163\"", "channel.area"),
            ("home = \"https://blog.example.go.kr/\"", "home = \"blog\"", "channel.home"),
            ("approvers = 1", "approvers = \"one\"", "approvers"),
            ("short = \"양주\"", "nick = \"양주\"", "nick"),
            ("# offices = \"offices.csv\"", "offices = \"offices.csv\"", "offices.csv"),
        ] {
            assert!(DEFAULT.contains(was), "{was}");
            std::fs::write(&path, DEFAULT.replacen(was, is, 1)).unwrap();
            let error = Settings::read(Some(&path)).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("city.toml"), "{error}");
        }
    }
}

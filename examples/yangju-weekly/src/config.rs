//! The city's settings.

use chrono::{NaiveTime, TimeDelta, Weekday};
use serde::Deserialize;
use sosik::cards::Theme;
use sosik::channel::ChannelProfile;
use sosik::content::{Brief, BriefBuilder, Quotas, Topic, WebLink};
use sosik::delivery::Missed;
use sosik::registry::Directory;
use sosik::schedule::{Decision, WeeklySlot};
use sosik::{ChannelId, PhoneNumber};

use crate::Failure;

const DEFAULT: &str = include_str!("../yangju.toml");
const AREAS: &[u8] = include_bytes!("../yangju_areas.csv");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    city: String,
    channel: Channel,
    slot: Slot,
    edition: Edition,
    quota: Vec<Quota>,
    theme: ThemeTable,
    /// A table of districts in place of Yangju's, beside the settings.
    districts: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    id: String,
    sender: String,
    home: String,
    contact: String,
    refusal: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    weekday: String,
    time: String,
    zone: String,
    /// What becomes of a group send that nobody handed over in time: `ask` (unless set), `skip`, `next-day`.
    missed: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edition {
    name: String,
    fresh_days: i64,
    min_cards: usize,
    max_cards: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Quota {
    topic: String,
    min: usize,
    max: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeTable {
    mark: String,
}

/// The settings, read.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) channel: ChannelId,
    pub(crate) profile: ChannelProfile,
    pub(crate) slot: WeeklySlot,
    pub(crate) theme: Theme,
    pub(crate) directory: Directory,
    pub(crate) missed: Missed,
    name: String,
    fresh_days: i64,
    cards: (usize, usize),
    quotas: Quotas,
}

impl City {
    /// Reads the settings of a file, or Yangju's.
    pub(crate) fn read(path: Option<&std::path::Path>) -> Result<Self, Failure> {
        let text = match path {
            Some(path) => std::fs::read_to_string(path).map_err(Failure::at("the settings", path))?,
            None => DEFAULT.to_owned(),
        };
        let place = path.map_or_else(|| "yangju.toml".to_owned(), |path| path.display().to_string());
        let file: File = toml::from_str(&text).map_err(|error| Failure::new(format!("{place}: {error}")))?;
        let areas = match (&file.districts, path) {
            (Some(name), Some(path)) => {
                let table = path.with_file_name(name);
                std::fs::read(&table).map_err(Failure::at("the districts", &table))?
            }
            _ => AREAS.to_vec(),
        };
        Self::of(&file, &areas).map_err(|error| Failure::new(format!("{place}: {error}")))
    }

    fn of(file: &File, areas: &[u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let channel = &file.channel;
        let phone = |field: &str, text: &str| PhoneNumber::parse(text).map_err(|error| format!("{field}: {error}"));
        let profile = ChannelProfile::builder(
            channel.sender.as_str(),
            WebLink::parse(&channel.home)?,
            phone("channel.contact", &channel.contact)?,
            phone("channel.refusal", &channel.refusal)?,
        );
        let weekday: Weekday =
            file.slot.weekday.parse().map_err(|_| format!("slot.weekday: `{}` is no weekday", file.slot.weekday))?;
        let time = NaiveTime::parse_from_str(&file.slot.time, "%H:%M")
            .map_err(|_| format!("slot.time: `{}` is no time like 15:00", file.slot.time))?;
        let zone = file.slot.zone.parse().map_err(|_| format!("slot.zone: `{}` is no IANA zone", file.slot.zone))?;
        let missed = match file.slot.missed.as_deref() {
            None | Some("ask") => Missed::Ask,
            Some("skip") => Missed::Skip,
            Some("next-day") => Missed::Within(TimeDelta::days(1)),
            Some(other) => return Err(format!("slot.missed: `{other}` is none of ask, skip, next-day").into()),
        };
        let quotas = file.quota.iter().try_fold(Quotas::none(), |quotas, quota| {
            Ok::<_, Box<dyn std::error::Error>>(quotas.with(Topic::parse(&quota.topic)?, quota.min, quota.max))
        })?;
        Ok(Self {
            channel: ChannelId::parse(&channel.id)?,
            profile: profile.build()?,
            slot: WeeklySlot::new(weekday, time, zone),
            theme: Theme::new(file.city.as_str()).with_mark(&file.theme.mark)?,
            directory: Directory::from_csv(areas)?,
            missed,
            name: file.edition.name.clone(),
            fresh_days: file.edition.fresh_days,
            cards: (file.edition.min_cards, file.edition.max_cards),
            quotas,
        })
    }

    /// What the edition of a slot shall be.
    pub(crate) fn brief(&self, nominal: chrono::DateTime<chrono::Utc>, decision: &Decision) -> BriefBuilder {
        Brief::builder(self.channel.clone(), nominal, self.slot.zone())
            .name(self.name.as_str())
            .fresh_for(TimeDelta::days(self.fresh_days))
            .news_until(decision.due)
            .cards(self.cards.0, self.cards.1)
            .quotas(self.quotas.clone())
    }
}

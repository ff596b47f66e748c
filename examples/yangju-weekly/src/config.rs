//! The city's settings.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc, Weekday};
use serde::Deserialize;
use sosik::cards::Theme;
use sosik::channel::ChannelProfile;
use sosik::content::{AreaNames, Brief, BriefBuilder, Quotas, Topic, WebLink};
use sosik::delivery::Missed;
use sosik::registry::{Channels, Directory};
use sosik::schedule::{Decision, WeeklySlot};
use sosik::{AreaCode, ChannelId, PhoneNumber};

use crate::Failure;

const DEFAULT: &str = include_str!("../yangju.toml");
const AREAS: &[u8] = include_bytes!("../yangju_areas.csv");
const CHANNELS: &[u8] = include_bytes!("../yangju_channels.csv");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    city: String,
    channel: Channel,
    slot: Slot,
    edition: Edition,
    quota: Vec<Quota>,
    theme: ThemeTable,
    /// A table of districts, beside the settings; Yangju's without it.
    districts: Option<String>,
    /// A table of the districts' channels, beside the settings; none without it.
    channels: Option<String>,
    /// The keys of the districts' sender profiles at the dealer, by channel.
    #[serde(default)]
    senders: BTreeMap<String, String>,
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

/// A channel with which the city speaks: its own, or a district's.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) channel: ChannelId,
    pub(crate) profile: ChannelProfile,
    /// The area that it is for.
    pub(crate) area: Option<AreaCode>,
    /// The key of its sender profile at the dealer, where the settings have one.
    pub(crate) sender_key: Option<String>,
}

impl Voice {
    /// Whether it is for those who live in an area.
    pub(crate) fn is_for(&self, area: &AreaCode) -> bool {
        self.area.as_ref().is_some_and(|of| area.is_within(of))
    }
}

/// The settings, read.
#[derive(Debug)]
pub(crate) struct City {
    pub(crate) own: Voice,
    pub(crate) districts: Vec<Voice>,
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
        let table = |what, name: &Option<String>, built_in: &[u8], without: &[u8]| match (name, path) {
            (Some(name), Some(path)) => {
                let table = path.with_file_name(name);
                std::fs::read(&table).map_err(Failure::at(what, &table))
            }
            (Some(_), None) => Ok(built_in.to_vec()),
            (None, _) => Ok(without.to_vec()),
        };
        let areas = table("the districts", &file.districts, AREAS, AREAS)?;
        let channels = table("the channels", &file.channels, CHANNELS, b"channel,name")?;
        Self::of(&file, &areas, &channels).map_err(|error| Failure::new(format!("{place}: {error}")))
    }

    fn of(file: &File, areas: &[u8], channels: &[u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let channel = &file.channel;
        let phone = |field: &str, text: &str| PhoneNumber::parse(text).map_err(|error| format!("{field}: {error}"));
        let home = WebLink::parse(&channel.home)?;
        let refusal = phone("channel.refusal", &channel.refusal)?;
        let profile = |sender: &str, contact: PhoneNumber| {
            ChannelProfile::builder(sender, home.clone(), contact, refusal.clone()).build()
        };
        let contact = phone("channel.contact", &channel.contact)?;
        let own = Voice {
            channel: ChannelId::parse(&channel.id)?,
            profile: profile(&channel.sender, contact.clone())?,
            area: None,
            sender_key: None,
        };
        let directory = Directory::from_csv(areas)?;
        let channels = Channels::from_csv(channels)?;
        let mut districts = Vec::new();
        for entry in channels.iter() {
            let contact = match &entry.contact {
                Some(number) => phone("contact", number).map_err(|error| format!("{}: {error}", entry.id))?,
                None => contact.clone(),
            };
            districts.push(Voice {
                channel: entry.id.clone(),
                profile: profile(&entry.name, contact)?,
                area: entry.areas.first().cloned(),
                sender_key: file.senders.get(entry.id.as_str()).cloned(),
            });
        }
        if let Some(unknown) = file.senders.keys().find(|name| !channels.iter().any(|of| of.id.as_str() == *name)) {
            return Err(format!("senders.{unknown}: no district's channel has this name").into());
        }
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
            own,
            districts,
            slot: WeeklySlot::new(weekday, time, zone),
            theme: Theme::new(file.city.as_str()).with_mark(&file.theme.mark)?,
            directory,
            missed,
            name: file.edition.name.clone(),
            fresh_days: file.edition.fresh_days,
            cards: (file.edition.min_cards, file.edition.max_cards),
            quotas,
        })
    }

    /// What the edition of a slot shall be, as one of the city's channels tells it.
    pub(crate) fn brief(&self, voice: &Voice, nominal: DateTime<Utc>, decision: &Decision) -> BriefBuilder {
        let brief = Brief::builder(voice.channel.clone(), nominal, self.slot.zone());
        // What is for another district is left out, and what is for this one is preferred.
        let brief = match &voice.area {
            Some(area) => brief.area(area.clone()).area_names(self.names(nominal)),
            None => brief,
        };
        brief
            .name(self.name.as_str())
            .fresh_for(TimeDelta::days(self.fresh_days))
            .news_until(decision.due)
            .cards(self.cards.0, self.cards.1)
            .quotas(self.quotas.clone())
    }

    /// The names of the districts that there are at an instant.
    pub(crate) fn names(&self, at: DateTime<Utc>) -> AreaNames {
        let districts = self.directory.on(at.with_timezone(&self.slot.zone()).date_naive());
        AreaNames::new(districts.map(|district| (district.name.as_str(), district.code.clone())))
    }
}

//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand};
use sosik::kakao::ChannelPublicId;
use sosik::registry::import::Column;
use sosik::registry::{DutyKind, Identity, Purpose, Request, Segment};
use sosik::{ChannelId, PhoneNumber};

/// A city's subscribers: who they are by number alone, what they agreed to, and whether that was changed.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// Where they are kept: `sqlite:PATH` or `postgres://name@host/database`.
    #[arg(long, default_value = "sqlite:sosik.db", global = true)]
    pub(crate) store: Place,
    /// The schema on PostgreSQL.
    #[arg(long, default_value = "sosik", global = true)]
    pub(crate) schema: String,
    /// The key under which people are sealed, 64 hexadecimal digits.
    #[arg(long, env = "SOSIK_KEY", hide_env_values = true, global = true)]
    pub(crate) key: Option<String>,
    /// A key of before, under which some still are: then they are found, and can be sealed anew.
    #[arg(long, env = "SOSIK_OLD_KEY", hide_env_values = true, global = true)]
    pub(crate) old_key: Option<String>,
    /// Under which account people's data are accessed: it stands in the record of accesses.
    #[arg(long, env = "USER", default_value = "unknown", global = true)]
    pub(crate) account: String,
    /// From where they are accessed.
    #[arg(long, default_value = "console", global = true)]
    pub(crate) place: String,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Who looked at whose data, when, from where and what for; first whether that was changed.
    Accesses {
        /// After this number.
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// How many at the most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Notes that someone asked for something, which has to be answered within ten days.
    Ask {
        #[command(flatten)]
        who: Who,
        /// What.
        #[arg(long, value_enum)]
        request: Asks,
        /// How that can be shown.
        #[arg(long)]
        evidence: String,
    },
    /// Copies everything into another file while this one is used. A server's backups are its own.
    Backup {
        /// The file, which must not be there yet.
        to: PathBuf,
    },
    /// Measures imports, counts, streams, events and the ledger with placeholders, in a place of its own.
    Bench(Bench),
    /// Who was affected by what an account did, and by when they have to be told: 72 hours after it was found out.
    Breach {
        /// From this instant on.
        #[arg(long)]
        from: DateTime<Utc>,
        /// Up to this instant.
        #[arg(long)]
        until: DateTime<Utc>,
        /// Which account; any without it.
        #[arg(long)]
        by: Option<String>,
        /// When it was found out; now without it.
        #[arg(long)]
        found_out: Option<DateTime<Utc>>,
    },
    /// Notes that someone agreed to something.
    Consent(Said),
    /// Copies everything into an empty store of either kind, under the same key, and looks whether it is the same there.
    Copy {
        /// From where; `--store` is not asked.
        #[arg(long)]
        from: Place,
        /// Where to.
        #[arg(long)]
        to: Place,
    },
    /// How many people a segment holds, such as 'area:4163053000 and topic:문화 and consent:advertising'.
    Count(Asked),
    /// Notes that a duty to someone was done: of several the one that is due first. Destruction is done by `erase`.
    Done {
        #[command(flatten)]
        who: Who,
        /// Which duty.
        #[arg(long, value_enum)]
        duty: Owed,
        /// How that can be shown.
        #[arg(long)]
        evidence: String,
    },
    /// What the city owes to people, by the day: notices, confirmations, answers, destructions.
    Due {
        /// Up to this day.
        #[arg(long)]
        until: chrono::NaiveDate,
    },
    /// Erases someone for good; the ledger keeps that they were, and not who.
    Erase {
        #[command(flatten)]
        who: Who,
        /// On what ground, such as `request 2026-12`. It names no one.
        #[arg(long)]
        ground: String,
    },
    /// What is known of someone, for themselves: as JSON, in full.
    Export {
        #[command(flatten)]
        who: Who,
    },
    /// Brings people in from a CSV file or an XLSX workbook. Broken off, it is run once more and goes on.
    Import(Import),
    /// Puts the people of a segment into a new customer file (고객파일) at Kakao, for messages that are sent by hand from its
    /// partner centre: those who agreed that their data are given to someone else.
    KakaoFile(KakaoFile),
    /// Some people of a segment, masked.
    List {
        #[command(flatten)]
        asked: Asked,
        /// How many at the most.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Moves those whose district became another into it, by the table of districts. Those whose district was split are told
    /// of, and stay where they are until they say where they live.
    MoveAreas {
        /// The table, with the columns `hjd_code`, `name`, `from`, `to` and `successor`.
        #[arg(long)]
        areas: PathBuf,
        /// Only says who would be moved.
        #[arg(long)]
        dry_run: bool,
    },
    /// A new key, to be kept in a safe place.
    NewKey,
    /// Destroys what may be kept no longer: people who agree to nothing any more, and what is older than it has to be kept of
    /// the records of accesses and of rights. A job for each day.
    Purge {
        /// People whose destruction is due up to this day; without it whoever's is due at all.
        #[arg(long)]
        until: Option<chrono::NaiveDate>,
        /// On what ground, as the ledger notes it.
        #[arg(long, default_value = "retention ended")]
        ground: String,
        /// Only says how many.
        #[arg(long)]
        dry_run: bool,
    },
    /// Seals anew, under the key, what is sealed under the key of before.
    Reseal {
        /// How many people at a time.
        #[arg(long, default_value_t = 10_000)]
        step: usize,
    },
    /// Who may access people's data, and since when: each change is recorded, and kept for three years.
    Rights {
        #[command(subcommand)]
        asked: Option<RightsAsked>,
    },
    /// What is known of someone, masked, and why they are in a segment or not.
    Show {
        #[command(flatten)]
        who: Who,
        /// The segment.
        #[arg(long)]
        segment: Option<Segment>,
    },
    /// Reads the whole ledger of consents again, and names the first entry that was changed.
    Verify,
    /// Notes that someone withdrew what they agreed to.
    Withdraw(Said),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RightsAsked {
    /// Gives an account rights, or others than it had.
    Give {
        /// The account: one person's alone.
        #[arg(value_name = "ACCOUNT", value_parser = NonEmptyStringValueParser::new())]
        whose: String,
        /// What it may do, by the name that the city has for it.
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        rights: String,
    },
    /// Every change, in its order; first whether that was changed.
    Log,
    /// Takes all rights from an account, as at once when someone moves to another office.
    Take {
        /// The account.
        #[arg(value_name = "ACCOUNT", value_parser = NonEmptyStringValueParser::new())]
        whose: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct KakaoFile {
    /// Who is meant.
    pub(crate) segment: Segment,
    /// The channel by its name in this installation: who blocked or left it is left out.
    #[arg(long, value_parser = ChannelId::parse)]
    pub(crate) channel: ChannelId,
    /// The channel's public id at Kakao, such as `_ZeUTxl`.
    #[arg(long, value_parser = ChannelPublicId::parse)]
    pub(crate) public_id: ChannelPublicId,
    /// The file's name, which no other one has.
    #[arg(long)]
    pub(crate) name: String,
    /// The column of the area's code.
    #[arg(long)]
    pub(crate) area: Option<String>,
    /// A column that says whether someone wants a topic, such as `문화=culture`.
    #[arg(long = "topic", value_name = "TOPIC=COLUMN", value_parser = topic)]
    pub(crate) topics: Vec<(String, String)>,
    /// Who has no id in the city's app goes in by their number.
    #[arg(long)]
    pub(crate) phones: bool,
    /// The admin key of the city's app at Kakao.
    #[arg(long, env = "KAKAO_ADMIN_KEY", hide_env_values = true)]
    pub(crate) admin_key: String,
    /// Where Kakao is: another place for a rehearsal.
    #[arg(long)]
    pub(crate) base_url: Option<String>,
}

fn topic(text: &str) -> Result<(String, String), String> {
    let (topic, column) = text.split_once('=').ok_or("write the topic, `=` and its column")?;
    Ok((topic.to_owned(), column.to_owned()))
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Asks {
    Access,
    Correction,
    Erasure,
    Suspension,
}

impl From<Asks> for Request {
    fn from(asks: Asks) -> Self {
        match asks {
            Asks::Access => Self::Access,
            Asks::Correction => Self::Correction,
            Asks::Erasure => Self::Erasure,
            Asks::Suspension => Self::Suspension,
        }
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Owed {
    Answer,
    Confirmation,
    ResultNotice,
}

impl From<Owed> for DutyKind {
    fn from(owed: Owed) -> Self {
        match owed {
            Owed::Answer => Self::Answer,
            Owed::Confirmation => Self::Confirmation,
            Owed::ResultNotice => Self::ResultNotice,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// How many people.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) rows: u32,
    /// As JSON in one line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Asked {
    /// Who is meant.
    pub(crate) segment: Segment,
    /// The instant at which consents have to stand, such as 2026-11-27T16:00:00+09:00; now without it.
    #[arg(long)]
    pub(crate) at: Option<DateTime<Utc>>,
}

/// What someone said.
#[derive(Debug, clap::Args)]
pub(crate) struct Said {
    #[command(flatten)]
    pub(crate) who: Who,
    /// To what: `advertising`, `collection`, `night-advertising` or `third-party`.
    #[arg(long, value_parser = purpose)]
    pub(crate) purpose: Purpose,
    /// How that can be shown.
    #[arg(long)]
    pub(crate) evidence: String,
}

fn purpose(text: &str) -> Result<Purpose, String> {
    let others = "it is advertising, collection, night-advertising or third-party";
    Purpose::from_code(text).filter(|purpose| *purpose != Purpose::PublicSafety).ok_or_else(|| others.to_owned())
}

/// One person.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Who {
    /// By their number.
    #[arg(long)]
    phone: Option<String>,
    /// By their id in the city's app.
    #[arg(long)]
    app_user: Option<String>,
    /// By the id that Kakao gives for those who are not connected to the app.
    #[arg(long)]
    open_id: Option<String>,
    /// By their key in a channel, such as yangju-city:KEY.
    #[arg(long)]
    channel_user: Option<String>,
}

impl Who {
    pub(crate) fn identity(&self) -> Result<Identity, String> {
        if let Some(phone) = &self.phone {
            return PhoneNumber::parse(phone).map(Identity::Phone).map_err(|error| format!("--phone: {error}"));
        }
        if let Some(user) = &self.channel_user {
            let parts = user.split_once(':').and_then(|(channel, key)| Some((ChannelId::parse(channel).ok()?, key)));
            let (channel, key) = parts.ok_or("--channel-user: write the channel's name, `:` and the key")?;
            return Ok(Identity::ChannelUser { channel, key: key.to_owned() });
        }
        let app = self.app_user.clone().map(Identity::AppUser);
        app.or_else(|| self.open_id.clone().map(Identity::OpenId)).ok_or_else(|| "no one is named".to_owned())
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The file: CSV or XLSX, with column headings.
    pub(crate) file: PathBuf,
    /// The table of the city's districts, with the columns `hjd_code`, `name`, `from` and `to`.
    #[arg(long)]
    pub(crate) areas: PathBuf,
    /// A column of another heading than those that are guessed, such as `휴대전화=비상연락망`.
    #[arg(long = "column", value_name = "COLUMN=HEADING", value_parser = column)]
    pub(crate) columns: Vec<(Column, String)>,
    /// Only says what would be brought in.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Brings in no one where one row is bad; without it the good rows are brought in and the bad ones told.
    #[arg(long)]
    pub(crate) all_or_nothing: bool,
    /// Writes what is wrong with bad rows to this file, as CSV.
    #[arg(long)]
    pub(crate) report: Option<PathBuf>,
}

fn column(text: &str) -> Result<(Column, String), String> {
    let names = || Column::ALL.map(Column::name).join(", ");
    let (name, heading) = text.split_once('=').ok_or("write the column, `=` and its heading")?;
    let column = Column::ALL.into_iter().find(|column| column.name() == name);
    column.map(|column| (column, heading.to_owned())).ok_or_else(|| format!("`{name}` is none of {}", names()))
}

/// Where people are kept.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Postgres(String),
    Sqlite(PathBuf),
}

impl std::str::FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            _ => Err("a store is sqlite:PATH or postgres://name@host/database".to_owned()),
        }
    }
}

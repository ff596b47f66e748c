//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use sosik::schedule::{ContentClass, MessageClass, Product, Roll};

/// When a message may go, and why not now.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// May this message go, and when?
    Decide(Decide),
    /// Korea's public holidays by the decree, other than Sundays.
    Holidays(Holidays),
    /// Reads a policy file and writes it again, in TOML or JSON; or the city's own policy, to begin with.
    Policy(PolicyFile),
    /// Every rule with its source and the days on which it holds.
    Rules(Rules),
    /// The slots to come, and when each goes.
    Slots(Slots),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Holidays {
    /// The first year.
    #[arg(long)]
    pub(crate) from: i32,
    /// The last year.
    #[arg(long)]
    pub(crate) to: i32,
    /// A temporary holiday proclaimed since, such as 2027-05-06. May stand more than once.
    #[arg(long, value_name = "DATE")]
    pub(crate) temporary: Vec<NaiveDate>,
    /// As iCalendar instead of CSV.
    #[arg(long)]
    pub(crate) ics: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Slots {
    /// The rule of recurrence (RFC 5545).
    #[arg(long, default_value = "FREQ=WEEKLY;BYDAY=FR")]
    pub(crate) rule: String,
    /// The time of day.
    #[arg(long, default_value = "15:00", value_parser = time)]
    pub(crate) time: NaiveTime,
    /// The zone, by its IANA name.
    #[arg(long, default_value = "Asia/Seoul")]
    pub(crate) tz: Tz,
    /// The first date; today without it.
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// How many slots.
    #[arg(long, default_value_t = 12)]
    pub(crate) count: usize,
    /// The recurrence alone: nothing moves.
    #[arg(long)]
    pub(crate) raw: bool,
    /// Where a slot goes that falls on a day of rest; what the policy says without it.
    #[arg(long, value_parser = PossibleValuesParser::new(Roll::ALL.map(Roll::code)))]
    pub(crate) roll: Option<String>,
    #[command(flatten)]
    pub(crate) facts: Facts,
    /// What the messages are.
    #[arg(long, default_value = "advertising", value_parser = classes())]
    pub(crate) class: String,
    /// By what they go.
    #[arg(long, value_parser = products())]
    pub(crate) product: Option<String>,
    /// What they are about; without it the regular elections are not asked about.
    #[arg(long, value_parser = contents())]
    pub(crate) content: Option<String>,
    /// As JSON instead of a table.
    #[arg(long, conflicts_with = "ics")]
    pub(crate) json: bool,
    /// As iCalendar instead of a table.
    #[arg(long)]
    pub(crate) ics: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Decide {
    /// What the message is.
    #[arg(long, value_parser = classes())]
    pub(crate) class: String,
    /// The instant at which it is asked, such as 2026-11-27T21:30:00+09:00.
    #[arg(long)]
    pub(crate) at: DateTime<FixedOffset>,
    /// The message's slot; the instant of the question without it.
    #[arg(long)]
    pub(crate) slot: Option<DateTime<FixedOffset>>,
    /// By what it goes.
    #[arg(long, value_parser = products())]
    pub(crate) product: Option<String>,
    /// What it is about, by the exceptions of the election rules; without it the regular elections are not asked about.
    #[arg(long, value_parser = contents())]
    pub(crate) content: Option<String>,
    /// Whether everyone who gets it consented to advertisements at night.
    #[arg(long)]
    pub(crate) night_consent: bool,
    /// How many people get it.
    #[arg(long, default_value_t = 0)]
    pub(crate) recipients: u32,
    /// Who invokes an emergency.
    #[arg(long)]
    pub(crate) by: Option<String>,
    #[command(flatten)]
    pub(crate) facts: Facts,
    /// As JSON instead of sentences.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What holds.
#[derive(Debug, clap::Args)]
pub(crate) struct Facts {
    /// A policy file (TOML, or JSON by its name); what holds in all Korea without it (for slots: in a city).
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A day on which the city's head is elected. May stand more than once.
    #[arg(long, value_name = "DATE")]
    pub(crate) election: Vec<NaiveDate>,
    /// A temporary holiday proclaimed since. May stand more than once.
    #[arg(long, value_name = "DATE")]
    pub(crate) temporary: Vec<NaiveDate>,
    /// Other holidays than Korea's: an iCalendar file.
    #[arg(long, value_name = "FILE")]
    pub(crate) holidays: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PolicyFile {
    /// The file; the city's own policy without it.
    pub(crate) file: Option<PathBuf>,
    /// As JSON instead of TOML.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rules {
    /// The sentences in Korean.
    #[arg(long)]
    pub(crate) korean: bool,
}

fn time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "a time of day is such as 15:00".to_owned())
}

fn classes() -> PossibleValuesParser {
    // `emergency` is short for the highest level.
    MessageClass::ALL.iter().map(|class| class.code()).chain(["emergency"]).collect::<Vec<_>>().into()
}

fn contents() -> PossibleValuesParser {
    ContentClass::ALL.iter().map(|content| content.code()).collect::<Vec<_>>().into()
}

fn products() -> PossibleValuesParser {
    Product::ALL.iter().map(|product| product.code()).collect::<Vec<_>>().into()
}

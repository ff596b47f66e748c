//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use sosik::registry::Segment;

/// A city's subscribers: who they are by number alone, what they agreed to, and whether that was changed.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    /// Where they are kept: sqlite:PATH.
    #[arg(long, default_value = "sqlite:sosik.db", value_parser = store)]
    pub(crate) store: PathBuf,
    /// The key under which numbers are sealed, 64 hexadecimal digits.
    #[arg(long, env = "SOSIK_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measures imports, counts and the ledger with placeholders, in a folder of its own.
    Bench(Bench),
    /// How many people a segment holds, such as 'area:4163053000 and topic:문화 and consent:advertising'.
    Count(Count),
    /// Brings people in from a CSV file, all of them or none.
    Import(Import),
    /// A new key, to be kept in a safe place.
    NewKey,
    /// Reads the whole ledger of consents again, and names the first entry that was changed.
    Verify,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// How many people.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) rows: u32,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Count {
    /// Who is meant.
    pub(crate) segment: Segment,
    /// The instant at which consents have to stand, such as 2026-11-27T16:00:00+09:00; now without it.
    #[arg(long)]
    pub(crate) at: Option<DateTime<Utc>>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The file, with Korean column headings.
    pub(crate) file: PathBuf,
    /// The table of the city's districts, with the columns `hjd_code`, `name`, `from` and `to`.
    #[arg(long)]
    pub(crate) areas: PathBuf,
    /// Only says what would be brought in.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

fn store(text: &str) -> Result<PathBuf, String> {
    match text.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Ok(path.into()),
        _ => Err("a store is sqlite:PATH".to_owned()),
    }
}

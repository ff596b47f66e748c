//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Parser, ValueEnum};

/// A city's Friday edition, from its blog to its citizens' phones.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Args {
    /// The blog's feed; a sample of Yangju's without it.
    #[arg(long)]
    pub(crate) feed: Option<PathBuf>,
    /// The city's settings; Yangju's without it.
    #[arg(long)]
    pub(crate) config: Option<PathBuf>,
    /// A CSV file of subscribers; 1,000 placeholders without it.
    #[arg(long)]
    pub(crate) subscribers: Option<PathBuf>,
    /// The instant at which the rehearsal's clock starts, such as 2026-11-27T15:00:00+09:00; the slot without it.
    #[arg(long)]
    pub(crate) now: Option<DateTime<Utc>>,
    /// The folder for everything that is written.
    #[arg(long, default_value = "target/yangju-weekly")]
    pub(crate) out: PathBuf,
    /// Draws, composes and counts, and sends nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// By which way: to the people of the registry, to all friends of the channel, or as a kit for a clerk's hands.
    #[arg(long, value_enum, default_value_t = Way::Recipients)]
    pub(crate) route: Way,
    /// Writes down this account's word that the kit was sent, and ends.
    #[arg(long, value_name = "ACCOUNT", requires = "sent_at")]
    pub(crate) attest: Option<String>,
    /// With --attest: when it was sent, such as 2026-11-27T15:20:00+09:00.
    #[arg(long, requires = "attest")]
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// With --attest: the edition, such as `yangju-city-2026-W48`, where more than one waits.
    #[arg(long, requires = "attest")]
    pub(crate) edition: Option<String>,
    /// With --attest: to how many, as the console shows.
    #[arg(long, requires = "attest")]
    pub(crate) sent_to: Option<u64>,
    /// With --attest: the console's number of the message.
    #[arg(long, requires = "attest")]
    pub(crate) number: Option<String>,
    /// With --attest: a second account that looked at it.
    #[arg(long, requires = "attest")]
    pub(crate) checked_by: Option<String>,
    /// Who carries the messages.
    #[arg(long, value_enum, default_value_t = Provider::Emulator)]
    pub(crate) provider: Provider,
    /// The key that seals phone numbers, as 64 hexadecimal digits; else it is kept in `sosik.key` in the folder.
    #[arg(long, env = "SOSIK_KEY", hide_env_values = true)]
    pub(crate) key: Option<String>,
    /// Bizgo's API key.
    #[arg(long, env = "BIZGO_API_KEY", hide_env_values = true)]
    pub(crate) bizgo_key: Option<String>,
    /// The key of the channel's sender profile (발신프로필) at Bizgo.
    #[arg(long, env = "BIZGO_SENDER_KEY", hide_env_values = true)]
    pub(crate) bizgo_sender: Option<String>,
    /// Another host than Bizgo's, such as an emulator on this machine.
    #[arg(long, env = "BIZGO_BASE_URL")]
    pub(crate) bizgo_url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Way {
    /// To all friends of the channel, by one group send of the dealer.
    Friends,
    /// A folder with which a clerk sends it in Kakao's own console.
    Kit,
    /// To each subscriber who agreed.
    Recipients,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Provider {
    /// An emulator in this process: nothing is really sent.
    Emulator,
    /// Bizgo, with the credentials of the environment.
    Bizgo,
}

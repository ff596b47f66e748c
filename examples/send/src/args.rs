//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use sosik::PhoneNumber;

/// One message by either dealer.
///
/// Keys come from the environment: `BIZGO_API_KEY` and `BIZGO_SENDER_KEY`, or `SOLAPI_API_KEY`, `SOLAPI_API_SECRET` and
/// `SOLAPI_PF_ID`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) send: Send,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What the dealers take: every limit with its unit, source and date.
    Limits(Limits),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Limits {
    /// Of one dealer only.
    #[arg(long)]
    pub(crate) provider: Option<Provider>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Send {
    /// By whom.
    #[arg(long, required = true)]
    pub(crate) provider: Option<Provider>,
    /// Another address than the dealer's own: an emulator, a proxy.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// What it is. A carousel and an Alimtalk are told in a file.
    #[arg(long = "type", required = true)]
    pub(crate) kind: Option<Kind>,
    /// To whom: a mobile number. May stand more than once.
    #[arg(long, value_name = "NUMBER", required = true, value_parser = number)]
    pub(crate) to: Vec<PhoneNumber>,
    /// The message as JSON, instead of the options below.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "title", "from", "picture", "alt", "button"])]
    pub(crate) file: Option<PathBuf>,
    /// The words.
    #[arg(long)]
    pub(crate) text: Option<String>,
    /// The title of a long text.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The registered number that a text comes from.
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    pub(crate) from: Option<PhoneNumber>,
    /// The picture of a wide message, as JPEG or PNG.
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// What the picture shows, for those who cannot see it.
    #[arg(long)]
    pub(crate) alt: Option<String>,
    /// A button, as `label=https://…`. May stand more than once.
    #[arg(long, value_name = "LABEL=URL")]
    pub(crate) button: Vec<String>,
    /// Check it, and send nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// How long to wait for receipts, in seconds.
    #[arg(long, default_value_t = 10)]
    pub(crate) wait: u64,
}

/// The dealers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Provider {
    Bizgo,
    Solapi,
}

/// The kinds of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A brand message of words.
    Text,
    /// A brand message of a wide picture and a line of words.
    Wide,
    /// A brand message of cards to swipe through.
    Carousel,
    /// An informational message by an approved template.
    Alimtalk,
    /// A text message, short or long by its length.
    Sms,
}

fn number(text: &str) -> Result<PhoneNumber, String> {
    PhoneNumber::parse(text).map_err(|error| error.to_string())
}

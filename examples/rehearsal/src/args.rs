//! The command line.

use std::net::SocketAddr;

use clap::{Parser, Subcommand, ValueEnum};

/// Friday before Friday: placeholder citizens, a campaign to all of them, and a dealer on this machine who counts.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) part: Option<Part>,
    #[command(flatten)]
    pub(crate) rehearse: Rehearse,
}

/// What to rehearse.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Rehearse {
    /// How many citizens.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) recipients: u32,
    /// Where they and the campaign are kept: `sqlite:PATH` of a new file, or `postgres:URL` of a database, in which a schema
    /// is made that stays. A new file in a temporary folder without it.
    #[arg(long, value_name = "WHERE")]
    pub(crate) store: Option<String>,
    /// How workers tell one another what there is to do: `nats:URL` of a server with JetStream, where a stream is made that
    /// goes away with the rehearsal. Each asks the store without it.
    #[arg(long, value_name = "WHERE")]
    pub(crate) queue: Option<String>,
    /// Recipients of a request.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) batch: usize,
    /// Worker processes at a time.
    #[arg(long, default_value_t = 1)]
    pub(crate) workers: u32,
    /// How many times a worker is killed (SIGKILL), at random moments.
    #[arg(long, default_value_t = 0)]
    pub(crate) kills: u32,
    /// What goes wrong at the dealer, with a few of a hundred calls each.
    #[arg(long, value_delimiter = ',')]
    pub(crate) faults: Vec<Trouble>,
    /// Also measures the same requests to the same dealer without any ledger, which knows of nothing that goes wrong.
    #[arg(long, conflicts_with = "faults")]
    pub(crate) baseline: bool,
    /// A command for the shell, run when half of them have it: such as one that restarts the database.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) halfway: Option<String>,
    /// The result as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// By what the random moments are chosen.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// What goes wrong at the dealer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Trouble {
    /// No answer for longer than is waited for.
    Timeouts,
    /// The dealer is away.
    #[value(name = "503")]
    Away,
    /// Too many requests.
    #[value(name = "429")]
    TooMany,
    /// What was sent is taken, and the answer is lost.
    DropAfterAccept,
    /// Answers that take their time.
    Slow,
    /// Receipts that come seconds later.
    LateReceipts,
    /// Receipts that the dealer sends by itself, the latest first and every third one twice.
    DuplicateReceipts,
}

/// The parts that are processes of their own; the rehearsal starts them itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// The dealer.
    #[command(hide = true)]
    Dealer(Dealer),
    /// A worker.
    #[command(hide = true)]
    Worker(Worker),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Dealer {
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) ahead: i64,
    #[arg(long, value_delimiter = ',')]
    pub(crate) faults: Vec<Trouble>,
    /// Where it sends receipts by itself.
    #[arg(long)]
    pub(crate) webhook: Option<String>,
    #[arg(long)]
    pub(crate) seed: u64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Worker {
    #[arg(long)]
    pub(crate) store: String,
    #[arg(long)]
    pub(crate) queue: Option<String>,
    #[arg(long)]
    pub(crate) dealer: String,
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) ahead: i64,
    #[arg(long)]
    pub(crate) name: String,
}

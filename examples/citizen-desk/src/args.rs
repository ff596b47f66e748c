use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};

use crate::load::Load;

/// A city's window and pages: the desk for staff, the archive, the chatbot and what Kakao posts, on SQLite.
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8780")]
    pub(crate) listen: SocketAddr,

    /// The folder in which everything is kept
    #[arg(long, default_value = "target/citizen-desk")]
    pub(crate) data: PathBuf,

    /// The settings of a city, such as data/city.toml of this program's source; the demo city without
    #[arg(long)]
    pub(crate) config: Option<PathBuf>,

    /// Where citizens reach it, without a slash at its end; else the address
    #[arg(long)]
    pub(crate) public: Option<String>,

    /// The header in which the proxy before it writes from where a request comes, such as x-forwarded-for
    #[arg(long, requires = "public")]
    pub(crate) proxy_header: Option<String>,

    /// Gives officer-1 a new password, for whoever has none left who may
    #[arg(long)]
    pub(crate) reset_officer: bool,

    /// Plays the Kakao side: starts an emulator, and a page on which to talk with the chatbot
    #[arg(long)]
    pub(crate) emulator: bool,

    /// A clock that says so when the program starts, such as 2026-12-04T15:10:00+09:00: for a rehearsal with --emulator, by which
    /// nothing really goes out
    #[arg(long, requires = "emulator")]
    pub(crate) at: Option<DateTime<Utc>>,

    /// The primary admin key of the city's app at Kakao
    #[arg(long, env = "SOSIK_KAKAO_ADMIN_KEY", hide_env_values = true)]
    pub(crate) admin_key: Option<String>,

    /// The value of the header X-Sosik-Secret in the skill's settings
    #[arg(long, env = "SOSIK_SKILL_SECRET", hide_env_values = true)]
    pub(crate) skill_secret: Option<String>,

    /// The REST key of the city's app, with which the chatbot of the settings speaks first
    #[arg(long, env = "SOSIK_KAKAO_REST_KEY", hide_env_values = true)]
    pub(crate) rest_key: Option<String>,

    /// The token of the city's bot at the Bot API, where Kakao admitted one
    #[arg(long, env = "SOSIK_BOT_TOKEN", hide_env_values = true)]
    pub(crate) bot_token: Option<String>,

    /// The value of the header X-Sosik-Secret in the bot's settings
    #[arg(long, env = "SOSIK_BOT_SECRET", hide_env_values = true)]
    pub(crate) bot_secret: Option<String>,

    /// The key of the city's account at Bizgo, by which editions go out
    #[arg(long, env = "BIZGO_API_KEY", hide_env_values = true)]
    pub(crate) bizgo_key: Option<String>,

    /// The key of the channel's sender profile at Bizgo
    #[arg(long, env = "BIZGO_SENDER_KEY", hide_env_values = true)]
    pub(crate) bizgo_sender: Option<String>,

    /// The secret with which Bizgo signs its webhooks, posted to /receipts/bizgo
    #[arg(long, env = "BIZGO_WEBHOOK_SECRET", hide_env_values = true)]
    pub(crate) bizgo_webhook_secret: Option<String>,

    /// The bearer token for /metrics; needed where others than this machine can reach the address
    #[arg(long, env = "SOSIK_METRICS_TOKEN", hide_env_values = true)]
    pub(crate) metrics_token: Option<String>,
}

/// What it does but serve.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Tells a server of its own of people, as Kakao does, so many times a second, and measures how soon it is answered
    Load(Load),
}

impl fmt::Debug for Args {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Args").field("listen", &self.listen).field("data", &self.data).finish_non_exhaustive()
    }
}

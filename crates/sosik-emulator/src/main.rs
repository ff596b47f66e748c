//! The emulator as a program.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use sosik_core::{ShiftedClock, SystemClock};
use sosik_emulator::{BotHook, Emulator, Options, Skill};

/// A strict loopback stand-in for the message dealers Bizgo and SOLAPI, and Kakao's channel API.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The address on this machine to listen on.
    #[arg(long, default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// The API key to take as Bizgo.
    #[arg(long)]
    bizgo_key: String,
    /// The API key to take as SOLAPI.
    #[arg(long, requires = "solapi_secret")]
    solapi_key: Option<String>,
    /// The secret of the key for SOLAPI.
    #[arg(long, requires = "solapi_key")]
    solapi_secret: Option<String>,
    /// The admin key to take as Kakao.
    #[arg(long)]
    kakao_key: Option<String>,
    /// The token to take as the Bot API.
    #[arg(long)]
    bot_token: Option<String>,
    /// The address on this machine of a bot's webhook, with which the page `/_emulator/chat?door=bot` talks.
    #[arg(long, requires = "bot_token")]
    bot_webhook: Option<String>,
    /// The address on this machine of a skill, with which the page `/_emulator/chat` talks.
    #[arg(long)]
    skill: Option<String>,
    /// A header with its value, such as `x-sosik-secret: SECRET`, for both.
    #[arg(long)]
    chat_header: Option<String>,
    /// The folder in which to keep what was taken; in memory without it.
    #[arg(long)]
    state: Option<PathBuf>,
    /// The instant at which its clock starts, such as 2026-11-27T15:00:00+09:00; the machine's time without it.
    #[arg(long)]
    now: Option<DateTime<Utc>>,
    /// The share of messages that KakaoTalk does not deliver, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    kakao_failures: f64,
    /// The share of texts that the carriers do not deliver, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    text_failures: f64,
    /// The share of sendings whose answer is lost, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    lost_answers: f64,
    /// The share of receipts that come twice, 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    repeated_receipts: f64,
    /// The address on this machine to which Bizgo's receipts are sent.
    #[arg(long, requires = "bizgo_webhook_secret")]
    bizgo_webhook: Option<String>,
    /// The secret by which they are signed.
    #[arg(long, requires = "bizgo_webhook")]
    bizgo_webhook_secret: Option<String>,
    /// The address on this machine to which SOLAPI's reports are sent.
    #[arg(long)]
    solapi_webhook: Option<String>,
    /// How many friends a channel has at Bizgo.
    #[arg(long, default_value_t = 12_000)]
    friends: u64,
    /// Milliseconds from a message to its receipt.
    #[arg(long, default_value_t = 500)]
    receipt_delay: i64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            print(&format!("error: {text}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut options = Options::new(arguments.bizgo_key)
        .with_failures(arguments.kakao_failures, arguments.text_failures)
        .with_lost_answers(arguments.lost_answers)
        .with_repeated_receipts(arguments.repeated_receipts)
        .with_friends(arguments.friends)
        .with_receipt_delay(TimeDelta::milliseconds(arguments.receipt_delay));
    if let (Some(key), Some(secret)) = (arguments.solapi_key, arguments.solapi_secret) {
        options = options.with_solapi(key, secret);
    }
    if let (Some(url), Some(secret)) = (arguments.bizgo_webhook, arguments.bizgo_webhook_secret) {
        options = options.with_bizgo_webhook(url, secret);
    }
    if let Some(url) = arguments.solapi_webhook {
        options = options.with_solapi_webhook(url);
    }
    if let Some(key) = arguments.kakao_key {
        options = options.with_kakao(key);
    }
    if let Some(token) = arguments.bot_token {
        options = options.with_bot(token);
    }
    if let Some(now) = arguments.now {
        options = options.with_clock(Arc::new(ShiftedClock::starting_at(now, Arc::new(SystemClock::new()))));
    }
    if let Some(folder) = arguments.state {
        options = options.with_state(folder);
    }
    let header = match &arguments.chat_header {
        Some(header) => Some(header.split_once(':').ok_or("--chat-header: a name, a colon and a value")?),
        None => None,
    };
    let emulator = Emulator::start(arguments.listen, options).await?;
    if let Some(url) = arguments.skill {
        let skill = Skill::at(url).with_callback();
        emulator.play(header.iter().fold(skill, |skill, (name, value)| skill.with_header(*name, value.trim())));
    }
    if let Some(url) = arguments.bot_webhook {
        let hook = BotHook::at(url);
        emulator.play_bot(header.iter().fold(hook, |hook, (name, value)| hook.with_header(*name, value.trim())));
    }
    print(&format!("sosik-emulator listens on {}", emulator.url()));
    tokio::select! {
        stopped = emulator.wait() => stopped?,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a program speaks to whoever started it")]
fn print(text: &str) {
    println!("{text}");
}

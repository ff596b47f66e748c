//! A city's Friday edition, from its blog to its citizens' phones.

mod args;
mod carrier;
mod config;
mod edition;
mod failure;
mod people;
mod report;
mod screen;
mod send;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sosik::schedule::{KoreanCalendar, MessageClass, Request, SendWindow, Verdict, decide};
use sosik::{Clock, ShiftedClock, SystemClock};

use crate::args::{Args, Provider};
use crate::config::City;
use crate::failure::Failure;
use crate::report::Report;
use crate::screen::say;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a program says what went wrong")]
fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}

async fn run(args: &Args) -> Result<(), Failure> {
    let city = City::read(args.config.as_deref())?;
    let feed = edition::read(args.feed.as_deref())?;
    let mut folder = send::Folder::take(&args.out)?;

    // A rehearsal begins at the slot after the newest post; a real run is now.
    let system: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let newest = feed.posts.iter().filter_map(|post| post.published).max();
    let real = args.provider == Provider::Bizgo && args.now.is_none();
    let start = args.now.or(newest.filter(|_| !real)).unwrap_or_else(|| system.now());
    let nominal = if real { city.slot.this_week(start) } else { city.slot.next(start) };
    let nominal = if args.now.is_some() { city.slot.this_week(start) } else { nominal };
    let request = Request::new(MessageClass::Advertising, nominal, city.slot.zone())
        .with_window(SendWindow::kakao_brand_message());
    let ask = |now| decide(&request, &KoreanCalendar::new(), now);
    let now = if args.now.is_some() || real { start } else { ask(start).due };
    let decision = ask(now);
    for reason in &decision.reasons {
        say(&format!("decided  [{}] {} / {}", reason.code, reason.english, reason.korean));
    }

    let made = edition::make(&city, &feed.posts, nominal, &decision)?;
    let mut report = Report::new(nominal, city.slot.zone(), &decision);
    let begin = match decision.verdict {
        Verdict::Send => now,
        Verdict::Wait { until, .. } if !real => until,
        Verdict::Wait { until, .. } => {
            send::wait_until(until, city.slot.zone());
            return Ok(());
        }
        _ => {
            return Err(Failure::new(
                "it is too late for this edition: a person has to decide (see the reasons above)",
            ));
        }
    };
    // A rehearsal that goes on where another stopped does not turn its clock back.
    let begin = if real { begin } else { folder.last.map_or(begin, |last| begin.max(last)) };
    let clock: Arc<dyn Clock> = if real { system } else { Arc::new(ShiftedClock::starting_at(begin, system)) };
    send::deliver(args, &city, made, nominal, decision.due, &clock, &mut folder, &mut report).await
}

//! The dealer: the emulator in a process of its own.

use sosik_emulator::{Emulator, Fault, Options};

use crate::args::{self, Trouble};
use crate::city;
use crate::failure::Failure;

/// Its key and secret.
pub(crate) const KEY: (&str, &str) = ("REHEARSAL", "REHEARSAL-SECRET");

/// How many of a hundred calls each fault strikes.
const SHARE: f64 = 0.03;

/// How many of its receipts come twice, where some do.
const TWICE: f64 = 1.0 / 3.0;

/// How long a worker waits for an answer.
pub(crate) const PATIENCE_MILLISECONDS: u64 = 2_000;

/// Serves until it is ended.
pub(crate) async fn serve(args: &args::Dealer) -> Result<(), Failure> {
    let mut options = Options::new("UNUSED")
        .with_solapi(KEY.0, KEY.1)
        .with_clock(city::clock(args.ahead))
        .without_rates()
        .without_contents();
    options.seed = args.seed;
    options = options.with_receipt_delay(chrono::TimeDelta::zero());
    if let Some(url) = &args.webhook {
        options = options.with_solapi_webhook(url);
    }
    for trouble in &args.faults {
        options = match trouble {
            Trouble::Timeouts => options.with_fault(Fault::silence(PATIENCE_MILLISECONDS * 3 / 2), SHARE / 3.0),
            Trouble::Away => options.with_fault(Fault::status(503), SHARE),
            Trouble::TooMany => options.with_fault(Fault::too_many(1), SHARE),
            // Of every call, and of a group's sending above all.
            Trouble::DropAfterAccept => options.with_fault(Fault::NoAnswer, SHARE).with_lost_answers(4.0 * SHARE),
            Trouble::Slow => options.with_fault(Fault::slow(PATIENCE_MILLISECONDS / 8), SHARE),
            Trouble::DuplicateReceipts => options.with_repeated_receipts(TWICE).with_shuffled_webhooks(),
            Trouble::LateReceipts => options.with_receipt_delay(chrono::TimeDelta::seconds(3)),
        };
    }
    let emulator = Emulator::start(args.listen, options).await.map_err(Failure::at("the dealer"))?;
    crate::say(&emulator.url());
    std::future::pending::<()>().await;
    Ok(())
}

//! The dealer: the emulator in a process of its own.

use sosik_emulator::{Emulator, Fault, Options};

use crate::args::{self, Trouble};
use crate::city;
use crate::failure::Failure;

/// Its key and secret.
pub(crate) const KEY: (&str, &str) = ("REHEARSAL", "REHEARSAL-SECRET");

/// How many of a hundred calls each fault strikes.
const SHARE: f64 = 0.03;

/// How long a worker waits for an answer where answers may fail to come.
pub(crate) const PATIENCE_MILLISECONDS: u64 = 1_000;

/// Serves until it is ended.
pub(crate) async fn serve(args: &args::Dealer) -> Result<(), Failure> {
    let mut options =
        Options::new("UNUSED").with_solapi(KEY.0, KEY.1).with_clock(city::clock(args.ahead)).without_rates();
    options.seed = args.seed;
    options = options.with_receipt_delay(chrono::TimeDelta::zero());
    for trouble in &args.faults {
        options = match trouble {
            Trouble::Timeouts => options.with_fault(Fault::silence(2 * PATIENCE_MILLISECONDS), SHARE / 3.0),
            Trouble::Away => options.with_fault(Fault::status(503), SHARE),
            Trouble::TooMany => options.with_fault(Fault::too_many(1), SHARE),
            Trouble::DropAfterAccept => options.with_lost_answers(SHARE),
            Trouble::Slow => options.with_fault(Fault::slow(PATIENCE_MILLISECONDS / 4), SHARE),
            Trouble::LateReceipts => options.with_receipt_delay(chrono::TimeDelta::seconds(3)),
            Trouble::DuplicateReceipts => options.with_repeated_receipts(0.1),
        };
    }
    let emulator = Emulator::start(args.listen, options).await.map_err(Failure::at("the dealer"))?;
    crate::say(&emulator.url());
    std::future::pending::<()>().await;
    Ok(())
}

//! The same requests to the same dealer, without any ledger: what is lost or twice nobody would know.

use std::sync::Arc;
use std::time::Instant;

use sosik::PhoneNumber;
use sosik::channel::{Audience, Recipient, Submission};

use crate::city;
use crate::failure::Failure;
use crate::worker::transport;

/// Sends to so many, and tells how many recipients a second were taken.
pub(crate) async fn rate(url: &str, recipients: u32, batch: usize, ahead: i64) -> Result<f64, Failure> {
    let transport = transport(url, city::clock(ahead))?;
    let message = Arc::new(city::message()?);
    let start = now();
    let numbers: Vec<u32> = (1..=recipients).collect();
    for (at, numbers) in numbers.chunks(batch.max(1)).enumerate() {
        let recipient = |number: &u32| {
            // Other numbers than those of the campaign, so that the dealer can tell both apart.
            let phone = PhoneNumber::parse(&format!("011-{:04}-{:04}", number / 10_000, number % 10_000));
            Ok(Recipient::new(format!("baseline-{number}"), phone.map_err(Failure::at("a placeholder number"))?))
        };
        let people = numbers.iter().map(recipient).collect::<Result<Vec<_>, Failure>>()?;
        let submission = Submission::new(format!("baseline-{at}"), Arc::clone(&message), Audience::Named(people));
        let taken = transport.submit(&submission).await.map_err(Failure::at("the dealer"))?.accepted();
        if taken != numbers.len() {
            return Err(Failure::new(format!("the dealer took {taken} of {}", numbers.len())));
        }
    }
    Ok(f64::from(recipients) / start.elapsed().as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "it measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

use chrono::{DateTime, Utc};

/// A token bucket that holds one second's worth, starts full and is refilled all the time.
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: f64,
    tokens: f64,
    updated: DateTime<Utc>,
}

/// A fiftieth of a second's worth is forgiven: the clocks of two processes are never quite one.
const GRACE: f64 = 0.02;

impl Bucket {
    pub(crate) fn new(rate: u32, now: DateTime<Utc>) -> Self {
        let rate = f64::from(rate);
        Self { rate, tokens: rate, updated: now }
    }

    /// Takes `cost` tokens, or tells how many whole seconds to wait.
    pub(crate) fn take(&mut self, cost: f64, now: DateTime<Utc>) -> Result<(), u64> {
        let passed = now.signed_duration_since(self.updated).as_seconds_f64().max(0.0);
        self.tokens = (self.tokens + passed * self.rate).min(self.rate);
        self.updated = now;
        let missing = cost - self.tokens - self.rate * GRACE;
        if missing > 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small positive number of seconds"
            )]
            return Err((missing / self.rate).ceil() as u64);
        }
        self.tokens -= cost;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;

    #[test]
    fn a_second_gives_a_second_s_worth() {
        let start = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
        let mut bucket = Bucket::new(200, start);
        assert_eq!(bucket.take(200.0, start), Ok(()));
        assert_eq!(bucket.take(1.0 + 200.0 * GRACE, start), Err(1));
        assert_eq!(bucket.take(200.0, start + TimeDelta::milliseconds(900)), Err(1));
        assert_eq!(bucket.take(200.0, start + TimeDelta::seconds(1)), Ok(()));
        assert_eq!(bucket.take(200.0, start + TimeDelta::seconds(100)), Ok(()));
        assert_eq!(bucket.take(200.0, start + TimeDelta::seconds(100)), Err(1));
    }
}

//! How many calls a second are taken of whoever may make them.

use std::sync::{Mutex, PoisonError};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};

/// Calls a second that are taken unless it is set: above what a city of a million people is told in its busiest second, and about as
/// many as a server on SQLite keeps on two cores (`citizen-desk load`).
pub const MOST_A_SECOND: u32 = 5_000;

/// A bucket of calls that fills by the clock, with room for one second's.
///
/// Only calls of those who showed who they are take something out of it: a stranger who makes many cannot keep Kakao out.
#[derive(Debug)]
pub(crate) struct Rate {
    most: u32,
    left: Mutex<Option<(DateTime<Utc>, i64)>>,
}

/// Parts of a call: what a microsecond brings of one call a second.
const CALL: i64 = 1_000_000;

impl Rate {
    pub(crate) fn of(most: u32) -> Self {
        Self { most: most.max(1), left: Mutex::new(None) }
    }

    /// Takes a call out of it; else what is answered.
    pub(crate) fn take(&self, now: DateTime<Utc>) -> Result<(), TooMany> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let full = i64::from(self.most) * CALL;
        let had = left.map_or(full, |(at, had)| {
            // A clock that was put back brings nothing, and takes nothing away.
            let passed = (now - at).clamp(TimeDelta::zero(), TimeDelta::seconds(1));
            full.min(had + passed.num_microseconds().unwrap_or(CALL) * i64::from(self.most))
        });
        let is_taken = had >= CALL;
        *left = Some((now, if is_taken { had - CALL } else { had }));
        if is_taken {
            return Ok(());
        }
        tracing::warn!(most = self.most, "more calls a second than are taken");
        Err(TooMany)
    }
}

/// More calls a second than are taken: none of it was done.
#[derive(Debug)]
pub(crate) struct TooMany;

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response()
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::of(MOST_A_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn so_many_a_second_and_then_as_they_come() {
        let rate = Rate::of(10);
        let noon = Utc.with_ymd_and_hms(2026, 11, 27, 3, 0, 0).unwrap();
        let taken = |count: usize, at: i64| {
            (0..count).filter(|_| rate.take(noon + TimeDelta::milliseconds(at)).is_ok()).count()
        };
        assert_eq!(taken(20, 0), 10, "a second's at once");
        assert_eq!(taken(20, 350), 3, "and what a third of one brings");
        assert_eq!(taken(20, 350), 0);
        assert_eq!(taken(20, 100), 0, "a clock that was put back brings nothing");
        assert_eq!(taken(20, 60_000), 10, "no more than a second's are saved");
        let refused = rate.take(noon + TimeDelta::minutes(1)).unwrap_err().into_response();
        assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    }
}

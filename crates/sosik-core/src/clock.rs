use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells what time it is.
///
/// Engines and servers hold an `Arc<dyn Clock>`; pure functions take `now` as an argument instead.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_core::{Clock, ManualClock};
///
/// let clock = ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap());
/// clock.advance(TimeDelta::seconds(5));
/// assert_eq!(clock.now().to_rfc3339(), "2026-11-27T06:00:05+00:00");
/// ```
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }
}

/// The machine's clock.
#[cfg(feature = "system-clock")]
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

#[cfg(feature = "system-clock")]
impl SystemClock {
    /// The machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

#[cfg(feature = "system-clock")]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that moves only when told to: for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<DateTime<Utc>>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Moves the clock forward by `by`; a negative `by` turns it back.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.checked_add_signed(by).unwrap_or(*now);
    }

    /// Sets the clock to `now`.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that runs at another's pace from another start: for rehearsals of a day still to come.
///
/// ```
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use std::sync::Arc;
/// use sosik_core::{Clock, ManualClock, ShiftedClock};
///
/// let real = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap()));
/// let friday = Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).unwrap();
/// let rehearsal = ShiftedClock::starting_at(friday, real.clone());
/// real.advance(TimeDelta::seconds(3));
/// assert_eq!(rehearsal.now(), friday + TimeDelta::seconds(3));
/// rehearsal.skip_to(friday + TimeDelta::hours(1));
/// assert_eq!(rehearsal.now(), friday + TimeDelta::hours(1));
/// ```
#[derive(Clone, Debug)]
pub struct ShiftedClock {
    inner: Arc<dyn Clock>,
    shift: Arc<Mutex<TimeDelta>>,
}

impl ShiftedClock {
    /// A clock that says `start` at this moment and then keeps pace with `inner`.
    #[must_use]
    pub fn starting_at(start: DateTime<Utc>, inner: Arc<dyn Clock>) -> Self {
        let shift = Arc::new(Mutex::new(start.signed_duration_since(inner.now())));
        Self { inner, shift }
    }

    /// Moves this clock and its clones on to `at`, instead of waiting until then. It is never turned back.
    pub fn skip_to(&self, at: DateTime<Utc>) {
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        *shift = at.signed_duration_since(self.inner.now()).max(*shift);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> DateTime<Utc> {
        let now = self.inner.now();
        let shift = *self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        now.checked_add_signed(shift).unwrap_or(now)
    }
}

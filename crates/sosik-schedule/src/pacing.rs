//! Spreading many messages over time.

use std::num::NonZeroU32;

use chrono::{DateTime, TimeDelta, Utc};

use crate::window::SendWindow;

/// A rate at which messages go, in waves: so that the city's telephone is not called by everyone at once.
///
/// ```
/// use std::num::NonZeroU32;
/// use chrono::{TimeDelta, TimeZone, Utc};
/// use sosik_schedule::{Pacing, SendWindow};
///
/// let pacing = Pacing::new(NonZeroU32::new(6_000).unwrap());
/// let start = Utc.with_ymd_and_hms(2026, 11, 27, 11, 45, 0).unwrap(); // 20:45 in Seoul
/// let waves: Vec<_> = pacing.waves(1_000, start, &[SendWindow::kakao_brand_message()]).collect();
/// // 100 a minute: five waves until 20:50, the rest from 08:00 the next day.
/// assert_eq!(waves.len(), 10);
/// assert_eq!((waves[4].at, waves[4].count), (start + TimeDelta::minutes(4), 100));
/// assert_eq!(waves[5].at, Utc.with_ymd_and_hms(2026, 11, 27, 23, 0, 0).unwrap());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Pacing {
    /// How many messages go in an hour.
    pub per_hour: NonZeroU32,
    /// How far apart the waves are.
    pub every: TimeDelta,
}

/// Messages that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Wave {
    /// When.
    pub at: DateTime<Utc>,
    /// How many.
    pub count: u32,
}

impl Pacing {
    /// A rate, in waves a minute apart.
    #[must_use]
    pub fn new(per_hour: NonZeroU32) -> Self {
        Self { per_hour, every: TimeDelta::minutes(1) }
    }

    /// The rate that spreads `count` messages over a span: the first go at its start, and none after its end.
    ///
    /// ```
    /// use chrono::TimeDelta;
    /// use sosik_schedule::Pacing;
    ///
    /// assert_eq!(Pacing::over(90_000, TimeDelta::hours(3)).per_hour.get(), 30_000);
    /// ```
    #[must_use]
    pub fn over(count: u32, span: TimeDelta) -> Self {
        let minutes = u64::try_from(span.num_minutes()).unwrap_or(0).max(1);
        let per_hour = (u64::from(count) * 60).div_ceil(minutes).clamp(1, u32::MAX.into());
        let per_hour = u32::try_from(per_hour).ok().and_then(NonZeroU32::new);
        Self::new(per_hour.unwrap_or(NonZeroU32::MIN))
    }

    /// The waves of `count` messages from `start` on, in the hours in which every window is open: what is left when
    /// they close goes from the next opening on.
    ///
    /// Windows that never meet end the waves: fewer messages than `count` are in them.
    pub fn waves(self, count: u32, start: DateTime<Utc>, windows: &[SendWindow]) -> impl Iterator<Item = Wave> {
        let every = self.every.max(TimeDelta::seconds(1));
        let per_hour = u64::from(self.per_hour.get());
        let seconds = u64::try_from(every.num_seconds()).unwrap_or(60);
        let (mut left, mut at, mut sent) = (count, start, 0_u64);
        let (mut waves, mut begun) = (0_u64, start);
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let open = first_open(windows, at)?;
            if open > at {
                (at, begun, waves, sent) = (open, open, 0, 0);
            }
            waves += 1;
            // What the rate allows by the end of this wave, so that rounding never adds up. A wave is never empty.
            let by_now = (per_hour * seconds * waves).div_ceil(3600);
            let share = u32::try_from(by_now.saturating_sub(sent).max(1)).unwrap_or(u32::MAX).min(left);
            let wave = Wave { at, count: share };
            (left, sent) = (left - share, sent + u64::from(share));
            // A rate below one in a wave leaves waves out.
            let mut next = waves;
            while (per_hour * seconds * (next + 1)).div_ceil(3600) <= sent {
                next += 1;
            }
            waves = next;
            at = begun + every * i32::try_from(waves).unwrap_or(i32::MAX);
            Some(wave)
        })
    }
}

/// The first instant from `at` on at which every window is open.
pub(crate) fn first_open(windows: &[SendWindow], at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut at = at;
    for _ in 0..8 {
        let Some(opening) = windows.iter().map(|window| window.next_opening(at)).max() else { return Some(at) };
        if opening == at {
            return Some(at);
        }
        at = opening;
    }
    None
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_message_goes_once_in_the_windows_at_no_more_than_the_rate(
            count in 0u32..5_000, per_hour in 1u32..20_000, minute in 0i64..1_440,
        ) {
            let start = Utc.with_ymd_and_hms(2026, 11, 27, 0, 0, 0).unwrap() + TimeDelta::minutes(minute);
            let windows = [SendWindow::statutory_day(), SendWindow::kakao_brand_message()];
            let pacing = Pacing::new(NonZeroU32::new(per_hour).unwrap());
            let waves: Vec<Wave> = pacing.waves(count, start, &windows).collect();
            prop_assert_eq!(waves.iter().map(|wave| wave.count).sum::<u32>(), count);
            prop_assert!(waves.iter().all(|wave| wave.at >= start && wave.count > 0));
            prop_assert!(waves.iter().all(|wave| windows.iter().all(|window| window.is_open(wave.at))));
            prop_assert!(waves.is_sorted_by_key(|wave| wave.at));
            for first in 0..waves.len() {
                let hour: u32 = waves[first..].iter()
                    .take_while(|wave| wave.at < waves[first].at + TimeDelta::hours(1)).map(|wave| wave.count).sum();
                // Rounding up may bring each stretch one message early.
                prop_assert!(hour <= per_hour + 1, "{hour} in an hour, {per_hour} allowed");
                if first > 30 { break; }
            }
        }
    }
}

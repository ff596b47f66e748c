//! Rates: how many recipients a second, of a channel and of all.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::ChannelId;

/// A line in which nobody was let through for so long after there was room is one in which nobody waits.
const BEAT: TimeDelta = TimeDelta::seconds(1);

/// What was let through, by channel and in all (`None`). Losing it in a crash costs a batch that comes early.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    rates: BTreeMap<Option<ChannelId>, u32>,
    lines: Mutex<BTreeMap<Option<ChannelId>, Line>>,
}

/// Who waits for a rate.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// When there is room again.
    free: DateTime<Utc>,
    /// When there is room for whoever comes after all that were put off.
    end: DateTime<Utc>,
}

impl Pace {
    pub(crate) fn set(&mut self, channel: Option<ChannelId>, per_second: u32) {
        self.rates.insert(channel, per_second.max(1));
    }

    /// Lets so many recipients of a channel through, or says when there will be room for them. Batches are let through
    /// whole: the next one waits for as long as this one takes at the rate, and each that is put off has an instant of its
    /// own, so that none comes in vain again and again.
    pub(crate) fn pass(&self, channel: &ChannelId, recipients: usize, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let concerned = || self.rates.iter().filter(|(of, _)| of.as_ref().is_none_or(|of| of == channel));
        let after = |from: DateTime<Utc>, per_second: u32| {
            let recipients = u64::try_from(recipients).unwrap_or(u64::MAX);
            let micros = recipients.saturating_mul(1_000_000) / u64::from(per_second);
            let taken = TimeDelta::microseconds(i64::try_from(micros).unwrap_or(i64::MAX));
            from.checked_add_signed(taken).unwrap_or(from)
        };
        let line = |of: &Option<ChannelId>| lines.get(of).copied().unwrap_or_default();
        let known: Vec<_> = concerned().map(|(of, rate)| (of.clone(), *rate, line(of))).collect();
        // Only who waits for a line has a place in it: a channel's own rate keeps back no other.
        let full = known.iter().filter(|(.., line)| line.free > now);
        let at = full.map(|(.., line)| line.free.max(line.end)).max();
        for (of, per_second, line) in known {
            let line = match at {
                Some(at) if line.free > now => Line { end: after(at, per_second), ..line },
                Some(_) => continue,
                None => {
                    // Who comes a little late keeps to the beat; where nobody came for a while, nobody waits any more.
                    let is_in_use = line.free > now.checked_sub_signed(BEAT).unwrap_or(now);
                    let free = after(if is_in_use { line.free } else { now }, per_second);
                    Line { free, end: if is_in_use { line.end } else { free } }
                }
            };
            lines.insert(of, line);
        }
        at.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_and_all_together_are_kept_to_their_rates() {
        let channel = |name: &str| ChannelId::parse(name).unwrap();
        let (city, district) = (channel("yangju-city"), channel("yangju-hoecheon1"));
        let mut pace = Pace::default();
        let start = DateTime::<Utc>::default();
        assert_eq!(pace.pass(&city, 1_000_000, start), Ok(()), "without a rate");
        pace.set(Some(city.clone()), 100);
        pace.set(None, 1_000);
        let at = |milliseconds| start + TimeDelta::milliseconds(milliseconds);
        assert_eq!(pace.pass(&city, 200, start), Ok(()));
        // The city's 200 take two seconds of its own rate, and a fifth of a second of that of all.
        assert_eq!(pace.pass(&district, 500, start), Err(at(200)));
        assert_eq!(pace.pass(&district, 500, at(200)), Ok(()));
        assert_eq!(pace.pass(&city, 200, at(700)), Err(at(2_000)));
        // Another waits behind that one, and not beside it; another channel waits for neither.
        assert_eq!(pace.pass(&city, 200, at(700)), Err(at(4_000)));
        assert_eq!(pace.pass(&district, 100, at(700)), Ok(()));
        // Whoever is a little late keeps to the beat.
        assert_eq!(pace.pass(&city, 200, at(2_003)), Ok(()));
        assert_eq!(pace.pass(&city, 200, at(4_000)), Ok(()));
        // Those who were put off never came, since their campaign was called off: nobody waits for them.
        for _ in 0..9 {
            assert!(pace.pass(&city, 200, at(4_100)).is_err());
        }
        assert_eq!(pace.pass(&city, 200, at(8_000)), Ok(()));
        assert_eq!(pace.pass(&city, 200, at(8_001)), Err(at(10_000)));
        // However it is asked, no more passes in ten seconds than the rate says, but for one batch.
        let (mut passed, mut now) = (0, at(20_000));
        while now < at(30_000) {
            match pace.pass(&city, 30, now) {
                Ok(()) => passed += 30,
                Err(at) => now = at,
            }
        }
        assert!((1_000..=1_030).contains(&passed), "{passed}");
    }
}

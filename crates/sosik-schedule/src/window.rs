//! The hours of a day in which messages go.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::civil::resolve;
use crate::class::{MessageClass, Product};
use crate::rule::{self, RuleInfo};

/// The hours of a day in which messages of some kind may be delivered: from the opening up to, not including, the close.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use sosik_schedule::SendWindow;
///
/// let window = SendWindow::kakao_brand_message();
/// let evening = Utc.with_ymd_and_hms(2026, 11, 27, 11, 50, 0).unwrap(); // 20:50 in Seoul
/// assert!(!window.is_open(evening));
/// assert_eq!(window.next_opening(evening).to_rfc3339(), "2026-11-27T23:00:00+00:00"); // 08:00 the next day
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendWindow {
    opens: NaiveTime,
    closes: NaiveTime,
    zone: Tz,
    code: Cow<'static, str>,
    source: Cow<'static, str>,
}

impl SendWindow {
    /// A window by its opening and close in a zone, under a stable code, with the source of the rule.
    ///
    /// A close at or before the opening means a window that closes on the next day.
    #[must_use]
    pub fn new(
        opens: NaiveTime,
        closes: NaiveTime,
        zone: Tz,
        code: impl Into<Cow<'static, str>>,
        source: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { opens, closes, zone, code: code.into(), source: source.into() }
    }

    /// Kakao's brand messages (브랜드 메시지): 08:00 to 20:50 in Asia/Seoul, every day.
    #[must_use]
    pub fn kakao_brand_message() -> Self {
        Self::of(&rule::KAKAO_WINDOW, hours(8, 0), hours(20, 50))
    }

    /// The law's day for advertisements: 08:00 to 21:00 in Asia/Seoul (정보통신망법 제50조 제3항).
    #[must_use]
    pub fn statutory_day() -> Self {
        Self::of(&rule::STATUTORY_NIGHT, hours(8, 0), hours(21, 0))
    }

    /// Office hours, for messages that can wait: 09:00 to 18:00 in Asia/Seoul.
    #[must_use]
    pub fn office_hours() -> Self {
        Self::of(&rule::OFFICE_HOURS, hours(9, 0), hours(18, 0))
    }

    fn of(rule: &RuleInfo, opens: NaiveTime, closes: NaiveTime) -> Self {
        Self::new(opens, closes, chrono_tz::Asia::Seoul, rule.code, rule.source)
    }

    /// The zone in which the hours are meant.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The rule's stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Where the rule comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn names(&self) -> (Cow<'static, str>, Cow<'static, str>) {
        (self.code.clone(), self.source.clone())
    }

    /// The opening, in the window's zone.
    #[must_use]
    pub fn opens(&self) -> NaiveTime {
        self.opens
    }

    /// The close, in the window's zone.
    #[must_use]
    pub fn closes(&self) -> NaiveTime {
        self.closes
    }

    /// Whether messages go through at `now`.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.is_open_at(now.with_timezone(&self.zone).time())
    }

    /// Whether messages go through at a time of day in the window's zone.
    pub(crate) fn is_open_at(&self, time: NaiveTime) -> bool {
        if self.opens < self.closes {
            (self.opens..self.closes).contains(&time)
        } else {
            time >= self.opens || time < self.closes
        }
    }

    /// `now` when the window is open, else when it opens next.
    #[must_use]
    pub fn next_opening(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.is_open(now) {
            return now;
        }
        let today = now.with_timezone(&self.zone).date_naive();
        let opening = resolve(today, self.opens, self.zone);
        if opening > now {
            return opening;
        }
        resolve(today.checked_add_signed(TimeDelta::days(1)).unwrap_or(today), self.opens, self.zone)
    }
}

/// A window, and the messages that it is for.
///
/// ```
/// use sosik_schedule::{MessageClass, Product, SendWindow, WindowRule};
///
/// let kakao = WindowRule::new(SendWindow::kakao_brand_message()).with_products([Product::BrandMessage]);
/// assert!(kakao.concerns(MessageClass::Advertising, Some(Product::BrandMessage)));
/// assert!(!kakao.concerns(MessageClass::Advertising, Some(Product::Text)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WindowRule {
    /// The hours.
    pub window: SendWindow,
    /// The classes it is for; every class but emergencies when empty.
    pub classes: Vec<MessageClass>,
    /// The products it is for; every product, and messages without one, when empty.
    pub products: Vec<Product>,
    /// Whether it stays open at night for those who consented to that separately.
    pub night_consent: bool,
    /// The day from which it holds.
    pub from: Option<NaiveDate>,
    /// The day from which it no longer holds.
    pub until: Option<NaiveDate>,
}

impl WindowRule {
    /// A window for every message but emergencies, at all times.
    #[must_use]
    pub fn new(window: SendWindow) -> Self {
        let (classes, products) = (Vec::new(), Vec::new());
        Self { window, classes, products, night_consent: false, from: None, until: None }
    }

    /// The law's night for advertisements, which separate consent opens.
    #[must_use]
    pub fn statutory_night() -> Self {
        Self {
            night_consent: true,
            from: rule::STATUTORY_NIGHT.from,
            ..Self::new(SendWindow::statutory_day()).with_classes([MessageClass::Advertising])
        }
    }

    /// Kakao's hours for brand messages.
    #[must_use]
    pub fn kakao_brand_message() -> Self {
        Self::new(SendWindow::kakao_brand_message()).with_products([Product::BrandMessage])
    }

    /// Office hours for informational messages.
    #[must_use]
    pub fn office_hours() -> Self {
        Self::new(SendWindow::office_hours()).with_classes([MessageClass::Informational])
    }

    /// The window for these classes only.
    #[must_use]
    pub fn with_classes(mut self, classes: impl IntoIterator<Item = MessageClass>) -> Self {
        self.classes = classes.into_iter().collect();
        self
    }

    /// The window for these products only.
    #[must_use]
    pub fn with_products(mut self, products: impl IntoIterator<Item = Product>) -> Self {
        self.products = products.into_iter().collect();
        self
    }

    /// The window from one day up to, not including, another.
    #[must_use]
    pub fn between(mut self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        (self.from, self.until) = (from, until);
        self
    }

    /// Whether it is for a message of a class by a product.
    #[must_use]
    pub fn concerns(&self, class: MessageClass, product: Option<Product>) -> bool {
        (self.classes.is_empty() && !class.is_emergency() || self.classes.contains(&class))
            && (self.products.is_empty() || product.is_some_and(|product| self.products.contains(&product)))
    }

    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds_at(&self, at: DateTime<Utc>) -> bool {
        if self.from.is_none() && self.until.is_none() {
            return true;
        }
        let date = at.with_timezone(&self.window.zone).date_naive();
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }
}

fn hours(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_edges_are_in_at_the_opening_and_out_at_the_close() {
        let window = SendWindow::kakao_brand_message();
        let at = |h, m, s| {
            resolve(
                NaiveDate::from_ymd_opt(2026, 11, 27).unwrap(),
                NaiveTime::from_hms_opt(h, m, s).unwrap(),
                chrono_tz::Asia::Seoul,
            )
        };
        for (instant, open) in
            [(at(7, 59, 59), false), (at(8, 0, 0), true), (at(20, 49, 59), true), (at(20, 50, 0), false)]
        {
            assert_eq!(window.is_open(instant), open, "{instant}");
        }
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_never_before(seconds in 0i64..400_000_000, wrap in any::<bool>()) {
            let now = Utc.timestamp_opt(1_700_000_000 + seconds, 0).unwrap();
            let window = if wrap {
                SendWindow::new(hours(22, 0), hours(5, 0), chrono_tz::Europe::Berlin, "night", "a test")
            } else {
                SendWindow::statutory_day()
            };
            let opening = window.next_opening(now);
            prop_assert!(opening >= now && window.is_open(opening));
            prop_assert!(opening - now <= TimeDelta::hours(25));
        }
    }
}

//! Demo weeks: posts of placeholders around a slot.

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Asia::Seoul;
use serde::Deserialize;
use sosik::content::{Post, WebLink, style};
use sosik::registry::{ConsentEvent, NewSubscriber, Purpose, SubscriberStore};
use sosik::schedule::{Policy, WeeklySlot};
use sosik::{AreaCode, PhoneNumber};

use crate::Failure;

#[derive(Deserialize)]
struct DemoPost {
    title: String,
    category: String,
    text: String,
}

/// The last Friday afternoon at three by the city's clock that is past by more than a late edition may go.
pub(crate) fn last_slot(now: DateTime<Utc>) -> DateTime<Utc> {
    WeeklySlot::friday_afternoon().next(now - Policy::city().late_for) - TimeDelta::weeks(1)
}

/// Which posts a week has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Week {
    /// The one that went out before the program was first started.
    First,
    /// Any other: some of its posts have a fault, for the review to find.
    Other,
}

/// The posts of a slot, each of the day before it.
pub(crate) fn posts(week: Week, slot: DateTime<Utc>) -> Result<Vec<Post>, Failure> {
    let friday = slot.with_timezone(&Seoul).date_naive();
    let at = |after: u64| friday.checked_add_days(Days::new(after)).unwrap_or(friday);
    let day = |after| style::long_day(at(after));
    let dated = |text: &str| {
        let days =
            [("{sat}", 1), ("{sun}", 2), ("{tue}", 4), ("{next-fri}", 14), ("{next-sat}", 8), ("{after-sun}", 23)];
        let text = days.iter().fold(text.to_owned(), |text, (mark, after)| text.replace(mark, &day(*after)));
        // A Saturday that is called a Sunday.
        text.replace("{wrong-sat}", &day(8).replace("(토)", "(일)"))
    };
    let (prefix, demo) = match week {
        Week::First => (String::new(), include_str!("../data/posts.json")),
        Week::Other => (format!("{friday}/"), include_str!("../data/week.json")),
    };
    let demo: Vec<DemoPost> = serde_json::from_str(demo)?;
    let made = demo.iter().enumerate().map(|(n, post)| {
        let link = WebLink::parse(&format!("https://blog.example.go.kr/{prefix}{}", n + 1))?;
        let published = slot - TimeDelta::days(1);
        Ok(Post::new(post.title.as_str(), link, dated(&post.text))
            .with_published(published)
            .with_category(&post.category))
    });
    made.collect()
}

/// Puts placeholders into an empty registry who agreed to advertisements, so that there is someone to send to.
pub(crate) async fn people(store: &dyn SubscriberStore, now: DateTime<Utc>) -> Result<(), Failure> {
    /// How many.
    const PEOPLE: usize = 2_000;

    if store.count().await? > 0 {
        return Ok(());
    }
    let (area, agreed) = (AreaCode::parse("4163053000")?, now - TimeDelta::days(200));
    let mut people = Vec::new();
    for number in 1..=PEOPLE {
        let phone = PhoneNumber::parse(&format!("010-0000-{number:04}"))?;
        let consent = ConsentEvent::granted(Purpose::Advertising, agreed, "demo");
        people.push(NewSubscriber::new(phone, area.clone()).with_consent(consent));
    }
    store.put(&people, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_friday_at_three_is_the_slot_once_nothing_goes_late_any_more() {
        for (now, slot) in [
            ("2026-11-27T05:59:59Z", "2026-11-20T06:00:00Z"),
            ("2026-11-27T12:00:00Z", "2026-11-20T06:00:00Z"),
            ("2026-11-27T12:00:01Z", "2026-11-27T06:00:00Z"),
            ("2026-11-29T11:00:00Z", "2026-11-27T06:00:00Z"),
            ("2026-12-03T00:00:00Z", "2026-11-27T06:00:00Z"),
        ] {
            assert_eq!(last_slot(now.parse().unwrap()), slot.parse::<DateTime<Utc>>().unwrap(), "{now}");
        }
    }
}

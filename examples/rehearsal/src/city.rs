//! The city of the rehearsal: its store, its citizens, its message and its clock.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use sosik::channel::{Message, TextMessage};
use sosik::content::EditionId;
use sosik::delivery::{Campaign, CampaignKey, Plan, plan};
use sosik::registry::{ConsentEvent, NewSubscriber, Purpose, Segment, SubscriberStore};
use sosik::schedule::MessageClass;
use sosik::{AreaCode, ChannelId, Clock, PhoneNumber, ShiftedClock, SystemClock};

use crate::failure::Failure;
use crate::place::Store;

/// People put into the store at a time.
const PART: u32 = 10_000;

/// Friday, 27 November 2026, 15:00 in Seoul: when the rehearsal begins by its own clock.
pub(crate) fn friday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 6, 0, 0).single().unwrap_or_default()
}

/// A clock that is so many milliseconds ahead of the machine's.
pub(crate) fn clock(ahead: i64) -> Arc<dyn Clock> {
    let machine = SystemClock::new();
    let start = machine.now().checked_add_signed(TimeDelta::milliseconds(ahead)).unwrap_or_default();
    Arc::new(ShiftedClock::starting_at(start, Arc::new(machine)))
}

/// The placeholder number `010-nnnn-nnnn`.
fn phone(number: u32) -> Result<PhoneNumber, Failure> {
    let text = format!("010-{:04}-{:04}", number / 10_000, number % 10_000);
    PhoneNumber::parse(&text).map_err(Failure::at("a placeholder number"))
}

/// Puts so many citizens into a store, all of whom agreed.
pub(crate) async fn populate(store: &dyn SubscriberStore, citizens: u32, now: DateTime<Utc>) -> Result<(), Failure> {
    let area = AreaCode::parse("4163053000").map_err(Failure::at("the area"))?;
    let agreed = now.checked_sub_signed(TimeDelta::days(200)).unwrap_or(now);
    let mut first = 1;
    while first <= citizens {
        let last = first.saturating_add(PART - 1).min(citizens);
        let citizen = |number| {
            let consent = ConsentEvent::granted(Purpose::Advertising, agreed, "rehearsal");
            Ok(NewSubscriber::new(phone(number)?, area.clone()).with_consent(consent))
        };
        let people = (first..=last).map(citizen).collect::<Result<Vec<_>, Failure>>()?;
        store.put(&people, now).await.map_err(Failure::at("the citizens"))?;
        first = last + 1;
    }
    Ok(())
}

/// What is sent.
pub(crate) fn message() -> Result<Message, Failure> {
    let from = PhoneNumber::parse("031-8082-0000").map_err(Failure::at("the sender"))?;
    let text = "(광고)예시시청 소식\n호수공원 겨울빛 점등식 12. 5.(토) 17:00\n무료수신거부 080-000-0000";
    Ok(TextMessage::new(from, text).map_err(Failure::at("the message"))?.into())
}

/// Plans the campaign to everyone.
pub(crate) async fn campaign(store: &Store, batch: usize, now: DateTime<Utc>) -> Result<Campaign, Failure> {
    let channel = ChannelId::parse("rehearsal").map_err(Failure::at("the channel"))?;
    let key = CampaignKey::new(channel, friday(), EditionId::from_stored("rehearsal"));
    let request = Plan::new(key, message()?, MessageClass::Advertising, Segment::All, now, batch);
    Ok(plan(&*store.outbox, &*store.people, &request, now).await.map_err(Failure::at("the plan"))?.campaign)
}

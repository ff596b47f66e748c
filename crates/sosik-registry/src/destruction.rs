//! What is due for destruction, destroyed.

use chrono::NaiveDate;

use crate::{Erasure, Page, Segment, StoreError, SubscriberId, SubscriberStore, is_to_be_destroyed};

/// People that are looked at, and erased, together.
const STEP: usize = 1_000;

/// Erases everyone whose [destruction](crate::DutyKind::Destruction) is due up to a day, and says how many: a job for each
/// day, which may be broken off and run again. `seen` is told how many were looked at.
///
/// ```
/// use chrono::{NaiveDate, TimeDelta, TimeZone, Utc};
/// use sosik_core::{AreaCode, PhoneNumber};
/// use sosik_registry::{
///     ConsentEvent, Erasure, MemorySubscriberStore, NewSubscriber, Purpose, SubscriberStore, destroy_due,
/// };
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemorySubscriberStore::new(7);
/// let march = Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap();
/// let citizen = NewSubscriber::new(PhoneNumber::parse("010-0000-0001")?, AreaCode::parse("4163053000")?)
///     .with_consent(ConsentEvent::granted(Purpose::Advertising, march, "서면"))
///     .with_consent(ConsentEvent::withdrawn(Purpose::Advertising, march + TimeDelta::days(30), "080"));
/// store.put(&[citizen], march).await?;
///
/// let now = march + TimeDelta::days(31);
/// let until = NaiveDate::from_ymd_opt(2026, 4, 6).unwrap(); // five days after the withdrawal
/// assert_eq!(destroy_due(&store, until, &Erasure::new(now, "retention ended"), |_| {}).await?, 1);
/// assert_eq!(store.count().await?, 0);
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`StoreError`] of the store; those before were erased.
pub async fn destroy_due(
    store: &dyn SubscriberStore,
    until: NaiveDate,
    erasure: &Erasure,
    mut seen: impl FnMut(u64) + Send,
) -> Result<u64, StoreError> {
    let mut erased = 0;
    let mut page = Page::first(Segment::All, erasure.at, STEP);
    loop {
        let people = store.page(&page).await?;
        let is_due = people.iter().filter(|person| is_to_be_destroyed(person, until, erasure.at));
        let due: Vec<SubscriberId> = is_due.map(|person| person.id).collect();
        if !due.is_empty() {
            erased += store.destroy(&due, until, erasure).await?;
        }
        seen(people.len() as u64);
        match page.next(&people) {
            Some(next) => page = next,
            None => return Ok(erased),
        }
    }
}

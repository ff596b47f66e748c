//! The contract of [`Portable`]: what is copied from one store to another is the same there.

use chrono::TimeDelta;
use sosik_core::{ChannelId, Language};
use sosik_registry::portable::{Portable, copy};
use sosik_registry::{
    AudienceRequest, ConsentEvent, ConsentText, Erasure, Event, Identity, Note, Page, Purpose, Put, QuietHours,
    Relation, RelationState, Request, Segment, StoreErrorKind,
};

use crate::{citizen, consented, noon, phone};

/// Fills one empty store with everything that can be kept, copies it into another under the same key, and asks both the
/// same. Then both go on, each on its own.
pub async fn a_copy_is_the_same(from: &dyn Portable, to: &dyn Portable) {
    let app = |n: u32| Identity::AppUser(n.to_string());
    let text = ConsentText::of("2026-1", "동의합니다");
    let mut people: Vec<_> =
        (1..=40_u32).map(|n| consented(n).with_topic(["문화", "복지"][(n % 2) as usize])).collect();
    people[4] = people[4].clone().with_identity(app(5)).with_text().with_language(Language::parse("en").unwrap());
    people[5] = people[5].clone().with_quiet(QuietHours::parse("20:00-09:00").unwrap());
    people[6] = people[6].clone().as_child_until((noon() + TimeDelta::days(9)).date_naive());
    people.push(citizen(41).with_consent(ConsentEvent::withdrawn(Purpose::Advertising, noon(), "080").of_text(text)));
    let put = from.put(&people, noon()).await.unwrap();
    let id = |at: usize| match put[at] {
        Put::Added(id) => id,
        ref other => panic!("{other:?}"),
    };
    let city = ChannelId::parse("city").unwrap();
    let told = |n: u32, state| Event::related(app(n), Relation::new(city.clone(), state, noon(), "webhook"));
    let events = [
        told(5, RelationState::Blocked),
        told(77, RelationState::Added),
        told(78, RelationState::Added),
        Event::unlinked(app(78), noon()),
    ];
    from.apply(&events, noon()).await.unwrap();
    assert!(from.note(id(0), &Note::asked(Request::Access, noon(), "창구")).await.unwrap());
    assert!(from.erase(id(1), &Erasure::new(noon(), "request 1")).await.unwrap());
    from.mark_gone(&[id(2)], noon()).await.unwrap();

    let mut records = 0;
    let copied = copy(from, to, |more| records += more).await.unwrap();
    // Forty, and one who is known by events alone; everything said, noted and erased.
    assert_eq!((copied.people, copied.entries), (41, 43));
    assert!(records > 100, "{records}");
    let again = copy(from, to, |_| ()).await.unwrap_err();
    assert_eq!(again.kind(), StoreErrorKind::Invalid);

    let all = Page::first(Segment::All, noon(), 1_000);
    assert_eq!(to.page(&all).await.unwrap(), from.page(&all).await.unwrap());
    for identity in [phone(1).into(), phone(2).into(), app(5), app(77), app(78)] {
        assert_eq!(to.find(&identity).await.unwrap(), from.find(&identity).await.unwrap(), "{identity:?}");
    }
    for segment in
        ["everyone", "topic:복지", "consent:advertising", "text", "language:en", "channel:city", "area:41630"]
    {
        let segment: Segment = segment.parse().unwrap();
        let counts = (to.count_of(&segment, noon()).await.unwrap(), from.count_of(&segment, noon()).await.unwrap());
        assert_eq!(counts.0, counts.1, "{segment}");
        let request = AudienceRequest::new(segment, Purpose::Advertising, noon()).through(city.clone());
        assert_eq!(to.audience(&request).await.unwrap(), from.audience(&request).await.unwrap());
    }
    // Both go on alike: what was told of before counts no more, and what is said is linked to what was copied.
    for store in [from, to] {
        store.apply(&events, noon()).await.unwrap();
        assert!(store.find(&app(78)).await.unwrap().is_none());
        let put = store.put(&[consented(1), consented(50)], noon()).await.unwrap();
        assert!(matches!(put[..], [Put::Updated(_), Put::Added(_)]));
    }
    let ledgers = (from.verify().await.unwrap(), to.verify().await.unwrap());
    assert_eq!((ledgers.0.entries, ledgers.0.broken), (44, None));
    assert_eq!((ledgers.1.entries, ledgers.1.broken), (44, None));
}

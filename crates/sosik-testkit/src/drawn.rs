//! What a store of subscribers is drawn to hold, and whether it holds what memory does.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use sosik_core::{AreaCode, ChannelId, Language};
use sosik_registry::{
    AudienceRequest, ConsentEvent, Erasure, Event, Identity, MemorySubscriberStore, NewSubscriber, Note, Page, Purpose,
    Put, Relation, RelationState, Request, Segment, SubscriberId, SubscriberStore,
};

use crate::{citizen, noon, phone};

const AREAS: [&str; 6] = ["41", "41630", "41110", "41630530", "4163053000", "4111156000"];
const TOPICS: [&str; 5] = ["문화", "복지", "", "*", "%_'\""];

const CHANNELS: [&str; 2] = ["city", "dong"];

/// What is told of some of them, and of some who are not known otherwise.
pub fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (0..7u32, any::<bool>(), 0..CHANNELS.len(), 0..4usize, 0..9i64);
    let event = event.prop_map(|(who, by_number, channel, what, at)| {
        let who = if by_number { phone(who).into() } else { Identity::AppUser(who.to_string()) };
        match RelationState::ALL.get(what) {
            Some(state) => {
                let channel = ChannelId::parse(CHANNELS[channel]).unwrap();
                Event::related(who, Relation::new(channel, *state, day(at), "webhook"))
            }
            None => Event::unlinked(who, day(at)),
        }
    });
    prop::collection::vec(event, 0..12)
}

fn day(day: i64) -> DateTime<Utc> {
    noon() + TimeDelta::days(day)
}

/// People, and on which day each is put: some of them twice, and some with two identities.
pub fn people() -> impl Strategy<Value = Vec<(NewSubscriber, i64)>> {
    let consents = prop::collection::vec((prop::sample::select(Purpose::ALL.to_vec()), any::<bool>(), 0..9i64), 0..4);
    let person = (0..AREAS.len(), prop::collection::vec(0..TOPICS.len(), 0..3), any::<bool>(), consents, 0..9i64);
    prop::collection::vec(person, 1..16).prop_map(|all| {
        let one = |(at, (area, topics, text, consents, since)): (usize, (usize, Vec<usize>, bool, Vec<_>, i64))| {
            // Some of them come again, and are changed.
            let mut new = citizen(u32::try_from(at % 7).unwrap());
            new.area = Some(AreaCode::parse(AREAS[area]).unwrap()).filter(|_| at % 5 > 0);
            if at % 4 == 0 {
                new = new.with_language(Language::parse(["en", "ko"][area % 2]).unwrap());
            }
            if text {
                new = new.with_identity(Identity::AppUser((at % 5).to_string()));
            }
            new.allows_text = (at % 3 > 0).then_some(text);
            let new = topics.into_iter().fold(new, |new, topic| new.with_topic(TOPICS[topic]));
            let event = |(purpose, granted, at): (Purpose, bool, i64)| {
                let said = if granted { ConsentEvent::granted } else { ConsentEvent::withdrawn };
                said(purpose, day(at), "서면")
            };
            (consents.into_iter().map(event).fold(new, NewSubscriber::with_consent), since)
        };
        all.into_iter().enumerate().map(one).collect()
    })
}

/// Segments of every kind, within each other.
pub fn segments() -> impl Strategy<Value = Segment> {
    let leaf = prop_oneof![
        Just(Segment::All),
        Just(Segment::AllowsText),
        prop::sample::select(AREAS.to_vec()).prop_map(|code| Segment::Area(AreaCode::parse(code).unwrap())),
        prop::sample::select(TOPICS.to_vec()).prop_map(|topic| Segment::Topic(topic.to_owned())),
        prop::sample::select(Purpose::ALL.to_vec()).prop_map(Segment::Consents),
        prop::sample::select(CHANNELS.to_vec()).prop_map(|name| Segment::Channel(ChannelId::parse(name).unwrap())),
        prop::sample::select(vec!["en", "ko"]).prop_map(|code| Segment::Language(Language::parse(code).unwrap())),
        (0..9i64, 0..2i64).prop_map(|(at, nanos)| Segment::Since(day(at) + TimeDelta::nanoseconds(nanos))),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(Segment::negated),
        ]
    })
}

/// Puts, tells and erases the same in a store and in memory, and asks both the same: whoever they hold, whom a segment holds,
/// and who may be sent to. Both have to draw the same ids.
///
/// # Errors
///
/// Where they differ.
pub async fn agree(
    store: &dyn SubscriberStore,
    memory: &MemorySubscriberStore,
    (people, events, erased): (&[(NewSubscriber, i64)], &[Event], u32),
    (segments, at): (&[Segment], i64),
) -> TestCaseResult {
    // Some are put before anything is told, and some after.
    let (before, after) = people.split_at(people.len() / 2 + 1);
    for (new, since) in before {
        let new = std::slice::from_ref(new);
        prop_assert_eq!(store.put(new, day(*since)).await.unwrap(), memory.put(new, day(*since)).await.unwrap());
    }
    for event in events.chunks(3) {
        store.apply(event, day(9)).await.unwrap();
        memory.apply(event, day(9)).await.unwrap();
    }
    for (new, since) in after {
        let new = std::slice::from_ref(new);
        prop_assert_eq!(store.put(new, day(*since)).await.unwrap(), memory.put(new, day(*since)).await.unwrap());
    }
    if let Some(person) = memory.find(&phone(erased).into()).await.unwrap() {
        let erasure = Erasure::new(day(9), "request");
        prop_assert!(memory.erase(person.id, &erasure).await.unwrap());
        prop_assert!(store.erase(person.id, &erasure).await.unwrap());
    }
    let (ledger, entries) = (store.verify().await.unwrap(), memory.verify().await.unwrap().entries);
    prop_assert_eq!((ledger.entries, ledger.broken), (entries, None));
    let all = Page::first(Segment::All, day(9), 1_000);
    prop_assert_eq!(store.page(&all).await.unwrap(), memory.page(&all).await.unwrap());
    for segment in segments {
        let counts =
            (store.count_of(segment, day(at)).await.unwrap(), memory.count_of(segment, day(at)).await.unwrap());
        prop_assert_eq!(counts.0, counts.1, "{}", segment);
        let request = AudienceRequest::new(segment.clone(), Purpose::Advertising, day(at));
        let request = request.through(ChannelId::parse("city").unwrap());
        let audiences = (store.audience(&request).await.unwrap(), memory.audience(&request).await.unwrap());
        prop_assert_eq!(audiences.0, audiences.1, "{}", segment);
    }
    Ok(())
}

/// Puts all of them in one call into a store, and one after the other into memory, and asks both the same; each draws ids of
/// its own. Then some of what else can be done with people is done to both.
///
/// # Errors
///
/// Where they differ.
pub async fn agree_at_once(
    store: &dyn SubscriberStore,
    memory: &MemorySubscriberStore,
    people: &[(NewSubscriber, i64)],
    (segments, at): (&[Segment], i64),
) -> TestCaseResult {
    let all: Vec<NewSubscriber> = people.iter().map(|(new, _)| new.clone()).collect();
    let put = store.put(&all, day(9)).await.unwrap();
    let expected = memory.put(&all, day(9)).await.unwrap();
    let is_new = |put: &Put| matches!(put, Put::Added(_));
    let (new, expected): (Vec<bool>, Vec<bool>) =
        (put.iter().map(is_new).collect(), expected.iter().map(is_new).collect());
    prop_assert_eq!(new, expected);
    let mut identities: Vec<Identity> = all.iter().flat_map(NewSubscriber::identities).cloned().collect();
    identities.sort();
    identities.dedup();
    for (n, identity) in identities.iter().enumerate() {
        let (ours, theirs) = (store.find(identity).await.unwrap(), memory.find(identity).await.unwrap());
        prop_assert_eq!(ours.is_some(), theirs.is_some(), "{:?}", identity);
        let (Some(ours), Some(theirs)) = (ours, theirs) else { continue };
        let said = ConsentEvent::withdrawn(Purpose::Advertising, day(i64::try_from(n % 9).unwrap()), "전화");
        let note = Note::asked(Request::Access, day(9), "창구");
        for (store, id) in [(store, ours.id), (memory as &dyn SubscriberStore, theirs.id)] {
            match n % 4 {
                0 => prop_assert!(store.record(id, &said).await.unwrap()),
                1 => prop_assert!(store.note(id, &note).await.unwrap()),
                2 => store.mark_gone(&[id], day(5)).await.unwrap(),
                _ => {}
            }
        }
    }
    for identity in &identities {
        let without_id = |person: Option<sosik_registry::Subscriber>| {
            person.map(|mut person| {
                person.id = SubscriberId::new(uuid::Uuid::nil());
                person
            })
        };
        let (ours, theirs) = (store.find(identity).await.unwrap(), memory.find(identity).await.unwrap());
        prop_assert_eq!(without_id(ours), without_id(theirs), "{:?}", identity);
    }
    for segment in segments {
        let counts =
            (store.count_of(segment, day(at)).await.unwrap(), memory.count_of(segment, day(at)).await.unwrap());
        prop_assert_eq!(counts.0, counts.1, "{}", segment);
        let request = AudienceRequest::new(segment.clone(), Purpose::Advertising, day(at));
        let (ours, theirs) = (store.audience(&request).await.unwrap(), memory.audience(&request).await.unwrap());
        prop_assert_eq!(
            (ours.members.len(), ours.suppressed),
            (theirs.members.len(), theirs.suppressed),
            "{}",
            segment
        );
    }
    let (ledger, entries) = (store.verify().await.unwrap(), memory.verify().await.unwrap().entries);
    prop_assert_eq!((ledger.entries, ledger.broken), (entries, None));
    Ok(())
}

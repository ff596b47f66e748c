//! Whom a segment holds: rule 7.

use chrono::TimeDelta;
use sosik_core::{AreaCode, Language};
use sosik_registry::{
    AudienceRequest, ConsentEvent, Event, FrozenAudience, Identity, Page, Purpose, Relation, RelationState, Segment,
    SubscriberId, SubscriberStore,
};

use super::{channel, known};
use crate::{citizen, noon};

/// Rule 7.
pub async fn rule_7_a_segment_holds_whom_it_says(store: &dyn SubscriberStore) {
    // Eleven people of four areas, with topics of odd names, consents given, withdrawn and given again.
    let areas = ["4163053000", "4163058000", "41630", "4111156000"];
    let topics = ["문화", "", "*", "\" ; DROP TABLE subscribers; --", "100%_\\"];
    let mut people = Vec::new();
    for n in 1..=11_u32 {
        let pick = |from: usize| usize::try_from(n).unwrap() % from;
        let mut person = citizen(n);
        person.area = Some(AreaCode::parse(areas[pick(4)]).unwrap()).filter(|_| n != 9);
        if n % 4 == 1 {
            person = person.with_language(Language::parse(["en", "ko", "vi"][pick(3)]).unwrap());
        }
        person = person.with_identity(Identity::AppUser(n.to_string()));
        if pick(3) > 0 {
            person = person.with_topic(topics[pick(5)]).with_topic(topics[(pick(5) + 2) % 5]);
        }
        if pick(2) == 0 {
            person = person.with_text();
        }
        for (days, purpose, granted) in [
            (-9, Purpose::Advertising, n % 5 != 0),
            (-5, Purpose::NightAdvertising, n % 3 == 0),
            (-2, Purpose::Advertising, n % 4 != 0),
            (3, Purpose::Advertising, true),
        ] {
            let at = noon() + TimeDelta::days(days);
            person = person.with_consent(if granted {
                ConsentEvent::granted(purpose, at, "서면")
            } else {
                ConsentEvent::withdrawn(purpose, at, "전화")
            });
        }
        people.push(person);
    }
    store.put(&people[..6], noon() - TimeDelta::days(9)).await.unwrap();
    store.put(&people[6..], noon() - TimeDelta::days(1)).await.unwrap();
    // Who changes their mind about topics is found by the new ones only.
    people[3].topics = Some(std::collections::BTreeSet::from(["문화".to_owned()]));
    store.put(&people[3..4], noon()).await.unwrap();

    let told = |n: u32, of: &str, state| {
        let relation = Relation::new(channel(of), state, noon(), "webhook");
        Event::related(Identity::AppUser(n.to_string()), relation)
    };
    let (added, blocked) = (RelationState::Added, RelationState::Blocked);
    let events = [told(1, "city", added), told(2, "city", blocked), told(3, "dong", added), told(12, "city", added)];
    store.apply(&events, noon()).await.unwrap();

    let mut kept = vec![store.find(&Identity::AppUser("12".into())).await.unwrap().unwrap()];
    for n in 1..=11 {
        kept.push(store.find(&known(n)).await.unwrap().unwrap());
    }
    let mut segments: Vec<Segment> = [
        "everyone",
        "text",
        "area:41",
        "area:41630",
        "area:4163053000",
        "area:41110",
        "channel:city",
        "channel:dong and not channel:city",
        "language:ko",
        "language:en or language:vi",
        "consent:third-party",
        "topic:문화",
        "topic:*",
        "topic:100%_",
        "consent:advertising",
        "consent:night-advertising",
        "consent:public-safety",
        "since:2026-11-20",
        "not (area:41630 or text) and topic:문화",
        "not not consent:advertising or since:2026-11-26 and not text",
    ]
    .map(|text| text.parse().unwrap())
    .to_vec();
    segments.push(Segment::people([kept[0].id, kept[5].id, SubscriberId::new(uuid::Uuid::nil())]).unwrap());
    segments.push(Segment::Person(kept[2].id).negated().and(Segment::AllowsText));
    segments.push(Segment::people([]).unwrap());
    segments.extend(topics.map(|topic| Segment::Topic(topic.to_owned())));
    for segment in segments {
        for days in [-20, -9, -3, 0, 5] {
            let at = noon() + TimeDelta::days(days);
            let held: Vec<_> = kept.iter().filter(|person| segment.contains(person, at)).cloned().collect();
            assert_eq!(store.count_of(&segment, at).await.unwrap(), held.len() as u64, "{segment} at {at}");
            let request = AudienceRequest::new(segment.clone(), Purpose::Advertising, at);
            assert_eq!(store.audience(&request).await.unwrap(), FrozenAudience::gather(&request, &held), "{segment}");
            let page = Page::first(segment.clone(), at, 5);
            let mut people = store.page(&page).await.unwrap();
            if let Some(last) = people.last().filter(|_| people.len() == 5) {
                people.extend(store.page(&Page::first(segment.clone(), at, 100).after(last.id)).await.unwrap());
            }
            assert!(people.is_sorted_by_key(|person| person.id));
            let mut held = held;
            held.sort_by_key(|person| person.id);
            assert_eq!(people, held, "{segment}");
        }
    }
}

//! The contract of [`SubscriberStore`], rule by rule.

use chrono::TimeDelta;
use sosik_core::AreaCode;
use sosik_registry::{
    AudienceRequest, ConsentEvent, FrozenAudience, Purpose, Put, Segment, SubscriberId, SubscriberStore, Suppression,
};

use crate::{citizen, consented, noon, phone};

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty store.
#[macro_export]
macro_rules! subscriber_store_conformance {
    ($make:path) => {
        $crate::subscriber_store_conformance!(@ $make:
            rule_1_a_number_is_one_person
            rule_2_put_takes_all_in_their_order
            rule_3_an_audience_holds_everyone_whose_consent_stands
            rule_4_addresses_answer_for_every_id_asked
            rule_5_consents_are_added_and_never_changed
            rule_6_who_is_gone_is_in_no_audience
            rule_7_a_segment_holds_whom_it_says
            rule_8_the_ledger_is_as_it_was_written
        );
    };
    (@ $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async { $crate::subscribers::$rule(&$make().await).await });
        }
    )+};
}

fn id(put: &Put) -> SubscriberId {
    match put {
        Put::Added(id) | Put::Updated(id) => *id,
        other => panic!("an unknown answer: {other:?}"),
    }
}

fn everyone() -> AudienceRequest {
    AudienceRequest::new(Segment::All, Purpose::Advertising, noon())
}

/// Rule 1.
pub async fn rule_1_a_number_is_one_person(store: &dyn SubscriberStore) {
    let first = store.put(&[consented(1)], noon()).await.unwrap();
    let mut moved = consented(1).with_topic("문화").without_text();
    moved.area = AreaCode::parse("4163058000").unwrap();
    let second = store.put(&[moved.clone()], noon() + TimeDelta::days(1)).await.unwrap();
    assert_eq!(second, [Put::Updated(id(&first[0]))]);
    assert_eq!(store.count().await.unwrap(), 1);
    let kept = store.find(&phone(1)).await.unwrap().unwrap();
    assert_eq!((kept.id, &kept.phone), (id(&first[0]), &phone(1)));
    assert_eq!((&kept.area, kept.allows_text, Some(&kept.topics)), (&moved.area, false, moved.topics.as_ref()));
    // What is not said stays as it is known; of someone new it is no text, and every topic.
    let plain = store.put(&[citizen(1), citizen(2)], noon() + TimeDelta::days(1)).await.unwrap();
    assert!(matches!(plain[..], [Put::Updated(_), Put::Added(_)]));
    let again = store.find(&phone(1)).await.unwrap().unwrap();
    assert_eq!((again.allows_text, again.topics.len()), (false, 1));
    let other = store.find(&phone(2)).await.unwrap().unwrap();
    assert_eq!((other.allows_text, other.topics.len()), (false, 0));
    assert_eq!(kept.consents, consented(1).consents, "the same consent is not added twice");
    assert!(store.find(&phone(3)).await.unwrap().is_none());
}

/// Rule 2.
pub async fn rule_2_put_takes_all_in_their_order(store: &dyn SubscriberStore) {
    store.put(&[consented(2)], noon()).await.unwrap();
    let put = store.put(&[consented(3), consented(2), consented(1)], noon()).await.unwrap();
    assert!(matches!(put[..], [Put::Added(_), Put::Updated(_), Put::Added(_)]), "{put:?}");
    for (number, put) in [(3, &put[0]), (2, &put[1]), (1, &put[2])] {
        assert_eq!(store.find(&phone(number)).await.unwrap().unwrap().id, id(put));
    }
    assert_eq!(store.put(&[], noon()).await.unwrap(), []);
}

/// Rule 3.
pub async fn rule_3_an_audience_holds_everyone_whose_consent_stands(store: &dyn SubscriberStore) {
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, noon() - TimeDelta::days(1), "080");
    let later = ConsentEvent::withdrawn(Purpose::Advertising, noon() + TimeDelta::seconds(1), "080");
    let mut elsewhere = consented(5);
    elsewhere.area = AreaCode::parse("4163058000").unwrap();
    let mut land_line = consented(6);
    land_line.phone = sosik_core::PhoneNumber::parse("031-8082-0006").unwrap();
    let people = [
        consented(1),
        citizen(2),
        consented(3).with_consent(withdrawn),
        consented(4).with_consent(later).without_text(),
        elsewhere,
        land_line,
    ];
    let put = store.put(&people, noon()).await.unwrap();

    let audience = store.audience(&everyone()).await.unwrap();
    let mut expected: Vec<SubscriberId> = [0, 3, 4].map(|at| id(&put[at])).to_vec();
    expected.sort();
    assert_eq!(audience.members.iter().map(|member| member.id).collect::<Vec<_>>(), expected);
    let text: Vec<bool> = audience.members.iter().map(|m| m.allows_text).collect();
    assert_eq!(text.iter().filter(|allows| **allows).count(), 2);
    let suppressed: Vec<_> = audience.suppressed.into_iter().collect();
    assert_eq!(suppressed, [(Suppression::NoConsent, 1), (Suppression::NotMobile, 1), (Suppression::Withdrawn, 1)]);

    let there = Segment::Area(AreaCode::parse("4163058000").unwrap());
    let request = AudienceRequest::new(there, Purpose::Advertising, noon());
    let audience = store.audience(&request).await.unwrap();
    assert_eq!(audience.members.iter().map(|member| member.id).collect::<Vec<_>>(), [id(&put[4])]);
    assert!(audience.suppressed.is_empty());
}

/// Rule 4.
pub async fn rule_4_addresses_answer_for_every_id_asked(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1), consented(2), citizen(3)], noon()).await.unwrap();
    let unknown = SubscriberId::new(uuid::Uuid::from_u128(7));
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, noon(), "080");
    assert!(store.record(id(&put[1]), &withdrawn).await.unwrap());
    let asked = [id(&put[2]), unknown, id(&put[0]), id(&put[1]), id(&put[0])];
    let answers = store.addresses(&asked, Purpose::Advertising, noon()).await.unwrap();
    assert_eq!(answers.iter().map(|answer| answer.id).collect::<Vec<_>>(), asked);
    let phones: Vec<_> = answers.into_iter().map(|answer| answer.phone).collect();
    assert_eq!(
        phones,
        [
            Err(Suppression::NoConsent),
            Err(Suppression::Erased),
            Ok(phone(1)),
            Err(Suppression::Withdrawn),
            Ok(phone(1))
        ]
    );
    let before = store.addresses(&[id(&put[1])], Purpose::Advertising, noon() - TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(before[0].phone, Ok(phone(2)));
}

/// Rule 5.
pub async fn rule_5_consents_are_added_and_never_changed(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1)], noon()).await.unwrap();
    let events = [
        ConsentEvent::withdrawn(Purpose::Advertising, noon(), "080"),
        ConsentEvent::granted(Purpose::NightAdvertising, noon(), "누리집"),
        ConsentEvent::granted(Purpose::Advertising, noon() + TimeDelta::days(9), "누리집"),
    ];
    for event in &events {
        assert!(store.record(id(&put[0]), event).await.unwrap());
    }
    // Another sign-up repeats an old consent and adds nothing, and takes nothing away.
    store.put(&[consented(1)], noon() + TimeDelta::days(10)).await.unwrap();
    let kept = store.find(&phone(1)).await.unwrap().unwrap().consents;
    assert_eq!(kept, [consented(1).consents, events.to_vec()].concat());
    assert!(!store.record(SubscriberId::new(uuid::Uuid::from_u128(7)), &events[0]).await.unwrap());
}

/// Rule 6.
pub async fn rule_6_who_is_gone_is_in_no_audience(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1), consented(2)], noon()).await.unwrap();
    let gone = id(&put[0]);
    store.mark_gone(&[gone, SubscriberId::new(uuid::Uuid::from_u128(7))], noon()).await.unwrap();
    store.mark_gone(&[gone], noon() - TimeDelta::days(1)).await.unwrap();
    assert_eq!(store.find(&phone(1)).await.unwrap().unwrap().gone, Some(noon()), "the latest mark counts");
    let audience = store.audience(&everyone()).await.unwrap();
    assert_eq!(audience.members.iter().map(|member| member.id).collect::<Vec<_>>(), [id(&put[1])]);
    assert_eq!(audience.suppressed.get(&Suppression::Gone), Some(&1));
    let address = store.addresses(&[gone], Purpose::Advertising, noon()).await.unwrap().remove(0);
    assert_eq!(address.phone, Err(Suppression::Gone));
    // Until they sign up again.
    let returned = ConsentEvent::granted(Purpose::Advertising, noon() + TimeDelta::days(2), "누리집");
    store.record(gone, &returned).await.unwrap();
    let later = store.addresses(&[gone], Purpose::Advertising, noon() + TimeDelta::days(2)).await.unwrap().remove(0);
    assert_eq!(later.phone, Ok(phone(1)));
}

/// Rule 7.
pub async fn rule_7_a_segment_holds_whom_it_says(store: &dyn SubscriberStore) {
    // Eleven people of four areas, with topics of odd names, consents given, withdrawn and given again.
    let areas = ["4163053000", "4163058000", "41630", "4111156000"];
    let topics = ["문화", "", "*", "\" ; DROP TABLE subscribers; --", "100%_\\"];
    let mut people = Vec::new();
    for n in 1..=11_u32 {
        let pick = |from: usize| usize::try_from(n).unwrap() % from;
        let mut person = citizen(n);
        person.area = AreaCode::parse(areas[pick(4)]).unwrap();
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

    let mut kept = Vec::new();
    for n in 1..=11 {
        kept.push(store.find(&phone(n)).await.unwrap().unwrap());
    }
    let mut segments: Vec<Segment> = [
        "everyone",
        "text",
        "area:41",
        "area:41630",
        "area:4163053000",
        "area:41110",
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
    segments.extend(topics.map(|topic| Segment::Topic(topic.to_owned())));
    for segment in segments {
        for days in [-20, -9, -3, 0, 5] {
            let at = noon() + TimeDelta::days(days);
            let held: Vec<_> = kept.iter().filter(|person| segment.contains(person, at)).cloned().collect();
            assert_eq!(store.count_of(&segment, at).await.unwrap(), held.len() as u64, "{segment} at {at}");
            let request = AudienceRequest::new(segment.clone(), Purpose::Advertising, at);
            assert_eq!(store.audience(&request).await.unwrap(), FrozenAudience::gather(&request, &held), "{segment}");
        }
    }
}

/// Rule 8.
pub async fn rule_8_the_ledger_is_as_it_was_written(store: &dyn SubscriberStore) {
    let empty = store.verify().await.unwrap();
    assert_eq!((empty.entries, empty.broken), (0, None));
    let twice = consented(1);
    let twice = twice.clone().with_consent(twice.consents[0].clone());
    let put = store.put(&[twice, consented(2)], noon()).await.unwrap();
    let first = store.verify().await.unwrap();
    assert_eq!((first.entries, &first.broken), (2, &None), "what was said twice stands once");
    store.put(&[consented(1)], noon()).await.unwrap();
    assert_eq!(store.verify().await.unwrap(), first, "nothing new was said");
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, noon(), "080");
    assert!(store.record(id(&put[0]), &withdrawn).await.unwrap());
    let second = store.verify().await.unwrap();
    assert_eq!((second.entries, &second.broken), (3, &None));
    assert_ne!(second.head, first.head);
    assert!(store.record(id(&put[0]), &withdrawn).await.unwrap());
    assert_eq!(store.verify().await.unwrap(), second);
}

//! The contract of [`SubscriberStore`], rule by rule.

use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::{AreaCode, ChannelId, PhoneNumber};
use sosik_registry::{
    AudienceRequest, ConsentEvent, ConsentText, Erasure, Event, FrozenAudience, GuardianCheck, Identity, Language,
    Medium, Member, Need, NewSubscriber, Note, Page, Purpose, Put, QuietHours, Relation, RelationState, Request,
    Segment, Subscriber, SubscriberId, SubscriberStore, Suppression, duties,
};

use crate::{citizen, consented, noon, phone};

/// One test for each rule of the contract, on what `$make` gives: an async function of an empty store. After `live`, of an
/// empty store or `None` where the server that it needs is not there; the test says then that it was skipped.
#[macro_export]
macro_rules! subscriber_store_conformance {
    (live $make:path) => {
        $crate::subscriber_store_conformance!(# live $make);
    };
    ($make:path) => {
        $crate::subscriber_store_conformance!(# sure $make);
    };
    (# $kind:ident $make:path) => {
        $crate::subscriber_store_conformance!(@ $kind $make:
            rule_1_a_number_is_one_person
            rule_1_what_is_said_of_someone_is_kept
            rule_1_several_identities_are_one_person
            rule_2_put_takes_all_in_their_order
            rule_3_an_audience_holds_everyone_whose_consent_stands
            rule_3_a_channel_is_not_for_those_who_left_it
            rule_4_addresses_answer_for_every_id_asked
            rule_5_consents_are_added_and_never_changed
            rule_6_who_is_gone_is_in_no_audience
            rule_7_a_segment_holds_whom_it_says
            rule_8_the_ledger_is_as_it_was_written
            rule_9_events_leave_the_same_in_any_order
            rule_9_who_is_unlinked_keeps_what_they_said_with_a_number
            rule_10_who_was_erased_is_in_no_answer
            rule_11_sealing_anew_leaves_everyone_found
            rule_12_what_is_noted_stands_once
        );
    };
    (@ $kind:ident $make:path: $($rule:ident)+) => {$(
        #[test]
        fn $rule() {
            let runtime = $crate::reexport::tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                $crate::subscriber_store_conformance!(% $kind $make, $rule);
            });
        }
    )+};
    (% sure $make:path, $rule:ident) => {
        $crate::subscribers::$rule(&$make().await).await
    };
    (% live $make:path, $rule:ident) => {
        match $make().await {
            Some(store) => $crate::subscribers::$rule(&store).await,
            None => eprintln!("skipped: {} needs a server that is not there", stringify!($rule)),
        }
    };
}

fn id(put: &Put) -> SubscriberId {
    match put {
        Put::Added(id) | Put::Updated(id) => *id,
        other => panic!("an unknown answer: {other:?}"),
    }
}

fn known(number: u32) -> Identity {
    phone(number).into()
}

fn need(at: DateTime<Utc>) -> Need {
    Need::new(Purpose::Advertising, at)
}

fn everyone() -> AudienceRequest {
    AudienceRequest::new(Segment::All, Purpose::Advertising, noon())
}

/// Rule 1.
pub async fn rule_1_a_number_is_one_person(store: &dyn SubscriberStore) {
    let first = store.put(&[consented(1)], noon()).await.unwrap();
    let mut moved = consented(1).with_topic("문화").without_text();
    moved.area = Some(AreaCode::parse("4163058000").unwrap());
    let second = store.put(&[moved.clone()], noon() + TimeDelta::days(1)).await.unwrap();
    assert_eq!(second, [Put::Updated(id(&first[0]))]);
    assert_eq!(store.count().await.unwrap(), 1);
    let kept = store.find(&known(1)).await.unwrap().unwrap();
    assert_eq!((kept.id, kept.phone()), (id(&first[0]), Some(&phone(1))));
    assert_eq!((&kept.area, kept.allows_text, Some(&kept.topics)), (&moved.area, false, moved.topics.as_ref()));
    // What is not said stays as it is known; of someone new it is no text, and every topic.
    let plain = store.put(&[citizen(1), citizen(2)], noon() + TimeDelta::days(1)).await.unwrap();
    assert!(matches!(plain[..], [Put::Updated(_), Put::Added(_)]));
    let again = store.find(&known(1)).await.unwrap().unwrap();
    assert_eq!((again.allows_text, again.topics.len()), (false, 1));
    let other = store.find(&known(2)).await.unwrap().unwrap();
    assert_eq!((other.allows_text, other.topics.len()), (false, 0));
    assert_eq!(kept.consents, consented(1).consents, "the same consent is not added twice");
    assert!(store.find(&known(3)).await.unwrap().is_none());
}

/// Rule 1, of everything that can be said.
pub async fn rule_1_what_is_said_of_someone_is_kept(store: &dyn SubscriberStore) {
    let text = ConsentText::of("2026-1", "광고성 정보를 받는 데 동의합니다");
    let said = ConsentEvent::granted(Purpose::ThirdParty, noon(), "접수 '12'").of_text(text).by(Medium::Web);
    let said = said.by_guardian(GuardianCheck::Mobile);
    let day = (noon() + TimeDelta::days(100)).date_naive();
    let new = citizen(1)
        .with_language(Language::parse("EN").unwrap())
        .with_quiet(QuietHours::parse("20:00-09:30").unwrap())
        .as_child_until(day)
        .with_consent(said.clone());
    store.put(std::slice::from_ref(&new), noon()).await.unwrap();
    // Nothing more is said: nothing changes.
    store.put(&[NewSubscriber::known_by(phone(1))], noon()).await.unwrap();
    let kept = store.find(&known(1)).await.unwrap().unwrap();
    assert_eq!((&kept.area, &kept.language, kept.quiet), (&new.area, &new.language, new.quiet));
    assert_eq!((kept.child_until, &kept.consents), (Some(day), &vec![said]));
    // Of someone new nothing is known.
    store.put(&[NewSubscriber::known_by(Identity::OpenId("o".into()))], noon()).await.unwrap();
    let bare = store.find(&Identity::OpenId("o".into())).await.unwrap().unwrap();
    assert_eq!((bare.phone(), &bare.area, &bare.language), (None, &None, &None));
    let request = AudienceRequest::new(Segment::All, Purpose::PublicSafety, noon());
    let audience = store.audience(&request).await.unwrap();
    assert_eq!(audience.suppressed.into_iter().collect::<Vec<_>>(), [(Suppression::NoPhone, 1)]);
}

/// Rule 1, of someone known by more than a number.
pub async fn rule_1_several_identities_are_one_person(store: &dyn SubscriberStore) {
    let app = |id: &str| Identity::AppUser(id.to_owned());
    let key = |of: &str, key: &str| Identity::ChannelUser { channel: channel(of), key: key.to_owned() };
    let with = |new: NewSubscriber, more: &[Identity]| more.iter().cloned().fold(new, NewSubscriber::with_identity);
    let put = store.put(&[with(consented(1), &[app("1"), key("a", "1"), key("b", "1")])], noon()).await.unwrap();
    for identity in [known(1), app("1"), key("a", "1"), key("b", "1")] {
        assert_eq!(store.find(&identity).await.unwrap().unwrap().id, id(&put[0]), "{identity:?}");
    }
    assert!(store.find(&key("a", "2")).await.unwrap().is_none());
    // A number and a channel's key that changed: the old ones are no one's.
    let known_by = |identity: Identity| NewSubscriber::known_by(identity);
    let moved = with(known_by(app("1")), &[known(2), key("a", "2")]);
    assert_eq!(store.put(&[moved], noon()).await.unwrap(), [Put::Updated(id(&put[0]))]);
    for (identity, is_there) in [(known(1), false), (known(2), true), (key("a", "1"), false), (key("b", "1"), true)] {
        assert_eq!(store.find(&identity).await.unwrap().is_some(), is_there, "{identity:?}");
    }
    let kept = store.find(&app("1")).await.unwrap().unwrap();
    let mut identities = vec![known(2), app("1"), key("a", "2"), key("b", "1")];
    identities.sort();
    assert_eq!((kept.identities, store.count().await.unwrap()), (identities, 1));
    // Another, who signed up by app alone and gave a number later that is known: they are one person from then on.
    let night = ConsentEvent::granted(Purpose::NightAdvertising, noon(), "앱");
    let other = store.put(&[known_by(app("9")).with_consent(night.clone())], noon()).await.unwrap();
    assert_eq!(store.count().await.unwrap(), 2);
    let joined = store.put(&[with(known_by(known(2)), &[app("9")])], noon()).await.unwrap();
    assert_eq!(joined, [Put::Updated(id(&put[0]))]);
    assert_eq!(store.count().await.unwrap(), 1);
    let kept = store.find(&app("9")).await.unwrap().unwrap();
    assert_eq!((kept.id, kept.consents.last()), (id(&put[0]), Some(&night)));
    assert!(store.find(&app("1")).await.unwrap().is_none(), "a person has one id in the app");
    assert!(!store.record(id(&other[0]), &night).await.unwrap(), "who was joined is no one");
    assert_eq!(store.verify().await.unwrap().broken, None);
}

/// Rule 2.
pub async fn rule_2_put_takes_all_in_their_order(store: &dyn SubscriberStore) {
    store.put(&[consented(2)], noon()).await.unwrap();
    let put = store.put(&[consented(3), consented(2), consented(1)], noon()).await.unwrap();
    assert!(matches!(put[..], [Put::Added(_), Put::Updated(_), Put::Added(_)]), "{put:?}");
    for (number, put) in [(3, &put[0]), (2, &put[1]), (1, &put[2])] {
        assert_eq!(store.find(&known(number)).await.unwrap().unwrap().id, id(put));
    }
    assert_eq!(store.put(&[], noon()).await.unwrap(), []);
    // One who stands there twice is updated by what stands there second.
    let twice = store.put(&[citizen(7).with_text(), citizen(8), citizen(7).without_text()], noon()).await.unwrap();
    assert!(matches!(twice[..], [Put::Added(_), Put::Added(_), Put::Updated(_)]), "{twice:?}");
    assert!(!store.find(&known(7)).await.unwrap().unwrap().allows_text);
}

/// Rule 3.
pub async fn rule_3_an_audience_holds_everyone_whose_consent_stands(store: &dyn SubscriberStore) {
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, noon() - TimeDelta::days(1), "080");
    let later = ConsentEvent::withdrawn(Purpose::Advertising, noon() + TimeDelta::seconds(1), "080");
    let mut elsewhere = consented(5);
    elsewhere.area = Some(AreaCode::parse("4163058000").unwrap());
    let land_line = consented(6).with_identity(PhoneNumber::parse("031-8082-0006").unwrap());
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

/// Rule 3, through a channel, and page by page.
pub async fn rule_3_a_channel_is_not_for_those_who_left_it(store: &dyn SubscriberStore) {
    let (city, other) = (channel("city"), channel("other"));
    let mut people: Vec<NewSubscriber> =
        (1..=6).map(|n| consented(n).with_identity(Identity::AppUser(n.to_string()))).collect();
    people[5] = people[5].clone().as_child_until((noon() + TimeDelta::days(400)).date_naive());
    let put = store.put(&people, noon() - TimeDelta::days(3)).await.unwrap();
    let told = |n: u32, state, days| {
        let relation = Relation::new(city.clone(), state, noon() + TimeDelta::days(days), "webhook");
        Event::related(Identity::AppUser(n.to_string()), relation)
    };
    let events = [
        told(1, RelationState::Blocked, -2),
        told(2, RelationState::Added, -1),
        told(3, RelationState::Left, -1),
        told(4, RelationState::Blocked, 1),
    ];
    store.apply(&events, noon()).await.unwrap();
    let ids = |members: &[Member]| members.iter().map(|member| member.id).collect::<Vec<_>>();
    let through = everyone().through(city.clone());
    let audience = store.audience(&through).await.unwrap();
    let mut expected = vec![id(&put[1]), id(&put[3]), id(&put[4])];
    expected.sort();
    assert_eq!(ids(&audience.members), expected);
    let suppressed: Vec<_> = audience.suppressed.clone().into_iter().collect();
    assert_eq!(suppressed, [(Suppression::Blocked, 2), (Suppression::NoGuardian, 1)]);
    assert_eq!(store.audience(&everyone().through(other)).await.unwrap().members.len(), 5);
    let address = store.addresses(&[id(&put[0])], &need(noon()).through(city)).await.unwrap().remove(0);
    assert_eq!(address.phone, Err(Suppression::Blocked));

    // Page by page the same people.
    for limit in [1, 2, 3, 10] {
        let mut all = Vec::new();
        loop {
            let page = store.members(&through, all.last().map(|last: &Member| last.id), limit).await.unwrap();
            let is_last = page.len() < limit;
            all.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(all, audience.members, "{limit} a page");
    }
}

/// Rule 4.
pub async fn rule_4_addresses_answer_for_every_id_asked(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1), consented(2), citizen(3)], noon()).await.unwrap();
    let unknown = SubscriberId::new(uuid::Uuid::from_u128(7));
    let withdrawn = ConsentEvent::withdrawn(Purpose::Advertising, noon(), "080");
    assert!(store.record(id(&put[1]), &withdrawn).await.unwrap());
    let asked = [id(&put[2]), unknown, id(&put[0]), id(&put[1]), id(&put[0])];
    let answers = store.addresses(&asked, &need(noon())).await.unwrap();
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
    let before = store.addresses(&[id(&put[1])], &need(noon() - TimeDelta::seconds(1))).await.unwrap();
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
    let kept = store.find(&known(1)).await.unwrap().unwrap().consents;
    assert_eq!(kept, [consented(1).consents, events.to_vec()].concat());
    assert!(!store.record(SubscriberId::new(uuid::Uuid::from_u128(7)), &events[0]).await.unwrap());
}

/// Rule 6.
pub async fn rule_6_who_is_gone_is_in_no_audience(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1), consented(2)], noon()).await.unwrap();
    let gone = id(&put[0]);
    store.mark_gone(&[gone, SubscriberId::new(uuid::Uuid::from_u128(7))], noon()).await.unwrap();
    store.mark_gone(&[gone], noon() - TimeDelta::days(1)).await.unwrap();
    assert_eq!(store.find(&known(1)).await.unwrap().unwrap().gone, Some(noon()), "the latest mark counts");
    let audience = store.audience(&everyone()).await.unwrap();
    assert_eq!(audience.members.iter().map(|member| member.id).collect::<Vec<_>>(), [id(&put[1])]);
    assert_eq!(audience.suppressed.get(&Suppression::Gone), Some(&1));
    let address = store.addresses(&[gone], &need(noon())).await.unwrap().remove(0);
    assert_eq!(address.phone, Err(Suppression::Gone));
    // Until they sign up again.
    let returned = ConsentEvent::granted(Purpose::Advertising, noon() + TimeDelta::days(2), "누리집");
    store.record(gone, &returned).await.unwrap();
    let later = store.addresses(&[gone], &need(noon() + TimeDelta::days(2))).await.unwrap().remove(0);
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

fn channel(name: &str) -> ChannelId {
    ChannelId::parse(name).unwrap()
}

async fn known_of(store: &dyn SubscriberStore, identities: &[Identity]) -> Vec<Option<Subscriber>> {
    let mut out = Vec::new();
    for identity in identities {
        out.push(store.find(identity).await.unwrap());
    }
    out
}

/// Rule 9. Of one id of each kind, in every order of six events, each told once, twice and in one call or several.
pub async fn rule_9_events_leave_the_same_in_any_order(store: &dyn SubscriberStore) {
    let (city, dong) = (channel("city"), channel("dong"));
    let at = |hours| noon() + TimeDelta::hours(hours);
    let events = |who: &Identity| {
        let told = |channel: &ChannelId, state, hours| {
            Event::related(who.clone(), Relation::new(channel.clone(), state, at(hours), "webhook"))
        };
        [
            told(&city, RelationState::Added, 1),
            told(&city, RelationState::Blocked, 3),
            told(&dong, RelationState::Added, 1),
            Event::unlinked(who.clone(), at(2)),
            told(&dong, RelationState::Added, 4),
            told(&dong, RelationState::Left, 4),
        ]
    };
    let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
    for next in 0..6 {
        let longer = |order: &Vec<usize>| {
            (0..=order.len())
                .map(|place| {
                    let mut order = order.clone();
                    order.insert(place, next);
                    order
                })
                .collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    assert_eq!(orders.len(), 720);
    // An id that is put to a number before all of them, one after, and one that is known by events alone.
    let expected = |put: bool| {
        (put, vec![(city.clone(), RelationState::Blocked, at(3)), (dong.clone(), RelationState::Left, at(4))])
    };
    let mut calls = Vec::new();
    for (n, order) in orders.iter().enumerate() {
        let who = Identity::AppUser(n.to_string());
        let number = u32::try_from(n).unwrap() + 1;
        let put = consented(number).with_identity(who.clone());
        match n % 3 {
            0 => drop(store.put(&[put], at(0)).await.unwrap()),
            1 => drop(store.put(&[put], at(5)).await.unwrap()),
            _ => {}
        }
        let mut told: Vec<Event> = order.iter().map(|event| events(&who)[*event].clone()).collect();
        if n % 2 == 0 {
            told.extend(told.clone());
        }
        if n % 5 == 0 {
            for event in told {
                store.apply(&[event], at(6)).await.unwrap();
            }
        } else {
            calls.extend(told);
        }
    }
    store.apply(&calls, at(6)).await.unwrap();
    for (n, order) in orders.iter().enumerate() {
        let who = Identity::AppUser(n.to_string());
        let person = store.find(&who).await.unwrap().unwrap_or_else(|| panic!("{n}: {order:?}"));
        let relations = person.relations.iter().map(|told| (told.channel.clone(), told.state, told.at)).collect();
        // Put at 0, unlinked at 2: the number stays, and what was told later is someone else's. Put at 5: it is theirs.
        assert_eq!((person.phone().is_some(), relations), expected(n % 3 == 1), "{n}: {order:?}");
        let since = if n % 3 == 1 { at(5) } else { at(3) };
        assert_eq!(person.since, since, "{n}: {order:?}");
        if n % 3 == 0 {
            let number = store.find(&known(u32::try_from(n).unwrap() + 1)).await.unwrap().unwrap();
            assert_eq!((number.identities.len(), number.relations.len(), number.since), (1, 0, at(0)));
        }
    }
    assert_eq!(store.count().await.unwrap(), 720 + 240);
}

/// Rule 9, of someone who leaves.
pub async fn rule_9_who_is_unlinked_keeps_what_they_said_with_a_number(store: &dyn SubscriberStore) {
    let app = |id: &str| Identity::AppUser(id.to_owned());
    let by_app =
        NewSubscriber::known_by(app("2")).with_consent(ConsentEvent::granted(Purpose::Advertising, noon(), "앱"));
    store.put(&[consented(1).with_identity(app("1")), by_app], noon()).await.unwrap();
    let later = noon() + TimeDelta::days(1);
    let events = [app("1"), app("2"), app("3")].map(|who| Event::unlinked(who, later));
    store.apply(&events, later).await.unwrap();
    store.apply(&events, later).await.unwrap();
    let left = known_of(store, &[known(1), app("1"), app("2"), app("3")]).await;
    assert_eq!(left.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, false]);
    assert_eq!((left[0].as_ref().unwrap().consents.len(), store.count().await.unwrap()), (1, 1));
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, ledger.broken), (3, None), "two consents, and that one of them is erased");
}

/// Rule 10.
pub async fn rule_10_who_was_erased_is_in_no_answer(store: &dyn SubscriberStore) {
    let app = Identity::AppUser("1".into());
    let all = [consented(1).with_identity(app.clone()), consented(2), citizen(3)];
    let put = store.put(&all, noon()).await.unwrap();
    let told = Event::related(app.clone(), Relation::new(channel("city"), RelationState::Added, noon(), "webhook"));
    store.apply(std::slice::from_ref(&told), noon()).await.unwrap();
    let later = noon() + TimeDelta::days(1);
    let erasure = Erasure::new(later, "request 1");
    assert!(store.erase(id(&put[0]), &erasure).await.unwrap());
    assert!(!store.erase(id(&put[0]), &erasure).await.unwrap(), "they are not known any more");
    assert!(store.erase(id(&put[2]), &erasure).await.unwrap());
    // What is told of before does not bring them back.
    store.apply(&[told], later).await.unwrap();
    assert_eq!(known_of(store, &[known(1), app.clone(), known(3)]).await, [None, None, None]);
    assert_eq!((store.count().await.unwrap(), store.count_of(&Segment::All, later).await.unwrap()), (1, 1));
    let gone = store.addresses(&[id(&put[0])], &need(later)).await.unwrap().remove(0);
    assert_eq!(gone.phone, Err(Suppression::Erased));
    assert!(!store.record(id(&put[0]), &ConsentEvent::withdrawn(Purpose::Advertising, later, "080")).await.unwrap());
    let request = AudienceRequest::new("topic:문화".parse().unwrap(), Purpose::Advertising, later);
    assert_eq!(store.audience(&request).await.unwrap().members.len(), 1);
    assert_eq!(store.page(&Page::first(Segment::All, later, 9)).await.unwrap().len(), 1);
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (3, &None), "two consents, and that one of them is erased");
    // When they come again they are new.
    let again = store.put(&all[..1], later).await.unwrap();
    assert!(matches!(again[..], [Put::Added(new)] if new != id(&put[0])));
    assert_eq!(store.find(&app).await.unwrap().unwrap().since, later);
    assert_eq!(store.verify().await.unwrap().entries, 4);
}

/// Rule 11, where everything is sealed under the current key.
pub async fn rule_11_sealing_anew_leaves_everyone_found(store: &dyn SubscriberStore) {
    store.put(&[consented(1), consented(2)], noon()).await.unwrap();
    assert_eq!(store.reseal(1).await.unwrap(), 0);
    assert_eq!(known_of(store, &[known(1), known(2)]).await.iter().flatten().count(), 2);
}

/// Rule 12.
pub async fn rule_12_what_is_noted_stands_once(store: &dyn SubscriberStore) {
    let put = store.put(&[consented(1), citizen(2)], noon()).await.unwrap();
    let kept = store.find(&known(1)).await.unwrap().unwrap();
    let owed = duties(&kept, noon());
    assert!(!owed.is_empty());
    let notes =
        [Note::asked(Request::Access, noon(), "창구 '1'"), Note::done(&owed[0], noon() + TimeDelta::days(1), "알림톡")];
    for note in [&notes[0], &notes[1], &notes[0]] {
        assert!(store.note(id(&put[0]), note).await.unwrap());
    }
    assert!(!store.note(SubscriberId::new(uuid::Uuid::from_u128(7)), &notes[0]).await.unwrap());
    assert!(store.note(id(&put[1]), &notes[0]).await.unwrap());
    let after = store.find(&known(1)).await.unwrap().unwrap();
    assert_eq!((&after.notes[..], &after.consents), (&notes[..], &kept.consents));
    assert_eq!(store.audience(&everyone()).await.unwrap().members.len(), 1);
    let addresses = store.addresses(&[id(&put[0]), id(&put[1])], &need(noon())).await.unwrap();
    assert_eq!(addresses[1].phone, Err(Suppression::NoConsent));
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (4, &None));
    // Who said nothing and asked for something stands in the ledger too.
    assert!(store.erase(id(&put[1]), &Erasure::new(noon(), "request 2")).await.unwrap());
    let ledger = store.verify().await.unwrap();
    assert_eq!((ledger.entries, &ledger.broken), (5, &None));
}

/// Whatever stands in a text comes back as it was, is found by, and harms nothing: in topics, evidence, ids and sources.
pub async fn any_text_goes_through(store: &dyn SubscriberStore, texts: &[String]) {
    let of = |n: usize| Identity::AppUser(format!("{n} {}", texts[n]));
    let people: Vec<NewSubscriber> = (0..texts.len())
        .map(|n| {
            let said = ConsentEvent::granted(Purpose::Advertising, noon(), texts[n].as_str());
            let said = said.of_text(ConsentText::of(texts[n].as_str(), &texts[n]));
            let number = phone(u32::try_from(n).unwrap());
            NewSubscriber::known_by(number).with_identity(of(n)).with_topic(texts[n].as_str()).with_consent(said)
        })
        .collect();
    store.put(&people, noon()).await.unwrap();
    let told = |n: usize| {
        Event::related(of(n), Relation::new(channel("city"), RelationState::Added, noon(), texts[n].as_str()))
    };
    store.apply(&(0..texts.len()).map(told).collect::<Vec<_>>(), noon()).await.unwrap();
    for (n, new) in people.iter().enumerate() {
        let kept = store.find(&of(n)).await.unwrap().unwrap_or_else(|| panic!("{:?}", texts[n]));
        assert_eq!((Some(&kept.topics), &kept.consents), (new.topics.as_ref(), &new.consents));
        assert_eq!(kept.relations[0].source, texts[n]);
        let segment = Segment::Topic(texts[n].clone());
        let same = texts.iter().filter(|text| **text == texts[n]).count();
        assert_eq!(store.count_of(&segment, noon()).await.unwrap(), same as u64, "{:?}", texts[n]);
        let page = store.page(&Page::first(segment, noon(), texts.len())).await.unwrap();
        assert!(page.contains(&kept));
    }
    assert_eq!(store.count().await.unwrap(), texts.len() as u64);
    assert_eq!(store.verify().await.unwrap().broken, None);
}

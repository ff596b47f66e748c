//! The contract of [`SubscriberStore`], rule by rule.

mod events;
mod ledger;
mod people;
mod segments;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_core::{AreaCode, ChannelId, PhoneNumber};
use sosik_registry::{
    AudienceRequest, ConsentEvent, Event, FrozenAudience, Identity, Member, Need, NewSubscriber, Purpose, Put,
    QuietHours, Relation, RelationState, Segment, Subscriber, SubscriberId, SubscriberStore, Suppression,
};

pub use self::events::*;
pub use self::ledger::*;
pub use self::people::*;
pub use self::segments::*;
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
            rule_13_what_is_due_is_destroyed_and_no_more
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
    let quiet = QuietHours::parse("20:00-09:30").unwrap();
    let land_line = consented(6).with_identity(PhoneNumber::parse("031-8082-0006").unwrap());
    let people = [
        consented(1),
        citizen(2),
        consented(3).with_consent(withdrawn),
        consented(4).with_consent(later).without_text().with_quiet(quiet),
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
    for member in &audience.members {
        assert_eq!(member.quiet, (member.id == id(&put[3])).then_some(quiet), "when they want to be left alone");
        let address = store.addresses(&[member.id], &need(noon())).await.unwrap().remove(0);
        assert_eq!(address.quiet, member.quiet);
    }
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
        let mut all = FrozenAudience::default();
        loop {
            let after = all.members.last().map(|last: &Member| last.id);
            let page = store.members(&through, after, limit).await.unwrap();
            let is_last = page.members.len() < limit;
            all.members.extend(page.members);
            for (reason, count) in page.suppressed {
                *all.suppressed.entry(reason).or_default() += count;
            }
            if is_last {
                break;
            }
        }
        assert_eq!(all, audience, "{limit} a page");
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

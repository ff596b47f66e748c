//! What is told of people: rule 9.

use chrono::TimeDelta;
use sosik_core::ChannelId;
use sosik_registry::{ConsentEvent, Event, Identity, NewSubscriber, Purpose, Relation, RelationState, SubscriberStore};

use super::{channel, known, known_of};
use crate::{consented, noon};

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

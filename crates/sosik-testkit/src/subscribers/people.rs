//! Who is who: rule 1, and texts of every kind.

use std::path::Path;

use chrono::TimeDelta;
use sosik_core::{AreaCode, Language};
use sosik_registry::{
    AudienceRequest, ConsentEvent, ConsentText, Event, GuardianCheck, Identity, Medium, NewSubscriber, Page, Purpose,
    Put, QuietHours, Relation, RelationState, Segment, SubscriberStore, Suppression,
};

use super::{channel, id, known};
use crate::{citizen, consented, noon, phone};

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

/// Texts that others collected because programs stumble over them, in the folder of their files, go through untouched.
pub async fn texts_of_others_go_through(store: &dyn SubscriberStore, corpus: &Path) {
    let texts = std::fs::read(corpus.join("nasty_text/blns_shared.json")).unwrap();
    let mut texts: Vec<String> = serde_json::from_slice(&texts).unwrap();
    texts.extend(
        ["=1+1", "'; DROP TABLE subscribers; --", "@SUM(A1)", "\u{feff}", "가\u{1100}\u{1161}"].map(String::from),
    );
    any_text_goes_through(store, &texts).await;
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

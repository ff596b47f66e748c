//! People: where they are found, and one edition through several channels.

use chrono::TimeDelta;
use sosik_core::ChannelId;
use sosik_delivery::{
    BatchId, BatchState, BatchUpdate, Campaign, CampaignKey, Change, Claim, Deed, Outbox, OutboxError, Presence,
    RecipientState, Share,
};
use sosik_registry::{SubscriberId, Suppression};

use super::{LEASE, batch, did, plan, planned, sealed};
use crate::{campaign, noon};

/// Rule 14.
pub async fn rule_14_a_person_is_found_in_a_campaign(outbox: &dyn Outbox) {
    let campaign = planned(outbox, "w48", &[3, 3]).await;
    let sought = batch(&campaign, 1, 3).recipients[2];
    let (found, place) = outbox.place(campaign.id, sought).await.unwrap().unwrap();
    assert_eq!((found, place), (batch(&campaign, 1, 3), 2));
    let nobody = SubscriberId::new(uuid::Uuid::from_u128(77));
    assert_eq!(outbox.place(campaign.id, nobody).await.unwrap(), None);
    // What lies across two people is no person.
    let across = [&sought.as_uuid().as_bytes()[8..], &sought.as_uuid().as_bytes()[..8]].concat();
    let across = SubscriberId::new(uuid::Uuid::from_slice(&across).unwrap());
    assert_eq!(outbox.place(campaign.id, across).await.unwrap(), None);
    let other = planned(outbox, "w49", &[1]).await;
    assert_eq!(outbox.place(other.id, sought).await.unwrap(), None);
}

/// A campaign through another channel.
fn through(channel: &str, edition: &str) -> Campaign {
    let Campaign { key, class, message, send_at, history, .. } = campaign(edition);
    let key = CampaignKey::new(ChannelId::parse(channel).unwrap(), key.slot, key.edition);
    Campaign::new(key, class, message, send_at, history)
}

/// Rule 3, of an edition that goes through several channels.
pub async fn rule_3_of_one_edition_one_channel_is_planned_at_a_time(outbox: &dyn Outbox) {
    let (city, district, other) = (through("city", "w48"), through("district", "w48"), through("district", "w49"));
    for draft in [&city, &district, &other] {
        outbox.draft(draft).await.unwrap();
    }
    let (first, besides) = (outbox.begin(city.id).await.unwrap(), outbox.begin(other.id).await.unwrap());
    outbox.add(city.id, first, &[batch(&city, 0, 2)]).await.unwrap();
    outbox.add(other.id, besides, &[batch(&other, 0, 2)]).await.unwrap();
    let second = outbox.begin(district.id).await.unwrap();
    assert_eq!(outbox.tally(city.id).await.unwrap().batches, 0, "what was half planned is dropped");
    let lost = outbox.add(city.id, first, &[batch(&city, 1, 2)]).await.unwrap_err();
    assert!(matches!(lost, OutboxError::PlanningLost { .. }), "{lost}");
    assert!(outbox.seal(city.id, first, &sealed(2)).await.is_err());
    outbox.add(district.id, second, &[batch(&district, 0, 1)]).await.unwrap();
    outbox.seal(district.id, second, &sealed(1)).await.unwrap();
    // Another edition has nothing to do with it, and what is sealed stays.
    outbox.seal(other.id, besides, &sealed(2)).await.unwrap();
    let again = outbox.begin(city.id).await.unwrap();
    assert_eq!(outbox.tally(district.id).await.unwrap().planned(), 1);
    outbox.add(city.id, again, &[batch(&city, 0, 2)]).await.unwrap();
    outbox.seal(city.id, again, &sealed(2)).await.unwrap();
    assert_eq!(outbox.tally(city.id).await.unwrap().planned(), 2);
}

/// Rule 18.
pub async fn rule_18_people_are_found_in_what_they_get_besides(outbox: &dyn Outbox) {
    // In the first batch of each are the people from 0 on, in the second those from 2^64 on.
    let mut later = through("district", "w49");
    (later.send_at, later.history) = (noon() + TimeDelta::minutes(5), campaign("w49").history);
    let (city, later) = (plan(outbox, &through("city", "w48"), &[4, 2]).await, plan(outbox, &later, &[3]).await);
    let half = through("half", "w48");
    outbox.draft(&half).await.unwrap();
    let token = outbox.begin(half.id).await.unwrap();
    outbox.add(half.id, token, &[batch(&half, 0, 4)]).await.unwrap();
    let id = |at: u128| SubscriberId::new(uuid::Uuid::from_u128(at));
    let people = [id(3), id(1 << 64), id(77), id(0), id(2), id(1)];
    let since = city.key.slot;
    let found = async || outbox.presences(&people, since).await.unwrap();
    let of = |presence: &Presence| {
        let people: Vec<(u128, Share)> =
            presence.people.iter().map(|(id, share)| (id.as_uuid().as_u128(), *share)).collect();
        (presence.key.clone(), people)
    };
    let (planned, sent) = (Share::Planned, Share::Sent(noon()));
    let all = [(0, planned), (1, planned), (2, planned), (3, planned), (1 << 64, planned)];
    let first = found().await;
    assert_eq!(
        first.iter().map(of).collect::<Vec<_>>(),
        [(city.key.clone(), all.to_vec()), (later.key.clone(), all[..3].to_vec())],
        "by their sending, and nothing half planned"
    );
    assert_eq!((first[1].class, first[1].send_at), (later.class, later.send_at));
    // Nobody is asked for, nobody is found; nor what is before.
    assert!(outbox.presences(&[], since).await.unwrap().is_empty());
    assert!(outbox.presences(&[id(77)], since).await.unwrap().is_empty());
    assert!(outbox.presences(&people, since + TimeDelta::seconds(1)).await.unwrap().is_empty());

    // Where each stands: submitted and no answer kept, then passed over, failed and delivered.
    let claimed = outbox.claim(&Claim::new("a", noon(), LEASE).of(BatchId::new(city.id, 0))).await.unwrap().unwrap();
    let mut update = BatchUpdate::of(&claimed);
    (update.state, update.first_sent, update.attempts) = (BatchState::InDoubt, Some(noon()), 1);
    update.changes = vec![Change::new(0, RecipientState::Suppressed(Suppression::Blocked.into()))];
    outbox.update(&update).await.unwrap();
    let doubt = [(1, sent), (2, sent), (3, sent), (1 << 64, planned)];
    assert_eq!(of(&found().await[0]).1, doubt, "whoever was passed over is not there");
    let news = [Change::new(1, RecipientState::Delivered), Change::new(2, RecipientState::failed("3018"))];
    outbox.settle(BatchId::new(city.id, 0), &news).await.unwrap();
    assert_eq!(of(&found().await[0]).1, [(1, sent), (2, Share::Failed), (3, sent), (1 << 64, planned)]);

    // Of what was called off remains what was submitted, or may be by whoever holds it; nothing of it is left for others.
    let held = through("other", "w50");
    let held = plan(outbox, &held, &[2, 2, 2]).await;
    let of = |number| BatchId::new(held.id, number);
    let leased =
        outbox.claim(&Claim::new("b", noon() + TimeDelta::seconds(9), LEASE).of(of(1))).await.unwrap().unwrap();
    let claimed =
        outbox.claim(&Claim::new("c", noon() + TimeDelta::seconds(9), LEASE).of(of(2))).await.unwrap().unwrap();
    let mut update = BatchUpdate::of(&claimed);
    (update.state, update.release) = (BatchState::Held, true);
    outbox.update(&update).await.unwrap();
    let whom = [id(0), id(1 << 64), id(2 << 64)];
    let shares = async || {
        let all = outbox.presences(&whom, since).await.unwrap();
        all.into_iter().find(|presence| presence.key == held.key).map_or(0, |presence| presence.people.len())
    };
    assert_eq!(shares().await, 3);
    outbox.transition(held.id, &did(Deed::Cancel, "head")).await.unwrap();
    assert_eq!(shares().await, 1, "only whoever is leased");
    let mut update = BatchUpdate::of(&leased);
    update.release = true;
    outbox.update(&update).await.unwrap();
    assert_eq!(shares().await, 0);
}

/// Rule 18, of more batches than are read at a time.
pub async fn rule_18_people_are_found_in_many_batches(outbox: &dyn Outbox) {
    let campaign = plan(outbox, &campaign("w48"), &[1; 200]).await;
    let people: Vec<SubscriberId> =
        (0..200_u128).map(|number| SubscriberId::new(uuid::Uuid::from_u128(number << 64))).collect();
    let found = outbox.presences(&people, campaign.key.slot).await.unwrap();
    assert_eq!((found.len(), found[0].people.len()), (1, 200));
    let ends = [people[0], people[199]];
    let found = outbox.presences(&ends, campaign.key.slot).await.unwrap();
    assert_eq!(found[0].people.keys().copied().collect::<Vec<_>>(), ends);
}

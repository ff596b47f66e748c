//! The contract of [`Newsroom`], rule by rule.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_content::{Choices, Curation, curate};
use sosik_delivery::ApprovalRule;
use sosik_desk::{Approved, Draft, Newsroom};

/// One test for each rule of the contract, for what `$make` gives: an async function of a [`Newsroom`] in an `Arc` and a slot of
/// which it has posts.
#[macro_export]
macro_rules! newsroom_conformance {
    ($make:path) => {
        $crate::rules!(newsroom, $make:
            rule_1_a_brief_is_for_its_channel_and_slot
            rule_2_posts_give_an_edition_and_the_same_again
            rule_3_each_card_has_a_picture
            rule_4_an_edition_is_one_campaign
        );
    };
}

type Made = (Arc<dyn Newsroom>, DateTime<Utc>);

async fn curated((room, slot): &Made) -> Curation {
    let brief = room.brief(*slot).build().unwrap();
    curate(&room.posts(*slot).await.unwrap(), &brief).unwrap()
}

/// Rule 1.
pub async fn rule_1_a_brief_is_for_its_channel_and_slot(made: Made) {
    let edition = curated(&made).await.edition;
    assert_eq!((edition.channel(), edition.slot()), (made.0.channel(), made.1));
}

/// Rule 2.
pub async fn rule_2_posts_give_an_edition_and_the_same_again(made: Made) {
    assert_eq!(curated(&made).await.edition, curated(&made).await.edition);
}

/// Rule 3.
pub async fn rule_3_each_card_has_a_picture(made: Made) {
    let (edition, posts) = (curated(&made).await.edition, made.0.posts(made.1).await.unwrap());
    let pictures = made.0.draw(&edition, &posts).await.unwrap();
    assert_eq!(pictures.len(), edition.cards().len());
    for picture in pictures {
        assert!(picture.jpeg.starts_with(&[0xff, 0xd8]), "a JPEG");
        assert!(picture.size.0 > 0 && picture.size.1 > 0 && !picture.alt.trim().is_empty(), "{picture:?}");
    }
}

/// What an approver agreed to: the edition of the posts, or of all but its first card.
async fn approved(made: &Made, is_whole: bool) -> Approved {
    let (room, slot) = made;
    let at = *slot - TimeDelta::hours(1);
    let (mut edition, posts) = (curated(made).await.edition, room.posts(*slot).await.unwrap());
    if !is_whole {
        let without = Choices::default().drop(edition.cards()[0].post_id(), "다음 주");
        edition = curate(&posts, &room.brief(*slot).choices(without).build().unwrap()).unwrap().edition;
    }
    let pictures = room.draw(&edition, &posts).await.unwrap();
    let draft = Draft::new(room.channel().clone(), *slot).submitted(edition, &pictures, "editor-1", at).unwrap();
    let digest = draft.frozen.as_ref().unwrap().digest.clone();
    let draft = draft.approved(&digest, ApprovalRule::of(1), "approver-1", at).unwrap();
    draft.begun("approver-1", at).unwrap().to_send(pictures).unwrap()
}

/// Rule 4.
pub async fn rule_4_an_edition_is_one_campaign(made: Made) {
    let (whole, at) = (approved(&made, true).await, made.1 - TimeDelta::hours(1));
    let first = made.0.hand_over(&whole, at).await.unwrap();
    assert_eq!(made.0.hand_over(&whole, at + TimeDelta::minutes(1)).await.unwrap(), first);
    assert!(made.0.hand_over(&approved(&made, false).await, at).await.is_err(), "it is another edition");
}

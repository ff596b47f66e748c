//! The contracts of [`StaffStore`] and [`DraftStore`], rule by rule.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sosik_content::{Brief, CardPicture, Edition, Post, Topic, WebLink, curate};
use sosik_core::{ChannelId, SeededEntropy};
use sosik_delivery::ApprovalRule;
use sosik_desk::{Account, AccountName, Draft, DraftStore, Edit, PasswordHash, Role, SignIn, StaffStore, Token};

use crate::noon;

/// One test for each rule of the contract, for what `$make` gives: an async function of an empty [`StaffStore`] in an `Arc`.
/// After `live`, of an empty one or `None` where the server that it needs is not there.
#[macro_export]
macro_rules! staff_store_conformance {
    (live $make:path) => { $crate::staff_store_conformance!(@ live $make); };
    ($make:path) => { $crate::staff_store_conformance!(@ sure $make); };
    (@ $kind:ident $make:path) => {
        $crate::rules!($kind desk, $make:
            staff_rule_1_an_account_is_changed_once_by_each_version
            staff_rule_2_accounts_come_back_as_they_were_kept
            staff_rule_3_a_sign_in_is_under_its_key_until_it_is_ended
            staff_rule_4_seen_goes_forward
            staff_rule_5_all_of_an_account_are_ended_and_nobody_else_s
            staff_rule_6_what_is_old_is_dropped
        );
    };
}

/// One test for each rule of the contract, for what `$make` gives: an async function of an empty [`DraftStore`] in an `Arc`.
/// After `live`, of an empty one or `None` where the server that it needs is not there.
#[macro_export]
macro_rules! draft_store_conformance {
    (live $make:path) => { $crate::draft_store_conformance!(@ live $make); };
    ($make:path) => { $crate::draft_store_conformance!(@ sure $make); };
    (@ $kind:ident $make:path) => {
        $crate::rules!($kind desk, $make:
            draft_rule_1_a_draft_comes_back_as_it_was_kept
            draft_rule_2_a_draft_is_changed_once_by_each_version
            draft_rule_3_the_latest_come_first
        );
    };
}

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

fn named(name: &str) -> AccountName {
    AccountName::parse(name).unwrap()
}

fn account(name: &str, roles: &[Role]) -> Account {
    Account::new(named(name), roles.iter().copied(), PasswordHash::from_stored("$argon2id$x"), noon())
}

fn signed_in(seed: u64, name: &str, at: DateTime<Utc>) -> SignIn {
    SignIn::new(Token::generate(&SeededEntropy::new(seed)).key(), named(name), &PasswordHash::from_stored(name), at)
}

/// Rule 1 of accounts.
pub async fn staff_rule_1_an_account_is_changed_once_by_each_version(store: Arc<dyn StaffStore>) {
    let new = account("staff-1", &[Role::Editor]);
    assert!(store.keep_account(&new).await.unwrap());
    assert!(!store.keep_account(&new).await.unwrap(), "the name is taken");
    let mut read = store.account(&new.name).await.unwrap().unwrap();
    assert_eq!(read.version, 1);
    read.failures = 1;
    let (one, two) = tokio::join!(store.keep_account(&read), store.keep_account(&read));
    assert_ne!(one.unwrap(), two.unwrap());
    assert_eq!(store.account(&new.name).await.unwrap().unwrap().version, 2);
    let mut nobody = account("staff-2", &[Role::Editor]);
    nobody.version = 3;
    assert!(!store.keep_account(&nobody).await.unwrap(), "there is none of that version");
    assert_eq!(store.account(&nobody.name).await.unwrap(), None);
}

/// Rule 2 of accounts.
pub async fn staff_rule_2_accounts_come_back_as_they_were_kept(store: Arc<dyn StaffStore>) {
    let mut full = account("staff-2", &Role::ALL);
    (full.must_change, full.failures, full.locked_until) = (false, 4, Some(after(15)));
    full.password_since = after(-5);
    let none = account("staff-1", &[]);
    for one in [&full, &none] {
        assert!(store.keep_account(one).await.unwrap());
    }
    let kept = |mut account: Account| {
        account.version = 1;
        account
    };
    assert_eq!(store.account(&full.name).await.unwrap(), Some(kept(full.clone())));
    assert_eq!(store.accounts().await.unwrap(), [kept(none), kept(full)]);
    assert_eq!(store.account(&named("staff-3")).await.unwrap(), None);
}

/// Rule 3 of accounts.
pub async fn staff_rule_3_a_sign_in_is_under_its_key_until_it_is_ended(store: Arc<dyn StaffStore>) {
    let (one, two) = (signed_in(1, "staff-1", noon()), signed_in(2, "staff-1", after(1)));
    store.keep_sign_in(&one).await.unwrap();
    assert_eq!(store.sign_in(&one.key).await.unwrap(), Some(one.clone()));
    assert_eq!(store.sign_in(&two.key).await.unwrap(), None);
    store.keep_sign_in(&two).await.unwrap();
    store.end_sign_in(&one.key).await.unwrap();
    assert_eq!(store.sign_in(&one.key).await.unwrap(), None);
    assert_eq!(store.sign_in(&two.key).await.unwrap(), Some(two));
}

/// Rule 4 of accounts.
pub async fn staff_rule_4_seen_goes_forward(store: Arc<dyn StaffStore>) {
    let one = signed_in(1, "staff-1", noon());
    store.keep_sign_in(&one).await.unwrap();
    for minutes in [5, 3] {
        store.seen(&one.key, after(minutes)).await.unwrap();
    }
    let read = store.sign_in(&one.key).await.unwrap().unwrap();
    assert_eq!((read.since, read.seen), (noon(), after(5)));
    store.end_sign_in(&one.key).await.unwrap();
    store.seen(&one.key, after(6)).await.unwrap();
    assert_eq!(store.sign_in(&one.key).await.unwrap(), None);
}

/// Rule 5 of accounts.
pub async fn staff_rule_5_all_of_an_account_are_ended_and_nobody_else_s(store: Arc<dyn StaffStore>) {
    let theirs: Vec<SignIn> = (1..=3).map(|seed| signed_in(seed, "staff-1", noon())).collect();
    let other = signed_in(9, "staff-2", noon());
    for one in theirs.iter().chain([&other]) {
        store.keep_sign_in(one).await.unwrap();
    }
    let there = async |sign_in: &SignIn| store.sign_in(&sign_in.key).await.unwrap().is_some();
    store.end_sign_ins(&named("staff-1"), Some(&theirs[1].key)).await.unwrap();
    assert_eq!((there(&theirs[0]).await, there(&theirs[1]).await, there(&theirs[2]).await), (false, true, false));
    store.end_sign_ins(&named("staff-1"), None).await.unwrap();
    assert_eq!((there(&theirs[1]).await, there(&other).await), (false, true));
}

/// Rule 6 of accounts.
pub async fn staff_rule_6_what_is_old_is_dropped(store: Arc<dyn StaffStore>) {
    for (seed, minutes) in [(1, 0), (2, 10), (3, 20)] {
        store.keep_sign_in(&signed_in(seed, "staff-1", after(minutes))).await.unwrap();
    }
    assert_eq!(store.purge_sign_ins(after(10)).await.unwrap(), 1);
    assert_eq!(store.sign_in(&signed_in(1, "staff-1", noon()).key).await.unwrap(), None);
    assert!(store.sign_in(&signed_in(2, "staff-1", noon()).key).await.unwrap().is_some(), "seen at that instant");
}

fn channel(name: &str) -> ChannelId {
    ChannelId::parse(name).unwrap()
}

/// An edition of one card.
fn edition(name: &str, slot: DateTime<Utc>) -> Edition {
    let link = WebLink::parse("https://blog.example.go.kr/1").unwrap();
    let text = "수도계량기함에 헌 옷을 채워 주세요. 물을 조금 틀어 둡니다.";
    let post = Post::new("수도 동파 예방", link, text).with_published(slot - TimeDelta::days(1));
    let brief = Brief::builder(channel(name), slot, chrono_tz::Asia::Seoul).cards(1, 6).build().unwrap();
    curate(&[post], &brief).unwrap().edition
}

/// A draft at which everything was done that can be.
fn worked_on(name: &str, slot: DateTime<Utc>) -> Draft {
    let mut draft = Draft::new(channel(name), slot);
    for edit in [
        Edit::pin("p-1"),
        Edit::drop("p-2", "다음 주"),
        Edit::order(["p-3", "p-1"]),
        Edit::rewrite("p-1", "‘제목’ & <b>", "글\r\n두 줄"),
        Edit::topic("p-3", Some(Topic::Festival)),
    ] {
        draft = draft.edited(&edit, "editor-1", slot).unwrap();
    }
    let draft = draft
        .submitted(edition(name, slot), &[CardPicture::new([1, 2], (1, 1), "한 장")], "editor-1", after(1))
        .unwrap();
    let digest = draft.frozen.as_ref().unwrap().digest.clone();
    draft.approved(&digest, ApprovalRule::of(2), "head-1", after(2)).unwrap()
}

/// Rule 1 of drafts.
pub async fn draft_rule_1_a_draft_comes_back_as_it_was_kept(store: Arc<dyn DraftStore>) {
    let draft = worked_on("city", noon());
    assert!(store.keep_draft(&draft).await.unwrap());
    let mut kept = draft.clone();
    kept.version = 1;
    assert_eq!(store.draft_of(&draft.channel, draft.slot).await.unwrap(), Some(kept.clone()));
    assert_eq!(store.draft_of(&draft.channel, after(1)).await.unwrap(), None);
    assert_eq!(store.draft_of(&channel("hoecheon1"), draft.slot).await.unwrap(), None);
    // What comes of it goes on from there.
    let digest = kept.frozen.as_ref().unwrap().digest.clone();
    let done = kept.approved(&digest, ApprovalRule::of(2), "head-2", after(3)).unwrap();
    let done = done.begun("head-2", after(3)).unwrap().handed_over("campaign", "head-2", after(3)).unwrap();
    assert!(store.keep_draft(&done).await.unwrap());
    assert_eq!(store.draft_of(&draft.channel, draft.slot).await.unwrap().unwrap().steps, done.steps);
}

/// Rule 2 of drafts.
pub async fn draft_rule_2_a_draft_is_changed_once_by_each_version(store: Arc<dyn DraftStore>) {
    let draft = Draft::new(channel("city"), noon());
    assert!(store.keep_draft(&draft).await.unwrap());
    assert!(!store.keep_draft(&draft).await.unwrap(), "there is one already");
    let read = store.draft_of(&draft.channel, draft.slot).await.unwrap().unwrap();
    let one = read.edited(&Edit::pin("a"), "editor-1", noon()).unwrap();
    let two = read.edited(&Edit::pin("b"), "editor-2", noon()).unwrap();
    let (first, second) = tokio::join!(store.keep_draft(&one), store.keep_draft(&two));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first, second);
    let kept = store.draft_of(&draft.channel, draft.slot).await.unwrap().unwrap();
    assert_eq!(kept.choices.pins, [if first { "a" } else { "b" }]);
    let mut nothing = Draft::new(channel("city"), after(1));
    nothing.version = 2;
    assert!(!store.keep_draft(&nothing).await.unwrap(), "there is none of that version");
    assert_eq!(store.draft_of(&nothing.channel, nothing.slot).await.unwrap(), None);
}

/// Rule 3 of drafts.
pub async fn draft_rule_3_the_latest_come_first(store: Arc<dyn DraftStore>) {
    for (name, minutes) in [("city", 1), ("city", 3), ("hoecheon1", 4), ("city", 2)] {
        assert!(store.keep_draft(&Draft::new(channel(name), after(minutes))).await.unwrap());
    }
    let slots = async |limit| {
        let drafts = store.drafts_of(&channel("city"), limit).await.unwrap();
        drafts.into_iter().map(|draft| draft.slot).collect::<Vec<_>>()
    };
    assert_eq!(slots(2).await, [after(3), after(2)]);
    assert_eq!(slots(9).await.len(), 3);
}

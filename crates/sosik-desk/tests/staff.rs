//! Accounts, signing in, and who may do what.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use sosik_core::{ManualClock, SeededEntropy};
use sosik_desk::{
    Account, AccountName, By, MemoryDesk, PasswordError, PasswordHash, Right, Role, SignIn, SignInKey, SignInRules,
    Staff, StaffError, StaffStore, Token,
};
use sosik_registry::rights::{RightsChange, standing};
use sosik_registry::{Journal, MemoryJournal, StoreError};

struct World {
    staff: Staff,
    store: Arc<MemoryDesk>,
    rights: Arc<MemoryJournal<RightsChange>>,
    clock: Arc<ManualClock>,
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 27, 3, 0, 0).unwrap()
}

fn world() -> World {
    let (store, rights) = (Arc::new(MemoryDesk::new()), Arc::new(MemoryJournal::new()));
    let clock = Arc::new(ManualClock::at(noon()));
    let entropy = Arc::new(SeededEntropy::new(7));
    let staff = Staff::new(Arc::clone(&store) as _, Arc::clone(&rights) as _, Arc::clone(&clock) as _, entropy);
    World { staff: staff.unwrap(), store, rights, clock }
}

fn name(text: &str) -> AccountName {
    AccountName::parse(text).unwrap()
}

fn officer() -> By {
    By::account(&name("officer-1"), "192.0.2.1")
}

impl World {
    async fn add(&self, account: &str, roles: &[Role]) -> SecretString {
        self.staff.add(&officer(), &name(account), roles.iter().copied()).await.unwrap()
    }

    async fn sign_in(&self, account: &str, password: &SecretString) -> Result<Token, StaffError> {
        let attempt = self.staff.attempt(account).await?;
        self.staff.finish(attempt.with(password)).await
    }
}

#[tokio::test]
async fn whoever_has_the_password_signs_in_chooses_another_and_signs_out() {
    let world = world();
    let given = world.add("staff-1", &[Role::Editor]).await;
    let token = world.sign_in("staff-1", &given).await.unwrap();
    let elsewhere = world.sign_in("staff-1", &given).await.unwrap();
    let signed_in = world.staff.of(&token).await.unwrap().unwrap();
    assert!(signed_in.account.must_change && signed_in.account.may(Right::Draft));
    assert!(!signed_in.account.may(Right::Approve));

    let chosen: SecretString = "파란 우산 셋과 가로등".into();
    assert_eq!(world.staff.hash(&given, &given), Err(PasswordError::Same));
    let hash = world.staff.hash(&given, &chosen).unwrap();
    let wrong = world.staff.attempt("staff-1").await.unwrap().with(&"아무 말이나 적어 봄".into());
    assert!(matches!(world.staff.choose(&token, wrong, hash.clone()).await, Err(StaffError::Wrong)));
    let right = world.staff.attempt("staff-1").await.unwrap().with(&given);
    let anew = world.staff.choose(&token, right, hash).await.unwrap();
    assert!(world.staff.of(&token).await.unwrap().is_none(), "what was signed in with the old one is no more");
    let token = anew;
    assert!(!world.staff.of(&token).await.unwrap().unwrap().account.must_change);
    assert!(world.staff.of(&elsewhere).await.unwrap().is_none(), "wherever else they were, they are no more");
    assert!(matches!(world.sign_in("staff-1", &given).await, Err(StaffError::Wrong)));
    world.sign_in("staff-1", &chosen).await.unwrap();

    world.staff.sign_out(&token).await.unwrap();
    assert!(world.staff.of(&token).await.unwrap().is_none());
    // Nothing that was kept is a password or a token.
    let kept = world.store.account(&name("staff-1")).await.unwrap().unwrap();
    assert!(!kept.password.as_stored().contains("우산"));
    assert!(world.staff.of(&Token::parse(&"0".repeat(64)).unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn one_s_own_password_is_not_changed_by_another_s() {
    let world = world();
    let (one, two) = (world.add("staff-1", &[Role::Editor]).await, world.add("staff-2", &[Role::Editor]).await);
    let token = world.sign_in("staff-1", &one).await.unwrap();
    let others = world.staff.attempt("staff-2").await.unwrap().with(&two);
    let hash = world.staff.hash(&two, &"파란 우산 셋과 가로등".into()).unwrap();
    assert!(matches!(world.staff.choose(&token, others, hash).await, Err(StaffError::Wrong)));
    world.sign_in("staff-2", &two).await.unwrap();
}

#[tokio::test]
async fn five_failures_lock_for_a_quarter_of_an_hour_however_many_come_at_once() {
    let world = world();
    let password = world.add("staff-1", &[Role::Editor]).await;
    let wrong: SecretString = "아무 말이나 적어 봄".into();
    // Counted before the password is looked at: the sixth of six at once is not looked at.
    let mut attempts = Vec::new();
    for _ in 0..5 {
        attempts.push(world.staff.attempt("staff-1").await.unwrap());
    }
    let until = noon() + TimeDelta::minutes(15);
    let sixth = world.staff.attempt("staff-1").await.unwrap().with(&password);
    let Err(StaffError::Locked { until: told, .. }) = world.staff.finish(sixth).await else { panic!("not locked") };
    assert_eq!(told, until);
    for attempt in attempts {
        assert!(matches!(world.staff.finish(attempt.with(&wrong)).await, Err(StaffError::Wrong)));
    }
    world.clock.set(until - TimeDelta::seconds(1));
    assert!(matches!(world.sign_in("staff-1", &password).await, Err(StaffError::Locked { .. })));
    world.clock.set(until);
    world.sign_in("staff-1", &password).await.unwrap();
    // What succeeded counts as no failure.
    for _ in 0..4 {
        assert!(matches!(world.sign_in("staff-1", &wrong).await, Err(StaffError::Wrong)));
    }
    world.sign_in("staff-1", &password).await.unwrap();
    assert_eq!(world.store.account(&name("staff-1")).await.unwrap().unwrap().failures, 0);
}

#[tokio::test]
async fn who_is_not_there_is_told_the_same_and_never_counted() {
    let world = world();
    let wrong: SecretString = "아무 말이나 적어 봄".into();
    for account in ["staff-9", "홍길동", "", "' OR 1=1 --"] {
        for _ in 0..7 {
            assert!(matches!(world.sign_in(account, &wrong).await, Err(StaffError::Wrong)), "{account}");
        }
    }
    assert!(world.store.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn someone_is_signed_out_by_idleness_and_a_page_that_stays_open_is_no_work() {
    let world = world();
    let password = world.add("staff-1", &[Role::Editor]).await;
    let token = world.sign_in("staff-1", &password).await.unwrap();
    for minutes in (20..=120).step_by(20) {
        world.clock.set(noon() + TimeDelta::minutes(minutes));
        assert!(world.staff.of(&token).await.unwrap().is_some());
    }
    for minutes in [140, 149] {
        world.clock.set(noon() + TimeDelta::minutes(minutes));
        assert!(world.staff.peek(&token).await.unwrap().is_some());
    }
    world.clock.set(noon() + TimeDelta::minutes(150));
    assert!(world.staff.peek(&token).await.unwrap().is_none());
    assert!(world.store.sign_in(&token.key()).await.unwrap().is_none(), "and nothing is left of it");

    let rules = SignInRules::default().staying(TimeDelta::hours(24), TimeDelta::hours(10));
    let staff = world.staff.clone().with_rules(rules);
    let token = world.sign_in("staff-1", &password).await.unwrap();
    world.clock.set(noon() + TimeDelta::minutes(150) + TimeDelta::hours(10));
    assert!(staff.of(&token).await.unwrap().is_none(), "a working day is the most");
    assert_eq!(staff.purge().await.unwrap(), 0);
}

#[tokio::test]
async fn every_right_given_changed_and_taken_is_in_the_journal() {
    let world = world();
    let password = world.add("staff-1", &[Role::Editor]).await;
    let token = world.sign_in("staff-1", &password).await.unwrap();
    assert!(matches!(world.staff.add(&officer(), &name("staff-1"), [Role::Approver]).await, Err(StaffError::Taken)));
    assert!(matches!(world.staff.add(&officer(), &name("staff-2"), []).await, Err(StaffError::Refused(_))));
    world.staff.change_roles(&officer(), &name("staff-1"), [Role::Approver, Role::Editor]).await.unwrap();
    assert!(world.staff.of(&token).await.unwrap().is_none(), "they sign in anew, as what they are now");
    assert_eq!(standing(&*world.rights, noon()).await.unwrap()["staff-1"], "approver+editor");
    let attempt = world.staff.attempt("staff-1").await.unwrap();
    world.staff.change_roles(&officer(), &name("staff-1"), []).await.unwrap();
    assert!(matches!(world.staff.finish(attempt.with(&password)).await, Err(StaffError::Wrong)), "they left meanwhile");
    assert!(matches!(world.sign_in("staff-1", &password).await, Err(StaffError::Wrong)));
    assert!(standing(&*world.rights, noon()).await.unwrap().is_empty());
    assert!(matches!(world.staff.reset(&officer(), &name("staff-1")).await, Err(StaffError::Refused(_))));
    // The same again changes nothing, and is not noted.
    world.staff.change_roles(&officer(), &name("staff-1"), []).await.unwrap();
    let noted: Vec<_> = world.rights.entries(0, 9).await.unwrap();
    assert_eq!(noted.len(), 3);
    assert!(noted.iter().all(|(_, change)| change.by == "officer-1" && change.place == "192.0.2.1"));
}

#[tokio::test]
async fn nobody_changes_their_own_roles() {
    let world = world();
    world.add("officer-1", &[Role::PrivacyOfficer]).await;
    let to = [Role::PrivacyOfficer, Role::Approver];
    assert!(matches!(world.staff.change_roles(&officer(), &name("officer-1"), to).await, Err(StaffError::Refused(_))));
    assert!(world.staff.has_officer().await.unwrap());
}

#[tokio::test]
async fn a_reset_ends_the_old_password_also_of_a_try_under_way() {
    let world = world();
    let old = world.add("staff-1", &[Role::Editor]).await;
    let token = world.sign_in("staff-1", &old).await.unwrap();
    let under_way = world.staff.attempt("staff-1").await.unwrap().with(&old);
    let new = world.staff.reset(&officer(), &name("staff-1")).await.unwrap();
    assert_ne!(old.expose_secret(), new.expose_secret());
    assert!(matches!(world.staff.finish(under_way).await, Err(StaffError::Wrong)));
    assert!(world.staff.of(&token).await.unwrap().is_none());
    let token = world.sign_in("staff-1", &new).await.unwrap();
    assert!(world.staff.of(&token).await.unwrap().unwrap().account.must_change);
}

/// A store in which someone else is faster once, or at which two officers are at work at once.
mod between {
    use super::*;

    #[tokio::test]
    async fn what_was_noted_and_not_kept_is_put_right_in_the_journal() {
        let world = world();
        world.add("staff-1", &[Role::Editor]).await;
        // Someone signs in at the same moment: what was read is no more.
        let racing = Racing { store: Arc::clone(&world.store), left: 1.into(), deed: Deed::Touch };
        let staff = world.over(racing);
        let taken = staff.change_roles(&officer(), &name("staff-1"), []).await;
        assert!(matches!(taken, Err(StaffError::Meanwhile)), "{taken:?}");
        assert_eq!(standing(&*world.rights, noon()).await.unwrap()["staff-1"], "editor", "as it stands");
    }

    #[tokio::test]
    async fn two_officers_who_take_each_other_s_role_leave_one() {
        let world = world();
        world.add("officer-1", &[Role::PrivacyOfficer]).await;
        world.add("officer-2", &[Role::PrivacyOfficer]).await;
        // While the first takes the second's, the second takes the first's.
        let racing = Racing { store: Arc::clone(&world.store), left: 1.into(), deed: Deed::Strip(name("officer-1")) };
        let taken = world.over(racing).change_roles(&officer(), &name("officer-2"), []).await;
        assert!(matches!(taken, Err(StaffError::Refused(_))), "{taken:?}");
        assert!(world.staff.has_officer().await.unwrap());
        assert_eq!(standing(&*world.rights, noon()).await.unwrap()["officer-2"], "privacy-officer");
    }

    #[derive(Debug)]
    enum Deed {
        Strip(AccountName),
        Touch,
    }

    #[derive(Debug)]
    struct Racing {
        store: Arc<MemoryDesk>,
        left: std::sync::atomic::AtomicU32,
        deed: Deed,
    }

    impl World {
        fn over(&self, racing: Racing) -> Staff {
            let entropy = Arc::new(SeededEntropy::new(8));
            let (rights, clock) = (Arc::clone(&self.rights) as _, Arc::clone(&self.clock) as _);
            Staff::new(Arc::new(racing), rights, clock, entropy).unwrap()
        }
    }

    #[sosik_desk::async_trait]
    impl StaffStore for Racing {
        async fn keep_account(&self, account: &Account) -> Result<bool, StoreError> {
            if self.left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
                let other = match &self.deed {
                    Deed::Strip(name) => name,
                    Deed::Touch => &account.name,
                };
                let mut other = self.store.account(other).await?.unwrap();
                match self.deed {
                    Deed::Strip(_) => other.roles.clear(),
                    Deed::Touch => other.failures += 1,
                }
                assert!(self.store.keep_account(&other).await?);
            }
            self.store.keep_account(account).await
        }
        async fn account(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
            self.store.account(name).await
        }
        async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
            self.store.accounts().await
        }
        async fn keep_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
            self.store.keep_sign_in(sign_in).await
        }
        async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError> {
            self.store.sign_in(key).await
        }
        async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError> {
            self.store.seen(key, at).await
        }
        async fn end_sign_in(&self, key: &SignInKey) -> Result<(), StoreError> {
            self.store.end_sign_in(key).await
        }
        async fn end_sign_ins(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError> {
            self.store.end_sign_ins(account, but).await
        }
        async fn purge_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
            self.store.purge_sign_ins(before).await
        }
    }
}

#[tokio::test]
async fn who_comes_back_is_given_another_password() {
    let world = world();
    let password = world.add("staff-1", &[Role::Editor]).await;
    for roles in [vec![], vec![Role::Editor]] {
        world.staff.change_roles(&officer(), &name("staff-1"), roles).await.unwrap();
    }
    assert!(matches!(world.sign_in("staff-1", &password).await, Err(StaffError::Wrong)));
    let given = world.staff.reset(&officer(), &name("staff-1")).await.unwrap();
    world.sign_in("staff-1", &given).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_with_the_password_of_before_holds_no_more_whenever_it_was_kept() {
    let world = world();
    let password = world.add("staff-1", &[Role::Editor]).await;
    let token = world.sign_in("staff-1", &password).await.unwrap();
    let kept = world.store.sign_in(&token.key()).await.unwrap().unwrap();
    world.staff.reset(&officer(), &name("staff-1")).await.unwrap();
    // As if it had been kept after the reset was done.
    world.store.keep_sign_in(&kept).await.unwrap();
    assert!(world.staff.of(&token).await.unwrap().is_none());
}

#[test]
fn nothing_shows_a_password_a_token_or_a_name() {
    let entropy = SeededEntropy::new(1);
    let hash = PasswordHash::of(&"파란 우산 셋과 가로등".into(), &entropy).unwrap();
    let shown = format!("{:?} {:?} {:?} {:?}", hash, Token::generate(&entropy), name("staff-1"), officer());
    assert_eq!(shown, "PasswordHash(…) Token(…) AccountName(…) By(…)");
}

#[test]
fn roles_may_no_more_than_their_work_asks_for() {
    let table = |role: Role| Right::ALL.map(|right| u8::from(role.rights().contains(&right)));
    // accounts, answer, approve, draft, halt, registry, watch
    assert_eq!(table(Role::Approver), [0, 1, 1, 0, 1, 0, 1]);
    assert_eq!(table(Role::Editor), [0, 1, 0, 1, 0, 0, 1]);
    assert_eq!(table(Role::PrivacyOfficer), [1, 0, 0, 0, 0, 1, 1]);
}

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use sosik_core::{Clock, Entropy};
use sosik_registry::rights::{Rights, RightsChange};
use sosik_registry::{Journal, StoreError};

use crate::password::one_time;
use crate::{Account, AccountName, PasswordError, PasswordHash, Right, Role, SignIn, SignInRules, StaffStore, Token};

/// How often a change is tried again that others were faster with.
const TRIES: usize = 16;
/// How often it is written down that someone who is signed in did something.
const EVERY: TimeDelta = TimeDelta::minutes(1);

/// Who works at the desk: accounts, what they may do, and who is signed in.
///
/// Every change of what an account may do is in the journal of rights before it takes effect.
///
/// ```
/// # use std::sync::Arc;
/// # use sosik_core::{SystemClock, SystemEntropy};
/// # use sosik_desk::{AccountName, By, MemoryDesk, Right, Role, Staff};
/// # use sosik_registry::MemoryJournal;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy::new()));
/// let staff = Staff::new(Arc::new(MemoryDesk::new()), Arc::new(MemoryJournal::new()), clock, entropy)?;
/// let name = AccountName::parse("staff-1024")?;
/// let password = staff.add(&By::program("setup"), &name, [Role::Editor]).await?;
///
/// let attempt = staff.attempt("staff-1024").await?;
/// // Hashing takes its time: on a server, on a thread that may wait.
/// let token = staff.finish(attempt.with(&password)).await?;
/// let signed_in = staff.of(&token).await?.expect("they are signed in");
/// assert!(signed_in.account.may(Right::Draft) && signed_in.account.must_change);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Staff {
    store: Arc<dyn StaffStore>,
    rights: Arc<dyn Journal<RightsChange>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    rules: SignInRules,
    /// What the password of whoever is not there is checked against, so that it takes as long.
    nobody: PasswordHash,
}

/// Who changes something at the desk, and from where.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct By {
    /// The account, or the program.
    pub who: String,
    /// From where: an address of the network, or a machine.
    pub place: String,
}

impl By {
    /// An account, from an address.
    #[must_use]
    pub fn account(name: &AccountName, place: impl Into<String>) -> Self {
        Self { who: name.to_string(), place: place.into() }
    }

    /// A program, on its own machine.
    #[must_use]
    pub fn program(name: impl Into<String>) -> Self {
        Self { who: name.into(), place: "console".to_owned() }
    }
}

impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("By(…)")
    }
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedIn {
    /// Their account, as it is now.
    pub account: Account,
    /// What each of their forms carries.
    pub form_key: String,
    /// When they signed in.
    pub since: DateTime<Utc>,
}

/// A try to sign in that was counted, and whose password is to be [looked at](Self::with).
#[derive(Debug)]
#[must_use]
pub struct Attempt {
    account: Option<AccountName>,
    hash: PasswordHash,
    locked: Option<DateTime<Utc>>,
}

/// A try to sign in whose password was looked at.
#[derive(Debug)]
#[must_use]
pub struct Attempted(Attempt);

impl Attempt {
    /// Looks whether a password is the account's. It takes some hundredths of a second, as long whether the account is there
    /// or not: do it on a thread that may wait.
    pub fn with(mut self, password: &SecretString) -> Attempted {
        if !self.hash.is_of(password) {
            self.account = None;
        }
        Attempted(self)
    }
}

impl Attempted {
    /// Whose password it was.
    fn theirs(&self) -> Result<AccountName, StaffError> {
        match (&self.0.account, self.0.locked) {
            (_, Some(until)) => Err(StaffError::Locked { until }),
            (Some(name), None) => Ok(name.clone()),
            (None, None) => Err(StaffError::Wrong),
        }
    }
}

impl Staff {
    /// Whoever works at the desk, as a store has them.
    ///
    /// # Errors
    ///
    /// [`PasswordError::Unhashed`] where nothing can be hashed here.
    pub fn new(
        store: Arc<dyn StaffStore>,
        rights: Arc<dyn Journal<RightsChange>>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, PasswordError> {
        let nobody = PasswordHash::of(&one_time(&*entropy), &*entropy)?;
        Ok(Self { store, rights, clock, entropy, rules: SignInRules::default(), nobody })
    }

    /// With other rules of signing in.
    #[must_use]
    pub fn with_rules(mut self, rules: SignInRules) -> Self {
        self.rules = rules;
        self
    }

    /// Every account.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`].
    pub async fn accounts(&self) -> Result<Vec<Account>, StaffError> {
        Ok(self.store.accounts().await?)
    }

    /// Makes an account, and gives the password with which they sign in once, to choose another.
    ///
    /// # Errors
    ///
    /// [`StaffError`]; nothing was made.
    pub async fn add(
        &self,
        by: &By,
        name: &AccountName,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<SecretString, StaffError> {
        let now = self.clock.now();
        let password = one_time(&*self.entropy);
        let account = Account::new(name.clone(), roles, PasswordHash::of(&password, &*self.entropy)?, now);
        if account.roles.is_empty() {
            return Err(StaffError::Refused("an account needs a role: tick at least one"));
        }
        if self.store.account(name).await?.is_some() {
            return Err(StaffError::Taken);
        }
        match self.keep_noted(by, &account, Rights::Granted(account.roles_code())).await {
            Ok(()) => Ok(password),
            Err(StaffError::Meanwhile) => Err(StaffError::Taken),
            Err(error) => Err(error),
        }
    }

    /// Gives an account other roles; none where someone leaves, who is signed out then.
    ///
    /// # Errors
    ///
    /// [`StaffError`]. Nobody changes their own roles, and where that would leave nobody who may give any (two officers take each
    /// other's at once), it is taken back.
    pub async fn change_roles(
        &self,
        by: &By,
        name: &AccountName,
        roles: impl IntoIterator<Item = Role>,
    ) -> Result<(), StaffError> {
        if by.who == name.as_str() {
            return Err(StaffError::Refused("nobody changes their own roles: ask another officer"));
        }
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        let mut account = self.known(name).await?;
        if account.roles == roles {
            return Ok(());
        }
        let before = account.clone();
        let had_none = before.roles.is_empty();
        account.roles = roles;
        if account.roles.is_empty() {
            // Who comes back is given a new one.
            account.password = PasswordHash::unusable();
        }
        let to = match (account.roles.is_empty(), had_none) {
            (true, _) => Rights::Removed,
            (false, true) => Rights::Granted(account.roles_code()),
            (false, false) => Rights::Changed(account.roles_code()),
        };
        self.keep_noted(by, &account, to).await?;
        if before.may(Right::Accounts) && !self.has_officer().await? {
            let restored = Account { version: account.version + 1, ..before };
            self.keep_noted(by, &restored, Rights::Changed(restored.roles_code())).await?;
            return Err(StaffError::Refused("nobody would be left who may give roles"));
        }
        // Whoever is signed in does so anew, as what they are now.
        Ok(self.store.end_sign_ins(name, None).await?)
    }

    /// Gives an account a password to be used once, signs it out, and unlocks it. Sign-ins with the password of before hold no more
    /// from then on.
    ///
    /// # Errors
    ///
    /// [`StaffError`]; nothing was changed.
    pub async fn reset(&self, by: &By, name: &AccountName) -> Result<SecretString, StaffError> {
        let mut account = self.known(name).await?;
        if account.roles.is_empty() {
            return Err(StaffError::Refused("the account has no role left: give it one first"));
        }
        let password = one_time(&*self.entropy);
        account.password = PasswordHash::of(&password, &*self.entropy)?;
        (account.must_change, account.password_since) = (true, self.clock.now());
        (account.failures, account.locked_until) = (0, None);
        self.keep_noted(by, &account, Rights::Changed(account.roles_code())).await?;
        Ok(password)
    }

    /// Begins to sign someone in: the try is counted before the password is looked at, so that many at once count as many.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`]. That an account is locked is told at the [end](Self::finish), so that it takes as long.
    pub async fn attempt(&self, name: &str) -> Result<Attempt, StaffError> {
        let nobody = || Attempt { account: None, hash: self.nobody.clone(), locked: None };
        let Ok(name) = AccountName::parse(name) else { return Ok(nobody()) };
        for _ in 0..TRIES {
            let Some(mut account) = self.store.account(&name).await? else { return Ok(nobody()) };
            let now = self.clock.now();
            if let Some(until) = account.locked_until {
                if now < until {
                    return Ok(Attempt { locked: Some(until), ..nobody() });
                }
                (account.failures, account.locked_until) = (0, None);
            }
            account.failures += 1;
            if account.failures >= self.rules.failures {
                account.locked_until = now.checked_add_signed(self.rules.locked_for);
            }
            if self.store.keep_account(&account).await? {
                // Who has no role left has no desk to sign in to.
                let is_here = !account.roles.is_empty();
                return Ok(Attempt { account: is_here.then_some(name), hash: account.password, locked: None });
            }
        }
        Err(StaffError::Meanwhile)
    }

    /// Signs someone in whose password was the right one.
    ///
    /// # Errors
    ///
    /// [`StaffError::Wrong`] where it was not, or where there is no such account; [`StaffError::Locked`] after too many failures;
    /// [`StaffError::Store`].
    pub async fn finish(&self, attempted: Attempted) -> Result<Token, StaffError> {
        let name = attempted.theirs()?;
        for _ in 0..TRIES {
            let mut account = self.known(&name).await?;
            // What was right a moment ago is not where it was changed, or where they left, meanwhile.
            if account.password != attempted.0.hash || account.roles.is_empty() {
                return Err(StaffError::Wrong);
            }
            (account.failures, account.locked_until) = (0, None);
            if self.store.keep_account(&account).await? {
                let token = Token::generate(&*self.entropy);
                // It holds as long as the password does that was looked at, whatever becomes of it meanwhile.
                let sign_in = SignIn::new(token.key(), name, &attempted.0.hash, self.clock.now());
                self.store.keep_sign_in(&sign_in).await?;
                return Ok(token);
            }
        }
        Err(StaffError::Meanwhile)
    }

    /// Who is signed in with a token, if they still are; that they did something is written down.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`].
    pub async fn of(&self, token: &Token) -> Result<Option<SignedIn>, StaffError> {
        let found = self.look(token).await?;
        if let Some((_, sign_in)) = &found {
            let now = self.clock.now();
            if now.signed_duration_since(sign_in.seen) >= EVERY {
                self.store.seen(&sign_in.key, now).await?;
            }
        }
        Ok(found.map(|(account, sign_in)| SignedIn { account, form_key: token.form_key(), since: sign_in.since }))
    }

    /// Who is signed in with a token, without that counting as something that they do: for a page that stays open.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`].
    pub async fn peek(&self, token: &Token) -> Result<Option<SignedIn>, StaffError> {
        let found = self.look(token).await?;
        Ok(found.map(|(account, sign_in)| SignedIn { account, form_key: token.form_key(), since: sign_in.since }))
    }

    async fn look(&self, token: &Token) -> Result<Option<(Account, SignIn)>, StaffError> {
        let key = token.key();
        let Some(sign_in) = self.store.sign_in(&key).await? else { return Ok(None) };
        if !sign_in.holds(&self.rules, self.clock.now()) {
            self.store.end_sign_in(&key).await?;
            return Ok(None);
        }
        let account = self.store.account(&sign_in.account).await?;
        let is_theirs =
            |account: &Account| !account.roles.is_empty() && account.password.credential() == sign_in.credential;
        Ok(account.filter(is_theirs).map(|account| (account, sign_in)))
    }

    /// Makes what someone chose their password: `hash` is of the new one, and [`attempted`](Attempt::with) says that the old one
    /// was right. They are signed in anew with what it gives, and wherever else they were, they are no more.
    ///
    /// # Errors
    ///
    /// [`StaffError::Wrong`] where the old one was not, [`StaffError::Locked`] after too many failures; [`StaffError`].
    pub async fn choose(&self, token: &Token, attempted: Attempted, hash: PasswordHash) -> Result<Token, StaffError> {
        let name = attempted.theirs()?;
        let Some((mut account, sign_in)) = self.look(token).await? else { return Err(StaffError::Wrong) };
        if account.name != name || account.password != attempted.0.hash {
            return Err(StaffError::Wrong);
        }
        (account.password, account.must_change) = (hash, false);
        (account.failures, account.locked_until, account.password_since) = (0, None, self.clock.now());
        if !self.store.keep_account(&account).await? {
            return Err(StaffError::Meanwhile);
        }
        let anew = Token::generate(&*self.entropy);
        let mut signed_in = SignIn::new(anew.key(), name.clone(), &account.password, self.clock.now());
        // It is one day's work all the same.
        signed_in.since = sign_in.since;
        self.store.keep_sign_in(&signed_in).await?;
        // None of these holds any more: the password is another.
        self.store.end_sign_ins(&name, Some(&anew.key())).await?;
        Ok(anew)
    }

    /// The hash of a password that someone chose, other than the one that they have. It takes its time, as
    /// [`Attempt::with`] does.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] when it is too short, too long, or the one that they have.
    pub fn hash(&self, old: &SecretString, new: &SecretString) -> Result<PasswordHash, PasswordError> {
        PasswordHash::may_follow(old, new)?;
        PasswordHash::of(new, &*self.entropy)
    }

    /// Signs someone out.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`].
    pub async fn sign_out(&self, token: &Token) -> Result<(), StaffError> {
        Ok(self.store.end_sign_in(&token.key()).await?)
    }

    /// Drops sign-ins that hold no more, and tells how many.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`].
    pub async fn purge(&self) -> Result<u64, StaffError> {
        let before = self.clock.now().checked_sub_signed(self.rules.longest).unwrap_or(DateTime::<Utc>::MIN_UTC);
        Ok(self.store.purge_sign_ins(before).await?)
    }

    /// Whether anyone may make accounts.
    ///
    /// # Errors
    ///
    /// [`StaffError::Store`].
    pub async fn has_officer(&self) -> Result<bool, StaffError> {
        Ok(self.store.accounts().await?.iter().any(|account| account.may(Right::Accounts)))
    }

    async fn known(&self, name: &AccountName) -> Result<Account, StaffError> {
        self.store.account(name).await?.ok_or(StaffError::NoAccount)
    }

    /// Keeps an account whose rights change: noted before, and put right in the journal where it was not kept.
    async fn keep_noted(&self, by: &By, account: &Account, to: Rights) -> Result<(), StaffError> {
        self.note(by, &account.name, to).await?;
        if self.store.keep_account(account).await? {
            return Ok(());
        }
        let stands = self.store.account(&account.name).await?;
        let stands = stands.filter(|account| !account.roles.is_empty());
        let stands = stands.map_or(Rights::Removed, |account| Rights::Changed(account.roles_code()));
        self.note(by, &account.name, stands).await?;
        Err(StaffError::Meanwhile)
    }

    async fn note(&self, by: &By, name: &AccountName, to: Rights) -> Result<(), StaffError> {
        let change = RightsChange::new(self.clock.now(), by.who.as_str(), by.place.as_str(), name.as_str(), to);
        Ok(self.rights.add_entry(&change).await?)
    }
}

impl fmt::Debug for Staff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Staff").field("store", &self.store).field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// Something about accounts that could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StaffError {
    /// Nobody signs in until then: it failed too often.
    #[error("the account is locked until {until}")]
    #[non_exhaustive]
    Locked {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Someone else changed it at the same time: look again, and try again.
    #[error("the account was changed meanwhile: look again")]
    Meanwhile,
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// The password cannot be taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// It is not allowed, and why.
    #[error("{0}")]
    Refused(&'static str),
    /// The store failed.
    #[error("the store of accounts failed")]
    Store(#[from] StoreError),
    /// There is an account of that name.
    #[error("there is an account of that name: choose another")]
    Taken,
    /// The account or the password is not the right one.
    #[error("the account or the password is not the right one")]
    Wrong,
}

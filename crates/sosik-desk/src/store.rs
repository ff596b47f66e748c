use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::ChannelId;
use sosik_registry::StoreError;

use crate::{Account, AccountName, Draft, SignIn, SignInKey};

/// Where accounts and sign-ins are kept.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::staff_store_conformance!`.
///
/// 1. [`keep_account`](Self::keep_account) keeps an account of the version that was read, one version further, or, under
///    version 0, one whose name nobody has; of two at once one is kept, and `false` is told of the other.
/// 2. [`account`](Self::account) gives what was last kept of a name, all of it, and [`accounts`](Self::accounts) everyone by
///    their names.
/// 3. [`sign_in`](Self::sign_in) gives what was [kept](Self::keep_sign_in) under a key until it is ended, and nothing under
///    another.
/// 4. [`seen`](Self::seen) only goes forward, and brings nothing back that was ended.
/// 5. [`end_sign_in`](Self::end_sign_in) ends one sign-in, [`end_sign_ins`](Self::end_sign_ins) every one of an account but one that may be
///    excepted, and nobody else's.
/// 6. [`purge_sign_ins`](Self::purge_sign_ins) drops sign-ins that were last seen before an instant, and no other.
#[async_trait]
pub trait StaffStore: fmt::Debug + Send + Sync {
    /// An account.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn account(&self, name: &AccountName) -> Result<Option<Account>, StoreError>;

    /// Every account.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Keeps an account of the version that was read; `false` where it was changed, or its name taken, meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn keep_account(&self, account: &Account) -> Result<bool, StoreError>;

    /// Keeps a sign-in.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was kept.
    async fn keep_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError>;

    /// The sign-in under a key.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError>;

    /// Someone who has signed in did something.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError>;

    /// Ends a sign-in.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn end_sign_in(&self, key: &SignInKey) -> Result<(), StoreError>;

    /// Ends every sign-in of an account, but one that may be excepted.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn end_sign_ins(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError>;

    /// Drops sign-ins that were last seen before an instant, and tells how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn purge_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Where drafts are kept.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::draft_store_conformance!`.
///
/// 1. [`draft_of`](Self::draft_of) gives what was last kept of a channel and a slot, all of it, and nothing of another.
/// 2. [`keep_draft`](Self::keep_draft) keeps a draft of the version that was read, one version further, or, under version 0, one that was
///    not there; of two at once one is kept, and `false` is told of the other.
/// 3. [`drafts_of`](Self::drafts_of) gives those of a channel, the latest slot first, at most so many.
#[async_trait]
pub trait DraftStore: fmt::Debug + Send + Sync {
    /// The draft of a slot.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn draft_of(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError>;

    /// Keeps a draft of the version that was read; `false` where it was changed meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn keep_draft(&self, draft: &Draft) -> Result<bool, StoreError>;

    /// The drafts of a channel, the latest slot first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn drafts_of(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError>;
}

macro_rules! forward {
    ($($pointer:ident),+) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: StaffStore + ?Sized> StaffStore for $pointer<S> {
            async fn account(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
                (**self).account(name).await
            }
            async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
                (**self).accounts().await
            }
            async fn keep_account(&self, account: &Account) -> Result<bool, StoreError> {
                (**self).keep_account(account).await
            }
            async fn keep_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
                (**self).keep_sign_in(sign_in).await
            }
            async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError> {
                (**self).sign_in(key).await
            }
            async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError> {
                (**self).seen(key, at).await
            }
            async fn end_sign_in(&self, key: &SignInKey) -> Result<(), StoreError> {
                (**self).end_sign_in(key).await
            }
            async fn end_sign_ins(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError> {
                (**self).end_sign_ins(account, but).await
            }
            async fn purge_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
                (**self).purge_sign_ins(before).await
            }
        }

        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: DraftStore + ?Sized> DraftStore for $pointer<S> {
            async fn draft_of(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError> {
                (**self).draft_of(channel, slot).await
            }
            async fn keep_draft(&self, draft: &Draft) -> Result<bool, StoreError> {
                (**self).keep_draft(draft).await
            }
            async fn drafts_of(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError> {
                (**self).drafts_of(channel, limit).await
            }
        }
    )+};
}
forward!(Arc, Box);

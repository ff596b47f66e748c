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
/// 3. [`sign_in`](Self::sign_in) gives what was [opened](Self::open) under a key until it is closed, and nothing under
///    another.
/// 4. [`seen`](Self::seen) only goes forward, and opens nothing that was closed.
/// 5. [`close`](Self::close) ends one sign-in, [`close_all`](Self::close_all) every one of an account but one that may be
///    excepted, and nobody else's.
/// 6. [`purge`](Self::purge) drops sign-ins that were last seen before an instant, and no other.
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
    async fn open(&self, sign_in: &SignIn) -> Result<(), StoreError>;

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
    async fn close(&self, key: &SignInKey) -> Result<(), StoreError>;

    /// Ends every sign-in of an account, but one that may be excepted.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn close_all(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError>;

    /// Drops sign-ins that were last seen before an instant, and tells how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Where drafts are kept.
///
/// # Contract
///
/// Each rule is a test of `sosik_testkit::draft_store_conformance!`.
///
/// 1. [`draft`](Self::draft) gives what was last kept of a channel and a slot, all of it, and nothing of another.
/// 2. [`keep`](Self::keep) keeps a draft of the version that was read, one version further, or, under version 0, one that was
///    not there; of two at once one is kept, and `false` is told of the other.
/// 3. [`drafts`](Self::drafts) gives those of a channel, the latest slot first, at most so many.
#[async_trait]
pub trait DraftStore: fmt::Debug + Send + Sync {
    /// The draft of a slot.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn draft(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError>;

    /// Keeps a draft of the version that was read; `false` where it was changed meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing was changed.
    async fn keep(&self, draft: &Draft) -> Result<bool, StoreError>;

    /// The drafts of a channel, the latest slot first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    async fn drafts(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError>;
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
            async fn open(&self, sign_in: &SignIn) -> Result<(), StoreError> {
                (**self).open(sign_in).await
            }
            async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError> {
                (**self).sign_in(key).await
            }
            async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError> {
                (**self).seen(key, at).await
            }
            async fn close(&self, key: &SignInKey) -> Result<(), StoreError> {
                (**self).close(key).await
            }
            async fn close_all(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError> {
                (**self).close_all(account, but).await
            }
            async fn purge(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
                (**self).purge(before).await
            }
        }

        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: DraftStore + ?Sized> DraftStore for $pointer<S> {
            async fn draft(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError> {
                (**self).draft(channel, slot).await
            }
            async fn keep(&self, draft: &Draft) -> Result<bool, StoreError> {
                (**self).keep(draft).await
            }
            async fn drafts(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError> {
                (**self).drafts(channel, limit).await
            }
        }
    )+};
}
forward!(Arc, Box);

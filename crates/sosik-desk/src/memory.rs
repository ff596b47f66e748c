use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::ChannelId;
use sosik_registry::StoreError;

use crate::{Account, AccountName, Draft, DraftStore, SignIn, SignInKey, StaffStore};

/// Accounts, sign-ins and drafts in memory: for tests, and for a first look.
#[derive(Default)]
pub struct MemoryDesk(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    accounts: BTreeMap<AccountName, Account>,
    sign_ins: BTreeMap<SignInKey, SignIn>,
    drafts: BTreeMap<(ChannelId, DateTime<Utc>), Draft>,
}

impl MemoryDesk {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        write!(f, "MemoryDesk({} accounts, {} drafts)", kept.accounts.len(), kept.drafts.len())
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl StaffStore for MemoryDesk {
    async fn account(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        Ok(self.kept().accounts.get(name).cloned())
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        Ok(self.kept().accounts.values().cloned().collect())
    }

    async fn keep_account(&self, account: &Account) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        if kept.accounts.get(&account.name).map_or(0, |known| known.version) != account.version {
            return Ok(false);
        }
        let mut account = account.clone();
        account.version += 1;
        kept.accounts.insert(account.name.clone(), account);
        Ok(true)
    }

    async fn keep_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        self.kept().sign_ins.insert(sign_in.key, sign_in.clone());
        Ok(())
    }

    async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError> {
        Ok(self.kept().sign_ins.get(key).cloned())
    }

    async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError> {
        if let Some(sign_in) = self.kept().sign_ins.get_mut(key) {
            sign_in.seen = sign_in.seen.max(at);
        }
        Ok(())
    }

    async fn end_sign_in(&self, key: &SignInKey) -> Result<(), StoreError> {
        self.kept().sign_ins.remove(key);
        Ok(())
    }

    async fn end_sign_ins(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError> {
        self.kept().sign_ins.retain(|key, sign_in| sign_in.account != *account || Some(key) == but);
        Ok(())
    }

    async fn purge_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut kept = self.kept();
        let had = kept.sign_ins.len();
        kept.sign_ins.retain(|_, sign_in| sign_in.seen >= before);
        Ok((had - kept.sign_ins.len()) as u64)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl DraftStore for MemoryDesk {
    async fn draft_of(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError> {
        Ok(self.kept().drafts.get(&(channel.clone(), slot)).cloned())
    }

    async fn keep_draft(&self, draft: &Draft) -> Result<bool, StoreError> {
        let mut kept = self.kept();
        let key = (draft.channel.clone(), draft.slot);
        if kept.drafts.get(&key).map_or(0, |known| known.version) != draft.version {
            return Ok(false);
        }
        let mut draft = draft.clone();
        draft.version += 1;
        kept.drafts.insert(key, draft);
        Ok(true)
    }

    async fn drafts_of(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError> {
        let kept = self.kept();
        let theirs = kept.drafts.iter().rev().filter(|((of, _), _)| of == channel);
        Ok(theirs.take(limit).map(|(_, draft)| draft.clone()).collect())
    }
}

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};
use sosik_core::ChannelId;
use sosik_desk::{Account, AccountName, Draft, DraftStore, PasswordHash, SignIn, SignInKey, StaffStore, stored};
use sosik_registry::StoreError;

use crate::error::{database, unreadable};
use crate::query::{all, run};
use crate::rows::{instant, micros};
use crate::store::SqliteStore;

/// The columns of an account, as [`account_of`] reads them.
const ACCOUNT: &str = "name, roles, password, must_change, password_since, failures, locked_until, version";

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl StaffStore for SqliteStore {
    async fn account(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        let name = name.clone();
        self.read(move |transaction, _| {
            let select = format!("SELECT {ACCOUNT} FROM staff_accounts WHERE name = ?1");
            Ok(all(transaction, &select, [name.as_str()], account_of)?.into_iter().next())
        })
        .await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.read(move |transaction, _| {
            all(transaction, &format!("SELECT {ACCOUNT} FROM staff_accounts ORDER BY name"), [], account_of)
        })
        .await
    }

    async fn keep_account(&self, account: &Account) -> Result<bool, StoreError> {
        let account = account.clone();
        self.write(move |transaction, _| {
            let read = number(account.version);
            let values = params![
                account.name.as_str(),
                account.roles_code(),
                account.password.as_stored(),
                account.must_change,
                micros(account.password_since),
                account.failures,
                account.locked_until.map(micros),
                read + 1,
                read,
            ];
            let put = "INSERT INTO staff_accounts (name, roles, password, must_change, password_since, failures, locked_until, version) \
                       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ?9 = 0 OR EXISTS (SELECT 1 FROM staff_accounts WHERE name = ?1) \
                       ON CONFLICT (name) DO UPDATE SET roles = ?2, password = ?3, must_change = ?4, password_since = ?5, \
                       failures = ?6, locked_until = ?7, version = ?8 WHERE version = ?9";
            Ok((run(transaction, put, values)? == 1, false))
        })
        .await
    }

    async fn keep_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        let sign_in = sign_in.clone();
        self.write(move |transaction, _| {
            let put = "INSERT INTO staff_sign_ins (key, account, credential, since, seen) VALUES (?1, ?2, ?3, ?4, ?5)";
            let SignIn { key, account, credential, since, seen, .. } = &sign_in;
            let (key, credential) = (key.as_bytes().as_slice(), credential.as_slice());
            let values = params![key, account.as_str(), credential, micros(*since), micros(*seen)];
            run(transaction, put, values)?;
            Ok(((), false))
        })
        .await
    }

    async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError> {
        let key = *key;
        self.read(move |transaction, _| {
            let select = "SELECT account, since, seen, credential FROM staff_sign_ins WHERE key = ?1";
            let found = all(transaction, select, [key.as_bytes().as_slice()], |row| {
                let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
                let (account, since, seen, credential): (String, i64, i64, [u8; 32]) = read().map_err(database)?;
                let mut sign_in = SignIn::new(key, name(&account)?, &PasswordHash::unusable(), instant(since)?);
                (sign_in.seen, sign_in.credential) = (instant(seen)?, credential);
                Ok(sign_in)
            });
            Ok(found?.into_iter().next())
        })
        .await
    }

    async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError> {
        let key = *key;
        self.write(move |transaction, _| {
            let update = "UPDATE staff_sign_ins SET seen = max(seen, ?2) WHERE key = ?1";
            run(transaction, update, params![key.as_bytes().as_slice(), micros(at)])?;
            Ok(((), false))
        })
        .await
    }

    async fn end_sign_in(&self, key: &SignInKey) -> Result<(), StoreError> {
        let key = *key;
        self.write(move |transaction, _| {
            run(transaction, "DELETE FROM staff_sign_ins WHERE key = ?1", [key.as_bytes().as_slice()])?;
            Ok(((), false))
        })
        .await
    }

    async fn end_sign_ins(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError> {
        let (account, but) = (account.clone(), but.copied());
        self.write(move |transaction, _| {
            let delete = "DELETE FROM staff_sign_ins WHERE account = ?1 AND (?2 IS NULL OR key <> ?2)";
            run(transaction, delete, params![account.as_str(), but.map(|key| key.as_bytes().to_vec())])?;
            Ok(((), false))
        })
        .await
    }

    async fn purge_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.write(move |transaction, _| {
            let dropped = run(transaction, "DELETE FROM staff_sign_ins WHERE seen < ?1", [micros(before)])?;
            Ok((dropped as u64, false))
        })
        .await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl DraftStore for SqliteStore {
    async fn draft_of(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError> {
        let channel = channel.clone();
        self.read(move |transaction, _| {
            let select = "SELECT slot, version, draft FROM drafts WHERE channel = ?1 AND slot = ?2";
            let values = params![channel.as_str(), micros(slot)];
            Ok(all(transaction, select, values, |row| draft_of(&channel, row))?.into_iter().next())
        })
        .await
    }

    async fn keep_draft(&self, draft: &Draft) -> Result<bool, StoreError> {
        let draft = draft.clone();
        self.write(move |transaction, _| {
            let read = number(draft.version);
            let put = "INSERT INTO drafts (channel, slot, version, draft) \
                       SELECT ?1, ?2, ?3, ?4 WHERE ?5 = 0 OR EXISTS (SELECT 1 FROM drafts WHERE channel = ?1 AND slot = ?2) \
                       ON CONFLICT (channel, slot) DO UPDATE SET version = ?3, draft = ?4 WHERE version = ?5";
            let values =
                params![draft.channel.as_str(), micros(draft.slot), read + 1, stored::to_json(&draft), read];
            Ok((run(transaction, put, values)? == 1, false))
        })
        .await
    }

    async fn drafts_of(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError> {
        let channel = channel.clone();
        self.read(move |transaction, _| {
            let select = "SELECT slot, version, draft FROM drafts WHERE channel = ?1 ORDER BY slot DESC LIMIT ?2";
            let values = params![channel.as_str(), i64::try_from(limit).unwrap_or(i64::MAX)];
            all(transaction, select, values, |row| draft_of(&channel, row))
        })
        .await
    }
}

fn account_of(row: &Row<'_>) -> Result<Account, StoreError> {
    let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let (named, roles, password, must_change): (String, String, String, bool) = read().map_err(database)?;
    let read = || Ok((row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?));
    let (since, failures, locked, version): (i64, u32, Option<i64>, i64) = read().map_err(database)?;
    let roles = Account::roles_from_code(&roles).ok_or_else(|| unreadable("account", "a role of it is not known"))?;
    let mut account = Account::new(name(&named)?, roles, PasswordHash::from_stored(password), instant(since)?);
    (account.must_change, account.failures) = (must_change, failures);
    account.locked_until = locked.map(instant).transpose()?;
    account.version = u64::try_from(version).map_err(|error| unreadable("account", error))?;
    Ok(account)
}

fn draft_of(channel: &ChannelId, row: &Row<'_>) -> Result<Draft, StoreError> {
    let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (slot, version, draft): (i64, i64, String) = read().map_err(database)?;
    let version = u64::try_from(version).map_err(|error| unreadable("draft", error))?;
    stored::from_json(&draft, channel.clone(), instant(slot)?, version).map_err(|error| unreadable("draft", error))
}

fn name(text: &str) -> Result<AccountName, StoreError> {
    AccountName::parse(text).map_err(|error| unreadable("account", error))
}

fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

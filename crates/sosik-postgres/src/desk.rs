use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sosik_core::ChannelId;
use sosik_desk::{Account, AccountName, Draft, DraftStore, PasswordHash, SignIn, SignInKey, StaffStore, stored};
use sosik_registry::StoreError;
use tokio_postgres::Row;

use crate::error::unreadable;
use crate::query::{Values, get};
use crate::store::PostgresStore;

/// The columns of an account, as [`account_of`] reads them.
const ACCOUNT: &str = "name, roles, password, must_change, password_since, failures, locked_until, version";

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl StaffStore for PostgresStore {
    async fn account(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        let select = format!("SELECT {ACCOUNT} FROM staff_accounts WHERE name = $1");
        self.found(&select, &[&name.as_str()]).await?.first().map(account_of).transpose()
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let select = format!("SELECT {ACCOUNT} FROM staff_accounts ORDER BY name");
        self.found(&select, &[]).await?.iter().map(account_of).collect()
    }

    async fn keep_account(&self, account: &Account) -> Result<bool, StoreError> {
        // One statement: of two who keep what they read at once the second finds another version.
        let put = "INSERT INTO staff_accounts AS known \
                   (name, roles, password, must_change, password_since, failures, locked_until, version) \
                   SELECT $1, $2, $3, $4, $5, $6, $7, $8::bigint + 1 \
                   WHERE $8 = 0 OR EXISTS (SELECT 1 FROM staff_accounts WHERE name = $1) \
                   ON CONFLICT (name) DO UPDATE SET roles = $2, password = $3, must_change = $4, password_since = $5, \
                   failures = $6, locked_until = $7, version = $8 + 1 WHERE known.version = $8";
        let Account { name, password, must_change, password_since, failures, locked_until, version, .. } = account;
        let (name, roles, password) = (name.as_str(), account.roles_code(), password.as_stored());
        let (failures, version) = (i64::from(*failures), number(*version));
        let values: Values<'_> =
            &[&name, &roles, &password, must_change, password_since, &failures, locked_until, &version];
        Ok(self.at_once(put, values).await? == 1)
    }

    async fn keep_sign_in(&self, sign_in: &SignIn) -> Result<(), StoreError> {
        let put = "INSERT INTO staff_sign_ins (key, account, credential, since, seen) VALUES ($1, $2, $3, $4, $5)";
        let SignIn { key, account, credential, since, seen, .. } = sign_in;
        let (key, credential) = (key.as_bytes().as_slice(), credential.as_slice());
        self.at_once(put, &[&key, &account.as_str(), &credential, since, seen]).await.map(drop)
    }

    async fn sign_in(&self, key: &SignInKey) -> Result<Option<SignIn>, StoreError> {
        let select = "SELECT account, since, seen, credential FROM staff_sign_ins WHERE key = $1";
        let rows = self.found(select, &[&key.as_bytes().as_slice()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let mut sign_in = SignIn::new(*key, name(get(row, 0)?)?, &PasswordHash::unusable(), get(row, 1)?);
        sign_in.seen = get(row, 2)?;
        let credential: &[u8] = get(row, 3)?;
        sign_in.credential = credential.try_into().map_err(|error| unreadable("sign-in", error))?;
        Ok(Some(sign_in))
    }

    async fn seen(&self, key: &SignInKey, at: DateTime<Utc>) -> Result<(), StoreError> {
        let update = "UPDATE staff_sign_ins SET seen = greatest(seen, $2) WHERE key = $1";
        self.at_once(update, &[&key.as_bytes().as_slice(), &at]).await.map(drop)
    }

    async fn end_sign_in(&self, key: &SignInKey) -> Result<(), StoreError> {
        self.at_once("DELETE FROM staff_sign_ins WHERE key = $1", &[&key.as_bytes().as_slice()]).await.map(drop)
    }

    async fn end_sign_ins(&self, account: &AccountName, but: Option<&SignInKey>) -> Result<(), StoreError> {
        let delete = "DELETE FROM staff_sign_ins WHERE account = $1 AND ($2::bytea IS NULL OR key <> $2)";
        let but = but.map(|key| key.as_bytes().as_slice());
        self.at_once(delete, &[&account.as_str(), &but]).await.map(drop)
    }

    async fn purge_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.at_once("DELETE FROM staff_sign_ins WHERE seen < $1", &[&before]).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl DraftStore for PostgresStore {
    async fn draft_of(&self, channel: &ChannelId, slot: DateTime<Utc>) -> Result<Option<Draft>, StoreError> {
        let select = "SELECT slot, version, draft FROM drafts WHERE channel = $1 AND slot = $2";
        let rows = self.found(select, &[&channel.as_str(), &slot]).await?;
        rows.first().map(|row| draft_of(channel, row)).transpose()
    }

    async fn keep_draft(&self, draft: &Draft) -> Result<bool, StoreError> {
        let put = "INSERT INTO drafts AS known (channel, slot, version, draft) \
                   SELECT $1, $2, $3::bigint + 1, $4 \
                   WHERE $3 = 0 OR EXISTS (SELECT 1 FROM drafts WHERE channel = $1 AND slot = $2) \
                   ON CONFLICT (channel, slot) DO UPDATE SET version = $3 + 1, draft = $4 WHERE known.version = $3";
        let (channel, version, json) = (draft.channel.as_str(), number(draft.version), stored::to_json(draft));
        Ok(self.at_once(put, &[&channel, &draft.slot, &version, &json]).await? == 1)
    }

    async fn drafts_of(&self, channel: &ChannelId, limit: usize) -> Result<Vec<Draft>, StoreError> {
        let select = "SELECT slot, version, draft FROM drafts WHERE channel = $1 ORDER BY slot DESC LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.found(select, &[&channel.as_str(), &limit]).await?;
        rows.iter().map(|row| draft_of(channel, row)).collect()
    }
}

fn account_of(row: &Row) -> Result<Account, StoreError> {
    let odd = |error| unreadable("account", error);
    let roles = Account::roles_from_code(get(row, 1)?);
    let roles = roles.ok_or_else(|| unreadable("account", "a role of it is not known"))?;
    let mut account =
        Account::new(name(get(row, 0)?)?, roles, PasswordHash::from_stored(get::<String>(row, 2)?), get(row, 4)?);
    account.must_change = get(row, 3)?;
    account.failures = u32::try_from(get::<i64>(row, 5)?).map_err(odd)?;
    account.locked_until = get(row, 6)?;
    account.version = u64::try_from(get::<i64>(row, 7)?).map_err(odd)?;
    Ok(account)
}

fn draft_of(channel: &ChannelId, row: &Row) -> Result<Draft, StoreError> {
    let version = u64::try_from(get::<i64>(row, 1)?).map_err(|error| unreadable("draft", error))?;
    let draft: &str = get(row, 2)?;
    stored::from_json(draft, channel.clone(), get(row, 0)?, version).map_err(|error| unreadable("draft", error))
}

fn name(text: &str) -> Result<AccountName, StoreError> {
    AccountName::parse(text).map_err(|error| unreadable("account", error))
}

fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

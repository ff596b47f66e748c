use async_trait::async_trait;
use chrono::NaiveDate;
use rusqlite::params;
use sosik_content::EditionId;
use sosik_delivery::{ClickStore, Clicks};
use sosik_registry::StoreError;

use crate::error::{database, unreadable};
use crate::query::{all, run};
use crate::store::SqliteStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ClickStore for SqliteStore {
    async fn count_click(&self, edition: &EditionId, card: u32, day: NaiveDate) -> Result<(), StoreError> {
        let edition = edition.clone();
        self.write(move |transaction, _| {
            let put = "INSERT INTO clicks (edition, card, day, count) VALUES (?1, ?2, ?3, 1) \
                       ON CONFLICT (edition, card, day) DO UPDATE SET count = count + 1";
            run(transaction, put, params![edition.as_str(), card, day.to_string()])?;
            Ok(((), false))
        })
        .await
    }

    async fn clicks_of(&self, edition: &EditionId) -> Result<Vec<Clicks>, StoreError> {
        let edition = edition.clone();
        self.read(move |transaction, _| {
            let select = "SELECT card, day, count FROM clicks WHERE edition = ?1 ORDER BY card, day";
            all(transaction, select, [edition.as_str()], |row| {
                let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                let (card, day, count): (u32, String, i64) = read().map_err(database)?;
                let day = day.parse().map_err(|error| unreadable("day", error))?;
                Ok(Clicks::new(card, day, u64::try_from(count).unwrap_or(0)))
            })
        })
        .await
    }
}

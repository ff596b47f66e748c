use async_trait::async_trait;
use chrono::NaiveDate;
use sosik_content::EditionId;
use sosik_delivery::{ClickStore, Clicks};
use sosik_registry::StoreError;

use crate::error::unreadable;
use crate::query::get;
use crate::store::PostgresStore;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ClickStore for PostgresStore {
    async fn count_click(&self, edition: &EditionId, card: u32, day: NaiveDate) -> Result<(), StoreError> {
        let put = "INSERT INTO clicks (edition, card, day, count) VALUES ($1, $2, $3, 1) \
                   ON CONFLICT (edition, card, day) DO UPDATE SET count = clicks.count + 1";
        self.at_once(put, &[&edition.as_str(), &i64::from(card), &day]).await.map(drop)
    }

    async fn clicks_of(&self, edition: &EditionId) -> Result<Vec<Clicks>, StoreError> {
        let select = "SELECT card, day, count FROM clicks WHERE edition = $1 ORDER BY card, day";
        let rows = self.found(select, &[&edition.as_str()]).await?;
        let read = |row| {
            let card = u32::try_from(get::<i64>(row, 0)?).map_err(|error| unreadable("click", error))?;
            Ok(Clicks::new(card, get(row, 1)?, u64::try_from(get::<i64>(row, 2)?).unwrap_or(0)))
        };
        rows.iter().map(read).collect()
    }
}

//! Files of earlier releases, brought up to date.

use rusqlite::{Transaction, params};
use sosik_registry::{Chain, ConsentEvent, Identity, Link, Purpose, StoreError, StoreErrorKind, SubscriberId, Vault};

use crate::error::{database, unreadable};
use crate::ledger::Ledger;
use crate::query::{one, run};
use crate::rows::{instant, uuid};
use crate::sets;

/// The migrations, in order; the database's `user_version` says how many it has had.
const MIGRATIONS: [Migration; 12] = [
    Migration::Sql(include_str!("../migrations/0001_initial.sql")),
    Migration::Sql(include_str!("../migrations/0002_registry.sql")),
    Migration::People(
        include_str!("../migrations/0003_people.sql"),
        include_str!("../migrations/0003_people_after.sql"),
    ),
    Migration::Sql(include_str!("../migrations/0004_accesses.sql")),
    Migration::Sql(include_str!("../migrations/0005_rights.sql")),
    Migration::Sql(include_str!("../migrations/0006_delivery.sql")),
    Migration::Sql(include_str!("../migrations/0007_routes.sql")),
    Migration::Sql(include_str!("../migrations/0008_presences.sql")),
    Migration::Sql(include_str!("../migrations/0009_chats.sql")),
    Migration::Sql(include_str!("../migrations/0010_desk.sql")),
    Migration::Sql(include_str!("../migrations/0011_clicks.sql")),
    Migration::Sql(include_str!("../migrations/0012_tickets.sql")),
];

/// What this release makes.
pub(crate) const VERSION: usize = MIGRATIONS.len();

/// A step from one version to the next.
enum Migration {
    /// Statements alone.
    Sql(&'static str),
    /// Between the two people are sealed in the form of now, what they said is linked, and the sets are made out of it.
    People(&'static str, &'static str),
}

/// Brings a file from a version to that of this release.
pub(crate) fn migrate(transaction: &Transaction<'_>, vault: &Vault, version: usize) -> Result<(), StoreError> {
    for migration in MIGRATIONS.iter().skip(version) {
        match migration {
            Migration::Sql(sql) => transaction.execute_batch(sql).map_err(database)?,
            Migration::People(before, after) => {
                transaction.execute_batch(before).map_err(database)?;
                people(transaction, vault)?;
                said(transaction, vault, version == 2)?;
                sets::build(transaction)?;
                transaction.execute_batch(after).map_err(database)?;
            }
        }
    }
    Ok(())
}

fn people(transaction: &Transaction<'_>, vault: &Vault) -> Result<(), StoreError> {
    let query = "SELECT number, id, phone_index, phone_sealed, area, topics, allows_text, gone_at, created_at FROM subscribers_before";
    let mut select = transaction.prepare(query).map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let (number, id, index, sealed): (i64, Vec<u8>, Vec<u8>, Vec<u8>) = read().map_err(database)?;
        let phone = vault.open_first_form(&sealed, &id).map_err(|error| unreadable("phone number", error))?;
        let mobile = matches!(&phone, Identity::Phone(phone) if phone.is_mobile());
        let read = || Ok((row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?));
        let (area, topics, text, gone, since): (String, String, bool, Option<i64>, i64) = read().map_err(database)?;
        let insert = "INSERT INTO subscribers (number, id, phone, mobile, area, topics, allows_text, gone_at, by_events, created_at) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)";
        let anew = vault.seal(&phone, &id);
        run(transaction, insert, params![number, id, anew, mobile, area, topics, text, gone, since])?;
        // The first half of the hash is what is kept now.
        let index = index.first_chunk::<16>().ok_or_else(|| unreadable("index", "it is too short"))?;
        let insert = include_str!("../queries/identity_insert.sql");
        run(transaction, insert, params![index.as_slice(), number, since, None::<Vec<u8>>])?;
    }
    Ok(())
}

/// Links what was said in the form of now, after the links of before were looked at where there are any.
fn said(transaction: &Transaction<'_>, vault: &Vault, is_linked: bool) -> Result<(), StoreError> {
    let query = "SELECT purpose, granted, at, evidence, link, subscriber, s.id FROM consents_before \
                 JOIN subscribers_before AS s ON s.number = subscriber ORDER BY seq";
    let mut select = transaction.prepare(query).map_err(database)?;
    let mut rows = select.query([]).map_err(database)?;
    let mut before = Chain::new(vault);
    let entries = one(transaction, "SELECT count(*) FROM consents_before", [], |row| row.get::<_, i64>(0))?;
    let end: Option<Vec<u8>> =
        one(transaction, include_str!("../queries/meta_get.sql"), ["ledger-end"], |row| row.get(0))?;
    run(transaction, include_str!("../queries/meta_delete.sql"), ["ledger-end"])?;
    let mut ledger = Ledger::open(transaction, vault)?;
    while let Some(row) = rows.next().map_err(database)? {
        let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let (purpose, granted, at, evidence): (String, bool, i64, String) = read().map_err(database)?;
        let read = || Ok((row.get(4)?, row.get(5)?, row.get(6)?));
        let (link, number, id): (Option<Vec<u8>>, i64, Vec<u8>) = read().map_err(database)?;
        let purpose = Purpose::from_code(&purpose).ok_or_else(|| unreadable("consent", "its purpose is not known"))?;
        let said = if granted { ConsentEvent::granted } else { ConsentEvent::withdrawn };
        let (who, said) = (SubscriberId::new(uuid(&id)?), said(purpose, instant(at)?, evidence));
        if is_linked {
            before.check_first_form(who, &said, link.as_deref().and_then(Link::from_bytes).as_ref());
        }
        ledger.add(who, number, &said)?;
    }
    if is_linked {
        let seal = end.as_ref().and_then(|end| end.get(8..));
        before.ends(entries.and_then(|entries| u64::try_from(entries).ok()).unwrap_or(0), vault.current(), seal);
    }
    match before.report().broken {
        Some(_) => {
            let message = format!("the file is not brought up to date: {}", before.report());
            Err(StoreError::new(StoreErrorKind::Corrupt, message))
        }
        None => ledger.close(),
    }
}

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Row, Transaction, params};
use sosik_chat::stored::{entries_from_json, entries_to_json, lookups, row_of, session_from_json, session_to_json};
use sosik_chat::{
    ChatStore, ChatStoreError, ChatStoreErrorKind, NewTicket, Session, Ticket, TicketChange, TicketNumber, TicketState,
};
use sosik_core::{ChannelId, Language};
use sosik_registry::{Identity, StoreError, Vault};

use crate::error::{database, unreadable};
use crate::query::{all, one, run};
use crate::rows::{instant, micros};
use crate::store::SqliteStore;

/// The columns of a ticket, as [`ticket_of`] reads them.
const COLUMNS: &str =
    "year, serial, who_sealed, channel, language, office, state, opened, due, changed, version, entries, assignee";

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ChatStore for SqliteStore {
    async fn session(
        &self,
        who: &Identity,
        channel: &ChannelId,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, ChatStoreError> {
        let (who, channel) = (who.clone(), channel.clone());
        let found = self.read(move |transaction, vault| {
            let found = session_of(transaction, vault, &who, &channel, now)?;
            let Some((text, version)) = found else { return Ok(None) };
            session_from_json(&text, version).map(Some)
        });
        found.await.map_err(ChatStoreError::from)
    }

    async fn keep(
        &self,
        who: &Identity,
        channel: &ChannelId,
        session: &Session,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), ChatStoreError> {
        let (who, channel, read) = (who.clone(), channel.clone(), session.version);
        let session = session_to_json(session).map_err(ChatStoreError::from)?;
        let kept = self.write(move |transaction, vault| {
            let known = session_of(transaction, vault, &who, &channel, now)?.map_or(0, |(_, version)| version);
            if known != read {
                let message = "the conversation went on meanwhile";
                return Ok((Err(ChatStoreError::new(ChatStoreErrorKind::Conflict, message)), false));
            }
            // What has ended is kept no longer than until the next is.
            run(transaction, "DELETE FROM chat_sessions WHERE until <= ?1", [micros(now)])?;
            for lookup in lookups(vault, &who) {
                let delete = "DELETE FROM chat_sessions WHERE who = ?1 AND channel = ?2";
                run(transaction, delete, params![lookup, channel.as_str()])?;
            }
            let put = "INSERT INTO chat_sessions (who, channel, session, version, until) VALUES (?1, ?2, ?3, ?4, ?5)";
            let version = i64::try_from(read + 1).unwrap_or(i64::MAX);
            let lookup = vault.index(&who).to_vec();
            run(transaction, put, params![lookup, channel.as_str(), session, version, micros(until)])?;
            Ok((Ok(()), false))
        });
        kept.await.map_err(ChatStoreError::from)?
    }

    async fn open(&self, new: NewTicket, year: i32, now: DateTime<Utc>) -> Result<Ticket, ChatStoreError> {
        let opened = self.write(move |transaction, vault| {
            let next = "INSERT INTO ticket_serials (year, serial) VALUES (?1, 1) \
                        ON CONFLICT (year) DO UPDATE SET serial = serial + 1 RETURNING serial";
            let serial = one(transaction, next, [year], |row| row.get::<_, u32>(0))?;
            let serial = serial.ok_or_else(|| unreadable("ticket's number", "none was given"))?;
            let ticket = new.numbered(TicketNumber::new(year, serial), now);
            let insert = format!(
                "INSERT INTO tickets ({COLUMNS}, who) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
            );
            let who = ticket.who.as_ref();
            let sealed = who.map(|who| vault.seal(who, row_of(ticket.number).as_bytes()));
            let values = params![
                year,
                serial,
                sealed,
                ticket.channel.as_str(),
                ticket.language.as_str(),
                ticket.office,
                ticket.state.code(),
                micros(ticket.opened),
                micros(ticket.due),
                micros(ticket.changed),
                version(&ticket),
                entries_to_json(&ticket.entries)?,
                ticket.assignee,
                who.map(|who| vault.index(who).to_vec()),
            ];
            run(transaction, &insert, values)?;
            Ok((ticket, false))
        });
        opened.await.map_err(ChatStoreError::from)
    }

    async fn ticket(&self, number: TicketNumber) -> Result<Option<Ticket>, ChatStoreError> {
        self.read(move |transaction, vault| by_number(transaction, vault, number)).await.map_err(ChatStoreError::from)
    }

    async fn change(
        &self,
        ticket: &Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<Ticket, ChatStoreError> {
        let (number, read, change) = (ticket.number, ticket.version, change.clone());
        let changed = self.write(move |transaction, vault| {
            let told = |kind, message: String| Ok((Err(ChatStoreError::new(kind, message)), false));
            let Some(known) = by_number(transaction, vault, number)? else {
                return told(ChatStoreErrorKind::Missing, format!("there is no ticket {number}"));
            };
            if known.version != read {
                let message = format!("ticket {number} was changed meanwhile: read it again");
                return told(ChatStoreErrorKind::Conflict, message);
            }
            let next = match known.after(&change, now) {
                Ok(next) => next,
                Err(error) => return Ok((Err(error.into()), false)),
            };
            write_over(transaction, &next)?;
            Ok((Ok(next), false))
        });
        changed.await.map_err(ChatStoreError::from)?
    }

    async fn queue(
        &self,
        states: &[TicketState],
        office: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Ticket>, ChatStoreError> {
        let (states, office) = (states.to_vec(), office.map(str::to_owned));
        let found = self.read(move |transaction, vault| {
            let select = format!(
                "SELECT {COLUMNS} FROM tickets WHERE state = ?1 AND (?2 IS NULL OR office = ?2) \
                 ORDER BY due, year, serial LIMIT ?3"
            );
            let mut tickets = Vec::new();
            for state in states {
                let values = params![state.code(), office, i64::try_from(limit).unwrap_or(i64::MAX)];
                tickets.extend(all(transaction, &select, values, |row| ticket_of(vault, row))?);
            }
            tickets.sort_by_key(|ticket| (ticket.due, ticket.number));
            tickets.truncate(limit);
            Ok(tickets)
        });
        found.await.map_err(ChatStoreError::from)
    }

    async fn untold(&self, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        let found = self.read(move |transaction, vault| {
            let select =
                format!("SELECT {COLUMNS} FROM tickets WHERE untold > 0 ORDER BY changed, year, serial LIMIT ?1");
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            all(transaction, &select, [limit], |row| ticket_of(vault, row))
        });
        found.await.map_err(ChatStoreError::from)
    }

    async fn tickets_of(&self, who: &Identity, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        let who = who.clone();
        let found = self.read(move |transaction, vault| {
            let select =
                format!("SELECT {COLUMNS} FROM tickets WHERE who = ?1 ORDER BY year DESC, serial DESC LIMIT ?2");
            let mut tickets = Vec::new();
            for lookup in lookups(vault, &who) {
                let values = params![lookup, i64::try_from(limit).unwrap_or(i64::MAX)];
                tickets.extend(all(transaction, &select, values, |row| ticket_of(vault, row))?);
            }
            tickets.sort_by_key(|ticket: &Ticket| std::cmp::Reverse(ticket.number));
            tickets.truncate(limit);
            Ok(tickets)
        });
        found.await.map_err(ChatStoreError::from)
    }

    async fn miss(&self, said: &str, day: NaiveDate) -> Result<(), ChatStoreError> {
        let said = said.to_owned();
        let counted = self.write(move |transaction, _| {
            let put = "INSERT INTO chat_misses (day, said, count) VALUES (?1, ?2, 1) \
                       ON CONFLICT (day, said) DO UPDATE SET count = count + 1";
            run(transaction, put, params![day.to_string(), said])?;
            Ok(((), false))
        });
        counted.await.map_err(ChatStoreError::from)
    }

    async fn misses(&self, since: NaiveDate, limit: usize) -> Result<Vec<(String, u64)>, ChatStoreError> {
        let found = self.read(move |transaction, _| {
            let select = "SELECT said, sum(count) AS count FROM chat_misses WHERE day >= ?1 GROUP BY said \
                          ORDER BY count DESC, said LIMIT ?2";
            let values = params![since.to_string(), i64::try_from(limit).unwrap_or(i64::MAX)];
            all(transaction, select, values, |row| {
                let (said, count) = (row.get(0).map_err(database)?, row.get::<_, i64>(1).map_err(database)?);
                Ok((said, u64::try_from(count).unwrap_or(0)))
            })
        });
        found.await.map_err(ChatStoreError::from)
    }

    async fn forget(&self, who: &Identity) -> Result<(), ChatStoreError> {
        let who = who.clone();
        let forgotten = self.write(move |transaction, vault| {
            let select = format!("SELECT {COLUMNS} FROM tickets WHERE who = ?1");
            for lookup in lookups(vault, &who) {
                run(transaction, "DELETE FROM chat_sessions WHERE who = ?1", [&lookup])?;
                for ticket in all(transaction, &select, [&lookup], |row| ticket_of(vault, row))? {
                    let ticket = ticket.forgotten();
                    write_over(transaction, &ticket)?;
                    let nameless = "UPDATE tickets SET who = NULL, who_sealed = NULL WHERE year = ?1 AND serial = ?2";
                    run(transaction, nameless, params![ticket.number.year, ticket.number.serial])?;
                }
            }
            // What they wrote leaves the log too.
            Ok(((), true))
        });
        forgotten.await.map_err(ChatStoreError::from)
    }

    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, ChatStoreError> {
        let purged = self.write(move |transaction, _| {
            let closed = "DELETE FROM tickets WHERE state = 'closed' AND changed < ?1";
            let dropped = run(transaction, closed, [micros(before)])?;
            run(transaction, "DELETE FROM chat_sessions WHERE until < ?1", [micros(before)])?;
            run(transaction, "DELETE FROM chat_misses WHERE day < ?1", [before.date_naive().to_string()])?;
            Ok((dropped as u64, true))
        });
        purged.await.map_err(ChatStoreError::from)
    }
}

/// Seals at most so many tickets anew that are sealed under a key of before, and says how many are left.
pub(crate) fn reseal(transaction: &Transaction<'_>, vault: &Vault, limit: usize) -> Result<i64, StoreError> {
    let current = vault.current();
    let old = "who_sealed IS NOT NULL AND substr(who_sealed, 1, 4) <> ?1";
    let select = format!("SELECT {COLUMNS} FROM tickets WHERE {old} LIMIT ?2");
    let values = params![current.as_bytes().as_slice(), i64::try_from(limit).unwrap_or(i64::MAX)];
    for ticket in all(transaction, &select, values, |row| ticket_of(vault, row))? {
        let Some(who) = &ticket.who else { continue };
        let anew = vault.seal(who, row_of(ticket.number).as_bytes());
        let update = "UPDATE tickets SET who = ?3, who_sealed = ?4 WHERE year = ?1 AND serial = ?2";
        let TicketNumber { year, serial, .. } = ticket.number;
        run(transaction, update, params![year, serial, vault.index(who).as_slice(), anew])?;
    }
    let left = format!("SELECT count(*) FROM tickets WHERE {old}");
    Ok(one(transaction, &left, [current.as_bytes().as_slice()], |row| row.get(0))?.unwrap_or(0))
}

/// What is remembered of someone in a channel, and how often it was kept.
fn session_of(
    transaction: &Transaction<'_>,
    vault: &Vault,
    who: &Identity,
    channel: &ChannelId,
    now: DateTime<Utc>,
) -> Result<Option<(String, u64)>, StoreError> {
    let select = "SELECT session, version FROM chat_sessions WHERE who = ?1 AND channel = ?2 AND until > ?3";
    for lookup in lookups(vault, who) {
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
        if let Some((session, version)) =
            one(transaction, select, params![lookup, channel.as_str(), micros(now)], read)?
        {
            return Ok(Some((session, u64::try_from(version).map_err(|error| unreadable("session", error))?)));
        }
    }
    Ok(None)
}

fn version(ticket: &Ticket) -> i64 {
    i64::try_from(ticket.version).unwrap_or(i64::MAX)
}

fn by_number(transaction: &Transaction<'_>, vault: &Vault, number: TicketNumber) -> Result<Option<Ticket>, StoreError> {
    let select = format!("SELECT {COLUMNS} FROM tickets WHERE year = ?1 AND serial = ?2");
    let found = all(transaction, &select, params![number.year, number.serial], |row| ticket_of(vault, row))?;
    Ok(found.into_iter().next())
}

/// Writes what changes of a ticket.
fn write_over(transaction: &Transaction<'_>, ticket: &Ticket) -> Result<(), StoreError> {
    let update = "UPDATE tickets SET office = ?3, state = ?4, due = ?5, changed = ?6, version = ?7, entries = ?8, \
                  assignee = ?9, untold = ?10 WHERE year = ?1 AND serial = ?2";
    let TicketNumber { year, serial, .. } = ticket.number;
    let values = params![
        year,
        serial,
        ticket.office,
        ticket.state.code(),
        micros(ticket.due),
        micros(ticket.changed),
        version(ticket),
        entries_to_json(&ticket.entries)?,
        ticket.assignee,
        i64::try_from(ticket.untold().count()).unwrap_or(i64::MAX),
    ];
    run(transaction, update, values).map(drop)
}

fn ticket_of(vault: &Vault, row: &Row<'_>) -> Result<Ticket, StoreError> {
    let read = || Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?));
    let (year, serial, sealed, channel, language, office): (i32, u32, Option<Vec<u8>>, String, String, Option<String>) =
        read().map_err(database)?;
    let read = || Ok((row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?, row.get(10)?, row.get(11)?));
    let (state, opened, due, changed, version, entries): (String, i64, i64, i64, i64, String) =
        read().map_err(database)?;
    let number = TicketNumber::new(year, serial);
    let who = sealed.map(|sealed| vault.open(&sealed, row_of(number).as_bytes())).transpose();
    let channel = ChannelId::parse(&channel).map_err(|error| unreadable("channel", error))?;
    let mut ticket = Ticket::bare(number, channel, instant(opened)?);
    ticket.who = who.map_err(|error| unreadable("identity", error))?;
    ticket.language = Language::parse(&language).map_err(|error| unreadable("language", error))?;
    ticket.office = office;
    ticket.state = TicketState::from_code(&state).ok_or_else(|| unreadable("ticket", "its state is not known"))?;
    (ticket.due, ticket.changed) = (instant(due)?, instant(changed)?);
    ticket.version = u64::try_from(version).map_err(|error| unreadable("ticket", error))?;
    ticket.assignee = row.get(12).map_err(database)?;
    ticket.entries = entries_from_json(&entries)?;
    Ok(ticket)
}

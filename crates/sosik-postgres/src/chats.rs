use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use deadpool_postgres::{Client, Transaction};
use sosik_chat::stored::{entries_from_json, entries_to_json, lookups, row_of, session_from_json, session_to_json};
use sosik_chat::{
    ChatStore, ChatStoreError, ChatStoreErrorKind, NewTicket, Session, Ticket, TicketChange, TicketNumber, TicketState,
};
use sosik_core::{ChannelId, Language};
use sosik_registry::{Identity, StoreError, Vault};
use tokio_postgres::Row;

use crate::error::{database, unreadable};
use crate::query::{Values, all, get, one, run};
use crate::reseal::led;
use crate::store::{PostgresStore, reading};

/// The columns of a ticket, as [`ticket_of`] reads them.
const COLUMNS: &str =
    "year, serial, who_sealed, channel, language, office, state, assignee, opened, due, changed, version, entries";

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl ChatStore for PostgresStore {
    async fn session(
        &self,
        who: &Identity,
        channel: &ChannelId,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, ChatStoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let found = session_of(&transaction, &vault, (who, channel), now).await?;
        Ok(found.map(|(text, version)| session_from_json(&text, version)).transpose()?)
    }

    async fn keep(
        &self,
        who: &Identity,
        channel: &ChannelId,
        session: &Session,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), ChatStoreError> {
        let text = session_to_json(session)?;
        let mut client = self.client().await?;
        let (transaction, vault) = self.talking(&mut client).await?;
        let lookup = alone(&transaction, &vault, who).await?;
        let known = session_of(&transaction, &vault, (who, channel), now).await?;
        if known.map_or(0, |(_, version)| version) != session.version {
            let message = "the conversation went on meanwhile";
            return Err(ChatStoreError::new(ChatStoreErrorKind::Conflict, message));
        }
        for lookup in lookups(&vault, who) {
            let delete = "DELETE FROM chat_sessions WHERE who = $1 AND channel = $2";
            run(&transaction, delete, &[&lookup, &channel.as_str()]).await?;
        }
        let put = "INSERT INTO chat_sessions (who, channel, session, version, until) VALUES ($1, $2, $3, $4, $5)";
        let version = i64::try_from(session.version + 1).unwrap_or(i64::MAX);
        run(&transaction, put, &[&lookup, &channel.as_str(), &text, &version, &until]).await?;
        // What has ended is kept no longer than until the next is; what someone else keeps now is left to them.
        let ended = "DELETE FROM chat_sessions WHERE (who, channel) IN \
                     (SELECT who, channel FROM chat_sessions WHERE until <= $1 LIMIT 100 FOR UPDATE SKIP LOCKED)";
        run(&transaction, ended, &[&now]).await?;
        Ok(transaction.commit().await.map_err(database)?)
    }

    async fn open(&self, new: NewTicket, year: i32, now: DateTime<Utc>) -> Result<Ticket, ChatStoreError> {
        let mut client = self.client().await?;
        let (transaction, vault) = self.talking(&mut client).await?;
        // The row of the year is held until the ticket is kept: no number is left out.
        let next = "INSERT INTO ticket_serials (year, serial) VALUES ($1, 1) \
                    ON CONFLICT (year) DO UPDATE SET serial = ticket_serials.serial + 1 RETURNING serial";
        let row = one(&transaction, next, &[&year]).await?;
        let row = row.ok_or_else(|| unreadable("ticket's number", "none was given"))?;
        let serial = u32::try_from(get::<i32>(&row, 0)?).map_err(|error| unreadable("ticket's number", error))?;
        let ticket = new.numbered(TicketNumber::new(year, serial), now);
        let who = ticket.who.as_ref();
        let sealed = who.map(|who| vault.seal(who, row_of(ticket.number).as_bytes()));
        let lookup = who.map(|who| vault.index(who).to_vec());
        let insert = format!(
            "INSERT INTO tickets ({COLUMNS}, who, untold) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)"
        );
        let (channel, language, state) = (ticket.channel.as_str(), ticket.language.as_str(), ticket.state.code());
        let (serial, version, entries) =
            (serial_of(ticket.number), version(&ticket), entries_to_json(&ticket.entries)?);
        run(
            &transaction,
            &insert,
            &[
                &year,
                &serial,
                &sealed,
                &channel,
                &language,
                &ticket.office,
                &state,
                &ticket.assignee,
                &ticket.opened,
                &ticket.due,
                &ticket.changed,
                &version,
                &entries,
                &lookup,
            ],
        )
        .await?;
        transaction.commit().await.map_err(database)?;
        Ok(ticket)
    }

    async fn ticket(&self, number: TicketNumber) -> Result<Option<Ticket>, ChatStoreError> {
        let select = format!("SELECT {COLUMNS} FROM tickets WHERE year = $1 AND serial = $2");
        let found = self.tickets(&select, &[&number.year, &serial_of(number)]).await?;
        Ok(found.into_iter().next())
    }

    async fn change(
        &self,
        ticket: &Ticket,
        change: &TicketChange,
        now: DateTime<Utc>,
    ) -> Result<Ticket, ChatStoreError> {
        let number = ticket.number;
        let mut client = self.client().await?;
        let (transaction, vault) = self.talking(&mut client).await?;
        let select = format!("SELECT {COLUMNS} FROM tickets WHERE year = $1 AND serial = $2 FOR UPDATE");
        let told = |kind, message: String| Err(ChatStoreError::new(kind, message));
        let Some(row) = one(&transaction, &select, &[&number.year, &serial_of(number)]).await? else {
            return told(ChatStoreErrorKind::Missing, format!("there is no ticket {number}"));
        };
        let known = ticket_of(&vault, &row)?;
        if known.version != ticket.version {
            let message = format!("ticket {number} was changed meanwhile: read it again");
            return told(ChatStoreErrorKind::Conflict, message);
        }
        let next = known.after(change, now)?;
        write_over(&transaction, &next).await?;
        transaction.commit().await.map_err(database)?;
        Ok(next)
    }

    async fn queue(
        &self,
        states: &[TicketState],
        office: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Ticket>, ChatStoreError> {
        let states: Vec<&str> = states.iter().map(|state| state.code()).collect();
        let select = format!(
            "SELECT {COLUMNS} FROM tickets WHERE state = ANY($1) AND ($2::text IS NULL OR office = $2) \
             ORDER BY due, year, serial LIMIT $3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.tickets(&select, &[&states, &office, &limit]).await
    }

    async fn untold(&self, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        let select = format!("SELECT {COLUMNS} FROM tickets WHERE untold > 0 ORDER BY changed, year, serial LIMIT $1");
        self.tickets(&select, &[&i64::try_from(limit).unwrap_or(i64::MAX)]).await
    }

    async fn tickets_of(&self, who: &Identity, limit: usize) -> Result<Vec<Ticket>, ChatStoreError> {
        let select =
            format!("SELECT {COLUMNS} FROM tickets WHERE who = ANY($1) ORDER BY year DESC, serial DESC LIMIT $2");
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(tickets(&transaction, &vault, &select, &[&lookups(&vault, who), &limit]).await?)
    }

    async fn miss(&self, said: &str, day: NaiveDate) -> Result<(), ChatStoreError> {
        let put = "INSERT INTO chat_misses (day, said, count) VALUES ($1, $2, 1) \
                   ON CONFLICT (day, said) DO UPDATE SET count = chat_misses.count + 1";
        Ok(self.at_once(put, &[&day, &said]).await.map(drop)?)
    }

    async fn misses(&self, since: NaiveDate, limit: usize) -> Result<Vec<(String, u64)>, ChatStoreError> {
        let select = "SELECT said, sum(count)::bigint AS times FROM chat_misses WHERE day >= $1 GROUP BY said \
                      ORDER BY times DESC, said LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.found(select, &[&since, &limit]).await?;
        let read = |row: &Row| Ok((get(row, 0)?, u64::try_from(get::<i64>(row, 1)?).unwrap_or(0)));
        rows.iter().map(read).collect()
    }

    async fn forget(&self, who: &Identity) -> Result<(), ChatStoreError> {
        let mut client = self.client().await?;
        let (transaction, vault) = self.talking(&mut client).await?;
        // A turn that keeps something beside it would bring back what is forgotten.
        alone(&transaction, &vault, who).await?;
        let lookups = lookups(&vault, who);
        run(&transaction, "DELETE FROM chat_sessions WHERE who = ANY($1)", &[&lookups]).await?;
        let select = format!("SELECT {COLUMNS} FROM tickets WHERE who = ANY($1) ORDER BY year, serial FOR UPDATE");
        for row in all(&transaction, &select, &[&lookups]).await? {
            let ticket = ticket_of(&vault, &row)?.forgotten();
            write_over(&transaction, &ticket).await?;
            let nameless = "UPDATE tickets SET who = NULL, who_sealed = NULL WHERE year = $1 AND serial = $2";
            run(&transaction, nameless, &[&ticket.number.year, &serial_of(ticket.number)]).await?;
        }
        Ok(transaction.commit().await.map_err(database)?)
    }

    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, ChatStoreError> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await.map_err(database)?;
        let closed = "DELETE FROM tickets WHERE state = 'closed' AND changed < $1";
        let dropped = run(&transaction, closed, &[&before]).await?;
        run(&transaction, "DELETE FROM chat_sessions WHERE until < $1", &[&before]).await?;
        run(&transaction, "DELETE FROM chat_misses WHERE day < $1", &[&before.date_naive()]).await?;
        transaction.commit().await.map_err(database)?;
        Ok(dropped)
    }
}

impl PostgresStore {
    /// A transaction of those who talk, which waits for nobody but whoever seals everything anew, and the vault as the database is
    /// sealed until it ends.
    async fn talking<'a>(&self, client: &'a mut Client) -> Result<(Transaction<'a>, Vault), StoreError> {
        let transaction = client.transaction().await.map_err(database)?;
        let lock = format!("SELECT pg_advisory_xact_lock_shared({SEALING})");
        run(&transaction, &lock, &[]).await?;
        let vault = led(&transaction, &self.vault).await?;
        Ok((transaction, vault))
    }

    /// The tickets of a query.
    async fn tickets(&self, select: &str, values: Values<'_>) -> Result<Vec<Ticket>, ChatStoreError> {
        let mut client = self.client().await?;
        let transaction = reading(&mut client).await?;
        let vault = led(&transaction, &self.vault).await?;
        Ok(tickets(&transaction, &vault, select, values).await?)
    }
}

async fn tickets(
    transaction: &Transaction<'_>,
    vault: &Vault,
    select: &str,
    values: Values<'_>,
) -> Result<Vec<Ticket>, StoreError> {
    all(transaction, select, values).await?.iter().map(|row| ticket_of(vault, row)).collect()
}

/// The lock of those who seal what is written in conversations, and of whoever seals everything anew.
const SEALING: &str = "hashtextextended(current_schema() || ' sealing', 0)";

/// Waits for whoever else keeps something of the same person, and gives the hash under which they are kept.
async fn alone(transaction: &Transaction<'_>, vault: &Vault, who: &Identity) -> Result<Vec<u8>, StoreError> {
    let lookup = vault.index(who).to_vec();
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex') || current_schema(), 0))";
    run(transaction, lock, &[&lookup]).await?;
    Ok(lookup)
}

/// Waits until nobody seals anything beside it.
pub(crate) async fn nobody_seals(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    run(transaction, &format!("SELECT pg_advisory_xact_lock({SEALING})"), &[]).await.map(drop)
}

/// Seals at most so many tickets anew that are sealed under a key of before, and says how many are left.
pub(crate) async fn reseal(transaction: &Transaction<'_>, vault: &Vault, limit: i64) -> Result<i64, StoreError> {
    let current = vault.current();
    let current = current.as_bytes().as_slice();
    let old = "who_sealed IS NOT NULL AND substring(who_sealed FROM 1 FOR 4) <> $1";
    let select = format!("SELECT {COLUMNS} FROM tickets WHERE {old} LIMIT $2 FOR UPDATE");
    for row in all(transaction, &select, &[&current, &limit]).await? {
        let ticket = ticket_of(vault, &row)?;
        let Some(who) = &ticket.who else { continue };
        let (lookup, anew) = (vault.index(who).to_vec(), vault.seal(who, row_of(ticket.number).as_bytes()));
        let update = "UPDATE tickets SET who = $3, who_sealed = $4 WHERE year = $1 AND serial = $2";
        run(transaction, update, &[&ticket.number.year, &serial_of(ticket.number), &lookup, &anew]).await?;
    }
    let left = one(transaction, &format!("SELECT count(*) FROM tickets WHERE {old}"), &[&current]).await?;
    left.map_or(Ok(0), |row| get(&row, 0))
}

/// What is remembered of someone in a channel, and how often it was kept.
async fn session_of(
    transaction: &Transaction<'_>,
    vault: &Vault,
    (who, channel): (&Identity, &ChannelId),
    now: DateTime<Utc>,
) -> Result<Option<(String, u64)>, StoreError> {
    let select = "SELECT session, version FROM chat_sessions WHERE who = $1 AND channel = $2 AND until > $3";
    for lookup in lookups(vault, who) {
        if let Some(row) = one(transaction, select, &[&lookup, &channel.as_str(), &now]).await? {
            let version = u64::try_from(get::<i64>(&row, 1)?).map_err(|error| unreadable("session", error))?;
            return Ok(Some((get(&row, 0)?, version)));
        }
    }
    Ok(None)
}

fn serial_of(number: TicketNumber) -> i32 {
    i32::try_from(number.serial).unwrap_or(i32::MAX)
}

fn version(ticket: &Ticket) -> i64 {
    i64::try_from(ticket.version).unwrap_or(i64::MAX)
}

/// Writes what changes of a ticket.
async fn write_over(transaction: &Transaction<'_>, ticket: &Ticket) -> Result<(), StoreError> {
    let update = "UPDATE tickets SET office = $3, state = $4, assignee = $5, due = $6, changed = $7, version = $8, \
                  untold = $9, entries = $10 WHERE year = $1 AND serial = $2";
    let (serial, state, version) = (serial_of(ticket.number), ticket.state.code(), version(ticket));
    let untold = i32::try_from(ticket.untold().count()).unwrap_or(i32::MAX);
    let entries = entries_to_json(&ticket.entries)?;
    let Ticket { number, office, assignee, due, changed, .. } = ticket;
    run(
        transaction,
        update,
        &[&number.year, &serial, office, &state, assignee, due, changed, &version, &untold, &entries],
    )
    .await
    .map(drop)
}

fn ticket_of(vault: &Vault, row: &Row) -> Result<Ticket, StoreError> {
    let serial = u32::try_from(get::<i32>(row, 1)?).map_err(|error| unreadable("ticket", error))?;
    let number = TicketNumber::new(get(row, 0)?, serial);
    let sealed: Option<&[u8]> = get(row, 2)?;
    let who = sealed.map(|sealed| vault.open(sealed, row_of(number).as_bytes())).transpose();
    let channel = ChannelId::parse(get(row, 3)?).map_err(|error| unreadable("channel", error))?;
    let mut ticket = Ticket::bare(number, channel, get(row, 8)?);
    ticket.who = who.map_err(|error| unreadable("identity", error))?;
    ticket.language = Language::parse(get(row, 4)?).map_err(|error| unreadable("language", error))?;
    ticket.office = get(row, 5)?;
    let state = TicketState::from_code(get(row, 6)?);
    ticket.state = state.ok_or_else(|| unreadable("ticket", "its state is not known"))?;
    ticket.assignee = get(row, 7)?;
    (ticket.due, ticket.changed) = (get(row, 9)?, get(row, 10)?);
    ticket.version = u64::try_from(get::<i64>(row, 11)?).map_err(|error| unreadable("ticket", error))?;
    ticket.entries = entries_from_json(get(row, 12)?)?;
    Ok(ticket)
}

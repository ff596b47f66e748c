//! Rows of the database as the types that code works with.

use std::collections::HashMap;

use chrono::DateTime;
use deadpool_postgres::Transaction;
use sosik_core::{AreaCode, ChannelId, Language};
use sosik_registry::{
    ConsentEvent, Note, Purpose, QuietHours, Relation, RelationState, StoreError, Subscriber, SubscriberId, Vault,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::unreadable;
use crate::query::{all, get};

/// The columns that [`whole`] reads, of `subscribers AS s`.
pub(crate) const PERSON: &str = "s.number, s.id, s.phone, s.area, s.topics, s.allows_text, s.language, s.quiet, \
                                 s.child_until, s.gone_at, s.created_at";

/// People of rows with the columns of [`PERSON`], in their order: with their identities, opened, their relations and what
/// they said.
pub(crate) async fn whole(
    transaction: &Transaction<'_>,
    vault: &Vault,
    rows: &[Row],
) -> Result<Vec<Subscriber>, StoreError> {
    let numbers = rows.iter().map(|row| get::<i64>(row, 0)).collect::<Result<Vec<_>, _>>()?;
    let sealed = "SELECT subscriber, sealed FROM identities WHERE subscriber = ANY($1) AND sealed IS NOT NULL";
    let sealed = by_number(&all(transaction, sealed, &[&numbers]).await?, 0, |row| get::<Vec<u8>>(row, 1))?;
    let told = "SELECT channel, state, at, source, subscriber FROM relations WHERE subscriber = ANY($1)";
    let mut told = by_number(&all(transaction, told, &[&numbers]).await?, 4, relation)?;
    let said = "SELECT purpose, granted, at, evidence, details, subscriber FROM consents \
                WHERE subscriber = ANY($1) AND purpose <> 'erasure' AND purpose NOT LIKE 'asked-%' \
                AND purpose NOT LIKE 'done-%' ORDER BY seq";
    let noted = "SELECT purpose, at, evidence, details, subscriber FROM consents \
                 WHERE subscriber = ANY($1) AND (purpose LIKE 'asked-%' OR purpose LIKE 'done-%') ORDER BY seq";
    let mut noted = by_number(&all(transaction, noted, &[&numbers]).await?, 4, note)?;
    let mut said = by_number(&all(transaction, said, &[&numbers]).await?, 5, consent)?;
    rows.iter()
        .zip(numbers)
        .map(|(row, number)| {
            let mut person = person(row)?;
            let row_of = person.id.as_uuid().into_bytes();
            let open = |sealed: &[u8]| vault.open(sealed, &row_of).map_err(|error| unreadable("identity", error));
            person.identities.extend(get::<Option<&[u8]>>(row, 2)?.map(open).transpose()?);
            for sealed in sealed.get(&number).into_iter().flatten() {
                person.identities.push(open(sealed)?);
            }
            person.identities.sort();
            person.relations = Relation::latest(told.remove(&number).unwrap_or_default());
            person.notes = noted.remove(&number).unwrap_or_default();
            person.consents = said.remove(&number).unwrap_or_default();
            Ok(person)
        })
        .collect()
}

fn by_number<T>(
    rows: &[Row],
    number: usize,
    read: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<HashMap<i64, Vec<T>>, StoreError> {
    let mut out: HashMap<i64, Vec<T>> = HashMap::new();
    for row in rows {
        out.entry(get(row, number)?).or_default().push(read(row)?);
    }
    Ok(out)
}

/// What is known of someone beside identities, relations and consents.
fn person(row: &Row) -> Result<Subscriber, StoreError> {
    let mut person = Subscriber::bare(SubscriberId::new(get::<Uuid>(row, 1)?), get(row, 10)?);
    let area = get::<Option<&str>>(row, 3)?.map(AreaCode::parse).transpose();
    person.area = area.map_err(|error| unreadable("area", error))?;
    person.topics = get::<Vec<String>>(row, 4)?.into_iter().collect();
    person.allows_text = get(row, 5)?;
    let language = get::<Option<&str>>(row, 6)?.map(Language::parse).transpose();
    person.language = language.map_err(|error| unreadable("language", error))?;
    person.quiet = quiet_hours(row, 7)?;
    person.child_until = get(row, 8)?;
    person.gone = get(row, 9)?;
    Ok(person)
}

/// A relation's columns channel, state, at, source.
pub(crate) fn relation(row: &Row) -> Result<Relation, StoreError> {
    let channel = ChannelId::parse(get(row, 0)?).map_err(|error| unreadable("channel", error))?;
    let state = RelationState::from_rank(get::<i16>(row, 1)?.into())
        .ok_or_else(|| unreadable("relation", "its state is not known"))?;
    Ok(Relation::new(channel, state, get(row, 2)?, get::<String>(row, 3)?))
}

/// A note's columns purpose, at, evidence and details, which are the instant that it is about. Evidence that is gone is
/// empty.
pub(crate) fn note(row: &Row) -> Result<Note, StoreError> {
    noted(row, (0, 1, 2, 3))
}

/// A note by the places of those columns.
pub(crate) fn noted(
    row: &Row,
    (kind, at, evidence, details): (usize, usize, usize, usize),
) -> Result<Note, StoreError> {
    let about = match get::<&str>(row, details)? {
        "" => None,
        micros => {
            let micros = micros.parse().map_err(|error| unreadable("note", error))?;
            Some(
                DateTime::from_timestamp_micros(micros)
                    .ok_or_else(|| unreadable("note", "it is beyond the calendar"))?,
            )
        }
    };
    let evidence = get::<Option<String>>(row, evidence)?.unwrap_or_default();
    let note = Note::from_parts(get(row, kind)?, get(row, at)?, about, evidence);
    note.ok_or_else(|| unreadable("note", "its kind is not known"))
}

/// A consent's columns purpose, granted, at, evidence, details. Evidence that is gone is empty.
pub(crate) fn consent(row: &Row) -> Result<ConsentEvent, StoreError> {
    said(row, 0, get::<Option<String>>(row, 3)?.unwrap_or_default(), 4)
}

/// A consent's columns purpose, granted and at, from a place on, and its details.
pub(crate) fn said(row: &Row, from: usize, evidence: String, details: usize) -> Result<ConsentEvent, StoreError> {
    let purpose = Purpose::from_code(get(row, from)?);
    let purpose = purpose.ok_or_else(|| unreadable("consent", "its purpose is not known"))?;
    let granted: bool = get(row, from + 1)?;
    let said = if granted { ConsentEvent::granted } else { ConsentEvent::withdrawn };
    let said = said(purpose, get(row, from + 2)?, evidence).with_details(get(row, details)?);
    said.ok_or_else(|| unreadable("consent", "its details are not of a known form"))
}

/// The hours at which someone wants to be left alone, of a column.
pub(crate) fn quiet_hours(row: &Row, column: usize) -> Result<Option<QuietHours>, StoreError> {
    let quiet = get::<Option<&str>>(row, column)?.map(QuietHours::parse).transpose();
    quiet.map_err(|error| unreadable("quiet hours", error))
}

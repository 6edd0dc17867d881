//! What is unread in a room for somebody.
//!
//! This file does not know which rooms are theirs.

use protocol::{MessageId, Reading, UNREAD_MAX};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::log::database::column::{id, optional_id, signed};
use crate::people::names::PersonId;

/// Where a person is in a room, whose marker may be further than the database knows; `marked` is from where on they
/// have marked it as unread.
pub(super) fn reading(
    db: &Connection,
    (person, room): (PersonId, i64),
    (newer, marked): (Option<MessageId>, Option<MessageId>),
) -> rusqlite::Result<Reading> {
    let head = "SELECT id FROM messages WHERE room = ?1 ORDER BY id DESC LIMIT 1";
    let head = db.prepare_cached(head)?.query_row([room], |row| id(row, 0)).optional()?;
    let read = read(db, person, room)?.max(newer);
    let mut reading = Reading { read, marked, head, ..Reading::default() };
    let from = match marked {
        Some(marked) => read.map(|read| read.get().min(marked.get().saturating_sub(1))),
        None => read.map(MessageId::get),
    };
    let (Some(from), Some(_)) = (from, head) else { return Ok(reading) };
    let bounds = params![room, signed(from), signed(person.get()), UNREAD_MAX];
    let unread = "SELECT count(*) FROM (SELECT 1 FROM messages
        WHERE room = ?1 AND id > ?2 AND content <> '' AND owner <> ?3 LIMIT ?4)";
    reading.unread = db.prepare_cached(unread)?.query_row(bounds, |row| row.get(0))?;
    let mentions = "SELECT count(*) FROM (SELECT 1 FROM mentions
        WHERE room = ?1 AND message > ?2 AND person = ?3 LIMIT ?4)";
    reading.mentions = db.prepare_cached(mentions)?.query_row(bounds, |row| row.get(0))?;
    Ok(reading)
}

/// What the database knows: without a marker all is read that is older than all markers.
fn read(db: &Connection, person: PersonId, room: i64) -> rusqlite::Result<Option<MessageId>> {
    let select = "SELECT coalesce(
        (SELECT read FROM markers WHERE person = ?1 AND room = ?2), markers_from) FROM log";
    let mut select = db.prepare_cached(select)?;
    select.query_row([signed(person.get()), room], |row| optional_id(row, 0))
}

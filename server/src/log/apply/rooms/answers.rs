//! What people did to rooms lately, under which `ref`, and what they were told: sent again, they are told the
//! same.

use protocol::{Ref, ToClient};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::log::database::column::signed;
use crate::log::event::Event;
use crate::people::names::PersonId;

/// Answers that are remembered of a person: clients send something again within minutes.
const ANSWERS_MAX: i64 = 32;

/// What somebody was told the first time.
pub(super) fn find(
    db: &Connection,
    person: PersonId,
    reference: Option<&Ref>,
) -> rusqlite::Result<Option<ToClient>> {
    let Some(reference) = reference else { return Ok(None) };
    let select = "SELECT told FROM answers WHERE person = ?1 AND ref = ?2";
    let mut select = db.prepare_cached(select)?;
    let bounds = params![signed(person.get()), reference.as_str()];
    let told: Option<String> = select.query_row(bounds, |row| row.get(0)).optional()?;
    // One that cannot be read is one that is not remembered.
    Ok(told.and_then(|told| ToClient::parse(&told).ok()))
}

/// Remembers it for as long as the room is there, if it is about one that the person is in.
pub(super) fn note(
    db: &Connection,
    event: &Event,
    (person, room): (PersonId, Option<i64>),
    (reference, told): (Option<&Ref>, &ToClient),
) -> rusqlite::Result<()> {
    let Some(reference) = reference else { return Ok(()) };
    let insert = "INSERT OR REPLACE INTO answers (person, ref, id, room, told)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let (person, id) = (signed(person.get()), signed(event.id.get()));
    db.prepare_cached(insert)?.execute(params![
        person,
        reference.as_str(),
        id,
        room,
        told.encode()
    ])?;
    let forget = "DELETE FROM answers WHERE person = ?1 AND id <=
        (SELECT id FROM answers WHERE person = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    db.prepare_cached(forget)?.execute([person, ANSWERS_MAX])?;
    Ok(())
}

/// Who is in a room no longer is told nothing of it again.
pub(super) fn forget(db: &Connection, person: i64, room: i64) -> rusqlite::Result<()> {
    let forget = "DELETE FROM answers WHERE person = ?1 AND room = ?2";
    db.prepare_cached(forget)?.execute([person, room])?;
    Ok(())
}

//! Markers: up to where persons have read rooms. They only go forward.

use rusqlite::{Connection, params};

use crate::log::acts_of_rooms::NoteRead;
use crate::log::apply::rooms::room_number;
use crate::log::database::column::signed;
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::PersonId;

/// What clients said of it. Nothing is noted of a room that is not there for somebody.
pub(super) fn note(db: &Connection, event: &Event, note: &NoteRead) -> rusqlite::Result<Outcome> {
    start(db, event)?;
    let Some(room) = room_number(db, note.room.key())? else { return Ok(Outcome::Kept(event.id)) };
    let upsert = "INSERT INTO markers (person, room, read) SELECT ?1, ?2, ?3
        WHERE ?4 OR EXISTS (SELECT 1 FROM members WHERE room = ?2 AND person = ?1)
        ON CONFLICT DO UPDATE SET read = excluded.read WHERE excluded.read > read";
    let mut upsert = db.prepare_cached(upsert)?;
    let is_open = !note.room.is_address();
    for (person, upto) in &note.markers {
        let upto = signed((*upto).min(event.id).get());
        upsert.execute(params![signed(person.get()), room, upto, is_open])?;
    }
    Ok(Outcome::Kept(event.id))
}

/// The first event that says something of markers, or of mentions, is the end of what counts as read everywhere,
/// unless that was known from the beginning.
pub(super) fn start(db: &Connection, event: &Event) -> rusqlite::Result<()> {
    let start = "UPDATE log SET markers_from = ?1 WHERE markers_from IS NULL";
    db.prepare_cached(start)?.execute([signed(event.id.get())]).map(drop)
}

/// Somebody comes to have a room: all that was said in it until now is read.
pub(super) fn begin(
    db: &Connection,
    event: &Event,
    (person, room): (PersonId, i64),
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO markers (person, room, read)
        SELECT ?1, ?2, ?3 FROM log WHERE markers_from IS NOT NULL ON CONFLICT DO NOTHING";
    let row = [signed(person.get()), room, signed(event.id.get())];
    db.prepare_cached(insert)?.execute(row).map(drop)
}

/// Who says something has read what was said before it.
pub(super) fn advance(
    db: &Connection,
    event: &Event,
    (person, room): (PersonId, i64),
) -> rusqlite::Result<()> {
    let upsert = "INSERT INTO markers (person, room, read)
        SELECT ?1, ?2, ?3 FROM log WHERE markers_from IS NOT NULL
        ON CONFLICT DO UPDATE SET read = excluded.read WHERE excluded.read > read";
    let row = [signed(person.get()), room, signed(event.id.get())];
    db.prepare_cached(upsert)?.execute(row).map(drop)
}

/// Somebody has a room no more.
pub(super) fn end(db: &Connection, person: i64, room: i64) -> rusqlite::Result<()> {
    let delete = "DELETE FROM markers WHERE person = ?1 AND room = ?2";
    db.prepare_cached(delete)?.execute([person, room]).map(drop)
}

/// A room is gone.
pub(super) fn forget(db: &Connection, room: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM markers WHERE room = ?1")?.execute([room]).map(drop)
}

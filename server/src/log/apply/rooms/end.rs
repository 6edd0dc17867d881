//! How rooms end: a private one with its last member, another one when nothing is left of it.

use protocol::{RoomKind, RoomName};
use rusqlite::{Connection, params};

use super::access::ENDED;
use crate::log::apply::known::Known;
use crate::log::apply::{hooks, markers};
use crate::log::search::index;

/// Messages that go with the room: what is more goes in the next moments, so that nothing waits for long.
const AT_ONCE: i64 = 500;

/// Ends a private room that nobody belongs to, at once and for good: nobody finds it any more, and its messages
/// go at once, of a long room as old ones do, by and by. An open room from which its owner went may have nothing left either.
/// Whether it has ended.
pub(super) fn end_if_left(
    db: &Connection,
    known: &mut Known,
    (number, room): (i64, &RoomName),
    kind: RoomKind,
) -> rusqlite::Result<bool> {
    if kind == RoomKind::Open {
        if forget_if_empty(db, number)? {
            known.rooms.forget(room.key());
        }
        return Ok(false);
    }
    let members = "SELECT 1 FROM members WHERE room = ?1";
    if db.prepare_cached(members)?.exists([number])? {
        return Ok(false);
    }
    let end = "UPDATE rooms SET kind = ?2, title = NULL, sort = key, topic_key = '' WHERE id = ?1";
    db.prepare_cached(end)?.execute([number, ENDED])?;
    db.prepare_cached("DELETE FROM topics WHERE room = ?1")?.execute([number])?;
    db.prepare_cached("DELETE FROM answers WHERE room = ?1")?.execute([number])?;
    hooks::forget(db, room)?;
    let mentions = "DELETE FROM mentions WHERE message IN
        (SELECT id FROM messages WHERE room = ?1 ORDER BY id LIMIT ?2)";
    db.prepare_cached(mentions)?.execute([number, AT_ONCE])?;
    let reactions = "DELETE FROM reactions WHERE message IN
        (SELECT id FROM messages WHERE room = ?1 AND reactions IS NOT NULL ORDER BY id LIMIT ?2)";
    db.prepare_cached(reactions)?.execute([number, AT_ONCE])?;
    let first = "id IN (SELECT id FROM messages WHERE room = ?1 ORDER BY id LIMIT ?2)";
    index::remove_all(db, first, &[number, AT_ONCE])?;
    let messages = format!("DELETE FROM messages WHERE {first}");
    db.prepare_cached(&messages)?.execute([number, AT_ONCE])?;
    let sanctions = "DELETE FROM sanctions WHERE room_key = ?1";
    db.prepare_cached(sanctions)?.execute(params![room.key()])?;
    if forget_if_empty(db, number)? {
        known.rooms.forget(room.key());
    }
    Ok(true)
}

/// A room of which nothing is left takes no place either. How far it was cleared stays known, for all
/// such rooms together.
pub(in crate::log::apply) fn forget_if_empty(db: &Connection, room: i64) -> rusqlite::Result<bool> {
    let forget = "DELETE FROM rooms WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM messages WHERE room = ?1)
        AND NOT EXISTS (SELECT 1 FROM members WHERE room = ?1)
        AND coalesce((SELECT content FROM topics WHERE room = ?1 ORDER BY id DESC LIMIT 1), '') = ''";
    if db.prepare_cached(forget)?.execute([room])? == 0 {
        return Ok(false);
    }
    let note = "UPDATE log SET upto = max(log.upto, c.upto),
            at = CASE WHEN c.upto > log.upto THEN c.at ELSE log.at END,
            change = max(log.change, coalesce(c.change, 0))
        FROM (SELECT upto, at, change FROM cleared WHERE room = ?1) AS c";
    db.prepare_cached(note)?.execute([room])?;
    db.prepare_cached("DELETE FROM cleared WHERE room = ?1")?.execute([room])?;
    let note = "UPDATE log SET upto = max(upto, t.id),
            at = CASE WHEN t.id > upto THEN t.at ELSE log.at END
        FROM (SELECT id, at FROM topics WHERE room = ?1 ORDER BY id DESC LIMIT 1) AS t";
    db.prepare_cached(note)?.execute([room])?;
    db.prepare_cached("DELETE FROM topics WHERE room = ?1")?.execute([room])?;
    markers::forget(db, room)?;
    Ok(true)
}

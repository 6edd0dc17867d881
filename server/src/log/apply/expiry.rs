//! What goes by itself: names, bans and mutes whose time is over, and the oldest messages.

use rusqlite::{Connection, params, params_from_iter};

use super::known::Known;
use super::rooms::room_number;
use super::{devices, invites};
use crate::log::database::column::{id, signed, unsigned};
use crate::log::event::{Event, Expire, Forget};
use crate::log::outcome::{Forgotten, Outcome};

/// A room without messages and topic is forgotten after a day: until then its topics may be sent again.
const CLEARED_FOR_MS: u64 = 24 * 60 * 60 * 1000;

pub(super) fn expire(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    expire: &Expire,
) -> rusqlite::Result<Outcome> {
    let Expire { now, earliest, names_used_before } = *expire;
    // A clock that was wrong stamped these: they count as used now.
    let mend = "UPDATE names SET used = ?1 WHERE used > ?1 OR used < ?2";
    db.prepare_cached(mend)?.execute([signed(now), signed(earliest)])?;
    let names = "DELETE FROM names WHERE used < ?1";
    db.prepare_cached(names)?.execute([signed(names_used_before)])?;
    let sanctions = "DELETE FROM sanctions WHERE until <= ?1";
    db.prepare_cached(sanctions)?.execute([signed(now)])?;
    devices::clear(db, now)?;
    invites::clear(db, now)?;
    // Rooms in which nothing was ever said, whose topics are cleared.
    let rooms = "SELECT r.id, r.key FROM topics t JOIN rooms r ON r.id = t.room
        WHERE t.content = '' AND t.at < ?1
        AND t.id = (SELECT max(id) FROM topics WHERE room = r.id)
        AND NOT EXISTS (SELECT 1 FROM messages WHERE room = r.id) ORDER BY r.id";
    let mut rooms = db.prepare_cached(rooms)?;
    let rooms = rooms.query_map([signed(now.saturating_sub(CLEARED_FOR_MS))], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    for (room, key) in rooms.collect::<rusqlite::Result<Vec<(i64, String)>>>()? {
        if forget_room_if_empty(db, room)? {
            known.rooms.forget(&key);
        }
    }
    Ok(Outcome::Kept(event.id))
}

/// Deletes what was said, and remembers how far: the newest id of a room stays known when it has no
/// message left, no id is ever given twice, and who was away since before a change that went hears
/// that there were some.
pub(super) fn forget(
    db: &Connection,
    known: &mut Known,
    forget: &Forget,
) -> rusqlite::Result<Outcome> {
    let upto = signed(forget.upto.get());
    let (old, bounds) = match &forget.room {
        None => ("id <= ?1", vec![upto]),
        Some(room) => match room_number(db, room.key())? {
            Some(number) => ("id <= ?1 AND room = ?2", vec![upto, number]),
            None => return Ok(Outcome::Forgotten(Vec::new())),
        },
    };
    let forgotten = mark(db, old, &bounds)?;
    let delete = format!("DELETE FROM messages WHERE {old}");
    db.prepare_cached(&delete)?.execute(params_from_iter(&bounds))?;
    for (room, Forgotten { room: key, .. }) in &forgotten {
        if forget_room_if_empty(db, *room)? {
            known.rooms.forget(key);
        }
    }
    Ok(Outcome::Forgotten(forgotten.into_iter().map(|(_, forgotten)| forgotten).collect()))
}

fn mark(db: &Connection, old: &str, bounds: &[i64]) -> rusqlite::Result<Vec<(i64, Forgotten)>> {
    let count = format!(
        "SELECT room, (SELECT key FROM rooms WHERE id = room), max(id), count(*) FROM messages
         WHERE {old} GROUP BY room ORDER BY room"
    );
    let mut count = db.prepare_cached(&count)?;
    let rows = count.query_map(params_from_iter(bounds), |row| {
        let key: String = row.get(1)?;
        let (upto, messages) = (id(row, 2)?, unsigned(row, 3)?);
        Ok((row.get(0)?, Forgotten { room: key.into(), upto, messages }))
    })?;
    let rows = rows.collect::<rusqlite::Result<_>>()?;
    let mark = format!(
        "INSERT INTO cleared (room, upto, at, change)
         SELECT room, max(id), max(at), max(change) FROM messages WHERE {old} GROUP BY room
         ON CONFLICT (room) DO UPDATE SET upto = excluded.upto, at = excluded.at,
             change = coalesce(max(excluded.change, change), excluded.change, change)"
    );
    db.prepare_cached(&mark)?.execute(params_from_iter(bounds))?;
    Ok(rows)
}

/// A room of which nothing is left takes no place either. How far it was cleared stays known, for all
/// such rooms together.
fn forget_room_if_empty(db: &Connection, room: i64) -> rusqlite::Result<bool> {
    let forget = "DELETE FROM rooms WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM messages WHERE room = ?1)
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
    Ok(true)
}

pub(super) fn note_time(db: &Connection, event: &Event, ms: u64) -> rusqlite::Result<Outcome> {
    let note = "INSERT INTO clock (one, known) VALUES (1, ?1)
        ON CONFLICT (one) DO UPDATE SET known = excluded.known";
    db.prepare_cached(note)?.execute(params![signed(ms)])?;
    Ok(Outcome::Kept(event.id))
}

//! What goes by itself: names, bans and mutes whose time is over, and the oldest messages.

use rusqlite::{Connection, params, params_from_iter};

use super::known::Known;
use super::rooms::{self, room_number};
use super::{devices, invites, messages};
use crate::log::database::column::{id, signed, unsigned};
use crate::log::event::{Event, Expire, Forget};
use crate::log::outcome::{Forgotten, Outcome};
use crate::log::search::index;

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
    let names = "DELETE FROM names WHERE used < ?1 AND person NOT IN (SELECT person FROM bots)";
    db.prepare_cached(names)?.execute([signed(names_used_before)])?;
    let changes = rooms::succeed(db, event)?;
    let sanctions = "DELETE FROM sanctions WHERE until <= ?1";
    db.prepare_cached(sanctions)?.execute([signed(now)])?;
    devices::clear(db, now)?;
    invites::clear(db, now)?;
    messages::forget_done(db, now)?;
    // Rooms in which nothing was ever said, whose topics are cleared.
    let cleared = "SELECT r.id, r.key FROM topics t JOIN rooms r ON r.id = t.room
        WHERE t.content = '' AND t.at < ?1
        AND t.id = (SELECT max(id) FROM topics WHERE room = r.id)
        AND NOT EXISTS (SELECT 1 FROM messages WHERE room = r.id)
        AND NOT EXISTS (SELECT 1 FROM members WHERE room = r.id) ORDER BY r.id";
    let mut cleared = db.prepare_cached(cleared)?;
    let cleared = cleared.query_map([signed(now.saturating_sub(CLEARED_FOR_MS))], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    for (room, key) in cleared.collect::<rusqlite::Result<Vec<(i64, String)>>>()? {
        if rooms::forget_if_empty(db, room)? {
            known.rooms.forget(&key);
        }
    }
    Ok(match changes.is_empty() {
        true => Outcome::Kept(event.id),
        false => Outcome::Changed(changes),
    })
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
    let reactions = format!(
        "DELETE FROM reactions WHERE message IN
         (SELECT id FROM messages WHERE {old} AND reactions IS NOT NULL)"
    );
    db.prepare_cached(&reactions)?.execute(params_from_iter(&bounds))?;
    let mentions = format!(
        "DELETE FROM mentions WHERE message IN
         (SELECT id FROM messages WHERE {old} AND (mentions IS NOT NULL OR everybody IS NOT NULL))"
    );
    db.prepare_cached(&mentions)?.execute(params_from_iter(&bounds))?;
    index::remove_all(db, old, &bounds)?;
    let delete = format!("DELETE FROM messages WHERE {old}");
    db.prepare_cached(&delete)?.execute(params_from_iter(&bounds))?;
    for (room, Forgotten { room: key, .. }) in &forgotten {
        if rooms::forget_if_empty(db, *room)? {
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

pub(super) fn note_time(db: &Connection, event: &Event, ms: u64) -> rusqlite::Result<Outcome> {
    let note = "INSERT INTO clock (one, known) VALUES (1, ?1)
        ON CONFLICT (one) DO UPDATE SET known = excluded.known";
    db.prepare_cached(note)?.execute(params![signed(ms)])?;
    Ok(Outcome::Kept(event.id))
}

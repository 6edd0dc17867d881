//! Invites: how one is made, used and ended.

use protocol::{Note, Refusal};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::names;
use crate::log::database::column::signed;
use crate::log::event::{AcceptInvite, EndInvite, Event, MakeInvite};
use crate::log::outcome::Outcome;

/// Invites that are good at a time: more than a company hands out, and a list of them still is one.
const INVITES_MAX: i64 = 1000;
/// Those of one person, so that nobody takes all places.
pub const PERSON_INVITES_MAX: i64 = 100;

pub(super) fn make(db: &Connection, event: &Event, make: &MakeInvite) -> rusqlite::Result<Outcome> {
    Ok(match keep(db, make, event.at)? {
        Some(number) => Outcome::Numbered(number),
        None => Outcome::Refused(Refusal::TooManyInvites),
    })
}

/// Keeps an invite that is made `now`: its number; none if there are too many.
pub(in crate::log) fn keep(
    db: &Connection,
    make: &MakeInvite,
    now: u64,
) -> rusqlite::Result<Option<u32>> {
    clear(db, now)?;
    let by = make.by.map(|by| signed(by.get()));
    let count = "SELECT count(*), count(*) FILTER (WHERE person = ?1) FROM invites WHERE uses > 0";
    let (all, own): (i64, i64) =
        db.prepare_cached(count)?.query_row([by], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if all >= INVITES_MAX || own >= PERSON_INVITES_MAX {
        return Ok(None);
    }
    let insert =
        "INSERT INTO invites (code, person, uses, until, note) VALUES (?1, ?2, ?3, ?4, ?5)";
    let until = signed(now.saturating_add(make.lasts_ms));
    let note = make.note.as_ref().map(Note::as_str);
    let row = params![make.code.as_bytes(), by, make.uses, until, note];
    let number = db.prepare_cached(insert)?.insert(row)?;
    for room in &make.rooms {
        let insert = "INSERT OR IGNORE INTO invite_rooms (invite, room) VALUES (?1, ?2)";
        db.prepare_cached(insert)?.execute(params![number, room.as_str()])?;
    }
    Ok(u32::try_from(number).ok())
}

/// Forgets those whose time is over.
pub(super) fn clear(db: &Connection, now: u64) -> rusqlite::Result<()> {
    for table in ["invite_rooms", "invited"] {
        let over = "SELECT number FROM invites WHERE until <= ?1";
        let delete = format!("DELETE FROM {table} WHERE invite IN ({over})");
        db.prepare_cached(&delete)?.execute([signed(now)])?;
    }
    db.prepare_cached("DELETE FROM invites WHERE until <= ?1")?.execute([signed(now)])?;
    Ok(())
}

pub(super) fn end(db: &Connection, event: &Event, end: &EndInvite) -> rusqlite::Result<Outcome> {
    let by = end.by.map(|by| signed(by.get()));
    let update = "UPDATE invites SET uses = 0 WHERE number = ?1 AND uses > 0 AND until > ?3
        AND (?2 IS NULL OR person = ?2)";
    let ended = db.prepare_cached(update)?.execute(params![end.invite, by, signed(event.at)])?;
    Ok(match ended {
        0 => Outcome::Refused(Refusal::NotFound("there is no such invite of yours")),
        _ => Outcome::Kept(event.id),
    })
}

/// A use counts when somebody has got a name by it. Who has the name already needs no invite.
pub(super) fn accept(
    db: &Connection,
    event: &Event,
    accept: &AcceptInvite,
) -> rusqlite::Result<Outcome> {
    if names::is_theirs(db, &accept.take)? {
        return names::take(db, event, &accept.take);
    }
    let select = "SELECT number FROM invites WHERE code = ?1 AND uses > 0 AND until > ?2";
    let bounds = params![accept.code.as_bytes(), signed(event.at)];
    let invite = db.prepare_cached(select)?.query_row(bounds, |row| row.get(0)).optional()?;
    let Some(invite) = invite else { return Ok(Outcome::Refused(Refusal::BadCode)) };
    let taken = names::take(db, event, &accept.take)?;
    if matches!(taken, Outcome::Named(..)) {
        count_use(db, event, invite, accept)?;
    }
    Ok(taken)
}

fn count_use(
    db: &Connection,
    event: &Event,
    invite: i64,
    accept: &AcceptInvite,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE invites SET uses = uses - 1 WHERE number = ?1")?.execute([invite])?;
    let insert = "INSERT INTO invited (invite, id, name) VALUES (?1, ?2, ?3)";
    let row = params![invite, signed(event.id.get()), accept.take.name.as_str()];
    db.prepare_cached(insert)?.execute(row)?;
    Ok(())
}

//! Hooks: how one is made and ended, and what it says.
//!
//! A hook belongs to its room: whoever moderates that may end it, and it ends with it.

use std::sync::Arc;

use protocol::{Refusal, RoomKind, RoomName, RoomRole, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::audit::{self, Did, Noted};
use super::known::Known;
use super::{messages, names, rooms};
use crate::log::acts_of_programs::{EndHook, MakeHook, Maker, SayAsHook};
use crate::log::database::column::{checked, signed};
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::Owner;

/// Hooks of a room: it has more programs around it than anybody reads.
pub(in crate::log) const ROOM_HOOKS_MAX: i64 = 20;
/// Hooks of all rooms.
const HOOKS_MAX: i64 = 1000;

const NO_SUCH_HOOK: Refusal = Refusal::NotFound("there is no such hook of yours");

pub(super) fn make(db: &Connection, event: &Event, make: &MakeHook) -> rusqlite::Result<Outcome> {
    Ok(match keep(db, make, event.at)? {
        Ok(number) => Outcome::Numbered(number),
        Err(refusal) => Outcome::Refused(refusal),
    })
}

/// Keeps a hook that is made `now`: its number; else why there is none.
pub(in crate::log) fn keep(
    db: &Connection,
    make: &MakeHook,
    now: u64,
) -> rusqlite::Result<Result<u32, Refusal>> {
    if let Err(refusal) = may_hook(db, &make.room, make.by)? {
        return Ok(Err(refusal));
    }
    // Nobody speaks in another's name.
    if names::is_somebodys(db, &make.name)? {
        return Ok(Err(Refusal::NameClaimed));
    }
    let count = "SELECT count(*), count(*) FILTER (WHERE room_key = ?1) FROM hooks";
    let (all, own): (i64, i64) = db
        .prepare_cached(count)?
        .query_row([make.room.key()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if all >= HOOKS_MAX || own >= ROOM_HOOKS_MAX {
        return Ok(Err(Refusal::NotAllowedHere(
            "there are as many hooks as are allowed: end some first",
        )));
    }
    let insert = "INSERT INTO hooks (room_key, room, name, secret, mentions, person, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let number = db.prepare_cached(insert)?.insert(params![
        make.room.key(),
        make.room.as_str(),
        make.name.as_str(),
        make.secret.as_bytes(),
        make.mentions,
        make.by.person.map(|person| signed(person.get())),
        signed(now),
    ])?;
    note(db, now, (Did::Hook, make.by), (number, &make.room, &make.name))?;
    Ok(u32::try_from(number).map_err(|_| Refusal::Unavailable))
}

pub(super) fn end(db: &Connection, event: &Event, end: &EndHook) -> rusqlite::Result<Outcome> {
    let ended = remove(db, end, event.at)?;
    Ok(if ended { Outcome::Kept(event.id) } else { Outcome::Refused(NO_SUCH_HOOK) })
}

/// Ends a hook of a room that is theirs, `now`; whether there was one.
pub(in crate::log) fn remove(db: &Connection, end: &EndHook, now: u64) -> rusqlite::Result<bool> {
    let Some((room, name, _)) = find(db, end.hook)? else { return Ok(false) };
    if may_hook(db, &room, end.by)?.is_err() {
        return Ok(false);
    }
    db.prepare_cached("DELETE FROM hooks WHERE number = ?1")?.execute([end.hook])?;
    note(db, now, (Did::Unhook, end.by), (end.hook.into(), &room, &name))?;
    Ok(true)
}

fn note(
    db: &Connection,
    at: u64,
    (did, by): (Did, Maker),
    (number, room, name): (i64, &RoomName, &UserName),
) -> rusqlite::Result<()> {
    let by = by.person.map(|by| rooms::name_of(db, by)).transpose()?.flatten();
    let (by, number, text) = (by.as_ref(), u64::try_from(number).ok(), Some(name.as_str()));
    audit::note(db, at, did, &Noted { by, room: Some(room), number, text, ..Noted::default() })
}

/// A room has ended, and its hooks with it.
pub(super) fn forget(db: &Connection, room: &RoomName) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM hooks WHERE room_key = ?1")?.execute([room.key()]).map(drop)
}

pub(super) fn say(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    say: &SayAsHook,
) -> rusqlite::Result<Outcome> {
    match find(db, say.hook)? {
        Some((room, name, mentions)) if room == say.say.room && name == say.say.author.name => {
            let calls = say.calls.as_ref().filter(|_| mentions);
            messages::say_as_hook(db, known, event, (&say.say, calls), &owner(say.hook))
        }
        _ => Ok(Outcome::Refused(NO_SUCH_HOOK)),
    }
}

/// Where a hook speaks, what it is called, and whether it may mention people.
fn find(db: &Connection, hook: u32) -> rusqlite::Result<Option<(RoomName, UserName, bool)>> {
    let select = "SELECT room, name, mentions FROM hooks WHERE number = ?1";
    let found = db.prepare_cached(select)?.query_row([hook], |row| {
        let room = checked(0, RoomName::known(row.get_ref(0)?.as_str()?))?;
        let name = checked(1, UserName::known(row.get_ref(1)?.as_str()?))?;
        Ok((room, name, row.get(2)?))
    });
    found.optional()
}

/// Whose its messages are: no name has a control character in it, so they are nobody's.
fn owner(hook: u32) -> Owner {
    Owner::Spelling(Arc::from(format!("\u{1}{hook}")))
}

/// Why somebody may not make, see or end the hooks of a room.
pub(in crate::log) fn may_hook(
    db: &Connection,
    room: &RoomName,
    by: Maker,
) -> rusqlite::Result<Result<(), Refusal>> {
    let found = match by.person {
        None => return may_operator(db, room),
        person => rooms::look(db, room, person)?,
    };
    let role = found.as_ref().and_then(|it| it.role);
    let has_role = matches!(role, Some(RoomRole::Owner | RoomRole::Moderator));
    Ok(match found.map(|it| it.kind) {
        None if room.is_address() => Err(Refusal::NoSuchRoom),
        Some(RoomKind::Direct) => Err(NOT_DIRECT),
        _ if has_role || by.moderates_all => Ok(()),
        _ => Err(Refusal::NotAllowedHere("only the owner and moderators of a room do that")),
    })
}

const NOT_DIRECT: Refusal =
    Refusal::NotAllowedHere("a direct room has no hooks: its people stay the same");

/// The operator names any room that is there; an open one comes to be when something is said in it.
fn may_operator(db: &Connection, room: &RoomName) -> rusqlite::Result<Result<(), Refusal>> {
    let select = "SELECT kind FROM rooms WHERE key = ?1";
    let mut select = db.prepare_cached(select)?;
    let kind = select.query_row([room.key()], |row| Ok(rooms::kind_of(row.get(0)?))).optional()?;
    Ok(match kind {
        None if room.is_address() => Err(Refusal::NoSuchRoom),
        Some(RoomKind::Other) => Err(Refusal::NoSuchRoom),
        Some(RoomKind::Direct) => Err(NOT_DIRECT),
        _ => Ok(()),
    })
}

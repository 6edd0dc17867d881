//! Hooks: how one is made and ended, and what it says.
//!
//! A hook belongs to its room: whoever moderates that may end it, and it ends with it.

use std::sync::Arc;

use protocol::{Refusal, RoomKind, RoomName, RoomRole, UserName};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::audit::{self, Did, Noted};
use super::known::Known;
use super::{messages, names, rooms};
use crate::log::acts_of_programs::{EndHook, MakeHook, Maker, SayAsHook};
use crate::log::database::column::{checked, signed};
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::Owner;
use crate::webhooks::OutgoingHook;

/// Hooks of a room: it has more programs around it than anybody reads.
pub(in crate::log) const ROOM_HOOKS_MAX: i64 = 20;
/// Hooks of all rooms.
const HOOKS_MAX: i64 = 1000;
/// Those that send: each may hold a socket (`config/limits.rs`) and a megabyte of what waits.
const OUTGOING_MAX: i64 = 64;

const NO_SUCH_HOOK: Refusal = Refusal::NotFound("there is no such hook of yours");

/// A hook that is to be kept.
struct NewHook<'a> {
    room: &'a RoomName,
    name: &'a UserName,
    by: Maker,
    mentions: bool,
    /// What is kept of the secret with which others post to it: nothing if nobody does.
    secret: &'a [u8],
    /// Where it sends to; none if others post to it.
    outgoing: Option<&'a OutgoingHook>,
}

pub(super) fn make(db: &Connection, event: &Event, make: &MakeHook) -> rusqlite::Result<Outcome> {
    keep(db, make, event.at).map(numbered)
}

/// Only the operator does.
pub(super) fn make_outgoing(
    db: &Connection,
    event: &Event,
    hook: &OutgoingHook,
) -> rusqlite::Result<Outcome> {
    let (room, name, by) = (&hook.room, &hook.name, Maker::OPERATOR);
    let outgoing = Some(hook);
    let new = NewHook { room, name, by, mentions: false, secret: &[], outgoing };
    insert(db, &new, event.at).map(numbered)
}

fn numbered(kept: Result<u32, Refusal>) -> Outcome {
    kept.map_or_else(Outcome::Refused, Outcome::Numbered)
}

/// Keeps a hook that is made `now`: its number; else why there is none.
pub(in crate::log) fn keep(
    db: &Connection,
    make: &MakeHook,
    now: u64,
) -> rusqlite::Result<Result<u32, Refusal>> {
    let MakeHook { room, name, secret, mentions, by } = make;
    let (by, mentions, secret) = (*by, *mentions, secret.as_bytes());
    insert(db, &NewHook { room, name, by, mentions, secret, outgoing: None }, now)
}

fn insert(db: &Connection, new: &NewHook<'_>, now: u64) -> rusqlite::Result<Result<u32, Refusal>> {
    let NewHook { room, name, by, outgoing, .. } = *new;
    if let Err(refusal) = may_hook(db, room, by)? {
        return Ok(Err(refusal));
    }
    // Nobody speaks in another's name.
    if names::is_somebodys(db, name)? {
        return Ok(Err(Refusal::NameClaimed));
    }
    if let Some(OutgoingHook { url, .. }) = outgoing
        && sends_to(db, room, url.as_str())?
    {
        return Ok(Err(Refusal::NotAllowedHere("a hook of this room already sends to this URL")));
    }
    if !has_place(db, room, outgoing.is_some())? {
        return Ok(Err(Refusal::NotAllowedHere(
            "there are as many hooks as are allowed: end some first",
        )));
    }
    let insert =
        "INSERT INTO hooks (room_key, room, name, secret, mentions, person, at, url, key, private)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let number = db.prepare_cached(insert)?.insert(params![
        room.key(),
        room.as_str(),
        name.as_str(),
        new.secret,
        new.mentions,
        by.person.map(|person| signed(person.get())),
        signed(now),
        outgoing.map(|it| it.url.as_str()),
        outgoing.map(|it| it.key.as_bytes()),
        outgoing.map(|it| it.allows_private),
    ])?;
    note(db, now, (Did::Hook, by), (number, room, name))?;
    Ok(u32::try_from(number).map_err(|_| Refusal::Unavailable))
}

/// Whether a hook of a room sends to a URL. Another one would send everything twice.
fn sends_to(db: &Connection, room: &RoomName, url: &str) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM hooks WHERE room_key = ?1 AND url = ?2";
    db.prepare_cached(select)?.exists([&**room.key(), url])
}

/// Whether there may be one more in a room.
fn has_place(db: &Connection, room: &RoomName, is_outgoing: bool) -> rusqlite::Result<bool> {
    let count = "SELECT count(*), count(*) FILTER (WHERE room_key = ?1), count(url) FROM hooks";
    let counts = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let (all, own, outgoing): (i64, i64, i64) =
        db.prepare_cached(count)?.query_row([room.key()], counts)?;
    let has_outgoing = !is_outgoing || outgoing < OUTGOING_MAX;
    Ok(all < HOOKS_MAX && own < ROOM_HOOKS_MAX && has_outgoing)
}

pub(super) fn end(db: &Connection, event: &Event, end: &EndHook) -> rusqlite::Result<Outcome> {
    let Some((room, name, _)) = find(db, end.hook)? else {
        return Ok(Outcome::Refused(NO_SUCH_HOOK));
    };
    if may_hook(db, &room, end.by)?.is_err() {
        return Ok(Outcome::Refused(NO_SUCH_HOOK));
    }
    db.prepare_cached("DELETE FROM hooks WHERE number = ?1")?.execute([end.hook])?;
    note(db, event.at, (Did::Unhook, end.by), (end.hook.into(), &room, &name))?;
    Ok(Outcome::Kept(event.id))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::apply::tests::{Log, name, room};
    use crate::log::event::Act;
    use crate::people::code_hash::CodeHash;

    fn outgoing(at: &str, nth: u32) -> Act {
        Act::MakeOutgoing(Box::new(OutgoingHook {
            room: room(at),
            name: name("ci"),
            url: (&*format!("https://ci.example/{nth}")).try_into().unwrap(),
            key: vec![7; 32].try_into().unwrap(),
            allows_private: false,
        }))
    }

    #[test]
    fn so_many_hooks_send_and_others_still_speak() {
        let mut log = Log::new();
        for nth in 0..64 {
            let made = log.apply(outgoing(&format!("room {}", nth / 20), nth));
            assert_eq!(made, Outcome::Numbered(nth + 1));
        }
        assert!(matches!(log.apply(outgoing("dev", 64)), Outcome::Refused(_)));
        let (secret, by) = (CodeHash::of_secret("x"), Maker::OPERATOR);
        let hook = MakeHook { room: room("dev"), name: name("x"), secret, mentions: false, by };
        assert_eq!(log.apply(Act::MakeHook(Box::new(hook))), Outcome::Numbered(65));
        let ended = log.apply(Act::EndHook(Box::new(EndHook { hook: 1, by })));
        assert!(matches!(ended, Outcome::Kept(_)));
        assert_eq!(log.apply(outgoing("dev", 64)), Outcome::Numbered(66));
    }

    #[test]
    fn a_room_has_one_hook_for_a_url() {
        let mut log = Log::new();
        for (at, nth, is_made) in [("dev", 1, true), ("dev", 1, false), ("ops", 1, true)] {
            let made = log.apply(outgoing(at, nth));
            assert_eq!(matches!(made, Outcome::Numbered(_)), is_made, "{at}: {made:?}");
        }
    }
}

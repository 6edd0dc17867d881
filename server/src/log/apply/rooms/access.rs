//! What somebody is in a room, and so whether the room is there for them at all.
//!
//! Whoever reads asks the same question as whoever speaks, and a room that is not theirs is found with the same
//! work as one that is not there.

use protocol::{Refusal, RoomKind, RoomName, RoomRole};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::log::database::column::signed;
use crate::log::event::Author;
use crate::people::names::PersonId;

/// How roles stand in the database.
pub(super) const OWNER: i64 = 1;
pub(super) const MODERATOR: i64 = 2;
pub(super) const MEMBER: i64 = 3;
/// How kinds of rooms stand there.
const OPEN: i64 = 0;
pub(super) const PRIVATE: i64 = 1;
pub(super) const DIRECT: i64 = 2;
/// A private room without members: nobody is ever in it again, and its messages go.
pub(super) const ENDED: i64 = 3;

/// Nobody's number.
const NOBODY: i64 = -1;

/// A room, as one person finds it.
#[derive(Debug, Clone)]
pub(in crate::log) struct Found {
    pub(in crate::log) number: i64,
    pub(in crate::log) kind: RoomKind,
    pub(in crate::log) role: Option<RoomRole>,
}

/// The room, if it is there for somebody: it is open, or theirs.
pub(in crate::log) fn look(
    db: &Connection,
    room: &RoomName,
    person: Option<PersonId>,
) -> rusqlite::Result<Option<Found>> {
    let select = "SELECT id, kind, role FROM rooms
        LEFT JOIN members ON members.room = rooms.id AND members.person = ?2 WHERE key = ?1";
    let person = person.map_or(NOBODY, |person| signed(person.get()));
    let found = db.prepare_cached(select)?.query_row(params![room.key(), person], |row| {
        let role = row.get::<_, Option<i64>>(2)?.map(role_of);
        Ok(Found { number: row.get(0)?, kind: kind_of(row.get(1)?), role })
    });
    Ok(found.optional()?.filter(|it| it.kind == RoomKind::Open || it.role.is_some()))
}

/// The same of what only its members find.
pub(in crate::log::apply) fn yours(
    db: &Connection,
    room: &RoomName,
    author: &Author,
) -> rusqlite::Result<Result<Found, Refusal>> {
    let found = look(db, room, author.person)?.filter(|it| it.kind != RoomKind::Open);
    Ok(found.ok_or(Refusal::NoSuchRoom))
}

/// Why somebody may not say what a room is about.
pub(in crate::log::apply) fn may_set_topic(
    db: &Connection,
    room: &RoomName,
    author: &Author,
) -> rusqlite::Result<Result<(), Refusal>> {
    let refusal = Refusal::NotAllowedHere("only the owner and moderators of this room may do that");
    let found = look(db, room, author.person)?;
    let Some(found) = found else {
        return Ok(if room.is_address() { Err(Refusal::NoSuchRoom) } else { Ok(()) });
    };
    let may = match found.kind {
        // All of its persons are the same there.
        RoomKind::Direct => true,
        _ if is_moderator(&found, author) => true,
        RoomKind::Open => !has_owner(db, found.number)?,
        RoomKind::Private | RoomKind::Other => false,
    };
    Ok(if may { Ok(()) } else { Err(refusal) })
}

/// Whether somebody who is in a room may do there what moderators may.
pub(in crate::log::apply) fn is_moderator(found: &Found, author: &Author) -> bool {
    author.moderates() || matches!(found.role, Some(RoomRole::Owner | RoomRole::Moderator))
}

pub(super) fn has_owner(db: &Connection, room: i64) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM members WHERE room = ?1 AND role = ?2";
    db.prepare_cached(select)?.exists([room, OWNER])
}

pub(in crate::log) fn role_of(number: i64) -> RoomRole {
    match number {
        OWNER => RoomRole::Owner,
        MODERATOR => RoomRole::Moderator,
        _ => RoomRole::Member,
    }
}

pub(super) fn role_number(role: RoomRole) -> i64 {
    match role {
        RoomRole::Owner => OWNER,
        RoomRole::Moderator => MODERATOR,
        RoomRole::Member => MEMBER,
    }
}

/// Of one that has ended nobody finds the kind.
pub(in crate::log) fn kind_of(number: i64) -> RoomKind {
    match number {
        OPEN => RoomKind::Open,
        PRIVATE => RoomKind::Private,
        DIRECT => RoomKind::Direct,
        _ => RoomKind::Other,
    }
}

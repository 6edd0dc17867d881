//! Rooms that an invite names: who may invite to them, and how who is invited comes to belong to them.

use protocol::{Added, Refusal, RoomKind, RoomName, RoomRole, ToClient, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::access::{PRIVATE, look};
use super::create::enroll;
use super::members::MEMBERS_MAX;
use super::setting;
use crate::log::database::column::signed;
use crate::log::event::Event;
use crate::log::outcome::RoomChange;
use crate::people::names::PersonId;

/// Why somebody may not invite to a room. None in place of somebody is the operator.
pub(in crate::log::apply) fn may_invite(
    db: &Connection,
    room: &RoomName,
    by: Option<PersonId>,
    moderates_all: bool,
) -> rusqlite::Result<Result<(), Refusal>> {
    let found = look(db, room, by)?;
    let role = found.as_ref().and_then(|it| it.role);
    let has_role = matches!(role, Some(RoomRole::Owner | RoomRole::Moderator));
    Ok(match found.map(|it| it.kind) {
        None if room.is_address() => Err(Refusal::NoSuchRoom),
        Some(RoomKind::Direct) => Err(Refusal::NotAllowedHere(
            "nobody is invited to a direct room: its people stay the same",
        )),
        _ if has_role || moderates_all => Ok(()),
        _ => Err(Refusal::NotAllowedHere("only the owner and moderators of a room invite to it")),
    })
}

/// Somebody belongs to a room from now on: to an open one as to those in their list. What is told of it; nothing if
/// the room has ended, is full, or is theirs already.
pub(in crate::log::apply) fn admit(
    db: &Connection,
    event: &Event,
    room: &RoomName,
    (person, user, by): (PersonId, &UserName, &UserName),
) -> rusqlite::Result<Option<RoomChange>> {
    if !room.is_address() {
        setting::join(db, event, (person, room))?;
        return Ok(None);
    }
    let select = "SELECT id, sort, (SELECT count(*) FROM members WHERE room = rooms.id),
            EXISTS (SELECT 1 FROM members WHERE room = rooms.id AND person = ?3)
        FROM rooms WHERE key = ?1 AND kind = ?2";
    let bounds = params![room.key(), PRIVATE, signed(person.get())];
    let found = db.prepare_cached(select)?.query_row(bounds, |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, u32>(2)?, row.get::<_, bool>(3)?))
    });
    let Some((number, sort, count, is_theirs)) = found.optional()? else { return Ok(None) };
    if is_theirs || count >= MEMBERS_MAX {
        return Ok(None);
    }
    enroll(db, event, (number, &sort), ((person, user), RoomRole::Member, by))?;
    let told = ToClient::Added(Added {
        room: room.clone(),
        user: user.clone(),
        by: by.clone(),
        id: event.id,
        at: event.at,
        reference: None,
    });
    Ok(Some(RoomChange { room: room.clone(), told, person, leaves: false, ends: false }))
}

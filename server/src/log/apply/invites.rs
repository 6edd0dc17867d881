//! Invites: how one is made, used and ended.

use protocol::{Note, Refusal, RoomName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::audit::{self, Did, Noted};
use super::{names, rooms};
use crate::log::acts_of_people::{AcceptInvite, EndInvite, MakeInvite};
use crate::log::database::column::{checked, optional_id, signed};
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::PersonId;

/// Invites that are good at a time: more than a company hands out, and a list of them still is one.
const INVITES_MAX: i64 = 1000;
/// Those of one person, so that nobody takes all places.
pub const PERSON_INVITES_MAX: i64 = 100;

pub(super) fn make(db: &Connection, event: &Event, make: &MakeInvite) -> rusqlite::Result<Outcome> {
    for room in &make.rooms {
        if let Err(refusal) = rooms::may_invite(db, room, make.by, make.moderates_all)? {
            return Ok(Outcome::Refused(refusal));
        }
    }
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
    let insert = "INSERT INTO invites (code, person, uses, until, note, admits)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let until = signed(now.saturating_add(make.lasts_ms));
    let text = make.note.as_ref().map(Note::as_str);
    let (code, admits) = (make.code.as_bytes(), make.moderates_all);
    let row = params![code, by, make.uses, until, text, admits];
    let number = db.prepare_cached(insert)?.insert(row)?;
    for room in &make.rooms {
        let insert = "INSERT OR IGNORE INTO invite_rooms (invite, room) VALUES (?1, ?2)";
        db.prepare_cached(insert)?.execute(params![number, room.as_str()])?;
    }
    note(db, now, (Did::Invite, make.by), (number, &make.rooms, text))?;
    Ok(u32::try_from(number).ok())
}

/// What somebody, or the operator, did to an invite.
fn note(
    db: &Connection,
    at: u64,
    (did, by): (Did, Option<PersonId>),
    (number, rooms, text): (i64, &[RoomName], Option<&str>),
) -> rusqlite::Result<()> {
    let by = by.map(|by| rooms::name_of(db, by)).transpose()?.flatten();
    let (by, number) = (by.as_ref(), u64::try_from(number).ok());
    let noted = Noted { by, number, text, room: rooms.first(), ..Noted::default() };
    audit::note(db, at, did, &noted)
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
    if ended == 0 {
        return Ok(Outcome::Refused(Refusal::NotFound("there is no such invite of yours")));
    }
    note(db, event.at, (Did::Uninvite, end.by), (end.invite.into(), &[], None))?;
    Ok(Outcome::Kept(event.id))
}

/// A use counts when somebody has got a name by it, or belongs to one more room. Who has the name already needs no
/// invite to come in; to a server for members, those to rooms alone admit nobody new.
pub(super) fn accept(
    db: &Connection,
    event: &Event,
    accept: &AcceptInvite,
) -> rusqlite::Result<Outcome> {
    let is_theirs = names::is_theirs(db, &accept.take)?;
    let select = "SELECT number, person, admits FROM invites
        WHERE code = ?1 AND uses > 0 AND until > ?2 ORDER BY number DESC LIMIT 1";
    let bounds = params![accept.code.as_bytes(), signed(event.at)];
    let found = db.prepare_cached(select)?.query_row(bounds, |row| {
        let by = optional_id(row, 1)?.map(PersonId::made_by);
        Ok((row.get(0)?, by, row.get::<_, bool>(2)?))
    });
    let found = found.optional()?;
    match &found {
        None if !is_theirs => return Ok(Outcome::Refused(Refusal::BadCode)),
        Some((.., false)) if accept.is_needed && !is_theirs => {
            return Ok(Outcome::Refused(Refusal::NeedInvite));
        }
        _ => {}
    }
    let taken = names::take(db, event, &accept.take)?;
    let (Outcome::Named(person, devices, _), Some((invite, by, _))) = (&taken, found) else {
        return Ok(taken);
    };
    let user = &accept.take.name;
    let by = by.map(|by| rooms::name_of(db, by)).transpose()?.flatten();
    let by = by.as_ref().unwrap_or(user);
    let mut changes = Vec::new();
    for room in rooms_of(db, invite)? {
        changes.extend(rooms::admit(db, event, &room, (*person, user, by))?);
    }
    if !is_theirs || !changes.is_empty() {
        count_use(db, event, invite, accept)?;
    }
    Ok(Outcome::Named(*person, devices.clone(), changes))
}

fn rooms_of(db: &Connection, invite: i64) -> rusqlite::Result<Vec<RoomName>> {
    let select = "SELECT room FROM invite_rooms WHERE invite = ?1 ORDER BY room";
    let mut select = db.prepare_cached(select)?;
    let rooms =
        select.query_map([invite], |row| checked(0, RoomName::known(row.get_ref(0)?.as_str()?)))?;
    rooms.collect()
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
    let by = Some(&accept.take.name);
    let noted = Noted { by, whom: by, number: u64::try_from(invite).ok(), ..Noted::default() };
    audit::note(db, event.at, Did::Accept, &noted)
}

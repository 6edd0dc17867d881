//! Who belongs to a room: people are added and removed, leave, and get other roles.

use protocol::{
    Added, Refusal, Removed, RoleSet, RoomKind, RoomName, RoomRole, ToClient, UserName,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::access::{
    Found, MEMBER, MODERATOR, OWNER, is_moderator, look, role_number, role_of, yours,
};
use super::create::enroll;
use super::{answers, end, persons};
use crate::log::acts_of_rooms::{OfMember, SetRole};
use crate::log::apply::known::Known;
use crate::log::apply::{markers, names, sanctions};
use crate::log::database::column::{checked, id, person, signed, unsigned};
use crate::log::event::{Author, Event};
use crate::log::outcome::{Outcome, RoomChange};
use crate::people::names::PersonId;

/// Most members of a private room: with each entry some of them are told, and a few thousand are a crowd for
/// which an open room is made.
pub(in crate::log) const MEMBERS_MAX: u32 = 1000;

const NO_OPEN: Refusal =
    Refusal::NotAllowedHere("an open room has no members: everybody may join it");
const NO_DIRECT: Refusal =
    Refusal::NotAllowedHere("the people of a direct room stay the same: make a room for others");
const NO_MEMBER: Refusal = Refusal::NotFound("there is no such member of this room");
const FOR_MODERATORS: Refusal =
    Refusal::NotAllowedHere("only the owner and moderators of this room may do that");
const FOR_OWNER: Refusal = Refusal::NotAllowedHere("only the owner of this room may do that");

/// Somebody who has a role in a room.
struct Member {
    person: PersonId,
    role: RoomRole,
    /// As they are called now.
    name: UserName,
}

pub(in crate::log::apply) fn add(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    add: &OfMember,
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &add.author)?;
    let (asker, found) = match place(db, &author, &add.room)? {
        Ok(place) => place,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    if let Some(first) = answers::find(db, asker, add.reference.as_ref())? {
        return Ok(Outcome::Repeated(Box::new(first)));
    }
    if let Some(refusal) = sanctions::silence(db, known, event, (&add.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let refusal = match found.kind {
        RoomKind::Direct => Some(NO_DIRECT),
        _ if !is_moderator(&found, &author) => Some(FOR_MODERATORS),
        _ => None,
    };
    if let Some(refusal) = refusal {
        return Ok(Outcome::Refused(refusal));
    }
    let Some((person, user)) = persons::find(db, &add.user, &author)? else {
        return Ok(Outcome::Refused(Refusal::NoSuchPerson(add.user.as_str().into())));
    };
    if let Some(before) = added(db, found.number, (add, person, &user))? {
        return Ok(Outcome::Repeated(Box::new(ToClient::Added(before))));
    }
    let count = "SELECT count(*) FROM members WHERE room = ?1";
    let count: u32 = db.prepare_cached(count)?.query_row([found.number], |row| row.get(0))?;
    if count >= MEMBERS_MAX {
        return Ok(Outcome::Refused(Refusal::TooManyMembers { max: MEMBERS_MAX }));
    }
    let sort: String = db
        .prepare_cached("SELECT sort FROM rooms WHERE id = ?1")?
        .query_row([found.number], |row| row.get(0))?;
    let who = ((person, &user), RoomRole::Member, &author.name);
    enroll(db, event, (found.number, &sort), who)?;
    let told = ToClient::Added(Added {
        room: add.room.clone(),
        user,
        by: author.name.clone(),
        id: event.id,
        at: event.at,
        reference: add.reference.clone(),
    });
    let answer = (add.reference.as_ref(), &told);
    answers::note(db, event, (asker, Some(found.number)), answer)?;
    let room = add.room.clone();
    Ok(Outcome::Changed(vec![RoomChange { room, told, person, leaves: false, ends: false }]))
}

/// Who asks, and the private or direct room, if it is theirs. An open room may not be there.
fn place(
    db: &Connection,
    author: &Author,
    room: &RoomName,
) -> rusqlite::Result<Result<(PersonId, Found), Refusal>> {
    let Some(asker) = author.person else { return Ok(Err(Refusal::NoName)) };
    if !room.is_address() {
        return Ok(Err(NO_OPEN));
    }
    Ok(yours(db, room, author)?.map(|found| (asker, found)))
}

/// How somebody became a member who is one already.
fn added(
    db: &Connection,
    room: i64,
    (again, person, user): (&OfMember, PersonId, &UserName),
) -> rusqlite::Result<Option<Added>> {
    let select = "SELECT by, since, at FROM members WHERE room = ?1 AND person = ?2";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row([room, signed(person.get())], |row| {
        Ok(Added {
            room: again.room.clone(),
            user: user.clone(),
            by: checked(0, UserName::known(row.get_ref(0)?.as_str()?))?,
            id: id(row, 1)?,
            at: unsigned(row, 2)?,
            reference: again.reference.clone(),
        })
    });
    found.optional()
}

pub(in crate::log::apply) fn remove(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    remove: &OfMember,
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &remove.author)?;
    let Some(asker) = author.person else { return Ok(Outcome::Refused(Refusal::NoName)) };
    if let Some(first) = answers::find(db, asker, remove.reference.as_ref())? {
        return Ok(Outcome::Repeated(Box::new(first)));
    }
    let found = match look(db, &remove.room, Some(asker))? {
        None if remove.room.is_address() => return Ok(Outcome::Refused(Refusal::NoSuchRoom)),
        None => return Ok(Outcome::Refused(NO_OPEN)),
        Some(found) => found,
    };
    let member = match may_remove(db, &found, (asker, &author), &remove.user)? {
        Ok(member) => member,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let (number, gone) = (found.number, signed(member.person.get()));
    let delete = "DELETE FROM members WHERE room = ?1 AND person = ?2";
    db.prepare_cached(delete)?.execute([number, gone])?;
    if found.kind != RoomKind::Open {
        let kept = "DELETE FROM kept_rooms WHERE person = ?1 AND room_key = ?2";
        db.prepare_cached(kept)?.execute(params![gone, remove.room.key()])?;
        markers::end(db, gone, number)?;
    }
    answers::forget(db, gone, number)?;
    let removed = ToClient::Removed(Removed {
        room: remove.room.clone(),
        user: member.name,
        by: author.name.clone(),
        id: event.id,
        at: event.at,
        reference: remove.reference.clone(),
    });
    let still = (member.person != asker).then_some(number);
    answers::note(db, event, (asker, still), (remove.reference.as_ref(), &removed))?;
    let (leaves, person) = (found.kind != RoomKind::Open, member.person);
    let room = remove.room.clone();
    let heir = match member.role {
        RoomRole::Owner => inherit(db, event, (number, &remove.room), &author.name)?,
        _ => None,
    };
    let ends = end::end_if_left(db, known, (number, &remove.room), found.kind)?;
    let gone = RoomChange { room, told: removed, person, leaves, ends };
    Ok(Outcome::Changed([gone].into_iter().chain(heir).collect()))
}

/// Who it is, if the asker may end that.
fn may_remove(
    db: &Connection,
    found: &Found,
    (asker, author): (PersonId, &Author),
    user: &UserName,
) -> rusqlite::Result<Result<Member, Refusal>> {
    if found.kind == RoomKind::Direct {
        return Ok(Err(NO_DIRECT));
    }
    let member = member(db, found.number, (user, author))?;
    let is_self = member.as_ref().is_some_and(|member| member.person == asker);
    if found.kind == RoomKind::Open && !is_self {
        return Ok(Err(NO_OPEN));
    }
    if !is_self && !is_moderator(found, author) {
        return Ok(Err(FOR_MODERATORS));
    }
    let Some(member) = member else { return Ok(Err(NO_MEMBER)) };
    let is_owner = found.role == Some(RoomRole::Owner);
    if !is_self && !is_owner && member.role != RoomRole::Member {
        return Ok(Err(FOR_OWNER));
    }
    Ok(Ok(member))
}

/// A member by name: whoever has it now, else who had it when they became one.
fn member(
    db: &Connection,
    room: i64,
    (user, asker): (&UserName, &Author),
) -> rusqlite::Result<Option<Member>> {
    if let Some((person, name)) = persons::find(db, user, asker)? {
        let select = "SELECT role FROM members WHERE room = ?1 AND person = ?2";
        let mut select = db.prepare_cached(select)?;
        let role = select.query_row([room, signed(person.get())], |row| row.get(0));
        if let Some(role) = role.optional()?.map(role_of) {
            return Ok(Some(Member { person, role, name }));
        }
    }
    let select = "SELECT person, role, name FROM members
        WHERE room = ?1 AND name_key = ?2 AND person NOT IN (SELECT person FROM names)
        ORDER BY since LIMIT 1";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row(params![room, user.key()], |row| {
        let name = checked(2, UserName::known(row.get_ref(2)?.as_str()?))?;
        Ok(Member { person: person(row, 0)?, role: role_of(row.get(1)?), name })
    });
    found.optional()
}

pub(in crate::log::apply) fn set_role(
    db: &Connection,
    event: &Event,
    set: &SetRole,
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &set.author)?;
    let Some(asker) = author.person else { return Ok(Outcome::Refused(Refusal::NoName)) };
    if let Some(first) = answers::find(db, asker, set.reference.as_ref())? {
        return Ok(Outcome::Repeated(Box::new(first)));
    }
    let found = match look(db, &set.room, Some(asker))? {
        None if set.room.is_address() => return Ok(Outcome::Refused(Refusal::NoSuchRoom)),
        None => return Ok(Outcome::Refused(FOR_OWNER)),
        Some(Found { kind: RoomKind::Direct, .. }) => return Ok(Outcome::Refused(NO_DIRECT)),
        Some(found) if found.role != Some(RoomRole::Owner) => {
            return Ok(Outcome::Refused(FOR_OWNER));
        }
        Some(found) => found,
    };
    let (number, room) = (found.number, &set.room);
    let (person, user) = match whose_role(db, &found, (set, &author))? {
        Ok(person) => person,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let told = |user| {
        ToClient::Role(RoleSet {
            room: room.clone(),
            user,
            role: set.role,
            by: author.name.clone(),
            id: event.id,
            at: event.at,
            reference: set.reference.clone(),
        })
    };
    if role_in(db, number, person)? == Some(set.role) {
        return Ok(Outcome::Repeated(Box::new(told(user))));
    }
    if person == asker {
        let sentence = "an owner hands the room over to somebody else first";
        return Ok(Outcome::Refused(Refusal::NotAllowedHere(sentence)));
    }
    give(db, event, (&found, room), ((person, &user), set.role, &author.name))?;
    if set.role == RoomRole::Owner {
        let update = "UPDATE members SET role = ?3 WHERE room = ?1 AND person = ?2";
        let former = signed(asker.get());
        db.prepare_cached(update)?.execute([number, former, MODERATOR])?;
    }
    let told = told(user);
    answers::note(db, event, (asker, Some(number)), (set.reference.as_ref(), &told))?;
    let room = room.clone();
    Ok(Outcome::Changed(vec![RoomChange { room, told, person, leaves: false, ends: false }]))
}

/// A member of a private room; of an open one anybody who has a kept name.
fn whose_role(
    db: &Connection,
    found: &Found,
    (set, author): (&SetRole, &Author),
) -> rusqlite::Result<Result<(PersonId, UserName), Refusal>> {
    if let Some(member) = member(db, found.number, (&set.user, author))? {
        return Ok(Ok((member.person, member.name)));
    }
    if found.kind != RoomKind::Open {
        return Ok(Err(NO_MEMBER));
    }
    let found = persons::find(db, &set.user, author)?;
    Ok(found.ok_or_else(|| Refusal::NoSuchPerson(set.user.as_str().into())))
}

/// Who has none in an open room is a member like everybody.
fn role_in(db: &Connection, room: i64, person: PersonId) -> rusqlite::Result<Option<RoomRole>> {
    let select = "SELECT role FROM members WHERE room = ?1 AND person = ?2";
    let mut select = db.prepare_cached(select)?;
    let role = select.query_row([room, signed(person.get())], |row| row.get(0)).optional()?;
    Ok(Some(role.map_or(RoomRole::Member, role_of)))
}

/// In an open room members have no row.
fn give(
    db: &Connection,
    event: &Event,
    (found, room): (&Found, &RoomName),
    (who, role, by): ((PersonId, &UserName), RoomRole, &UserName),
) -> rusqlite::Result<()> {
    let (number, person) = (found.number, signed(who.0.get()));
    if found.kind == RoomKind::Open && role == RoomRole::Member {
        let delete = "DELETE FROM members WHERE room = ?1 AND person = ?2";
        db.prepare_cached(delete)?.execute([number, person])?;
        return Ok(());
    }
    let update = "UPDATE members SET role = ?3 WHERE room = ?1 AND person = ?2";
    let bounds = [number, person, role_number(role)];
    if db.prepare_cached(update)?.execute(bounds)? == 0 {
        enroll(db, event, (number, room.key()), (who, role, by))?;
    }
    Ok(())
}

/// Who owns a room when its owner is gone: the oldest moderator, else the oldest member, of those who can come
/// in.
fn inherit(
    db: &Connection,
    event: &Event,
    (number, room): (i64, &RoomName),
    by: &UserName,
) -> rusqlite::Result<Option<RoomChange>> {
    let select = "SELECT person FROM members WHERE room = ?1 AND role IN (?2, ?3)
        AND (person IN (SELECT person FROM names) OR person IN (SELECT person FROM subjects))
        ORDER BY role, since, person LIMIT 1";
    let mut select = db.prepare_cached(select)?;
    let heir = select.query_row([number, MODERATOR, MEMBER], |row| person(row, 0)).optional()?;
    let Some(heir) = heir else { return Ok(None) };
    let Some(user) = persons::name_of(db, heir)? else { return Ok(None) };
    let update = "UPDATE members SET role = ?3 WHERE room = ?1 AND person = ?2";
    db.prepare_cached(update)?.execute([number, signed(heir.get()), OWNER])?;
    let told = ToClient::Role(RoleSet {
        room: room.clone(),
        user,
        role: RoomRole::Owner,
        by: by.clone(),
        id: event.id,
        at: event.at,
        reference: None,
    });
    Ok(Some(RoomChange { room: room.clone(), told, person: heir, leaves: false, ends: false }))
}

/// Nobody can come in any more as the owners of these rooms, whose names have expired or were released: they go
/// to others.
pub(in crate::log::apply) fn succeed(
    db: &Connection,
    event: &Event,
) -> rusqlite::Result<Vec<RoomChange>> {
    let select = "SELECT rooms.id, rooms.name, members.name, person FROM members
        JOIN rooms ON rooms.id = room WHERE role = 1
        AND person NOT IN (SELECT person FROM names)
        AND person NOT IN (SELECT person FROM subjects) ORDER BY person, rooms.id";
    let mut select = db.prepare_cached(select)?;
    let left = select.query_map([], |row| {
        let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
        let name = checked(2, UserName::known(row.get_ref(2)?.as_str()?))?;
        Ok((row.get(0)?, room, name, row.get(3)?))
    })?;
    let mut changes = Vec::new();
    for (number, room, by, former) in left.collect::<rusqlite::Result<Vec<(i64, _, _, i64)>>>()? {
        let Some(change) = inherit(db, event, (number, &room), &by)? else { continue };
        let update = "UPDATE members SET role = ?3 WHERE room = ?1 AND person = ?2";
        db.prepare_cached(update)?.execute([number, former, MODERATOR])?;
        changes.push(change);
    }
    Ok(changes)
}

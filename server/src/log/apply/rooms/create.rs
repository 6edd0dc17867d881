//! Rooms that are made, and direct rooms, which are found again by their persons.

use protocol::{
    DIRECT_PEOPLE_MAX, Message, Refusal, RoomInfo, RoomKind, RoomName, RoomRole, Title, ToClient,
    TopicText, UserName, fold, too_many_or_few,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::access::{DIRECT, PRIVATE, has_owner, role_number};
use super::numbers::room_number;
use super::{answers, persons};
use crate::log::acts_of_rooms::{Create, Direct};
use crate::log::apply::audit::{self, Did, Noted};
use crate::log::apply::known::Known;
use crate::log::apply::{markers, names, sanctions};
use crate::log::database::column::{checked, person, signed};
use crate::log::event::{Author, Event};
use crate::log::outcome::{Began, Outcome};
use crate::people::names::{Owner, PersonId};

pub(in crate::log::apply) fn create(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    create: &Create,
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &create.author)?;
    let Some(maker) = author.person else { return Ok(Outcome::Refused(Refusal::NoName)) };
    let reference = create.reference.as_ref();
    if let Some(first) = answers::find(db, maker, reference)? {
        return Ok(Outcome::Repeated(Box::new(first)));
    }
    if let Some(refusal) = sanctions::silence(db, known, event, (&create.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let number = match &create.title {
        Some(title) => private(db, create, title)?,
        None if create.is_visited => None,
        None => open(db, known, &create.room)?,
    };
    let Some(number) = number else { return Ok(Outcome::Refused(Refusal::RoomExists)) };
    let sort = create.title.as_ref().map_or(&**create.room.key(), Title::key);
    let who = (maker, &author.name);
    enroll(db, event, (number, sort), (who, RoomRole::Owner, &author.name))?;
    about(db, event, (number, &author), create)?;
    let text = create.title.as_ref().map(Title::as_str);
    let room = Some(&create.room);
    let noted = Noted { by: Some(&author.name), room, text, ..Noted::default() };
    audit::note(db, event.at, Did::Create, &noted)?;
    let kind = if create.title.is_some() { RoomKind::Private } else { RoomKind::Open };
    let told = RoomInfo {
        title: create.title.clone(),
        topic: create.topic.clone(),
        role: Some(RoomRole::Owner),
        reference: create.reference.clone(),
        ..RoomInfo::new(create.room.clone(), kind)
    };
    answers::note(db, event, (maker, Some(number)), (reference, &ToClient::Room(told.clone())))?;
    Ok(Outcome::Made(Box::new(told)))
}

/// Its number, unless it is there: who chooses addresses at random never finds one taken.
fn private(db: &Connection, create: &Create, title: &Title) -> rusqlite::Result<Option<i64>> {
    let key = create.room.key();
    if room_number(db, key)?.is_some() {
        return Ok(None);
    }
    let insert = "INSERT INTO rooms (key, name, kind, title, sort) VALUES (?1, ?1, ?2, ?3, ?4)";
    let row = params![key, PRIVATE, title.as_str(), title.key()];
    db.prepare_cached(insert)?.insert(row).map(Some)
}

/// Its number, unless it is somebody's or something was said there.
fn open(db: &Connection, known: &mut Known, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    if let Some(number) = room_number(db, room.key())? {
        let said = "SELECT 1 FROM messages WHERE room = ?1";
        if has_owner(db, number)? || db.prepare_cached(said)?.exists([number])? {
            return Ok(None);
        }
    }
    known.rooms.get_or_make(db, room).map(Some)
}

/// Somebody has a role in a room from this event on.
pub(super) fn enroll(
    db: &Connection,
    event: &Event,
    (room, sort): (i64, &str),
    ((person, name), role, by): ((PersonId, &UserName), RoomRole, &UserName),
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO members (room, person, role, since, at, by, name, name_key, sort)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    db.prepare_cached(insert)?.execute(params![
        room,
        signed(person.get()),
        role_number(role),
        signed(event.id.get()),
        signed(event.at),
        by.as_str(),
        name.as_str(),
        name.key(),
        sort,
    ])?;
    markers::begin(db, event, (person, room))
}

/// What a new room is about.
fn about(
    db: &Connection,
    event: &Event,
    (room, author): (i64, &Author),
    create: &Create,
) -> rusqlite::Result<()> {
    if create.topic.is_empty() {
        return Ok(());
    }
    let insert = "INSERT INTO topics (id, room, author, owner, content, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(insert)?.execute(params![
        signed(event.id.get()),
        room,
        author.name.as_str(),
        Owner::of(author.person, &author.name),
        create.topic.as_str(),
        signed(event.at),
    ])?;
    note_topic(db, room, &create.topic)
}

/// What a room is about is found by its folded form.
pub(in crate::log::apply) fn note_topic(
    db: &Connection,
    room: i64,
    topic: &TopicText,
) -> rusqlite::Result<()> {
    let note = "UPDATE rooms SET topic_key = ?2 WHERE id = ?1";
    db.prepare_cached(note)?.execute(params![room, fold(topic.as_str())])?;
    Ok(())
}

pub(in crate::log::apply) fn direct(
    db: &Connection,
    event: &Event,
    direct: &Direct,
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &direct.author)?;
    let Some(maker) = author.person else { return Ok(Outcome::Refused(Refusal::NoName)) };
    let mut people = vec![(maker, author.name.clone())];
    for user in &direct.users {
        let Some(found) = persons::find(db, user, &author)? else {
            return Ok(Outcome::Refused(Refusal::NoSuchPerson(user.as_str().into())));
        };
        people.push(found);
    }
    people.sort_by_key(|(person, _)| *person);
    people.dedup_by_key(|(person, _)| *person);
    if !(2..=DIRECT_PEOPLE_MAX).contains(&people.len()) {
        return Ok(Outcome::Refused(too_many_or_few()));
    }
    let set: Vec<_> = people.iter().map(|(person, _)| person.get().to_string()).collect();
    let set = set.join(" ");
    let select =
        "SELECT rooms.id, key FROM directs JOIN rooms ON rooms.id = room WHERE people = ?1";
    let found = db.prepare_cached(select)?.query_row([&set], |row| {
        let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
        Ok((row.get::<_, i64>(0)?, room))
    });
    let (number, room) = match found.optional()? {
        Some(found) => found,
        None => {
            let Some(number) = make_direct(db, event, (direct, &author), (&set, &people))? else {
                return Ok(Outcome::Refused(Refusal::Unavailable));
            };
            (number, direct.room.clone())
        }
    };
    let told = RoomInfo {
        topic: topic(db, number)?,
        users: users(db, number)?.into_iter().map(|(_, name)| name).collect(),
        reference: direct.reference.clone(),
        ..RoomInfo::new(room, RoomKind::Direct)
    };
    Ok(Outcome::Made(Box::new(told)))
}

fn make_direct(
    db: &Connection,
    event: &Event,
    (direct, author): (&Direct, &Author),
    (set, people): (&str, &[(PersonId, UserName)]),
) -> rusqlite::Result<Option<i64>> {
    let key = direct.room.key();
    if room_number(db, key)?.is_some() {
        return Ok(None);
    }
    let insert = "INSERT INTO rooms (key, name, kind, sort) VALUES (?1, ?1, ?2, ?1)";
    let number = db.prepare_cached(insert)?.insert(params![key, DIRECT])?;
    let insert = "INSERT INTO directs (people, room) VALUES (?1, ?2)";
    db.prepare_cached(insert)?.execute(params![set, number])?;
    for (person, name) in people {
        let who = ((*person, name), RoomRole::Member, &author.name);
        enroll(db, event, (number, key), who)?;
    }
    Ok(Some(number))
}

fn topic(db: &Connection, room: i64) -> rusqlite::Result<TopicText> {
    let select = "SELECT content FROM topics WHERE room = ?1 ORDER BY id DESC LIMIT 1";
    let mut select = db.prepare_cached(select)?;
    let found =
        select.query_row([room], |row| checked(0, TopicText::try_from(row.get_ref(0)?.as_str()?)));
    Ok(found.optional()?.unwrap_or_default())
}

/// Everybody whose direct room it is, as they are called now, sorted by folded name.
pub(in crate::log) fn users(
    db: &Connection,
    room: i64,
) -> rusqlite::Result<Vec<(PersonId, UserName)>> {
    let select = "SELECT members.person, coalesce(names.name, members.name) FROM members
        LEFT JOIN names ON names.person = members.person WHERE room = ?1";
    let mut select = db.prepare_cached(select)?;
    let users = select.query_map([room], |row| {
        Ok((person(row, 0)?, checked(1, UserName::known(row.get_ref(1)?.as_str()?))?))
    })?;
    let mut users: Vec<_> = users.collect::<rusqlite::Result<_>>()?;
    users.sort_by(|(_, one), (_, other)| one.cmp(other));
    Ok(users)
}

/// What follows from a message if it is the first of a direct room.
pub(in crate::log::apply) fn begun(
    db: &Connection,
    (room, kind): (i64, RoomKind),
    message: Message,
) -> rusqlite::Result<Outcome> {
    let before = "SELECT 1 FROM messages WHERE room = ?1 AND id < ?2";
    let is_first = kind == RoomKind::Direct
        && !db.prepare_cached(before)?.exists([room, signed(message.id.get())])?;
    if !is_first {
        return Ok(Outcome::Said(message));
    }
    let (persons, users) = users(db, room)?.into_iter().unzip();
    let info = RoomInfo {
        topic: topic(db, room)?,
        users,
        ..RoomInfo::new(message.room.clone(), RoomKind::Direct)
    };
    Ok(Outcome::Began(Box::new(Began { message, info, persons })))
}

//! Whom a message mentions: decided when it is stored, so that everybody is told the same of it.
//!
//! A mention is kept for each person who may read the message. This file does not know how messages are stored.

use std::collections::BTreeSet;

use protocol::{EVERYBODY_MAX, Everybody, Message, Refusal, RoomName, UserName, called};
use rusqlite::{Connection, params};

use super::rooms;
use crate::log::acts_on_messages::{Calls, Crowd};
use crate::log::database::column::{person, signed};
use crate::log::event::Author;
use crate::people::names::PersonId;

/// Whom a text mentions.
#[derive(Debug, Default)]
pub(super) struct Mentioned {
    /// By name, as they are spelt, each once.
    pub(super) names: Vec<UserName>,
    pub(super) everybody: Option<Everybody>,
    /// Whom it is kept for, of those whom it names.
    named: BTreeSet<PersonId>,
    /// The same of everybody.
    crowd: BTreeSet<PersonId>,
}

/// Finds whom a text mentions.
///
/// # Errors
/// Why everybody may not be mentioned.
pub(super) fn find(
    db: &Connection,
    (author, room): (&Author, &RoomName),
    text: &str,
    calls: &Calls,
) -> rusqlite::Result<Result<Mentioned, Refusal>> {
    let mut found = find_named(db, (author, room), text, calls)?;
    if let Some(everybody) = found.everybody {
        match all(db, (author, room), (everybody, calls.everybody.as_ref()))? {
            Ok(all) => found.crowd.extend(all),
            Err(refusal) => return Ok(Err(refusal)),
        }
        found.leave_out(author);
    }
    Ok(Ok(found))
}

/// Finds whom a text mentions by name, and whether everybody: behind each sign the longest name of somebody who
/// is in the room, or has a kept name, counts.
pub(super) fn find_named(
    db: &Connection,
    (author, room): (&Author, &RoomName),
    text: &str,
    calls: &Calls,
) -> rusqlite::Result<Mentioned> {
    let mut found = Mentioned::default();
    for candidates in called(text) {
        for name in candidates {
            if let Some((person, name)) = rooms::person_called(db, &name, author)? {
                let may_read = !room.is_address() || rooms::look(db, room, Some(person))?.is_some();
                found.named.extend(may_read.then_some(person));
                found.add(name);
            } else if let Some(here) = calls.named.iter().find(|here| **here == name) {
                found.add(here.clone());
            } else if let Some(everybody) = Everybody::called(&name) {
                found.everybody =
                    found.everybody.filter(|it| *it == Everybody::All).or(Some(everybody));
            } else {
                continue;
            }
            break;
        }
    }
    found.leave_out(author);
    Ok(found)
}

impl Mentioned {
    fn add(&mut self, name: UserName) {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    /// Nobody is told of what they say themselves.
    fn leave_out(&mut self, author: &Author) {
        if let Some(author) = author.person {
            self.named.remove(&author);
            self.crowd.remove(&author);
        }
    }
}

/// Everybody of a room whom it is kept for, unless there are too many for this author.
fn all(
    db: &Connection,
    (author, room): (&Author, &RoomName),
    (everybody, crowd): (Everybody, Option<&Crowd>),
) -> rusqlite::Result<Result<Vec<PersonId>, Refusal>> {
    let place = rooms::look(db, room, author.person)?;
    // Who says something there belongs to it, or is its hook.
    let number = if room.is_address() { rooms::room_number(db, room.key())? } else { None };
    let members = number.map_or(Ok(Vec::new()), |number| members(db, number))?;
    let here = crowd.map_or(0, |crowd| usize::try_from(crowd.people).unwrap_or(usize::MAX));
    let moderates = place.is_some_and(|place| rooms::is_moderator(&place, author));
    let may = moderates || author.moderates() || crowd.is_some_and(|crowd| crowd.moderated);
    if !may && members.len().max(here) > EVERYBODY_MAX {
        return Ok(Err(Refusal::MentionNotAllowed { max: EVERYBODY_MAX }));
    }
    if everybody == Everybody::All && room.is_address() {
        return Ok(Ok(members));
    }
    let mut present = Vec::new();
    for name in crowd.into_iter().flat_map(|crowd| &crowd.names) {
        let person = rooms::person_called(db, name, author)?.map(|(person, _)| person);
        present.extend(person.filter(|it| !room.is_address() || members.binary_search(it).is_ok()));
    }
    Ok(Ok(present))
}

/// Ascending.
fn members(db: &Connection, room: i64) -> rusqlite::Result<Vec<PersonId>> {
    let select = "SELECT person FROM members WHERE room = ?1 ORDER BY person";
    db.prepare_cached(select)?.query_map([room], |row| person(row, 0))?.collect()
}

/// Keeps it for each of them; who has it with everybody keeps that.
pub(super) fn keep(
    db: &Connection,
    (room, message): (i64, i64),
    mentioned: &Mentioned,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO mentions (person, room, message, everybody)
        VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let mut insert = db.prepare_cached(insert)?;
    for (persons, everybody) in [(&mentioned.crowd, true), (&mentioned.named, false)] {
        for person in persons {
            insert.execute(params![signed(person.get()), room, message, everybody])?;
        }
    }
    Ok(())
}

/// A message mentions nobody any more, or nobody by name.
pub(super) fn erase(
    db: &Connection,
    message: &Message,
    by_name_alone: bool,
) -> rusqlite::Result<()> {
    if message.mentions.is_empty() && message.everybody.is_none() {
        return Ok(());
    }
    let delete = "DELETE FROM mentions WHERE message = ?1 AND everybody <= ?2";
    let row = params![signed(message.id.get()), !by_name_alone];
    db.prepare_cached(delete)?.execute(row).map(drop)
}

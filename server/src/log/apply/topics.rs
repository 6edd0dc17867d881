//! What rooms are about: the newest event says it.

use protocol::{Ref, ToClient, Topic, TopicText, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::known::Known;
use super::messages::is_new_person;
use super::{names, rooms, sanctions};
use crate::log::database::column::{checked, id, signed, unsigned};
use crate::log::event::{Event, SetTopic};
use crate::log::outcome::Outcome;
use crate::people::names::Owner;

/// Topics of a room whose `ref`s are remembered: clients send one again within minutes.
const REFS_MAX: i64 = 32;

pub(super) fn set(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    set: &SetTopic,
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &set.author)?;
    if let Err(refusal) = rooms::may_set_topic(db, &set.room, &author)? {
        return Ok(Outcome::Refused(refusal));
    }
    if let Some(refusal) = sanctions::silence(db, known, event, (&set.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let room = known.rooms.get_or_make(db, &set.room)?;
    let owner = Owner::of(author.person, &author.name);
    if let Some(reference) = &set.reference {
        let spelling = is_new_person(&author, event).then(|| Owner::of(None, &author.name));
        for owner in spelling.iter().chain([&owner]) {
            if let Some(first) = find(db, room, set, (owner, reference))? {
                return Ok(Outcome::Repeated(Box::new(ToClient::Topic(first))));
            }
        }
    }
    let topic = Topic { sender: author.name.clone(), ..set.topic(event.id, event.at) };
    write(db, room, &topic, &owner)?;
    rooms::note_topic(db, room, &set.content)?;
    Ok(Outcome::TopicSet(Box::new(topic)))
}

/// It holds from now on.
pub(super) fn write(
    db: &Connection,
    room: i64,
    topic: &Topic,
    owner: &Owner,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO topics (id, room, author, owner, content, at, ref)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let id = signed(topic.id.get());
    db.prepare_cached(insert)?.execute(params![
        id,
        room,
        topic.sender.as_str(),
        owner,
        topic.content.as_str(),
        signed(topic.at),
        topic.reference.as_ref().map(Ref::as_str),
    ])?;
    // Of what does not hold any more only the `ref` is of use.
    let erase = "UPDATE topics SET content = '' WHERE room = ?1 AND id < ?2 AND content <> ''";
    db.prepare_cached(erase)?.execute([room, id])?;
    let forget = "DELETE FROM topics WHERE room = ?1 AND id <=
        (SELECT id FROM topics WHERE room = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    db.prepare_cached(forget)?.execute([room, REFS_MAX])?;
    Ok(())
}

/// What the same author set under the same `ref`. If another holds since, its text is gone, and is taken from
/// what was sent again.
fn find(
    db: &Connection,
    room: i64,
    again: &SetTopic,
    (owner, reference): (&Owner, &Ref),
) -> rusqlite::Result<Option<Topic>> {
    let select = "SELECT id, content, author, at FROM topics
        WHERE room = ?1 AND owner = ?2 AND ref = ?3";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row(params![room, owner, reference.as_str()], |row| {
        Ok(Topic {
            room: again.room.clone(),
            id: id(row, 0)?,
            content: match row.get_ref(1)?.as_str()? {
                "" => again.content.clone(),
                text => checked(1, TopicText::try_from(text))?,
            },
            sender: checked(2, UserName::known(row.get_ref(2)?.as_str()?))?,
            at: unsigned(row, 3)?,
            reference: Some(reference.clone()),
        })
    });
    found.optional()
}

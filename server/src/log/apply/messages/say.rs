//! How a message comes to be, once.

use protocol::{Message, MessageId, Ref, RoomName, ToClient};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::row::{COLUMNS, read_message};
use crate::log::acts_on_messages::{NO_SUCH_MESSAGE, Reply};
use crate::log::apply::known::Known;
use crate::log::apply::{names, rooms, sanctions};
use crate::log::database::column::signed;
use crate::log::event::{Author, Event, Say};
use crate::log::outcome::Outcome;
use crate::people::names::Owner;

/// How long after a name has become a person's a message may come again that was said under it before,
/// in µs: clients give up sooner. Ids are µs as well.
const RESENT_AFTER_US_MAX: u64 = 24 * 60 * 60 * 1_000_000;

pub(in crate::log::apply) fn say(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    say: &Say,
) -> rusqlite::Result<Outcome> {
    insert(db, known, event, (say, None))
}

pub(in crate::log::apply) fn reply(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    reply: &Reply,
) -> rusqlite::Result<Outcome> {
    insert(db, known, event, (&reply.say, Some(reply.to)))
}

fn insert(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    (say, to): (&Say, Option<MessageId>),
) -> rusqlite::Result<Outcome> {
    let author = names::author(db, &say.author)?;
    let theirs = match say.room.is_address() {
        true => match rooms::yours(db, &say.room, &author)? {
            Ok(found) => Some(found),
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        },
        false => None,
    };
    if let Some(refusal) = sanctions::silence(db, known, event, (&say.room, &author))? {
        return Ok(Outcome::Refused(refusal));
    }
    let room = match &theirs {
        Some(found) => found.number,
        None => known.rooms.get_or_make(db, &say.room)?,
    };
    let place = (room, &say.room);
    if let (Some(reference), true) = (&say.reference, is_new_person(&author, event)) {
        let spelling = Owner::of(None, &author.name);
        if let Some(first) = find(db, place, &spelling, reference)? {
            return Ok(again(first));
        }
    }
    let owner = Owner::of(author.person, &author.name);
    if let Some(to) = to
        && !is_in(db, room, to)?
    {
        // What was said before comes back, whatever became of what it answers.
        let said = say.reference.as_ref().map(|reference| find(db, place, &owner, reference));
        let first = said.transpose()?.flatten();
        return Ok(first.map_or(Outcome::Refused(NO_SUCH_MESSAGE), again));
    }
    let insert = "INSERT INTO messages (id, room, author, owner, content, at, ref, reply)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (room, owner, ref) WHERE ref IS NOT NULL DO NOTHING";
    let inserted = db.prepare_cached(insert)?.execute(params![
        signed(event.id.get()),
        room,
        author.name.as_str(),
        owner,
        say.content.as_str(),
        signed(event.at),
        say.reference.as_ref().map(Ref::as_str),
        to.map(|to| signed(to.get())),
    ])?;
    if let (0, Some(reference)) = (inserted, &say.reference)
        && let Some(first) = find(db, place, &owner, reference)?
    {
        return Ok(again(first));
    }
    let message = Message { reply: to, ..say.message(event.id, event.at) };
    match theirs {
        Some(found) => rooms::begun(db, (room, found.kind), message),
        None => Ok(Outcome::Said(message)),
    }
}

/// What somebody said or set just before the name became theirs was said under the spelling alone, and may
/// come again.
pub(in crate::log::apply) fn is_new_person(author: &Author, event: &Event) -> bool {
    let made = author.person.map(|person| person.get());
    made.is_some_and(|made| event.id.get().saturating_sub(made) <= RESENT_AFTER_US_MAX)
}

fn again(first: Message) -> Outcome {
    Outcome::Repeated(Box::new(ToClient::Message(first)))
}

fn find(
    db: &Connection,
    (number, room): (i64, &RoomName),
    owner: &Owner,
    reference: &Ref,
) -> rusqlite::Result<Option<Message>> {
    let select =
        format!("SELECT {COLUMNS} FROM messages WHERE room = ?1 AND owner = ?2 AND ref = ?3");
    let mut select = db.prepare_cached(&select)?;
    let bounds = params![number, owner, reference.as_str()];
    select.query_row(bounds, |row| read_message(row, room)).optional()
}

/// Whether a message is in a room, deleted or not.
fn is_in(db: &Connection, room: i64, message: MessageId) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM messages WHERE room = ?1 AND id = ?2";
    db.prepare_cached(select)?.exists([room, signed(message.get())])
}

//! Importing: what was said elsewhere takes the next place in the order, keeps its time, and is nobody's.
//!
//! It is taken in once. This file does not know where it comes from.

use protocol::{
    Body, DELETED_CONTENT, Message, MessageId, Ref, Refusal, RoomName, ToClient, Topic, TopicText,
    encode_reactions,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::row::{COLUMNS, read_message};
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};
use crate::log::apply::known::Known;
use crate::log::apply::{rooms, topics};
use crate::log::database::column::{checked, id, signed};
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::people::names::Owner;

/// Why a topic is not taken in.
pub(crate) const NEWER_TOPIC: Refusal = Refusal::NotAllowedHere("the room has a newer topic");

pub(in crate::log::apply) fn import(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    import: &Import,
) -> rusqlite::Result<Outcome> {
    let Some(room) = place(db, known, &import.room)? else {
        return Ok(Outcome::Refused(Refusal::NoSuchRoom));
    };
    // Nothing was said later than now.
    let at = import.at.min(event.at);
    match &import.what {
        Imported::Message(message) => said(db, event, (room, at, import), message),
        Imported::Topic(content) => topic(db, (event.id, at), (room, import), content),
    }
}

/// The number of the room: an open one is made, of another one somebody has to be a member.
fn place(db: &Connection, known: &mut Known, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    if !room.is_address() {
        return known.rooms.get_or_make(db, room).map(Some);
    }
    let select = "SELECT id FROM rooms WHERE key = ?1 AND kind <> 3";
    db.prepare_cached(select)?.query_row([room.key()], |row| row.get(0)).optional()
}

fn said(
    db: &Connection,
    event: &Event,
    (room, at, import): (i64, u64, &Import),
    what: &ImportedMessage,
) -> rusqlite::Result<Outcome> {
    if let Some(before) = find(db, room, import)? {
        return Ok(Outcome::Repeated(Box::new(ToClient::Message(before))));
    }
    let reply = what.reply.as_ref().map(|reply| answered(db, room, reply)).transpose()?.flatten();
    let content = what.content.as_ref().map_or("", Body::as_str);
    let edited = what.edited.map(|edited| edited.clamp(at, event.at));
    let reactions = (!what.reactions.is_empty()).then(|| encode_reactions(&what.reactions));
    let insert = "INSERT INTO messages
        (id, room, author, owner, content, at, reply, edited, reactions, origin, bot)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    db.prepare_cached(insert)?.execute(params![
        signed(event.id.get()),
        room,
        import.sender.as_str(),
        Owner::of(None, &import.sender),
        content,
        signed(at),
        reply.map(|reply| signed(reply.get())),
        edited.map(signed),
        reactions,
        import.origin.as_str(),
        what.bot.then_some(1),
    ])?;
    let content = match &what.content {
        Some(content) => content.clone(),
        None => checked(4, Body::try_from(DELETED_CONTENT))?,
    };
    let (room, sender) = (import.room.clone(), import.sender.clone());
    Ok(Outcome::Said(Message {
        deleted: what.content.is_none(),
        reply,
        edited,
        reactions: what.reactions.clone(),
        bot: what.bot,
        ..Message::new(room, sender, content, event.id, at)
    }))
}

/// The message itself, if it was taken in before, or is one of this log that comes back.
fn find(db: &Connection, room: i64, import: &Import) -> rusqlite::Result<Option<Message>> {
    let own = own_id(&import.origin);
    let select = format!(
        "SELECT {COLUMNS} FROM messages WHERE room = ?1
            AND (origin = ?2 OR id = ?3 AND author = ?4 AND at = ?5)"
    );
    let (sender, at) = (import.sender.as_str(), signed(import.at));
    let bounds = params![room, import.origin.as_str(), own, sender, at];
    let mut select = db.prepare_cached(&select)?;
    select.query_row(bounds, |row| read_message(row, &import.room)).optional()
}

/// The message of the room that has this origin: taken in before, or one of this log.
fn answered(db: &Connection, room: i64, origin: &Ref) -> rusqlite::Result<Option<MessageId>> {
    let select = "SELECT id FROM messages WHERE room = ?1
        AND (origin = ?2 OR id = ?3 AND (SELECT epoch FROM log) = ?4)";
    let epoch = origin.as_str().rsplit_once(':').map(|(epoch, _)| epoch);
    let bounds = params![room, origin.as_str(), own_id(origin), epoch];
    db.prepare_cached(select)?.query_row(bounds, |row| id(row, 0)).optional()
}

/// What it would have as its id, were it of this log.
fn own_id(origin: &Ref) -> Option<i64> {
    origin.as_str().rsplit_once(':').and_then(|(_, id)| id.parse().ok())
}

/// The newest one holds, by its time.
fn topic(
    db: &Connection,
    (place, at): (MessageId, u64),
    (room, import): (i64, &Import),
    content: &TopicText,
) -> rusqlite::Result<Outcome> {
    let topic = Topic {
        room: import.room.clone(),
        content: content.clone(),
        sender: import.sender.clone(),
        id: place,
        at,
        reference: None,
    };
    let select = "SELECT at, content = ?2 AND author = ?3 FROM topics WHERE room = ?1
        ORDER BY id DESC LIMIT 1";
    let bounds = params![room, content.as_str(), import.sender.as_str()];
    let now = db
        .prepare_cached(select)?
        .query_row(bounds, |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)));
    match now.optional()? {
        Some((now, true)) if now == signed(at) => {
            return Ok(Outcome::Repeated(Box::new(ToClient::Topic(topic))));
        }
        Some((now, _)) if now >= signed(at) => return Ok(Outcome::Refused(NEWER_TOPIC)),
        _ => {}
    }
    topics::write(db, room, &topic, &Owner::of(None, &import.sender))?;
    rooms::note_topic(db, room, content)?;
    Ok(Outcome::TopicSet(Box::new(topic)))
}

//! Messages: said once, and deleted.

use protocol::{
    Body, DELETED_CONTENT, Deleted, Message, Ref, Refusal, RoomName, ToClient, UserName,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::known::Known;
use super::rooms::room_number;
use super::{names, rooms, sanctions};
use crate::log::database::column::{checked, id, optional_id, signed, unsigned};
use crate::log::event::{Author, Delete, Event, Say};
use crate::log::outcome::{Deletion, Outcome};
use crate::people::names::Owner;

/// How long after a name has become a person's a message may come again that was said under it before,
/// in µs: clients give up sooner. Ids are µs as well.
const RESENT_AFTER_US_MAX: u64 = 24 * 60 * 60 * 1_000_000;

/// What [`read_message`] reads.
pub(crate) const COLUMNS: &str = "id, author, content, at, ref, change";

pub(super) fn say(
    db: &Connection,
    known: &mut Known,
    event: &Event,
    say: &Say,
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
    if let (Some(reference), true) = (&say.reference, is_new_person(&author, event)) {
        let spelling = Owner::of(None, &author.name);
        if let Some(first) = find(db, (room, &say.room), &spelling, reference)? {
            return Ok(Outcome::Repeated(Box::new(ToClient::Message(first))));
        }
    }
    let owner = Owner::of(author.person, &author.name);
    let insert = "INSERT INTO messages (id, room, author, owner, content, at, ref)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (room, owner, ref) WHERE ref IS NOT NULL DO NOTHING";
    let inserted = db.prepare_cached(insert)?.execute(params![
        signed(event.id.get()),
        room,
        author.name.as_str(),
        owner,
        say.content.as_str(),
        signed(event.at),
        say.reference.as_ref().map(Ref::as_str),
    ])?;
    if let (0, Some(reference)) = (inserted, &say.reference)
        && let Some(first) = find(db, (room, &say.room), &owner, reference)?
    {
        return Ok(Outcome::Repeated(Box::new(ToClient::Message(first))));
    }
    let message = say.message(event.id, event.at);
    match theirs {
        Some(found) => rooms::begun(db, (room, found.kind), message),
        None => Ok(Outcome::Said(message)),
    }
}

/// What somebody said or set just before the name became theirs was said under the spelling alone, and may
/// come again.
pub(super) fn is_new_person(author: &Author, event: &Event) -> bool {
    let made = author.person.map(|person| person.get());
    made.is_some_and(|made| event.id.get().saturating_sub(made) <= RESENT_AFTER_US_MAX)
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

/// Erases a message's text, and notes who did.
pub(super) fn delete(db: &Connection, event: &Event, delete: &Delete) -> rusqlite::Result<Outcome> {
    let missing = Outcome::Refused(Refusal::NotFound("there is no such message in this room"));
    let Some(room) = room_number(db, delete.room.key())? else { return Ok(missing) };
    let message = signed(delete.message.get());
    let select = format!(
        "SELECT {COLUMNS}, changed_at, deleted_by FROM messages
         WHERE room = ?1 AND id = ?2"
    );
    let found = db.prepare_cached(&select)?.query_row([room, message], |row| {
        Ok((read_message(row, &delete.room)?, read_deletion(row, delete)?))
    });
    match found.optional()? {
        None => Ok(missing),
        Some((_, Some(before))) => Ok(Outcome::Repeated(Box::new(ToClient::Deleted(before)))),
        Some((found, None)) => {
            let update = "UPDATE messages SET
                content = '', change = ?2, changed_at = ?3, deleted_by = ?4 WHERE id = ?1";
            let (id, at) = (signed(event.id.get()), signed(event.at));
            db.prepare_cached(update)?.execute(params![message, id, at, delete.by.as_str()])?;
            let content = checked(2, Body::try_from(DELETED_CONTENT))?;
            let left = Message { content, change: Some(event.id), deleted: true, ..found };
            let deleted = delete.deleted(event.id, event.at);
            Ok(Outcome::Deleted(Box::new(Deletion { deleted, left })))
        }
    }
}

/// How it was deleted before, told to who deletes it again.
fn read_deletion(row: &Row<'_>, again: &Delete) -> rusqlite::Result<Option<Deleted>> {
    let Some(by) = row.get_ref(7)?.as_str_or_null()? else { return Ok(None) };
    Ok(Some(Deleted {
        room: again.room.clone(),
        message: again.message,
        by: checked(7, UserName::known(by))?,
        id: optional_id(row, 5)?.unwrap_or_default(),
        at: unsigned(row, 6)?,
        reference: again.reference.clone(),
    }))
}

/// Rows were checked when they came in; one that does not pass now is damage. A message without
/// content was deleted.
pub(crate) fn read_message(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let reference: Option<String> = row.get(4)?;
    let content: String = row.get(2)?;
    let deleted = content.is_empty();
    let content = if deleted { DELETED_CONTENT.to_owned() } else { content };
    Ok(Message {
        room: room.clone(),
        id: id(row, 0)?,
        sender: checked(1, UserName::known(row.get_ref(1)?.as_str()?))?,
        content: checked(2, Body::stored(content))?,
        at: unsigned(row, 3)?,
        reference: checked(4, reference.as_deref().map(Ref::try_from).transpose())?,
        change: optional_id(row, 5)?,
        deleted,
    })
}

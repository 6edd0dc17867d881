//! Deleting: a message loses its text and its reactions for good, and it is noted who did so.

use protocol::{Body, DELETED_CONTENT, Deleted, Message, Refusal, ToClient, UserName};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::target;
use crate::log::acts_on_messages::{NO_SUCH_MESSAGE, OnMessage};
use crate::log::apply::mentions;
use crate::log::database::column::{checked, optional_id, signed, unsigned};
use crate::log::event::{Delete, Event};
use crate::log::outcome::{Outcome, Revision};
use crate::log::search::index;

const NOT_YOURS: Refusal =
    Refusal::NotAllowedHere("only its author and moderators may delete a message");

/// As a moderator.
pub(in crate::log::apply) fn delete(
    db: &Connection,
    event: &Event,
    delete: &Delete,
) -> rusqlite::Result<Outcome> {
    match target::find(db, &delete.room, delete.message)? {
        Some(found) => erase(db, found.message, delete.deleted(event.id, event.at)),
        None => Ok(Outcome::Refused(NO_SUCH_MESSAGE)),
    }
}

/// As its author.
pub(in crate::log::apply) fn delete_own(
    db: &Connection,
    event: &Event,
    on: &OnMessage,
) -> rusqlite::Result<Outcome> {
    let (author, person) = match target::person(db, on)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    match target::find(db, &on.room, on.message)? {
        Some(found) if found.is_of(person) => {
            let deleted = Deleted { by: author.name, ..on.deleted(event.id, event.at) };
            erase(db, found.message, deleted)
        }
        Some(_) => Ok(Outcome::Refused(NOT_YOURS)),
        None => Ok(Outcome::Refused(NO_SUCH_MESSAGE)),
    }
}

fn erase(db: &Connection, message: Message, deleted: Deleted) -> rusqlite::Result<Outcome> {
    let place = signed(message.id.get());
    if message.deleted {
        let before = deleted_before(db, deleted)?;
        return Ok(before.map_or(Outcome::Refused(NO_SUCH_MESSAGE), |before| {
            Outcome::Repeated(Box::new(ToClient::Deleted(before)))
        }));
    }
    index::remove(db, message.id)?;
    let update = "UPDATE messages SET content = '', edited = NULL, reactions = NULL,
        mentions = NULL, everybody = NULL, change = ?2, changed_at = ?3, deleted_by = ?4 WHERE id = ?1";
    let (id, at) = (signed(deleted.id.get()), signed(deleted.at));
    db.prepare_cached(update)?.execute(params![place, id, at, deleted.by.as_str()])?;
    if !message.reactions.is_empty() {
        db.prepare_cached("DELETE FROM reactions WHERE message = ?1")?.execute([place])?;
    }
    mentions::erase(db, &message, false)?;
    let state = Message {
        content: checked(2, Body::try_from(DELETED_CONTENT))?,
        change: Some(deleted.id),
        deleted: true,
        edited: None,
        mentions: Vec::new(),
        everybody: None,
        reactions: Vec::new(),
        ..message
    };
    let (id, told) = (deleted.id, ToClient::Deleted(deleted));
    Ok(Outcome::Revised(Box::new(Revision { id, told, state })))
}

/// How it was deleted before, told to who deletes it again.
fn deleted_before(db: &Connection, again: Deleted) -> rusqlite::Result<Option<Deleted>> {
    let select = "SELECT change, changed_at, deleted_by FROM messages WHERE id = ?1";
    let place = [signed(again.message.get())];
    let found = db.prepare_cached(select)?.query_row(place, |row| {
        let by = checked(2, UserName::known(row.get_ref(2)?.as_str()?))?;
        let id = optional_id(row, 0)?.unwrap_or_default();
        Ok(Deleted { by, id, at: unsigned(row, 1)?, ..again })
    });
    found.optional()
}

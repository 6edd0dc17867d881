//! The message that somebody wants to change, and whether they may change anything there.

use protocol::{Message, MessageId, Refusal, RoomName};
use rusqlite::{Connection, OptionalExtension as _};

use super::row::{COLUMN_COUNT, COLUMNS, read_message};
use crate::log::acts_on_messages::OnMessage;
use crate::log::apply::rooms::room_number;
use crate::log::apply::{names, rooms};
use crate::log::database::column::signed;
use crate::log::event::Author;
use crate::people::names::PersonId;

/// A message as it is, and whose it is.
pub(super) struct Target {
    pub(super) message: Message,
    /// None if whoever said it had no name of their own.
    owner: Option<u64>,
}

impl Target {
    pub(super) fn is_of(&self, person: PersonId) -> bool {
        self.owner == Some(person.get())
    }
}

/// Who does something to a message: only persons may.
pub(super) fn person(
    db: &Connection,
    on: &OnMessage,
) -> rusqlite::Result<Result<(Author, PersonId), Refusal>> {
    let author = names::author(db, &on.author)?;
    let Some(person) = author.person else { return Ok(Err(Refusal::NoName)) };
    if on.room.is_address()
        && let Err(refusal) = rooms::yours(db, &on.room, &author)?
    {
        return Ok(Err(refusal));
    }
    Ok(Ok((author.into_owned(), person)))
}

/// The message, if it is in the room.
pub(super) fn find(
    db: &Connection,
    room: &RoomName,
    message: MessageId,
) -> rusqlite::Result<Option<Target>> {
    let Some(number) = room_number(db, room.key())? else { return Ok(None) };
    let select = format!("SELECT {COLUMNS}, owner FROM messages WHERE room = ?1 AND id = ?2");
    let bounds = [number, signed(message.get())];
    let found = db.prepare_cached(&select)?.query_row(bounds, |row| {
        let owner = row.get_ref(COLUMN_COUNT)?.as_i64().ok();
        let message = read_message(row, room)?;
        Ok(Target { message, owner: owner.and_then(|owner| u64::try_from(owner).ok()) })
    });
    found.optional()
}

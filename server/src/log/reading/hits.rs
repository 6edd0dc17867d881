//! Messages of any rooms as they go into an answer: the newest first, no more than it holds, none that must not be read.
//!
//! This file does not know what they have in common.

use protocol::{MessageId, RoomName, history_bytes_left};
use rusqlite::{Connection, Rows};

use super::reader::stored;
use super::sight::Sight;
use crate::log::apply::MESSAGE_COLUMNS;
use crate::log::database::column::{checked, id, signed};

/// What goes into the answer.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub(super) envelopes: Vec<String>,
    /// There are others.
    pub(super) more: bool,
    bytes: usize,
}

impl Hits {
    /// Takes messages as long as there is a place for them. Each row is an id and the name of a room.
    pub(super) fn fill(
        &mut self,
        db: &Connection,
        mut rows: Rows<'_>,
        (sight, limit): (&Sight, usize),
    ) -> rusqlite::Result<()> {
        while let Some(row) = rows.next()? {
            let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
            if !sight.has(&room) {
                continue;
            }
            let has_place = self.envelopes.len() < limit && self.take(db, (id(row, 0)?, &room))?;
            if !has_place {
                self.more = true;
                break;
            }
        }
        Ok(())
    }

    /// As it is now; false if it does not fit.
    fn take(
        &mut self,
        db: &Connection,
        (message, room): (MessageId, &RoomName),
    ) -> rusqlite::Result<bool> {
        let select = format!("SELECT {MESSAGE_COLUMNS} FROM messages WHERE id = ?1");
        let mut select = db.prepare_cached(&select)?;
        let found = select.query_row([signed(message.get())], |row| stored(row, room))?;
        let envelope = found.frame.envelope();
        let bytes = self.bytes + envelope.len() + 1;
        if bytes > history_bytes_left(0) {
            return Ok(false);
        }
        self.bytes = bytes;
        self.envelopes.push(envelope.to_owned());
        Ok(true)
    }
}

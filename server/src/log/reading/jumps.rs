//! Pages that do not end with the newest message: what comes after an id, and what is around one.
//!
//! This file does not know what belongs to the newest page besides messages.

use protocol::{MessageId, RoomName, Span, history_bytes_left};
use rusqlite::params;

use super::page::{Asked, Page};
use super::reader::{Found, Reader, bytes, stored};
use crate::log::apply::MESSAGE_COLUMNS;
use crate::log::database::column::{id, signed};

impl Reader {
    /// A message with as many on both sides of it.
    pub(super) fn around(
        &self,
        id: i64,
        room: &RoomName,
        (middle, limit): (MessageId, usize),
    ) -> rusqlite::Result<Option<Page>> {
        // The message itself is the last of those up to it.
        let upto = MessageId::try_from(middle.get() + 1).unwrap_or(MessageId::LAST);
        let half = limit.saturating_sub(1) / 2;
        let bytes_max = history_bytes_left(0);
        let since = MessageId::ZERO;
        let until =
            Asked { since, span: Span::Before(upto), limit: limit.saturating_sub(half).max(1) };
        let (mut messages, beyond) = self.newest(id, room, &until, |_, nth, bytes| {
            nth < until.limit && (nth == 0 || bytes <= bytes_max / 2)
        })?;
        if messages.last().is_none_or(|last| last.id != middle) {
            return Ok(None);
        }
        let bytes_left = bytes_max.saturating_sub(bytes(&messages, |_| true));
        let (newer, next) = self.oldest(id, room, (middle, half), bytes_left)?;
        messages.extend(newer);
        messages.truncate(limit);
        let head = self.head(id)?;
        Ok(Some(Page { messages, beyond, newer: next.is_some(), head, ..Page::default() }))
    }

    /// The oldest that come after an id.
    pub(super) fn after(
        &self,
        id: i64,
        room: &RoomName,
        (after, limit): (MessageId, usize),
    ) -> rusqlite::Result<Page> {
        let (messages, beyond) = self.oldest(id, room, (after, limit), history_bytes_left(0))?;
        Ok(Page { messages, beyond, head: self.head(id)?, ..Page::default() })
    }

    /// The first messages after an id, within so many bytes, and the id of the one behind them.
    fn oldest(
        &self,
        id_of_room: i64,
        room: &RoomName,
        (after, limit): (MessageId, usize),
        bytes_max: usize,
    ) -> rusqlite::Result<Found> {
        let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let select = format!(
            "SELECT {MESSAGE_COLUMNS} FROM messages
            WHERE room = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
        );
        let mut select = self.db().prepare_cached(&select)?;
        let mut rows = select.query(params![id_of_room, signed(after.get()), one_more])?;
        let (mut messages, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let id = id(row, 0)?;
            if messages.len() == limit {
                return Ok((messages, Some(id)));
            }
            let message = stored(row, room)?;
            bytes += message.frame.envelope().len() + 1;
            if bytes > bytes_max {
                return Ok((messages, Some(id)));
            }
            messages.push(message);
        }
        Ok((messages, None))
    }
}

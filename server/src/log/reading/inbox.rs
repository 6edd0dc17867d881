//! The messages that mention somebody, newest first, over all rooms that they may read.
//!
//! This file does not know who asks.

use std::sync::Arc;

use protocol::{ID_END, MessageId, Ref, RoomName, encode_mentions, history_bytes_left};
use rusqlite::params;

use super::reader::Reader;
use super::search::envelope;
use super::sight::Sight;
use crate::frame::{Delivery, Frame};
use crate::log::database::column::{checked, id, signed};

/// Which mentions are asked for.
#[derive(Debug, Clone)]
pub(crate) struct InboxAsked {
    pub(crate) sight: Sight,
    pub(crate) before: Option<MessageId>,
    pub(crate) limit: usize,
    pub(crate) reference: Option<Ref>,
}

impl Reader {
    /// The `mentions` envelope.
    pub(in crate::log) fn inbox(&self, asked: &InboxAsked) -> rusqlite::Result<Arc<Frame>> {
        let db = self.db();
        let _snapshot = db.unchecked_transaction()?;
        // Who has left a private room finds nothing of it here either.
        let select = "SELECT m.message, r.name FROM mentions m JOIN rooms r ON r.id = m.room
            WHERE m.person = ?1 AND m.message < ?2 AND (r.kind = 0 OR EXISTS
                (SELECT 1 FROM members WHERE room = m.room AND person = ?1))
            ORDER BY m.message DESC";
        let before = asked.before.map_or(ID_END, MessageId::get);
        let person = asked.sight.person.map(|person| signed(person.get()));
        let mut select = db.prepare_cached(select)?;
        let mut rows = select.query(params![person, signed(before)])?;
        let (mut envelopes, mut bytes, mut more) = (Vec::new(), 0, false);
        while let Some(row) = rows.next()? {
            let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
            if !asked.sight.has(&room) {
                continue;
            }
            more = envelopes.len() == asked.limit;
            if more {
                break;
            }
            let envelope = envelope(db, (id(row, 0)?, &room))?;
            bytes += envelope.len() + 1;
            more = bytes > history_bytes_left(0);
            if more {
                break;
            }
            envelopes.push(envelope);
        }
        let text = encode_mentions(&envelopes, more, asked.reference.as_ref());
        Ok(Frame::text(text, Delivery::Always))
    }
}

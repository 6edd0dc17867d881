//! The messages that mention somebody, newest first, over all rooms that they may read.
//!
//! This file does not know who asks.

use std::sync::Arc;

use protocol::{ID_END, MessageId, Ref, encode_mentions};
use rusqlite::params;

use super::hits::Hits;
use super::reader::Reader;
use super::sight::Sight;
use crate::frame::{Delivery, Frame};
use crate::log::database::column::signed;

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
        let rows = select.query(params![person, signed(before)])?;
        let mut hits = Hits::default();
        hits.fill(db, rows, (&asked.sight, asked.limit))?;
        let text = encode_mentions(&hits.envelopes, hits.more, asked.reference.as_ref());
        Ok(Frame::text(text, Delivery::Always))
    }
}

//! What is asked of the log, and what is found.
//!
//! This file does not know where it is found.

use std::sync::Arc;

use protocol::{Epoch, HistoryEnd, Message, MessageId, Ref, RoomName, ToClient, encode_history};

use crate::frame::{Frame, Order};
use crate::hub::lane;

/// The newest `limit` messages after `since` and before `before`.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) since: MessageId,
    pub(crate) before: Option<MessageId>,
    pub(crate) limit: usize,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// Ascending.
    pub(crate) messages: Vec<Stored>,
    /// The next older message of what was asked for, if the page could not hold it all.
    pub(crate) older: Option<MessageId>,
    /// The newest that the room ever had, zero if it had none. Deletions count.
    pub(crate) head: MessageId,
    /// The newest after `since`.
    pub(crate) deletions: Deletions,
}

impl Page {
    /// What somebody asked for, of a page with all of it: the newest of the room, and all deletions.
    pub(crate) fn part(self, asked: &Asked) -> Page {
        let from = self.messages.partition_point(|message| message.id <= asked.since);
        let first = from.max(self.messages.len().saturating_sub(asked.limit));
        let older = match first.checked_sub(1) {
            Some(before) if first > from => Some(self.messages[before].id),
            _ => self.older.filter(|older| *older > asked.since),
        };
        let Deletions { mut list, floor } = self.deletions;
        list.retain(|deletion| deletion.id > asked.since);
        Page {
            messages: self.messages.into_iter().skip(first).collect(),
            older,
            head: self.head,
            deletions: Deletions { list, floor: floor.max(asked.since) },
        }
    }

    /// Bytes that it takes on its way.
    pub(crate) fn bytes(&self) -> u64 {
        let messages: usize = self.messages.iter().map(|m| m.frame.bytes().len()).sum();
        // An id has up to sixteen digits, and a comma.
        let deleted = 17 * self.deletions.list.len();
        u64::try_from(messages + deleted).unwrap_or(u64::MAX)
    }

    /// The `history` envelope for who asked after `since`. Only after a join it tells which log it is from.
    pub(crate) fn envelope(
        &self,
        room: &RoomName,
        since: MessageId,
        epoch: Option<&Epoch>,
        reference: Option<&Ref>,
    ) -> Arc<Frame> {
        let messages: Vec<_> = self.messages.iter().map(|m| m.frame.envelope()).collect();
        // Who asks from the beginning has nothing that could have been deleted.
        let has_some = since > MessageId::ZERO;
        let stale = self.deletions.list.iter().map(|deletion| deletion.message);
        let deleted: Vec<_> = stale.filter(|message| has_some && *message <= since).collect();
        let end = HistoryEnd {
            more: self.older.is_some(),
            head: self.head,
            deleted: &deleted,
            deleted_more: has_some && self.deletions.floor > since,
            epoch,
            reference,
        };
        Frame::text(encode_history(room, &messages, end), Order::Plain)
    }
}

/// A message was deleted: the deletion's own id, and the message's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deletion {
    pub(crate) id: MessageId,
    pub(crate) message: MessageId,
}

/// Deletions, ascending: all there are after `floor`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deletions {
    pub(crate) list: Vec<Deletion>,
    pub(crate) floor: MessageId,
}

/// A stored message as it goes to clients.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: MessageId,
    pub(crate) frame: Arc<Frame>,
}

impl Stored {
    /// A message, encoded and numbered within its room.
    pub(crate) fn new(message: Message) -> Self {
        let id = message.id;
        let order = Order::Numbered { lane: lane(&message.room), number: id.get() };
        Stored { id, frame: Frame::text(ToClient::Message(message).encode(), order) }
    }
}

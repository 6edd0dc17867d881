//! What of a room is unread, counted once and then only further.
//!
//! This file does not know what counts as read.

use protocol::{MessageId, UserName};

use super::{Place, Room};

/// A count of what was not read, and what it holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    read: MessageId,
    changes: u64,
    /// Up to here.
    counted: Place,
    unread: usize,
    mentions: usize,
}

impl Default for Tally {
    fn default() -> Self {
        let (read, counted) = (MessageId::ZERO, Place { id: MessageId::ZERO, note: u32::MAX });
        Tally { read, changes: 0, counted, unread: 0, mentions: 0 }
    }
}

impl Room {
    /// Messages of others after the last one read.
    pub fn unread(&self, me: Option<&UserName>) -> usize {
        self.tally(me).unread
    }

    /// How many of them name this person.
    pub fn mentions(&self, me: Option<&UserName>) -> usize {
        self.tally(me).mentions
    }

    /// More came after this message than is here.
    pub fn has_more_after(&self, seen: MessageId) -> bool {
        self.missed && self.more && self.oldest().is_some_and(|oldest| oldest > seen)
    }

    /// Counts what was not read. What was counted before is not counted again: only what came behind
    /// it, unless something else has changed since.
    fn tally(&self, me: Option<&UserName>) -> Tally {
        let mut tally = self.tally.get();
        if tally.read != self.read || tally.changes != self.changes {
            let counted = Place { id: self.read, note: u32::MAX };
            tally =
                Tally { read: self.read, changes: self.changes, counted, unread: 0, mentions: 0 };
        }
        let from = self.entries.partition_point(|entry| entry.place <= tally.counted);
        for entry in self.entries.range(from..) {
            let is_others = entry.message().is_some_and(|message| Some(&message.sender) != me);
            tally.unread += usize::from(is_others);
            tally.mentions += usize::from(entry.is_mention);
            tally.counted = entry.place;
        }
        self.tally.set(tally);
        tally
    }
}

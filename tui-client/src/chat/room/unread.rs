//! What of a room is unread, counted once and then only further.
//!
//! This file does not know what counts as read.

use protocol::{MessageId, UserName};

use super::tally::Tally;
use super::{Place, Room};

impl Room {
    /// Messages of others after the last one read.
    pub fn unread(&self, me: Option<&UserName>) -> usize {
        if self.counts.is_told() { self.counts.unread() } else { self.tally(me).unread }
    }

    /// How many of them name this person.
    pub fn mentions(&self, me: Option<&UserName>) -> usize {
        if self.counts.is_told() { self.counts.mentions() } else { self.tally(me).mentions }
    }

    /// Something unread is for this person above all: it names them, or is said to them alone.
    pub fn is_meant(&self, me: Option<&UserName>) -> bool {
        self.mentions(me) > 0 || self.notifies_of_all() && self.is_direct() && self.unread(me) > 0
    }

    /// More is unread than is counted.
    pub fn has_more_unread(&self) -> bool {
        !self.counts.is_told() && self.has_more_after(self.read)
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

//! What is held of a room that holds no more: all of it goes, because more changed than can be told, or
//! because a backup took the place of the log it is of.
//!
//! This file does not know who tells it, or what is fetched then.

use protocol::{Epoch, MessageId};

use super::{Counts, Room, Telling};

impl Room {
    /// What is here may be wrong, or is not wanted any more: it can be fetched anew.
    pub fn forget(&mut self) {
        self.entries.clear();
        self.changes += 1;
        self.gap_after = None;
        self.missed = false;
        self.more = true;
        self.to_bottom();
    }

    /// What is here up to this message may be wrong. What came after it was told live.
    pub fn forget_up_to(&mut self, id: MessageId) {
        self.drop_oldest(self.entries.partition_point(|entry| entry.place.id <= id));
    }

    /// It is of this log. If what is here is of another, it is forgotten, but for how far it was read
    /// and what still waits to be sent: true.
    pub fn take_epoch(&mut self, epoch: Epoch) -> bool {
        let is_other = self.epoch.as_ref().is_some_and(|known| *known != epoch);
        self.epoch = Some(epoch);
        if is_other {
            let read = self.read;
            self.forget();
            (self.read, self.head) = (read, MessageId::ZERO);
            self.forget_counts();
        }
        is_other
    }

    /// What the server told of what is unread is of another log, or of another person.
    pub fn forget_counts(&mut self) {
        (self.counts, self.telling) = (Counts::default(), Telling::default());
        self.mark_stays = false;
    }

    /// Nothing can be read that is not there.
    pub fn read_no_further(&mut self) {
        self.read = self.read.min(self.head);
        self.looked_away = self.looked_away.map(|id| id.min(self.head));
    }
}

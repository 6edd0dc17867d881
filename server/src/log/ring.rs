//! The newest messages of one open room, encoded: most replays need nothing else.
//!
//! This file does not know the database, or who asks.

use std::collections::VecDeque;

use protocol::MessageId;

use super::page::{Asked, Page, Stored};

/// Messages kept of a room: two pages of the usual length.
pub(crate) const RING_MESSAGES_MAX: usize = 100;
/// Bytes kept of a room, so that 20,000 rooms of long texts stay below a gigabyte.
const RING_BYTES_MAX: usize = 32 * 1024;

/// Ascending, without a hole between its oldest and the newest of the room.
#[derive(Debug, Default)]
pub(super) struct Ring {
    stored: VecDeque<Stored>,
    bytes: usize,
    /// Every message of the room after this one is here: the id of the message before the oldest,
    /// zero if there is none. Not known before the room was read once.
    floor: Option<MessageId>,
    /// The newest message that the room ever had.
    head: MessageId,
    /// Everything up to here was deleted.
    deleted: MessageId,
}

impl Ring {
    /// Adds a message that was just committed, or that a read found first.
    pub(super) fn push(&mut self, message: Stored) {
        if message.id <= self.newest() || message.id <= self.deleted {
            return;
        }
        self.head = message.id;
        self.bytes += message.frame.bytes().len();
        self.stored.push_back(message);
        while self.stored.len() > RING_MESSAGES_MAX || self.bytes > RING_BYTES_MAX {
            let Some(oldest) = self.stored.pop_front() else { break };
            self.bytes -= oldest.frame.bytes().len();
            self.floor = Some(oldest.id);
        }
    }

    /// Puts what a read found before what was pushed since the room was opened. The read began
    /// after the opening, so nothing is missing between the two.
    pub(super) fn seed(&mut self, found: Page) {
        if self.floor.is_some() {
            return;
        }
        let live = std::mem::take(self);
        self.deleted = live.deleted;
        self.floor = Some(found.older.unwrap_or_default());
        for message in found.messages.into_iter().chain(live.stored) {
            self.push(message);
        }
        self.head = self.head.max(found.head);
        self.forget_deleted();
    }

    /// Forgets everything up to `upto`.
    pub(super) fn deleted(&mut self, upto: MessageId) {
        self.deleted = self.deleted.max(upto);
        let gone = self.stored.partition_point(|message| message.id <= upto);
        for oldest in self.stored.drain(..gone) {
            self.bytes -= oldest.frame.bytes().len();
        }
        self.forget_deleted();
    }

    /// What was deleted is not before the oldest any more.
    fn forget_deleted(&mut self) {
        if self.floor.is_some_and(|floor| floor <= self.deleted) {
            self.floor = Some(MessageId::ZERO);
        }
    }

    /// The newest of what was asked for, if all of it is here.
    pub(super) fn page(&self, asked: &Asked) -> Option<Page> {
        let floor = self.floor?;
        let from = self.stored.partition_point(|message| message.id <= asked.since);
        let to = match asked.before {
            Some(before) => self.stored.partition_point(|message| message.id < before),
            None => self.stored.len(),
        };
        let found = to.saturating_sub(from);
        let below = (floor > asked.since).then_some(floor);
        if below.is_some() && found < asked.limit {
            return None;
        }
        let first = to - found.min(asked.limit);
        let older = if found > asked.limit { Some(self.stored[first - 1].id) } else { below };
        Some(Page {
            messages: self.stored.range(first..to).cloned().collect(),
            older,
            head: self.head,
        })
    }

    fn newest(&self) -> MessageId {
        self.stored.back().map_or(MessageId::ZERO, |message| message.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Frame, Order};

    fn id(n: u64) -> MessageId {
        MessageId::try_from(n).unwrap()
    }

    fn stored(n: u64, bytes: usize) -> Stored {
        Stored { id: id(n), frame: Frame::text("x".repeat(bytes), Order::Plain) }
    }

    fn asked(since: u64, before: Option<u64>, limit: usize) -> Asked {
        Asked { since: id(since), before: before.map(id), limit }
    }

    /// A page as the database gives it; an older message of 0 is none.
    fn found(messages: Vec<Stored>, older: u64) -> Page {
        let head = messages.last().map_or(id(older), |message| message.id);
        Page { messages, older: (older > 0).then(|| id(older)), head }
    }

    fn ids(page: &Page) -> Vec<u64> {
        page.messages.iter().map(|message| message.id.get()).collect()
    }

    #[test]
    fn a_room_never_read_answers_nothing() {
        let mut ring = Ring::default();
        ring.push(stored(5, 1));
        assert!(ring.page(&asked(0, None, 1)).is_none());
    }

    #[test]
    fn what_was_read_and_what_came_meanwhile_join_without_a_repeat() {
        let mut ring = Ring::default();
        ring.push(stored(5, 1));
        ring.push(stored(6, 1));
        ring.seed(found(vec![stored(3, 1), stored(4, 1), stored(5, 1)], 2));
        let page = ring.page(&asked(2, None, 10)).unwrap();
        assert_eq!(ids(&page), [3, 4, 5, 6]);
        assert_eq!(page.older, None);
        assert_eq!(page.head, id(6));
        assert!(ring.page(&asked(1, None, 10)).is_none(), "message 2 is not here");
        let page = ring.page(&asked(0, Some(6), 2)).unwrap();
        assert_eq!((ids(&page), page.older), (vec![4, 5], Some(id(3))));
    }

    #[test]
    fn an_empty_room_is_known_to_be_empty() {
        let mut ring = Ring::default();
        ring.seed(found(Vec::new(), 0));
        let page = ring.page(&asked(0, None, 50)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![], None, MessageId::ZERO));
    }

    #[test]
    fn it_keeps_its_bounds_and_remembers_its_floor() {
        let mut ring = Ring::default();
        ring.seed(found(Vec::new(), 0));
        let count = RING_MESSAGES_MAX as u64 + 7;
        (1..=count).for_each(|n| ring.push(stored(n, 1)));
        assert_eq!(ring.stored.len(), RING_MESSAGES_MAX);
        assert!(ring.page(&asked(6, None, 200)).is_none());
        assert_eq!(ring.page(&asked(7, None, 200)).unwrap().messages.len(), RING_MESSAGES_MAX);
        ring.push(stored(count + 1, RING_BYTES_MAX - 100));
        assert!(ring.bytes <= RING_BYTES_MAX);
        ring.push(stored(count + 2, RING_BYTES_MAX + 1));
        assert_eq!((ring.stored.len(), ring.bytes), (0, 0));
        assert_eq!(ring.page(&asked(count + 2, None, 5)).unwrap().head, id(count + 2));
    }

    #[test]
    fn what_was_deleted_is_not_found_and_the_head_stays() {
        let mut ring = Ring::default();
        ring.seed(found((3..=6).map(|n| stored(n, 1)).collect(), 2));
        ring.deleted(id(4));
        let page = ring.page(&asked(0, None, 10)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![5, 6], None, id(6)));
        ring.deleted(id(6));
        let page = ring.page(&asked(0, None, 10)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![], None, id(6)));
        assert_eq!(ring.bytes, 0);
        ring.push(stored(7, 1));
        assert_eq!(ids(&ring.page(&asked(6, None, 10)).unwrap()), [7]);
    }

    #[test]
    fn what_is_deleted_while_it_is_read_stays_deleted() {
        let mut ring = Ring::default();
        ring.deleted(id(4));
        ring.push(stored(7, 1));
        ring.seed(found((3..=6).map(|n| stored(n, 1)).collect(), 2));
        let page = ring.page(&asked(0, None, 10)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![5, 6, 7], None, id(7)));
    }
}

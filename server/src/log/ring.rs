//! The newest messages of one open room, encoded: most replays need nothing else.
//!
//! This file does not know the database, or who asks.

use std::collections::VecDeque;

use protocol::MessageId;

use super::page::{Asked, Deletion, Deletions, Page, Stored};

/// Messages kept of a room: two pages of the usual length.
pub(crate) const RING_MESSAGES_MAX: usize = 100;
/// Bytes kept of a room, so that 20,000 rooms of long texts stay below a gigabyte.
pub(crate) const RING_BYTES_MAX: usize = 32 * 1024;

/// Deletions kept of a room: who comes back after more of them is answered by the database.
const RING_DELETIONS_MAX: usize = 100;

/// Ascending, without a hole between its oldest and the newest of the room.
#[derive(Debug, Default)]
pub(super) struct Ring {
    stored: VecDeque<Stored>,
    bytes: usize,
    /// Every message of the room after this one is here: the id of the message before the oldest,
    /// zero if there is none. Not known before the room was read once, or more was said than is kept.
    floor: Option<MessageId>,
    /// The newest that the room ever had.
    head: MessageId,
    /// Everything up to here was cleared away.
    cleared: MessageId,
    /// Ascending. Every deletion of the room after `deletions_floor` is here.
    deletions: VecDeque<Deletion>,
    deletions_floor: MessageId,
}

impl Ring {
    /// Adds a message that was just committed, or that a read found first.
    pub(super) fn push(&mut self, message: Stored) {
        if message.id <= self.newest() || message.id <= self.cleared {
            return;
        }
        self.head = self.head.max(message.id);
        self.bytes += message.frame.bytes().len();
        self.stored.push_back(message);
        while self.stored.len() > RING_MESSAGES_MAX || self.bytes > RING_BYTES_MAX {
            self.drop_oldest();
        }
    }

    /// Whether the room was not read yet.
    pub(super) fn is_new(&self) -> bool {
        self.floor.is_none()
    }

    /// Bytes that its messages take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives up its oldest message; false if it has none.
    pub(super) fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.stored.pop_front() else { return false };
        self.bytes -= oldest.frame.bytes().len();
        if self.floor.is_none() {
            // What was deleted before the room was opened is not known here.
            self.deletions_floor = self.deletions_floor.max(oldest.id);
        }
        self.floor = Some(oldest.id);
        true
    }

    /// A message was deleted: its tombstone takes its place.
    pub(super) fn delete(&mut self, deletion: Deletion, tombstone: Stored) {
        if let Ok(place) = self.stored.binary_search_by_key(&tombstone.id, |stored| stored.id) {
            self.bytes += tombstone.frame.bytes().len();
            self.bytes -= self.stored[place].frame.bytes().len();
            self.stored[place] = tombstone;
        }
        self.note(deletion);
    }

    fn note(&mut self, deletion: Deletion) {
        self.head = self.head.max(deletion.id);
        self.deletions.push_back(deletion);
        if self.deletions.len() > RING_DELETIONS_MAX {
            self.forget_deletion();
        }
    }

    fn forget_deletion(&mut self) {
        if let Some(oldest) = self.deletions.pop_front() {
            self.deletions_floor = self.deletions_floor.max(oldest.id);
        }
    }

    /// Puts what a read of the newest found before what was pushed since the room was opened. The
    /// read began after the opening, so nothing is missing between the two. What it found may have
    /// been deleted since: then it is of no use.
    pub(super) fn seed(&mut self, found: Page) {
        let newest = self.deletions.back().map_or(MessageId::ZERO, |newest| newest.id);
        if self.floor.is_some() || newest > found.head {
            return;
        }
        let live = std::mem::take(self);
        self.cleared = live.cleared;
        self.floor = Some(found.older.unwrap_or_default());
        for message in found.messages.into_iter().chain(live.stored) {
            self.push(message);
        }
        self.head = self.head.max(found.head);
        self.deletions_floor = found.deletions.floor;
        found.deletions.list.into_iter().for_each(|deletion| self.note(deletion));
        self.forget_cleared();
    }

    /// Forgets everything up to `upto`.
    pub(super) fn clear(&mut self, upto: MessageId) {
        self.cleared = self.cleared.max(upto);
        let gone = self.stored.partition_point(|message| message.id <= upto);
        for oldest in self.stored.drain(..gone) {
            self.bytes -= oldest.frame.bytes().len();
        }
        self.forget_cleared();
    }

    /// What was cleared away is not before the oldest any more.
    fn forget_cleared(&mut self) {
        if self.floor.is_some_and(|floor| floor <= self.cleared) {
            self.floor = Some(MessageId::ZERO);
        }
        while self.deletions.front().is_some_and(|oldest| oldest.id <= self.cleared) {
            self.forget_deletion();
        }
    }

    /// The newest of what was asked for, if all of it is here.
    pub(super) fn page(&self, asked: &Asked) -> Option<Page> {
        let floor = self.floor?;
        if asked.before.is_some_and(|before| before.get() <= 1) {
            // A sign of life: there is nothing before the first id.
            return Some(Page { head: self.head, ..Page::default() });
        }
        if asked.since > MessageId::ZERO && asked.since < self.deletions_floor {
            return None;
        }
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
            deletions: self.deletions_after(asked.since),
        })
    }

    fn deletions_after(&self, since: MessageId) -> Deletions {
        let from = self.deletions.partition_point(|deletion| deletion.id <= since);
        let list = self.deletions.range(from..).copied().collect();
        Deletions { list, floor: since.max(self.deletions_floor) }
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

    fn found(messages: Vec<Stored>, floor: u64) -> Page {
        let head = messages.last().map_or(id(floor), |newest| newest.id);
        let older = (floor > 0).then_some(id(floor));
        Page { messages, older, head, deletions: Deletions::default() }
    }

    fn deletion(n: u64, message: u64) -> Deletion {
        Deletion { id: id(n), message: id(message) }
    }

    fn asked(since: u64, before: Option<u64>, limit: usize) -> Asked {
        Asked { since: id(since), before: before.map(id), limit }
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
    fn a_sign_of_life_costs_no_read_whatever_is_not_here() {
        let mut ring = Ring::default();
        assert!(ring.is_new() && ring.page(&asked(0, Some(1), 1)).is_none());
        ring.seed(found(vec![stored(7, 1)], 5));
        let page = ring.page(&asked(0, Some(1), 1)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![], None, id(7)));
        assert!(!ring.is_new() && ring.page(&asked(0, Some(7), 1)).is_none());
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
    fn what_was_deleted_before_a_room_was_opened_is_never_taken_for_nothing() {
        let mut ring = Ring::default();
        let count = RING_MESSAGES_MAX as u64 + 3;
        (5..5 + count).for_each(|n| ring.push(stored(n, 1)));
        ring.delete(deletion(300, 7), stored(7, 1));
        assert!(ring.page(&asked(4, None, 50)).is_none(), "the database knows them");
        let page = ring.page(&asked(5, None, 50)).unwrap();
        assert_eq!((page.messages.len(), page.deletions.list), (50, vec![deletion(300, 7)]));
        assert_eq!(page.deletions.floor, id(5));
    }

    #[test]
    fn a_tombstone_takes_its_messages_place_and_is_told_to_who_has_the_message() {
        let mut ring = Ring::default();
        ring.seed(found(vec![stored(1, 10), stored(2, 10)], 0));
        ring.delete(deletion(3, 1), stored(1, 5));
        ring.push(stored(4, 10));
        let page = ring.page(&asked(0, None, 50)).unwrap();
        assert_eq!((ids(&page), page.head), (vec![1, 2, 4], id(4)));
        assert_eq!(page.messages[0].frame.envelope().len(), 5);
        assert_eq!(ring.page(&asked(2, None, 50)).unwrap().deletions.list, [deletion(3, 1)]);
        assert!(ring.page(&asked(3, None, 50)).unwrap().deletions.list.is_empty());
        ring.delete(deletion(5, 4), stored(4, 5));
        assert_eq!(ring.page(&asked(4, None, 50)).unwrap().head, id(5));
        let bytes: usize = ring.stored.iter().map(|stored| stored.frame.bytes().len()).sum();
        assert_eq!(ring.bytes, bytes);
    }

    #[test]
    fn what_was_read_before_a_deletion_is_of_no_use() {
        let mut ring = Ring::default();
        let read = found(vec![stored(1, 10)], 0);
        ring.delete(deletion(2, 1), stored(1, 5));
        ring.seed(read);
        assert!(ring.page(&asked(0, None, 50)).is_none());
        let mut read = found(vec![stored(1, 5)], 0);
        read.deletions.list = vec![deletion(2, 1)];
        read.head = id(2);
        ring.seed(read);
        assert_eq!(ring.page(&asked(1, None, 50)).unwrap().deletions.list, [deletion(2, 1)]);
    }

    #[test]
    fn who_missed_more_deletions_than_it_keeps_is_not_answered_here() {
        let mut ring = Ring::default();
        ring.seed(found(vec![stored(1, 1)], 0));
        let last = RING_DELETIONS_MAX as u64 + 2;
        (2..=last).for_each(|n| ring.delete(deletion(n, 1), stored(1, 1)));
        assert_eq!(ring.deletions.len(), RING_DELETIONS_MAX);
        assert!(ring.page(&asked(1, None, 50)).is_none());
        let page = ring.page(&asked(2, None, 50)).unwrap();
        assert_eq!(page.deletions.list.len(), RING_DELETIONS_MAX);
        assert!(ring.page(&asked(0, None, 50)).is_some(), "who has nothing missed nothing");
    }

    #[test]
    fn what_was_cleared_away_is_not_found_and_the_head_stays() {
        let mut ring = Ring::default();
        ring.seed(found((3..=6).map(|n| stored(n, 1)).collect(), 2));
        ring.clear(id(4));
        let page = ring.page(&asked(0, None, 10)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![5, 6], None, id(6)));
        ring.clear(id(6));
        let page = ring.page(&asked(0, None, 10)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![], None, id(6)));
        assert_eq!(ring.bytes, 0);
        ring.push(stored(7, 1));
        assert_eq!(ids(&ring.page(&asked(6, None, 10)).unwrap()), [7]);
    }

    #[test]
    fn what_is_cleared_away_while_it_is_read_stays_so() {
        let mut ring = Ring::default();
        ring.clear(id(4));
        ring.push(stored(7, 1));
        ring.seed(found((3..=6).map(|n| stored(n, 1)).collect(), 2));
        let page = ring.page(&asked(0, None, 10)).unwrap();
        assert_eq!((ids(&page), page.older, page.head), (vec![5, 6, 7], None, id(7)));
    }

    #[test]
    fn deletions_that_were_cleared_away_are_not_told_and_that_is_told() {
        let mut ring = Ring::default();
        ring.seed(found((1..=3).map(|n| stored(n, 1)).collect(), 0));
        ring.delete(deletion(4, 1), stored(1, 1));
        ring.push(stored(5, 1));
        ring.delete(deletion(6, 5), stored(5, 1));
        ring.clear(id(4));
        assert!(
            ring.page(&asked(3, None, 10)).is_none(),
            "the database knows that there were more"
        );
        let page = ring.page(&asked(4, None, 10)).unwrap();
        assert_eq!((ids(&page), page.head), (vec![5], id(6)));
        assert_eq!(page.deletions.list, [deletion(6, 5)]);
        ring.clear(id(6));
        assert_eq!(ring.page(&asked(6, None, 10)).unwrap().head, id(6));
        assert!(ring.deletions.is_empty());
    }
}

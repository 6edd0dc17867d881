//! The newest messages of one open room, encoded: most replays need nothing else.
//!
//! This file does not know the database, or who asks.

use std::collections::VecDeque;

use protocol::MessageId;

use super::page::{Asked, Changes, Page, Stored};

/// Messages kept of a room: two pages of the usual length.
pub(crate) const RING_MESSAGES_MAX: usize = 100;
/// Bytes kept of a room, so that 20,000 rooms of long texts stay below a gigabyte.
pub(crate) const RING_BYTES_MAX: usize = 32 * 1024;

/// Changes kept of a room: who comes back after more of them is answered by the database.
const RING_CHANGES_MAX: usize = 100;
/// Bytes of the messages that changed, beside those that are kept anyway.
const RING_CHANGES_BYTES_MAX: usize = 16 * 1024;

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
    /// Messages that changed, ascending by change, each once. Every change of the room after
    /// `changes_floor` is here.
    changes: VecDeque<Stored>,
    changes_bytes: usize,
    changes_floor: MessageId,
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
        self.bytes + self.changes_bytes
    }

    /// Gives up its oldest message, or its oldest change; false if it has none.
    pub(super) fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.stored.pop_front() else { return self.forget_change() };
        self.bytes -= oldest.frame.bytes().len();
        if self.floor.is_none() {
            // What changed before the room was opened is not known here.
            self.changes_floor = self.changes_floor.max(oldest.id);
        }
        self.floor = Some(oldest.id);
        true
    }

    /// A message changed: its new state takes its place.
    pub(super) fn change(&mut self, state: Stored) {
        if let Ok(place) = self.stored.binary_search_by_key(&state.id, |stored| stored.id) {
            self.bytes += state.frame.bytes().len();
            self.bytes -= self.stored[place].frame.bytes().len();
            self.stored[place] = state.clone();
        }
        self.note(state);
    }

    fn note(&mut self, state: Stored) {
        self.head = self.head.max(state.change);
        if let Some(before) = self.changes.iter().position(|change| change.id == state.id)
            && let Some(before) = self.changes.remove(before)
        {
            self.changes_bytes -= before.frame.bytes().len();
        }
        self.changes_bytes += state.frame.bytes().len();
        self.changes.push_back(state);
        while self.changes.len() > RING_CHANGES_MAX || self.changes_bytes > RING_CHANGES_BYTES_MAX {
            self.forget_change();
        }
    }

    fn forget_change(&mut self) -> bool {
        let Some(oldest) = self.changes.pop_front() else { return false };
        self.changes_bytes -= oldest.frame.bytes().len();
        self.changes_floor = self.changes_floor.max(oldest.change);
        true
    }

    /// Puts what a read of the newest found before what was pushed since the room was opened. The
    /// read began after the opening, so nothing is missing between the two. What it found may have
    /// changed since: then it is of no use.
    pub(super) fn seed(&mut self, found: Page) {
        let newest = self.changes.back().map_or(MessageId::ZERO, |newest| newest.change);
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
        self.changes_floor = found.changes.floor;
        found.changes.list.into_iter().for_each(|state| self.note(state));
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
        let gone = self.changes.iter().rposition(|message| message.id <= self.cleared);
        for _ in 0..gone.map_or(0, |last| last + 1) {
            self.forget_change();
        }
    }

    /// The newest of what was asked for, if all of it is here.
    pub(super) fn page(&self, asked: &Asked) -> Option<Page> {
        let floor = self.floor?;
        if asked.before.is_some_and(|before| before.get() <= 1) {
            // A sign of life: there is nothing before the first id.
            return Some(Page { head: self.head, ..Page::default() });
        }
        if asked.since > MessageId::ZERO && asked.since < self.changes_floor {
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
            changes: self.changes_after(asked.since),
        })
    }

    fn changes_after(&self, since: MessageId) -> Changes {
        let list = self.changes.iter().filter(|message| message.is_missed(since)).cloned();
        Changes { list: list.collect(), floor: since.max(self.changes_floor) }
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
        changed(n, n, bytes)
    }

    /// The message as it is since a change.
    fn changed(change: u64, message: u64, bytes: usize) -> Stored {
        let frame = Frame::text("x".repeat(bytes), Order::Plain);
        Stored { id: id(message), change: id(change), frame }
    }

    fn found(messages: Vec<Stored>, floor: u64) -> Page {
        let head = messages.last().map_or(id(floor), |newest| newest.id);
        let older = (floor > 0).then_some(id(floor));
        Page { messages, older, head, changes: Changes::default() }
    }

    fn asked(since: u64, before: Option<u64>, limit: usize) -> Asked {
        Asked { since: id(since), before: before.map(id), limit }
    }

    /// Each change that is told, and of which message.
    fn changes(page: &Page) -> Vec<(u64, u64)> {
        page.changes.list.iter().map(|state| (state.change.get(), state.id.get())).collect()
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
    fn what_changed_before_a_room_was_opened_is_never_taken_for_nothing() {
        let mut ring = Ring::default();
        let count = RING_MESSAGES_MAX as u64 + 3;
        (5..5 + count).for_each(|n| ring.push(stored(n, 1)));
        ring.change(changed(300, 7, 1));
        assert!(ring.page(&asked(4, None, 50)).is_none(), "the database knows them");
        ring.change(changed(301, 9, 1));
        let page = ring.page(&asked(7, None, 200)).unwrap();
        assert_eq!((page.messages.len(), page.changes.floor), (RING_MESSAGES_MAX, id(7)));
        assert_eq!(page.messages[1].change, id(301), "it is in the page as it is now");
        assert_eq!(changes(&page), [(300, 7)], "so that it is told no second time");
    }

    #[test]
    fn a_tombstone_takes_its_messages_place_and_is_told_to_who_has_the_message() {
        let mut ring = Ring::default();
        ring.seed(found(vec![stored(1, 10), stored(2, 10)], 0));
        ring.change(changed(3, 1, 5));
        ring.push(stored(4, 10));
        let page = ring.page(&asked(0, None, 50)).unwrap();
        assert_eq!((ids(&page), page.head), (vec![1, 2, 4], id(4)));
        assert_eq!(page.messages[0].frame.envelope().len(), 5);
        assert_eq!(changes(&ring.page(&asked(2, None, 50)).unwrap()), [(3, 1)]);
        assert!(changes(&ring.page(&asked(3, None, 50)).unwrap()).is_empty());
        ring.change(changed(5, 4, 5));
        assert_eq!(ring.page(&asked(4, None, 50)).unwrap().head, id(5));
        let bytes: usize = ring.stored.iter().map(|stored| stored.frame.bytes().len()).sum();
        assert_eq!(ring.bytes, bytes);
    }

    #[test]
    fn what_was_read_before_a_change_is_of_no_use() {
        let mut ring = Ring::default();
        let read = found(vec![stored(1, 10)], 0);
        ring.change(changed(2, 1, 5));
        ring.seed(read);
        assert!(ring.page(&asked(0, None, 50)).is_none());
        let mut read = found(vec![stored(1, 5)], 0);
        read.changes.list = vec![changed(2, 1, 5)];
        read.head = id(2);
        ring.seed(read);
        assert_eq!(changes(&ring.page(&asked(1, None, 50)).unwrap()), [(2, 1)]);
    }

    #[test]
    fn who_missed_more_changes_than_it_keeps_is_not_answered_here() {
        for (bytes, kept) in [(1, RING_CHANGES_MAX), (1000, RING_CHANGES_BYTES_MAX / 1000)] {
            let (mut ring, kept) = (Ring::default(), kept as u64);
            let count = RING_CHANGES_MAX as u64 + 1;
            ring.seed(found((1..=count).map(|n| stored(n, 1)).collect(), 0));
            (1..=count).for_each(|n| ring.change(changed(count + n, n, bytes)));
            assert_eq!(ring.changes.len() as u64, kept);
            let oldest = 2 * count - kept;
            assert!(ring.page(&asked(oldest - 1, None, 50)).is_none());
            let page = ring.page(&asked(oldest, None, 50)).unwrap();
            assert_eq!(page.changes.list.len() as u64, kept);
            assert!(ring.page(&asked(0, None, 5)).is_some(), "who has nothing missed nothing");
        }
    }

    #[test]
    fn a_message_that_changes_again_is_told_once_as_it_is_now() {
        let mut ring = Ring::default();
        ring.seed(found(vec![stored(1, 1), stored(2, 1)], 0));
        ring.change(changed(3, 1, 10));
        ring.change(changed(4, 2, 10));
        ring.change(changed(5, 1, 20));
        let page = ring.page(&asked(2, None, 50)).unwrap();
        assert_eq!((changes(&page), page.head), (vec![(4, 2), (5, 1)], id(5)));
        let bytes: usize = ring.changes.iter().map(|state| state.frame.bytes().len()).sum();
        assert_eq!(ring.changes_bytes, bytes);
        assert_eq!(page.changes.list[1].frame.envelope().len(), 20);
    }

    #[test]
    fn a_room_that_has_to_give_up_all_gives_up_its_changes_too() {
        let mut ring = Ring::default();
        ring.seed(found(vec![stored(1, 1)], 0));
        ring.change(changed(2, 1, 10));
        while ring.drop_oldest() {}
        assert_eq!(ring.bytes(), 0);
        assert!(ring.page(&asked(1, None, 50)).is_none(), "the database knows what changed");
        assert!(ring.page(&asked(2, None, 50)).is_some());
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
    fn changes_of_what_was_cleared_away_are_not_told_and_that_is_told() {
        let mut ring = Ring::default();
        ring.seed(found((1..=3).map(|n| stored(n, 1)).collect(), 0));
        ring.change(changed(4, 1, 1));
        ring.push(stored(5, 1));
        ring.change(changed(6, 5, 1));
        // The message is gone, and with it what there is to tell of it.
        ring.clear(id(1));
        assert!(
            ring.page(&asked(3, None, 10)).is_none(),
            "the database knows that there were more"
        );
        let page = ring.page(&asked(5, None, 10)).unwrap();
        assert_eq!((ids(&page), page.head), (vec![], id(6)));
        assert_eq!(changes(&page), [(6, 5)]);
        ring.clear(id(6));
        assert_eq!(ring.page(&asked(6, None, 10)).unwrap().head, id(6));
        assert!(ring.changes.is_empty() && ring.changes_bytes == 0);
    }
}

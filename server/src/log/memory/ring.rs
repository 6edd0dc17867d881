//! The newest messages of one open room, encoded: most replays need nothing else.
//!
//! This file does not know the database, or who asks.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use protocol::{MessageId, Span};

use crate::log::reading::page::{Asked, Changes, Page, Stored, Topic};

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
pub(in crate::log) struct Ring {
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
    /// What the room is about; none is not known.
    topic: Option<Topic>,
}

impl Ring {
    /// Adds a message that was just committed, or that a read found first.
    pub(in crate::log) fn push(&mut self, message: Stored) {
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
    pub(in crate::log) fn is_new(&self) -> bool {
        self.floor.is_none()
    }

    /// The newest that the room ever had; none is not known, before it was read.
    pub(in crate::log) fn head(&self) -> Option<MessageId> {
        (!self.is_new()).then_some(self.head)
    }

    /// Bytes that its messages take.
    pub(in crate::log) fn bytes(&self) -> usize {
        let topic = self.topic.as_ref().map_or(0, |topic| topic.content.as_str().len());
        self.bytes + self.changes_bytes + topic
    }

    /// Gives up its oldest message, or its oldest change; false if it has none.
    pub(in crate::log) fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.stored.pop_front() else { return self.forget_change() };
        self.bytes -= oldest.frame.bytes().len();
        if self.floor.is_none() {
            // What changed before the room was opened is not known here.
            self.changes_floor = self.changes_floor.max(oldest.id);
        }
        self.floor = Some(oldest.id);
        true
    }

    /// What the room is about was just committed.
    pub(in crate::log) fn set_topic(&mut self, topic: Topic) {
        self.head = self.head.max(topic.id);
        self.topic = Some(topic);
    }

    /// What the room is about, as a read found it. One that is newer than all that was pushed here is not
    /// taken: what was committed before it may be on its way.
    pub(in crate::log) fn learn_topic(&mut self, found: Option<Topic>) {
        let known = self.topic.as_ref().map(|topic| topic.id);
        if let Some(topic) =
            found.filter(|it| it.id <= self.head && known.is_none_or(|id| id < it.id))
        {
            self.topic = Some(topic);
        }
    }

    /// A message changed: its new state takes its place.
    pub(in crate::log) fn change(&mut self, state: Stored) {
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
    pub(in crate::log) fn seed(&mut self, found: Page) {
        let newest = self.changes.back().map_or(MessageId::ZERO, |newest| newest.change);
        if self.floor.is_some() || newest > found.head {
            self.learn_topic(found.topic);
            return;
        }
        let live = std::mem::take(self);
        (self.cleared, self.topic) = (live.cleared, live.topic);
        self.floor = Some(found.beyond.unwrap_or_default());
        for message in found.messages.into_iter().chain(live.stored) {
            self.push(message);
        }
        self.head = self.head.max(found.head).max(live.head);
        self.learn_topic(found.topic);
        self.changes_floor = found.changes.floor;
        found.changes.list.into_iter().for_each(|state| self.note(state));
        self.forget_cleared();
    }

    /// Forgets everything up to `upto`.
    pub(in crate::log) fn clear(&mut self, upto: MessageId) {
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
    pub(in crate::log) fn page(&self, asked: &Asked) -> Option<Page> {
        let floor = self.floor?;
        let before = match asked.span {
            Span::Newest => None,
            Span::Before(before) => Some(before),
            // What somebody jumps to is old.
            Span::After(_) | Span::Around(_) => return None,
        };
        if before.is_some_and(|before| before.get() <= 1) {
            // Clients ask this to see that the server answers: there is nothing before the first id.
            return Some(Page { head: self.head, ..Page::default() });
        }
        if asked.since > MessageId::ZERO && asked.since < self.changes_floor {
            return None;
        }
        if before.is_none() && self.topic.is_none() {
            return None;
        }
        let from = self.stored.partition_point(|message| message.id <= asked.since);
        let to = match before {
            Some(before) => self.stored.partition_point(|message| message.id < before),
            None => self.stored.len(),
        };
        let found = to.saturating_sub(from);
        let below = (floor > asked.since).then_some(floor);
        if below.is_some() && found < asked.limit {
            return None;
        }
        let first = to - found.min(asked.limit);
        let beyond = if found > asked.limit { Some(self.stored[first - 1].id) } else { below };
        Some(Page {
            messages: self.stored.range(first..to).cloned().collect(),
            beyond,
            newer: false,
            head: self.head,
            changes: self.changes_after(asked.since),
            topic: self.topic.clone(),
            about: Default::default(),
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

//! The rooms that somebody is in: each with its one spelling and its newest messages.
//!
//! This file does not know who is in them, or the database.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use protocol::{MessageId, RoomName};

use crate::limits::rate::Rate;
use crate::log::memory::ring::Ring;
use crate::log::reading::about::Viewer;
use crate::log::reading::page::{Asked, Page, Stored, Topic};

/// Bytes kept in memory of all rooms together: thousands of usual ones, and nobody fills the
/// machine by talking in many. A room that finds it full gives up its own oldest messages, and who
/// asks for them is answered by the database.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// All open rooms, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rooms {
    open: Arc<Mutex<HashMap<Arc<str>, Weak<OpenRoom>>>>,
    /// Bytes that their newest messages take.
    bytes: Arc<AtomicUsize>,
}

/// A room that somebody is in. It goes with the last who holds it.
#[derive(Debug)]
pub(crate) struct OpenRoom {
    name: RoomName,
    ring: Mutex<Ring>,
    /// What was said here lately.
    said: Rate,
    /// Whether anybody has a role here: [`UNKNOWN`], [`NOBODY`] or [`SOMEBODY`].
    roles: AtomicU8,
    rooms: Rooms,
}

const UNKNOWN: u8 = 0;
const NOBODY: u8 = 1;
const SOMEBODY: u8 = 2;

impl Rooms {
    /// Opens a room, spelt as whoever opened it first and is still there spelt it.
    pub(crate) fn open(&self, name: RoomName) -> Arc<OpenRoom> {
        let mut rooms = self.open.lock();
        if let Some(open) = rooms.get(name.key()).and_then(Weak::upgrade) {
            return open;
        }
        let key = name.key().clone();
        let (ring, said) = (Mutex::default(), Rate::default());
        let roles = AtomicU8::new(UNKNOWN);
        let open = Arc::new(OpenRoom { name, ring, said, roles, rooms: self.clone() });
        rooms.insert(key, Arc::downgrade(&open));
        open
    }

    pub(crate) fn count(&self) -> usize {
        self.open.lock().len()
    }

    /// Whether somebody on this server is in a room.
    pub(crate) fn is_open(&self, room: &RoomName) -> bool {
        self.find(room.key()).is_some()
    }

    /// A room, by key, if it is open.
    pub(in crate::log) fn find(&self, key: &str) -> Option<Arc<OpenRoom>> {
        self.open.lock().get(key).and_then(Weak::upgrade)
    }

    /// Does something to a room, by key, if it is open.
    pub(in crate::log) fn with(&self, key: &str, change: impl FnOnce(&OpenRoom)) {
        if let Some(open) = self.find(key) {
            change(&open);
        }
    }
}

impl OpenRoom {
    pub(crate) fn name(&self) -> &RoomName {
        &self.name
    }

    /// What was said here lately.
    pub(crate) fn said(&self) -> &Rate {
        &self.said
    }

    /// Whether everybody who reads here would find the same, so that memory knows all of it: it is open, and
    /// whoever wants to know has no role, as nobody has.
    pub(crate) fn is_the_same_for(&self, viewer: Viewer) -> bool {
        let has_no_roles = || self.roles.load(Ordering::Acquire) == NOBODY;
        let has_none = viewer.person.is_none() || !viewer.told || has_no_roles();
        !self.name.is_address() && has_none
    }

    /// A read found nobody with a role, before anything that is told since.
    pub(crate) fn learn_no_roles(&self) {
        let (relaxed, release) = (Ordering::Relaxed, Ordering::Release);
        // If somebody has got one since, that counts.
        let _ = self.roles.compare_exchange(UNKNOWN, NOBODY, release, relaxed);
    }

    /// Somebody has got a role.
    pub(in crate::log) fn has_roles(&self) {
        self.roles.store(SOMEBODY, Ordering::Release);
    }

    /// Adds a message that was just committed.
    pub(in crate::log) fn push(&self, stored: Stored) {
        self.change(|ring| ring.push(stored));
    }

    /// A message changed, and this is its state now.
    pub(in crate::log) fn changed(&self, state: Stored) {
        self.change(|ring| ring.change(state));
    }

    /// Everything up to an id was forgotten.
    pub(in crate::log) fn forget(&self, upto: MessageId) {
        self.change(|ring| ring.clear(upto));
    }

    /// What was asked for, if all of it is in memory.
    pub(crate) fn page(&self, asked: &Asked) -> Option<Page> {
        self.ring.lock().page(asked)
    }

    /// The newest that it ever had; none is not known.
    pub(crate) fn head(&self) -> Option<MessageId> {
        self.ring.lock().head()
    }

    /// Whether nothing of it was read yet.
    pub(crate) fn is_new(&self) -> bool {
        self.ring.lock().is_new()
    }

    /// Takes the newest messages as they were read since the room was opened.
    pub(crate) fn seed(&self, newest: Page) {
        self.change(|ring| ring.seed(newest));
    }

    /// What it is about was just committed.
    pub(in crate::log) fn set_topic(&self, topic: Topic) {
        self.change(|ring| ring.set_topic(topic));
    }

    /// What it is about, as a read found it.
    pub(in crate::log) fn learn_topic(&self, found: Option<Topic>) {
        self.change(|ring| ring.learn_topic(found));
    }

    /// Changes what is in memory, within what all rooms may take.
    fn change(&self, change: impl FnOnce(&mut Ring)) {
        let mut ring = self.ring.lock();
        let total = &self.rooms.bytes;
        total.fetch_sub(ring.bytes(), Ordering::Relaxed);
        change(&mut ring);
        while total.load(Ordering::Relaxed) + ring.bytes() > BYTES_MAX && ring.drop_oldest() {}
        total.fetch_add(ring.bytes(), Ordering::Relaxed);
    }
}

impl Drop for OpenRoom {
    fn drop(&mut self) {
        self.rooms.bytes.fetch_sub(self.ring.lock().bytes(), Ordering::Relaxed);
        let mut rooms = self.rooms.open.lock();
        // Somebody may have opened it anew since the last holder let go.
        if rooms.get(self.name.key()).is_some_and(|open| open.strong_count() == 0) {
            rooms.remove(self.name.key());
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::Span;

    use super::*;
    use crate::frame::{Delivery, Frame};

    #[test]
    fn all_rooms_together_keep_their_bounds_and_give_back_what_they_took() {
        let rooms = Rooms::default();
        let total = || rooms.bytes.load(Ordering::Relaxed);
        let frame = Frame::text("x".repeat(16_000), Delivery::Always);
        let open = |n: usize| rooms.open(RoomName::try_from(format!("r{n}").as_str()).unwrap());
        let push = |room: &OpenRoom, id: u64| {
            let id = MessageId::try_from(id).unwrap();
            room.push(Stored { id, change: id, frame: frame.clone() });
        };
        let asked = |since: u64| {
            let since = MessageId::try_from(since).unwrap();
            Asked { since, span: Span::Newest, limit: 50 }
        };
        let full: Vec<_> = (0..BYTES_MAX / frame.bytes().len() + 1).map(open).collect();
        let empty = || Page { topic: Some(Topic::default()), ..Page::default() };
        full.iter().for_each(|room| room.seed(empty()));
        full.iter().for_each(|room| push(room, 1));
        assert!(total() <= BYTES_MAX && total() > BYTES_MAX - frame.bytes().len());
        let (first, last) = (&full[0], &full[full.len() - 1]);
        assert_eq!(first.page(&asked(0)).unwrap().messages.len(), 1);
        assert!(last.page(&asked(0)).is_none(), "the database has it");
        assert_eq!(last.page(&asked(1)).unwrap().head.get(), 1);
        first.forget(MessageId::try_from(1).unwrap());
        push(last, 2);
        assert_eq!(last.page(&asked(1)).unwrap().messages.len(), 1);
        drop(full);
        assert_eq!(total(), 0);
    }
}

//! The rooms that somebody is in: each with its one spelling and its newest messages.
//!
//! This file does not know who is in them, or the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use protocol::{MessageId, RoomName};

use super::lock;
use super::page::{Asked, Deletion, Page, Stored};
use super::ring::Ring;
use crate::rate::Rate;

/// All open rooms, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rooms(Arc<Mutex<HashMap<Arc<str>, Weak<OpenRoom>>>>);

/// A room that somebody is in. It goes with the last who holds it.
#[derive(Debug)]
pub(crate) struct OpenRoom {
    name: RoomName,
    ring: Mutex<Ring>,
    /// What was said here lately.
    said: Rate,
    rooms: Rooms,
}

impl Rooms {
    /// Opens a room, spelt as whoever opened it first and is still there spelt it.
    pub(crate) fn open(&self, name: RoomName) -> Arc<OpenRoom> {
        let mut rooms = lock(&self.0);
        if let Some(open) = rooms.get(name.key()).and_then(Weak::upgrade) {
            return open;
        }
        let key = name.key().clone();
        let (ring, said) = (Mutex::default(), Rate::default());
        let open = Arc::new(OpenRoom { name, ring, said, rooms: self.clone() });
        rooms.insert(key, Arc::downgrade(&open));
        open
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.0).len()
    }

    /// Forgets what was cleared away from a room.
    pub(super) fn cleared(&self, key: &str, upto: MessageId) {
        let open = lock(&self.0).get(key).and_then(Weak::upgrade);
        if let Some(open) = open {
            lock(&open.ring).clear(upto);
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

    /// Adds a message that was just committed.
    pub(super) fn push(&self, stored: Stored) {
        lock(&self.ring).push(stored);
    }

    /// A message was deleted, and this is left of it.
    pub(super) fn delete(&self, deletion: Deletion, tombstone: Stored) {
        lock(&self.ring).delete(deletion, tombstone);
    }

    /// What was asked for, if all of it is in memory.
    pub(crate) fn page(&self, asked: &Asked) -> Option<Page> {
        lock(&self.ring).page(asked)
    }

    /// Takes the newest messages as they were read since the room was opened.
    pub(crate) fn seed(&self, newest: Page) {
        lock(&self.ring).seed(newest);
    }
}

impl Drop for OpenRoom {
    fn drop(&mut self) {
        let mut rooms = lock(&self.rooms.0);
        // Somebody may have opened it anew since the last holder let go.
        if rooms.get(self.name.key()).is_some_and(|open| open.strong_count() == 0) {
            rooms.remove(self.name.key());
        }
    }
}

//! Records of which nobody on this node hears anything: the log gets many of them together. Most of what such a
//! record costs is waking the log and the pages of a commit, and the stream keeps it meanwhile.
//!
//! This file does not know where records come from, or how they are applied.

use std::time::Duration;

use protocol::DIRECT_SIGN;

use crate::log::Rooms;
use crate::log::event::Act;
use crate::log::order::entry::Entry;
use crate::log::order::replica::Incoming;

/// How long they are held at most. Who enters a room meanwhile is told, as of any commit that comes later.
pub(super) const HELD_MAX: Duration = Duration::from_secs(1);
/// Records and bytes that are held: by then the cost of a commit has vanished.
const RECORDS_MAX: usize = 256;
const BYTES_MAX: usize = 1024 * 1024;

/// Records that wait for the next one that somebody here hears of.
#[derive(Debug)]
pub(super) struct Unheard {
    rooms: Rooms,
    held: Vec<Incoming>,
    bytes: usize,
}

impl Unheard {
    pub(super) fn new(rooms: Rooms) -> Self {
        Unheard { rooms, held: Vec::new(), bytes: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Holds a record behind the others; true if all of them have to go on now.
    pub(super) fn add(&mut self, mut incoming: Incoming) -> bool {
        let is_heard = !self.is_unheard(&mut incoming);
        self.bytes += incoming.payload.len();
        self.held.push(incoming);
        is_heard || self.held.len() >= RECORDS_MAX || self.bytes >= BYTES_MAX
    }

    /// All that is held, in order.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Incoming> {
        self.bytes = 0;
        self.held.drain(..)
    }

    /// Whether it holds messages alone, of rooms that nobody here is in: not even an author.
    fn is_unheard(&self, incoming: &mut Incoming) -> bool {
        let Ok(record) = incoming.record() else { return false };
        let is_unheard = |entry: &Entry| match entry {
            // The first message of a direct room is for people who are not in it.
            Entry::Act(Act::Say(say)) => {
                !say.room.as_str().starts_with(DIRECT_SIGN) && !self.rooms.is_open(&say.room)
            }
            _ => false,
        };
        !record.entries.is_empty() && record.entries.iter().all(is_unheard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::event::{Author, Say};
    use crate::log::order::record::Record;
    use protocol::{Body, RoomName, UserName};

    fn say(room: &str, bytes: usize) -> Entry {
        let name = UserName::try_from("Alice").unwrap();
        Entry::Act(Act::Say(Say {
            room: RoomName::try_from(room).unwrap(),
            author: Author { name, person: None, key: None, checked: None },
            content: Body::try_from("x".repeat(bytes)).unwrap(),
            reference: None,
        }))
    }

    fn incoming(entries: Vec<Entry>) -> Incoming {
        let node = "a".parse().unwrap();
        let record = Record { node, era: 1, number: 1, seen: None, entries };
        Incoming::new(1, 0, record.encode().unwrap().into())
    }

    #[test]
    fn what_somebody_hears_goes_on_at_once_with_all_that_is_held() {
        let rooms = Rooms::default();
        let mut unheard = Unheard::new(rooms.clone());
        let open = rooms.open(RoomName::try_from("dev").unwrap());
        for heard in
            [vec![say("dev", 1)], vec![say("ops", 1), say("dev", 1)], vec![], vec![Entry::Stop]]
        {
            assert!(!unheard.add(incoming(vec![say("ops", 1), say("x", 1)])));
            assert!(unheard.add(incoming(heard)));
            assert_eq!(unheard.take().count(), 2);
            assert!(unheard.is_empty());
        }
        assert!(unheard.add(Incoming::new(1, 0, bytes::Bytes::from_static(b"no record"))));
        drop(open);
        assert!(!unheard.add(incoming(vec![say("dev", 1)])), "nobody is there any more");
    }

    #[test]
    fn no_more_is_held_than_so_many_records_and_bytes() {
        let mut unheard = Unheard::new(Rooms::default());
        let held = (0..).take_while(|_| !unheard.add(incoming(vec![say("x", 1)]))).count();
        assert_eq!((held, unheard.take().count()), (RECORDS_MAX - 1, RECORDS_MAX));
        let large = || incoming((0..8).map(|_| say("x", 4096)).collect());
        while !unheard.add(large()) {}
        let bytes: usize = unheard.take().map(|it| it.payload.len()).sum();
        assert!((BYTES_MAX..BYTES_MAX + 64 * 1024).contains(&bytes), "{bytes}");
    }
}

//! What a client has read.

use fastrand::Rng;
use protocol::{MessageId, ReadUpto, ToServer};

use super::Client;

impl Client {
    /// Its person reads a room, perhaps not all of it.
    pub(in crate::sim) fn read(&mut self, room: usize, rng: &mut Rng) -> Option<ToServer> {
        let count = self.rooms.len();
        let view = self.rooms.values_mut().nth(room % count)?;
        let upto = match rng.choice(&view.seen) {
            Some(seen) if rng.bool() => MessageId::try_from(*seen).ok()?,
            _ => view.position,
        };
        view.read = view.read.max(upto);
        let read = ReadUpto { room: view.room.clone(), upto };
        view.entered.then_some(ToServer::Read(read))
    }

    /// Its person reads all rooms up to the newest.
    pub(in crate::sim) fn read_all(&mut self) -> Vec<ToServer> {
        let read = |view: &mut super::View| {
            view.read = view.position;
            ToServer::Read(ReadUpto { room: view.room.clone(), upto: view.read })
        };
        self.rooms.values_mut().map(read).collect()
    }

    /// Another device of its person has read a room.
    pub(super) fn has_read(&mut self, read: ReadUpto) -> Result<(), String> {
        let ReadUpto { room, upto } = read;
        // A device hears of rooms that it is not in.
        if let Some(view) = self.rooms.get_mut(&**room.key()) {
            view.read = view.read.max(upto);
        }
        Ok(())
    }

    /// On each line it tells once what it has read: what it told before may be lost.
    pub(in crate::sim) fn tell_again(&mut self) -> Option<ToServer> {
        let is_due = |view: &&mut super::View| view.entered && !view.has_told;
        let view = self.rooms.values_mut().find(is_due)?;
        view.has_told = true;
        let read = ReadUpto { room: view.room.clone(), upto: view.read };
        (view.read > MessageId::ZERO).then_some(ToServer::Read(read))
    }

    /// It tells so once more.
    pub(in crate::sim) fn doubt_markers(&mut self) {
        self.rooms.values_mut().for_each(|view| view.has_told = false);
    }
}

//! What clients say and ask for.

use protocol::ToServer;

use super::{MESSAGES_MAX, World};
use crate::sim::process::MODERATORS;
use crate::sim::talk;

impl World {
    pub(super) fn talk(&mut self, who: usize) {
        let client = &mut self.clients[who];
        talk::muse(client, &mut self.rng, MESSAGES_MAX);
        let envelope = talk::censor(client, &mut self.rng);
        self.send(who, envelope);
        if self.clients[who].line.is_some() {
            let envelope = self.clients[who].speak();
            self.send(who, envelope);
            let envelope = self.clients[who].tell_again();
            self.send(who, envelope);
        }
    }

    /// Speaks where it is not, looks back, reads, or silences somebody.
    pub(super) fn wonder(&mut self, who: usize) {
        let (what, room) = (self.rng.u8(0..11), self.rng.usize(0..2));
        let client = &mut self.clients[who];
        let envelope = match what {
            0 => Some(client.stray()),
            1..=3 => client.look_back(room),
            4..=7 if MODERATORS.contains(&client.key) => {
                talk::silence(&mut self.clients, &mut self.rng, (who, room))
            }
            8..=10 if client.line.is_some() => client.read(room, &mut self.rng),
            _ => None,
        };
        self.send(who, envelope);
    }

    /// Reads all rooms up to the newest.
    pub(super) fn read_all(&mut self, who: usize) {
        for read in self.clients[who].read_all() {
            self.send(who, Some(read));
        }
    }

    fn send(&mut self, who: usize, envelope: Option<ToServer>) {
        if let Some(envelope) = envelope {
            self.machine.send((who, self.clients[who].line), &envelope);
        }
    }
}

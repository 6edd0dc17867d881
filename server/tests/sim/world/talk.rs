//! What clients say and ask for.

use protocol::ToServer;

use super::{MESSAGES_MAX, World};
use crate::sim::process::MODERATORS;

impl World {
    pub(super) fn talk(&mut self, who: usize) {
        let client = &mut self.clients[who];
        if self.rng.bool() && client.thoughts < MESSAGES_MAX {
            client.think(self.rng.usize(0..2));
        }
        if self.rng.u8(0..4) == 0 {
            client.doubt();
        }
        let is_moderator = MODERATORS.contains(&self.clients[who].key);
        if self.rng.u8(0..if is_moderator { 3 } else { 12 }) == 0 {
            let room = self.rng.usize(0..2);
            self.censor(who, room);
        }
        if self.clients[who].line.is_some() {
            let envelope = self.clients[who].speak();
            self.send(who, envelope);
        }
    }

    /// Speaks where it is not, looks back, or silences somebody.
    pub(super) fn wonder(&mut self, who: usize) {
        let (what, room) = (self.rng.u8(0..8), self.rng.usize(0..2));
        let client = &mut self.clients[who];
        let envelope = match what {
            0 => Some(client.stray()),
            1..=3 => client.look_back(room),
            4..=7 if MODERATORS.contains(&client.key) => self.silence(who, room),
            _ => None,
        };
        self.send(who, envelope);
    }

    /// Mutes somebody, or ends that.
    fn silence(&mut self, who: usize, room: usize) -> Option<ToServer> {
        if self.rng.bool()
            && let Some(envelope) = self.clients[who].unmute()
        {
            return Some(envelope);
        }
        let room = self.rng.bool().then_some(room);
        let user = self.rng.usize(0..self.clients.len());
        let user = self.clients[user].name.clone();
        Some(self.clients[who].mute(user, room))
    }

    fn censor(&mut self, who: usize, room: usize) {
        let envelope = self.clients[who].censor(room);
        self.send(who, envelope);
    }

    /// What a client says is on its way to the server, if there is one.
    fn send(&mut self, who: usize, envelope: Option<ToServer>) {
        let (Some(process), Some(line)) = (&mut self.process, self.clients[who].line) else {
            return;
        };
        let connection = process.connections.get_mut(&line);
        if let (Some(connection), Some(envelope)) = (connection, envelope) {
            connection.inbox.push_back(envelope.clone());
            self.say(|| format!("{who} says {envelope:?}"));
        }
    }
}

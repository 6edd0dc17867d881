//! What clients say and ask.

use protocol::ToServer;

use super::world::World;
use crate::sim::process::MODERATORS;
use crate::sim::talk;

/// Things that one client says.
const MESSAGES_MAX: usize = 6;

impl World {
    /// Says and does some of what people do.
    pub(super) fn talk(&mut self, who: usize) {
        let client = &mut self.clients[who];
        talk::muse(client, &mut self.rng, MESSAGES_MAX);
        let envelope = talk::censor(client, &mut self.rng);
        self.send(who, envelope);
        self.speak_up(who);
    }

    /// Says what it has to say, if it can.
    pub(super) fn speak_up(&mut self, who: usize) {
        if self.clients[who].line.is_some() {
            let envelope = self.clients[who].speak();
            self.send(who, envelope);
        }
    }

    /// Looks back, or silences somebody.
    pub(super) fn wonder(&mut self, who: usize) {
        let (what, room) = (self.rng.u8(0..8), self.rng.usize(0..2));
        let client = &mut self.clients[who];
        let envelope = match what {
            0..=2 => client.look_back(room),
            3..=5 if MODERATORS.contains(&client.key) => {
                talk::silence(&mut self.clients, &mut self.rng, (who, room))
            }
            _ => None,
        };
        self.send(who, envelope);
    }

    fn send(&mut self, who: usize, envelope: Option<ToServer>) {
        let (Some(line), Some(envelope)) = (self.clients[who].line, envelope) else { return };
        let Some(running) = &mut self.nodes[self.at[who]].running else { return };
        running.process.bring(line, [envelope.clone()]);
        self.say(|| format!("{who} says {envelope:?}"));
    }
}

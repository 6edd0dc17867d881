//! Where a connection hands something to the log.
//!
//! This file does not know what may be said, or how it is stored.

use super::read_pump::{ReadPump, Slow};
use super::session::{Keep, Wanted};
use crate::log::event::{Act, Author, Delete, Say};
use crate::log::{Command, ReplyTo};
use crate::outbox::Outbox;
use crate::people::names::Person;

impl ReadPump {
    /// Queues it at once, or gives back what waits for a place: the pump reads nothing meanwhile, so TCP
    /// slows the loud while the log is behind.
    pub(super) fn keep(&self, keep: Keep) -> Option<Slow<'_>> {
        let command = command(keep, self.claim.person(), &self.outbox);
        let command = self.engine.log.try_queue(command).err()?;
        Some(Box::pin(async {
            let queued = self.engine.log.queue(*command).await;
            queued.map_err(|_| self.stopping())
        }))
    }
}

/// What a session wants kept, as the log takes it. What becomes of it is told by the hub, or to the outbox.
pub(crate) fn command(keep: Keep, person: &Person, outbox: &Outbox) -> Command {
    let Keep { room, wanted, reference, checked } = keep;
    let room = room.name().clone();
    let author =
        Author { name: person.name.clone(), person: person.number(), key: person.key(), checked };
    let act = match wanted {
        Wanted::Say(content) => Act::Say(Say { room, author, content, reference }),
        Wanted::Delete(message) => {
            Act::Delete(Box::new(Delete { room, message, by: author.name, reference }))
        }
    };
    Command { act, reply_to: ReplyTo::Author(outbox.clone()) }
}

//! Where a connection hands something to the log.
//!
//! This file does not know what may be said, or how it is stored.

use super::read_pump::{ReadPump, Slow};
use crate::log::event::Act;
use crate::log::{Command, ReplyTo};

impl ReadPump {
    /// Queues it at once, or gives back what waits for a place: the pump reads nothing meanwhile, so TCP
    /// slows the loud while the log is behind. What becomes of it is told by the hub, or to the outbox.
    pub(super) fn keep(&self, act: Act) -> Option<Slow<'_>> {
        let command = Command { act, reply_to: ReplyTo::Author(self.outbox().clone()) };
        let command = self.engine.log.try_queue(command).err()?;
        Some(Box::pin(async {
            let queued = self.unless_over(self.engine.log.queue(*command)).await?;
            queued.map_err(|_| self.stopping())
        }))
    }
}

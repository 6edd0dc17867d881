//! What a client asks for: older messages, what it missed, and who else is in a large room.
//!
//! This file does not know how the log and the hub find it.

use std::pin::pin;
use std::sync::Arc;

use protocol::{MessageId, Ref, Refusal, RoomName, UserName};
use tokio::time::{Instant, sleep_until};

use super::read_pump::{ReadPump, note};
use crate::frame::Frame;
use crate::log::{Asked, OpenRoom};
use crate::outbox::End;

impl ReadPump {
    /// Waits until the answer has room in the outbox, however slowly the peer reads, and heeds
    /// meanwhile what others say. Rooms may have been left, and rights be gone, when it returns.
    pub(super) async fn until_room(&mut self) -> Result<(), End> {
        let engine = self.engine.clone();
        let mut stopping = pin!(engine.stopping().begun.cancelled());
        loop {
            self.heed().await?;
            let check = self.not_after(Instant::now() + engine.config.ping_interval);
            tokio::select! {
                biased;
                () = self.outbox.told() => {}
                () = &mut stopping => return Err(self.stopping()),
                () = sleep_until(check) => {}
                () = self.outbox.has_room() => return Ok(()),
            }
        }
    }

    pub(super) async fn history(
        &mut self,
        room: RoomName,
        before: Option<MessageId>,
        limit: u16,
        reference: Option<Ref>,
    ) -> Result<(), End> {
        self.until_room().await?;
        let Some(open) = self.rooms.iter().find(|open| *open.name() == room) else {
            self.refuse(&Refusal::NotInRoom, Some(room), reference);
            return Ok(());
        };
        let asked = Asked { since: MessageId::ZERO, before, limit: usize::from(limit) };
        // What is told meanwhile waits: the deletion of a message comes after the message.
        self.outbox.hold();
        let frame = match self.replay(open, asked, reference.as_ref()).await {
            Ok((frame, _)) => frame,
            Err(refusal) => {
                self.metrics().refused(refusal.code());
                note(&refusal, Some(room), reference)
            }
        };
        self.outbox.release(&frame, None);
        Ok(())
    }

    pub(super) async fn people(&mut self, room: RoomName, after: UserName) -> Result<(), End> {
        self.until_room().await?;
        if !self.rooms.iter().any(|open| *open.name() == room) {
            self.refuse(&Refusal::NotInRoom, Some(room), None);
            return Ok(());
        }
        let asked = self.engine.hub.people(room, self.id, after).await;
        asked.map_err(|_| self.stopping())
    }

    /// A `history` envelope and the newest id of the room.
    pub(super) async fn replay(
        &self,
        open: &Arc<OpenRoom>,
        asked: Asked,
        reference: Option<&Ref>,
    ) -> Result<(Arc<Frame>, MessageId), Refusal> {
        let since = asked.since;
        let page = self.engine.log.page(open, asked).await.map_err(|_| Refusal::Unavailable)?;
        Ok((page.envelope(open.name(), since, reference), page.head))
    }
}

//! What a client asks for: older messages, what it missed, and who else is in a large room.
//!
//! This file does not know how the log and the hub find it.

use std::sync::Arc;

use protocol::{HistoryEnd, MessageId, Ref, Refusal, RoomName, UserName, encode_history};

use super::read_pump::{ReadPump, note};
use crate::frame::{Frame, Order};
use crate::log::{Asked, OpenRoom};
use crate::outbox::End;

impl ReadPump {
    pub(super) async fn history(
        &mut self,
        room: RoomName,
        before: Option<MessageId>,
        limit: u16,
        reference: Option<Ref>,
    ) -> Result<(), End> {
        let Some(open) = self.rooms.iter().find(|open| *open.name() == room) else {
            self.refuse(&Refusal::NotInRoom, Some(room), reference);
            return Ok(());
        };
        if !self.outbox.has_room().await {
            return Err(self.outbox.ended().await);
        }
        let asked = Asked { since: MessageId::ZERO, before, limit: usize::from(limit) };
        let (frame, _) = self.replay(open, asked, reference).await;
        self.outbox.push(&frame);
        Ok(())
    }

    pub(super) async fn people(&mut self, room: RoomName, after: UserName) -> Result<(), End> {
        if !self.rooms.iter().any(|open| *open.name() == room) {
            self.refuse(&Refusal::NotInRoom, Some(room), None);
            return Ok(());
        }
        if !self.outbox.has_room().await {
            return Err(self.outbox.ended().await);
        }
        let asked = self.engine.hub.people(room, self.id, after).await;
        asked.map_err(|_| End::Refused(Refusal::Stopping))
    }

    /// A `history` envelope and the newest id of the room, or an `error` and zero.
    pub(super) async fn replay(
        &self,
        open: &Arc<OpenRoom>,
        asked: Asked,
        reference: Option<Ref>,
    ) -> (Arc<Frame>, MessageId) {
        let (room, since) = (open.name().clone(), asked.since);
        let Ok(page) = self.engine.log.page(open, asked).await else {
            let frame = note(&Refusal::Unavailable, Some(room), reference);
            return (frame, MessageId::ZERO);
        };
        let messages: Vec<_> = page.messages.iter().map(|m| m.frame.envelope()).collect();
        // Who asks from the beginning has nothing that could have been deleted.
        let has_some = since > MessageId::ZERO;
        let stale = page.deletions.list.iter().map(|deletion| deletion.message);
        let deleted: Vec<_> = stale.filter(|message| has_some && *message <= since).collect();
        let end = HistoryEnd {
            more: page.older.is_some(),
            head: page.head,
            deleted: &deleted,
            deleted_more: has_some && page.deletions.floor > since,
            reference: reference.as_ref(),
        };
        let envelope = encode_history(&room, &messages, end);
        (Frame::text(envelope, Order::Plain), page.head)
    }
}

//! What a client asks for: older messages, what it missed, and who else is in a large room.
//!
//! This file does not know how the log and the hub find it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Epoch, MessageId, Ref, Refusal, RoomName, UserName};
use tokio::time::{Instant, sleep_until};

use super::note::note;
use super::rate_limits::Over;
use super::read_pump::ReadPump;
use crate::config::READ_AGAIN;
use crate::frame::Frame;
use crate::log::{Asked, NotRead, OpenRoom};
use crate::monitoring::metrics::Limit;
use crate::outbox::End;

/// What an answer to `presence` costs, in bytes of reading: 500 names, found and written by the task
/// that also tells the room what is said.
const LIST_COST: u64 = 64 * 1024;

impl ReadPump {
    /// Waits until the answer has room in the outbox, however slowly the peer reads, and heeds
    /// meanwhile what others say. Rooms may have been left, and rights be gone, when it returns.
    pub(super) async fn until_room(&mut self) -> Result<(), End> {
        let engine = self.engine.clone();
        let mut stopping = pin!(engine.stopping.begun.cancelled());
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
        let replay = self.replay(open, asked, None, reference);
        let (frame, _) = self.unless_over(replay).await?;
        self.outbox.release(&frame, None);
        Ok(())
    }

    pub(super) async fn people(&mut self, room: RoomName, after: UserName) -> Result<(), End> {
        self.until_room().await?;
        if !self.rooms.iter().any(|open| *open.name() == room) {
            self.refuse(&Refusal::NotInRoom, Some(room), None);
            return Ok(());
        }
        if let Err(not_read) =
            self.unless_over(self.engine.log.turn(&self.asker, LIST_COST)).await?
        {
            self.refuse(&refusal(not_read), Some(room), None);
            return Ok(());
        }
        let asked = self.engine.hub.people(room, self.id, after).await;
        asked.map_err(|_| self.stopping())
    }

    /// Whether this connection may read more.
    pub(super) fn may_read(&self) -> Result<(), Over> {
        self.engine.log.may_read(&self.asker).map_err(|wait| Over::new(Limit::Reads, wait))
    }

    /// What is read, unless the connection ends before that: a turn may be seconds away.
    pub(super) async fn unless_over<T>(&self, read: impl Future<Output = T>) -> Result<T, End> {
        let stopping = &self.engine.stopping.begun;
        tokio::select! {
            biased;
            end = self.outbox.ended() => Err(end),
            () = stopping.cancelled() => Err(self.stopping()),
            read = read => Ok(read),
        }
    }

    /// A `history` envelope and the newest id of the room; or, where it cannot be read, when to ask again.
    /// Who comes in is in the room all the same, and hears what is said from now on.
    pub(super) async fn replay(
        &self,
        open: &Arc<OpenRoom>,
        asked: Asked,
        epoch: Option<&Epoch>,
        reference: Option<Ref>,
    ) -> (Arc<Frame>, Option<MessageId>) {
        let since = asked.since;
        let refusal = match self.engine.log.page(&self.asker, open, asked).await {
            Ok(page) => {
                let frame = page.envelope(open.name(), since, epoch, reference.as_ref());
                return (frame, Some(page.head));
            }
            Err(NotRead::TooMany { retry }) if epoch.is_some() => {
                Refusal::Unreadable { retry_ms: milliseconds(retry) }
            }
            Err(NotRead::Unavailable) => Refusal::Unreadable { retry_ms: read_again_ms() },
            Err(not_read) => refusal(not_read),
        };
        self.metrics().refused(refusal.code());
        (note(&refusal, Some(open.name().clone()), reference), None)
    }
}

fn refusal(not_read: NotRead) -> Refusal {
    match not_read {
        NotRead::Unavailable => Refusal::Unavailable,
        NotRead::TooMany { retry } => Over::new(Limit::Reads, retry).refusal,
    }
}

/// Another time for each, so that they do not all come at once.
fn read_again_ms() -> u64 {
    let spread = *READ_AGAIN.end() - *READ_AGAIN.start();
    milliseconds(*READ_AGAIN.start() + spread.mul_f64(fastrand::f64()))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

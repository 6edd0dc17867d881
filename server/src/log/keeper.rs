//! What becomes of messages: stamped before a commit, told after it.
//!
//! Pure: it knows no thread, no database and no clock but what it is told, so a simulator can be
//! the commit and fail it.

use std::sync::Arc;

use protocol::{ErrorNote, Message, Refusal, RoomName, ToClient};

use super::clock::Clock;
use super::page::Stored;
use super::rooms::OpenRoom;
use super::{Append, Health};
use crate::frame::{Frame, Order};
use crate::metrics::Metrics;
use crate::outbox::Outbox;

/// What a commit made of a message.
#[derive(Debug)]
pub(crate) enum Kept {
    /// It is stored.
    New,
    /// Its author sent it before under the same `ref`: this is that first one.
    Before(Box<Message>),
}

/// Who hears of a message that is stored.
#[derive(Debug)]
pub(crate) enum To {
    /// Everybody in the room.
    Everybody,
    /// Its author, who sent it before.
    Author(Outbox),
}

/// A message with its place in the order, and whom it concerns.
#[derive(Debug)]
pub(crate) struct Stamped {
    pub(crate) message: Message,
    room: Arc<OpenRoom>,
    outbox: Outbox,
}

/// Gives messages their ids and tells what became of them.
#[derive(Debug)]
pub(crate) struct Keeper {
    clock: Clock,
    health: Health,
    metrics: Arc<Metrics>,
}

impl Keeper {
    /// Goes on where the ids and times of earlier runs ended.
    pub(crate) fn new(clock: Clock, health: Health, metrics: Arc<Metrics>) -> Self {
        Keeper { clock, health, metrics }
    }

    /// Gives a message its place. `now_us` is the machine's time since 1970, which may go back.
    pub(crate) fn stamp(&mut self, append: Append, now_us: u64) -> Stamped {
        let Append { room, author, content, reference, outbox } = append;
        let (id, at) = self.clock.next(now_us);
        let name = room.name().clone();
        let message = Message { room: name, sender: author, content, id, at, reference };
        Stamped { message, room, outbox }
    }

    /// They are stored, or were before: `tell` everybody, or the author alone, in this order.
    pub(crate) fn stored(
        &mut self,
        batch: Vec<Stamped>,
        kept: Vec<Kept>,
        mut tell: impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        if self.health.set_failing(false) {
            tracing::info!("messages can be stored again");
        }
        for (Stamped { message, room, outbox }, kept) in batch.into_iter().zip(kept) {
            match kept {
                Kept::New => {
                    let stored = Stored::new(message);
                    room.push(stored.clone());
                    tell(room.name().clone(), stored.frame, To::Everybody);
                }
                Kept::Before(first) => {
                    let again = ToClient::Message(*first).encode();
                    let again = Frame::text(again, Order::Plain);
                    tell(room.name().clone(), again, To::Author(outbox));
                }
            }
        }
    }

    /// Nothing was kept, so nobody but the authors hears of it.
    pub(crate) fn failed(&mut self, batch: Vec<Stamped>, error: &dyn std::error::Error) {
        // Once, not for every message that is refused until it works again.
        if self.health.set_failing(true) {
            tracing::error!(%error, "cannot store messages: authors are told so");
        }
        self.metrics.log_failures.inc();
        let refusal = Refusal::Unavailable;
        for Stamped { message, outbox, .. } in batch {
            self.metrics.refused(refusal.code());
            let Message { room, reference, .. } = message;
            let note = ErrorNote { room: Some(room), reference, ..ErrorNote::from(&refusal) };
            outbox.push(&Frame::text(ToClient::Error(note).encode(), Order::Plain));
        }
    }
}

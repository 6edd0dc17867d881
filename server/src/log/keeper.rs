//! What becomes of messages and deletions: stamped before a commit, told after it.
//!
//! Pure: it knows no thread, no database and no clock but what it is told, so a simulator can be
//! the commit and fail it.

use std::sync::Arc;

use protocol::{Deleted, ErrorNote, Message, Ref, Refusal, RoomName, ToClient};

use super::Health;
use super::clock::Clock;
use super::page::{Deletion, Stored};
use super::register::Change;
use super::rooms::OpenRoom;
use super::work::{Append, Delete, Waiting, Work};
use crate::frame::{Frame, Order};
use crate::hub::lane;
use crate::monitoring::metrics::Metrics;
use crate::outbox::Outbox;

/// What there is to commit.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    Message(&'a Message),
    Deletion(&'a Deleted),
    Change(&'a Change),
}

/// What a commit made of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is stored.
    Kept,
    /// Its author sent it before under the same `ref`: this is that first one.
    KeptBefore(Box<Message>),
    /// The message is deleted: this is what is left of it.
    Deleted(Box<Message>),
    /// It was deleted before.
    DeletedBefore(Box<Deleted>),
    /// There is no such message in the room.
    Missing,
}

/// Who hears of what is stored.
#[derive(Debug)]
pub(crate) enum To {
    /// Everybody in the room.
    Everybody,
    /// Whose it is, who did it before.
    Author(Outbox),
}

/// Something with its place in the order, and whom it concerns.
#[derive(Debug)]
pub(crate) enum Stamped {
    Message { message: Message, room: Arc<OpenRoom>, outbox: Outbox },
    Deletion { deletion: Box<Deleted>, room: Arc<OpenRoom>, outbox: Outbox },
    Change { change: Box<Change>, waiting: Option<Waiting> },
}

impl Stamped {
    pub(crate) fn item(&self) -> Item<'_> {
        match self {
            Stamped::Message { message, .. } => Item::Message(message),
            Stamped::Deletion { deletion, .. } => Item::Deletion(deletion),
            Stamped::Change { change, .. } => Item::Change(change),
        }
    }
}

/// Gives messages and deletions their ids and tells what became of them.
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

    /// Gives something its place. `now_us` is the time since 1970, which may go back.
    pub(crate) fn stamp(&mut self, work: Work, now_us: u64) -> Stamped {
        match work {
            Work::Append(Append { room, author, content, reference, outbox }) => {
                let ((id, at), name) = (self.clock.next(now_us), room.name().clone());
                let deleted = false;
                let message =
                    Message { room: name, sender: author, content, id, at, reference, deleted };
                Stamped::Message { message, room, outbox }
            }
            Work::Delete(delete) => {
                let Delete { room, message, by, reference, outbox } = *delete;
                let ((id, at), name) = (self.clock.next(now_us), room.name().clone());
                let deletion = Box::new(Deleted { room: name, message, by, id, at, reference });
                Stamped::Deletion { deletion, room, outbox }
            }
            Work::Change(change, waiting) => Stamped::Change { change, waiting },
        }
    }

    /// They are stored, or were before: `tell` everybody, or the author alone, in this order.
    pub(crate) fn stored(
        &mut self,
        batch: Vec<Stamped>,
        outcomes: Vec<Outcome>,
        mut tell: impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        if self.health.set_failing(false) {
            tracing::info!("messages can be stored again");
        }
        for (stamped, outcome) in batch.into_iter().zip(outcomes) {
            match stamped {
                Stamped::Message { message, room, outbox } => match outcome {
                    Outcome::KeptBefore(first) => {
                        let again = ToClient::Message(*first).encode();
                        let again = Frame::text(again, Order::Plain);
                        tell(room.name().clone(), again, To::Author(outbox));
                    }
                    _ => {
                        // First: who hears of it may look at the count.
                        self.metrics.messages.inc();
                        let stored = Stored::new(message);
                        room.push(stored.clone());
                        tell(room.name().clone(), stored.frame, To::Everybody);
                    }
                },
                Stamped::Deletion { deletion, room, outbox } => {
                    self.deleted(*deletion, &room, outbox, outcome, &mut tell);
                }
                Stamped::Change { waiting, .. } => {
                    waiting.into_iter().for_each(Waiting::tell);
                }
            }
        }
    }

    fn deleted(
        &self,
        deletion: Deleted,
        room: &OpenRoom,
        outbox: Outbox,
        outcome: Outcome,
        tell: &mut impl FnMut(RoomName, Arc<Frame>, To),
    ) {
        match outcome {
            Outcome::Deleted(tombstone) => {
                self.metrics.deletions.inc();
                let Deleted { id, message, .. } = deletion;
                room.delete(Deletion { id, message }, Stored::new(*tombstone));
                let order = Order::Numbered { lane: lane(&deletion.room), number: id.get() };
                let frame = Frame::text(ToClient::Deleted(deletion).encode(), order);
                tell(room.name().clone(), frame, To::Everybody);
            }
            Outcome::DeletedBefore(first) => {
                let again = Frame::text(ToClient::Deleted(*first).encode(), Order::Plain);
                tell(room.name().clone(), again, To::Author(outbox));
            }
            _ => {
                let missing = Refusal::NotFound("there is no such message in this room");
                self.refuse(&missing, deletion.room, deletion.reference, &outbox);
            }
        }
    }

    /// Nothing was kept, so nobody but the authors hears of it. Who waits for a change hears that it
    /// will not come.
    pub(crate) fn failed(&mut self, batch: Vec<Stamped>, error: &dyn std::error::Error) {
        // Once, not for every message that is refused until it works again.
        if self.health.set_failing(true) {
            tracing::error!(%error, "cannot store messages: authors are told so");
        }
        self.metrics.log_failures.inc();
        for stamped in batch {
            let (room, reference, outbox) = match stamped {
                Stamped::Message { message: Message { room, reference, .. }, outbox, .. } => {
                    (room, reference, outbox)
                }
                Stamped::Deletion { deletion, outbox, .. } => {
                    (deletion.room, deletion.reference, outbox)
                }
                Stamped::Change { .. } => continue,
            };
            self.refuse(&Refusal::Unavailable, room, reference, &outbox);
        }
    }

    fn refuse(&self, refusal: &Refusal, room: RoomName, reference: Option<Ref>, outbox: &Outbox) {
        self.metrics.refused(refusal.code());
        let note = ErrorNote { room: Some(room), reference, ..ErrorNote::from(refusal) };
        outbox.push(&Frame::text(ToClient::Error(note).encode(), Order::Plain));
    }
}

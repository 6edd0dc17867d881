//! The one thread that writes: it takes all that waits, stamps it, commits it, and then tells.
//!
//! This file does not know SQL.

use std::sync::Arc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use protocol::{Deleted, ErrorNote, Message, Ref, Refusal, RoomName, ToClient};
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoints;
use super::clock::Clock;
use super::database::{Database, OpenError};
use super::register::Change;
use super::sqlite::{Item, Outcome, Writer};
use super::{Append, Delete, Deletion, OpenRoom, Work, encode};
use crate::frame::{Frame, Order};
use crate::hub::{Hub, lane};
use crate::outbox::Outbox;

/// Most messages of one commit: by then its cost per message has vanished, and waiting for it is
/// still short.
const BATCH_MAX: usize = 512;

/// From the beginning of a commit to that of the next one at least: a commit costs as much as
/// ten messages in it, so a busy log waits for some to come together. Far below what anybody
/// notices; and a message after a pause does not wait at all.
const COMMIT_INTERVAL: Duration = Duration::from_millis(1);

/// Starts the thread; the receiver hears of its end.
pub(super) fn spawn(
    writer: Writer,
    database: &Database,
    queue: mpsc::Receiver<Work>,
    hub: Hub,
) -> Result<oneshot::Receiver<()>, OpenError> {
    let checkpoints = database.checkpointer()?.map(Checkpoints::spawn).transpose()?;
    let (ended, end) = oneshot::channel();
    let thread = LogThread { clock: writer.clock(), writer, checkpoints, hub, failing: false };
    thread::Builder::new().name("log-writer".into()).spawn(move || {
        thread.run(queue);
        // The database is closed now. Nobody may be waiting for it.
        let _ = ended.send(());
    })?;
    Ok(end)
}

/// Something with its place in the order, and whom it concerns.
enum Stamped {
    Message { message: Message, room: Arc<OpenRoom>, outbox: Outbox },
    Deletion { deletion: Box<Deleted>, room: Arc<OpenRoom>, outbox: Outbox },
    Change { change: Box<Change>, done: Option<oneshot::Sender<()>> },
}

impl Stamped {
    fn item(&self) -> Item<'_> {
        match self {
            Stamped::Message { message, .. } => Item::Message(message),
            Stamped::Deletion { deletion, .. } => Item::Deletion(deletion),
            Stamped::Change { change, .. } => Item::Change(change),
        }
    }
}

struct LogThread {
    writer: Writer,
    clock: Clock,
    checkpoints: Option<Checkpoints>,
    hub: Hub,
    /// The last commit did not work.
    failing: bool,
}

impl LogThread {
    fn run(mut self, mut queue: mpsc::Receiver<Work>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut next = Instant::now();
        while queue.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            gather(&mut queue, &mut batch, next);
            next = Instant::now() + COMMIT_INTERVAL;
            let stamped: Vec<_> = batch.drain(..).map(|work| self.stamp(work)).collect();
            match self.writer.commit(stamped.iter().map(Stamped::item)) {
                Ok(outcomes) => {
                    if std::mem::take(&mut self.failing) {
                        tracing::info!("messages can be stored again");
                    }
                    self.tell(stamped, outcomes);
                }
                Err(error) => {
                    // Once, not for every message that is refused until it works again.
                    if !std::mem::replace(&mut self.failing, true) {
                        tracing::error!(%error, "cannot store messages: authors are told so");
                    }
                    refuse(stamped);
                }
            }
        }
    }

    fn stamp(&mut self, work: Work) -> Stamped {
        match work {
            Work::Append(Append { room, author, content, reference, outbox }) => {
                let ((id, at), name) = (self.clock.next(), room.name().clone());
                let deleted = false;
                let message =
                    Message { room: name, sender: author, content, id, at, reference, deleted };
                Stamped::Message { message, room, outbox }
            }
            Work::Delete(delete) => {
                let Delete { room, message, by, reference, outbox } = *delete;
                let ((id, at), name) = (self.clock.next(), room.name().clone());
                let deletion = Box::new(Deleted { room: name, message, by, id, at, reference });
                Stamped::Deletion { deletion, room, outbox }
            }
            Work::Change(change, done) => Stamped::Change { change, done },
        }
    }

    fn tell(&mut self, stamped: Vec<Stamped>, outcomes: Vec<Outcome>) {
        for (stamped, outcome) in stamped.into_iter().zip(outcomes) {
            match stamped {
                Stamped::Message { message, room, outbox } => match outcome {
                    Outcome::KeptBefore(first) => {
                        let again = ToClient::Message(*first).encode();
                        outbox.push(&Frame::text(again, Order::Plain));
                    }
                    _ => {
                        let stored = encode(message);
                        room.push(stored.clone());
                        self.hub.deliver(room.name().clone(), stored.frame);
                    }
                },
                Stamped::Deletion { deletion, room, outbox } => {
                    self.tell_deletion(*deletion, &room, &outbox, outcome);
                }
                Stamped::Change { done, .. } => {
                    // Who asked may have gone.
                    let _ = done.map(|done| done.send(()));
                }
            }
        }
        if self.checkpoints.as_mut().is_some_and(Checkpoints::committed)
            && let Err(error) = self.writer.checkpoint()
        {
            tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
        }
    }
}

impl LogThread {
    fn tell_deletion(&self, deletion: Deleted, room: &OpenRoom, outbox: &Outbox, outcome: Outcome) {
        let order = Order::Numbered { lane: lane(&deletion.room), number: deletion.id.get() };
        match outcome {
            Outcome::Deleted(tombstone) => {
                let Deleted { id, message, .. } = deletion;
                room.delete(Deletion { id, message }, encode(*tombstone));
                let frame = Frame::text(ToClient::Deleted(deletion).encode(), order);
                self.hub.deliver(room.name().clone(), frame);
            }
            Outcome::DeletedBefore(first) => {
                outbox.push(&Frame::text(ToClient::Deleted(*first).encode(), Order::Plain));
            }
            _ => {
                let missing = Refusal::NotFound("there is no such message in this room");
                outbox.push(&note(&missing, deletion.room, deletion.reference));
            }
        }
    }
}

/// Waits until the next commit is due, and adds what came meanwhile.
fn gather(queue: &mut mpsc::Receiver<Work>, batch: &mut Vec<Work>, due: Instant) {
    let early = due.saturating_duration_since(Instant::now());
    if batch.len() < BATCH_MAX && !early.is_zero() {
        sleep(early);
    }
    while batch.len() < BATCH_MAX
        && let Ok(work) = queue.try_recv()
    {
        batch.push(work);
    }
}

/// Nothing was kept, so nobody but the authors hears of it. Who waits for a change hears that it
/// will not come.
fn refuse(stamped: Vec<Stamped>) {
    for stamped in stamped {
        let (room, reference, outbox) = match stamped {
            Stamped::Message { message, outbox, .. } => (message.room, message.reference, outbox),
            Stamped::Deletion { deletion, outbox, .. } => {
                (deletion.room, deletion.reference, outbox)
            }
            Stamped::Change { .. } => continue,
        };
        outbox.push(&note(&Refusal::Unavailable, room, reference));
    }
}

fn note(refusal: &Refusal, room: RoomName, reference: Option<Ref>) -> Arc<Frame> {
    let note = ErrorNote { room: Some(room), reference, ..ErrorNote::from(refusal) };
    Frame::text(ToClient::Error(note).encode(), Order::Plain)
}

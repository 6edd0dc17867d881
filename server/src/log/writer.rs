//! The one thread that writes: it takes all that waits, stamps it, commits it, and then tells.
//!
//! This file does not know SQL.

use std::sync::Arc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use protocol::{ErrorNote, Message, Refusal, ToClient};
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoints;
use super::clock::Clock;
use super::database::{Database, OpenError};
use super::sqlite::{Kept, Writer};
use super::{Append, OpenRoom, encode};
use crate::frame::{Frame, Order};
use crate::hub::Hub;
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
    queue: mpsc::Receiver<Append>,
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

/// A message with its place in the order, and whom it concerns.
struct Stamped {
    message: Message,
    room: Arc<OpenRoom>,
    outbox: Outbox,
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
    fn run(mut self, mut queue: mpsc::Receiver<Append>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut next = Instant::now();
        while queue.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            gather(&mut queue, &mut batch, next);
            next = Instant::now() + COMMIT_INTERVAL;
            let stamped: Vec<_> = batch.drain(..).map(|append| self.stamp(append)).collect();
            match self.writer.commit(stamped.iter().map(|stamped| &stamped.message)) {
                Ok(kept) => {
                    if std::mem::take(&mut self.failing) {
                        tracing::info!("messages can be stored again");
                    }
                    self.tell(stamped, kept);
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

    fn stamp(&mut self, append: Append) -> Stamped {
        let Append { room, author, content, reference, outbox } = append;
        let (id, at) = self.clock.next();
        let name = room.name().clone();
        let message =
            Message { room: name, sender: author, content, id, at, reference, deleted: false };
        Stamped { message, room, outbox }
    }

    fn tell(&mut self, stamped: Vec<Stamped>, kept: Vec<Kept>) {
        for (Stamped { message, room, outbox }, kept) in stamped.into_iter().zip(kept) {
            match kept {
                Kept::New => {
                    let stored = encode(message);
                    room.push(stored.clone());
                    self.hub.deliver(room.name().clone(), stored.frame);
                }
                Kept::Before(first) => {
                    let again = ToClient::Message(*first).encode();
                    outbox.push(&Frame::text(again, Order::Plain));
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

/// Waits until the next commit is due, and adds what came meanwhile.
fn gather(queue: &mut mpsc::Receiver<Append>, batch: &mut Vec<Append>, due: Instant) {
    let early = due.saturating_duration_since(Instant::now());
    if batch.len() < BATCH_MAX && !early.is_zero() {
        sleep(early);
    }
    while batch.len() < BATCH_MAX
        && let Ok(append) = queue.try_recv()
    {
        batch.push(append);
    }
}

/// Nothing was kept, so nobody but the authors hears of it.
fn refuse(stamped: Vec<Stamped>) {
    for Stamped { message, outbox, .. } in stamped {
        let note = ErrorNote {
            room: Some(message.room),
            reference: message.reference,
            ..ErrorNote::from(&Refusal::Unavailable)
        };
        outbox.push(&Frame::text(ToClient::Error(note).encode(), Order::Plain));
    }
}

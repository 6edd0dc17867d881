//! The one thread that writes: it takes all that waits, gives it its place in the order, commits it, and
//! then tells.
//!
//! This file does not know SQL.

use std::io;
use std::sync::Arc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::hub::Hub;
use crate::lifecycle::parts::{Part, Parts};
use crate::log::command::{Command, ReplyTo};
use crate::log::database::checkpoint::Checkpoints;
use crate::log::database::guard::Guard;
use crate::log::database::store::Store;
use crate::log::effects::{Effects, To};
use crate::log::event::{Act, Event};
use crate::log::outcome::Outcome;
use crate::log::reading::ReaderThreads;
use crate::log::sequencer::Sequencer;
use crate::log::time::Time;
use crate::log::upkeep::UpkeepThread;
use crate::monitoring::metrics::Metrics;

/// Most messages of one commit: by then its cost per message has vanished, and waiting for it is
/// still short.
const BATCH_MAX: usize = 512;

/// From the beginning of a commit to that of the next one at least: a commit, with the threads it
/// wakes, costs as much as ten messages in it, so a busy log waits for some to come together. Far
/// below what anybody notices; and a message after a pause does not wait at all. The shorter, the
/// dearer: see `docs/performance.md`.
const COMMIT_INTERVAL: Duration = Duration::from_millis(4);

/// The thread, and what it works with. Dropped in this order, the database is closed before anybody
/// hears of the end.
pub(super) struct LogThread {
    pub(super) _reading: ReaderThreads,
    pub(super) store: Store,
    pub(super) sequencer: Sequencer,
    pub(super) effects: Effects,
    pub(super) guard: Guard,
    pub(super) checkpoints: Option<Checkpoints>,
    pub(super) _upkeep: UpkeepThread,
    pub(super) hub: Hub,
    pub(super) metrics: Arc<Metrics>,
    pub(super) time: Time,
    pub(super) parts: Parts,
}

impl LogThread {
    /// Starts it; the receiver hears of its end.
    pub(super) fn spawn(self, queue: mpsc::Receiver<Command>) -> io::Result<oneshot::Receiver<()>> {
        let (ended, end) = oneshot::channel();
        thread::Builder::new().name("log-writer".into()).spawn(move || {
            let mut thread = self;
            // Declared last: in a panic it is told first, since the threads that are waited for then
            // end only when the server does.
            let running = thread.parts.begin(Part::LogWriter);
            thread.run(queue);
            drop(thread);
            running.done();
            // The database is closed now. Nobody may be waiting for it.
            let _ = ended.send(());
        })?;
        Ok(end)
    }

    fn run(&mut self, mut queue: mpsc::Receiver<Command>) {
        let mut commands = Vec::with_capacity(BATCH_MAX);
        let mut next = Instant::now();
        while queue.blocking_recv_many(&mut commands, BATCH_MAX) > 0 {
            gather(&mut queue, &mut commands, next);
            let began = Instant::now();
            next = began + COMMIT_INTERVAL;
            let batch = self.place(&mut commands);
            let batch = self.writable(batch);
            if !batch.is_empty() {
                self.commit(batch, began);
            }
        }
        self.note_time();
    }

    /// Gives each its place in the order.
    fn place(&mut self, commands: &mut Vec<Command>) -> Vec<(Event, ReplyTo)> {
        let now_us = self.time.read().now_us;
        let place = |Command { act, reply_to }| (self.sequencer.place(act, now_us), reply_to);
        commands.drain(..).map(place).collect()
    }

    /// What may be stored now. On a disk that is nearly full, that is what makes room.
    fn writable(&self, batch: Vec<(Event, ReplyTo)>) -> Vec<(Event, ReplyTo)> {
        let Err(error) = self.guard.may_write() else { return batch };
        let may = |event: &Event| error.lets_forget() && event.act.makes_room();
        let (writable, refused): (Vec<_>, _) = batch.into_iter().partition(|it| may(&it.0));
        if !refused.is_empty() {
            self.effects.failed(refused, &error);
        }
        writable
    }

    fn commit(&mut self, batch: Vec<(Event, ReplyTo)>, began: Instant) {
        match self.store.commit(batch.iter().map(|(event, _)| event)) {
            Ok(outcomes) => {
                let erased = outcomes
                    .iter()
                    .any(|it| matches!(it, Outcome::Deleted(_) | Outcome::TopicSet(_)));
                let asked = batch.iter().filter(|(event, _)| !event.act.is_upkeep()).count();
                if asked > 0 {
                    self.metrics.committed(asked, began.elapsed());
                }
                let hub = &self.hub;
                self.effects.follow(batch, outcomes, |room, frame, to| match to {
                    To::Everybody => hub.deliver(room, frame),
                    To::Author(author) => hub.deliver_again(room, author, frame),
                });
                self.checkpoint(erased);
            }
            Err(error) => self.effects.failed(batch, &error),
        }
    }

    /// Notes for the next start up to when time has passed.
    fn note_time(&mut self) {
        let time = self.time.read();
        let Some(known) = time.known_ms() else { return };
        let event = self.sequencer.place(Act::NoteTime(known), time.now_us);
        let batch = self.writable(vec![(event, ReplyTo::Nobody)]);
        if !batch.is_empty() {
            self.commit(batch, Instant::now());
        }
    }

    fn checkpoint(&mut self, erased: bool) {
        if self.checkpoints.as_mut().is_some_and(|all| all.committed(erased))
            && let Err(error) = self.store.checkpoint()
        {
            tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
        }
    }
}

/// Waits until the next commit is due, and adds what came meanwhile.
fn gather(queue: &mut mpsc::Receiver<Command>, batch: &mut Vec<Command>, due: Instant) {
    let early = due.saturating_duration_since(Instant::now());
    if batch.len() < BATCH_MAX && !early.is_zero() {
        sleep(early);
    }
    while batch.len() < BATCH_MAX
        && let Ok(command) = queue.try_recv()
    {
        batch.push(command);
    }
}

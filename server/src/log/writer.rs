//! The one thread that writes: it takes all that waits, stamps it, commits it, and then tells.
//!
//! This file does not know SQL.

use std::io;
use std::sync::Arc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoints;
use super::guard::Guard;
use super::keeper::{Keeper, Outcome, Stamped, To};
use super::readers::ReaderThreads;
use super::sqlite::Writer;
use super::time::Time;
use super::upkeep::UpkeepThread;
use super::work::Work;
use crate::hub::Hub;
use crate::lifecycle::parts::{Part, Parts};
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
    pub(super) writer: Writer,
    pub(super) keeper: Keeper,
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
    pub(super) fn spawn(self, queue: mpsc::Receiver<Work>) -> io::Result<oneshot::Receiver<()>> {
        let (ended, end) = oneshot::channel();
        thread::Builder::new().name("log-writer".into()).spawn(move || {
            let running = self.parts.begin(Part::LogWriter);
            self.run(queue);
            running.done();
            // The database is closed now. Nobody may be waiting for it.
            let _ = ended.send(());
        })?;
        Ok(end)
    }

    fn run(mut self, mut queue: mpsc::Receiver<Work>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut next = Instant::now();
        while queue.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            gather(&mut queue, &mut batch, next);
            let began = Instant::now();
            next = began + COMMIT_INTERVAL;
            let stamp = |work| self.keeper.stamp(work, self.time.read().now_us);
            let stamped: Vec<_> = batch.drain(..).map(stamp).collect();
            if let Err(error) = self.guard.may_write() {
                self.keeper.failed(stamped, &error);
                continue;
            }
            match self.writer.commit(stamped.iter().map(Stamped::item)) {
                Ok(outcomes) => {
                    let erased = outcomes.iter().any(|it| matches!(it, Outcome::Deleted(_)));
                    self.metrics.committed(outcomes.len(), began.elapsed());
                    let hub = &self.hub;
                    self.keeper.stored(stamped, outcomes, |room, frame, to| match to {
                        To::Everybody => hub.deliver(room, frame),
                        To::Author(author) => hub.deliver_again(room, author, frame),
                    });
                    self.checkpoint(erased);
                }
                Err(error) => self.keeper.failed(stamped, &error),
            }
        }
    }

    fn checkpoint(&mut self, erased: bool) {
        if self.checkpoints.as_mut().is_some_and(|all| all.committed(erased))
            && let Err(error) = self.writer.checkpoint()
        {
            tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
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

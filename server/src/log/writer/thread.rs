//! The thread itself: what it works with, how it begins and ends.
//!
//! This file does not know where the order comes from.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::source::Source;
use crate::hub::Hub;
use crate::lifecycle::parts::{Part, Parts};
use crate::log::database::checkpoint::Checkpoints;
use crate::log::database::guard::Guard;
use crate::log::database::store::Store;
use crate::log::effects::Effects;
use crate::log::reading::ReaderThreads;
use crate::log::search::indexer::Indexer;
use crate::log::time::Time;
use crate::log::upkeep::UpkeepThread;
use crate::monitoring::metrics::Metrics;
use crate::webhooks::Webhooks;

/// From the beginning of a commit to that of the next one at least: a commit, with the threads it
/// wakes, costs as much as ten messages in it, so a busy log waits for some to come together. Far
/// below what anybody notices; and a message after a pause does not wait at all. The shorter, the
/// dearer: see `docs/performance.md`.
pub(super) const COMMIT_INTERVAL: Duration = Duration::from_millis(4);

/// The thread, and what it works with. Dropped in this order, the database is closed before anybody
/// hears of the end.
pub(in crate::log) struct LogThread {
    pub(in crate::log) _reading: [ReaderThreads; 2],
    pub(in crate::log) store: Store,
    pub(in crate::log) effects: Effects,
    pub(in crate::log) guard: Guard,
    pub(in crate::log) checkpoints: Option<Checkpoints>,
    pub(in crate::log) _upkeep: UpkeepThread,
    pub(in crate::log) indexer: Indexer,
    pub(in crate::log) hub: Hub,
    pub(in crate::log) webhooks: Webhooks,
    pub(in crate::log) metrics: Arc<Metrics>,
    pub(in crate::log) time: Time,
    pub(in crate::log) parts: Parts,
}

impl LogThread {
    /// Starts it; the receiver hears of its end.
    pub(in crate::log) fn spawn(self, source: Source) -> io::Result<oneshot::Receiver<()>> {
        let (ended, end) = oneshot::channel();
        thread::Builder::new().name("log-writer".into()).spawn(move || {
            let mut thread = self;
            // Declared last: in a panic it is told first, since the threads that are waited for then
            // end only when the server does.
            let running = thread.parts.begin(Part::LogWriter);
            match source {
                Source::Alone(queue, sequencer) => thread.run(queue, sequencer),
                Source::Shared(order) => thread.follow_order(*order),
            }
            drop(thread);
            running.done();
            // The database is closed now. Nobody may be waiting for it.
            let _ = ended.send(());
        })?;
        Ok(end)
    }

    /// Something was stored, which may have `erased` a text.
    pub(super) fn committed(&mut self, erased: bool) {
        self.indexer.nudge();
        if self.checkpoints.as_mut().is_some_and(|all| all.committed(erased))
            && let Err(error) = self.store.checkpoint()
        {
            tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
        }
    }
}

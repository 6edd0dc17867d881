//! The thread that puts messages into the index, a moment after they were stored: some at a time, so that no message
//! waits longer than for one such step. After an upgrade it goes through all there are.
//!
//! This file does not know what stands in the index.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::index;
use crate::lifecycle::parts::{Part, Parts};
use crate::log::database::guard::Guard;
use crate::log::database::store::Store;
use crate::log::database::{Database, OpenError};

/// Messages of so long come into the index together: each step costs as much as some messages in it, and nobody looks
/// for what was said a moment ago.
const GATHER: Duration = Duration::from_secs(1);
/// Steps between two checkpoints: a few MiB of write-ahead log.
const STEPS_BETWEEN: u32 = 64;
/// For how many times as long as a step took the thread leaves the core to others: while there are new messages all the
/// time, and else, as after an upgrade.
const REST_BESIDE_TALK: u32 = 7;
const REST: u32 = 1;
/// How soon it is tried again after a fault, or on a full disk.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Tells the thread when there are new messages. Dropped, it waits for its end.
#[derive(Debug)]
pub(in crate::log) struct Indexer {
    /// The other end of [`Signals`].
    signals: Option<(SyncSender<()>, Sender<()>)>,
    thread: Option<JoinHandle<()>>,
}

impl Indexer {
    /// Writes beside the store, in turns. Whoever finds the index damaged says so in `damaged`.
    pub(in crate::log) fn start(
        database: &Database,
        store: &Store,
        guard: &Guard,
        parts: &Parts,
        damaged: Arc<AtomicBool>,
    ) -> Result<Self, OpenError> {
        let ((nudge, nudges), (alive, end)) = (sync_channel(1), channel());
        let signals = Signals { nudges, end };
        let db = database.upkeeper()?;
        let indexing = Indexing { db, turn: store.turn(), guard: guard.clone(), damaged };
        let parts = parts.clone();
        let thread = thread::Builder::new().name("log-index".into()).spawn(move || {
            let running = parts.begin(Part::LogIndex);
            indexing.run(&signals);
            running.done();
        })?;
        Ok(Indexer { signals: Some((nudge, alive)), thread: Some(thread) })
    }

    /// Something was stored.
    pub(in crate::log) fn nudge(&self) {
        // Full means that it looks soon.
        let _ = self.signals.as_ref().map(|(nudge, _)| nudge.try_send(()));
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        drop(self.signals.take());
        if let Some(thread) = self.thread.take() {
            // Had it panicked, the server would know already.
            let _ = thread.join();
        }
    }
}

/// What the thread hears. While it waits for a time it is not woken by new messages.
struct Signals {
    nudges: Receiver<()>,
    /// Nothing comes here: it is closed at the end of the server.
    end: Receiver<()>,
}

struct Indexing {
    db: Connection,
    turn: Arc<Mutex<()>>,
    guard: Guard,
    /// Somebody found the index damaged.
    damaged: Arc<AtomicBool>,
}

impl Indexing {
    fn run(&self, signals: &Signals) {
        while self.catch_up(signals) && signals.nudges.recv().is_ok() && !signals.is_over(GATHER) {}
    }

    /// Until all messages are in the index; false at the end of the server.
    fn catch_up(&self, signals: &Signals) -> bool {
        let mut steps = 0_u32;
        loop {
            let began = Instant::now();
            let rest = if signals.nudges.try_recv().is_ok() { REST_BESIDE_TALK } else { REST };
            let pause = match self.step() {
                Ok(true) => began.elapsed() * rest,
                Ok(false) => return true,
                Err(error) => {
                    tracing::warn!(%error, "cannot put messages into the index yet");
                    TRY_AGAIN
                }
            };
            // Commits begin checkpoints, and after an upgrade there may be no other commit for long.
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_BETWEEN) {
                self.checkpoint();
            }
            if signals.is_over(pause) {
                return false;
            }
        }
    }

    /// Moves pages into the file, which keeps nobody from writing.
    fn checkpoint(&self) {
        let done = self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = done {
            tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
        }
    }

    /// Whether there may be more.
    fn step(&self) -> Result<bool, Box<dyn std::error::Error>> {
        self.guard.may_write()?;
        let _turn = self.turn.lock();
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        if self.damaged.swap(false, Ordering::Relaxed) {
            index::make_anew(&transaction)?;
        }
        let more = index::advance(&transaction)?;
        transaction.commit()?;
        Ok(more)
    }
}

impl Signals {
    /// Waits so long; whether the server ends meanwhile.
    fn is_over(&self, pause: Duration) -> bool {
        self.end.recv_timeout(pause) != Err(RecvTimeoutError::Timeout)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::SyncMode;
    use crate::log::database::Database;

    #[test]
    fn whoever_waits_for_a_step_waits_for_no_disk() {
        let folder = tempfile::tempdir().unwrap();
        for sync in [SyncMode::Normal, SyncMode::Full] {
            let database = Database::open(&folder.path().join("nebula.db"), sync).unwrap();
            let _writer = database.writer().unwrap();
            let db = database.upkeeper().unwrap();
            let pragma =
                |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(["synchronous", "wal_autocheckpoint"].map(pragma), [1, 0]);
        }
    }
}

//! Moves committed pages from the write-ahead log into the database file, on a thread of its own:
//! it is the part of writing that waits for the disk, and no message should wait with it.
//!
//! This file does not know what is stored.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use crate::lifecycle::parts::{Part, Parts};

/// Commits between two checkpoints: a few MiB of write-ahead log for ordinary messages.
const COMMITS_BETWEEN: u32 = 256;
/// Pages in the write-ahead log (64 MiB) from which on the writer finishes a checkpoint itself:
/// under constant traffic the thread never quite reaches the end of the log, and only a log that is
/// moved to its end begins anew instead of growing.
const PAGES_MAX: i64 = 16 * 1024;

/// How long emptying the write-ahead log, which keeps the writer out, waits for who reads from it.
const ERASE_PATIENCE: Duration = Duration::from_millis(100);
/// And when it is tried again.
const ERASE_AGAIN: Duration = Duration::from_secs(1);

/// Tells the thread when there is something to do. Dropped, it waits for the thread to close the
/// database.
pub(in crate::log) struct Checkpoints {
    nudge: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    commits: u32,
    found: Arc<Found>,
}

/// What both threads know.
#[derive(Default)]
struct Found {
    /// Pages that the thread found in the write-ahead log last.
    pages: AtomicI64,
    /// The log holds a text that was deleted.
    erase: AtomicBool,
}

impl Checkpoints {
    pub(in crate::log) fn spawn(db: Connection, parts: Parts) -> io::Result<Self> {
        db.busy_timeout(ERASE_PATIENCE).map_err(io::Error::other)?;
        let (nudge, nudges) = sync_channel(1);
        let thread = thread::Builder::new().name("log-checkpoint".into());
        let found = Arc::new(Found::default());
        let shared = found.clone();
        let thread = thread.spawn(move || {
            let running = parts.begin(Part::LogCheckpoint);
            run(&db, &nudges, &shared);
            running.done();
        })?;
        Ok(Checkpoints { nudge: Some(nudge), thread: Some(thread), commits: 0, found })
    }

    /// Counts a commit, which may have `erased` a text; true if the writer should finish the
    /// checkpoint that the thread began.
    pub(in crate::log) fn committed(&mut self, erased: bool) -> bool {
        self.commits += 1;
        if erased {
            self.found.erase.store(true, Ordering::Release);
        } else if self.commits < COMMITS_BETWEEN {
            return false;
        } else if self.found.pages.swap(0, Ordering::Relaxed) >= PAGES_MAX {
            return true;
        }
        // Full means that it is still at the last one.
        if self.nudge.as_ref().is_some_and(|nudge| nudge.try_send(()).is_ok()) {
            self.commits = 0;
        }
        false
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        drop(self.nudge.take());
        if let Some(thread) = self.thread.take() {
            // Had it panicked, the server would know already; the closing connection does its work.
            let _ = thread.join();
        }
    }
}

fn run(db: &Connection, nudges: &Receiver<()>, found: &Found) {
    while is_due(nudges, found) {
        let pages = db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1));
        match pages {
            Ok(pages) => found.pages.store(pages, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
            }
        }
        if found.erase.swap(false, Ordering::Acquire) && !is_emptied(db) {
            found.erase.store(true, Ordering::Release);
        }
    }
}

/// Waits for a nudge, or to try again what is still to be erased; false at the end.
fn is_due(nudges: &Receiver<()>, found: &Found) -> bool {
    if found.erase.load(Ordering::Acquire) {
        return nudges.recv_timeout(ERASE_AGAIN) != Err(RecvTimeoutError::Disconnected);
    }
    nudges.recv().is_ok()
}

/// Moves the little that is left and empties the file. Meanwhile nothing can be written, so it does not
/// wait long for who still reads from it: then it is false.
fn is_emptied(db: &Connection) -> bool {
    let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    busy.is_ok_and(|busy| busy == 0)
}

//! Moves committed pages from the write-ahead log into the database file, on a thread of its own:
//! it is the part of writing that waits for the disk, and no message should wait with it.
//!
//! This file does not know what is stored.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

/// Commits between two checkpoints: a few MiB of write-ahead log for ordinary messages.
const COMMITS_BETWEEN: u32 = 256;
/// Pages in the write-ahead log (64 MiB) from which on the writer finishes a checkpoint itself:
/// under constant traffic the thread never quite reaches the end of the log, and only a log that is
/// moved to its end begins anew instead of growing.
const PAGES_MAX: i64 = 16 * 1024;

/// Tells the thread when there is something to do. Dropped, it waits for the thread to close the
/// database.
pub(super) struct Checkpoints {
    nudge: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    commits: u32,
    /// Pages that the thread found in the write-ahead log last.
    pages: Arc<AtomicI64>,
}

impl Checkpoints {
    pub(super) fn spawn(db: Connection) -> io::Result<Self> {
        let (nudge, nudges) = sync_channel(1);
        let thread = thread::Builder::new().name("log-checkpoint".into());
        let pages = Arc::new(AtomicI64::new(0));
        let found = pages.clone();
        let thread = thread.spawn(move || run(&db, &nudges, &found))?;
        Ok(Checkpoints { nudge: Some(nudge), thread: Some(thread), commits: 0, pages })
    }

    /// Counts a commit; true if the writer should finish the checkpoint that the thread began.
    pub(super) fn committed(&mut self) -> bool {
        self.commits += 1;
        if self.commits < COMMITS_BETWEEN {
            return false;
        }
        if self.pages.swap(0, Ordering::Relaxed) >= PAGES_MAX {
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
            // Had it panicked, the closing connection would do its work.
            let _ = thread.join();
        }
    }
}

fn run(db: &Connection, nudges: &Receiver<()>, pages: &AtomicI64) {
    while nudges.recv().is_ok() {
        let found = db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1));
        match found {
            Ok(found) => pages.store(found, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(%error, "cannot move the write-ahead log into its file yet");
            }
        }
    }
}

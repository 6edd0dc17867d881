//! Moves committed pages from the write-ahead log into the database file, on a thread of its own:
//! it is the part of writing that waits for the disk, and no message should wait with it.
//!
//! This file does not know what is stored.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

/// Commits between two checkpoints: a few MiB of write-ahead log for ordinary messages.
const COMMITS_BETWEEN: u32 = 256;
/// Pages in the write-ahead log (64 MiB) from which on the writer is made to wait for once, so that
/// the log starts again from its beginning instead of growing under constant traffic.
const PAGES_MAX: i64 = 16 * 1024;

/// Tells the thread when there is something to do. Dropped, it waits for the thread to close the
/// database.
pub(super) struct Checkpoints {
    nudge: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    commits: u32,
}

impl Checkpoints {
    pub(super) fn spawn(db: Connection) -> io::Result<Self> {
        let (nudge, nudges) = sync_channel(1);
        let thread = thread::Builder::new().name("log-checkpoint".into());
        let thread = thread.spawn(move || run(&db, &nudges))?;
        Ok(Checkpoints { nudge: Some(nudge), thread: Some(thread), commits: 0 })
    }

    pub(super) fn committed(&mut self) {
        self.commits += 1;
        if self.commits < COMMITS_BETWEEN {
            return;
        }
        // Full means that it is still at the last one.
        if self.nudge.as_ref().is_some_and(|nudge| nudge.try_send(()).is_ok()) {
            self.commits = 0;
        }
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

fn run(db: &Connection, nudges: &Receiver<()>) {
    while nudges.recv().is_ok() {
        let done = checkpoint(db, "PRAGMA wal_checkpoint(PASSIVE)").and_then(|pages| {
            if pages < PAGES_MAX {
                return Ok(pages);
            }
            checkpoint(db, "PRAGMA wal_checkpoint(TRUNCATE)")
        });
        if let Err(error) = done {
            tracing::warn!(%error, "cannot move the write-ahead log into the database file yet");
        }
    }
}

/// Returns the pages in the write-ahead log.
fn checkpoint(db: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    db.query_row(pragma, [], |row| row.get(1))
}

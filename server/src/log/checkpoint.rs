//! Moves committed pages from the write-ahead log into the database file, on a thread of its own:
//! it is the part of writing that waits for the disk, and no message should wait with it.
//!
//! This file does not know what is stored.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use rusqlite::Connection;

use super::sqlite::OpenError;

/// Commits between two checkpoints: a few MiB of write-ahead log for ordinary messages.
const COMMITS_BETWEEN: u32 = 256;
/// Pages in the write-ahead log (64 MiB) from which on the writer is made to wait for once, so that
/// the log starts again from its beginning instead of growing under constant traffic.
const PAGES_MAX: i64 = 16 * 1024;

/// Tells the thread when there is something to do; it ends when this is dropped.
pub(super) struct Checkpoints {
    nudge: SyncSender<()>,
    commits: u32,
}

impl Checkpoints {
    pub(super) fn spawn(db: Connection) -> Result<Self, OpenError> {
        let (nudge, nudges) = sync_channel(1);
        thread::Builder::new().name("log-checkpoint".into()).spawn(move || run(&db, &nudges))?;
        Ok(Checkpoints { nudge, commits: 0 })
    }

    pub(super) fn committed(&mut self) {
        self.commits += 1;
        if self.commits < COMMITS_BETWEEN {
            return;
        }
        match self.nudge.try_send(()) {
            Ok(()) => self.commits = 0,
            // It is still at the last one, or gone: then the closing connection does the rest.
            Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
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

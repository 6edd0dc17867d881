//! When a statement that takes too long is cut off.
//!
//! This file does not know what is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode};

/// Steps of the engine between two looks at the clock: a small part of a millisecond.
const STEPS: i32 = 2_000;

/// Shared with the connection that it is for. Without one it never comes.
#[derive(Debug, Default)]
pub(super) struct Deadline(Arc<Mutex<Option<Instant>>>);

impl Deadline {
    pub(super) fn watching(db: &mut Connection) -> rusqlite::Result<Self> {
        let deadline = Deadline::default();
        let shared = deadline.0.clone();
        let is_over = move || shared.lock().is_some_and(|end| Instant::now() >= end);
        db.progress_handler(STEPS, Some(is_over))?;
        Ok(deadline)
    }

    /// Does some work, which is cut off when so much time has passed.
    pub(super) fn within<T>(&self, time: Duration, work: impl FnOnce() -> T) -> T {
        *self.0.lock() = Some(Instant::now() + time);
        let done = work();
        *self.0.lock() = None;
        done
    }
}

/// Whether it was cut off.
pub(super) fn is_cut_off(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

//! Stopping in order: begin, wait for every task, and give up on what does not end.
//!
//! This file does not know what the tasks do.

use std::sync::{Arc, OnceLock};

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::SHUTDOWN_TIMEOUT;

/// Shared by everything that has to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopping {
    /// Say goodbye and end.
    pub(crate) begun: CancellationToken,
    /// Waiting is over: end without a word.
    pub(crate) given_up: CancellationToken,
    /// Every task there is.
    pub(crate) tracker: TaskTracker,
    /// How many clients there were when it began.
    clients: Arc<OnceLock<usize>>,
}

impl Stopping {
    /// How many clients there were when the first of them was sent away.
    pub(crate) fn clients_at_first(&self, count: impl FnOnce() -> usize) -> usize {
        *self.clients.get_or_init(count)
    }

    /// Tells all tasks to end and waits for them, first politely, then not.
    pub(crate) async fn stop_connections(&self) {
        self.begun.cancel();
        self.tracker.close();
        if timeout(SHUTDOWN_TIMEOUT, self.tracker.wait()).await.is_err() {
            self.given_up.cancel();
        }
    }
}

//! Stopping in order: begin, wait for every task, and give up on what does not end.
//!
//! This file does not know what the tasks do.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{COME_BACK_EACH, COME_BACK_MAX, COME_BACK_MIN, SHUTDOWN_TIMEOUT};

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
    /// When a client that is sent away should come back: another time for each, spread over as long
    /// as it takes to let all of them in again who were there when the first was sent away.
    pub(crate) fn retry_ms(&self, clients: impl FnOnce() -> usize) -> u64 {
        let spread = spread(*self.clients.get_or_init(clients));
        let wait = COME_BACK_MIN + spread.mul_f64(fastrand::f64());
        u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
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

fn spread(clients: usize) -> Duration {
    let each = COME_BACK_EACH.saturating_mul(u32::try_from(clients).unwrap_or(u32::MAX));
    each.clamp(COME_BACK_MIN, COME_BACK_MAX - COME_BACK_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_are_the_longer_their_return_takes() {
        assert_eq!(spread(0), COME_BACK_MIN);
        assert_eq!(spread(2000), Duration::from_secs(4));
        assert_eq!(spread(usize::MAX), COME_BACK_MAX - COME_BACK_MIN);
    }
}

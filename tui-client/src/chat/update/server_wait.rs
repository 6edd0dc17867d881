//! How long to wait before what the server has no time for is asked again.

use std::time::Duration;

/// Longest time that a server may ask for.
pub(super) const SERVER_WAIT_MAX: Duration = Duration::from_secs(300);
/// If it does not say how long.
const SERVER_WAIT: Duration = Duration::from_secs(2);

pub(super) fn server_wait(retry_ms: Option<u64>) -> Duration {
    retry_ms.map_or(SERVER_WAIT, Duration::from_millis).min(SERVER_WAIT_MAX)
}

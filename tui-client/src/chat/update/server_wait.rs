//! What the server has no time for now, and how long to wait before it is asked again.

use std::time::Duration;

use protocol::Code;

/// Longest time that a server may ask for.
pub(super) const SERVER_WAIT_MAX: Duration = Duration::from_secs(300);
/// If it does not say how long.
const SERVER_WAIT: Duration = Duration::from_secs(2);

pub(super) fn server_wait(retry_ms: Option<u64>) -> Duration {
    retry_ms.map_or(SERVER_WAIT, Duration::from_millis).min(SERVER_WAIT_MAX)
}

/// A refusal with this code holds for a time: the same may be asked again.
pub(super) fn is_for_now(code: Code) -> bool {
    matches!(code, Code::TooFast | Code::Unavailable)
}

//! Ids and times that never go back, whatever the machine's clock does.
//!
//! This file does not know what is stamped.

use std::time::{SystemTime, UNIX_EPOCH};

use protocol::MessageId;

/// The last id and time that were given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    pub(crate) last_id: u64,
    pub(crate) last_at: u64,
}

impl Clock {
    /// The next id, and the time in ms since 1970. An id is `max(last + 1, now in µs)`: so a lost
    /// or restored database can never make an old id name a new message.
    pub(crate) fn next(&mut self, now_us: u64) -> (MessageId, u64) {
        self.last_id = (self.last_id + 1).max(now_us).min(protocol::ID_END - 1);
        self.last_at = self.last_at.max(now_us / 1000);
        (MessageId::try_from(self.last_id).unwrap_or_default(), self.last_at)
    }
}

/// The machine's time in ms since 1970.
pub(crate) fn now_ms() -> u64 {
    now_us() / 1000
}

/// The machine's time in µs since 1970. Nothing else asks the machine for it.
pub(super) fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_goes_back_or_stands_still_changes_nothing() {
        let mut clock = Clock::default();
        let mut last = (MessageId::ZERO, 0);
        for now in [5_000, 5_000, 5_000_000, 1_000, 0, 5_000_001, 5_000_002] {
            let (id, at) = clock.next(now);
            assert!(id > last.0 && at >= last.1 && id.get() >= now);
            last = (id, at);
        }
    }
}

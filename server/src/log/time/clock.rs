//! Ids that never go back, whatever the machine's clock does, and the clocks of the machine.
//!
//! This file does not know what is stamped.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use protocol::MessageId;

/// How far back the clock may be set before times go back with it: people see that messages are in
/// order, and times that are kept right are moved by less.
const HELD_MS: u64 = 60_000;

/// The last id and time that were given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) last_id: u64,
    pub(crate) last_at: u64,
}

impl Clock {
    /// The next id, and the time in ms since 1970. An id is `max(last + 1, now in µs)`: so a lost
    /// or restored database can never make an old id name a new message. The time is the clock's, but
    /// that it stands still where the clock was set back by a little.
    pub(crate) fn next(&mut self, now_us: u64) -> (MessageId, u64) {
        let now_ms = now_us / 1000;
        self.last_id = (self.last_id + 1).max(now_us).min(protocol::ID_END - 1);
        let is_held = (now_ms..now_ms.saturating_add(HELD_MS)).contains(&self.last_at);
        self.last_at = if is_held { self.last_at } else { now_ms };
        (MessageId::try_from(self.last_id).unwrap_or_default(), self.last_at)
    }
}

/// The machine's time in ms since 1970, right or wrong: for who runs beside the server.
pub(crate) fn now_ms() -> u64 {
    now_us() / 1000
}

/// Time that only passes, also while the machine sleeps. Where the system has no such clock, it does
/// not count that.
pub(in crate::log) fn since_boot() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Duration::try_from(now).unwrap_or_default()
    }
    #[cfg(not(target_os = "linux"))]
    {
        static FIRST: std::sync::LazyLock<std::time::Instant> =
            std::sync::LazyLock::new(std::time::Instant::now);
        FIRST.elapsed()
    }
}

/// The machine's time in µs since 1970. Nothing else asks the machine for it.
pub(crate) fn now_us() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_times_follow_the_clock_but_for_a_little() {
        let mut clock = Clock::default();
        let mut last = MessageId::ZERO;
        let minute = 60_000_000;
        for (now, at) in [
            (5_000, 5),
            (5_000, 5),
            (9 * minute, 540_000),
            (9 * minute - 1_000, 540_000),
            (8 * minute + 1_000, 540_000),
            (8 * minute - 1_000, 479_999),
            (0, 0),
            (9 * minute + 1_000, 540_001),
        ] {
            let (id, given) = clock.next(now);
            assert!(id > last && id.get() >= now, "{now}");
            assert_eq!(given, at, "{now}");
            last = id;
        }
    }
}

//! When the receiver of a hook is sent to again after a try that failed.
//!
//! Pure. What one try finds out counts for all messages that wait for the receiver. This file does not know what
//! failed.

use std::time::Duration;

use jiff::fmt::rfc2822;
use tokio::time::Instant;

use crate::config::WebhookTimes;

/// How a receiver did lately.
#[derive(Debug)]
pub(super) struct Pace {
    /// Tries in a row that failed.
    failures: u32,
    /// Nothing is sent before that.
    ready: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Pace { failures: 0, ready: now }
    }

    /// When to try next.
    pub(super) fn ready(&self) -> Instant {
        self.ready
    }

    /// Whether the last try failed.
    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// A try failed. `asked` is how long the receiver wants to be left alone, and `chance` a random number from 0 to 1,
    /// so that not all who wait for a receiver come back at the same moment.
    pub(super) fn failed(
        &mut self,
        now: Instant,
        asked: Option<Duration>,
        (times, chance): (&WebhookTimes, f64),
    ) {
        let doubled = times.wait_min.saturating_mul(1 << self.failures.min(30));
        let wait = doubled.min(times.wait_max).mul_f64(0.5 + chance / 2.0);
        let asked = asked.unwrap_or_default().min(times.keep);
        self.failures = self.failures.saturating_add(1);
        self.ready = now + wait.max(asked);
    }
}

/// How long a `Retry-After` asks for: seconds, or a moment, in a request of which it is `now_ms` since 1970.
pub(super) fn retry_after(value: &str, now_ms: u64) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = rfc2822::parse(value.trim()).ok()?.timestamp().as_millisecond();
    let moment = u64::try_from(moment).ok()?;
    Some(Duration::from_millis(moment.saturating_sub(now_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: WebhookTimes = WebhookTimes {
        one_try: Duration::from_secs(5),
        wait_min: Duration::from_secs(2),
        wait_max: Duration::from_secs(300),
        keep: Duration::from_secs(3600),
    };

    /// Waits of tries that all fail.
    fn waits(chance: f64) -> Vec<u64> {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        let mut wait = || {
            pace.failed(now, None, (&TIMES, chance));
            let waited = pace.ready() - now;
            now = pace.ready();
            waited.as_secs()
        };
        (0..12).map(|_| wait()).collect()
    }

    #[test]
    fn waits_grow_up_to_five_minutes_and_differ() {
        assert_eq!(waits(1.0), [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
        assert_eq!(waits(0.0), [1, 2, 4, 8, 16, 32, 64, 128, 150, 150, 150, 150]);
    }

    #[test]
    fn after_a_success_they_begin_anew() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        (0..40).for_each(|_| pace.failed(now, None, (&TIMES, 1.0)));
        assert!(pace.is_failing());
        pace.succeeded();
        assert!(!pace.is_failing());
        pace.failed(now, None, (&TIMES, 1.0));
        assert_eq!(pace.ready(), now + TIMES.wait_min);
    }

    #[test]
    fn a_receiver_is_left_alone_for_as_long_as_it_asks_for_but_not_for_ever() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        for (asked, waited) in [(1, 2), (100, 100), (1_000_000, 3600)] {
            pace.failed(now, Some(Duration::from_secs(asked)), (&TIMES, 1.0));
            assert_eq!(pace.ready(), now + Duration::from_secs(waited), "{asked}");
            pace.succeeded();
        }
    }

    #[test]
    fn it_asks_in_seconds_or_for_a_moment() {
        let now_ms = 1_445_412_420_000;
        for (value, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(60)),
            ("Wed, 21 Oct 2015 07:26:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now_ms), seconds.map(Duration::from_secs), "{value}");
        }
    }
}

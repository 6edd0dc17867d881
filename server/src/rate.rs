//! A rate with bursts, kept as one number. Pure: it knows no clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// So many at once, and on average so many in a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Time that one costs; zero switches the limit off.
    cost_us: u64,
    /// Time that may be saved up for a burst.
    saved_max_us: u64,
}

impl Pace {
    /// A rate of 0 allows everything.
    pub(crate) fn per_second(rate: u32, burst: u32) -> Self {
        Pace::new(Duration::from_secs(1), rate, burst)
    }

    /// A minute's worth may come at once.
    pub(crate) fn per_minute(rate: u32) -> Self {
        Pace::new(Duration::from_secs(60), rate, rate)
    }

    fn new(time: Duration, rate: u32, burst: u32) -> Self {
        let cost_us = micros(time.checked_div(rate).unwrap_or_default());
        Pace { cost_us, saved_max_us: cost_us * u64::from(burst.max(1)) }
    }
}

/// The moment up to which everything that was taken is paid for: a token bucket in its shortest
/// form (GCRA), which several may take from without a lock.
#[derive(Debug, Default)]
pub(crate) struct Rate(AtomicU64);

impl Rate {
    /// Takes one at `now`, a time since any fixed start.
    ///
    /// # Errors
    /// How long to wait until one will be given.
    pub(crate) fn take(&self, pace: Pace, now: Duration) -> Result<(), Duration> {
        if pace.cost_us == 0 {
            return Ok(());
        }
        let now = micros(now);
        let mut paid = self.0.load(Ordering::Relaxed);
        loop {
            let next = paid.max(now) + pace.cost_us;
            let early = next.saturating_sub(now + pace.saved_max_us);
            if early > 0 {
                return Err(Duration::from_micros(early));
            }
            let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
            match self.0.compare_exchange_weak(paid, next, set, get) {
                Ok(_) => return Ok(()),
                Err(other) => paid = other,
            }
        }
    }

    /// True if it owes nothing: forgotten, it would give the same.
    pub(crate) fn is_rested(&self, now: Duration) -> bool {
        self.0.load(Ordering::Relaxed) <= micros(now)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_burst_then_the_rate() {
        let (rate, pace) = (Rate::default(), Pace::per_second(10, 20));
        assert!((0..20).all(|_| rate.take(pace, ms(0)).is_ok()));
        assert_eq!(rate.take(pace, ms(0)), Err(ms(100)));
        assert_eq!(rate.take(pace, ms(40)), Err(ms(60)));
        assert_eq!(rate.take(pace, ms(100)), Ok(()));
        assert_eq!(rate.take(pace, ms(100)), Err(ms(100)));
        assert!(!rate.is_rested(ms(2000)));
        let later = ms(1_000_000);
        assert!(rate.is_rested(later));
        assert_eq!((0..100).filter(|_| rate.take(pace, later).is_ok()).count(), 20);
    }

    #[test]
    fn no_rate_is_no_limit() {
        let rate = Rate::default();
        assert!((0..10_000).all(|_| rate.take(Pace::per_second(0, 0), ms(0)).is_ok()));
        assert!((0..10_000).all(|_| rate.take(Pace::per_minute(0), ms(0)).is_ok()));
    }

    #[test]
    fn a_minutes_worth_may_come_at_once() {
        let (rate, pace) = (Rate::default(), Pace::per_minute(3));
        assert_eq!((0..9).filter(|_| rate.take(pace, ms(5)).is_ok()).count(), 3);
        assert_eq!(rate.take(pace, ms(5)), Err(ms(20_000)));
    }

    #[test]
    fn time_that_goes_back_gives_nothing() {
        let (rate, pace) = (Rate::default(), Pace::per_second(1, 1));
        assert!(rate.take(pace, ms(5000)).is_ok());
        assert!(rate.take(pace, ms(0)).is_err());
        assert!(rate.take(pace, ms(5500)).is_err());
        assert!(rate.take(pace, ms(6000)).is_ok());
    }
}

//! A rate with bursts, kept as one number; of things, or of bytes. Pure: it knows no clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A day.
const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;

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

    /// A day's bytes may be taken at once; this is what so many of them cost. A budget of 0 allows
    /// everything.
    pub(crate) fn of_a_day(bytes: usize, budget: u64) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let cost_us = bytes.saturating_mul(DAY_US).checked_div(budget).unwrap_or_default();
        Pace { cost_us, saved_max_us: DAY_US }
    }

    fn new(time: Duration, rate: u32, burst: u32) -> Self {
        let cost_us = micros(time.checked_div(rate).unwrap_or_default());
        Pace { cost_us, saved_max_us: cost_us * u64::from(burst.max(1)) }
    }
}

/// So many bytes at once, and on average so many a second. What they are is known afterwards only: so
/// who is within it may go over it once, and then waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    per_second: u64,
    saved_max: Duration,
    /// Else it only says who took more than others.
    limits: bool,
}

impl Quota {
    /// Stands for a rate where there is no limit.
    const NOMINAL: u64 = 1024 * 1024;

    /// A rate of 0 allows everything.
    pub(crate) fn new(rate: u64, burst: u64) -> Self {
        let per_second = if rate == 0 { Quota::NOMINAL } else { rate };
        let quota = Quota { per_second, saved_max: Duration::ZERO, limits: rate > 0 };
        Quota { saved_max: quota.cost(burst), ..quota }
    }

    /// How much too early it is for who has paid up to a moment.
    pub(crate) fn early(&self, paid: Duration, now: Duration) -> Duration {
        if self.limits { paid.saturating_sub(now + self.saved_max) } else { Duration::ZERO }
    }

    /// Up to when somebody has paid who spends so many bytes more.
    pub(crate) fn spend(&self, paid: Duration, bytes: u64, now: Duration) -> Duration {
        let next = paid.max(now) + self.cost(bytes);
        if self.limits { next } else { next.min(self.most(now)) }
    }

    /// The most that is remembered of who may take everything.
    pub(crate) fn most(&self, now: Duration) -> Duration {
        now + self.saved_max
    }

    fn cost(&self, bytes: u64) -> Duration {
        Duration::from_micros(bytes.saturating_mul(1_000_000) / self.per_second)
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

    /// Whether something may be taken of a quota.
    ///
    /// # Errors
    /// How long to wait until it may.
    pub(crate) fn is_within(&self, quota: Quota, now: Duration) -> Result<(), Duration> {
        let early = quota.early(self.paid(), now);
        if early.is_zero() { Ok(()) } else { Err(early) }
    }

    /// So many bytes were taken.
    pub(crate) fn spend(&self, quota: Quota, bytes: u64, now: Duration) {
        let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
        // It always gives a new value, so this cannot fail.
        let _ = self.0.fetch_update(set, get, |paid| {
            Some(micros(quota.spend(Duration::from_micros(paid), bytes, now)))
        });
    }

    fn paid(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
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
    fn a_quota_lets_nobody_take_more_before_what_they_took_is_paid_for() {
        let (rate, quota) = (Rate::default(), Quota::new(1000, 3000));
        for _ in 0..4 {
            assert_eq!(rate.is_within(quota, ms(0)), Ok(()));
            rate.spend(quota, 1000, ms(0));
        }
        assert_eq!(rate.is_within(quota, ms(0)), Err(ms(1000)));
        assert_eq!(rate.is_within(quota, ms(999)), Err(ms(1)));
        assert_eq!(rate.is_within(quota, ms(1000)), Ok(()));
        rate.spend(quota, 2000, ms(1000));
        assert_eq!((rate.is_within(quota, ms(1000)), rate.paid()), (Err(ms(2000)), ms(6000)));
        rate.spend(quota, 500, ms(9000));
        assert_eq!(rate.paid(), ms(9500), "what was not taken is not saved for ever");
    }

    #[test]
    fn without_a_limit_a_quota_says_only_who_took_more() {
        let (rate, quota) = (Rate::default(), Quota::new(0, 2 * Quota::NOMINAL));
        (0..100).for_each(|_| rate.spend(quota, Quota::NOMINAL, ms(0)));
        assert_eq!((rate.is_within(quota, ms(0)), rate.paid()), (Ok(()), ms(2000)));
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

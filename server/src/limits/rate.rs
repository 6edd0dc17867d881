//! The one limiter: a quota says how much at once and how much on average, a rate what was taken of it.
//! Pure: it knows no clock, and not what it counts.
//!
//! It is a token bucket in its shortest form (GCRA): one number, the moment up to which everything that
//! was taken is paid for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// So much at once, and on average so much in a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    /// Time in which so much comes back.
    period_us: u64,
    per_period: u64,
    /// Time that may be saved up for a burst.
    saved_max_us: u64,
    /// Else it only says who took more than others.
    limits: bool,
}

impl Quota {
    /// Stands for a rate of bytes where there is no limit.
    const NOMINAL: u64 = 1024 * 1024;

    /// A rate of 0 allows everything.
    pub(crate) fn per_second(rate: u32, burst: u32) -> Self {
        Quota::of_pieces(SECOND, rate, burst)
    }

    /// A minute's worth may come at once. A rate of 0 allows everything.
    pub(crate) fn per_minute(rate: u32) -> Self {
        Quota::each_minute(rate, rate)
    }

    /// So many at once, and on average so many a minute. A rate of 0 allows everything.
    pub(crate) fn each_minute(rate: u32, burst: u32) -> Self {
        Quota::of_pieces(60 * SECOND, rate, burst)
    }

    /// So many at once, and then one more in each interval.
    pub(crate) fn every(interval: Duration, burst: u32) -> Self {
        Quota::of_pieces(interval, 1, burst)
    }

    /// A day's bytes may be taken at once. A budget of 0 allows everything.
    pub(crate) fn of_a_day(bytes: u64) -> Self {
        Quota::of_bytes(DAY, bytes, bytes)
    }

    /// So many bytes at once, and on average so many a second. A rate of 0 allows everything.
    pub(crate) fn bytes_per_second(rate: u64, burst: u64) -> Self {
        Quota::of_bytes(SECOND, rate, burst)
    }

    /// Each costs whole microseconds, and so many of them fit into a burst.
    fn of_pieces(period: Duration, rate: u32, burst: u32) -> Self {
        let quota = Quota::of_bytes(period, rate.into(), 0);
        Quota { saved_max_us: quota.cost_us(1) * u64::from(burst.max(1)), ..quota }
    }

    fn of_bytes(period: Duration, rate: u64, burst: u64) -> Self {
        let per_period = if rate == 0 { Quota::NOMINAL } else { rate };
        let period_us = micros(period);
        let quota = Quota { period_us, per_period, saved_max_us: 0, limits: rate > 0 };
        Quota { saved_max_us: quota.cost_us(burst), ..quota }
    }

    /// How much too early it is for who has paid up to a moment.
    pub(crate) fn early(&self, paid: Duration, now: Duration) -> Duration {
        Duration::from_micros(self.early_us(micros(paid), micros(now)))
    }

    /// Up to when somebody has paid who spends so many bytes more.
    pub(crate) fn spend(&self, paid: Duration, bytes: u64, now: Duration) -> Duration {
        Duration::from_micros(self.spend_us(micros(paid), bytes, micros(now)))
    }

    fn early_us(&self, paid: u64, now: u64) -> u64 {
        let early = paid.saturating_sub(now.saturating_add(self.saved_max_us));
        if self.limits { early } else { 0 }
    }

    fn spend_us(&self, paid: u64, many: u64, now: u64) -> u64 {
        let next = paid.max(now).saturating_add(self.cost_us(many));
        if self.limits { next } else { next.min(now.saturating_add(self.saved_max_us)) }
    }

    fn cost_us(&self, many: u64) -> u64 {
        scale(many, self.period_us, self.per_period)
    }

    /// How many may be taken by who has paid up to a moment.
    fn left(&self, paid: u64, now: u64) -> u64 {
        let left_us = now.saturating_add(self.saved_max_us).saturating_sub(paid.max(now));
        scale(left_us, self.per_period, self.period_us)
    }
}

/// What was taken of a quota, of one at a time always the same. Several may take without a lock.
#[derive(Debug, Default)]
pub(crate) struct Rate(AtomicU64);

impl Rate {
    /// Takes one at `now`, a time since any fixed start.
    ///
    /// # Errors
    /// How long to wait until one will be given.
    pub(crate) fn take(&self, quota: Quota, now: Duration) -> Result<(), Duration> {
        self.take_all(quota, 1, now)
    }

    /// Takes so many, or none.
    ///
    /// # Errors
    /// How long to wait until so many will be given.
    pub(crate) fn take_all(&self, quota: Quota, many: u64, now: Duration) -> Result<(), Duration> {
        if !quota.limits {
            return Ok(());
        }
        let now = micros(now);
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paid| {
            let next = quota.spend_us(paid, many, now);
            (quota.early_us(next, now) == 0).then_some(next)
        });
        let wait = |paid| quota.early_us(quota.spend_us(paid, many, now), now);
        taken.map(|_| ()).map_err(|paid| Duration::from_micros(wait(paid)))
    }

    /// Takes what is there, at most as much as is wanted.
    pub(crate) fn take_up_to(&self, quota: Quota, wanted: u64, now: Duration) -> u64 {
        let left = quota.left(self.0.load(Ordering::Relaxed), micros(now));
        let taken = wanted.min(left);
        self.spend(quota, taken, now);
        taken
    }

    /// Whether so many would be given.
    pub(crate) fn has(&self, quota: Quota, many: u64, now: Duration) -> bool {
        let now = micros(now);
        quota.early_us(quota.spend_us(self.0.load(Ordering::Relaxed), many, now), now) == 0
    }

    /// Whether something may be taken of what is known afterwards only: who is within a quota may go over
    /// it once, and then waits.
    ///
    /// # Errors
    /// How long to wait until it may.
    pub(crate) fn is_within(&self, quota: Quota, now: Duration) -> Result<(), Duration> {
        match quota.early_us(self.0.load(Ordering::Relaxed), micros(now)) {
            0 => Ok(()),
            early => Err(Duration::from_micros(early)),
        }
    }

    /// So many were taken, whatever the quota says.
    pub(crate) fn spend(&self, quota: Quota, many: u64, now: Duration) {
        let now = micros(now);
        // It always gives a new value, so this cannot fail.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paid| {
            Some(quota.spend_us(paid, many, now))
        });
    }

    /// So many that were taken are not to count.
    pub(crate) fn give_back(&self, quota: Quota, many: u64) {
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |paid| {
            Some(paid.saturating_sub(quota.cost_us(many)))
        });
    }

    /// True if it owes nothing: forgotten, it would give the same.
    pub(crate) fn is_rested(&self, now: Duration) -> bool {
        self.0.load(Ordering::Relaxed) <= micros(now)
    }
}

impl AsRef<Rate> for Rate {
    fn as_ref(&self) -> &Rate {
        self
    }
}

/// `value * times / divisor`. Only a day's bytes are so many that the product needs more than 64 bits.
fn scale(value: u64, times: u64, divisor: u64) -> u64 {
    if let Some(product) = value.checked_mul(times) {
        return product / divisor;
    }
    let wide = u128::from(value) * u128::from(times) / u128::from(divisor);
    u64::try_from(wide).unwrap_or(u64::MAX)
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

    fn paid(rate: &Rate) -> Duration {
        Duration::from_micros(rate.0.load(Ordering::Relaxed))
    }

    #[test]
    fn a_burst_then_the_rate() {
        let (rate, quota) = (Rate::default(), Quota::per_second(10, 20));
        assert!((0..20).all(|_| rate.take(quota, ms(0)).is_ok()));
        assert_eq!(rate.take(quota, ms(0)), Err(ms(100)));
        assert_eq!(rate.take(quota, ms(40)), Err(ms(60)));
        assert_eq!(rate.take(quota, ms(100)), Ok(()));
        assert_eq!(rate.take(quota, ms(100)), Err(ms(100)));
        assert!(!rate.is_rested(ms(2000)));
        let later = ms(1_000_000);
        assert!(rate.is_rested(later));
        assert_eq!((0..100).filter(|_| rate.take(quota, later).is_ok()).count(), 20);
    }

    #[test]
    fn no_rate_is_no_limit() {
        let rate = Rate::default();
        assert!((0..10_000).all(|_| rate.take(Quota::per_second(0, 0), ms(0)).is_ok()));
        assert!((0..10_000).all(|_| rate.take(Quota::per_minute(0), ms(0)).is_ok()));
    }

    #[test]
    fn a_minutes_worth_may_come_at_once() {
        let (rate, quota) = (Rate::default(), Quota::per_minute(3));
        assert_eq!((0..9).filter(|_| rate.take(quota, ms(5)).is_ok()).count(), 3);
        assert_eq!(rate.take(quota, ms(5)), Err(ms(20_000)));
    }

    #[test]
    fn a_day_s_budget_may_be_taken_at_once_however_large_it_is() {
        for bytes in [1 << 20, 256 << 20, 16 << 30, 1 << 50] {
            let (rate, quota) = (Rate::default(), Quota::of_a_day(bytes));
            assert_eq!(rate.take_all(quota, bytes, ms(0)), Ok(()), "{bytes}");
            assert!(rate.take_all(quota, bytes / 1000, ms(0)).is_err(), "{bytes}");
            let left = rate.take_up_to(quota, bytes, DAY / 2);
            assert!(left.abs_diff(bytes / 2) <= bytes / 1_000_000, "{left} of {bytes}");
        }
    }

    #[test]
    fn a_quota_lets_nobody_take_more_before_what_they_took_is_paid_for() {
        let (rate, quota) = (Rate::default(), Quota::bytes_per_second(1000, 3000));
        for _ in 0..4 {
            assert_eq!(rate.is_within(quota, ms(0)), Ok(()));
            rate.spend(quota, 1000, ms(0));
        }
        assert_eq!(rate.is_within(quota, ms(0)), Err(ms(1000)));
        assert_eq!(rate.is_within(quota, ms(999)), Err(ms(1)));
        assert_eq!(rate.is_within(quota, ms(1000)), Ok(()));
        rate.spend(quota, 2000, ms(1000));
        assert_eq!((rate.is_within(quota, ms(1000)), paid(&rate)), (Err(ms(2000)), ms(6000)));
        rate.spend(quota, 500, ms(9000));
        assert_eq!(paid(&rate), ms(9500), "what was not taken is not saved for ever");
    }

    #[test]
    fn without_a_limit_a_quota_says_only_who_took_more() {
        let (rate, quota) = (Rate::default(), Quota::bytes_per_second(0, 2 * Quota::NOMINAL));
        (0..100).for_each(|_| rate.spend(quota, Quota::NOMINAL, ms(0)));
        assert_eq!((rate.is_within(quota, ms(0)), paid(&rate)), (Ok(()), ms(2000)));
    }

    #[test]
    fn time_that_goes_back_gives_nothing() {
        let (rate, quota) = (Rate::default(), Quota::per_second(1, 1));
        assert!(rate.take(quota, ms(5000)).is_ok());
        assert!(rate.take(quota, ms(0)).is_err());
        assert!(rate.take(quota, ms(5500)).is_err());
        assert!(rate.take(quota, ms(6000)).is_ok());
    }

    #[test]
    fn some_of_what_is_wanted_is_taken_or_all_or_none() {
        let (rate, quota) = (Rate::default(), Quota::bytes_per_second(1000, 3000));
        assert!(rate.has(quota, 3000, ms(0)) && !rate.has(quota, 3001, ms(0)));
        assert_eq!(rate.take_all(quota, 2000, ms(0)), Ok(()));
        assert_eq!(rate.take_all(quota, 2000, ms(0)), Err(ms(1000)));
        assert_eq!(rate.take_up_to(quota, 2000, ms(0)), 1000);
        assert_eq!(rate.take_up_to(quota, 2000, ms(500)), 500);
        assert_eq!(rate.take_up_to(quota, 9000, ms(60_000)), 3000);
    }
}

//! A token bucket over a given time. Pure: it knows no clock.

use std::time::Duration;

/// Allows bursts, and on average so many messages a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Time that one message costs; zero switches the limit off.
    cost: Duration,
    /// Time that may be saved up.
    saved_max: Duration,
    saved: Duration,
    seen: Duration,
}

impl Rate {
    /// A full bucket. A rate of 0 allows everything.
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let cost = Duration::from_secs(1).checked_div(per_second).unwrap_or_default();
        let saved_max = cost * burst.max(1);
        Rate { cost, saved_max, saved: saved_max, seen: Duration::ZERO }
    }

    /// Takes one message at `now`, a time since any fixed start.
    ///
    /// # Errors
    /// How long to wait until one will be taken.
    pub(crate) fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.saved = (self.saved + now.saturating_sub(self.seen)).min(self.saved_max);
        self.seen = now.max(self.seen);
        match self.saved.checked_sub(self.cost) {
            Some(left) => {
                self.saved = left;
                Ok(())
            }
            None => Err(self.cost - self.saved),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_burst_then_the_rate() {
        let mut rate = Rate::new(10, 20);
        assert!((0..20).all(|_| rate.take(ms(0)).is_ok()));
        assert_eq!(rate.take(ms(0)), Err(ms(100)));
        assert_eq!(rate.take(ms(40)), Err(ms(60)));
        assert_eq!(rate.take(ms(100)), Ok(()));
        assert_eq!(rate.take(ms(100)), Err(ms(100)));
        let later = ms(1_000_000);
        assert_eq!((0..100).filter(|_| rate.take(later).is_ok()).count(), 20);
    }

    #[test]
    fn no_rate_is_no_limit() {
        let mut rate = Rate::new(0, 0);
        assert!((0..10_000).all(|_| rate.take(ms(0)).is_ok()));
    }

    #[test]
    fn time_that_goes_back_gives_nothing() {
        let mut rate = Rate::new(1, 1);
        assert!(rate.take(ms(5000)).is_ok());
        assert!(rate.take(ms(0)).is_err());
        assert!(rate.take(ms(5500)).is_err());
        assert!(rate.take(ms(6000)).is_ok());
    }
}

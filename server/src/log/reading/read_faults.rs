//! Reads that fail: counted each, told once a minute, and for as long a reason not to be ready. One
//! damaged page is asked for by everybody who comes into its room.
//!
//! This file does not know what was asked for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::{NotReady, Reasons};

/// How long a failure counts. Those who were told to ask again do so sooner, so that a fault that stays
/// is told of all the time.
const COUNTS_FOR: Duration = Duration::from_secs(60);

/// When reads failed last. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadFaults(Arc<Mutex<Last>>);

#[derive(Debug, Default)]
struct Last {
    failed: Option<Instant>,
    told: Option<Instant>,
    untold: u64,
}

impl ReadFaults {
    /// A read failed.
    pub(in crate::log) fn failed(
        &self,
        error: &rusqlite::Error,
        reasons: &Reasons,
        metrics: &Metrics,
        now: Instant,
    ) {
        metrics.disk.read_failures.inc();
        reasons.set(NotReady::CannotRead, true);
        let mut last = self.0.lock();
        last.failed = Some(now);
        if last.told.is_some_and(|told| now - told < COUNTS_FOR) {
            last.untold += 1;
            return;
        }
        last.told = Some(now);
        let others = std::mem::take(&mut last.untold);
        tracing::error!(
            %error,
            others,
            "cannot read the log: if the database is damaged, stop the server and restore a backup"
        );
    }

    /// Looks whether the last failure was long ago.
    pub(in crate::log) fn look(&self, reasons: &Reasons, now: Instant) {
        let last = self.0.lock();
        // Under the lock, so that no failure comes in between.
        if last.failed.is_none_or(|failed| now - failed >= COUNTS_FOR) {
            reasons.set(NotReady::CannotRead, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_counts_for_a_minute_and_each_is_counted() {
        let (faults, reasons) = (ReadFaults::default(), Reasons::default());
        let metrics = Metrics::default();
        let (start, error) = (Instant::now(), rusqlite::Error::InvalidQuery);
        let holds = || reasons.holds(NotReady::CannotRead);
        let fail = |at| faults.failed(&error, &reasons, &metrics, start + at);
        let second = Duration::from_secs(1);
        for n in 0..5 {
            fail(n * second);
        }
        assert_eq!((metrics.disk.read_failures.get(), faults.0.lock().untold), (5, 4));
        faults.look(&reasons, start + 63 * second);
        assert!(holds());
        faults.look(&reasons, start + 64 * second);
        assert!(!holds());
        fail(65 * second);
        assert!(holds() && faults.0.lock().untold == 0, "told with the others");
    }
}

//! How much programs may post to hooks.
//!
//! This file knows no clock, and not what is posted.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;

/// Posts of a hook that come at once: as many alerts as follow from one fault.
const BURST: u32 = 30;
/// From then on one comes in this time.
const INTERVAL: Duration = Duration::from_secs(1);
/// Hooks whose posts are counted: as many as there may be.
const HOOKS_MAX: usize = 1000;
/// Posts that are read at a time: together they take 16 MiB.
const READ_MAX: usize = 64;

/// What hooks did lately, and what is being read.
#[derive(Debug)]
pub(crate) struct Posting {
    quota: Quota,
    hooks: Remembered<u32, Rate>,
    places: Semaphore,
}

impl Default for Posting {
    fn default() -> Self {
        Posting {
            quota: Quota::every(INTERVAL, BURST),
            hooks: Remembered::default(),
            places: Semaphore::new(READ_MAX),
        }
    }
}

impl Posting {
    /// Takes one at `now`, a time since any fixed start, or says when there is one again.
    pub(crate) fn take(&self, hook: u32, now: Duration) -> Result<(), Duration> {
        self.hooks.get(hook, (HOOKS_MAX, now), Rate::default).take(self.quota, now)
    }

    /// A place to read a post, if one is free, until that is dropped.
    pub(crate) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_says_thirty_things_at_once_and_then_one_a_second() {
        let posting = Posting::default();
        let now = Duration::from_secs(100);
        assert_eq!((0..40).filter(|_| posting.take(1, now).is_ok()).count(), 30);
        assert_eq!(posting.take(1, now), Err(INTERVAL));
        assert!(posting.take(2, now).is_ok(), "another one is not held up");
        assert!(posting.take(1, now + INTERVAL).is_ok());
        assert!(posting.take(1, now + INTERVAL).is_err());
    }

    #[test]
    fn so_many_are_read_at_a_time() {
        let posting = Posting::default();
        let mut places: Vec<_> = (0..READ_MAX).map(|_| posting.place().unwrap()).collect();
        assert!(posting.place().is_none());
        places.pop();
        assert!(posting.place().is_some());
    }
}

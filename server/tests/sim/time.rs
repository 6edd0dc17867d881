//! What one run of the server takes the time to be, by the rules that the server has for it.

use std::time::Duration;

use super::Mutant;
use super::store::Store;
use crate::log::time::judge::{Judge, Reading};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Disuse of a name, and how far a clock may leap then.
pub(super) const EXPIRY_MS: u64 = 90 * DAY_MS;
pub(super) const LEAP_MS: u64 = EXPIRY_MS / 2;

/// What the machine's clock says, and what it should say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    pub(super) now_us: u64,
    pub(super) truth_us: u64,
}

pub(super) struct Time {
    judge: Judge,
    /// When this run began, by the truth.
    began_us: u64,
    reading: Reading,
    mutant: Mutant,
}

impl Time {
    pub(super) fn start(store: &mut Store, clocks: Clocks, mutant: Mutant) -> Self {
        let mut judge = Judge::new(clocks.now_us, store.known_ms, LEAP_MS, false);
        let reading = judge.read(clocks.now_us, Duration::ZERO);
        let mut time = Time { judge, began_us: clocks.truth_us, reading, mutant };
        time.look(clocks);
        time.note(store);
        time
    }

    /// Time has passed, or the clock was turned.
    pub(super) fn look(&mut self, Clocks { now_us, truth_us }: Clocks) {
        let passed = Duration::from_micros(truth_us - self.began_us);
        let reading = self.judge.read(now_us, passed);
        // A server that trusts the machine's clock too much.
        self.reading = match self.mutant {
            Mutant::StampByTheClock => Reading { now_us, ..reading },
            Mutant::AgeByTheClock => Reading { age_ms: now_us / 1000, ..reading },
            _ => reading,
        };
    }

    /// Notes up to when time has passed.
    pub(super) fn note(&self, store: &mut Store) {
        store.known_ms = self.reading.known_ms().or(store.known_ms);
    }

    pub(super) fn now_us(&self) -> u64 {
        self.reading.now_us
    }

    pub(super) fn age_ms(&self) -> u64 {
        self.reading.age_ms
    }

    pub(super) fn stored(&self, stored_ms: u64) -> u64 {
        self.reading.stored(stored_ms)
    }

    pub(super) fn to_stored(&self, age_ms: u64) -> u64 {
        self.reading.to_stored(age_ms)
    }
}

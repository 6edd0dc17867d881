//! Whether the machine's clock can be believed, and what time the server goes by.
//!
//! A clock that is wrong is as good as one that is right until something else speaks against it. Two
//! things do: the time up to which the database knows that time has passed, and, while the server runs,
//! a steady clock that nobody sets. Pure: it knows no clock but what it is told, so a simulator can
//! turn it.

use std::time::Duration;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// 2026-01-01. This program is younger: a clock that says less was never set.
pub(crate) const EARLIEST_MS: u64 = 1_767_225_600_000;
/// A hundred years later, well before ids would run out in 2255.
const LATEST_MS: u64 = EARLIEST_MS + 100 * 365 * DAY_MS;
/// A leap of a day is taken for the truth, however short the times are that things are kept for:
/// machines are off for a night.
const LEAP_MIN_MS: u64 = DAY_MS;
/// One of more than a year is doubted, however long they are: chats that were off for as long are
/// rare, and a year in an address bar of a BIOS is mistyped often.
const LEAP_MAX_MS: u64 = 365 * DAY_MS;
/// How far a clock may be behind what is known. No machine gets there by being off.
const BEHIND_MAX_MS: u64 = DAY_MS;

/// Why the machine's clock is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// It says a time that cannot be.
    Impossible,
    /// It is far ahead of what is known.
    Ahead,
    /// It is behind what is known: either it is wrong now, or it was.
    Behind,
}

/// What the server goes by. All in milliseconds since 1970 but what is said to be in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What is stamped: the machine's time, or, where that is doubted for being ahead or impossible,
    /// the last time that was not, and what has passed since.
    pub(crate) now_us: u64,
    /// By what bans, disuse and retention are measured: it is set by nobody while the server runs.
    pub(crate) age_ms: u64,
    pub(crate) doubt: Option<Doubt>,
    /// How far the machine's clock was set since the last reading, or is ahead of `now`.
    pub(crate) step_ms: i64,
}

/// The clock that nobody sets while the server runs: what was known at the beginning of the steady one,
/// and what has passed since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Age {
    base_ms: u64,
}

impl Age {
    pub(crate) fn after(self, passed: Duration) -> u64 {
        let passed_ms = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        self.base_ms.saturating_add(passed_ms)
    }
}

#[derive(Debug)]
pub(crate) struct Judge {
    leap_max_ms: u64,
    age: Age,
    /// How far the machine's clock was set since.
    offset_ms: i64,
    /// What the machine's clock is behind of.
    known_ms: Option<u64>,
}

impl Judge {
    /// `known_ms`: up to when time has passed for certain. `accept`: somebody looked at the clock, and
    /// says that it is right.
    pub(crate) fn new(machine_us: u64, known_ms: Option<u64>, leap_max: u64, accept: bool) -> Self {
        let machine = machine_us / 1000;
        let known = known_ms.filter(|known| is_possible(*known));
        let base_ms = match known {
            // No time is known at all: it is counted from zero, which nobody takes for one.
            _ if !is_possible(machine) => known.unwrap_or(0),
            Some(known) if !accept && machine > known.saturating_add(leap_max) => known,
            _ => machine,
        };
        let is_behind = |known: &u64| !accept && machine.saturating_add(BEHIND_MAX_MS) < *known;
        let known_ms = known.filter(|known| base_ms == machine && is_behind(known));
        Judge { leap_max_ms: leap_max, age: Age { base_ms }, offset_ms: 0, known_ms }
    }

    /// What bans, disuse and retention are measured by needs no look at the machine's clock.
    pub(crate) fn age(&self) -> Age {
        self.age
    }

    /// What time it is. `passed` is the steady clock since this judge was made.
    pub(crate) fn read(&mut self, machine_us: u64, passed: Duration) -> Reading {
        let age_ms = self.age.after(passed);
        let expected = age_ms.saturating_add_signed(self.offset_ms);
        let machine = machine_us / 1000;
        let step_ms = machine.saturating_sub(expected).min(LATEST_MS).cast_signed()
            - expected.saturating_sub(machine).min(LATEST_MS).cast_signed();
        let doubt = self.doubt(machine, age_ms, expected);
        let now_us = match doubt {
            Some(Doubt::Impossible | Doubt::Ahead) => expected.saturating_mul(1000),
            Some(Doubt::Behind) | None => {
                self.offset_ms = self.offset_ms.saturating_add(step_ms);
                machine_us
            }
        };
        Reading { now_us, age_ms, doubt, step_ms }
    }

    fn doubt(&mut self, machine: u64, age_ms: u64, expected: u64) -> Option<Doubt> {
        if !is_possible(machine) {
            return Some(Doubt::Impossible);
        }
        if !is_possible(expected) {
            // There is nothing to hold against it.
            return None;
        }
        // Who was set back may come back.
        let known = expected.max(age_ms).max(self.known_ms.unwrap_or_default());
        if machine > known.saturating_add(self.leap_max_ms) {
            return Some(Doubt::Ahead);
        }
        // Who was set ahead may go back.
        if machine.saturating_add(BEHIND_MAX_MS) < expected.min(age_ms) {
            self.known_ms = self.known_ms.max(Some(age_ms));
        }
        self.known_ms.take_if(|known| machine.saturating_add(BEHIND_MAX_MS) >= *known);
        self.known_ms.map(|_| Doubt::Behind)
    }
}

impl Reading {
    pub(crate) fn now_ms(&self) -> u64 {
        self.now_us / 1000
    }

    /// Up to when time has passed for certain, if anything is.
    pub(crate) fn known_ms(&self) -> Option<u64> {
        Some(self.now_ms()).filter(|now| self.doubt != Some(Doubt::Behind) && is_possible(*now))
    }

    /// The earlier of both clocks: what is measured against times that were stamped.
    pub(crate) fn careful_ms(&self) -> u64 {
        if is_possible(self.age_ms) { self.age_ms.min(self.now_ms()) } else { self.now_ms() }
    }

    /// No clock that was right stamped anything later.
    pub(crate) fn latest_ms(&self) -> u64 {
        self.now_ms().saturating_add(BEHIND_MAX_MS)
    }

    /// What is stored of another run or machine, as the age clock calls it.
    pub(crate) fn stored(self, stored_ms: u64) -> u64 {
        let set = self.now_ms().cast_signed() - self.age_ms.cast_signed();
        stored_ms.saturating_add_signed(-set)
    }

    /// What the age clock calls so, as it is stored for other runs.
    pub(crate) fn to_stored(self, age_ms: u64) -> u64 {
        let set = self.now_ms().cast_signed() - self.age_ms.cast_signed();
        age_ms.saturating_add_signed(set)
    }
}

/// How far the clock may leap: half of the shortest time that anything is kept for. So no wrong clock
/// that is believed takes what was used or said in the later half.
pub(crate) fn leap_max_ms(kept_for: impl IntoIterator<Item = Option<u64>>) -> u64 {
    let shortest = kept_for.into_iter().flatten().min().unwrap_or(u64::MAX);
    (shortest / 2).clamp(LEAP_MIN_MS, LEAP_MAX_MS)
}

/// Whether a clock that is right can have said this.
pub(crate) fn is_possible(ms: u64) -> bool {
    (EARLIEST_MS..LATEST_MS).contains(&ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAP: u64 = 45 * DAY_MS;
    /// 2026-11-29.
    const NOW: u64 = EARLIEST_MS + 332 * DAY_MS;

    fn days(count: i64) -> i64 {
        count * DAY_MS.cast_signed()
    }

    fn at(offset: i64) -> u64 {
        NOW.saturating_add_signed(offset)
    }

    /// Starts with a clock that is so far from the truth, when the truth is known.
    fn start(offset: i64, accept: bool) -> Judge {
        Judge::new(at(offset) * 1000, Some(NOW), LEAP, accept)
    }

    fn read(judge: &mut Judge, offset: i64, passed_ms: u64) -> Reading {
        judge.read((at(offset) + passed_ms) * 1000, Duration::from_millis(passed_ms))
    }

    #[test]
    fn a_start_is_believed_unless_it_is_far_from_what_is_known() {
        let year = days(365);
        for (offset, doubt, now) in [
            (0, None, 0),
            (days(44), None, days(44)),
            (days(46), Some(Doubt::Ahead), 0),
            (10 * year, Some(Doubt::Ahead), 0),
            (250 * year, Some(Doubt::Impossible), 0),
            (-days(1) / 2, None, -days(1) / 2),
            (-days(30), Some(Doubt::Behind), -days(30)),
            (-year, Some(Doubt::Impossible), 0),
            (-50 * year, Some(Doubt::Impossible), 0),
        ] {
            for passed in [0, 5, 100_000] {
                let mut judge = start(offset, false);
                let reading = read(&mut judge, offset, passed);
                assert_eq!(reading.doubt, doubt, "{offset}");
                assert_eq!(reading.now_us / 1000, at(now) + passed, "{offset}");
                assert_eq!(reading.age_ms, at(now) + passed, "{offset}");
            }
            let accepted = read(&mut start(offset, true), offset, 7);
            let is_right = accepted.doubt.is_none() && accepted.now_ms() == at(offset) + 7;
            assert_eq!(is_right, doubt != Some(Doubt::Impossible), "{offset}: {accepted:?}");
        }
    }

    #[test]
    fn a_step_moves_what_is_stamped_and_never_what_ages() {
        let mut judge = start(0, false);
        for (passed, offset) in (1..).zip([0, days(2), -days(1) / 2, days(44), 0, 3_600_000]) {
            let reading = read(&mut judge, offset, passed);
            assert_eq!((reading.doubt, reading.age_ms), (None, NOW + passed));
            assert_eq!(reading.now_ms(), at(offset) + passed);
            assert_eq!(reading.careful_ms(), NOW.min(at(offset)) + passed);
            assert_eq!(reading.to_stored(NOW), at(offset));
            // One clock of the two steps is back where it was.
            read(&mut judge, 0, passed);
        }
    }

    #[test]
    fn who_leaps_far_is_doubted_until_it_is_back() {
        let mut judge = start(0, false);
        for (passed, offset, doubt, now) in [
            (1, days(46), Some(Doubt::Ahead), 0),
            (2, days(4000), Some(Doubt::Ahead), 0),
            (3, days(90_000), Some(Doubt::Impossible), 0),
            (4, 0, None, 0),
            (5, -days(300), Some(Doubt::Behind), -days(300)),
            (6, -days(200), Some(Doubt::Behind), -days(200)),
            (7, -days(400), Some(Doubt::Impossible), -days(200)),
            (8, 5000, None, 5000),
        ] {
            let reading = read(&mut judge, offset, passed);
            assert_eq!((reading.doubt, reading.now_ms()), (doubt, at(now) + passed), "{offset}");
            assert_eq!(reading.age_ms, NOW + passed, "{offset}");
            let known = (doubt != Some(Doubt::Behind) && passed != 7).then_some(reading.now_ms());
            assert_eq!(reading.known_ms().filter(|_| passed != 7), known, "{offset}");
        }
    }

    #[test]
    fn where_nothing_is_known_every_possible_clock_is_believed() {
        for (offset, believed) in
            [(days(4000), true), (-days(20_000), false), (days(90_000), false)]
        {
            let mut judge = Judge::new(at(offset) * 1000, None, LEAP, false);
            let reading = read(&mut judge, offset, 9);
            assert_eq!(reading.doubt.is_none(), believed);
            assert_eq!(reading.now_ms(), if believed { at(offset) + 9 } else { 9 });
            // Set at last, it is believed at once.
            assert_eq!(read(&mut judge, 0, 10).now_ms(), if offset == 0 { 0 } else { NOW + 10 });
        }
    }

    #[test]
    fn a_leap_is_half_of_what_is_kept_for_the_shortest_time() {
        assert_eq!(leap_max_ms([Some(90 * DAY_MS), None]), 45 * DAY_MS);
        assert_eq!(leap_max_ms([Some(90 * DAY_MS), Some(30 * DAY_MS)]), 15 * DAY_MS);
        assert_eq!(leap_max_ms([Some(5)]), DAY_MS);
        assert_eq!(leap_max_ms([None, None]), 365 * DAY_MS);
    }
}

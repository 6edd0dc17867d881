//! The stream that nodes share, as a model: what is sent to it arrives late, twice or not at all, its leader
//! changes and has a clock of its own, it pauses, forgets what is old and, if it is broken, what is new.

use std::time::Duration;

use bytes::Bytes;
use fastrand::Rng;

use crate::log::order::replica::Incoming;

/// Records that are kept at least when old ones are forgotten.
const KEPT_MIN: u64 = 3;

/// A record on its way to the stream.
#[derive(Debug, Clone)]
pub(super) struct Append {
    /// The process that sent it.
    pub(super) from: u64,
    pub(super) era: u64,
    pub(super) number: u64,
    /// What that process had applied then.
    pub(super) after: u64,
    pub(super) bytes: Bytes,
}

/// The stream has a record.
#[derive(Debug, Clone)]
pub(super) struct Ack {
    pub(super) append: Append,
    pub(super) seq: u64,
}

#[derive(Debug, Default)]
pub(super) struct Engine {
    records: Vec<Incoming>,
    /// The oldest that was not forgotten.
    first: u64,
    way: Vec<Append>,
    /// On their way for so long that whoever sent them may have sent them again, or be dead.
    late: Vec<Append>,
    pub(super) acks: Vec<Ack>,
    /// How wrong the leader's clock is.
    off_us: i64,
    /// Nothing is appended before this moment.
    paused: Duration,
}

/// A record that a reader wants was forgotten.
#[derive(Debug)]
pub(super) struct Trimmed;

impl Engine {
    pub(super) fn new() -> Self {
        Engine { first: 1, ..Engine::default() }
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn last(&self) -> u64 {
        self.records.len() as u64
    }

    pub(super) fn get(&self, seq: u64) -> Option<&Incoming> {
        self.records.get(usize::try_from(seq).ok()?.checked_sub(1)?).filter(|_| seq >= self.first)
    }

    /// What a reader reads next; none if it has everything.
    pub(super) fn read(&self, next: u64) -> Result<Option<Incoming>, Trimmed> {
        if next < self.first { Err(Trimmed) } else { Ok(self.get(next).cloned()) }
    }

    pub(super) fn send(&mut self, append: Append) {
        self.way.push(append);
    }

    pub(super) fn on_the_way(&self) -> usize {
        self.way.len()
    }

    /// One of those on the way arrives, nearly always the first of its sender: what became of it.
    pub(super) fn take(
        &mut self,
        rng: &mut Rng,
        (passed, truth_us): (Duration, u64),
    ) -> Option<(&'static str, u64)> {
        if self.way.is_empty() || passed < self.paused {
            return None;
        }
        if !self.late.is_empty() && rng.u8(0..30) == 0 {
            let append = self.late.remove(rng.usize(0..self.late.len()));
            return Some(("very late", self.append(append, truth_us, false)));
        }
        let mut place = rng.usize(0..self.way.len());
        if rng.u8(0..30) > 0 {
            let from = self.way[place].from;
            place = self.way.iter().position(|it| it.from == from)?;
        }
        let (what, stays, is_acked) = match rng.u8(0..40) {
            0 => ("not", false, false),
            1 => ("without an answer", false, false),
            2 => ("and once more later", true, false),
            3 => ("and once more later", true, true),
            4 | 5 => ("later", false, false),
            _ => ("well", false, true),
        };
        let append = if stays { self.way[place].clone() } else { self.way.remove(place) };
        if what == "later" {
            self.late.push(append);
            return Some((what, 0));
        }
        if what == "not" {
            return Some((what, 0));
        }
        let seq = self.append(append, truth_us, is_acked);
        Some((what, seq))
    }

    /// All that is on the way arrives, in order.
    pub(super) fn take_all(&mut self, (passed, truth_us): (Duration, u64)) -> bool {
        if self.way.is_empty() || passed < self.paused {
            return false;
        }
        for append in std::mem::take(&mut self.way) {
            self.append(append, truth_us, true);
        }
        true
    }

    fn append(&mut self, append: Append, truth_us: u64, is_acked: bool) -> u64 {
        let seq = self.last() + 1;
        let at_us = truth_us.saturating_add_signed(self.off_us);
        self.records.push(Incoming::new(seq, at_us, append.bytes.clone()));
        if is_acked {
            self.acks.push(Ack { append, seq });
        }
        seq
    }

    /// Another leader, with another clock; what was on the way is lost or not.
    pub(super) fn change_leader(&mut self, rng: &mut Rng) {
        self.off_us = rng.i64(-7_200_000_000..7_200_000_000);
        match rng.u8(0..3) {
            0 => self.way.clear(),
            1 => self.way.retain(|_| rng.bool()),
            _ => {}
        }
        self.acks.retain(|_| rng.bool());
    }

    pub(super) fn pause(&mut self, until: Duration) {
        self.paused = self.paused.max(until);
    }

    /// Nothing is in its way any more.
    pub(super) fn heal(&mut self) {
        self.paused = Duration::ZERO;
    }

    /// Forgets what is older than a record.
    pub(super) fn trim(&mut self, upto: u64) {
        self.first = self.first.max(upto.min((self.last() + 1).saturating_sub(KEPT_MIN)));
    }

    /// Loses its newest records, which it must not.
    pub(super) fn lose_tail(&mut self, count: u64) {
        let left = self.last().saturating_sub(count).max(self.first);
        self.records.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        self.way.clear();
        self.late.clear();
        self.acks.clear();
    }
}

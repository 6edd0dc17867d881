//! How much a room is told about who is there: everything at once while it is small; gathered,
//! within a budget of bytes, when it is large.
//!
//! A full list to everyone for every join grows with the square of a room's size, and while the
//! room fills with the cube. This file does not know
//! members or sockets.

use std::time::Duration;

use protocol::{RoomName, UserName};

/// Connections up to which every join and leave reaches everyone at once with the new list: 200
/// lists of 200 names are some 600 KB.
pub(crate) const AT_ONCE_MAX: usize = 200;
/// A change that was not told is in a list after this time, whatever it costs.
pub(crate) const LIST_WITHIN: Duration = Duration::from_secs(5);
/// Comings and goings that a small room is told of at once, each with the whole list, when it was calm
/// before: all of it may fill and empty.
const CHURN_AT_ONCE: u64 = 400;
/// And then so many more a second: to 200 people they are 3 MB. What is more is gathered as in a large
/// room.
const CHURN_RATE: u64 = 5;
/// Names that a list holds at least, whatever they cost: a sidebar's worth.
pub(crate) const NAMES_MIN: usize = 50;
/// What a name takes in a list: quotes, a comma, and a backslash for what JSON escapes.
pub(super) fn name_bytes(name: &UserName) -> u64 {
    let text = name.as_str();
    let escaped = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
    (text.len() + escaped + 3) as u64
}

/// What a `join`, a `leave` or a `presence` takes besides a person's names: the frame's header, the
/// fields, and the room's name.
pub(super) fn envelope_bytes(room: &RoomName) -> u64 {
    64 + room.as_str().len() as u64
}

/// Bytes a second for all that a room's members are told of who is there; zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget(pub(crate) u64);

impl Budget {
    /// A room of so many connections is told everything at once while it is calm.
    pub(super) fn allows_all(self, connections: usize) -> bool {
        self.is_endless() || connections <= AT_ONCE_MAX
    }

    pub(super) fn is_endless(self) -> bool {
        self.0 == 0
    }
}

/// How much comes and goes in a room.
#[derive(Debug)]
pub(super) struct Churn(Bucket);

impl Churn {
    pub(super) fn new() -> Self {
        let time = Duration::from_secs(CHURN_AT_ONCE / CHURN_RATE);
        Churn(Bucket::new(CHURN_RATE, time, Duration::ZERO))
    }

    /// True if one more may be told at once.
    pub(super) fn takes_one(&mut self, now: Duration) -> bool {
        self.0.takes(now, 1)
    }
}

/// What a large room has been told and may still be told.
#[derive(Debug)]
pub(super) struct Gathered {
    /// A quarter of the budget: `join` and `leave` one by one, and the lists of those who come.
    at_once: Bucket,
    /// The rest of it: lists to everyone.
    lists: Bucket,
    /// When a list has to tell what changed.
    due: Option<Duration>,
}

impl Gathered {
    pub(super) fn new(budget: Budget, now: Duration) -> Self {
        let at_once = budget.0 / 4;
        Gathered {
            at_once: Bucket::new(at_once, Duration::from_secs(1), now),
            lists: Bucket::new(budget.0 - at_once, LIST_WITHIN, now),
            due: None,
        }
    }

    /// Something changed: a list tells it in time.
    pub(super) fn changed(&mut self, now: Duration) {
        self.due.get_or_insert(now + LIST_WITHIN);
    }

    /// True if a line of so many bytes, over all receivers, may be told at once.
    pub(super) fn takes_line(&mut self, now: Duration, bytes: u64) -> bool {
        self.at_once.takes(now, bytes)
    }

    /// How many bytes of the wanted ones the list of somebody who comes may have.
    pub(super) fn takes_entry(&mut self, now: Duration, wanted: u64) -> u64 {
        self.at_once.refill(now);
        self.at_once.take(wanted)
    }

    /// How many bytes a list to all may have now; `None` if it waits, because nothing changed or
    /// because there will be more of it later. `full` is what a list of everybody takes.
    pub(super) fn takes_list(&mut self, now: Duration, full: u64) -> Option<u64> {
        let due = self.due?;
        if !self.lists.has(now, full) && now < due {
            return None;
        }
        self.due = None;
        Some(self.lists.take(full))
    }
}

/// Bytes, or whatever is counted, that may be spent: it fills at a rate, up to what the rate gives in a time.
#[derive(Debug)]
struct Bucket {
    rate: u64,
    bytes_max: u64,
    bytes: u64,
    filled: Duration,
}

impl Bucket {
    fn new(rate: u64, time: Duration, now: Duration) -> Self {
        let bytes_max = rate.saturating_mul(time.as_secs());
        Bucket { rate, bytes_max, bytes: bytes_max, filled: now }
    }

    fn refill(&mut self, now: Duration) {
        let ms = u64::try_from(now.saturating_sub(self.filled).as_millis()).unwrap_or(u64::MAX);
        let more = self.rate.saturating_mul(ms) / 1000;
        self.bytes = self.bytes.saturating_add(more).min(self.bytes_max);
        // Only whole milliseconds are counted; the rest counts next time.
        self.filled += Duration::from_millis(ms);
    }

    fn has(&mut self, now: Duration, bytes: u64) -> bool {
        self.refill(now);
        self.bytes >= bytes
    }

    /// Takes all that is wanted, or nothing; true if it was there.
    fn takes(&mut self, now: Duration, wanted: u64) -> bool {
        self.has(now, wanted) && self.take(wanted) == wanted
    }

    /// Takes what is there, at most as much as is wanted.
    fn take(&mut self, wanted: u64) -> u64 {
        let taken = wanted.min(self.bytes);
        self.bytes -= taken;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn small_rooms_and_servers_without_a_budget_are_told_all() {
        assert!(Budget(1).allows_all(AT_ONCE_MAX));
        assert!(!Budget(1).allows_all(AT_ONCE_MAX + 1));
        assert!(Budget(0).allows_all(usize::MAX));
    }

    #[test]
    fn a_room_is_calm_for_so_many_and_then_for_five_a_second() {
        let mut churn = Churn::new();
        assert!((0..CHURN_AT_ONCE).all(|_| churn.takes_one(seconds(7))));
        assert!(!churn.takes_one(seconds(7)));
        assert_eq!((0..1000).filter(|_| churn.takes_one(seconds(8))).count(), 5);
        assert_eq!((0..1000).filter(|_| churn.takes_one(seconds(500))).count(), 400);
    }

    #[test]
    fn lines_are_told_while_their_quarter_lasts_and_again_when_it_is_back() {
        let mut gathered = Gathered::new(Budget(4000), seconds(7));
        assert!(gathered.takes_line(seconds(7), 600));
        assert!(!gathered.takes_line(seconds(7), 600));
        assert_eq!(gathered.takes_entry(seconds(7), 600), 400);
        assert!(!gathered.takes_line(seconds(7), 1));
        assert!(gathered.takes_line(seconds(8), 1000));
    }

    #[test]
    fn a_list_comes_when_it_fits_or_when_it_is_due() {
        let mut gathered = Gathered::new(Budget(4000), seconds(0));
        assert_eq!(gathered.takes_list(seconds(0), 10), None, "nothing changed");
        gathered.changed(seconds(0));
        assert_eq!(gathered.takes_list(seconds(0), 15_000), Some(15_000));
        gathered.changed(seconds(1));
        gathered.changed(seconds(2));
        assert_eq!(gathered.takes_list(seconds(2), 15_000), None);
        assert_eq!(gathered.takes_list(seconds(2), 6000), Some(6000));
        gathered.changed(seconds(3));
        assert_eq!(gathered.takes_list(seconds(7), 90_000), None);
        assert_eq!(gathered.takes_list(seconds(8), 90_000), Some(15_000));
        assert_eq!(gathered.takes_list(seconds(20), 10), None, "all is told");
    }

    #[test]
    fn many_small_steps_of_time_give_as_much_as_one() {
        let mut bucket = Bucket::new(1000, seconds(5), seconds(0));
        bucket.take(5000);
        for us in (0..=1_000_000).step_by(300) {
            bucket.refill(Duration::from_micros(us));
        }
        assert!((999..=1000).contains(&bucket.bytes), "{}", bucket.bytes);
    }
}

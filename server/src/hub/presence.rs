//! How much a room is told about who is there: everything at once while it is small; gathered,
//! within a budget of bytes, when it is large.
//!
//! A full list to everyone for every join grows with the square of a room's size, and while the
//! room fills with the cube. This file does not know
//! members or sockets.

use std::time::Duration;

use protocol::{RoomName, UserName};

use crate::limits::rate::{Quota, Rate};

/// Connections up to which every join and leave reaches everyone at once with the new list: 200
/// lists of 200 names are some 600 KB.
pub(crate) const AT_ONCE_MAX: usize = 200;
/// A change that was not told is in a list after this time, whatever it costs.
pub(crate) const LIST_WITHIN: Duration = Duration::from_secs(5);
/// Comings and goings that a small room is told of at once, each with the whole list, when it was calm
/// before: all of it may fill and empty.
const CHURN_AT_ONCE: u32 = 400;
/// And then so many more a second: to 200 people they are 3 MB. What is more is gathered as in a large
/// room.
const CHURN_RATE: u32 = 5;
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
#[derive(Debug, Default)]
pub(super) struct Churn(Rate);

impl Churn {
    /// True if one more may be told at once.
    pub(super) fn takes_one(&self, now: Duration) -> bool {
        self.0.take(Quota::per_second(CHURN_RATE, CHURN_AT_ONCE), now).is_ok()
    }
}

/// What a large room has been told and may still be told, in bytes.
#[derive(Debug)]
pub(super) struct Gathered {
    /// A quarter of the budget: `join` and `leave` one by one, and the lists of those who come.
    at_once: (Quota, Rate),
    /// The rest of it: lists to everyone.
    lists: (Quota, Rate),
    /// When a list has to tell what changed.
    due: Option<Duration>,
}

impl Gathered {
    /// For a budget that has an end.
    pub(super) fn new(Budget(budget): Budget) -> Self {
        let at_once = budget / 4;
        let lists = budget - at_once;
        let gathered = lists.saturating_mul(LIST_WITHIN.as_secs());
        // A rate of 0 would be no limit, and one byte is too little for anything.
        let at_once = at_once.max(1);
        Gathered {
            at_once: (Quota::bytes_per_second(at_once, at_once), Rate::default()),
            lists: (Quota::bytes_per_second(lists, gathered), Rate::default()),
            due: None,
        }
    }

    /// Something changed: a list tells it in time.
    pub(super) fn changed(&mut self, now: Duration) {
        self.due.get_or_insert(now + LIST_WITHIN);
    }

    /// True if a line of so many bytes, over all receivers, may be told at once.
    pub(super) fn takes_line(&self, now: Duration, bytes: u64) -> bool {
        let (quota, rate) = &self.at_once;
        rate.take_all(*quota, bytes, now).is_ok()
    }

    /// How many bytes of the wanted ones the list of somebody who comes may have.
    pub(super) fn takes_entry(&self, now: Duration, wanted: u64) -> u64 {
        let (quota, rate) = &self.at_once;
        rate.take_up_to(*quota, wanted, now)
    }

    /// How many bytes a list to all may have now; `None` if it waits, because nothing changed or
    /// because there will be more of it later. `full` is what a list of everybody takes.
    pub(super) fn takes_list(&mut self, now: Duration, full: u64) -> Option<u64> {
        let due = self.due?;
        let (quota, rate) = &self.lists;
        if !rate.has(*quota, full, now) && now < due {
            return None;
        }
        self.due = None;
        Some(rate.take_up_to(*quota, full, now))
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
        let churn = Churn::default();
        assert!((0..CHURN_AT_ONCE).all(|_| churn.takes_one(seconds(7))));
        assert!(!churn.takes_one(seconds(7)));
        assert_eq!((0..1000).filter(|_| churn.takes_one(seconds(8))).count(), 5);
        assert_eq!((0..1000).filter(|_| churn.takes_one(seconds(500))).count(), 400);
    }

    #[test]
    fn lines_are_told_while_their_quarter_lasts_and_again_when_it_is_back() {
        let gathered = Gathered::new(Budget(4000));
        assert!(gathered.takes_line(seconds(7), 600));
        assert!(!gathered.takes_line(seconds(7), 600));
        assert_eq!(gathered.takes_entry(seconds(7), 600), 400);
        assert!(!gathered.takes_line(seconds(7), 1));
        assert!(gathered.takes_line(seconds(8), 1000));
    }

    #[test]
    fn a_list_comes_when_it_fits_or_when_it_is_due() {
        let mut gathered = Gathered::new(Budget(4000));
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
        let gathered = Gathered::new(Budget(4000));
        assert!(gathered.takes_line(seconds(0), 1000));
        let steps = (0..=1_000_000).step_by(300).map(Duration::from_micros);
        let bytes: u64 = steps.map(|now| gathered.takes_entry(now, 1000)).sum();
        assert!((999..=1000).contains(&bytes), "{bytes}");
    }

    #[test]
    fn a_budget_too_small_for_anything_is_not_one_without_an_end() {
        for budget in 1..4 {
            let mut gathered = Gathered::new(Budget(budget));
            assert!(!gathered.takes_line(seconds(9), 64));
            gathered.changed(seconds(9));
            assert_eq!(gathered.takes_list(seconds(9), 1_000_000), None);
        }
    }
}

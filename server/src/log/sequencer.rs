//! Gives what is asked for its place in the order: the sequencer of a server that is alone.
//!
//! Pure: it knows no clock but what it is told, and nothing of what an act means.

use crate::log::event::{Act, Event};
use crate::log::time::clock::Clock;

/// One for each log.
#[derive(Debug)]
pub(crate) struct Sequencer(Clock);

impl Sequencer {
    /// Goes on where the ids and times of earlier runs ended.
    pub(crate) fn new(clock: Clock) -> Self {
        Sequencer(clock)
    }

    /// Where ids and times are now.
    pub(crate) fn clock(&self) -> Clock {
        self.0
    }

    /// `now_us` is the time in µs since 1970, which may go back.
    pub(crate) fn place(&mut self, act: Act, now_us: u64) -> Event {
        let (id, at) = self.0.next(now_us);
        Event { id, at, act }
    }
}

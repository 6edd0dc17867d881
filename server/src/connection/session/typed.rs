//! Where somebody was writing lately, so that nobody is told of it all the time.
//!
//! This file does not know who is told.

use std::time::Duration;

use protocol::TYPING_EVERY_MS;

/// How often others are told.
const EVERY: Duration = Duration::from_millis(TYPING_EVERY_MS);

/// The rooms of which others were told in the last moments, by tag, each with the time.
#[derive(Debug, Default)]
pub(super) struct Typed(Vec<(u64, Duration)>);

impl Typed {
    /// Whether others are to be told of this room now; if so, they are.
    pub(super) fn is_due(&mut self, room: u64, now: Duration) -> bool {
        let told = &mut self.0;
        told.retain(|(_, at)| now.saturating_sub(*at) < EVERY);
        let is_due = told.iter().all(|(other, _)| *other != room);
        if is_due {
            told.push((room, now));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_room_is_told_of_once_in_three_seconds() {
        let mut typed = Typed::default();
        let mut is_due = |room, ms| typed.is_due(room, Duration::from_millis(ms));
        assert!(is_due(1, 0) && !is_due(1, 1) && is_due(2, 1) && !is_due(1, 2999));
        assert!(is_due(1, 3000) && !is_due(2, 3000) && is_due(2, 3001) && !is_due(1, 5999));
    }
}

//! Times of the server, as this person's clock and calendar show them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Hours and minutes of a time in ms since 1970, and the seconds if there is room.
pub(super) fn clock(at: u64, zone: &TimeZone, seconds: bool) -> String {
    let format = if seconds { "%H:%M:%S" } else { "%H:%M" };
    local(at, zone).strftime(format).to_string()
}

/// The day of a time in ms since 1970.
pub(super) fn day(at: u64, zone: &TimeZone) -> Date {
    local(at, zone).date()
}

fn local(at: u64, zone: &TimeZone) -> Zoned {
    let stamp = i64::try_from(at).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    stamp.unwrap_or_default().to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_as_much_as_there_is_room_for() {
        let at = (13 * 3600 + 7 * 60 + 59) * 1000;
        assert_eq!(clock(at, &TimeZone::UTC, false), "13:07");
        assert_eq!(clock(at, &TimeZone::fixed(jiff::tz::offset(2)), true), "15:07:59");
    }
}

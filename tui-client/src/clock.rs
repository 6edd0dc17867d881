//! Times of the server, as this person's clock and calendar show them.
//!
//! This file does not know what they are times of.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

/// Hours and minutes of a time in ms since 1970.
pub(crate) fn clock(at: u64, zone: &TimeZone) -> String {
    local(at, zone).strftime("%H:%M").to_string()
}

/// The same with seconds.
pub(crate) fn clock_with_seconds(at: u64, zone: &TimeZone) -> String {
    local(at, zone).strftime("%H:%M:%S").to_string()
}

/// The same with the date, for where nothing else says it.
pub(crate) fn date_and_clock(at: u64, zone: &TimeZone) -> String {
    local(at, zone).strftime("%Y-%m-%d %H:%M").to_string()
}

pub(crate) fn date(at: u64, zone: &TimeZone) -> Date {
    local(at, zone).date()
}

/// Today, yesterday, a week ago and a month ago, as they are typed: in UTC, as a search counts days.
pub(crate) fn days_to_search(now: u64) -> Vec<String> {
    let ago = [0.days(), 1.day(), 1.week(), 1.month()];
    ago.map(|ago| date(now, &TimeZone::UTC).saturating_sub(ago).to_string()).into()
}

/// A date as it stands above the messages of its day.
pub(crate) fn heading(date: Date) -> String {
    date.strftime("%a %-d %b %Y").to_string()
}

fn local(at: u64, zone: &TimeZone) -> Zoned {
    let at = i64::try_from(at).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_the_zone_of_the_person_and_no_number_is_too_large() {
        let at = (13 * 3600 + 7 * 60 + 59) * 1000;
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(clock(at, &TimeZone::UTC), "13:07");
        assert_eq!(clock_with_seconds(at, &zone), "15:07:59");
        assert_eq!(date_and_clock(at, &zone), "1970-01-01 15:07");
        assert_eq!(heading(date(at, &zone)), "Thu 1 Jan 1970");
        assert_eq!(date(u64::MAX, &zone).year(), 9999);
    }

    #[test]
    fn days_to_search_are_those_that_one_thinks_of() {
        let days = ["2026-03-01", "2026-02-28", "2026-02-22", "2026-02-01"];
        assert_eq!(days_to_search(1_772_323_200_000), days);
    }
}

//! Moments as people read them, in UTC.
//!
//! This file does not know what time it is.

use jiff::SignedDuration;
use jiff::civil::{DateTime, date};

/// A moment in milliseconds since 1970; of those after the year 9999 the last before.
pub(crate) fn utc(ms: u64) -> DateTime {
    let since = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    date(1970, 1, 1).at(0, 0, 0, 0).saturating_add(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_second_and_an_end() {
        for (ms, read) in [
            (0, "1970-01-01T00:00:00"),
            (1_700_000_000_999, "2023-11-14T22:13:20"),
            (253_402_300_799_000, "9999-12-31T23:59:59"),
            (u64::MAX, "9999-12-31T23:59:59"),
        ] {
            assert_eq!(format!("{:.0}", utc(ms)), read);
        }
    }
}

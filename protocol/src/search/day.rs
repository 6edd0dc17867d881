//! A day as `YYYY-MM-DD` → the time at which it begins.

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Days from the first day of the year 0 to that of 1970, in the Gregorian calendar.
const DAYS_TO_1970: u64 = 719_528;

/// When a day begins in UTC, in milliseconds since 1970; none if there is no such day, or it was before 1970.
pub(super) fn begin_ms(text: &str) -> Option<u64> {
    let [y, yy, yyy, yyyy, b'-', m, mm, b'-', d, dd] = *text.as_bytes() else { return None };
    let (year, month, day) = (number(&[y, yy, yyy, yyyy])?, number(&[m, mm])?, number(&[d, dd])?);
    let months = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(month).ok()?.checked_sub(1)?;
    if day == 0 || day > *months.get(before)? {
        return None;
    }
    let leaps =
        if year == 0 { 0 } else { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 };
    let days = year * 365 + leaps + months[..before].iter().sum::<u64>() + day - 1;
    days.checked_sub(DAYS_TO_1970).map(|days| days * DAY_MS)
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0'))
    })
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_has_them() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("1970-12-31", Some(364)),
            ("1972-02-29", Some(789)),
            ("1972-03-01", Some(790)),
            ("2000-02-29", Some(11_016)),
            ("2026-12-02", Some(20_789)),
            ("9999-12-31", Some(2_932_896)),
            ("1969-12-31", None),
            ("0000-01-01", None),
            ("2026-02-29", None),
            ("2100-02-29", None),
            ("2026-13-01", None),
            ("2026-00-01", None),
            ("2026-01-00", None),
            ("2026-1-1", None),
            ("2026-01-01T", None),
            ("２026-01-01", None),
            ("", None),
        ] {
            assert_eq!(begin_ms(text), days.map(|days| days * DAY_MS), "{text:?}");
        }
    }
}

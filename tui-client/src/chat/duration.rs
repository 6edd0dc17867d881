//! Times as they are typed: 90s, 10m, 2h, 3d.

use protocol::SECONDS_MAX;

use crate::text;

/// Letters for units of time, and the seconds of each, the largest first.
const UNITS: [(char, u64); 4] = [('d', 24 * 60 * 60), ('h', 60 * 60), ('m', 60), ('s', 1)];

/// Seconds of a time like 90s, 10m, 2h or 3d.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let text = text::narrow(text);
    let (_, unit) = UNITS.into_iter().find(|(letter, _)| text.ends_with(*letter))?;
    let count: u64 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(unit).filter(|seconds| (1..=SECONDS_MAX).contains(seconds))
}

/// A time as it is typed: 2h for 7,200 seconds, 90s for 90.
pub(crate) fn spelled(seconds: u64) -> String {
    let whole = UNITS.into_iter().find(|(_, unit)| seconds.is_multiple_of(*unit));
    let (letter, unit) = whole.unwrap_or(('s', 1));
    format!("{}{letter}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit_in_any_case_and_width() {
        assert_eq!((seconds("10M"), seconds("３Ｄ")), (Some(600), Some(259_200)));
        assert_eq!((seconds("0s"), seconds("2"), seconds("m")), (None, None, None));
        assert_eq!((spelled(7200), spelled(90)), ("2h".to_owned(), "90s".to_owned()));
    }
}

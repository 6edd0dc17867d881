//! What the turns of a comparison come to.
//!
//! This file does not know what is measured.

/// The middle one of a figure's values.
pub(super) fn median<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<_> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The median of a ratio, with its least and its greatest value.
pub(super) fn spread<T>(rounds: &[T], ratio: impl Fn(&T) -> f64) -> String {
    let most = rounds.iter().map(&ratio).fold(f64::NAN, f64::max);
    let (middle, least) = (median(rounds, &ratio), least(rounds, &ratio));
    format!("{middle:.2} ({least:.2} to {most:.2})")
}

/// Whether a figure is at most so many times another, each in its best turn.
pub(super) fn is_within<T>(
    rounds: &[T],
    value: impl Fn(&T) -> f64,
    other: impl Fn(&T) -> f64,
    max_ratio: Option<f64>,
) -> bool {
    max_ratio.is_none_or(|max| least(rounds, value) <= max * least(rounds, other))
}

fn least<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> f64 {
    rounds.iter().map(value).fold(f64::NAN, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_to_their_median_and_range_and_the_best_ones_are_held_against_the_bound() {
        let rounds = [[1.0, 3.0], [2.0, 2.0], [4.0, 6.0]];
        let (first, second) = (|it: &[f64; 2]| it[0], |it: &[f64; 2]| it[1]);
        assert!((median(&rounds, second) - 3.0).abs() < f64::EPSILON);
        assert_eq!(spread(&rounds, |it| it[1] / it[0]), "1.50 (1.00 to 3.00)");
        for (max, is_held) in [(Some(1.9), false), (Some(2.0), true), (None, true)] {
            assert_eq!(is_within(&rounds, second, first, max), is_held, "{max:?}");
        }
    }
}

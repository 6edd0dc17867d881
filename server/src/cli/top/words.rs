//! Figures as people read them: a number with its unit in a few columns, and a plot in one row.
//!
//! This file does not know which figures there are.

use std::collections::VecDeque;

use strum::IntoEnumIterator as _;

use super::model::figures::Unit;
use crate::cluster::standing::Standing;

/// Eight heights of one column.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Columns of a number with its unit.
pub(super) const VALUE_COLUMNS: usize = 11;

/// In [`VALUE_COLUMNS`] at most.
pub(super) fn number(value: Option<f64>, unit: Unit) -> String {
    let Some(value) = value else { return "-".to_owned() };
    match unit {
        Unit::Count => grouped(value, 9),
        Unit::EachSecond if value > 0.0 && value < 10.0 => format!("{value:.1}/s"),
        Unit::EachSecond => format!("{}/s", grouped(value, 7)),
        Unit::Bytes => bytes(value),
        Unit::Seconds => time(value),
        Unit::Standing => standing(value),
    }
}

fn grouped(value: f64, digits_max: usize) -> String {
    let digits = format!("{value:.0}");
    if digits.len() > digits_max {
        return format!("{value:.2e}");
    }
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn bytes(value: f64) -> String {
    let mut value = value;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if value < 1024.0 {
            let decimals = usize::from(value < 100.0 && unit != "B");
            return format!("{value:.decimals$} {unit}");
        }
        value /= 1024.0;
    }
    format!("{value:.1} TiB")
}

fn time(seconds: f64) -> String {
    const DAY: f64 = 24.0 * 60.0 * 60.0;
    match seconds {
        past if past < 0.0 => "expired".to_owned(),
        s if s < 1e-3 => format!("{:.0} µs", s * 1e6),
        s if s < 0.1 => format!("{:.1} ms", s * 1e3),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 100.0 * 60.0 => format!("{:.0} min", s / 60.0),
        s if s < 2.0 * DAY => format!("{:.0} h", s / 3600.0),
        s => format!("{:.0} days", s / DAY),
    }
}

/// As `cluster status` names it.
fn standing(value: f64) -> String {
    let known = Standing::iter().zip(1_u8..).find(|(_, number)| f64::from(*number) == value);
    known.map_or_else(|| "unknown".to_owned(), |(standing, _)| standing.to_string())
}

/// A text in lines of so many columns at most; its words stay whole where they can, and lines begin as the first
/// one does.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let words = text.trim_start();
    let indent = if words.len() < text.len() || words.starts_with("! ") { "  " } else { "" };
    let mut lines = Vec::new();
    let mut line = text[..text.len() - words.len()].to_owned();
    for word in words.split(' ') {
        let is_first = line.trim().is_empty();
        if !is_first && line.chars().count() + 1 + word.chars().count() > columns {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// The newest points in so many columns, the last one at the right; the highest of them is a full column.
pub(super) fn plot(points: &VecDeque<Option<f64>>, columns: usize) -> String {
    let newest = points.range(points.len().saturating_sub(columns)..);
    let highest = newest.clone().copied().flatten().fold(0.0, f64::max);
    let missing = columns.saturating_sub(newest.len());
    let bars = newest.map(|point| point.map_or(' ', |value| bar(value, highest)));
    std::iter::repeat_n(' ', missing).chain(bars).collect()
}

fn bar(value: f64, highest: f64) -> char {
    let reached =
        |(_, eighths): &(&char, u8)| highest > 0.0 && value / highest * 8.0 > f64::from(*eighths);
    BARS.iter().zip(0_u8..).take_while(reached).last().map_or(BARS[0], |(bar, _)| *bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_units_and_fit_into_their_columns() {
        for (value, unit, told) in [
            (0.0, Unit::Count, "0"),
            (19_000.0, Unit::Count, "19,000"),
            (-1234.0, Unit::Count, "-1,234"),
            (-123.0, Unit::Count, "-123"),
            (1e12, Unit::Count, "1.00e12"),
            (0.0, Unit::EachSecond, "0/s"),
            (0.25, Unit::EachSecond, "0.2/s"),
            (1_250_000.0, Unit::EachSecond, "1,250,000/s"),
            (123_456_789.0, Unit::EachSecond, "1.23e8/s"),
            (512.0, Unit::Bytes, "512 B"),
            (4096.0, Unit::Bytes, "4.0 KiB"),
            (300.0 * 1024.0 * 1024.0, Unit::Bytes, "300 MiB"),
            (1e16, Unit::Bytes, "9094.9 TiB"),
            (64e-6, Unit::Seconds, "64 µs"),
            (0.0123, Unit::Seconds, "12.3 ms"),
            (0.25, Unit::Seconds, "250 ms"),
            (2.0, Unit::Seconds, "2.0 s"),
            (100.0, Unit::Seconds, "2 min"),
            (29.0 * 60.0, Unit::Seconds, "29 min"),
            (2.0 * 3600.0, Unit::Seconds, "2 h"),
            (86_400.0, Unit::Seconds, "24 h"),
            (30.0 * 86_400.0, Unit::Seconds, "30 days"),
            (-5.0, Unit::Seconds, "expired"),
            (2.0, Unit::Standing, "current"),
            (9.0, Unit::Standing, "unknown"),
        ] {
            assert_eq!(number(Some(value), unit), told);
            assert!(told.chars().count() <= VALUE_COLUMNS, "{told}");
        }
        assert_eq!(number(None, Unit::Bytes), "-");
    }

    #[test]
    fn a_plot_ends_at_the_right_and_shows_gaps() {
        let points = [Some(0.0), Some(4.0), None, Some(8.0)].into();
        assert_eq!(plot(&points, 6), "  ▁▄ █");
        assert_eq!(plot(&points, 2), " █");
        assert_eq!(plot(&[Some(0.0), Some(0.0)].into(), 2), "▁▁");
        assert_eq!(plot(&points, 0), "");
    }

    #[test]
    fn a_text_is_wrapped_between_words() {
        assert_eq!(wrapped("! one two three", 9), ["! one two", "  three"]);
        assert_eq!(wrapped("  one two three", 8), ["  one", "  two", "  three"]);
        assert_eq!(wrapped("http://a.example/metrics", 8), ["http://a.example/metrics"]);
    }
}

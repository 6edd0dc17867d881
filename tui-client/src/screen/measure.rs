//! Text in cells: how wide it is, and where its rows break.
//!
//! This file does not know what is drawn.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::text;

/// Emoji as their names, for terminals and readers that cannot show them.
pub fn name_emoji(text: &str) -> String {
    let mut named = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        // Signs that are as wide as a letter, like ©, are drawn like one.
        match emojis::get(grapheme).filter(|_| grapheme.width() > 1) {
            Some(emoji) => {
                let name = emoji.shortcode().unwrap_or_else(|| emoji.name());
                named.push_str(&format!(":{}:", name.replace(':', "").replace(' ', "_")));
            }
            None => named.push_str(grapheme),
        }
    }
    named
}

/// Cells that a text takes: those of its graphemes, one by one, as they are drawn.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(|grapheme| grapheme.width()).sum()
}

/// The longest beginning of `text` that fits `cells`, cut between graphemes.
pub fn cut(text: &str, cells: usize) -> &str {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += grapheme.width();
        if taken > cells {
            return &text[..at];
        }
    }
    text
}

/// A line that fits `cells`: of a longer one its beginning, with a sign that there was more.
pub fn fitted(line: &str, cells: usize) -> String {
    if width(line) <= cells {
        return line.to_owned();
    }
    match cells.checked_sub(1) {
        Some(left) => format!("{}…", cut(line, left)),
        None => String::new(),
    }
}

/// A stranger's line that fits `cells`, clean.
pub fn fitted_line(line: &str, cells: usize) -> String {
    fitted(&text::clean_line(line), cells)
}

/// Breaks a text into rows of at most `cells`: at newlines, else after a space, else in a word.
pub fn wrap(text: &str, cells: usize) -> Vec<&str> {
    wrap_after(text, cells, 0)
}

/// The same where so many cells of the first row are taken.
pub fn wrap_after(text: &str, cells: usize, taken: usize) -> Vec<&str> {
    let (mut rows, cells) = (Vec::new(), cells.max(1));
    let mut first = cells.saturating_sub(taken);
    for line in text.split('\n') {
        wrap_line(line, std::mem::replace(&mut first, cells), cells, &mut rows);
    }
    rows
}

/// Breaks a line in the same way, where its first row has other cells than the rest.
pub fn wrap_hanging(line: &str, first: usize, rest: usize) -> Vec<&str> {
    let mut rows = Vec::new();
    wrap_line(line, first, rest.max(1), &mut rows);
    rows
}

fn wrap_line<'a>(mut line: &'a str, mut room: usize, cells: usize, rows: &mut Vec<&'a str>) {
    loop {
        let fits = cut(line, room);
        if fits.len() == line.len() {
            rows.push(line);
            return;
        }
        let ends_a_word = line[fits.len()..].starts_with(' ');
        let mut end = match fits.rfind(' ') {
            Some(space) if !ends_a_word => space + 1,
            // A long word begins in the row that has all the cells.
            None if !ends_a_word && room < cells => 0,
            _ => fits.len(),
        };
        if end == 0 && room >= cells {
            // A single grapheme wider than the row: it is shown alone, and cut by the screen.
            end = line.graphemes(true).next().map_or(line.len(), str::len);
        }
        room = cells;
        rows.push(line[..end].trim_end_matches(' '));
        line = if ends_a_word { line[end..].trim_start_matches(' ') } else { &line[end..] };
        if line.is_empty() {
            return;
        }
    }
}

/// Breaks a text into rows that are full to the last cell, so that rows that are selected together
/// are the text again; so many cells of the first are taken.
pub fn chop(text: &str, cells: usize, taken: usize) -> Vec<&str> {
    let (mut rows, cells) = (Vec::new(), cells.max(1));
    let mut room = cells.saturating_sub(taken);
    for mut line in text.split('\n') {
        loop {
            let fits = cut(line, room);
            let stuck = fits.is_empty() && room == cells;
            room = cells;
            if fits.len() == line.len() || stuck {
                rows.push(line);
                break;
            }
            rows.push(fits);
            line = &line[fits.len()..];
        }
    }
    rows
}

/// Where the rows stand in which a text is written: a row ends after a space, where it can, and has a
/// cell to spare, in which that space or the caret stands.
pub fn written_rows(text: &str, cells: usize) -> Vec<Range<usize>> {
    let (mut rows, mut start, cells) = (Vec::new(), 0, cells.saturating_sub(1).max(1));
    for line in text.split('\n') {
        let end = start + line.len();
        while start < end {
            let rest = &text[start..end];
            let length = written_row(rest, cells);
            rows.push(start..start + length);
            start += length;
        }
        if line.is_empty() {
            rows.push(start..start);
        }
        start = end + 1;
    }
    rows
}

/// Bytes of the first row of a line.
fn written_row(line: &str, cells: usize) -> usize {
    let fits = cut(line, cells);
    if fits.len() == line.len() {
        return line.len();
    }
    if line[fits.len()..].starts_with(' ') {
        return fits.len() + 1;
    }
    match fits.rfind(' ') {
        Some(space) => space + 1,
        // A single grapheme wider than the row stands alone.
        None if fits.is_empty() => line.graphemes(true).next().map_or(line.len(), str::len),
        None => fits.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_break_at_spaces_and_between_graphemes() {
        for (text, cells, rows) in [
            ("one two three", 8, vec!["one two", "three"]),
            ("abcdefgh", 3, vec!["abc", "def", "gh"]),
            ("日本語テキスト", 5, vec!["日本", "語テ", "キス", "ト"]),
            ("a\n\nb", 5, vec!["a", "", "b"]),
            ("👩‍👩‍👧👩‍👩‍👧", 2, vec!["👩‍👩‍👧", "👩‍👩‍👧"]),
            ("日本", 1, vec!["日", "本"]),
            ("", 4, vec![""]),
            ("word ", 4, vec!["word"]),
            ("ab cd", 2, vec!["ab", "cd"]),
        ] {
            assert_eq!(wrap(text, cells), rows, "{text:?} in {cells}");
        }
    }

    #[test]
    fn rows_that_are_full_are_the_text_again() {
        assert_eq!(chop("abcdefgh", 3, 1), ["ab", "cde", "fgh"]);
        assert_eq!(chop("ab\n\n日本", 3, 0), ["ab", "", "日", "本"]);
        assert_eq!(wrap_after("one two", 5, 3), ["", "one", "two"]);
        assert_eq!(wrap_after("a two", 5, 3), ["a", "two"]);
    }

    #[test]
    fn what_is_written_breaks_at_spaces_and_every_character_has_a_row() {
        for (text, cells, rows) in [
            ("hello world", 9, vec!["hello ", "world"]),
            ("hello world", 6, vec!["hello ", "world"]),
            ("abcdefgh", 4, vec!["abc", "def", "gh"]),
            ("a\n\nb ", 5, vec!["a", "", "b "]),
            ("日本語", 2, vec!["日", "本", "語"]),
            ("", 5, vec![""]),
            ("one  two", 4, vec!["one ", " ", "two"]),
        ] {
            let found: Vec<_> =
                written_rows(text, cells).into_iter().map(|row| &text[row]).collect();
            assert_eq!(found, rows, "{text:?} in {cells}");
        }
    }

    #[test]
    fn emoji_have_names() {
        assert_eq!(name_emoji("a 🦀 1 © 👩‍👩‍👧"), "a :crab: 1 © :family_woman_woman_girl:");
    }

    #[test]
    fn a_text_is_as_wide_as_its_graphemes() {
        for (text, cells) in [("لا", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("e\u{301}", 1)]
        {
            assert_eq!(width(text), cells, "{text}");
        }
    }
}

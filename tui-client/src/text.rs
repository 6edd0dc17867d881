//! Strangers' text: made safe to draw, measured in cells, wrapped by grapheme.
//!
//! This file does not know what a message is.

use std::ops::Range;

use protocol::{reorders, with_newlines};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Cells that a tab stands for: most terminals' stops, halved, since text is narrow here.
const TAB: &str = "    ";

/// First strong isolate, and its end.
const ISOLATE: char = '\u{2068}';
const ISOLATE_END: char = '\u{2069}';

/// Takes away everything that a terminal would obey instead of show: control characters but the
/// newline, and the characters that reorder what stands around them (Unicode's bidi controls).
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in with_newlines(text).chars() {
        match c {
            '\n' => clean.push('\n'),
            '\t' => clean.push_str(TAB),
            c if is_obeyed(c) => {}
            c => clean.push(c),
        }
    }
    clean
}

/// A stranger's text, in which such characters are not left out but named, and so is where a link
/// leads that could be read as another.
pub fn shown(text: &str) -> String {
    clean(&protocol::shown(text))
}

/// The same for what has to stay on one line.
pub fn clean_line(text: &str) -> String {
    clean(&protocol::revealed(text)).replace('\n', " ")
}

/// A sentence of our own, whose strangers' parts are clean: names in it stay [`isolated`].
pub fn clean_own(sentence: &str) -> String {
    let (mut clean, mut open) = (String::with_capacity(sentence.len()), 0_usize);
    for c in with_newlines(sentence).chars() {
        match c {
            '\n' => clean.push('\n'),
            '\t' => clean.push_str(TAB),
            ISOLATE => {
                open += 1;
                clean.push(c);
            }
            ISOLATE_END if open > 0 => {
                open -= 1;
                clean.push(c);
            }
            c if is_obeyed(c) => {}
            c => clean.push(c),
        }
    }
    clean.extend(std::iter::repeat_n(ISOLATE_END, open));
    clean
}

/// A name or word of a stranger within a sentence: what is written from right to left is isolated, so
/// that it does not reorder the words around it.
pub fn isolated(name: &str) -> String {
    match name.contains(is_right_to_left) {
        true => format!("{ISOLATE}{name}{ISOLATE_END}"),
        false => name.to_owned(),
    }
}

/// The same on one line.
pub fn clean_own_line(sentence: &str) -> String {
    clean_own(sentence).replace('\n', " ")
}

/// A stranger's name within a sentence of our own.
pub fn name(name: &str) -> String {
    isolated(&clean_line(name))
}

/// The blocks of scripts that are written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// A terminal would obey this character, or reorder what stands around it, instead of showing it.
pub fn is_obeyed(c: char) -> bool {
    c.is_control() || reorders(c)
}

/// A name as it is drawn: one that begins with a sign stands in brackets, so that it cannot look like
/// what the screen itself puts before a row; and so does one with a sign in it that ends a name there.
pub fn bracketed(name: &str) -> String {
    const PICTURES_FROM: char = '\u{1F000}';
    const AFTER_NAMES: &[char] = &[':', '：', '∶', '︰', '﹕', '꞉', ',', '，', '、'];
    let first = name.graphemes(true).next().unwrap_or_default();
    let is_word = first.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_picture = first.starts_with(|c| c >= PICTURES_FROM) && emojis::get(first).is_some();
    let is_plain = (is_word || is_picture) && !name.contains(AFTER_NAMES);
    if is_plain { name.to_owned() } else { format!("<{name}>") }
}

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

/// A number as people write it: 4,096.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
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
        if end == 0 && room == cells {
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

/// A text without the blank lines before and behind it.
pub fn without_outer_blank_lines(text: &str) -> &str {
    let is_blank = |line: &str| line.trim().is_empty();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('\n').filter(|(first, _)| is_blank(first)) {
        rest = behind;
    }
    while let Some((before, _)) = rest.rsplit_once('\n').filter(|(_, last)| is_blank(last)) {
        rest = before;
    }
    rest.strip_suffix('\r').unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (hostile, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("a\u{7}b\u{8}c\u{9b}d\u{7f}", "abcd"),
            ("x\u{202e}y\u{2066}z", "xyz"),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            ("\ttab", "    tab"),
            ("e\u{301} 👩‍👩‍👧 שלום", "e\u{301} 👩‍👩‍👧 שלום"),
        ] {
            assert_eq!(clean(hostile), shown);
        }
        assert_eq!(clean_line("a\nb"), "a b");
    }

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
    fn a_name_that_looks_like_a_mark_stands_in_brackets() {
        for name in [
            "*",
            "→",
            "→ Bob joined",
            "-- x",
            "─── new ───",
            "➡️ Bob",
            "00:02 Bob",
            "…",
            "<x>",
            "Ops: hi",
            "Al joined, Zed",
        ] {
            assert_eq!(bracketed(name), format!("<{name}>"));
        }
        for name in ["Bob", "_bob_", "李小龙", "🦀 crab", "007", "שרה", "a*"] {
            assert_eq!(bracketed(name), name);
        }
    }

    #[test]
    fn names_from_right_to_left_are_isolated_in_our_own_sentences_alone() {
        assert_eq!(name("שרה"), "\u{2068}שרה\u{2069}");
        assert_eq!((name("Bob"), name("x\u{202e}")), ("Bob".to_owned(), "x[U+202E]".to_owned()));
        let sentence = format!("{} and {} joined", name("שרה"), name("دانا"));
        assert_eq!(clean_own(&sentence), sentence);
        assert_eq!(clean(&sentence), "שרה and دانا joined");
        // What does not close is closed, what was not opened is left out.
        assert_eq!(clean_own("\u{2069}a\u{2068}b\u{202e}\u{1b}"), "a\u{2068}b\u{2069}");
    }

    #[test]
    fn large_numbers_are_grouped() {
        for (number, written) in [(0, "0"), (999, "999"), (4096, "4,096"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), written);
        }
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
    fn blank_lines_around_a_text_are_no_part_of_it() {
        for (text, rest) in [
            ("\n \n\t\n  one\n\ntwo\n\n  \n", "  one\n\ntwo"),
            ("one\r\n\r\n", "one"),
            ("one", "one"),
            (" one ", " one "),
        ] {
            assert_eq!(without_outer_blank_lines(text), rest, "{text:?}");
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

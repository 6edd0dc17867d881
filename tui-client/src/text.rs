//! Strangers' text: made safe to draw, measured in cells, wrapped by grapheme.
//!
//! This file does not know what a message is.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Cells that a tab stands for: most terminals' stops, halved, since text is narrow here.
const TAB: &str = "    ";

/// Takes away everything that a terminal would obey instead of show: control characters but the
/// newline, and the characters that reorder what stands around them (Unicode's bidi controls).
pub fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\t' => clean.push_str(TAB),
            c if is_obeyed(c) => {}
            c => clean.push(c),
        }
    }
    clean
}

/// The same for what has to stay on one line.
pub fn clean_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

/// A terminal would obey this character, or reorder what stands around it, instead of showing it.
pub fn is_obeyed(c: char) -> bool {
    c.is_control() || reorders(c)
}

fn reorders(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text names somebody, as a whole word in any case.
pub fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    text.match_indices(&name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        ![before, after].iter().flatten().any(|c| c.is_alphanumeric())
    })
}

/// Cells that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
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

/// Breaks a text into rows of at most `cells`: at newlines, else after a space, else in a word.
pub fn wrap(text: &str, cells: usize) -> Vec<&str> {
    let mut rows = Vec::new();
    for line in text.split('\n') {
        wrap_line(line, cells.max(1), &mut rows);
    }
    rows
}

fn wrap_line<'a>(mut line: &'a str, cells: usize, rows: &mut Vec<&'a str>) {
    loop {
        let fits = cut(line, cells);
        if fits.len() == line.len() {
            rows.push(line);
            return;
        }
        let ends_a_word = line[fits.len()..].starts_with(' ');
        let mut end = match fits.rfind(' ') {
            Some(space) if !ends_a_word => space + 1,
            _ => fits.len(),
        };
        if end == 0 {
            // A single grapheme wider than the row: it is shown alone, and cut by the screen.
            end = line.graphemes(true).next().map_or(line.len(), str::len);
        }
        rows.push(line[..end].trim_end_matches(' '));
        line = if ends_a_word { line[end..].trim_start_matches(' ') } else { &line[end..] };
        if line.is_empty() {
            return;
        }
    }
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
    fn a_mention_is_a_whole_word_in_any_case() {
        for (text, is) in
            [("hi alice!", true), ("@ALICE", true), ("malice", false), ("alice2 alice", true)]
        {
            assert_eq!(mentions(text, "Alice"), is, "{text}");
        }
    }
}

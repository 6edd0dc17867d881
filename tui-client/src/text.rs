//! Strangers' text, made safe to be shown, and sentences of our own around it.
//!
//! This file does not know what a message is, or how wide a text is.

use protocol::{reorders, with_newlines};
use unicode_segmentation::UnicodeSegmentation as _;

/// Cells that a tab stands for: most terminals' stops, halved, since text is narrow here.
const TAB: &str = "    ";

/// First strong isolate, and its end.
const ISOLATE: char = '\u{2068}';
const ISOLATE_END: char = '\u{2069}';

/// Takes away everything that a terminal would obey instead of show: control characters but the
/// newline, and the characters that reorder what stands around them (Unicode's bidi controls).
pub fn clean(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(*c, ISOLATE | ISOLATE_END)).collect();
    clean_own(&text)
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

/// Words as a sentence of their own begins.
pub(crate) fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
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

/// A text below another, if there is one.
pub(crate) fn below(above: &str, text: &str) -> String {
    let between = if above.is_empty() { "" } else { "\n" };
    format!("{above}{between}{text}")
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

/// As commands are called: in small letters, and wide ones, as input methods write them, in ASCII.
pub(crate) fn narrow(word: &str) -> String {
    const WIDE: u32 = '！' as u32 - '!' as u32;
    let narrow = word.chars().map(|c| match c {
        '！'..='～' => char::from_u32(u32::from(c) - WIDE).unwrap_or(c),
        c => c,
    });
    narrow.flat_map(char::to_lowercase).collect()
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
}

//! Characters by what a reader sees of them: those that show nothing, that end a line, or that make a
//! text read as another one.
//!
//! The rules follow Unicode's properties. This file does not know names or messages.

use std::borrow::Cow;

use icu_properties::CodePointMapData;
use icu_properties::CodePointSetData;
use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, NoncharacterCodePoint,
    PrependedConcatenationMark,
};

/// Characters whose glyph is blank although no property says so, by their descriptions in the
/// standard: the blank Braille pattern, the null notehead, Egyptian blanks, a filler, marks that only
/// join or select, and a stand-in for an object that a plain text cannot hold.
const BLANK_GLYPHS: [char; 9] = [
    '\u{2800}',
    '\u{2D7F}',
    '\u{FFFC}',
    '\u{1107F}',
    '\u{13441}',
    '\u{13442}',
    '\u{16FE4}',
    '\u{1BC9D}',
    '\u{1D159}',
];

/// Most marks that are shown on one letter: twice what the fullest scripts stack there.
const MARKS_SHOWN_MAX: usize = 8;

/// Whether a character shows nothing of its own: controls, spaces, format characters, what is
/// ignorable by default, and blank glyphs.
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c == ' ' || c.is_ascii_control();
    }
    let category = category(c);
    match category {
        // Some signs of Arabic and its like stand around numbers: they are format characters that show.
        GeneralCategory::Format => {
            !CodePointSetData::new::<PrependedConcatenationMark>().contains(c)
        }
        GeneralCategory::Control | GeneralCategory::Surrogate => true,
        _ => {
            GeneralCategoryGroup::Separator.contains(category)
                || is_ignorable(c)
                || CodePointSetData::new::<NoncharacterCodePoint>().contains(c)
                || has_blank_glyph(c)
        }
    }
}

/// Whether a text shows nothing at all.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Whether a character is ignored where it cannot be shown: joiners, variation selectors, fillers.
pub(crate) fn is_ignorable(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

pub(crate) fn has_blank_glyph(c: char) -> bool {
    BLANK_GLYPHS.contains(&c)
}

pub(crate) fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

pub(crate) fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(category(c))
}

/// A text as it may be shown: controls and what reorders the text around it stand there as what they
/// are (`[U+202E]`), so that nothing reads as something else, and a letter has no more marks than any
/// language gives it. Newlines and tabs stay.
pub fn revealed(text: &str) -> String {
    let mut revealed = String::with_capacity(text.len());
    let mut marks = 0;
    for c in with_newlines(text).chars() {
        let stacks =
            matches!(category(c), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark);
        marks = if stacks { marks + 1 } else { 0 };
        match c {
            '\n' | '\t' => revealed.push(c),
            c if reorders(c) => revealed.push_str(&format!("[U+{:04X}]", u32::from(c))),
            c if c.is_control() || marks > MARKS_SHOWN_MAX => {}
            c => revealed.push(c),
        }
    }
    revealed
}

/// Unicode's bidi controls: they reorder what stands around them.
pub fn reorders(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Each of Unicode's mandatory line breaks (UAX 14: CR, CR LF, VT, FF, NEL, LS, PS) as one `\n`: a
/// text has the same lines for every reader, and none of them is a key that a terminal obeys.
pub fn with_newlines(text: &str) -> Cow<'_, str> {
    if !text.contains(is_other_newline) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace(is_other_newline, "\n"))
}

fn is_other_newline(c: char) -> bool {
    matches!(c, '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

//! Characters by what a reader sees of them: those that show nothing, and those that end a line.
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

//! A text → its words, in the form in which they are compared.
//!
//! Case and diacritics make no difference. Scripts that are written without spaces, and pictographs, are taken
//! character by character, so that a part of a sentence is found from one character on. This file does not know queries.

use std::ops::Range;

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::props::{ExtendedPictographic, Script};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointSetData, CodePointSetDataBorrowed};

use crate::text::characters::is_mark;

/// Scripts in which spaces do not part words. Korean has spaces, but words grow endings without one.
const UNSPACED: [Script; 10] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Bopomofo,
    Script::Thai,
    Script::Lao,
    Script::Khmer,
    Script::Myanmar,
    Script::Tibetan,
];

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The form in which it is compared: letters, digits and marks alone.
    pub folded: String,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut words = Words { found: Vec::new(), goes_on: false };
    for (at, c) in text.char_indices() {
        words.push(c, at..at + c.len_utf8());
    }
    words.found
}

struct Words {
    found: Vec<Word>,
    /// The next letter belongs to the last word.
    goes_on: bool,
}

impl Words {
    fn push(&mut self, c: char, range: Range<usize>) {
        match kind(c) {
            Kind::Ignored => self.extend(range.end, ""),
            Kind::Letter => {
                let folded = fold(c);
                if !self.goes_on {
                    self.found.push(Word { folded: String::new(), range: range.clone() });
                    self.goes_on = true;
                }
                self.extend(range.end, &folded);
            }
            Kind::Alone => {
                let folded = fold(c);
                self.goes_on = false;
                if !folded.is_empty() {
                    self.found.push(Word { folded, range });
                }
            }
            Kind::Picture => {
                self.goes_on = false;
                self.found.push(Word { folded: c.into(), range });
            }
            Kind::Between => self.goes_on = false,
        }
    }

    fn extend(&mut self, end: usize, folded: &str) {
        if let Some(word) = self.found.last_mut().filter(|_| self.goes_on) {
            word.folded.push_str(folded);
            word.range.end = end;
        }
    }
}

enum Kind {
    /// Part of a word with those around it.
    Letter,
    /// A word by itself.
    Alone,
    Picture,
    /// Ends no word, and makes no difference.
    Ignored,
    Between,
}

fn kind(c: char) -> Kind {
    const PICTURES: CodePointSetDataBorrowed<'static> =
        CodePointSetData::new::<ExtendedPictographic>();
    match c {
        _ if c.is_ascii() && c.is_alphanumeric() => Kind::Letter,
        _ if c.is_ascii() => Kind::Between,
        _ if is_ignored(c) => Kind::Ignored,
        _ if PICTURES.contains(c) => Kind::Picture,
        _ if !is_of_word(c) => Kind::Between,
        _ if is_unspaced(c) => Kind::Alone,
        _ => Kind::Letter,
    }
}

/// Diacritics, joiners, soft hyphens and variation selectors.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

fn is_unspaced(c: char) -> bool {
    let scripts = ScriptWithExtensions::new();
    UNSPACED.iter().any(|script| scripts.has_script(c, *script))
}

fn fold(c: char) -> String {
    if c.is_ascii() {
        return c.to_ascii_lowercase().into();
    }
    let parts =
        DecomposingNormalizer::new_nfkd().normalize(c.encode_utf8(&mut [0; 4])).into_owned();
    let kept = parts.chars().filter(|c| is_of_word(*c) && !is_ignored(*c));
    // Both forms of the Greek letter sigma are one.
    let lower = kept.flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c });
    ComposingNormalizer::new_nfc().normalize(&lower.collect::<String>()).into_owned()
}

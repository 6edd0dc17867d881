//! Names of rooms and people: one way in, and a folded key to compare by.
//!
//! A name is normalised to NFC and otherwise taken as it is or refused; nothing is trimmed or
//! replaced in silence. Two names are equal when their case-folded keys are: `alice` is `Alice`.
//! This file does not know who is online or which rooms exist.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use serde::{Serialize, Serializer};

/// Longest room name, in characters after NFC.
pub const ROOM_CHARS_MAX: usize = 64;
/// Longest user name, in characters after NFC: what fits beside text on a small screen.
pub const USER_CHARS_MAX: usize = 32;

/// Why a name was refused. The sentence is fit for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("a name needs at least one character")]
    Empty,
    /// More characters than allowed.
    #[error("a name has at most {max} characters, this one has more")]
    TooLong {
        /// The limit that was passed.
        max: usize,
    },
    /// Space at an end, which nobody could see.
    #[error("a name does not begin or end with a space")]
    OuterSpace,
    /// A character that is invisible, reorders text, or is no character at all.
    #[error("a name cannot hold the character U+{:04X}", u32::from(*.0))]
    BadCharacter(char),
}

/// The name of a room: 1–64 characters. Equality and hash go by the folded key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RoomName(Name);

/// The name of a person: 1–32 characters. Equality, order and hash go by the folded key.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserName(Name);

impl RoomName {
    /// The room's name as its opener spelt it.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The folded form: equal for all spellings of one room.
    pub fn key(&self) -> &Arc<str> {
        &self.0.key
    }

    /// The room of a client that names none.
    pub fn general() -> Self {
        let text: Arc<str> = Arc::from("general");
        RoomName(Name { key: text.clone(), text })
    }
}

impl UserName {
    /// The name as its owner spelt it.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The folded form: equal for all spellings of one name.
    pub fn key(&self) -> &Arc<str> {
        &self.0.key
    }
}

impl TryFrom<&str> for RoomName {
    type Error = NameError;

    fn try_from(raw: &str) -> Result<Self, NameError> {
        Name::parse(raw, ROOM_CHARS_MAX).map(RoomName)
    }
}

impl TryFrom<&str> for UserName {
    type Error = NameError;

    fn try_from(raw: &str) -> Result<Self, NameError> {
        Name::parse(raw, USER_CHARS_MAX).map(UserName)
    }
}

/// Text and key; they share one allocation where they are the same.
#[derive(Clone)]
struct Name {
    text: Arc<str>,
    key: Arc<str>,
}

impl Name {
    fn parse(raw: &str, chars_max: usize) -> Result<Self, NameError> {
        if raw.is_empty() {
            return Err(NameError::Empty);
        }
        // NFC never makes a text more than three times shorter (UAX #15), so a far longer one
        // is refused before any work is spent on it.
        if raw.len() > chars_max * 4 * 3 {
            return Err(NameError::TooLong { max: chars_max });
        }
        let text = ComposingNormalizerBorrowed::new_nfc().normalize(raw);
        if text.chars().count() > chars_max {
            return Err(NameError::TooLong { max: chars_max });
        }
        if let Some(bad) = text.chars().find(|c| !allowed_in_name(*c)) {
            return Err(NameError::BadCharacter(bad));
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err(NameError::OuterSpace);
        }
        if let Some(mark) = text.chars().next().filter(|c| is_mark(*c)) {
            return Err(NameError::BadCharacter(mark));
        }
        let key = fold(&text);
        let text: Arc<str> = Arc::from(&*text);
        let key = if *key == *text { text.clone() } else { Arc::from(key) };
        Ok(Name { text, key })
    }
}

/// Case-folds, and normalises again, since folding can undo NFC.
pub(crate) fn fold(text: &str) -> String {
    let folded = CaseMapper::new().fold_string(text);
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

/// A name is drawn beside other people's names, so nothing invisible, nothing that reorders its
/// surroundings, and no space but the plain one may be in it.
fn allowed_in_name(c: char) -> bool {
    const BRAILLE_BLANK: char = '\u{2800}';
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    match c {
        ' ' => true,
        char::REPLACEMENT_CHARACTER | BRAILLE_BLANK => false,
        _ => {
            !GeneralCategoryGroup::Other.contains(category)
                && !GeneralCategoryGroup::Separator.contains(category)
                && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        }
    }
}

/// A combining mark at the start would be drawn over what stands before the name.
fn is_mark(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    GeneralCategoryGroup::Mark.contains(category)
}

/// Whether `text` shows nothing at all: only spaces, controls and invisible characters.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || c.is_control()
            || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
    })
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Debug for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:?}", self.as_str())
    }
}

impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{:?}", self.as_str())
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RoomName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for UserName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

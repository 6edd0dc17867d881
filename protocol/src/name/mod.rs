//! Names of rooms and people: one way in, and a folded key to compare by.
//!
//! A name is normalised to NFC, loses variation selectors that select nothing, and is otherwise taken
//! as it is or refused. Two names are equal when their case-folded keys are: `alice` is `Alice`.
//! This file does not know who is online or which rooms exist.

mod error;
mod shape;
mod title;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::characters::is_ignorable;

pub use self::error::{NameError, Position};
pub use self::title::{TITLE_CHARS_MAX, Title};

/// Longest room name, in characters after NFC.
pub const ROOM_CHARS_MAX: usize = 64;
/// Signs that begin the addresses of private and direct rooms, which the server chooses. No other room's name
/// begins with one.
pub const PRIVATE_SIGN: char = '+';
/// See [`PRIVATE_SIGN`].
pub const DIRECT_SIGN: char = '@';
/// Longest user name, in characters after NFC: what fits beside text on a small screen.
pub const USER_CHARS_MAX: usize = 32;

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

    /// A room that exists, perhaps since before the rules for new names were as strict as now: from a
    /// database, or from a server.
    ///
    /// # Errors
    /// As with `try_from`, but for what only a new name must not have.
    pub fn known(raw: &str) -> Result<Self, NameError> {
        Name::parse(raw, ROOM_CHARS_MAX).map(RoomName)
    }

    /// Whether it may be a new room's.
    ///
    /// # Errors
    /// What a new name must not have.
    pub fn check(&self) -> Result<(), NameError> {
        if self.is_address() {
            return Err(NameError::Reserved);
        }
        shape::check(self.as_str())
    }

    /// Whether only a private or a direct room can be called so.
    pub fn is_address(&self) -> bool {
        self.key().starts_with([PRIVATE_SIGN, DIRECT_SIGN])
    }

    /// The same room, spelt as its key is: addresses have one spelling.
    pub fn folded(&self) -> Self {
        RoomName(Name { text: self.key().clone(), key: self.key().clone() })
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

    /// Somebody whose name cannot be one here.
    pub fn nobody() -> Self {
        let text: Arc<str> = Arc::from("nobody");
        UserName(Name { key: text.clone(), text })
    }

    /// The folded form: equal for all spellings of one name.
    pub fn key(&self) -> &Arc<str> {
        &self.0.key
    }

    /// The name of somebody who has it already, perhaps since before the rules for new names were as
    /// strict as now: from a database, or from a server.
    ///
    /// # Errors
    /// As with `try_from`, but for what only a new name must not have.
    pub fn known(raw: &str) -> Result<Self, NameError> {
        Name::parse(raw, USER_CHARS_MAX).map(UserName)
    }

    /// Whether it may be a new person's.
    ///
    /// # Errors
    /// What a new name must not have.
    pub fn check(&self) -> Result<(), NameError> {
        shape::check(self.as_str())?;
        if shape::is_signs_alone(self.as_str()) {
            return Err(NameError::SignsAlone);
        }
        Ok(())
    }
}

impl TryFrom<&str> for RoomName {
    type Error = NameError;

    fn try_from(raw: &str) -> Result<Self, NameError> {
        let name = RoomName::known(raw)?;
        name.check().map(|()| name)
    }
}

impl TryFrom<&str> for UserName {
    type Error = NameError;

    fn try_from(raw: &str) -> Result<Self, NameError> {
        let name = UserName::known(raw)?;
        name.check().map(|()| name)
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
        if let Some(name) = Name::plain(raw, chars_max) {
            return Ok(name);
        }
        Name::parse_any(raw, chars_max)
    }

    /// One of visible ASCII alone: but for the case, all rules leave it as it is.
    fn plain(raw: &str, chars_max: usize) -> Option<Self> {
        let is_plain =
            (1..=chars_max).contains(&raw.len()) && raw.bytes().all(|byte| byte.is_ascii_graphic());
        is_plain.then(|| {
            let text: Arc<str> = Arc::from(raw);
            let has_case = raw.bytes().any(|byte| byte.is_ascii_uppercase());
            let key = if has_case { Arc::from(raw.to_ascii_lowercase()) } else { text.clone() };
            Name { text, key }
        })
    }

    fn parse_any(raw: &str, chars_max: usize) -> Result<Self, NameError> {
        // NFC never makes a text more than three times shorter (UAX #15), so a far longer one
        // is refused before any work is spent on it.
        if raw.len() > chars_max * 4 * 3 {
            return Err(NameError::TooLong { max: chars_max });
        }
        let spelled = shape::spelled(raw);
        let text = ComposingNormalizerBorrowed::new_nfc().normalize(&spelled);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().count() > chars_max {
            return Err(NameError::TooLong { max: chars_max });
        }
        shape::check_characters(&text)?;
        let key = fold(&text);
        let text: Arc<str> = Arc::from(&*text);
        let key = if *key == *text { text.clone() } else { Arc::from(key) };
        Ok(Name { text, key })
    }
}

/// A text as it is compared with others: leaves out what nobody sees (joiners, variation selectors),
/// case-folds, and normalises again, since folding can undo NFC.
pub fn fold(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_ignorable(*c)).collect();
    let folded = CaseMapper::new().fold_string(&seen);
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
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

/// What a server names exists already: the rules for new names do not apply.
impl<'de> Deserialize<'de> for RoomName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RoomName::known(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// What a server names exists already: the rules for new names do not apply.
impl<'de> Deserialize<'de> for UserName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        UserName::known(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_ascii_is_read_the_short_way_as_the_long_way() {
        let visible = || (b'!'..=b'~').map(char::from);
        for (first, second) in visible().flat_map(|first| visible().map(move |it| (first, it))) {
            for raw in
                [String::from(first), format!("{first}{second}"), format!("a{first}{second}Z")]
            {
                let [short, long] =
                    [Name::plain(&raw, 32), Name::parse_any(&raw, 32).ok()].map(Option::unwrap);
                assert_eq!((&*short.text, &*short.key), (&*long.text, &*long.key), "{raw}");
                assert_eq!(
                    Arc::ptr_eq(&short.text, &short.key),
                    Arc::ptr_eq(&long.text, &long.key)
                );
            }
        }
        for raw in ["", "a b", "ä", "a\n", "\u{7f}", "abc"] {
            let is_plain = raw == "abc";
            assert_eq!(Name::plain(raw, 3).is_some(), is_plain, "{raw:?}");
        }
        assert!(Name::plain("abcd", 3).is_none());
    }
}

//! Titles: what people call a private room, which is reached by an address.
//!
//! A title obeys the rules of names, but it is no name: several rooms may have the same. This file does not
//! know which rooms there are.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::NameError;
use super::{Name, shape};

/// Longest title, in characters after NFC: as long as a room's name.
pub const TITLE_CHARS_MAX: usize = 64;

/// The title of a private room: 1–64 characters, whose outer spaces are left out.
#[derive(Clone, PartialEq, Eq)]
pub struct Title(Name);

impl Title {
    /// The title as the room's maker spelt it.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The folded form, by which titles are found and sorted.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The title of a room that exists, perhaps since before the rules were as strict as now.
    ///
    /// # Errors
    /// As with `try_from`, but for what only a new name must not have.
    pub fn known(raw: &str) -> Result<Self, NameError> {
        Name::parse(raw.trim(), TITLE_CHARS_MAX).map(Title)
    }
}

impl TryFrom<&str> for Title {
    type Error = NameError;

    fn try_from(raw: &str) -> Result<Self, NameError> {
        let title = Title::known(raw)?;
        shape::check(title.as_str()).map(|()| title)
    }
}

impl fmt::Debug for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl Serialize for Title {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a server names exists already: the rules for new titles do not apply.
impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Title::known(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

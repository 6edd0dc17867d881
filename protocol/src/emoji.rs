//! One emoji, as people put it on a message.
//!
//! This file does not know who reacts to what.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::refusal::Refusal;

/// Longest emoji that is taken from a server, in bytes: two people who kiss, each with a skin tone, have 35,
/// and Unicode grows.
const EMOJI_BYTES_MAX: usize = 64;

/// Chooses how the character before it looks: as text, as a picture (Unicode, 23.4).
const SELECTORS: [char; 2] = ['\u{FE0E}', '\u{FE0F}'];

/// One emoji of those that are recommended for general interchange (RGI, UTS 51), fully qualified: however it was
/// typed, the same emoji is the same text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Emoji(Box<str>);

impl Emoji {
    /// One that is known already: stored, or from a server that may know newer ones.
    ///
    /// # Errors
    /// [`BadEmoji`] for what is empty or longer than any emoji.
    pub fn known(text: &str) -> Result<Self, BadEmoji> {
        match text.len() {
            1..=EMOJI_BYTES_MAX => Ok(Emoji(text.into())),
            _ => Err(BadEmoji),
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Emoji {
    type Error = BadEmoji;

    fn try_from(text: &str) -> Result<Self, BadEmoji> {
        if text.len() > EMOJI_BYTES_MAX {
            return Err(BadEmoji);
        }
        let found = emojis::get(text).or_else(|| emojis::get(&text.replace(SELECTORS, "")));
        found.map(|emoji| Emoji(emoji.as_str().into())).ok_or(BadEmoji)
    }
}

/// A text that is not one emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an emoji is one picture of Unicode's list for general use")]
pub struct BadEmoji;

impl From<BadEmoji> for Refusal {
    fn from(bad: BadEmoji) -> Self {
        Refusal::BadField(format!("bad emoji: {bad}"))
    }
}

impl fmt::Debug for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Emoji {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Emoji::known(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

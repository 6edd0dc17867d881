//! One emoji, as people put it on a message.
//!
//! This file does not know who reacts to what.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::refusal::Refusal;

/// Longest emoji that is taken from a server, in bytes: two people who kiss, each with a skin tone, have 35,
/// and Unicode grows.
const EMOJI_BYTES_MAX: usize = 64;

/// All emoji with all skin tones, one in a line, ascending where selectors are left out; behind each what it is called
/// between colons. It is made by `protocol/tests/it/emoji.rs` from the tables of the `emojis` crate, which would make a
/// binary larger by ten times as much.
static LIST: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("emoji.txt").lines().collect());

/// The emoji of each name.
static NAMED: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = LIST.iter().filter_map(|line| line.split_once(' '));
    lines.flat_map(|(emoji, names)| names.split(' ').map(move |name| (name, emoji))).collect()
});

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

    /// The one that has this name between colons, without them: `thumbsup`.
    pub fn named(name: &str) -> Option<Self> {
        NAMED.get(name).map(|emoji| Emoji((*emoji).into()))
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
        let emoji = |line: &'static str| line.split(' ').next().unwrap_or_default();
        let at = LIST.binary_search_by(|line| bare(emoji(line)).cmp(bare(text)));
        at.map(|at| Emoji(emoji(LIST[at]).into())).map_err(|_| BadEmoji)
    }
}

/// Without selectors: no two emoji differ in those alone.
fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|char| !SELECTORS.contains(char))
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

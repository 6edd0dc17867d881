//! A ban or a mute as the person hears of it.
//!
//! This file does not know who is a moderator.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::text::characters::is_blank;

/// Longest reason of a ban, kick or mute, in characters: a sentence.
pub const REASON_CHARS_MAX: usize = 200;

/// What is left of a ban or a mute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// It is about the whole server, not one room.
    pub server: bool,
    /// How much longer it lasts; none means for good.
    pub seconds: Option<u64>,
    /// As the moderator gave it.
    pub reason: Option<Reason>,
}

/// A time as people say it, in the largest unit that there are two of, nearly: 7,199 s are 2 hours.
pub(crate) fn spelled(seconds: u64) -> String {
    let units = [(86_400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds")];
    let found = units.into_iter().find(|(unit, _)| seconds.saturating_mul(10) >= unit * 19);
    let (unit, name) = found.unwrap_or((1, "seconds"));
    format!("{} {name}", seconds.div_ceil(unit).max(1))
}

impl fmt::Display for Restriction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(seconds) = self.seconds {
            write!(f, " for another {}", spelled(seconds))?;
        }
        match &self.reason {
            Some(reason) => write!(f, ": {}", reason.as_str()),
            None => Ok(()),
        }
    }
}

/// A moderator's reason: 1 to 200 characters, not blank.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Reason(Box<str>);

/// A reason that is blank or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 1 to {REASON_CHARS_MAX} characters, some of them visible")]
pub struct BadReason;

impl Reason {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A reason that was given before, perhaps when more counted as visible.
    ///
    /// # Errors
    /// [`BadReason`] if it is too long.
    pub fn stored(text: &str) -> Result<Self, BadReason> {
        if text.chars().count() > REASON_CHARS_MAX {
            return Err(BadReason);
        }
        Ok(Reason(text.into()))
    }
}

impl TryFrom<&str> for Reason {
    type Error = BadReason;

    fn try_from(text: &str) -> Result<Self, BadReason> {
        if is_blank(text) {
            return Err(BadReason);
        }
        Reason::stored(text)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reason::stored(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

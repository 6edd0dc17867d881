//! Why a name was refused, in a sentence that is fit for people.
//!
//! This file does not know the rules.

use std::fmt;

use crate::text::characters::is_ignorable;

/// Most marks on one letter, and no mark twice: more are drawn over what stands around the name
/// (UTS 39, section 5.4).
pub(crate) const MARKS_MAX: usize = 4;

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
    /// A character that is invisible or reorders text, and where it stands.
    #[error("a name cannot contain invisible characters, and this one has one {0}: type it again")]
    Invisible(Position),
    /// A character that is no letter or sign for everybody: private, undefined, or a replacement.
    #[error(
        "a name cannot contain characters that are not the same everywhere, and this one has one {0}"
    )]
    Undefined(Position),
    /// A mark at the beginning, more than `MARKS_MAX` on one letter, the same one twice, or on a
    /// letter of another script.
    #[error("a name cannot contain accents that no letter has, and this one has one {0}")]
    StrayMark(Position),
    /// The name of a room begins with a sign of private or direct rooms.
    #[error("a room's name does not begin with + or @")]
    Reserved,
    /// A person's name of signs alone could pass for a mark of the program.
    #[error("a name needs a letter, a digit or an emoji")]
    SignsAlone,
}

/// A character that cannot be shown by itself, and where it stands in a name.
/// Holds the name up to that character, which is the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(Box<str>);

impl Position {
    pub(crate) fn new(before: &str, character: char) -> Self {
        // The sentence that shows it hides nothing itself.
        let seen: String = before.chars().filter(|c| !is_ignorable(*c)).collect();
        Position(format!("{seen}{character}").into())
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = self.0.chars();
        let character = before.next_back().unwrap_or_default();
        write!(f, "(U+{:04X}) ", u32::from(character))?;
        match before.as_str().trim_end() {
            "" => f.write_str("at its beginning"),
            before => write!(f, "after \"{before}\""),
        }
    }
}

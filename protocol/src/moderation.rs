//! What a moderator may do to a person, and how it is asked for and told.
//!
//! This file does not know who is a moderator, or how an act is carried out.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::body::{MessageId, Ref};
use crate::name::{RoomName, UserName};
use crate::text::is_blank;

/// Longest reason of an act, in characters: a sentence.
pub const REASON_CHARS_MAX: usize = 200;
/// Longest time a mute or a ban may be set for: a year. A ban without a time has no end.
pub const SECONDS_MAX: u64 = 365 * 24 * 60 * 60;
/// The text of a message that was deleted. A client that does not know of deleting shows it.
pub const DELETED_CONTENT: &str = "(deleted)";
/// Most deletions that one `history` envelope tells of: 17 bytes each.
pub const DELETED_MAX: usize = 500;

/// What somebody may do here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speak and listen.
    #[default]
    Member,
    /// Also remove messages and people.
    Moderator,
}

/// What is done to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Out of the room, once.
    Kick,
    /// Out, and not in again.
    Ban,
    /// In again.
    Unban,
    /// Not a word for a time.
    Mute,
    /// May speak again.
    Unmute,
}

impl Action {
    pub(crate) fn parse(kind: &str) -> Option<Self> {
        Some(match kind {
            "kick" => Action::Kick,
            "ban" => Action::Ban,
            "unban" => Action::Unban,
            "mute" => Action::Mute,
            "unmute" => Action::Unmute,
            _ => return None,
        })
    }
}

/// A moderator's act, as it is asked for: its action is the envelope's type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// What to do.
    #[serde(rename = "type")]
    pub action: Action,
    /// In which room; none is the whole server. A kick always has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// To whom.
    pub user: UserName,
    /// For how long, up to [`SECONDS_MAX`]. A mute always has it; a ban without it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Comes back in what is told of it.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A `moderated` envelope: what was done to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderated {
    /// What was done.
    pub action: Action,
    /// In which room; none is the whole server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// To whom.
    pub user: UserName,
    /// By whom.
    pub by: UserName,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The `ref` of the act.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl Moderated {
    /// Tells of an act.
    pub fn new(act: Act, by: UserName) -> Self {
        let Act { action, room, user, seconds, reason, reference } = act;
        Moderated { action, room, user, by, seconds, reason, reference }
    }
}

/// A `deleted` envelope: a message is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Where.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// By whom.
    pub by: UserName,
    /// The deletion's own place in the order of the whole server.
    pub id: MessageId,
    /// When: milliseconds since 1970, never decreasing.
    pub at: u64,
    /// The `ref` of the envelope that asked for it.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// What somebody may not do any more, for how long, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// In the whole server, not in one room.
    pub server: bool,
    /// For how much longer; none is for good.
    pub seconds: Option<u64>,
    /// Why.
    pub reason: Option<Reason>,
}

impl fmt::Display for Restriction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(seconds) = self.seconds {
            // The largest unit that there are two of, nearly: 7,199 s are told as 2 hours.
            let units = [(86_400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds")];
            let (unit, name) = units
                .into_iter()
                .find(|(unit, _)| seconds * 10 >= unit * 19)
                .unwrap_or((1, "seconds"));
            write!(f, " for another {} {name}", seconds.div_ceil(unit).max(1))?;
        }
        match &self.reason {
            Some(reason) => write!(f, ": {}", reason.as_str()),
            None => Ok(()),
        }
    }
}

/// Why something was done: 1 to 200 characters, not blank.
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

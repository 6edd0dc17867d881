//! `join` and `leave`: who comes into a room and goes.
//!
//! A client that is connected joins more rooms with [`Join`] and leaves them with [`Leave`]. A room hears of
//! a person's first connection ([`Joined`]) and last ([`Left`]), not of those between.
//! This file does not know who may enter.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use super::history::count;
use crate::ids::MessageId;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

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

/// Joins one more room. What is asked for with `since` or `history` comes first, as `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Join {
    /// Which.
    pub room: RoomName,
    /// Replay everything after this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<MessageId>,
    /// Replay at most this many of the newest messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<u16>,
}

impl FromClient for Join {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let history: Option<u64> = fields.optional("history")?;
        Ok(Join {
            room: fields.room()?,
            since: fields.optional_id("since")?,
            history: history.map(|number| count("history", number)).transpose()?,
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), None)
    }
}

/// Leaves a room. One's own [`Left`] is the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leave {
    /// Which.
    pub room: RoomName,
}

impl FromClient for Leave {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Leave { room: fields.room()? })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), None)
    }
}

/// A person joined the room, with their first connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Which room.
    pub room: RoomName,
    /// Who.
    pub sender: UserName,
    /// What they may do, if that is more than others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// A person left the room, with their last connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which room.
    pub room: RoomName,
    /// Who.
    pub sender: UserName,
}

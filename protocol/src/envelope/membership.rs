//! `join` and `leave`: people join and leave rooms.
//!
//! A client that is connected joins more rooms with [`Join`] and leaves them with [`Leave`]. A room hears of
//! a person's first connection ([`Joined`]) and last ([`Left`]), not of those between.
//! This file does not know who may join.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use super::history::count;
use crate::ids::MessageId;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// A person's rights in a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speak and listen.
    #[default]
    Member,
    /// Also remove messages and people.
    Moderator,
}

/// Joins one more room. A replay that is asked for with `since` or `history` comes first, as `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Join {
    /// One that the connection has not joined yet.
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
            history: history.map(count),
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), None)
    }
}

/// Leaves a room. One's own [`Left`] is the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leave {
    /// One that the connection has joined.
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
    /// As whoever opened the room spelt it.
    pub room: RoomName,
    /// Spelt as by their first connection.
    pub sender: UserName,
    /// Only if it is more than [`Role::Member`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// A person left the room, with their last connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// As whoever opened the room spelt it.
    pub room: RoomName,
    /// Spelt as by their first connection.
    pub sender: UserName,
}

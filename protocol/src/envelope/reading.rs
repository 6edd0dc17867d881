//! `read`: up to where a person has read a room.
//!
//! A client sends [`ReadUpto`]; the person's other connections hear the same, nobody else does. It only goes
//! forward: of two the one with the greater id counts. Of what is unread a list of one's rooms tells. This file does
//! not know who may read what.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::ids::MessageId;
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Unread messages of a room that are counted: more are told as so many.
pub const UNREAD_MAX: u32 = 1000;

/// A `read` envelope: a room is read up to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUpto {
    /// A room that the connection has joined.
    pub room: RoomName,
    /// The newest message that was read; of one beyond the newest of the room, that one.
    pub upto: MessageId,
}

impl FromClient for ReadUpto {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(ReadUpto { room: fields.room()?, upto: fields.id("upto")? })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), None)
    }
}

/// Where a person is in a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Up to here it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<MessageId>,
    /// From here on the person has marked it as unread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<MessageId>,
    /// Messages of others that are unread, at most [`UNREAD_MAX`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unread: u32,
    /// Unread messages that mention the person, at most [`UNREAD_MAX`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub mentions: u32,
    /// The newest message that was looked at for this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<MessageId>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

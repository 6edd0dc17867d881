//! What people do to rooms, as acts: they make them, find them, change who belongs to them, keep and read them.
//!
//! Plain data. This file does not know who may do it, or how anything is stored.

use protocol::{MessageId, Notify, Ref, RoomName, RoomRole, Title, TopicText, UserName};
use serde::{Deserialize, Serialize};

use crate::log::author::Author;
use crate::people::names::PersonId;

/// Makes a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Create {
    /// The name of an open room, or the address of a private one, which nobody has had.
    pub(crate) room: RoomName,
    /// That of a private room; an open one has none.
    pub(crate) title: Option<Title>,
    /// Somebody is in the open room, as the author's server knows.
    pub(crate) is_visited: bool,
    pub(crate) topic: TopicText,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

/// Makes or finds the direct room of some persons and the author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Direct {
    /// Its address, if there is none yet.
    pub(crate) room: RoomName,
    pub(crate) users: Vec<UserName>,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

/// Makes somebody a member of a private room, or ends that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfMember {
    pub(crate) room: RoomName,
    pub(crate) user: UserName,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

/// Says what somebody is in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetRole {
    pub(crate) room: RoomName,
    pub(crate) user: UserName,
    pub(crate) role: RoomRole,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

/// Changes how somebody keeps a room; what is none stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeepRoom {
    pub(crate) room: RoomName,
    pub(crate) joined: Option<bool>,
    pub(crate) muted: Option<bool>,
    pub(crate) place: Option<u32>,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

/// The same, with what else there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeepRoomAs {
    pub(crate) keep: KeepRoom,
    pub(crate) notify: Option<Notify>,
    /// The message from which on it is unread; 0 ends that.
    pub(crate) marked: Option<MessageId>,
}

/// Notes up to where persons have read a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoteRead {
    pub(crate) room: RoomName,
    pub(crate) markers: Vec<(PersonId, MessageId)>,
}

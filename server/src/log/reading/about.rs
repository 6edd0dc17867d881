//! What a room is for somebody who reads there.
//!
//! Plain data. This file does not know where it is found.

use protocol::{RoomKind, RoomMember, RoomRole, Title, UserName};

use crate::people::names::PersonId;

/// What a room is for somebody who is in it, besides its topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// None is an open room.
    pub(crate) kind: Option<RoomKind>,
    pub(crate) title: Option<Title>,
    pub(crate) role: Option<RoomRole>,
    pub(crate) users: Vec<UserName>,
    pub(crate) members: Vec<RoomMember>,
    pub(crate) members_more: bool,
}

/// Who reads in a room, and whether they are told what it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer {
    pub(crate) person: Option<PersonId>,
    pub(crate) told: bool,
}

//! `add`, `added`, `remove`, `removed` and `role`: who belongs to a room, and what they are there.
//!
//! What was done is an event of its room, with an id of its own, and is told to everybody in the room and to
//! every connection of whom it is about. This file does not know who may do it.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use super::room::RoomRole;
use crate::ids::{MessageId, Ref};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Makes somebody a member of a private room (`add`), or ends that, for oneself or another (`remove`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeMember {
    /// The room's address.
    pub room: RoomName,
    /// Somebody with a kept name; a member.
    pub user: UserName,
    /// Comes back in [`Added`] or [`Removed`], or in the error.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Says what somebody is in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetRole {
    /// The room.
    pub room: RoomName,
    /// A member; in an open room anybody with a kept name.
    pub user: UserName,
    /// What they are from now on. A new owner makes the former one a moderator.
    pub role: RoomRole,
    /// Comes back in [`RoleSet`], or in the error.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for ChangeMember {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let (reference, room) = (fields.reference()?, fields.room()?);
        Ok(ChangeMember { room, user: fields.user("user")?, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

impl FromClient for SetRole {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let (reference, room) = (fields.reference()?, fields.room()?);
        Ok(SetRole { room, user: fields.user("user")?, role: fields.required("role")?, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// An `added` envelope: somebody is a member of a private room now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// The room's address.
    pub room: RoomName,
    /// Who was added.
    pub user: UserName,
    /// Who added them.
    pub by: UserName,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When it was stored: milliseconds since 1970.
    pub at: u64,
    /// The `ref` of the [`ChangeMember`].
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A `removed` envelope: somebody is a member no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// The room's address.
    pub room: RoomName,
    /// Who was removed, or went.
    pub user: UserName,
    /// Who removed them: themselves, if they went.
    pub by: UserName,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When it was stored: milliseconds since 1970.
    pub at: u64,
    /// The `ref` of the [`ChangeMember`].
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A `role` envelope: what somebody is in a room from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSet {
    /// The room.
    pub room: RoomName,
    /// Whose role it is.
    pub user: UserName,
    /// The role.
    pub role: RoomRole,
    /// Who said so. With the owner's leaving, the owner: the [`Removed`] before it has the same id.
    pub by: UserName,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When it was stored: milliseconds since 1970.
    pub at: u64,
    /// The `ref` of the [`SetRole`].
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

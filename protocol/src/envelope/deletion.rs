//! `delete` and `deleted`: a message loses its text for good.
//!
//! What is left of it is a tombstone: the same id, time, sender and `ref`, with [`DELETED_CONTENT`] for its
//! text, so that pages have no holes. A deletion is an event of its room, with an id of its own.
//! This file does not know who may delete.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::ids::{MessageId, Ref};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// The text of a message that was deleted. A client that does not know of deleting shows it.
pub const DELETED_CONTENT: &str = "(deleted)";

/// Deletes a message: one's own, or, as a moderator, another's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delete {
    /// The message's room, which the connection has joined.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// Comes back in [`Deleted`], or in the error.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for Delete {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Delete {
            reference: fields.reference()?,
            room: fields.room()?,
            message: fields.id("message")?,
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// A `deleted` envelope: a message was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The message's room.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// Who did: its author, or a moderator.
    pub by: UserName,
    /// The deletion's own place in the order of the whole server.
    pub id: MessageId,
    /// The time of the deletion: milliseconds since 1970.
    pub at: u64,
    /// The `ref` of the envelope that asked for it.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

//! `edit` and `edited`: the author of a message gives it another text.
//!
//! An edit is an event of its room, with an id of its own; the newest one holds. This file does not know who may
//! edit, or until when.

use serde::{Deserialize, Serialize};

use super::everybody::Everybody;
use super::fields::{Fields, FromClient, Subject};
use super::message::Body;
use crate::ids::{MessageId, Ref};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Gives one's own message another text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The message's room, which the connection has joined.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// The whole new text.
    pub content: Body,
    /// The author's own id for it: sending it again soon never edits a second time.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for Edit {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Edit {
            reference: fields.reference()?,
            room: fields.room()?,
            message: fields.id("message")?,
            content: Body::parse(&*fields.text("content")?)?,
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// An `edited` envelope: a message has another text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The message's room.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// The text from now on.
    pub content: Body,
    /// Whom it mentions by name from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserName>,
    /// It mentions everybody still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everybody: Option<Everybody>,
    /// The author.
    pub sender: UserName,
    /// The edit's own place in the order of the whole server.
    pub id: MessageId,
    /// The time of the edit: milliseconds since 1970.
    pub at: u64,
    /// The author's own id for it. Only meaningful to that author.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

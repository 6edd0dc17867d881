//! `presence`: who is in a room.
//!
//! The server sends [`Presence`] after a join and with changes: in a large room only the first names, with
//! the number of people. A client asks for the names after one with [`PeopleQuery`].
//! This file does not know who is connected.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Most names in a `presence` that was asked for: what a screen pages through, in 8 KiB or so.
pub const PEOPLE_MAX: usize = 500;

/// Asks for more of the people of a large room, [`PEOPLE_MAX`] at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeopleQuery {
    /// A room that the connection has joined.
    pub room: RoomName,
    /// Only names that sort after this one; it need not be there.
    pub after: UserName,
}

impl FromClient for PeopleQuery {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        // A question has `after`; a claim about who is here has `users`, and is the server's.
        if !fields.has("after") || fields.has("users") {
            return Err(Refusal::UnknownType("presence".to_owned()));
        }
        Ok(PeopleQuery { room: fields.room()?, after: fields.user("after")? })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), None)
    }
}

/// The people of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The room they are in.
    pub room: RoomName,
    /// Sorted by folded name, each once. In a large room, the first of them.
    pub users: Vec<UserName>,
    /// In a large room: how many people are there, of whom `users` may be a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// In an answer to a question: `users` are those after this name. It replaces no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserName>,
}

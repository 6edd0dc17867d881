//! `typing`: somebody is writing.
//!
//! It is not stored. A client sends [`Typing`], and the others in the room hear [`IsTyping`]; they forget it after
//! [`TYPING_MS`], or with a message of the same person. This file does not know how often it is passed on.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// How long somebody is shown as writing, in milliseconds: twice as long as between two of these.
pub const TYPING_MS: u64 = 6_000;
/// How often a client says so at most, in milliseconds; more is not passed on.
pub const TYPING_EVERY_MS: u64 = 3_000;
/// Most people of a room in which it is passed on: beyond, it is noise to many for the use of few.
pub const TYPING_PEOPLE_MAX: usize = 50;

/// Says that one is writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Typing {
    /// A room that the connection has joined.
    pub room: RoomName,
}

impl FromClient for Typing {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(Typing { room: fields.room()? })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), None)
    }
}

/// Somebody is writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IsTyping {
    /// Where.
    pub room: RoomName,
    /// Who.
    pub sender: UserName,
}

//! What was asked of the server besides what is said and done in rooms, until it is answered: by a command, or to
//! keep the list of rooms.
//!
//! This file does not know when anything is sent.

use protocol::{Ref, RoomName, ToServer};

/// Requests that may wait for an answer at a time: more than a hand can type in the time of one.
pub const REQUESTS_MAX: usize = 100;
/// With those that keep the list of rooms: some for each room that a person may have.
pub const REQUESTS_MAX_OF_LIST: usize = 600;

/// One request, under the `ref` that its answer bears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub reference: Ref,
    pub envelope: ToServer,
    /// As it is typed; empty if nobody typed it, and its loss is not told.
    pub typed: String,
    /// What is said in the room that the answer names.
    pub then_say: Option<String>,
    /// It is to be sent, again or for the first time; otherwise the server has it and has not answered.
    pub waits: bool,
    /// How often it was refused for a time.
    pub refusals: u8,
}

impl Request {
    /// The room that one has to be in; none for the whole server.
    pub fn room(&self) -> Option<&RoomName> {
        match self.envelope {
            ToServer::Setting(_) | ToServer::Create(_) => None,
            _ => self.envelope.about().0,
        }
    }

    /// It does no harm twice.
    pub fn is_repeatable(&self) -> bool {
        matches!(self.envelope, ToServer::Setting(_) | ToServer::Search(_))
    }
}

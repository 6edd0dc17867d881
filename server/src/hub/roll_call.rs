//! Who of those whom a message calls is in a room.
//!
//! Plain data. This file does not know who calls them.

use protocol::UserName;

/// Names that are told of everybody in a room.
pub(crate) const CROWD_MAX: usize = 2000;

/// Whom a message calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RollCall {
    pub(crate) names: Vec<UserName>,
    pub(crate) everybody: bool,
}

/// Those who are in the room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Present {
    /// Of those who were called by name.
    pub(crate) names: Vec<UserName>,
    /// How many people there are.
    pub(crate) people: usize,
    /// If everybody was called, the first [`CROWD_MAX`] of them.
    pub(crate) crowd: Vec<UserName>,
}

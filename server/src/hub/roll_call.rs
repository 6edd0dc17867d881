//! Who of those whom a message calls is in a room.
//!
//! This file does not know who calls them.

use protocol::{Everybody, UserName, called};

use super::room::Room;

/// Names that are told of everybody in a room.
pub(crate) const CROWD_MAX: usize = 2000;

/// Whom a message calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RollCall {
    pub(crate) names: Vec<UserName>,
    pub(crate) everybody: bool,
}

impl RollCall {
    /// Whom a text calls with `@`: all that a name can be, so that the longest of them is found.
    pub(crate) fn of(text: &str) -> Self {
        let names: Vec<_> = called(text).into_iter().flatten().collect();
        let everybody = names.iter().any(|name| Everybody::called(name).is_some());
        RollCall { names, everybody }
    }

    /// Those of them who are in a room.
    pub(super) fn answer<M>(&self, room: &Room<M>) -> Present {
        let names = self.names.iter().filter(|name| room.has(name)).cloned().collect();
        let crowd = if self.everybody { CROWD_MAX } else { 0 };
        let crowd = room.people().take(crowd).cloned().collect();
        Present { names, people: room.people_count(), crowd }
    }
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

//! What somebody may read of all there is.
//!
//! Plain data. This file does not know who they are.

use protocol::{Grant, RoomName};

use crate::people::names::PersonId;

/// Who asks for messages of any rooms, and which rooms are not there for them.
#[derive(Debug, Clone)]
pub(crate) struct Sight {
    /// Whoever is nobody's sees open rooms alone.
    pub(crate) person: Option<PersonId>,
    /// On a closed server, what their token opens.
    pub(crate) grant: Option<Grant>,
    /// Rooms that they are banned from.
    pub(crate) barred: Vec<RoomName>,
}

impl Sight {
    /// Whether they may read a room, if it is open or they belong to it.
    pub(in crate::log) fn has(&self, room: &RoomName) -> bool {
        let is_open = room.is_address() || self.grant.as_ref().is_none_or(|it| it.opens(room));
        is_open && !self.barred.contains(room)
    }
}

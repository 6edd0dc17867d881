//! The person's list of rooms, which is the same on all of their devices, as far as this client follows it; and
//! the list of all rooms, as far as it is looked at.
//!
//! This file does not know when either is asked for.

use protocol::{RoomEntry, Setting};

/// Where rooms stand in the person's order: so far apart that others fit between.
pub const PLACE_STEP: u32 = 1000;
/// Entries that are read of the person's list, whatever a server says: more than it keeps.
pub const ENTRIES_MAX: usize = 1000;
/// Entries of the list of all rooms that are held: more than anybody turns pages for.
pub const BROWSED_MAX: usize = 10_000;

#[derive(Debug, Default)]
pub struct OwnList {
    /// This client follows it, as far as the server keeps one.
    pub is_wanted: bool,
    /// Who writes to this person first, or adds them to a room, is heard here, list or not.
    pub is_reachable: bool,
    /// The server keeps none for this name.
    pub is_refused: bool,
    /// All of it was told on this connection.
    pub is_known: bool,
    /// What was told of it, while more follows.
    pub entries: Vec<RoomEntry>,
    /// What was changed in it meanwhile.
    pub settings: Vec<Setting>,
}

impl OwnList {
    pub fn is_followed(&self) -> bool {
        self.is_wanted && !self.is_refused
    }

    /// A room can be marked as unread.
    pub fn keeps_marks(&self) -> bool {
        self.is_followed() && self.is_known
    }

    /// A room that came by itself is joined.
    pub fn takes_in(&self) -> bool {
        self.is_followed() || self.is_reachable
    }

    /// What was told on a connection that is lost may have changed since.
    pub fn disconnected(&mut self) {
        self.is_known = false;
        self.entries.clear();
        self.settings.clear();
    }
}

/// The list of all rooms, while somebody looks at it.
#[derive(Debug, Default)]
pub struct Browser {
    /// What is looked for in names, titles and topics.
    pub query: String,
    pub rooms: Vec<RoomEntry>,
    /// There are others behind them.
    pub more: bool,
}

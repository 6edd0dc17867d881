//! Whose what is kept is, and of which room.
//!
//! This file does not know where it is kept.

use protocol::RoomName;

/// Whose a room is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) server: String,
    /// Empty for a guest.
    pub(super) user: String,
}

/// Two spellings of one room.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    match (RoomName::known(one), RoomName::known(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

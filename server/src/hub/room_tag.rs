//! Rooms as numbers, by which their news are told apart in an outbox.
//!
//! This file does not know what is told.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use protocol::RoomName;

/// Another number in each process, so that nobody can make up a room that is taken for another.
pub(crate) fn room_tag(room: &RoomName) -> u64 {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEYS.hash_one(room.key())
}

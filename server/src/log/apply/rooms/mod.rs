//! Rooms: their numbers and kinds, and what people do to them.

mod access;
mod answers;
mod create;
mod end;
mod invited;
mod members;
mod persons;
mod setting;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use protocol::RoomName;
use rusqlite::{Connection, OptionalExtension as _};

pub(in crate::log) use self::access::{kind_of, look, role_of};
pub(super) use self::access::{may_set_topic, yours};
pub(in crate::log) use self::create::users;
pub(super) use self::create::{begun, create, direct, note_topic};
pub(super) use self::end::forget_if_empty;
pub(super) use self::invited::{admit, may_invite};
pub(super) use self::members::{add, remove, set_role, succeed};
pub(super) use self::persons::name_of;
pub(super) use self::setting::keep_room;
pub(in crate::log) use self::setting::place;

/// Rooms whose numbers are remembered. More than that are busy at a time only where the search for
/// one is the smallest of all costs.
const ROOMS_KNOWN_MAX: usize = 4096;

/// Numbers of rooms, by key.
#[derive(Debug, Default)]
pub(super) struct RoomNumbers(HashMap<Arc<str>, i64>);

impl RoomNumbers {
    /// The number of an open room, which is given one if it has none.
    pub(super) fn get_or_make(
        &mut self,
        db: &Connection,
        room: &RoomName,
    ) -> rusqlite::Result<i64> {
        if let Some(number) = self.0.get(room.key()) {
            return Ok(*number);
        }
        let number = match room_number(db, room.key())? {
            Some(number) => number,
            None => {
                let insert = "INSERT INTO rooms (key, name, sort) VALUES (?1, ?2, ?1)";
                db.prepare_cached(insert)?.insert([&**room.key(), room.as_str()])?
            }
        };
        if self.0.len() >= ROOMS_KNOWN_MAX {
            self.0.clear();
        }
        self.0.insert(room.key().clone(), number);
        Ok(number)
    }

    /// The room has none any more.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }
}

/// The number of a room, by key.
pub(in crate::log) fn room_number(db: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT id FROM rooms WHERE key = ?1";
    db.prepare_cached(select)?.query_row([key], |row| row.get(0)).optional()
}

//! The numbers of rooms.

use std::collections::HashMap;
use std::sync::Arc;

use protocol::RoomName;
use rusqlite::{Connection, OptionalExtension as _};

/// Rooms whose numbers are remembered. More than that are busy at a time only where the search for
/// one is the smallest of all costs.
const ROOMS_KNOWN_MAX: usize = 4096;

/// Numbers of rooms, by key.
#[derive(Debug, Default)]
pub(in crate::log::apply) struct RoomNumbers(HashMap<Arc<str>, i64>);

impl RoomNumbers {
    /// The number of an open room, which is given one if it has none.
    pub(in crate::log::apply) fn get_or_make(
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
    pub(in crate::log::apply) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }
}

/// The number of a room, by key.
pub(in crate::log) fn room_number(db: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT id FROM rooms WHERE key = ?1";
    db.prepare_cached(select)?.query_row([key], |row| row.get(0)).optional()
}

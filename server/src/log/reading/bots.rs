//! Bots: one by its token, and all for the operator.
//!
//! This file does not know who asks.

use protocol::{RoomPattern, UserName};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::reader::Reader;
use crate::log::database::column::{checked, person, unsigned};
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// A bot, as who brings its token finds it.
#[derive(Debug, Clone)]
pub(crate) struct FoundBot {
    pub(crate) person: PersonId,
    pub(crate) name: UserName,
    /// The open rooms that it may enter.
    pub(crate) rooms: Vec<RoomPattern>,
    pub(crate) reads_only: bool,
    /// When it was made: milliseconds since 1970.
    pub(crate) at: u64,
}

const COLUMNS: &str = "person, name, rooms, reads_only, at";

impl Reader {
    /// The bot with this token.
    pub(in crate::log) fn bot(&self, token: &KeyHash) -> rusqlite::Result<Option<FoundBot>> {
        let select = format!("SELECT {COLUMNS} FROM bots WHERE token = ?1");
        let mut select = self.db().prepare_cached(&select)?;
        select.query_row([token.as_bytes()], read).optional()
    }
}

/// All of them, by name.
pub(in crate::log) fn bots(db: &Connection) -> rusqlite::Result<Vec<FoundBot>> {
    let select = format!("SELECT {COLUMNS} FROM bots ORDER BY name, person");
    let mut select = db.prepare_cached(&select)?;
    select.query_map([], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<FoundBot> {
    let rooms = row.get_ref(2)?.as_str()?.lines().map(RoomPattern::try_from);
    Ok(FoundBot {
        person: person(row, 0)?,
        name: checked(1, UserName::known(row.get_ref(1)?.as_str()?))?,
        rooms: checked(2, rooms.collect())?,
        reads_only: row.get(3)?,
        at: unsigned(row, 4)?,
    })
}

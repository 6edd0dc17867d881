//! Reads who did what to whom.
//!
//! This file does not know how it is shown.

use std::path::Path;

use rusqlite::{Connection, Row};

use crate::log::database::column::{optional, signed, unsigned};
use crate::log::database::{Database, OpenError};

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// In milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) did: String,
    /// None is the operator.
    pub(crate) by: Option<String>,
    pub(crate) whom: Option<String>,
    /// None is the whole server.
    pub(crate) room: Option<String>,
    pub(crate) number: Option<u64>,
    pub(crate) until: Option<u64>,
    pub(crate) text: Option<String>,
}

/// What was done since a time, in its order.
///
/// # Errors
/// [`OpenError`] if the database cannot be read.
pub(crate) fn audit(path: &Path, since: u64) -> Result<Vec<Entry>, OpenError> {
    let database = Database::beside(path)?;
    let db = database.reader()?;
    read(&db, since).map_err(|error| database.failed(error))
}

fn read(db: &Connection, since: u64) -> rusqlite::Result<Vec<Entry>> {
    let select = "SELECT at, did, by, whom, room, number, until, text FROM audit
        WHERE at >= ?1 ORDER BY entry";
    let mut select = db.prepare(select)?;
    select.query_map([signed(since)], entry)?.collect()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        at: unsigned(row, 0)?,
        did: row.get(1)?,
        by: row.get(2)?,
        whom: row.get(3)?,
        room: row.get(4)?,
        number: optional(row, 5)?,
        until: optional(row, 6)?,
        text: row.get(7)?,
    })
}

//! Persons: numbers that names, keys and tokens point to.

use protocol::UserName;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::log::database::column::{person, signed};
use crate::log::event::Event;
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// Whoever has a name for good, if somebody has.
pub(in crate::log) fn named(
    db: &Connection,
    name: &UserName,
) -> rusqlite::Result<Option<PersonId>> {
    let select = "SELECT person FROM names WHERE key = ?1";
    db.prepare_cached(select)?.query_row([name.key()], |row| person(row, 0)).optional()
}

/// Makes a person, for whom `key` stands from now on.
pub(super) fn make(
    db: &Connection,
    event: &Event,
    key: Option<KeyHash>,
) -> rusqlite::Result<PersonId> {
    let insert = "INSERT INTO persons (id, key) VALUES (?1, ?2)";
    let key = key.as_ref().map(KeyHash::as_bytes);
    db.prepare_cached(insert)?.execute(params![signed(event.id.get()), key])?;
    Ok(PersonId::made_by(event.id))
}

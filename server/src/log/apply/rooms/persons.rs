//! Persons by name, and what persons are called.

use protocol::UserName;
use rusqlite::{Connection, OptionalExtension as _};

use crate::log::database::column::{checked, person, signed};
use crate::log::event::Author;
use crate::people::names::PersonId;

/// Who has a kept name, and how it is spelt. On a closed server the tokens say who is who, as whoever asks came
/// in with one.
pub(in crate::log::apply) fn find(
    db: &Connection,
    user: &UserName,
    asker: &Author,
) -> rusqlite::Result<Option<(PersonId, UserName)>> {
    let by_name = || {
        let select = "SELECT person, name FROM names WHERE key = ?1";
        let mut select = db.prepare_cached(select)?;
        let found = select.query_row([user.key()], |row| {
            Ok((person(row, 0)?, checked(1, UserName::known(row.get_ref(1)?.as_str()?))?))
        });
        found.optional()
    };
    let by_token = || {
        let select = "SELECT person FROM subjects WHERE key = ?1";
        let mut select = db.prepare_cached(select)?;
        let found = select.query_row([user.key()], |row| Ok((person(row, 0)?, user.clone())));
        found.optional()
    };
    match asker.key {
        Some(_) => Ok(by_name()?.or(by_token()?)),
        None => Ok(by_token()?.or(by_name()?)),
    }
}

/// What somebody is called now.
pub(in crate::log::apply) fn name_of(
    db: &Connection,
    person: PersonId,
) -> rusqlite::Result<Option<UserName>> {
    let select = "SELECT name FROM names WHERE person = ?1
        UNION ALL SELECT name FROM members WHERE person = ?1 LIMIT 1";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row([signed(person.get())], |row| {
        checked(0, UserName::known(row.get_ref(0)?.as_str()?))
    });
    found.optional()
}

//! Values as they stand in columns.
//!
//! This file does not know tables.

use protocol::MessageId;
use rusqlite::types::{ToSqlOutput, Type, ValueRef};
use rusqlite::{Row, ToSql};

use crate::people::names::{Owner, PersonId};

/// A person is a number and a spelling a text, so none is ever taken for the other.
impl ToSql for Owner {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Owner::Person(person) => signed(person.get()).into(),
            Owner::Spelling(key) => ToSqlOutput::Borrowed(ValueRef::Text(key.as_bytes())),
        })
    }
}

pub(in crate::log) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageId> {
    checked(column, MessageId::try_from(unsigned(row, column)?))
}

/// None is not there.
pub(in crate::log) fn optional_id(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<MessageId>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => id(row, column).map(Some),
    }
}

/// None is not there.
pub(in crate::log) fn optional(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => unsigned(row, column).map(Some),
    }
}

pub(in crate::log) fn person(row: &Row<'_>, column: usize) -> rusqlite::Result<PersonId> {
    id(row, column).map(PersonId::made_by)
}

pub(in crate::log) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    checked(column, u64::try_from(row.get::<_, i64>(column)?))
}

pub(in crate::log) fn checked<T, E>(column: usize, parsed: Result<T, E>) -> rusqlite::Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    parsed.map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}

/// Ids and times are below 2^63 by far.
pub(in crate::log) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

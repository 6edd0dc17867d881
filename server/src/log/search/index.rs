//! How the index follows the messages.
//!
//! An entry can be taken out only by what is in it, and only if it is there: `indexed` holds up to which id messages
//! are. An index that turns out to be damaged is made anew: all of it is in the messages. This file does not know what is
//! looked for.

use std::time::{Duration, Instant};

use protocol::MessageId;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, Row, params, params_from_iter};

use super::entry::Entry;
use crate::log::database::column::{id, signed, unsigned};

/// Messages that come into the index in one commit at most, and for how long: a message that comes meanwhile waits
/// for it.
const BATCH: i64 = 128;
const BATCH_TIME: Duration = Duration::from_millis(2);

const COLUMNS: &str = "id, room, author, owner, content, at";

/// Puts the next messages into the index, and returns whether there may be more.
pub(in crate::log) fn advance(db: &Connection) -> rusqlite::Result<bool> {
    Ok(change(db, || put_next(db))?.unwrap_or(true))
}

fn put_next(db: &Connection) -> rusqlite::Result<bool> {
    let began = Instant::now();
    let upto = upto(db)?;
    let select = format!("SELECT {COLUMNS} FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut select = db.prepare_cached(&select)?;
    let mut rows = select.query(params![signed(upto.get()), BATCH])?;
    let (mut last, mut count) = (None, 0);
    while let Some(row) = rows.next()? {
        let message = Indexed::read(row)?;
        message.put(db)?;
        (last, count) = (Some(message.id), count + 1);
        if began.elapsed() >= BATCH_TIME {
            break;
        }
    }
    let Some(last) = last else { return Ok(false) };
    let note = "UPDATE indexed SET upto = ?1";
    db.prepare_cached(note)?.execute([signed(last.get())])?;
    Ok(count == BATCH || began.elapsed() >= BATCH_TIME)
}

/// Takes a message out, as it still stands in the database. What is not in the index yet is not missed.
pub(in crate::log) fn remove(db: &Connection, message: MessageId) -> rusqlite::Result<()> {
    remove_all(db, "id = ?1", &[signed(message.get())])
}

/// Takes out all messages of which this holds.
pub(in crate::log) fn remove_all(
    db: &Connection,
    which: &str,
    bounds: &[i64],
) -> rusqlite::Result<()> {
    let upto = upto(db)?;
    let select = format!("SELECT {COLUMNS} FROM messages WHERE {which}");
    let take = || {
        let mut select = db.prepare_cached(&select)?;
        let mut rows = select.query(params_from_iter(bounds))?;
        while let Some(row) = rows.next()? {
            let message = Indexed::read(row)?;
            if message.id <= upto {
                message.take(db)?;
            }
        }
        Ok(())
    };
    change(db, take).map(drop)
}

/// Puts a message in that was taken out, as it stands in the database now.
pub(in crate::log) fn put_back(db: &Connection, message: MessageId) -> rusqlite::Result<()> {
    if message > upto(db)? {
        return Ok(());
    }
    let select = format!("SELECT {COLUMNS} FROM messages WHERE id = ?1");
    let mut select = db.prepare_cached(&select)?;
    let message = select.query_row([signed(message.get())], Indexed::read)?;
    change(db, || message.put(db)).map(drop)
}

/// Changes the index. If it is damaged, it is empty then, and nothing else is undone: what changes messages does not fail
/// for its sake. What was changed is written before this ends, since damage is noticed only then.
fn change<T>(
    db: &Connection,
    work: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    db.prepare_cached("SAVEPOINT words")?.execute([])?;
    let write = |done| {
        // The engine writes what it has gathered when a savepoint begins.
        db.prepare_cached("SAVEPOINT written")?.execute([])?;
        db.prepare_cached("RELEASE written")?.execute([])?;
        Ok(done)
    };
    match work().and_then(write) {
        Err(error) if is_damage(&error) => {
            db.execute_batch("ROLLBACK TO words; RELEASE words")?;
            tracing::warn!(%error, "the index of words is damaged, and is made anew");
            make_anew(db).map(|()| None)
        }
        done => {
            let done = done?;
            db.prepare_cached("RELEASE words")?.execute([])?;
            Ok(Some(done))
        }
    }
}

/// Whether it is about a damaged index, or a damaged database.
pub(in crate::log) fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}

/// Empties the index: all messages come into it once more.
pub(in crate::log) fn make_anew(db: &Connection) -> rusqlite::Result<()> {
    db.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
    db.execute("UPDATE indexed SET upto = 0", []).map(drop)
}

fn upto(db: &Connection) -> rusqlite::Result<MessageId> {
    db.prepare_cached("SELECT upto FROM indexed")?.query_row([], |row| id(row, 0))
}

/// A message that is in the index, or comes into it; without an entry if it was deleted.
struct Indexed {
    id: MessageId,
    entry: Option<Entry>,
}

impl Indexed {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let content = row.get_ref(4)?.as_str()?;
        let entry = match content.is_empty() {
            true => None,
            false => {
                let person = match row.get_ref(3)? {
                    ValueRef::Integer(_) => Some(unsigned(row, 3)?),
                    _ => None,
                };
                let author = (row.get_ref(2)?.as_str()?, person);
                Some(Entry::new(content, row.get(1)?, author, unsigned(row, 5)?))
            }
        };
        Ok(Indexed { id: id(row, 0)?, entry })
    }

    fn put(&self, db: &Connection) -> rusqlite::Result<()> {
        let Some(Entry { text, about }) = &self.entry else { return Ok(()) };
        let put = "INSERT INTO search (rowid, text, about) VALUES (?1, ?2, ?3)";
        db.prepare_cached(put)?.execute(params![signed(self.id.get()), text, about])?;
        Ok(())
    }

    fn take(&self, db: &Connection) -> rusqlite::Result<()> {
        let Some(Entry { text, about }) = &self.entry else { return Ok(()) };
        let take = "INSERT INTO search (search, rowid, text, about) VALUES ('delete', ?1, ?2, ?3)";
        db.prepare_cached(take)?.execute(params![signed(self.id.get()), text, about])?;
        Ok(())
    }
}

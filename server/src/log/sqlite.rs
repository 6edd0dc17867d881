//! The statements that keep what is said.
//!
//! This file does not know threads, the hub, or the order in which messages are told.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use protocol::{
    Body, DELETED_CONTENT, Deleted, Epoch, Message, MessageId, Ref, RoomName, UserName,
};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, params};

use super::clock::Clock;
use super::judge::Reading;
use super::keeper::{Item, Outcome};
use super::register::{self, Register};

/// Rooms whose numbers the writer remembers. More than that are busy at a time only where the
/// search for one is the smallest of all costs.
const ROOMS_KNOWN_MAX: usize = 4096;

/// What is noted of the time may be so old when a process dies: twice the time between two notes.
const NOTED_MS: u64 = 2 * 60 * 60 * 1000;

/// The one connection that writes messages.
#[derive(Debug)]
pub(crate) struct Writer {
    db: Connection,
    clock: Clock,
    /// Numbers of rooms, by key.
    rooms: HashMap<Arc<str>, i64>,
    /// How often rooms lost theirs, and how often that was heeded.
    forgotten: Arc<AtomicU64>,
    heeded: u64,
}

impl Writer {
    pub(super) fn new(db: Connection, forgotten: Arc<AtomicU64>) -> rusqlite::Result<Self> {
        // What was cleared away had its ids and times as well. The time is that of the newest id: SQLite
        // takes other columns from the row that has the greatest.
        let newest = "SELECT coalesce(max(id), 0), coalesce(at, 0) FROM (
            SELECT * FROM (SELECT id, at FROM messages ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT * FROM (SELECT id, at FROM deletions ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT upto, at FROM cleared
            UNION ALL SELECT upto, at FROM log)";
        let clock = db.query_row(newest, [], |row| {
            Ok(Clock { last_id: unsigned(row, 0)?, last_at: unsigned(row, 1)? })
        })?;
        Ok(Writer { db, clock, rooms: HashMap::new(), forgotten, heeded: 0 })
    }

    /// Up to when time has passed for certain: what was noted last. An older server noted nothing, and
    /// its newest times count, of messages and of names, unless they are to come.
    pub(super) fn known_ms(&self, machine_ms: u64) -> rusqlite::Result<Option<u64>> {
        let noted = self.db.query_row("SELECT known FROM clock", [], |row| unsigned(row, 0));
        let newest = self.clock.last_at;
        Ok(match noted.optional()? {
            // What was said since the last note.
            Some(noted) if (noted..=noted + NOTED_MS).contains(&newest) => Some(newest),
            Some(noted) => Some(noted),
            None => {
                let used = "SELECT coalesce(max(used), 0) FROM names WHERE used <= ?1";
                let used = self.db.query_row(used, [signed(machine_ms)], |row| unsigned(row, 0))?;
                Some(newest).filter(|at| *at <= machine_ms).max(Some(used))
            }
        })
    }

    /// Where the ids and times of earlier runs ended.
    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// Which log it is.
    pub(super) fn epoch(&self) -> rusqlite::Result<Epoch> {
        self.db.query_row("SELECT epoch FROM log", [], |row| {
            checked(0, Epoch::try_from(row.get_ref(0)?.as_str()?))
        })
    }

    /// Stores all of them, or, on an error, none.
    pub(super) fn commit<'a>(
        &mut self,
        items: impl Iterator<Item = Item<'a>>,
    ) -> rusqlite::Result<Vec<Outcome>> {
        let kept = self.keep_all(items);
        if kept.is_err() {
            self.roll_back();
        }
        if kept.is_err() || self.rooms.len() > ROOMS_KNOWN_MAX {
            // A room that was made in what was rolled back has no number.
            self.rooms.clear();
        }
        kept
    }

    fn keep_all<'a>(
        &mut self,
        items: impl Iterator<Item = Item<'a>>,
    ) -> rusqlite::Result<Vec<Outcome>> {
        // Takes the write lock at once: to ask for it after the first read would fail instead of
        // wait, should a checkpoint hold it.
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        // Whoever forgets rooms says so before the lock comes to us.
        let forgotten = self.forgotten.load(Ordering::Acquire);
        if std::mem::replace(&mut self.heeded, forgotten) != forgotten {
            self.rooms.clear();
        }
        let mut outcomes = Vec::with_capacity(items.size_hint().0);
        let mut insert = self.db.prepare_cached(INSERT)?;
        for item in items {
            outcomes.push(match item {
                Item::Message(message) => {
                    let room = number(&mut self.rooms, &self.db, &message.room)?;
                    keep(&self.db, &mut insert, room, message)?
                }
                Item::Deletion(deletion) => delete(&self.db, deletion)?,
                Item::Change(change) => {
                    register::apply(&self.db, change)?;
                    Outcome::Kept
                }
            });
        }
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(outcomes)
    }

    fn roll_back(&self) {
        // Some errors have ended the transaction already, and then there is nothing to do.
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "cannot take back what was not stored");
        }
    }

    /// What is kept of people, without what is over.
    pub(super) fn register(
        &self,
        time: &Reading,
        name_expiry: Option<u64>,
    ) -> rusqlite::Result<Register> {
        register::load(&self.db, time, name_expiry)
    }

    /// Moves what is left of the write-ahead log into the file, so that it begins anew.
    pub(super) fn checkpoint(&self) -> rusqlite::Result<()> {
        self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

const INSERT: &str = "INSERT INTO messages (id, room, author, author_key, content, at, ref)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (room, author_key, ref) WHERE ref IS NOT NULL DO NOTHING";

/// The number of a room, which is given one if it has none.
fn number(
    known: &mut HashMap<Arc<str>, i64>,
    db: &Connection,
    room: &RoomName,
) -> rusqlite::Result<i64> {
    if let Some(number) = known.get(room.key()) {
        return Ok(*number);
    }
    let number = match room_id(db, room)? {
        Some(number) => number,
        None => {
            let insert = "INSERT INTO rooms (key) VALUES (?1)";
            db.prepare_cached(insert)?.insert([room.key()])?
        }
    };
    known.insert(room.key().clone(), number);
    Ok(number)
}

fn keep(
    db: &Connection,
    insert: &mut CachedStatement<'_>,
    room: i64,
    message: &Message,
) -> rusqlite::Result<Outcome> {
    let reference = message.reference.as_ref().map(Ref::as_str);
    let inserted = insert.execute(params![
        signed(message.id.get()),
        room,
        message.sender.as_str(),
        message.sender.key(),
        message.content.as_str(),
        signed(message.at),
        reference,
    ])?;
    if inserted == 1 {
        return Ok(Outcome::Kept);
    }
    let first = "SELECT id, author, content, at, ref FROM messages
        WHERE room = ?1 AND author_key = ?2 AND ref = ?3";
    let mut first = db.prepare_cached(first)?;
    let key = message.sender.key();
    let first = first.query_row(params![room, key, reference], |row| read(row, &message.room))?;
    Ok(Outcome::KeptBefore(Box::new(first)))
}

/// Erases a message's text, and notes that it did.
fn delete(db: &Connection, deletion: &Deleted) -> rusqlite::Result<Outcome> {
    let Some(room) = room_id(db, &deletion.room)? else { return Ok(Outcome::Missing) };
    let message = signed(deletion.message.get());
    let select = "SELECT id, author, content, at, ref FROM messages WHERE room = ?1 AND id = ?2";
    let mut select = db.prepare_cached(select)?;
    let found = select.query_row([room, message], |row| read(row, &deletion.room)).optional()?;
    let Some(found) = found else { return Ok(Outcome::Missing) };
    if found.deleted {
        let select = "SELECT id, author, at FROM deletions WHERE message = ?1";
        let before = db.prepare_cached(select)?.query_row([message], |row| {
            let by = checked(1, UserName::known(row.get_ref(1)?.as_str()?))?;
            Ok(Deleted { id: id(row, 0)?, by, at: unsigned(row, 2)?, ..deletion.clone() })
        })?;
        return Ok(Outcome::DeletedBefore(Box::new(before)));
    }
    db.prepare_cached("UPDATE messages SET content = '' WHERE id = ?1")?.execute([message])?;
    let insert =
        "INSERT INTO deletions (id, room, message, author, at) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.prepare_cached(insert)?.execute(params![
        signed(deletion.id.get()),
        room,
        message,
        deletion.by.as_str(),
        signed(deletion.at),
    ])?;
    let content = checked(2, Body::try_from(DELETED_CONTENT))?;
    Ok(Outcome::Deleted(Box::new(Message { content, deleted: true, ..found })))
}

pub(super) fn room_id(db: &Connection, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT id FROM rooms WHERE key = ?1";
    db.prepare_cached(select)?.query_row([room.key()], |row| row.get(0)).optional()
}

/// Rows went through the rim when they came in; one that does not pass it now is damage.
pub(super) fn read(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let reference: Option<String> = row.get(4)?;
    let content: String = row.get(2)?;
    let deleted = content.is_empty();
    let content = if deleted { DELETED_CONTENT.to_owned() } else { content };
    Ok(Message {
        room: room.clone(),
        id: id(row, 0)?,
        sender: checked(1, UserName::known(row.get_ref(1)?.as_str()?))?,
        content: checked(2, Body::stored(content))?,
        at: unsigned(row, 3)?,
        reference: checked(4, reference.as_deref().map(Ref::try_from).transpose())?,
        deleted,
    })
}

pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageId> {
    checked(column, MessageId::try_from(unsigned(row, column)?))
}

pub(super) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    checked(column, u64::try_from(row.get::<_, i64>(column)?))
}

pub(super) fn checked<T, E>(column: usize, parsed: Result<T, E>) -> rusqlite::Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let kind = rusqlite::types::Type::Text;
    parsed.map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, kind, error.into()))
}

/// Ids and times are below 2^63 by far.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

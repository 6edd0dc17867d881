//! The statements: what is kept and how it is found again.
//!
//! This file does not know threads, the hub, or the order in which messages are told.

use std::collections::HashMap;
use std::sync::Arc;

use protocol::{Body, Message, MessageId, Ref, RoomName, UserName};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Params, Row, params};

use super::clock::Clock;
use super::keeper::Kept;
use super::page::{Asked, Page, Stored};

/// Rooms whose numbers the writer remembers. More than that are busy at a time only where the
/// search for one is the smallest of all costs.
const ROOMS_KNOWN_MAX: usize = 4096;

/// The one connection that writes messages.
#[derive(Debug)]
pub(crate) struct Writer {
    db: Connection,
    clock: Clock,
    /// Numbers of rooms, by key.
    rooms: HashMap<Arc<str>, i64>,
}

impl Writer {
    pub(super) fn new(db: Connection) -> rusqlite::Result<Self> {
        // What was deleted had its ids and times as well.
        let newest = "SELECT coalesce(max(id), 0), coalesce(max(at), 0) FROM
            (SELECT id, at FROM (SELECT id, at FROM messages ORDER BY id DESC LIMIT 1)
             UNION ALL SELECT upto, at FROM deleted)";
        let clock = db.query_row(newest, [], |row| {
            Ok(Clock { last_id: unsigned(row, 0)?, last_at: unsigned(row, 1)? })
        })?;
        Ok(Writer { db, clock, rooms: HashMap::new() })
    }

    /// Where the ids and times of earlier runs ended.
    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// Stores all of them, or, on an error, none.
    pub(super) fn commit<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a Message>,
    ) -> rusqlite::Result<Vec<Kept>> {
        let kept = self.keep_all(messages);
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
        messages: impl Iterator<Item = &'a Message>,
    ) -> rusqlite::Result<Vec<Kept>> {
        // Takes the write lock at once: to ask for it after the first read would fail instead of
        // wait, should a checkpoint hold it.
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut kept = Vec::with_capacity(messages.size_hint().0);
        let mut insert = self.db.prepare_cached(INSERT)?;
        for message in messages {
            let room = number(&mut self.rooms, &self.db, &message.room)?;
            kept.push(keep(&self.db, &mut insert, room, message)?);
        }
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(kept)
    }

    fn roll_back(&self) {
        // Some errors have ended the transaction already, and then there is nothing to do.
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "cannot take back what was not stored");
        }
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
) -> rusqlite::Result<Kept> {
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
        return Ok(Kept::New);
    }
    let first = "SELECT id, author, content, at, ref FROM messages
        WHERE room = ?1 AND author_key = ?2 AND ref = ?3";
    let mut first = db.prepare_cached(first)?;
    let key = message.sender.key();
    let first = first.query_row(params![room, key, reference], |row| read(row, &message.room))?;
    Ok(Kept::Before(Box::new(first)))
}

fn room_id(db: &Connection, room: &RoomName) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT id FROM rooms WHERE key = ?1";
    db.prepare_cached(select)?.query_row([room.key()], |row| row.get(0)).optional()
}

/// A connection that only reads.
#[derive(Debug)]
pub(crate) struct Reader(Connection);

impl Reader {
    pub(super) fn new(db: Connection) -> Self {
        Reader(db)
    }

    /// The newest of what was asked for.
    pub(super) fn page(&self, room: &RoomName, asked: &Asked) -> rusqlite::Result<Page> {
        // One snapshot for all of it: a head that is not in the page would be a message lost.
        let _snapshot = self.0.unchecked_transaction()?;
        let Some(id) = room_id(&self.0, room)? else {
            return Ok(Page { messages: Vec::new(), older: None, head: MessageId::ZERO });
        };
        // Below 2^53, so that it is a legal bound.
        let before = asked.before.map_or(protocol::ID_END, MessageId::get);
        let one_more = i64::try_from(asked.limit).unwrap_or(i64::MAX).saturating_add(1);
        let select = "SELECT id, author, content, at, ref FROM messages
            WHERE room = ?1 AND id > ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4";
        let bounds = params![id, signed(asked.since.get()), signed(before), one_more];
        let mut messages = self.rows(select, bounds, room)?;
        let older = if messages.len() > asked.limit { messages.pop() } else { None };
        let head = match (asked.before, messages.first()) {
            (None, Some(newest)) => newest.id,
            _ => self.head(id)?,
        };
        let messages = messages.into_iter().rev().map(Stored::new).collect();
        Ok(Page { messages, older: older.map(|message| message.id), head })
    }

    fn head(&self, room: i64) -> rusqlite::Result<MessageId> {
        let select = "SELECT coalesce((SELECT max(id) FROM messages WHERE room = ?1),
            (SELECT upto FROM deleted WHERE room = ?1), 0)";
        let mut select = self.0.prepare_cached(select)?;
        select.query_row([room], |row| id(row, 0))
    }

    fn rows(
        &self,
        select: &str,
        bounds: impl Params,
        room: &RoomName,
    ) -> rusqlite::Result<Vec<Message>> {
        self.0.prepare_cached(select)?.query_map(bounds, |row| read(row, room))?.collect()
    }
}

/// Rows went through the rim when they came in; one that does not pass it now is damage.
fn read(row: &Row<'_>, room: &RoomName) -> rusqlite::Result<Message> {
    let reference: Option<String> = row.get(4)?;
    Ok(Message {
        room: room.clone(),
        id: id(row, 0)?,
        sender: checked(1, UserName::try_from(row.get_ref(1)?.as_str()?))?,
        content: checked(2, Body::try_from(row.get::<_, String>(2)?))?,
        at: unsigned(row, 3)?,
        reference: checked(4, reference.as_deref().map(Ref::try_from).transpose())?,
    })
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageId> {
    checked(column, MessageId::try_from(unsigned(row, column)?))
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    checked(column, u64::try_from(row.get::<_, i64>(column)?))
}

fn checked<T, E>(column: usize, parsed: Result<T, E>) -> rusqlite::Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let kind = rusqlite::types::Type::Text;
    parsed.map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, kind, error.into()))
}

/// Ids and times are below 2^63 by far.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

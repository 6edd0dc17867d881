//! The database file: its schema, the checks before it is touched, and the statements.
//!
//! This file does not know threads, the hub, or the order in which messages are told.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use protocol::{Body, Message, MessageId, Ref, RoomName, UserName};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row, Transaction, params};

use super::writer::Clock;
use super::{Asked, Page, encode};
use crate::config::SyncMode;

/// Marks a database as ours, at offset 68 of the file: "Nebu" (SQLite's file format, 1.3).
const APPLICATION_ID: i32 = 0x4E65_6275;
/// Grows with every change of [`SCHEMA`].
const SCHEMA_VERSION: i32 = 1;
/// How long a statement waits for another process or a checkpoint to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Files up to this size are checked whole at start: it takes milliseconds. A larger one is checked
/// as it is read, so that starting does not depend on its size.
const CHECKED_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Page cache of each connection, in KiB: the inner pages of the indexes of some ten million
/// messages.
const CACHE_KIB: i64 = 16 * 1024;

/// `messages` is appended to at its right edge, whatever the room; `by_room` serves every read;
/// `by_ref` makes a resend the first message again.
const SCHEMA: &str = "
    CREATE TABLE rooms (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        author TEXT NOT NULL,
        author_key TEXT NOT NULL,
        content TEXT NOT NULL,
        at INTEGER NOT NULL,
        ref TEXT
    ) STRICT;
    CREATE INDEX by_room ON messages (room, id);
    CREATE UNIQUE INDEX by_ref ON messages (room, author_key, ref) WHERE ref IS NOT NULL;
";

/// Why a database cannot be used. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be opened, made, or written.
    #[error("cannot open the database {path:?} for reading and writing: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Its first bytes are no SQLite database's.
    #[error("the file {0:?} is not a database: choose another with --db, or move it away")]
    NotADatabase(PathBuf),
    /// It is an SQLite database of another program.
    #[error("the database {0:?} belongs to another program: choose another with --db")]
    NotOurs(PathBuf),
    /// A newer server wrote it.
    #[error(
        "the database {path:?} has schema version {found}, this server knows up to \
         {SCHEMA_VERSION}: start it with a newer server"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i32,
    },
    /// Somebody else holds it.
    #[error("the database {0:?} is locked by another process: stop that one first")]
    Locked(PathBuf),
    /// SQLite finds fault with its contents.
    #[error("the database {path:?} is damaged: {fault}; restore it from a backup or move it away")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        fault: String,
    },
    /// Anything else that SQLite says.
    #[error("cannot use the database {path:?}: {error}")]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What it said.
        error: rusqlite::Error,
    },
    /// No thread could be started for it.
    #[error("cannot start a thread for the log: {0}")]
    Thread(#[from] io::Error),
}

/// A database that was checked, made if it was new, and is held against other servers.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    in_memory: bool,
    sync: SyncMode,
    /// Keeps the lock on the file.
    _held: Option<File>,
}

impl Database {
    /// Checks a file before SQLite may change it, and makes it if it is new or empty.
    pub(crate) fn open(path: &Path, sync: SyncMode) -> Result<Self, OpenError> {
        let held = hold(path)?;
        check_header(path, &held)?;
        let database =
            Database { path: path.to_owned(), in_memory: false, sync, _held: Some(held) };
        database.prepare()?;
        Ok(database)
    }

    /// A database that goes with the process.
    pub(crate) fn memory() -> Result<Self, OpenError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // SQLite's own in-memory file system, which several connections of one process may share.
        let path = PathBuf::from(format!("file:/nebula-{number}?vfs=memdb"));
        Ok(Database { path, in_memory: true, sync: SyncMode::Normal, _held: None })
    }

    pub(crate) fn writer(&self) -> Result<Writer, OpenError> {
        let db = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let opened = if self.in_memory { db.execute_batch(SCHEMA) } else { self.set_up(&db) };
        opened.and_then(|()| Writer::new(db)).map_err(|error| self.failed(error))
    }

    pub(crate) fn reader(&self) -> Result<Reader, OpenError> {
        self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY).map(Reader)
    }

    /// Only a write-ahead log needs checkpoints; memory has none.
    pub(super) fn checkpointer(&self) -> Result<Option<Connection>, OpenError> {
        if self.in_memory {
            return Ok(None);
        }
        self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE).map(Some)
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, OpenError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let flags = if self.in_memory { flags | OpenFlags::SQLITE_OPEN_URI } else { flags };
        let open = || {
            let db = Connection::open_with_flags(&self.path, flags)?;
            db.busy_timeout(BUSY_TIMEOUT)?;
            db.pragma_update(None, "cache_size", -CACHE_KIB)?;
            db.set_prepared_statement_cache_capacity(16);
            Ok(db)
        };
        open().map_err(|error| self.failed(error))
    }

    /// Everything that may fail for the file's sake happens here, before the first change to it
    /// that is not a new file's own.
    fn prepare(&self) -> Result<(), OpenError> {
        let db = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let prepared = (|| {
            let version: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
            // Takes the write lock, so a file that is locked or cannot be written is known now.
            let transaction =
                Transaction::new_unchecked(&db, rusqlite::TransactionBehavior::Immediate)?;
            if version == 0 {
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
                transaction.commit()?;
            }
            Ok(())
        })();
        prepared.map_err(|error| self.failed(error))?;
        self.check_contents(&db)
    }

    fn check_contents(&self, db: &Connection) -> Result<(), OpenError> {
        let bytes = fs::metadata(&self.path).map_or(0, |found| found.len());
        if bytes > CHECKED_BYTES_MAX {
            return Ok(());
        }
        let found: String = db
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(|error| self.failed(error))?;
        if found == "ok" { Ok(()) } else { Err(self.damaged(found)) }
    }

    fn set_up(&self, db: &Connection) -> rusqlite::Result<()> {
        db.pragma_update(None, "journal_mode", "WAL")?;
        let synchronous = match self.sync {
            SyncMode::Normal => "NORMAL",
            SyncMode::Full => "FULL",
        };
        db.pragma_update(None, "synchronous", synchronous)?;
        // The checkpoint thread does it.
        db.pragma_update(None, "wal_autocheckpoint", 0)
    }

    fn damaged(&self, fault: String) -> OpenError {
        OpenError::Damaged { path: self.path.clone(), fault }
    }

    fn failed(&self, error: rusqlite::Error) -> OpenError {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
        let path = self.path.clone();
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => OpenError::Locked(path),
            Some(DatabaseCorrupt) => self.damaged(error.to_string()),
            Some(NotADatabase) => OpenError::NotADatabase(path),
            _ => OpenError::Sqlite { path, error },
        }
    }
}

/// Opens the file, makes it if it is not there, and takes a lock that other servers respect.
fn hold(path: &Path) -> Result<File, OpenError> {
    let io = |error| OpenError::Io { path: path.to_owned(), error };
    let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.map_err(io)?;
    // SQLite uses locks of another kind (fcntl), which this one (flock) does not disturb.
    #[cfg(unix)]
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Err(OpenError::Locked(path.to_owned())),
        Err(fs::TryLockError::Error(error)) => return Err(io(error)),
    }
    Ok(file)
}

/// Reads the header by hand: SQLite itself might already change a file while opening it.
fn check_header(path: &Path, mut file: &File) -> Result<(), OpenError> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let mut header = Vec::new();
    let read = file.by_ref().take(100).read_to_end(&mut header);
    read.map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
    if header.is_empty() {
        return Ok(());
    }
    let field = |at: usize| -> Option<i32> {
        Some(i32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?))
    };
    let (Some(version), Some(application)) = (field(60), field(68)) else {
        return Err(OpenError::NotADatabase(path.to_owned()));
    };
    if !header.starts_with(MAGIC) {
        return Err(OpenError::NotADatabase(path.to_owned()));
    }
    if application != APPLICATION_ID {
        return Err(OpenError::NotOurs(path.to_owned()));
    }
    if version > SCHEMA_VERSION {
        return Err(OpenError::Newer { path: path.to_owned(), found: version });
    }
    Ok(())
}

/// What became of a message.
#[derive(Debug)]
pub(super) enum Kept {
    /// It is stored.
    New,
    /// Its author sent it before under the same `ref`: this is that first one.
    Before(Box<Message>),
}

/// The one connection that writes messages.
#[derive(Debug)]
pub(crate) struct Writer {
    db: Connection,
    clock: Clock,
}

impl Writer {
    fn new(db: Connection) -> rusqlite::Result<Self> {
        let newest = "SELECT id, at FROM messages ORDER BY id DESC LIMIT 1";
        let clock = db
            .query_row(newest, [], |row| {
                Ok(Clock { last_id: unsigned(row, 0)?, last_at: unsigned(row, 1)? })
            })
            .optional()?;
        Ok(Writer { db, clock: clock.unwrap_or_default() })
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
        // Dropped without a commit, it is rolled back.
        let transaction = self.db.transaction()?;
        let kept = messages.map(|message| keep(&transaction, message)).collect::<Result<_, _>>()?;
        transaction.commit()?;
        Ok(kept)
    }
}

fn keep(db: &Connection, message: &Message) -> rusqlite::Result<Kept> {
    let room = match room_id(db, &message.room)? {
        Some(id) => id,
        None => {
            let insert = "INSERT INTO rooms (key) VALUES (?1)";
            db.prepare_cached(insert)?.insert([message.room.key()])?
        }
    };
    let reference = message.reference.as_ref().map(Ref::as_str);
    let insert = "INSERT INTO messages (id, room, author, author_key, content, at, ref)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (room, author_key, ref) WHERE ref IS NOT NULL DO NOTHING";
    let inserted = db.prepare_cached(insert)?.execute(params![
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
        let messages = messages.into_iter().rev().map(encode).collect();
        Ok(Page { messages, older: older.map(|message| message.id), head })
    }

    fn head(&self, room: i64) -> rusqlite::Result<MessageId> {
        let select = "SELECT coalesce(max(id), 0) FROM messages WHERE room = ?1";
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

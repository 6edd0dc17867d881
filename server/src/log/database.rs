//! The database file: its schema, the checks before it is touched, and connections to it.
//!
//! This file does not know what is asked of the database.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::on_disk::{self, APPLICATION_ID, SCHEMA_VERSION};
pub use super::open_error::OpenError;
use crate::config::SyncMode;
use crate::config::files::open;

/// How long a statement waits for another process or a checkpoint to let go of the file.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Files up to this size are checked whole at start: it takes milliseconds. A larger one is checked
/// as it is read, so that starting does not depend on its size.
const CHECKED_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Page cache of each connection, in KiB: the inner pages of the indexes of some ten million
/// messages.
const CACHE_KIB: i64 = 16 * 1024;

/// What a write-ahead log keeps of its size: to write over it costs less than to let it grow.
const JOURNAL_BYTES_KEPT: i64 = 64 * 1024 * 1024;

/// What makes a database of each version from that of the version before.
const SCHEMAS: [&[&str]; SCHEMA_VERSION as usize] = [
    &[MESSAGES],
    &[super::register::SCHEMA, DELETIONS],
    &[CLEARED],
    &[CLOCK],
    &[LOG, FORGET_EMPTY_ROOMS],
];

/// `messages` is appended to at its right edge, whatever the room; `by_room` serves every read;
/// `by_ref` makes a resend the first message again. A message without content was deleted.
const MESSAGES: &str = "
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

/// Deletions have ids of their own in the one order of messages; a message is deleted once.
const DELETIONS: &str = "
    CREATE TABLE deletions (
        id INTEGER PRIMARY KEY,
        room INTEGER NOT NULL,
        message INTEGER NOT NULL UNIQUE,
        author TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX deletions_by_room ON deletions (room, id);
";

/// Up to which id the old end of a room was cleared away, and the newest deletion that went with it,
/// if there was one.
const CLEARED: &str = "
    CREATE TABLE cleared (
        room INTEGER PRIMARY KEY,
        upto INTEGER NOT NULL,
        at INTEGER NOT NULL,
        deletion INTEGER
    ) STRICT;
";

/// Up to when time has passed for certain, in one row: what a clock has to be near to, to be believed.
const CLOCK: &str = "
    CREATE TABLE clock (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        known INTEGER NOT NULL
    ) STRICT;
";

/// What is true of the log as a whole, in one row. The epoch is another one in each new database and
/// in each copy, so that clients notice when a backup takes the place of what they know. The others
/// are the newest id with its time, and the newest deletion, of all rooms that were forgotten, since nothing is left of them.
const LOG: &str = "
    CREATE TABLE log (
        epoch TEXT NOT NULL,
        upto INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL DEFAULT 0,
        deletion INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO log (epoch) VALUES (lower(hex(randomblob(8))));
";
/// Forgets rooms of which all was cleared away.
pub(super) const FORGET_EMPTY_ROOMS: &str = "
    CREATE TEMP TABLE gone AS SELECT id FROM rooms
        WHERE NOT EXISTS (SELECT 1 FROM messages WHERE room = rooms.id)
        AND NOT EXISTS (SELECT 1 FROM deletions WHERE room = rooms.id);
    UPDATE log SET
        upto = max(upto, (SELECT coalesce(max(upto), 0) FROM cleared WHERE room IN gone)),
        at = coalesce((SELECT at FROM cleared WHERE room IN gone ORDER BY upto DESC LIMIT 1), 0),
        deletion =
            max(deletion, (SELECT coalesce(max(deletion), 0) FROM cleared WHERE room IN gone));
    DELETE FROM cleared WHERE room IN gone;
    DELETE FROM rooms WHERE id IN gone;
    DROP TABLE gone;
";
/// Makes a copy's epoch another one. What an older server wrote has none yet.
pub(super) const RENEW_EPOCH: &str = "UPDATE log SET epoch = lower(hex(randomblob(8)))";

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
        let (held, is_new) = on_disk::hold(path)?;
        let opened = on_disk::check(path, &held).and_then(|()| {
            let path = path.to_owned();
            let database = Database { path, in_memory: false, sync, _held: Some(held) };
            database.prepare()?;
            Ok(database)
        });
        if is_new && opened.is_err() {
            // Why is told; an empty file would only be in the way.
            let _ = fs::remove_file(path);
        }
        opened
    }

    /// A database that goes with the process.
    pub(crate) fn memory() -> Result<Self, OpenError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        // SQLite's own in-memory file system, which several connections of one process may share.
        let path = PathBuf::from(format!("file:/nebula-{number}?vfs=memdb"));
        Ok(Database { path, in_memory: true, sync: SyncMode::Normal, _held: None })
    }

    /// A database of ours beside the server that may hold it.
    pub(super) fn beside(path: &Path) -> Result<Self, OpenError> {
        let file = open(path, File::options().read(true).write(true));
        let file = file.map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
        on_disk::check(path, &file)?;
        let sync = SyncMode::Normal;
        let database = Database { path: path.to_owned(), in_memory: false, sync, _held: None };
        let db = database.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let found = database.version(&db)?;
        if found < SCHEMA_VERSION {
            return Err(OpenError::Older { path: database.path, found });
        }
        database.check_contents(&db)?;
        Ok(database)
    }

    pub(super) fn is_in_memory(&self) -> bool {
        self.in_memory
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The connection to write with: one at a time.
    pub(super) fn writer(&self) -> Result<Connection, OpenError> {
        let db = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let ready = if self.in_memory { advance(&db, 0) } else { self.set_up(&db) };
        ready.map_err(|error| self.failed(error))?;
        Ok(db)
    }

    /// A connection that only reads.
    pub(super) fn reader(&self) -> Result<Connection, OpenError> {
        self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// The connection that deletes what is old.
    pub(super) fn upkeeper(&self) -> Result<Connection, OpenError> {
        self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Only a write-ahead log needs checkpoints; memory has none.
    pub(super) fn checkpointer(&self) -> Result<Option<Connection>, OpenError> {
        if self.in_memory {
            return Ok(None);
        }
        self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE).map(Some)
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, OpenError> {
        let open = || {
            let db = if self.in_memory {
                let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(&self.path, flags)?
            } else {
                on_disk::connect(&self.path, flags)?
            };
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
        let version = self.version(&db)?;
        let prepared = (|| {
            // Takes the write lock, so a file that is locked or cannot be written is known now.
            let transaction = Transaction::new_unchecked(&db, TransactionBehavior::Immediate)?;
            if version < SCHEMA_VERSION {
                advance(&transaction, version)?;
                transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
                transaction.commit()?;
            }
            Ok(())
        })();
        prepared.map_err(|error| self.failed(error))?;
        self.check_contents(&db)
    }

    /// As SQLite sees it: a newer one may still be in the write-ahead log alone.
    fn version(&self, db: &Connection) -> Result<i32, OpenError> {
        let found = db.pragma_query_value(None, "user_version", |row| row.get(0));
        match found.map_err(|error| self.failed(error))? {
            found if found > SCHEMA_VERSION => {
                Err(OpenError::Newer { path: self.path.clone(), found })
            }
            found => Ok(found),
        }
    }

    fn check_contents(&self, db: &Connection) -> Result<(), OpenError> {
        if is_large(&self.path) { Ok(()) } else { check_whole(db, &self.path) }
    }

    fn set_up(&self, db: &Connection) -> rusqlite::Result<()> {
        db.pragma_update(None, "journal_mode", "WAL")?;
        let synchronous = match self.sync {
            SyncMode::Normal => "NORMAL",
            SyncMode::Full => "FULL",
        };
        db.pragma_update(None, "synchronous", synchronous)?;
        // What a moderator deletes is overwritten, also in pages that become free.
        db.pragma_update(None, "secure_delete", "ON")?;
        // A long backup makes the write-ahead log grow: it is cut down again when it begins anew.
        db.pragma_update(None, "journal_size_limit", JOURNAL_BYTES_KEPT)?;
        // The checkpoint thread does it.
        db.pragma_update(None, "wal_autocheckpoint", 0)
    }

    pub(super) fn failed(&self, error: rusqlite::Error) -> OpenError {
        failed(&self.path, error)
    }
}

/// Whether reading all of a file would take a time that is noticed.
pub(super) fn is_large(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > CHECKED_BYTES_MAX)
}

/// Reads all of a database, to see whether it is whole.
pub(super) fn check_whole(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let found = db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    match found.map_err(|error| failed(path, error))? {
        fine if fine == "ok" => Ok(()),
        fault => Err(OpenError::Damaged { path: path.to_owned(), fault }),
    }
}

/// What an error of SQLite means for a file.
pub(super) fn failed(path: &Path, error: rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked) => OpenError::Locked(path),
        Some(DatabaseCorrupt) => OpenError::Damaged { path, fault: error.to_string() },
        Some(NotADatabase) => OpenError::NotADatabase(path),
        _ => OpenError::Sqlite { path, error },
    }
}

/// Takes a database from its version to ours.
fn advance(db: &Connection, version: i32) -> rusqlite::Result<()> {
    let done = usize::try_from(version).unwrap_or_default();
    SCHEMAS.iter().skip(done).flat_map(|step| *step).try_for_each(|sql| db.execute_batch(sql))
}

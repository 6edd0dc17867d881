//! The database file: its schema, the checks before it is touched, and connections to it.
//!
//! This file does not know what is asked of the database.

pub(crate) mod checkpoint;
pub(crate) mod column;
pub(crate) mod guard;
pub(crate) mod on_disk;
pub(crate) mod open_error;
pub(crate) mod place;
pub(crate) mod schema;
mod schema_audit;
mod schema_bots;
mod schema_hooks;
mod schema_reading;
mod schema_rooms;
mod schema_search;
mod schema_transfer;
mod schema_webhooks;
pub(crate) mod store;
pub(crate) mod wal;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use self::on_disk::Held;
pub use self::open_error::OpenError;
use self::schema::{APPLICATION_ID, SCHEMA_VERSION, advance};
use crate::config::SyncMode;
use crate::config::files::open;

/// How long a statement waits for another process or a checkpoint to let go of the file.
pub(in crate::log) const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Files up to this size are checked whole at start: it takes milliseconds. A larger one is checked
/// as it is read, so that starting does not depend on its size.
const CHECKED_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Page cache of each connection, in KiB: the inner pages of the indexes of some ten million
/// messages.
const CACHE_KIB: i64 = 16 * 1024;
/// Prepared statements that each connection keeps, a few KiB each: more than there are of them for everything that
/// people do all the time, since one that was dropped costs as much to prepare as ten times to run.
const STATEMENTS_KEPT: usize = 128;

/// What a write-ahead log keeps of its size: to write over it costs less than to let it grow.
const JOURNAL_BYTES_KEPT: i64 = 64 * 1024 * 1024;

/// A database that was checked, made if it was new, and is held against other servers.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    in_memory: bool,
    sync: SyncMode,
    /// Keeps the lock on the file.
    _held: Option<Held>,
}

impl Database {
    /// Checks a file before SQLite may change it, and makes it if it is new or empty.
    pub(crate) fn open(path: &Path, sync: SyncMode) -> Result<Self, OpenError> {
        let (held, is_new) = on_disk::hold(path)?;
        let file = held.file();
        let checked = on_disk::check(path, file).and_then(|()| on_disk::check_log(path, file));
        let opened = checked.and_then(|()| {
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
    pub(in crate::log) fn beside(path: &Path) -> Result<Self, OpenError> {
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

    pub(in crate::log) fn is_in_memory(&self) -> bool {
        self.in_memory
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The connection to write with: one at a time.
    pub(crate) fn writer(&self) -> Result<Connection, OpenError> {
        let db = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let ready = if self.in_memory { advance(&db, 0) } else { self.set_up(&db) };
        ready.map_err(|error| self.failed(error))?;
        Ok(db)
    }

    /// A connection that only reads.
    pub(crate) fn reader(&self) -> Result<Connection, OpenError> {
        self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// A connection that writes beside the writer, which waits for it: so it waits for no disk. What a power cut takes of
    /// it is done again.
    pub(crate) fn upkeeper(&self) -> Result<Connection, OpenError> {
        let db = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let set_up = || {
            db.pragma_update(None, "synchronous", "NORMAL")?;
            db.pragma_update(None, "secure_delete", "ON")?;
            db.pragma_update(None, "wal_autocheckpoint", 0)
        };
        set_up().map_err(|error| self.failed(error))?;
        Ok(db)
    }

    /// Only a write-ahead log needs checkpoints; memory has none.
    pub(in crate::log) fn checkpointer(&self) -> Result<Option<Connection>, OpenError> {
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
            db.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
            // A prepared statement stays prepared, whatever it is asked about.
            db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
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
        self.check_contents(&db)?;
        // The log ends with this connection: it begins anew, counting on from here.
        count_up(&db).map_err(|error| self.failed(error))
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
        db.pragma_update(None, "wal_autocheckpoint", 0)?;
        count_up(db)
    }

    pub(crate) fn failed(&self, error: rusqlite::Error) -> OpenError {
        failed(&self.path, error)
    }
}

/// Changes the first page, though it says the same: by that a write-ahead log is told from those of
/// earlier runs.
fn count_up(db: &Connection) -> rusqlite::Result<()> {
    db.pragma_update(None, "user_version", SCHEMA_VERSION)
}

/// Whether reading all of a file would take a time that is noticed.
pub(in crate::log) fn is_large(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > CHECKED_BYTES_MAX)
}

/// Reads all of a database, to see whether it is whole.
pub(in crate::log) fn check_whole(db: &Connection, path: &Path) -> Result<(), OpenError> {
    let faults = || {
        let mut check = db.prepare("PRAGMA quick_check(10)")?;
        let faults = check.query_map([], |row| row.get::<_, String>(0))?;
        faults.collect::<rusqlite::Result<Vec<_>>>()
    };
    let faults = faults().map_err(|error| failed(path, error))?;
    match faults.into_iter().find(|fault| fault != "ok" && !is_about_index(fault)) {
        None => Ok(()),
        Some(fault) => Err(OpenError::Damaged { path: path.to_owned(), fault }),
    }
}

/// The index of words is made anew where it is damaged: nothing is lost with it.
fn is_about_index(fault: &str) -> bool {
    fault.to_ascii_lowercase().contains("fts5")
}

/// What an error of SQLite means for a file.
pub(in crate::log) fn failed(path: &Path, error: rusqlite::Error) -> OpenError {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, NotADatabase};
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(DatabaseBusy | DatabaseLocked) => OpenError::Locked(path),
        Some(DatabaseCorrupt) => OpenError::Damaged { path, fault: error.to_string() },
        Some(NotADatabase) => OpenError::NotADatabase(path),
        _ => OpenError::Sqlite { path, error },
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::Database;

    #[test]
    fn a_statement_is_prepared_once_whatever_it_is_asked_about() {
        let database = Database::memory().unwrap();
        let db = database.writer().unwrap();
        // There is an index of the rooms of one kind alone, which could be of use for some values.
        let mut select = db.prepare("SELECT id FROM rooms WHERE kind = ?1 LIMIT ?2").unwrap();
        for (kind, limit) in [(0, 1), (3, 20), (0, 300)] {
            assert!(!select.exists([kind, limit]).unwrap());
        }
        assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
    }
}

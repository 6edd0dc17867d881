//! The database file: its schema, the checks before it is touched, and connections to it.
//!
//! This file does not know what is asked of the database.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::config::SyncMode;
use crate::files;

/// Marks a database as ours, at offset 68 of the file: "Nebu" (SQLite's file format, 1.3).
const APPLICATION_ID: i32 = 0x4E65_6275;
/// Grows with every step of [`SCHEMAS`].
const SCHEMA_VERSION: i32 = 4;
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
const SCHEMAS: [&[&str]; SCHEMA_VERSION as usize] =
    [&[MESSAGES], &[super::register::SCHEMA, DELETIONS], &[CLEARED], &[CLOCK]];

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
    /// An older server wrote it, and may be using it: only a server brings it up to date.
    #[error(
        "the database {path:?} has schema version {found}, and this is for version \
         {SCHEMA_VERSION}: use the program of the server that runs, or start this one's server first"
    )]
    Older {
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

    /// A database of ours beside the server that may hold it.
    pub(super) fn beside(path: &Path) -> Result<Self, OpenError> {
        let file = files::open(path, File::options().read(true).write(true));
        let file = file.map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
        check_header(path, &file)?;
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

/// Opens the file, makes it if it is not there, and takes a lock that other servers respect.
fn hold(path: &Path) -> Result<File, OpenError> {
    let io = |error| OpenError::Io { path: path.to_owned(), error };
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    // What people said is for nobody else on this machine. SQLite makes its other files alike.
    let file = files::open(path, &mut options).map_err(io)?;
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
pub(super) fn check_header(path: &Path, mut file: &File) -> Result<(), OpenError> {
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

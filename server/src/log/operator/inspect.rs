//! A database file from outside: looked at, and copied, while a server may be using it.
//!
//! Nothing here changes the file. This file does not know what is kept in it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::park_timeout;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::log::database::on_disk::{self, with_suffix};
use crate::log::database::schema::RENEW_EPOCH;
use crate::log::database::{OpenError, check_whole, failed, is_large};

/// How long another process may hold the file before it is given up: it is tried again so often.
const TRIES_MAX: u32 = 100;
/// And so long after each other.
const PAUSE: Duration = Duration::from_millis(100);

/// A copy that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Messages in it.
    pub messages: u64,
    /// Its size.
    pub bytes: u64,
}

/// Why no copy was made. What stood at its place before still stands there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// The database cannot be read.
    #[error(transparent)]
    Source(#[from] OpenError),
    /// There is something already.
    #[error("{0:?} already exists: move it away, or choose another name")]
    Exists(PathBuf),
    /// The file that a copy is made in is there already.
    #[error(
        "{0:?} already exists: another copy is being made, or one was interrupted; remove it if \
         none is running"
    )]
    Partial(PathBuf),
    /// The copy cannot be written.
    #[error("cannot write the copy {path:?}: {error}")]
    Io {
        /// The copy.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// SQLite cannot write the copy.
    #[error("cannot make the copy {path:?}: {error}")]
    Sqlite {
        /// The copy.
        path: PathBuf,
        /// What it said.
        error: rusqlite::Error,
    },
    /// Another process held the file all the time.
    #[error("the database {0:?} is locked by another process: try again later")]
    Busy(PathBuf),
}

/// Messages in a database, which is checked for being one of ours, and whole. None if it is so large
/// that reading all of it is left to [`backup`].
///
/// # Errors
/// [`OpenError`] if it cannot be used.
pub(crate) fn inspect(path: &Path) -> Result<Option<u64>, OpenError> {
    let db = open(path)?;
    if is_large(path) {
        let read = db.pragma_query_value(None, "user_version", |_| Ok(()));
        return read.map(|()| None).map_err(|error| failed(path, error));
    }
    check_whole(&db, path)?;
    count(&db).map(Some).map_err(|error| failed(path, error))
}

/// Copies a database as it is at one moment, while a server may go on writing to it.
///
/// # Errors
/// [`BackupError`]; then no copy is left behind.
pub(crate) fn backup(from: &Path, to: &Path) -> Result<Copied, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    copy_to(from, to, |partial| {
        fs::rename(partial, to).map_err(|error| BackupError::Io { path: to.to_owned(), error })
    })
    .map(|(copied, ())| copied)
}

/// Copies a database into a file beside `to`, under whose own name it is put only when it is whole: by
/// `place`, which is told where it is.
pub(in crate::log) fn copy_to<T, E: From<BackupError>>(
    from: &Path,
    to: &Path,
    place: impl FnOnce(&Path) -> Result<T, E>,
) -> Result<(Copied, T), E> {
    let source = open(from).map_err(BackupError::from)?;
    let partial = with_suffix(to, ".partial");
    let file = make(&partial)?;
    let copied = copy(&source, from, &partial, &file).map_err(E::from);
    let copied = copied.and_then(|copied| Ok((copied, place(&partial)?)));
    if copied.is_err() {
        // Why there is no copy is told; what is left of it is in nobody's way.
        let _ = fs::remove_file(&partial);
    }
    copied
}

/// Makes a new file: what people said is for nobody else on this machine, so it goes into no file
/// that was there.
fn make(path: &Path) -> Result<File, BackupError> {
    let made = File::options().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Partial(path.to_owned()),
        _ => BackupError::Io { path: path.to_owned(), error },
    })
}

fn copy(source: &Connection, from: &Path, to: &Path, file: &File) -> Result<Copied, BackupError> {
    let io = |error| BackupError::Io { path: to.to_owned(), error };
    let sqlite = |error: rusqlite::Error| match error.sqlite_error_code() {
        // It came with what was copied.
        Some(ErrorCode::DatabaseCorrupt) => failed(from, error).into(),
        _ => BackupError::Sqlite { path: to.to_owned(), error },
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let mut copy = on_disk::connect(to, flags).map_err(sqlite)?;
    copy_pages(source, &mut copy).map_err(sqlite)?.ok_or(BackupError::Busy(from.to_owned()))?;
    // One file that is whole by itself, without a write-ahead log.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(sqlite)?;
    check_whole(&copy, from)?;
    if copy.table_exists(None, "log").map_err(sqlite)? {
        copy.execute(RENEW_EPOCH, []).map_err(sqlite)?;
    }
    let messages = count(&copy).map_err(sqlite)?;
    drop(copy);
    file.sync_all().map_err(io)?;
    Ok(Copied { messages, bytes: file.metadata().map_err(io)?.len() })
}

/// All pages in one step, which sees one moment of the file: in several, each commit of the server
/// would make it begin anew. `None` if the file is held all the time.
fn copy_pages(source: &Connection, copy: &mut Connection) -> rusqlite::Result<Option<()>> {
    let backup = Backup::new(source, copy)?;
    for _ in 0..TRIES_MAX {
        match backup.step(-1)? {
            StepResult::Done => return Ok(Some(())),
            // Nobody unparks it: it waits.
            _ => park_timeout(PAUSE),
        }
    }
    Ok(None)
}

fn open(path: &Path) -> Result<Connection, OpenError> {
    let io = |error| OpenError::Io { path: path.to_owned(), error };
    let file = crate::config::files::open(path, File::options().read(true)).map_err(io)?;
    if file.metadata().map_err(io)?.len() == 0 {
        return Err(OpenError::NotADatabase(path.to_owned()));
    }
    on_disk::check(path, &file)?;
    on_disk::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| failed(path, error))
}

fn count(db: &Connection) -> rusqlite::Result<u64> {
    let count: i64 = db.query_row("SELECT count(*) FROM messages", [], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

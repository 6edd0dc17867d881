//! The files of a database by their names: opening and holding them, what their headers say, and which
//! of them belong together.
//!
//! This file does not know what is kept in them.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::config::files::open;
use crate::log::database::open_error::OpenError;
use crate::log::database::schema::{APPLICATION_ID, SCHEMA_VERSION};
use crate::log::database::wal;

/// Bytes of the header of a database.
const HEADER_BYTES: u64 = 100;
/// The byte of the header that says how the file is written, and its value for a write-ahead log.
const WRITE_VERSION: (usize, u8) = (18, 2);

/// Opens a file by its name. It is no URI, whatever it begins with: SQLite would take parameters from
/// one, and open another file.
pub(in crate::log) fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let name: Cow<'_, Path> =
        if path.is_relative() { Path::new(".").join(path).into() } else { path.into() };
    Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// A file of a database besides the main one, as SQLite names it: it looks through links.
pub(in crate::log) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    with_suffix(&path, suffix)
}

/// The path with this behind it, such as `-wal` or `.partial`.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Opens the file, makes it if it is not there, and takes a lock that other servers respect. True if
/// it was made.
pub(in crate::log) fn hold(path: &Path) -> Result<(Held, bool), OpenError> {
    let io = |error| OpenError::Io { path: path.to_owned(), error };
    let mut options = File::options();
    // What people said is for nobody else on this machine. SQLite makes its other files alike.
    options.read(true).write(true).mode(0o600);
    let (file, is_new) = match options.clone().create_new(true).open(path) {
        Ok(file) => (file, true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // It may be a link to nothing yet.
            (open(path, options.create(true).truncate(false)).map_err(io)?, false)
        }
        Err(error) => return Err(io(error)),
    };
    lock(&file, path)?;
    Ok((Held(file), is_new))
}

/// A file that is held against other servers.
#[derive(Debug)]
pub(in crate::log) struct Held(File);

impl Held {
    pub(in crate::log) fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // To close it is not enough: a process that is being started has a copy of it for a moment.
        let _ = self.0.unlock();
    }
}

/// Takes the lock that a server holds on its database. SQLite uses locks of another kind (fcntl), which
/// this one (flock) does not disturb.
pub(in crate::log) fn lock(file: &File, path: &Path) -> Result<(), OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(fs::TryLockError::WouldBlock) => Err(OpenError::Locked(path.to_owned())),
        Err(fs::TryLockError::Error(error)) => Err(OpenError::Io { path: path.to_owned(), error }),
    }
}

/// Reads the header by hand: SQLite itself might already change a file while opening it. And looks
/// whether the write-ahead log beside it is its own: SQLite would write another's pages into it.
pub(in crate::log) fn check(path: &Path, mut file: &File) -> Result<(), OpenError> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let mut header = Vec::new();
    let read = file.by_ref().take(HEADER_BYTES).read_to_end(&mut header);
    read.map_err(|error| OpenError::Io { path: path.to_owned(), error })?;
    let (at, by_log) = WRITE_VERSION;
    if header.get(at) != Some(&by_log) {
        refuse_log(path)?;
    }
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

/// A file that was never written through a log has none: what is there was left by another.
fn refuse_log(path: &Path) -> Result<(), OpenError> {
    let log = beside(path, "-wal");
    if fs::metadata(&log).is_ok_and(|found| found.len() > 0) {
        return Err(OpenError::StrayLog { path: path.to_owned(), log });
    }
    Ok(())
}

/// A file that is written through a log may have got that of another one: of what stood there when a
/// server was killed, before this was copied over it. To be asked while no server uses them.
pub(in crate::log) fn check_log(path: &Path, mut file: &File) -> Result<(), OpenError> {
    let io = |error| OpenError::Io { path: path.to_owned(), error };
    let mut header = Vec::new();
    file.rewind().map_err(io)?;
    file.take(HEADER_BYTES).read_to_end(&mut header).map_err(io)?;
    let log = beside(path, "-wal");
    let is_own = wal::is_own(&log, &header);
    if is_own.map_err(|error| OpenError::Io { path: log.clone(), error })? {
        Ok(())
    } else {
        Err(OpenError::StrayLog { path: path.to_owned(), log })
    }
}

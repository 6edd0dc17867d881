//! Why a database cannot be used, each reason with what to do about it.
//!
//! This file does not know how it was found out.

use std::io;
use std::path::PathBuf;

use crate::log::database::schema::SCHEMA_VERSION;

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
    /// The write-ahead log beside it is that of another database.
    #[error(
        "{log:?} does not belong to the database {path:?}: it was left by one that stood there \
         before. To put a backup in place, run `nebula-server restore BACKUP --db FILE`, which takes \
         care of it; to use the database as it is, move {log:?} away"
    )]
    StrayLog {
        /// The database.
        path: PathBuf,
        /// The write-ahead log.
        log: PathBuf,
    },
    /// SQLite finds fault with its contents.
    #[error(
        "the database {path:?} is damaged: {fault}. Put a backup in place with `nebula-server restore \
         BACKUP --db FILE`; if that file was copied there by hand, the file beside it that ends in \
         \"-wal\" may be left from another database"
    )]
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

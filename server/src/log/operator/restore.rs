//! Puts a backup in a database's place, while no server uses it.
//!
//! Whatever ends it half way, the database's name has the old or the new file, each whole, and a server
//! does not start with the write-ahead log of the other. This file does not know what is kept in them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::config::files::open;
use crate::log::database::OpenError;
use crate::log::database::on_disk::{self, with_suffix};
use crate::log::operator::inspect::{BackupError, Copied, copy_to};
use crate::log::time::clock::now_ms;
use crate::monitoring::moment::utc;

/// A backup that is in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Restored {
    /// What was copied.
    pub copied: Copied,
    /// Where the database from before is, if there was one.
    pub aside: Option<PathBuf>,
}

/// Why nothing was restored. The database is as it was, unless [`RestoreError::Place`] says otherwise.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    /// The backup cannot be read or copied.
    #[error(transparent)]
    Copy(#[from] BackupError),
    /// The backup is the database.
    #[error("{0:?} is the database itself: name the backup that is to take its place")]
    Same(PathBuf),
    /// A server uses the database.
    #[error("the database {0:?} is in use: stop its server first, then restore again")]
    InUse(PathBuf),
    /// The database from before cannot be used in this way.
    #[error("cannot restore to {path:?}: {error}")]
    Io {
        /// The database.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The files cannot be put in place.
    #[error("cannot put {path:?} in its place: {error}; restore again when that is fixed")]
    Place {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Puts a copy of the backup `from`, which is checked first, in the place of the database `db`. That one
/// is kept beside it, with its write-ahead log.
///
/// # Errors
/// [`RestoreError`].
pub(crate) fn restore(from: &Path, db: &Path) -> Result<Restored, RestoreError> {
    // Through a link, so that the link itself stays.
    let real = fs::canonicalize(db).unwrap_or_else(|_| db.to_owned());
    if fs::canonicalize(from).is_ok_and(|from| from == real) {
        return Err(RestoreError::Same(from.to_owned()));
    }
    // Until the end: no server starts with what is being taken away.
    let _held = hold(&real)?;
    let (copied, aside) = copy_to(from, &real, |partial| put(partial, &real))?;
    Ok(Restored { copied, aside })
}

/// Takes the lock of the servers, if there is a file.
fn hold(db: &Path) -> Result<Option<File>, RestoreError> {
    let io = |error| RestoreError::Io { path: db.to_owned(), error };
    let file = match open(db, File::options().read(true)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    on_disk::lock(&file, db).map_err(|error| match error {
        OpenError::Io { error, .. } => io(error),
        _ => RestoreError::InUse(db.to_owned()),
    })?;
    Ok(Some(file))
}

/// The old file gets a second name before the new one takes its first. From then on, and until it is
/// moved as well, the old write-ahead log keeps servers from starting.
fn put(new: &Path, db: &Path) -> Result<Option<PathBuf>, RestoreError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| RestoreError::Place { path, error }
    };
    let aside = with_suffix(db, &format!(".before-{}", moment()));
    let is_there = db.exists();
    if is_there {
        // Some file systems know no second names.
        fs::hard_link(db, &aside).or_else(|_| fs::rename(db, &aside)).map_err(failed(&aside))?;
    }
    fs::rename(new, db).map_err(failed(db))?;
    for suffix in ["-wal", "-journal"] {
        let old = with_suffix(db, suffix);
        if old.exists() {
            fs::rename(&old, with_suffix(&aside, suffix)).map_err(failed(&old))?;
        }
    }
    // It holds nothing that the others do not.
    let shared = with_suffix(db, "-shm");
    if shared.exists() {
        fs::remove_file(&shared).map_err(failed(&shared))?;
    }
    let folder = db.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
    Ok(is_there.then_some(aside))
}

/// Now, as a part of a name.
fn moment() -> String {
    format!("{:.3}Z", utc(now_ms())).replace([':', '-'], "")
}

//! Whether the log may be written: its files still stand where they were opened, and their disk has
//! room for more. What is acknowledged would else be lost with the file, or with the machine.
//!
//! This file does not know what is written.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::log::database::on_disk::beside;
use crate::log::health::Health;
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::NotReady;

/// Why nothing may be written now.
#[derive(Debug, thiserror::Error)]
pub(in crate::log) enum NotWritable {
    #[error(
        "{0:?} was deleted, moved or replaced under the running server: put it back, or stop the \
         server and restore a backup"
    )]
    Gone(PathBuf),
    #[error("the disk of the database has less free space than --disk-free-min")]
    DiskLow,
}

impl NotWritable {
    /// Whether old messages can still be forgotten, which makes room in the file.
    pub(in crate::log) fn lets_forget(&self) -> bool {
        matches!(self, NotWritable::DiskLow)
    }
}

/// Looks after the files of a log. A log in memory has none.
#[derive(Debug, Clone)]
pub(in crate::log) struct Guard {
    files: Option<Arc<Files>>,
    free_min: u64,
    health: Health,
}

#[derive(Debug)]
struct Files {
    database: (PathBuf, Identity),
    log: (PathBuf, Identity),
}

/// What makes a file the same one: its device and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl Guard {
    /// Of a database that is open, and read from: then its write-ahead log is there too.
    pub(in crate::log) fn new(
        database: Option<&Path>,
        free_min: u64,
        health: &Health,
    ) -> io::Result<Self> {
        let files = database.map(|path| {
            let log = beside(path, "-wal");
            let (own, its) = (Identity::of(path)?, Identity::of(&log)?);
            Ok::<_, io::Error>(Arc::new(Files {
                database: (path.to_owned(), own),
                log: (log, its),
            }))
        });
        Ok(Guard { files: files.transpose()?, free_min, health: health.clone() })
    }

    /// Whether a commit may begin. Two questions to the system: a hundredth of what a commit takes.
    pub(in crate::log) fn may_write(&self) -> Result<(), NotWritable> {
        if let Some(gone) = self.look_for_files() {
            return Err(NotWritable::Gone(gone.to_owned()));
        }
        if self.health.reasons.holds(NotReady::DiskLow) {
            Err(NotWritable::DiskLow)
        } else {
            Ok(())
        }
    }

    /// Looks at files and disk, and tells what is new about them.
    pub(in crate::log) fn look(&self, metrics: &Metrics) {
        let Some(files) = &self.files else { return };
        self.look_for_files();
        let (database, log) = (&files.database.0, &files.log.0);
        metrics.disk.database_bytes.set(size(database));
        metrics.disk.wal_bytes.set(size(log));
        // Whose folder is gone is told that already.
        let Ok(disk) = rustix::fs::statvfs(folder(database)) else { return };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        metrics.disk.free_bytes.set(i64::try_from(free).unwrap_or(i64::MAX));
        self.heed(free);
    }

    /// So many bytes are free.
    fn heed(&self, free: u64) {
        let low = free < self.free_min;
        if self.health.reasons.set(NotReady::DiskLow, low) {
            let min = self.free_min;
            if low {
                tracing::error!(
                    "{free} bytes are free on the disk of the database, less than --disk-free-min \
                     {min}: nothing is stored until there are more"
                );
            } else {
                tracing::info!("the disk of the database has room again: {free} bytes are free");
            }
        }
    }

    /// The file that is not there any more, or is another one. What is new about that is told.
    fn look_for_files(&self) -> Option<&Path> {
        let files = self.files.as_ref()?;
        let is_gone = |(path, known): &(PathBuf, Identity)| {
            !Identity::of(path).is_ok_and(|found| found == *known)
        };
        let gone = [&files.database, &files.log].into_iter().find(|it| is_gone(it));
        let gone = gone.map(|(path, _)| path.as_path());
        if self.health.reasons.set(NotReady::DatabaseGone, gone.is_some()) {
            match gone {
                Some(path) => tracing::error!("{}", NotWritable::Gone(path.to_owned())),
                None => tracing::info!("the files of the database are back in their place"),
            }
        }
        gone
    }
}

impl Identity {
    fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|found| Identity(found.dev(), found.ino()))
    }
}

fn size(path: &Path) -> i64 {
    let bytes = fs::metadata(path).map_or(0, |found| found.len());
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_what_is_to_be_left_free_nothing_is_written_and_it_heals() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("nebula.db");
        fs::write(&database, "x").unwrap();
        fs::write(folder.path().join("nebula.db-wal"), "").unwrap();
        let health = Health::default();
        let guard = Guard::new(Some(&database), 1000, &health).unwrap();
        assert!(guard.may_write().is_ok());
        for (free, may) in [(1000, true), (999, false), (0, false), (1000, true)] {
            guard.heed(free);
            assert_eq!(guard.may_write().is_ok(), may, "{free}");
            assert_eq!(health.reasons.holds(NotReady::DiskLow), !may);
        }
    }
}

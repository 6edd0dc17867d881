//! Files of this person's state: written whole or not at all, one client at a time, and set aside
//! rather than overwritten where they cannot be understood.
//!
//! This file does not know what they hold.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tempfile::NamedTempFile;

/// Longest wait for another client, which holds the lock for a few milliseconds: one that was
/// stopped meanwhile must not stop all others.
const LOCK_TIME: Duration = Duration::from_secs(2);
/// Broken files of one name that are kept.
const BROKEN_MAX: usize = 1000;

/// Whether a file has to outlive a power cut, which takes some milliseconds more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durable {
    Yes,
    No,
}

/// Makes the folder for state, for its owner alone.
///
/// # Errors
/// If it cannot be made.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Keeps other clients from reading and writing a folder's files, until it is dropped.
///
/// # Errors
/// If the folder cannot be written, or another client holds the lock for too long.
pub(crate) fn lock(folder: &Path) -> io::Result<File> {
    make_folder(folder)?;
    let file = owned().create(true).truncate(false).open(folder.join("lock"))?;
    if is_held(&file) {
        wait_for(&file)?;
    }
    Ok(file)
}

/// In a thread of its own, since waiting for a lock cannot be called off. One that comes too late is
/// let go at once.
fn wait_for(file: &File) -> io::Result<()> {
    let file = file.try_clone()?;
    let (tell, told) = channel();
    thread::spawn(move || tell.send(file.lock()));
    let waited = told.recv_timeout(LOCK_TIME);
    waited.map_err(|_| io::Error::other("another Nebula client holds the lock on its files"))?
}

/// True if another open file holds the lock; otherwise this one does from now on. A file system
/// without locks has no other client to tell of.
pub(crate) fn is_held(file: &File) -> bool {
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Writes a file under a new name beginning like `name`, readable by its owner alone, and gives
/// that name back: the file can take its place when it is whole.
///
/// # Errors
/// If it cannot be written; nothing is left of it then.
pub(crate) fn write_new(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let file = new_file(folder, name, bytes, Durable::Yes)?;
    Ok(file.into_temp_path().keep()?)
}

/// Puts a file in the place of another in one step, and gives it back with its lock held.
///
/// # Errors
/// If it cannot be written; the old one stays as it is then.
pub(crate) fn replace(path: &Path, bytes: &[u8], durable: Durable) -> io::Result<File> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let new = new_file(folder, &name, bytes, durable)?;
    // Held before anybody can find it under its name.
    is_held(new.as_file());
    let file = new.persist(path)?;
    if durable == Durable::Yes {
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

/// Gives a file that cannot be understood another name, so that nothing takes its place, and tells it.
///
/// # Errors
/// If it cannot be renamed: then it must not be written to.
pub(crate) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    for number in 1..=BROKEN_MAX {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".broken-{number}"));
        let aside = PathBuf::from(name);
        if fs::symlink_metadata(&aside).is_err() {
            fs::rename(path, &aside)?;
            return Ok(aside);
        }
    }
    Err(io::Error::other(format!("there are {BROKEN_MAX} broken files of this name already")))
}

/// Removes a file, if it is there.
///
/// # Errors
/// If it is there and stays.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What went wrong, without the number that the system has for it.
pub(crate) fn words(error: &io::Error) -> String {
    let words = error.to_string();
    words.split(" (os error").next().unwrap_or_default().to_owned()
}

/// A whole file under a new name, readable by its owner alone; it is gone if nobody keeps it.
fn new_file(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    durable: Durable,
) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(&format!("{name}.")).tempfile_in(folder)?;
    file.write_all(bytes)?;
    if durable == Durable::Yes {
        file.as_file().sync_all()?;
    }
    Ok(file)
}

/// Readable by its owner alone.
fn owned() -> fs::OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_waited_for_but_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        let error = thread::scope(|scope| scope.spawn(|| lock(folder.path())).join().unwrap());
        assert!(error.unwrap_err().to_string().contains("another Nebula"));
        thread::scope(|scope| {
            let waits = scope.spawn(|| lock(folder.path()).is_ok());
            drop(held);
            assert!(waits.join().unwrap());
        });
    }

    #[test]
    fn no_broken_file_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for number in 1..=3 {
            fs::write(&path, number.to_string()).unwrap();
            let aside = set_aside(&path).unwrap();
            assert!(aside.ends_with(format!("key.broken-{number}")), "{aside:?}");
            assert_eq!(fs::read_to_string(aside).unwrap(), number.to_string());
        }
        assert!(set_aside(&path).is_err(), "there is none");
    }
}

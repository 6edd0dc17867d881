//! Folders, and what is kept between runs: the key that makes a name the same person again.
//!
//! This file does not know the network.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use etcetera::BaseStrategy as _;
use protocol::{KEY_BYTES_MAX, Key, UserName};

use crate::disk;

/// Bytes of a new key: 256 bits, as many as any hash of it will have.
const KEY_BYTES: usize = 32;

/// The folder for state: `$XDG_STATE_HOME/nebula`.
///
/// # Errors
/// If there is no home directory.
pub fn state_folder() -> anyhow::Result<PathBuf> {
    let folders = etcetera::base_strategy::Xdg::new().context("no home directory found")?;
    let state = folders.state_dir().context("no state directory found")?;
    Ok(state.join("nebula"))
}

/// The folder for settings: `$XDG_CONFIG_HOME/nebula`.
///
/// # Errors
/// If there is no home directory.
pub fn settings_folder() -> anyhow::Result<PathBuf> {
    let folders = etcetera::base_strategy::Xdg::new().context("no home directory found")?;
    Ok(folders.config_dir().join("nebula"))
}

/// The key of this person on this machine: made once, readable by its owner alone. One that is damaged
/// is set aside, and that is told.
///
/// # Errors
/// If it can be neither read nor made.
pub fn key(folder: &Path, told: &mut Vec<String>) -> anyhow::Result<Key> {
    let path = folder.join("key");
    close_to_others(folder)?;
    close_to_others(&path)?;
    match read_key(&path) {
        Ok(key) => return Ok(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            told.extend(set_key_aside(folder, &path, &error)?);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {path:?}")),
    }
    make_key(folder, &path).with_context(|| format!("cannot make {path:?}"))
}

/// The key, or none: a name can be used without one. Why there is none is told.
pub(crate) fn key_if_any(folder: &anyhow::Result<PathBuf>, told: &mut Vec<String>) -> Option<Key> {
    let folder = folder.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"));
    let key = folder.and_then(|folder| key(folder, told));
    key.map_err(|error| {
        told.push(format!("Your name is not reserved for you, because there is no key: {error:#}"));
    })
    .ok()
}

fn read_key(path: &Path) -> io::Result<Key> {
    let mut bytes = Vec::new();
    File::open(path)?.take(KEY_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Key::new(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// None if another client did it at the same time.
fn set_key_aside(folder: &Path, path: &Path, fault: &io::Error) -> anyhow::Result<Option<String>> {
    let _lock = disk::lock(folder)?;
    if read_key(path).map_err(|error| error.kind()).err() != Some(io::ErrorKind::InvalidData) {
        return Ok(None);
    }
    let aside = disk::set_aside(path).with_context(|| format!("{path:?} is damaged: {fault}"))?;
    Ok(Some(format!(
        "Your key was damaged ({fault}) and is kept in {}; a new one was made. Names taken with the \
         old key need it: put a copy of it in {}",
        aside.display(),
        path.display()
    )))
}

fn make_key(folder: &Path, path: &Path) -> anyhow::Result<Key> {
    disk::make_folder(folder)?;
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes)?;
    // Written whole under a name of its own first: another client that starts at the same time
    // never reads half of it.
    let whole = disk::write_new(folder, "key", &bytes)?;
    let linked = fs::hard_link(&whole, path);
    fs::remove_file(&whole)?;
    match linked {
        Ok(()) => Ok(Key::new(&bytes)?),
        // Another client made one at the same time: then that one it is.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(read_key(path)?),
        Err(error) => Err(error.into()),
    }
}

/// Takes away what others may do with a file or folder, if it is there: it may have come from a
/// backup, or from a careless hand.
fn close_to_others(path: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode();
        if mode & 0o077 != 0 {
            let closed = fs::Permissions::from_mode(mode & !0o077);
            let told =
                || format!("others can read {path:?}, and its permissions cannot be changed");
            fs::set_permissions(path, closed).with_context(told)?;
        }
    }
    Ok(())
}

/// Where the key is kept and what it is for, in words for the person. The key itself is never shown.
pub fn about_key(folder: &Path) -> String {
    let path = folder.join("key");
    format!(
        "Your name is reserved by the key in {}\nAnyone who has it can be you. /link lets another \
         device have your name with a key of its own.",
        path.display()
    )
}

/// The login name, if it is a legal user name: what the environment says, else the account's.
pub fn login_name() -> Option<UserName> {
    let legal = |name: String| UserName::try_from(name.as_str()).ok();
    let named =
        ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().and_then(legal));
    named.or_else(|| account().and_then(legal))
}

/// Asks the system, which may have accounts elsewhere than in a file.
fn account() -> Option<String> {
    let mut command = Command::new("id");
    let output = command.arg("-un").stdin(Stdio::null()).output().ok()?;
    let name = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(name.trim_end_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("deep/nebula");
        let first = key(&state, &mut Vec::new()).unwrap();
        assert_eq!(key(&state, &mut Vec::new()).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(state.join("key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let mode = fs::metadata(&state).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }

    #[cfg(unix)]
    #[test]
    fn state_that_others_could_read_is_closed_to_them() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let first = key(folder.path(), &mut Vec::new()).unwrap();
        let file = folder.path().join("key");
        for (path, mode) in [(folder.path(), 0o755), (&file, 0o644)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        assert_eq!(key(folder.path(), &mut Vec::new()).unwrap(), first);
        for (path, mode) in [(folder.path(), 0o700), (&file, 0o600)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[test]
    fn a_damaged_key_is_set_aside_and_told_and_one_that_cannot_be_read_stays() {
        for damaged in [&b""[..], b"short", &[7; KEY_BYTES_MAX + 1]] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("key");
            fs::write(&path, damaged).unwrap();
            let mut told = Vec::new();
            let new = key(folder.path(), &mut told).unwrap();
            assert!(told.join("").contains("key.broken-1"), "{told:?}");
            assert_eq!(fs::read(folder.path().join("key.broken-1")).unwrap(), damaged);
            assert_eq!(key(folder.path(), &mut told).unwrap(), new);
            assert_eq!(told.len(), 1);
        }
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("key")).unwrap();
        let error = key(folder.path(), &mut Vec::new()).unwrap_err();
        assert!(format!("{error:#}").contains("key"));
        assert!(folder.path().join("key").is_dir());
    }

    #[test]
    fn clients_that_start_at_the_same_time_have_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("nebula");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let made: Vec<_> =
                (0..32).map(|_| scope.spawn(|| key(&state, &mut Vec::new()).unwrap())).collect();
            made.into_iter().map(|key| key.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        assert_eq!(fs::read_dir(&state).unwrap().count(), 1, "nothing else is left there");
    }
}

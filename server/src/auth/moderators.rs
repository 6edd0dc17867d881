//! Who is a moderator: by token, or by the list of a server without tokens, which has hashes of keys,
//! one on each line.
//!
//! This file does not know what a moderator may do.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;
use protocol::{Role, RoomName};

use super::permissions::Permissions;
use crate::config::files;
use crate::people::key_hash::KeyHash;

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModeratorsError {
    /// It cannot be read.
    #[error("cannot read the moderators in {path:?}: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// A line of it is no hash.
    #[error(
        "{path:?}, line {line}: a moderator is the hash of a key, 64 hexadecimal digits; see \
         nebula-server names"
    )]
    Line { path: PathBuf, line: usize },
}

/// The list as it is now. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moderators(Arc<RwLock<HashSet<KeyHash>>>);

impl Moderators {
    /// From now on it is this one.
    pub(crate) fn set(&self, NewModerators(hashes): NewModerators) {
        *self.0.write() = hashes;
    }

    /// Whether somebody who has this key is one.
    pub(crate) fn has(&self, key: Option<KeyHash>) -> bool {
        key.is_some_and(|key| self.0.read().contains(&key))
    }

    /// Whether somebody may moderate now, who came in with this pass: in the rooms that it opens.
    pub(crate) fn may_act(&self, key: Option<KeyHash>, pass: Option<&Permissions>) -> bool {
        match pass.filter(|pass| pass.grant.is_some()) {
            Some(pass) => pass.role == Role::Moderator,
            None => self.has(key),
        }
    }

    /// Whether somebody is one who has this key, or came in with any of these passes: there, or
    /// anywhere.
    pub(crate) fn is_one<'a>(
        &self,
        key: Option<KeyHash>,
        passes: impl IntoIterator<Item = &'a Permissions>,
        room: Option<&RoomName>,
    ) -> bool {
        self.has(key) || passes.into_iter().any(|pass| pass.moderates(room))
    }
}

/// A list as its file is now, which does not count yet.
pub(crate) struct NewModerators(pub(crate) HashSet<KeyHash>);

impl NewModerators {
    pub(crate) fn read(path: &Path) -> Result<Self, ModeratorsError> {
        read(path).map(NewModerators)
    }
}

/// Reads a list. What follows a `#` is a remark.
pub(crate) fn read(path: &Path) -> Result<HashSet<KeyHash>, ModeratorsError> {
    let io = |error| ModeratorsError::Io { path: path.to_owned(), error };
    let text = String::from_utf8(files::read(path).map_err(io)?);
    let text = text.map_err(|error| io(io::Error::other(error)))?;
    let mut hashes = HashSet::new();
    // Some editors begin a file with a mark.
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let hash = line.split('#').next().unwrap_or_default().trim();
        if hash.is_empty() {
            continue;
        }
        let bad = |_| ModeratorsError::Line { path: path.to_owned(), line: at + 1 };
        hashes.insert(hash.parse().map_err(bad)?);
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_list_has_hashes_remarks_and_empty_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("moderators");
        let hash = "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f";
        fs::write(&path, format!("\u{feff}# ours\n\n {hash}  # Alice\n{hash}\n")).unwrap();
        assert_eq!(read(&path).unwrap(), HashSet::from([hash.parse().unwrap()]));
        fs::write(&path, format!("{hash}\nAlice\n")).unwrap();
        assert!(matches!(read(&path), Err(ModeratorsError::Line { line: 2, .. })));
        assert!(matches!(read(folder.path()), Err(ModeratorsError::Io { .. })));
    }
}

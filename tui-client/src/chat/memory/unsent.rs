//! What one running client has that nobody else has: messages that wait for the server, and drafts.
//!
//! Each keeps it in a file of its own, and holds a lock on that while it runs. What a client leaves
//! behind, however it ended, is free for the next one that starts, and for one alone. This file does
//! not know the model.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::owner::{Owner, is_same};
use crate::disk::{self, Durable};
use crate::text;

/// The folder of these files, beside `rooms.toml`.
const FOLDER: &str = "running";

/// What is not sent, of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unsent {
    server: String,
    user: String,
    #[serde(default)]
    pub(super) rooms: Vec<OfRoom>,
}

/// What is not sent, of one room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OfRoom {
    pub(super) room: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) draft: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waiting: Vec<Waiting>,
}

/// Sent again under the same name, it makes no second message, and changes none a second time. Without a
/// `change` it is a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    #[serde(default)]
    pub(super) content: String,
    /// The message that it is a reply to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<u64>,
    /// It is no message, but changes one: `edit`, `delete`, `react` or `unreact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) change: Option<String>,
    /// Which one: its id, or its `ref` if it is not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) message_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) emoji: Option<String>,
    /// Why the server refused it: then it does not go out by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failed: Option<String>,
}

impl Unsent {
    pub(super) fn of(owner: &Owner) -> Self {
        let Owner { server, user } = owner.clone();
        Unsent { server, user, rooms: Vec::new() }
    }

    pub(super) fn is_of(&self, owner: &Owner) -> bool {
        self.server == owner.server && self.user == owner.user
    }

    /// Adds what somebody else left behind, each thing once.
    pub(super) fn add(&mut self, left: OfRoom) {
        if left.draft.is_empty() && left.waiting.is_empty() {
            return;
        }
        let Some(room) = self.rooms.iter_mut().find(|room| is_same(&room.room, &left.room)) else {
            return self.rooms.push(left);
        };
        for waiting in left.waiting {
            if room.waiting.iter().all(|known| known.reference != waiting.reference) {
                room.waiting.push(waiting);
            }
        }
        // Of two drafts none is lost: they stand one below the other.
        if !room.draft.contains(&left.draft) {
            room.draft = text::below(&room.draft, &left.draft);
        }
    }
}

/// The file of this client.
#[derive(Debug)]
pub(super) struct Own {
    path: PathBuf,
    /// Its lock, while there is such a file.
    held: Option<File>,
    written: Unsent,
}

impl Own {
    /// There is nothing in it yet. `id` is that of this run.
    pub(super) fn new(folder: &Path, id: &str) -> Self {
        let path = folder.join(FOLDER).join(format!("{id}.toml"));
        Own { path, held: None, written: Unsent::default() }
    }

    /// Writes down what is not sent, if it is different from last time.
    ///
    /// # Errors
    /// If it cannot be written; the file is as it was then.
    pub(super) fn write(&mut self, unsent: &Unsent) -> io::Result<()> {
        if *unsent == self.written {
            return Ok(());
        }
        // A draft is written while one types: that must not wait for a disk.
        let waits = unsent.rooms.iter().any(|room| !room.waiting.is_empty());
        let durable = if waits { Durable::Yes } else { Durable::No };
        if unsent.rooms.is_empty() {
            disk::remove(&self.path)?;
            self.held = None;
        } else {
            disk::make_folder(self.path.parent().unwrap_or(Path::new(".")))?;
            let text = toml::to_string(unsent).map_err(io::Error::other)?;
            self.held = Some(disk::replace(&self.path, text.as_bytes(), durable)?);
        }
        self.written = unsent.clone();
        Ok(())
    }
}

/// A file that a client left behind.
pub(super) struct Left {
    path: PathBuf,
    /// Nobody else takes it meanwhile.
    _held: File,
    pub(super) unsent: Unsent,
}

impl Left {
    /// It is in good hands now.
    pub(super) fn remove(&self) -> io::Result<()> {
        disk::remove(&self.path)
    }
}

/// What clients of this person left behind, and what of it could not be read, in sentences.
pub(super) fn left_behind(folder: &Path, owner: &Owner) -> (Vec<Left>, Vec<String>) {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    let Ok(files) = fs::read_dir(folder.join(FOLDER)) else { return (found, faults) };
    let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    for path in paths {
        match free(&path) {
            Ok(Some(left)) if left.unsent.is_of(owner) => found.push(left),
            Ok(_) => {}
            Err(sentence) => faults.push(sentence),
        }
    }
    (found, faults)
}

/// None if a client that runs has it, or it is gone.
fn free(path: &Path) -> Result<Option<Left>, String> {
    let told =
        |error: io::Error| format!("Cannot read unsent messages in {}: {error}", path.display());
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(told(error)),
    };
    if disk::is_held(&file) || !is_still(&file, path) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(told)?;
    if let Ok(unsent) = toml::from_slice(&bytes) {
        return Ok(Some(Left { path: path.to_owned(), _held: file, unsent }));
    }
    let aside = disk::set_aside(path).map_err(told)?;
    Err(format!("Unsent messages could not be read; they are kept in {}", aside.display()))
}

/// Its client may have put another file in its place before the lock was ours.
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

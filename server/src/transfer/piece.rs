//! A piece of a file, why it is left out or changed, and where it goes.
//!
//! This file does not know how a file is read.

use std::io;

use protocol::{BadArchive, REACTION_KINDS_MAX, REACTION_USERS_MAX, Reaction, RoomName};

use crate::log::acts_of_operator::Import;

/// Longest line that is read, in bytes: an export's longest has less than half.
pub(super) const LINE_BYTES_MAX: u64 = 1024 * 1024;

pub(super) const OTHER_ROOMS: &str = "in other rooms than that of --from";
pub(super) const SECRET: &str =
    "in private and direct rooms: --from and --into together take one of them";
pub(super) const BAD_ROOM: &str =
    "in rooms whose names no room can have here: name another one with --into";
pub(super) const BLANK: &str = "without any visible text";
pub(super) const FUTURE: &str = "said later than now: the time is now";
pub(super) const REACTIONS: &str = "more reactions than a message has: the first stay";
pub(super) const RENAMED: &str = "by names that nobody can have here: what fits of them";
pub(super) const CUT: &str = "longer than a message: cut";

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// It can be taken in, not quite as it was.
    Import(Box<Import>, Vec<&'static str>),
    /// So many of a kind are not taken in.
    LeftOut(&'static str, u64),
}

impl Piece {
    /// Nothing was said later than now.
    pub(super) fn new(mut import: Import, mut changed: Vec<&'static str>, now: u64) -> Self {
        if import.at > now {
            import.at = now;
            changed.push(FUTURE);
        }
        Piece::Import(Box::new(import), changed)
    }
}

/// Why a file is not read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("cannot read {0}")]
    Io(#[from] io::Error),
    #[error("line {0} is longer than {LINE_BYTES_MAX} bytes")]
    LongLine(u64),
    #[error("a zip cannot be read from a pipe: name the file")]
    ZipFromPipe,
    #[error("not an export from Slack: it has no file {0}")]
    NoSlack(String),
    #[error(transparent)]
    BadArchive(#[from] BadArchive),
    #[error("a log of IRC does not say which room it is of: name one with --into")]
    NoRoom,
}

/// Where what is read goes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    /// Only what was said in the room of this name there.
    pub(crate) from: Option<RoomName>,
    /// Into this room; none is the open room of the same name.
    pub(crate) into: Option<RoomName>,
    /// Nothing was said later, in milliseconds since 1970.
    pub(crate) now: u64,
    /// By how many seconds the times of a log are ahead of UTC.
    pub(crate) utc_offset_s: i32,
}

impl Target {
    /// Somebody says which room goes where: only so is what few may read taken in elsewhere.
    pub(super) fn names_one(&self) -> bool {
        self.from.is_some() && self.into.is_some()
    }
}

/// As many as a message has here.
pub(super) fn fitting(
    mut reactions: Vec<Reaction>,
    changed: &mut Vec<&'static str>,
) -> Vec<Reaction> {
    let before = reactions.len();
    reactions.truncate(REACTION_KINDS_MAX);
    let mut is_changed = reactions.len() < before;
    for reaction in &mut reactions {
        let users = reaction.users.len();
        reaction.users.truncate(REACTION_USERS_MAX);
        is_changed |= reaction.users.len() < users;
        let users = u32::try_from(reaction.users.len()).unwrap_or(u32::MAX);
        reaction.count = reaction.count.max(users);
    }
    reactions.retain(|it| it.count > 0);
    if is_changed {
        changed.push(REACTIONS);
    }
    reactions
}

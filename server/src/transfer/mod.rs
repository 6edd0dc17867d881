//! What was said elsewhere, read from files of several kinds, in order.
//!
//! Each piece is one that can be taken in, or is left out for a reason; nothing is passed over. This file does not
//! know databases.

#[cfg(test)]
mod archive_tests;
mod envelopes;
mod irc;
pub(crate) mod report;
mod slack;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};

use protocol::{BadArchive, RoomName};

use crate::log::acts_of_operator::Import;

/// Longest line that is read, in bytes: an export's longest has less than half.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// How a zip begins.
const ZIP: &[u8] = b"PK\x03\x04";

const OTHER_ROOMS: &str = "in other rooms than that of --from";
const SECRET: &str = "in private and direct rooms, for which --into has to name a room";
const BAD_ROOM: &str = "in rooms whose names no room can have here: name another one with --into";
const BLANK: &str = "without any visible text";
const FUTURE: &str = "said later than now: the time is now";
const REACTIONS: &str = "more reactions than a message has: the first stay";
const RENAMED: &str = "by names that nobody can have here: what fits of them";
const CUT: &str = "longer than a message: cut";

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// It can be taken in, not quite as it was.
    Import(Box<Import>, Vec<&'static str>),
    /// So many of a kind are not taken in.
    LeftOut(&'static str, u64),
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

/// Reads a file, of whatever kind it is, and gives each piece away.
///
/// # Errors
/// [`SourceError`], or what `give` says.
pub(crate) fn read_file<E: From<SourceError>>(
    mut file: File,
    target: &Target,
    mut give: impl FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    let mut beginning = Vec::new();
    let mut first = (&mut file).take(ZIP.len() as u64);
    let read = first.read_to_end(&mut beginning).and_then(|_| file.rewind());
    read.map_err(SourceError::from)?;
    if beginning == ZIP {
        return slack::read(file, target, &mut give);
    }
    read_lines(BufReader::new(file), target, give)
}

/// Reads lines: those of an export, or of a log of IRC.
///
/// # Errors
/// [`SourceError`], or what `give` says.
pub(crate) fn read_lines<E: From<SourceError>>(
    mut file: impl BufRead,
    target: &Target,
    mut give: impl FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
    let beginning = file.fill_buf().map_err(SourceError::from)?;
    if beginning.starts_with(ZIP) {
        return Err(SourceError::ZipFromPipe.into());
    }
    if let Some(program) = irc::Program::of(beginning) {
        let room = target.into.clone().ok_or(SourceError::NoRoom)?;
        let mut reader = irc::Irc::new(program, room, target);
        return each_line(&mut file, |line| reader.read(line).into_iter().try_for_each(&mut give));
    }
    let mut reader = envelopes::Envelopes::new(target);
    each_line(&mut file, |line| reader.read(line).into_iter().try_for_each(&mut give))
}

/// Lines that are not UTF-8 have a sign in place of what is not.
fn each_line<E: From<SourceError>>(
    file: &mut impl BufRead,
    mut give: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let read = (&mut *file).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes);
        if read.map_err(SourceError::from)? == 0 {
            break;
        }
        if bytes.len() as u64 > LINE_BYTES_MAX {
            return Err(SourceError::LongLine(number).into());
        }
        give(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']))?;
    }
    Ok(())
}

/// What was said under which id, where that does not follow from the id.
type Origins = HashMap<u64, protocol::Ref>;

//! What was said elsewhere, read from files of several kinds, in order.
//!
//! Each piece is one that can be taken in, or is left out for a reason; nothing is passed over. This file does not
//! know databases.

mod envelopes;
pub(crate) mod report;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::{self, BufRead};

use protocol::RoomName;

use crate::log::acts_of_operator::Import;

/// Longest line that is read, in bytes: an export's longest has less than half.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

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
}

/// Reads a file that `export` wrote, and gives each piece away.
///
/// # Errors
/// [`SourceError`], or what `give` says.
pub(crate) fn read<E: From<SourceError>>(
    mut file: impl BufRead,
    target: &Target,
    mut give: impl FnMut(Piece) -> Result<(), E>,
) -> Result<(), E> {
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
        let read = io::Read::take(&mut *file, LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes);
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

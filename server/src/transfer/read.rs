//! Reads a file, of whatever kind it is, piece by piece.
//!
//! This file does not know what stands in the lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek as _};

use super::piece::{LINE_BYTES_MAX, Piece, SourceError, Target};
use super::{envelopes, irc, slack};

/// How a zip begins.
const ZIP: &[u8] = b"PK\x03\x04";

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

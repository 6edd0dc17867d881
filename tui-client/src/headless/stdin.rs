//! Standard input, line by line, no faster than the lines are taken.
//!
//! This file does not know what becomes of a line.

use std::io::{self, BufRead, Read as _};

use tokio::sync::mpsc;

/// Longest line that is read, in bytes: what any message can need. The rest of a longer one is
/// skipped.
const LINE_BYTES_MAX: u64 = 4 * protocol::CONTENT_CHARS_MAX as u64;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Line(String),
    /// Longer than any message may be.
    TooLong,
}

/// Reads in a thread of its own, since reading a terminal cannot be called off. The channel ends
/// with the input.
pub(crate) fn lines() -> mpsc::Receiver<Typed> {
    // One waits, so that a pipe is read no faster than the server stores.
    let (tell, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Ok(Some(line)) = next(&mut input) {
            if tell.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn next(input: &mut impl BufRead) -> io::Result<Option<Typed>> {
    let mut bytes = Vec::new();
    input.by_ref().take(LINE_BYTES_MAX + 2).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && bytes.len() as u64 > LINE_BYTES_MAX {
        input.skip_until(b'\n')?;
        return Ok(Some(Typed::TooLong));
    }
    let line = String::from_utf8_lossy(&bytes);
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(Some(Typed::Line(line.strip_suffix('\r').unwrap_or(line).to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_kind_are_read_and_endless_ones_are_skipped() {
        let long = "x".repeat(20_000);
        let input = format!("one\r\n\n{long}\nbad \u{0}\nlast");
        let mut input = input.as_bytes();
        let mut read = || next(&mut input).unwrap();
        let line = |text: &str| Some(Typed::Line(text.to_owned()));
        assert_eq!(read(), line("one"));
        assert_eq!(read(), line(""));
        assert_eq!(read(), Some(Typed::TooLong));
        assert_eq!(read(), line("bad \0"));
        assert_eq!(read(), line("last"));
        assert_eq!(read(), None);
        assert_eq!(next(&mut &b"\xff\n"[..]).unwrap(), line("\u{fffd}"));
    }
}

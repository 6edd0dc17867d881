//! Standard output: written whole, and watched for the moment when nobody reads it any more; and lines
//! for the person on standard error.
//!
//! This file does not know what is written.

use std::io::{self, Write as _};
use std::thread;

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::mpsc;

use crate::text;

/// Writes all of it at once, and says whether anybody still reads: `nebula tail | head` is no fault.
pub(crate) fn write(bytes: &[u8]) -> anyhow::Result<bool> {
    let mut out = io::stdout().lock();
    is_read(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Writes lines at once, and says whether anybody still reads them.
pub(crate) fn write_lines(lines: &[String]) -> anyhow::Result<bool> {
    if lines.is_empty() {
        return Ok(true);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    write(text.as_bytes())
}

/// Whether what was written has a reader.
pub(crate) fn is_read(written: io::Result<()>) -> anyhow::Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("cannot write to standard output"),
    }
}

/// Tells when whoever reads is gone, without anything being written. Files are always read.
///
/// A thread waits, since not every kind of output can be waited for in another way; it ends with the
/// program. The channel ends without a word where the output cannot be watched: then writing tells.
pub(crate) fn reader_goes() -> mpsc::Receiver<()> {
    let (tell, told) = mpsc::channel(1);
    thread::spawn(move || {
        let out = io::stdout();
        let mut watched = [PollFd::new(&out, PollFlags::empty())];
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        loop {
            match poll(&mut watched, None) {
                Ok(_) if watched[0].revents().intersects(gone) => break,
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
        // The conversation may be over by then.
        let _ = tell.blocking_send(());
    });
    told
}

/// One line for the person, on standard error: standard output has the conversation alone.
pub(crate) fn tell(line: &str) {
    // Nobody may be reading it any more; the conversation goes on.
    let _ = writeln!(io::stderr(), "nebula: {}", text::clean_own_line(line));
}

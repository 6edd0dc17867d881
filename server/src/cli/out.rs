//! Stdout: the answer of a command. That nobody reads it to its end is in order; that it cannot be
//! written is an error, and no reason to panic.
//!
//! This file does not know what is answered.

use std::fmt;
use std::io::{self, Write as _};

/// Stdout cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to stdout: {0}")]
pub(crate) struct OutError(io::Error);

/// Takes what `write!` and `writeln!` make.
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// Whoever read has read enough. What the command does, it still does.
    is_closed: bool,
}

impl Out {
    pub(crate) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<(), OutError> {
        self.print(|| io::stdout().write_fmt(text))
    }

    /// Whatever prints to stdout.
    pub(crate) fn print(&mut self, print: impl FnOnce() -> io::Result<()>) -> Result<(), OutError> {
        if self.is_closed {
            return Ok(());
        }
        match print().and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(())
            }
            printed => printed.map_err(OutError),
        }
    }
}

//! A line now and then while something runs: on standard error, so that results stay clean.
//!
//! This file does not know what runs.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

/// Often enough to see that it moves.
const EVERY: Duration = Duration::from_secs(1);

/// Says how far things are, once a second.
pub(crate) struct Progress {
    next: Instant,
    quiet: bool,
    terminal: bool,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        Progress { next: Instant::now() + EVERY, quiet, terminal: stderr().is_terminal() }
    }

    /// Says it, if it is time.
    pub(crate) fn say(&mut self, line: impl FnOnce() -> String) {
        if self.quiet || Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + EVERY;
        let mut out = stderr().lock();
        // On a terminal each line takes the place of the one before. Nobody is there to be told
        // of an error.
        let _ = if self.terminal {
            write!(out, "\r\x1b[K{}", line()).and_then(|()| out.flush())
        } else {
            writeln!(out, "{}", line())
        };
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal && !self.quiet {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

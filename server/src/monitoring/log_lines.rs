//! How many lines of the server's own log were lost.
//!
//! This file does not know who writes them.

use prometheus_client::metrics::counter::Counter;

/// Lines of the server's own log that could not be written: counted by whoever writes it, which is
/// not this library. Clones are the same count.
#[derive(Debug, Clone, Default)]
pub struct LogLinesDropped(Counter);

impl LogLinesDropped {
    /// So many more.
    pub fn add(&self, lines: u64) {
        self.0.inc_by(lines);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.0.get()
    }

    pub(crate) fn counter(&self) -> Counter {
        self.0.clone()
    }
}

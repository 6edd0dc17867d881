//! What the log takes of its disk, and what it could not read there.
//!
//! This file does not know who looks.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Looked at every second; all zero for a log in memory.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) database_bytes: Gauge,
    /// Size of the write-ahead log beside it.
    pub(crate) wal_bytes: Gauge,
    /// Room that is left.
    pub(crate) free_bytes: Gauge,
    pub(crate) read_failures: Counter,
}

impl Disk {
    pub(super) fn register(&self, all: &mut Registry) {
        all.register("log_read_failures", "Reads that failed", self.read_failures.clone());
        all.register("database_bytes", "Size of the database file", self.database_bytes.clone());
        let help =
            "Size of the write-ahead log beside it, which grows while somebody reads for long";
        all.register("wal_bytes", help, self.wal_bytes.clone());
        let help = "Bytes free on the disk of the database";
        all.register("disk_free_bytes", help, self.free_bytes.clone());
    }
}

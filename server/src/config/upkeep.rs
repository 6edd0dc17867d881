//! How long messages are kept, and where its metrics are read.
//!
//! This file does not know how any of it is done.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

/// What is left free of the disk: twice the 64 MiB that the write-ahead log may still need, so that
/// what is stored can be moved into the file, and a restart has room.
const DISK_FREE_MIN: u64 = 128 * 1024 * 1024;

/// What the server does besides serving.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Upkeep")]
pub struct Upkeep {
    /// Delete messages that are older, like 30d; without it they are kept for ever
    #[arg(long, env = "NEBULA_KEEP", value_name = "TIME",
          value_parser = super::values::time)]
    pub keep: Option<Duration>,

    /// Keep so many of the newest messages of each room and delete the rest; 0 keeps all
    #[arg(long, env = "NEBULA_KEEP_MESSAGES", value_name = "N", default_value_t = 0)]
    pub keep_messages: u32,

    /// How often the server looks for messages to delete
    #[arg(long, env = "NEBULA_KEEP_EVERY", value_name = "TIME", default_value = "1m",
          value_parser = super::values::time)]
    pub keep_every: Duration,

    /// Store nothing while fewer bytes are free on the disk of the database; 0 stores until it is full
    #[arg(long, env = "NEBULA_DISK_FREE_MIN", value_name = "BYTES", default_value_t = DISK_FREE_MIN)]
    pub disk_free_min: u64,

    /// Serve metrics for Prometheus at http://ADDRESS/metrics, like 127.0.0.1:9464; off without it
    #[arg(long, env = "NEBULA_METRICS_LISTEN", value_name = "ADDRESS",
          value_parser = super::values::address)]
    pub metrics_listen: Option<SocketAddr>,

    /// Trust the machine's clock although it is far from the last time in the database: for one start,
    /// after you checked it
    #[arg(long, env = "NEBULA_ACCEPT_CLOCK", value_parser = clap::builder::FalseyValueParser::new())]
    pub accept_clock: bool,
}

impl Upkeep {
    /// Milliseconds that messages are kept; none is for ever.
    pub fn keep_ms(&self) -> Option<u64> {
        self.keep.map(|keep| u64::try_from(keep.as_millis()).unwrap_or(u64::MAX))
    }
}

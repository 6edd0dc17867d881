//! Many clients that say nothing.
//!
//! This file does not know how they connect.

use std::time::{Duration, Instant};

use clap::Args;

use crate::crowd::{Crowd, Hears};
use crate::options::{Common, pin};
use crate::process;
use crate::report::Report;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Clients
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) connections: usize,
    /// Rooms they are spread over
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) rooms: usize,
    /// Seconds to stay before memory is read
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    pub(crate) stay: u64,
}

/// Hears and forgets.
struct Deaf;

impl Hears for Deaf {
    fn heard(&mut self, _: usize, _: &[u8]) {}
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let common = &options.common;
    pin(common.pin)?;
    let before = process::memory(common.pid);
    let cpu = process::cpu(common.pid);
    let mut crowd = Crowd::new(common)?;
    let rooms = options.rooms.max(1);
    let query = |i: usize| format!("room=r{}&username=c{i}", i % rooms);
    let took = crowd.connect(options.connections, query, &mut Deaf)?;
    let stay = Instant::now();
    while stay.elapsed() < Duration::from_secs(options.stay) {
        crowd.turn(Duration::from_millis(100), &mut Deaf)?;
    }
    let after = process::memory(common.pid);
    let each = |(after, before): (u64, u64)| {
        after.saturating_sub(before) as f64 / 1024.0 / options.connections as f64
    };
    Ok(Report {
        connections: crowd.upgraded,
        connect_seconds: took.as_secs_f64(),
        memory_kib_per_connection: after.zip(before).map(each),
        dropped: crowd.dropped,
        bytes_received: crowd.bytes_received,
        server_cpu_seconds: process::cpu(common.pid)
            .zip(cpu)
            .map(|(after, before)| (after - before).as_secs_f64()),
        server_memory_mib: after.map(|bytes| bytes as f64 / 1048576.0),
        ..Report::default()
    })
}

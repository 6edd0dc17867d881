//! What all workloads have in common on the command line.
//!
//! This file does not know the workloads.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use rustix::thread::{CpuSet, sched_setaffinity};

/// What all workloads have in common.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Addresses of the servers, separated by commas: connections go to each in turn
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',', default_value = "127.0.0.1:8080")]
    pub(crate) server: Vec<SocketAddr>,
    /// Process of the server, or of one of them, for its CPU time and memory
    #[arg(long, value_name = "PID")]
    pub(crate) pid: Option<u32>,
    /// Poll without sleeping: more exact times, for the price of a core
    #[arg(long)]
    pub(crate) spin: bool,
    /// Run on this core alone
    #[arg(long, value_name = "CORE")]
    pub(crate) pin: Option<usize>,
    /// Say nothing while it runs
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Print the result as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Pins this process to a core.
pub(crate) fn pin(core: Option<usize>) -> anyhow::Result<()> {
    let Some(core) = core else { return Ok(()) };
    anyhow::ensure!(core < CpuSet::MAX_CPU, "there is no core {core}");
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).with_context(|| format!("cannot run on core {core}"))
}

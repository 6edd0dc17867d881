//! What only several nodes can show: everybody comes at once, and the NATS server that leads dies.
//!
//! Three nodes share both cores with the load and the NATS servers, so the times are upper bounds. This file does
//! not know how a crowd is connected.

use super::Options;
use super::nats::Nats;
use super::running::{CORES, Running, start_server};
use crate::options::Common;
use crate::workload::{outage, storm};

const NODES: usize = 3;
/// Clients that join one room.
const STORM: usize = 19_000;
/// Those that hear of the leader's death.
const HEARERS: usize = 300;

/// Everybody joins one room, over all nodes.
pub(super) fn print_storm(options: &Options) -> anyhow::Result<()> {
    let nats = Nats::start(options.nats)?;
    let nodes = start(options, &nats)?;
    let common = common(&nodes);
    let report = storm::join(&storm::JoinOptions { common, connections: STORM, rate: 3 })?;
    println!("storm: {STORM} join one room over {NODES} nodes");
    report.print(false);
    Ok(())
}

/// One says something 20 times a second, while the NATS server that leads is killed.
pub(super) fn print_outage(options: &Options) -> anyhow::Result<()> {
    for _ in 0..options.rounds.max(1) {
        let mut nats = Nats::start(options.nats)?;
        let nodes = start(options, &nats)?;
        let took = outage::run(&common(&nodes), HEARERS, || nats.kill_leader())?;
        println!(
            "outage: the leader of {} NATS servers is killed: {HEARERS} clients of {NODES} nodes have the next message after {:.2} s, all after {:.2} s; none lost or doubled",
            options.nats,
            took.next.as_secs_f64(),
            took.all.as_secs_f64(),
        );
    }
    Ok(())
}

fn start(options: &Options, nats: &Nats) -> anyhow::Result<Vec<Running>> {
    let cores = CORES.map(|core| core.to_string()).join(",");
    let node = |at| {
        let flags = nats.flags(&format!("node-{at}"));
        start_server(&options.server_bin, &cores, &flags)?.once_ready()
    };
    (0..NODES).map(node).collect()
}

fn common(nodes: &[Running]) -> Common {
    Common {
        server: nodes.iter().map(|node| node.address).collect(),
        pid: None,
        spin: false,
        pin: None,
        json: false,
        quiet: true,
    }
}

//! A node of a cluster against a server that is alone, in turns on the same machine in the same minutes.
//!
//! The NATS servers and a second node run on the load's core, and their CPU time does not count. This file does
//! not know how a workload is made.

use std::process::{Command, Stdio};

use anyhow::ensure;

use super::crowds;
use super::nats::Nats;
use super::running::{CORES, Ended, Running, start_server};
use super::turns::{is_within, median, spread};
use super::{Options, QUIET, Workload, chosen, cpu, measure_as, open};
use crate::arrivals::Arrivals;
use crate::options::Common;
use crate::report::Phase;

/// What is said on the second node, in rooms that nobody on the measured one is in.
const FOREIGN: Workload = open("foreign: 100 x 5, 2,000/s", (100, 5, 5), 2000, Arrivals::Even);
/// Begins the names of its rooms and people.
const ELSEWHERE: &str = "elsewhere-";

/// A node, what it needs, and perhaps a second one.
struct Cluster {
    // Dropped in this order, so that no node misses anything.
    second: Option<Running>,
    first: Running,
    _nats: Nats,
}

/// True unless a ratio is beyond its bound.
pub(super) fn run(options: &Options) -> anyhow::Result<bool> {
    let mut well = true;
    println!(
        "CPU µs for each delivery: alone, node, node beside {}/s that are said on a second one (medians)",
        FOREIGN.rate
    );
    for workload in chosen(options).filter(|load| load.rate > 0) {
        let mut rounds = Vec::new();
        for round in 0..options.rounds.max(1) {
            let alone = alone(options, workload)?;
            let node = measure(&start(options, false)?.first, workload, options)?;
            let beside = beside_others(options, workload)?;
            let [one, two, three] = [&alone, &node, &beside].map(cpu);
            let (name, of) = (workload.name, options.rounds);
            eprintln!("{name} ({} of {of}): {one:.2} {two:.2} {three:.2}", round + 1);
            rounds.push([alone, node, beside]);
        }
        well &= print(workload, &rounds, options.max_ratio);
    }
    if FOREIGN.name.starts_with(&options.only) {
        print_foreign(options)?;
    }
    if !options.quick && QUIET.name.starts_with(&options.only) {
        print_quiet(options)?;
    }
    if !options.quick && "storm".starts_with(&options.only) {
        crowds::print_storm(options)?;
    }
    if !options.quick && options.nats > 2 && "outage".starts_with(&options.only) {
        crowds::print_outage(options)?;
    }
    Ok(well)
}

/// The load sleeps where there is nothing to do: what else there is of the cluster runs on its core.
fn common(running: &Running) -> Common {
    Common { spin: false, ..running.common() }
}

fn measure(running: &Running, workload: &Workload, options: &Options) -> anyhow::Result<Phase> {
    measure_as(common(running), workload, options.quick, "")
}

fn alone(options: &Options, workload: &Workload) -> anyhow::Result<Phase> {
    let server = start_server(&options.server_bin, &CORES[0].to_string(), &[])?;
    measure(&server, workload, options)
}

fn start(options: &Options, with_second: bool) -> anyhow::Result<Cluster> {
    let nats = Nats::start(options.nats)?;
    let node = |name, at: usize| {
        let core = CORES[at].to_string();
        start_server(&options.server_bin, &core, &nats.flags(name))?.once_ready()
    };
    let first = node("first", 0)?;
    let second = if with_second { Some(node("second", 1)?) } else { None };
    Ok(Cluster { second, first, _nats: nats })
}

/// While another process talks on the second node.
fn beside_others(options: &Options, workload: &Workload) -> anyhow::Result<Phase> {
    let cluster = start(options, true)?;
    let Workload { rooms, members, publishers, rate, .. } = FOREIGN;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["fanout", "--quiet", "--prefix", ELSEWHERE, "--seconds", "3600"]);
    for (name, value) in [
        ("--rooms", rooms.to_string()),
        ("--members", members.to_string()),
        ("--publishers", publishers.to_string()),
        ("--rate", rate.to_string()),
        ("--pin", CORES[1].to_string()),
        ("--server", cluster.second.as_ref().unwrap_or(&cluster.first).address.to_string()),
    ] {
        command.args([name, &value]);
    }
    let mut others = Ended(command.stdout(Stdio::null()).spawn()?);
    let phase = measure(&cluster.first, workload, options)?;
    ensure!(others.0.try_wait()?.is_none(), "who talks on the second node has ended");
    Ok(phase)
}

fn print(workload: &Workload, rounds: &[[Phase; 3]], max_ratio: Option<f64>) -> bool {
    let ratio = |of: usize| spread(rounds, |it| cpu(&it[of]) / cpu(&it[0]));
    // CPU µs in each second of the load, as long as all of it is delivered.
    let deliveries = workload.rate as f64 * workload.members as f64;
    let foreign = |it: &[Phase; 3]| (cpu(&it[2]) - cpu(&it[1])) * deliveries / FOREIGN.rate as f64;
    let [one, two, three] = [0, 1, 2].map(|of| median(rounds, |it: &[Phase; 3]| cpu(&it[of])));
    let [first, second, third] =
        [0, 1, 2].map(|of| median(rounds, |it: &[Phase; 3]| it[of].p50_us as f64 / 1000.0));
    println!(
        "{:<30} CPU {one:.2} {two:.2} {three:.2}: {}, {} x alone | {:.1} µs for each foreign message | p50 {first:.1} {second:.1} {third:.1} ms",
        workload.name,
        ratio(1),
        ratio(2),
        median(rounds, foreign),
    );
    is_within(rounds, |it| cpu(&it[1]), |it| cpu(&it[0]), max_ratio)
}

/// What a message costs a node on which nobody hears it, and nobody says anything.
fn print_foreign(options: &Options) -> anyhow::Result<()> {
    let mut rounds = Vec::new();
    for _ in 0..options.rounds.max(1) {
        let cluster = start(options, true)?;
        let second = cluster.second.as_ref().unwrap_or(&cluster.first);
        // Said on the second node; the CPU time is that of the first.
        let common = Common { pid: Some(cluster.first.pid()), ..common(second) };
        let phase = measure_as(common, &FOREIGN, options.quick, ELSEWHERE)?;
        rounds.push(cpu(&phase) * FOREIGN.members as f64);
    }
    let all: Vec<_> = rounds.iter().map(|us| format!("{us:.1}")).collect();
    let middle = median(&rounds, |us| *us);
    println!("{:<30} {middle:.1} µs for each ({})", FOREIGN.name, all.join(", "));
    Ok(())
}

/// One message at a time in a room with nobody else.
fn print_quiet(options: &Options) -> anyhow::Result<()> {
    let mut rounds = Vec::new();
    for _ in 0..options.rounds.max(1) {
        let alone = alone(options, &QUIET)?;
        rounds.push([alone, measure(&start(options, false)?.first, &QUIET, options)?]);
    }
    let [alone, node] = [0, 1].map(|of| median(&rounds, |it: &[Phase; 2]| it[of].p50_us as f64));
    println!("{:<30} p50 {alone:.0} {node:.0} µs", QUIET.name);
    Ok(())
}

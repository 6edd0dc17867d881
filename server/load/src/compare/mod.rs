//! A server against the floor or an older build, or a node of a cluster against a server that is alone, in turns on
//! the same machine in the same minutes.
//!
//! This file does not know how a workload is made.

mod builds;
mod cluster;
mod crowds;
mod nats;
mod running;
mod turns;

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use self::running::{CORES, Running, start_floor, start_own};
use self::turns::{is_within, median};
use crate::arrivals::Arrivals;
use crate::options::Common;
use crate::report::{Phase, Report};
use crate::workload::{fanout, idle};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The server to hold against the floor
    #[arg(long, value_name = "FILE", default_value = "target/release/nebula-server")]
    server_bin: PathBuf,
    /// Turns
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Only small workloads, for a second each
    #[arg(long)]
    quick: bool,
    /// Another build of the server instead of the floor, such as that of an older commit
    #[arg(long, value_name = "FILE", conflicts_with = "cluster")]
    before: Option<PathBuf>,
    /// Fail if the server's CPU time for each delivery is more than so many times that of what it is compared with, each
    /// in its best turn: noise makes some turns worse, a slower server all of them
    #[arg(long, value_name = "RATIO")]
    max_ratio: Option<f64>,
    /// Only the workloads whose names begin so, such as "A", "quiet" or "idle"; of a cluster also "foreign",
    /// "storm" and, where there are three NATS servers, "outage"
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,
    /// A node of a cluster against a server that is alone, instead of that against the floor. The NATS server
    /// is `NEBULA_NATS`, or else what `scripts/tools` fetched
    #[arg(long)]
    cluster: bool,
    /// NATS servers of that cluster, and copies of its stream
    #[arg(long, value_name = "N", default_value_t = 1, requires = "cluster")]
    nats: usize,
}

/// What is compared in a row.
struct Workload {
    name: &'static str,
    rooms: usize,
    members: usize,
    publishers: usize,
    rate: u64,
    arrivals: Arrivals,
    window: u64,
}

/// At a rate.
const fn open(
    name: &'static str,
    (rooms, members, publishers): (usize, usize, usize),
    rate: u64,
    arrivals: Arrivals,
) -> Workload {
    Workload { name, rooms, members, publishers, rate, arrivals, window: 0 }
}

/// Flat out, with so many messages of each publisher on their way.
const fn closed(
    name: &'static str,
    (rooms, members, publishers): (usize, usize, usize),
    window: u64,
) -> Workload {
    let (rate, arrivals) = (0, Arrivals::Even);
    Workload { name, rooms, members, publishers, rate, arrivals, window }
}

const FULL: &[Workload] = &[
    open("A: 1 x 1,000, 50/s", (1, 1000, 1), 50, Arrivals::Even),
    open("B: 100 x 20, 2,000/s, bursts", (100, 20, 5), 2000, Arrivals::Bursts),
    open("B: 100 x 20, 2,000/s, even", (100, 20, 5), 2000, Arrivals::Even),
    open("B: 100 x 20, 2,000/s, Poisson", (100, 20, 5), 2000, Arrivals::Poisson),
    open("C: 200 x 99, 300/s", (200, 99, 1), 300, Arrivals::Even),
    closed("A flat out", (1, 1000, 1), 16),
    closed("B flat out", (100, 20, 5), 2),
];
const QUIET: Workload = open("quiet: 1 x 1, 20/s", (1, 1, 1), 20, Arrivals::Even);
const QUICK: &[Workload] = &[
    open("1 x 300, 150/s", (1, 300, 1), 150, Arrivals::Even),
    open("50 x 20, 1,000/s", (50, 20, 5), 1000, Arrivals::Bursts),
];

/// True unless a ratio is beyond its bound.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    if options.cluster {
        return cluster::run(options);
    }
    if let Some(before) = &options.before {
        return builds::run(options, before);
    }
    let mut well = true;
    println!("CPU µs for each delivery, and deliveries/s: floor, batched floor, server (medians)");
    for workload in chosen(options) {
        let mut rounds = Vec::new();
        for round in 0..options.rounds.max(1) {
            let plain = measure(&start_floor(false)?, workload, options.quick)?;
            let batched = measure(&start_floor(true)?, workload, options.quick)?;
            let server = measure(&start_server(options)?, workload, options.quick)?;
            let [floor, most, own] = [&plain, &batched, &server].map(cpu);
            let (name, of) = (workload.name, options.rounds);
            eprintln!("{name} ({} of {of}): {floor:.2} {most:.2} {own:.2}", round + 1);
            rounds.push([plain, batched, server]);
        }
        well &= print(workload, &rounds, options.max_ratio);
    }
    let wanted = |name: &str| !options.quick && name.starts_with(&options.only);
    if wanted(QUIET.name) {
        print_latency(options)?;
    }
    if wanted("idle") {
        print_idle(options)?;
    }
    Ok(well)
}

/// Those that are wanted.
fn chosen(options: &Options) -> impl Iterator<Item = &'static Workload> {
    let workloads = if options.quick { QUICK } else { FULL };
    workloads.iter().filter(|load| load.name.starts_with(&options.only))
}

/// One message at a time in a room with nobody else: what it takes beside an echo.
fn print_latency(options: &Options) -> anyhow::Result<()> {
    let mut rounds = Vec::new();
    for _ in 0..options.rounds.max(1) {
        let echo = measure(&start_own(&["echo"])?, &QUIET, false)?;
        let server = measure(&start_server(options)?, &QUIET, false)?;
        rounds.push([echo, server]);
    }
    let (echo, server) = (
        median(&rounds, |round| round[0].p50_us as f64),
        median(&rounds, |round| round[1].p50_us as f64),
    );
    let ratio = median(&rounds, |round| round[1].p50_us as f64 / round[0].p50_us as f64);
    println!("{:<30} p50 {echo:.0} {server:.0}: {ratio:.2} x echo", QUIET.name);
    Ok(())
}

fn cpu(phase: &Phase) -> f64 {
    phase.cpu_us_per_delivery.unwrap_or(f64::NAN)
}

fn print(workload: &Workload, rounds: &[[Phase; 3]], max_ratio: Option<f64>) -> bool {
    let median = |value: &dyn Fn(&[Phase; 3]) -> f64| median(rounds, value);
    let ratio = median(&|round| cpu(&round[2]) / cpu(&round[0]));
    println!(
        "{:<30} CPU {:.2} {:.2} {:.2}: {ratio:.2} x floor | {:.0} {:.0} {:.0}: {:.2} x batched | p95 {} {} {}: {:.2} x floor",
        workload.name,
        median(&|round| cpu(&round[0])),
        median(&|round| cpu(&round[1])),
        median(&|round| cpu(&round[2])),
        median(&|round| round[0].deliveries_per_second),
        median(&|round| round[1].deliveries_per_second),
        median(&|round| round[2].deliveries_per_second),
        median(&|round| round[2].deliveries_per_second / round[1].deliveries_per_second),
        median(&|round| round[0].p95_us as f64),
        median(&|round| round[1].p95_us as f64),
        median(&|round| round[2].p95_us as f64),
        median(&|round| round[2].p95_us as f64 / round[0].p95_us as f64),
    );
    is_within(rounds, |it| cpu(&it[2]), |it| cpu(&it[0]), max_ratio)
}

fn print_idle(options: &Options) -> anyhow::Result<()> {
    for connections in [10_000, 19_800] {
        let running = start_server(options)?;
        let common = running.common();
        let report = idle::run(&idle::Options { common, connections, rooms: 200, stay: 3 })?;
        let each = report.memory_kib_per_connection.unwrap_or(f64::NAN);
        println!(
            "idle, {connections}: {each:.2} KiB each, connected in {:.2} s",
            report.connect_seconds
        );
    }
    Ok(())
}

fn start_server(options: &Options) -> anyhow::Result<Running> {
    running::start_server(&options.server_bin, &CORES[0].to_string(), &[])
}

fn measure(running: &Running, workload: &Workload, quick: bool) -> anyhow::Result<Phase> {
    measure_as(running.common(), workload, quick, "")
}

/// `prefix` begins the names of rooms and people.
fn measure_as(
    common: Common,
    workload: &Workload,
    quick: bool,
    prefix: &str,
) -> anyhow::Result<Phase> {
    let options = fanout::Options {
        common,
        rooms: workload.rooms,
        members: workload.members,
        publishers: workload.publishers,
        rate: workload.rate,
        arrivals: workload.arrivals,
        window: workload.window,
        bytes: 100,
        seconds: if quick { 1.0 } else { 5.0 },
        warmup: if quick { 0.5 } else { 1.0 },
        prefix: prefix.to_owned(),
    };
    let Report { mut phases, faults, dropped, .. } = fanout::run(&options)?;
    if faults != Default::default() || dropped > 0 {
        bail!("{}: {faults:?}, {dropped} dropped", workload.name);
    }
    phases.pop().context("nothing was measured")
}

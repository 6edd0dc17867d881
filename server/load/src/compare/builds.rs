//! A build of the server against another one, such as that of an older commit, in turns.
//!
//! This file does not know how a workload is made.

use std::path::Path;

use super::running::{CORES, start_server};
use super::turns::{is_within, median, spread};
use super::{Options, QUIET, Workload, chosen, cpu, measure};
use crate::report::Phase;

/// The older build and the newer one.
type Round = [Phase; 2];

/// True unless a ratio is beyond its bound.
pub(super) fn run(options: &Options, before: &Path) -> anyhow::Result<bool> {
    let mut well = true;
    println!("before and now (medians), and the ratio with the range of its turns");
    let quiet = [&QUIET].into_iter().filter(|it| it.name.starts_with(&options.only));
    for workload in chosen(options).chain(quiet) {
        let mut rounds = Vec::new();
        for round in 0..options.rounds.max(1) {
            let both = turn(options, before, workload, round % 2 == 1)?;
            let [older, newer] = [0, 1].map(|place| cpu(&both[place]));
            let (name, of) = (workload.name, options.rounds);
            eprintln!("{name} ({} of {of}): {older:.2} {newer:.2}", round + 1);
            rounds.push(both);
        }
        print(workload, &rounds);
        well &= is_within(&rounds, |it| cpu(&it[1]), |it| cpu(&it[0]), options.max_ratio);
    }
    Ok(well)
}

/// Which build is measured first changes from turn to turn: the machine may get slower or faster meanwhile.
fn turn(
    options: &Options,
    before: &Path,
    workload: &Workload,
    is_newer_first: bool,
) -> anyhow::Result<Round> {
    let one = |build: &Path| {
        let server = start_server(build, &CORES[0].to_string(), &[])?;
        measure(&server, workload, options.quick)
    };
    if is_newer_first {
        let newer = one(&options.server_bin)?;
        return Ok([one(before)?, newer]);
    }
    Ok([one(before)?, one(&options.server_bin)?])
}

fn print(workload: &Workload, rounds: &[Round]) {
    println!(
        "{:<30} CPU µs a delivery {} | deliveries/s {} | p50 µs {}",
        workload.name,
        column(rounds, 2, cpu),
        column(rounds, 0, |phase| phase.deliveries_per_second),
        column(rounds, 0, |phase| phase.p50_us as f64),
    );
}

/// One figure of both builds, with so many digits, and the ratio.
fn column(rounds: &[Round], digits: usize, value: impl Fn(&Phase) -> f64) -> String {
    let [older, newer] = [0, 1].map(|place| median(rounds, |round| value(&round[place])));
    let ratio = spread(rounds, |round| value(&round[1]) / value(&round[0]));
    format!("{older:.digits$} {newer:.digits$}: {ratio}")
}

//! A build of the server against another one, such as that of an older commit, in turns.
//!
//! This file does not know how a workload is made.

use std::path::Path;

use super::running::{CORES, start_server};
use super::{FULL, Options, QUICK, QUIET, Workload, cpu, measure, median};
use crate::report::Phase;

/// The older build and the newer one.
type Round = [Phase; 2];

/// True unless a ratio is beyond its bound.
pub(super) fn run(options: &Options, before: &Path) -> anyhow::Result<bool> {
    let workloads = if options.quick { QUICK } else { FULL };
    let mut well = true;
    println!("before and now (medians), and the ratio with the range of its turns");
    for workload in workloads.iter().chain([&QUIET]).filter(|it| it.name.starts_with(&options.only))
    {
        let mut rounds = Vec::new();
        for round in 0..options.rounds.max(1) {
            let mut builds = [before, &options.server_bin];
            // Which of them is first changes from turn to turn.
            let is_turned = round % 2 == 1;
            if is_turned {
                builds.reverse();
            }
            let [first, second] = builds.map(|build| one(build, workload, options.quick));
            let (first, second) = (first?, second?);
            let both = if is_turned { [second, first] } else { [first, second] };
            let [older, newer] = [0, 1].map(|place| cpu(&both[place]));
            eprintln!(
                "{} ({} of {}): {older:.2} {newer:.2}",
                workload.name,
                round + 1,
                options.rounds
            );
            rounds.push(both);
        }
        well &= print(workload, &rounds, options.max_ratio);
    }
    Ok(well)
}

fn one(build: &Path, workload: &Workload, quick: bool) -> anyhow::Result<Phase> {
    measure(&start_server(build, &CORES[0].to_string(), &[])?, workload, quick)
}

fn print(workload: &Workload, rounds: &[Round], max_ratio: Option<f64>) -> bool {
    println!(
        "{:<30} CPU µs a delivery {} | deliveries/s {} | p50 µs {}",
        workload.name,
        column(rounds, 2, &cpu),
        column(rounds, 0, &|phase| phase.deliveries_per_second),
        column(rounds, 0, &|phase| phase.p50_us as f64),
    );
    let least = |place: usize| rounds.iter().map(|it| cpu(&it[place])).fold(f64::NAN, f64::min);
    max_ratio.is_none_or(|max| least(1) <= max * least(0))
}

/// One figure of both builds, with so many digits, and what they are to each other.
fn column(rounds: &[Round], digits: usize, value: &dyn Fn(&Phase) -> f64) -> String {
    let ratio = |round: &Round| value(&round[1]) / value(&round[0]);
    let ratios = || rounds.iter().map(ratio);
    let (least, most) = (ratios().fold(f64::NAN, f64::min), ratios().fold(f64::NAN, f64::max));
    let [older, newer] = [0, 1].map(|place| median(rounds, &|round| value(&round[place])));
    let middle = median(rounds, &ratio);
    format!("{older:.digits$} {newer:.digits$}: {middle:.2} ({least:.2} to {most:.2})")
}

//! Clients that come and go without end, while two others talk.
//!
//! This file does not know what they hear.

use std::time::{Duration, Instant};

use clap::Args;

use super::storm::{Room, finish, gap};
use crate::crowd::Crowd;
use crate::options::{Common, pin};
use crate::process;
use crate::report::Report;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Clients that leave as soon as they have heard who is there, and come back at once
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) connections: usize,
    /// Messages a second that one who stays sends meanwhile
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) rate: u32,
    /// Seconds of it
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    pub(crate) seconds: f64,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let common = &options.common;
    let (count, gap) = (options.connections + 2, gap(options.rate));
    pin(common.pin)?;
    let mut room = Room::new(count)?;
    let mut crowd = Crowd::new(common)?;
    // A name of its own for each coming: the last one may not have been given back yet.
    let query = |coming: usize| format!("room=storm&username=c{coming}");
    crowd.connect(count, query, &mut room)?;
    let mut comings = count;
    let (cpu, bytes) = (process::cpu(common.pid), crowd.bytes_received);
    let (begun, mut talk) = (Instant::now(), Instant::now());
    while begun.elapsed().as_secs_f64() < options.seconds {
        for index in (2..count).filter(|index| room.listed[*index]).collect::<Vec<_>>() {
            crowd.cut(index);
            room.forget(index);
            crowd.dial(index, &query(comings))?;
            comings += 1;
        }
        if talk.elapsed() >= gap {
            room.talk(&mut crowd, "storm");
            talk = Instant::now();
        }
        crowd.turn(Duration::from_millis(5), &mut room)?;
        crowd.progress.say(|| format!("{} came and went", comings - count));
    }
    let mut report = finish(&crowd, &room, common, cpu, begun.elapsed());
    report.bytes_received -= bytes;
    report.notes.push(format!("came and went      {} times", comings - count));
    Ok(report)
}

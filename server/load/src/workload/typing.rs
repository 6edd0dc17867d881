//! People who are writing, each told to one other.
//!
//! This file does not know how they connect.

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use hdrhistogram::Histogram;
use memchr::memmem;
use protocol::TYPING_EVERY_MS;

use crate::crowd::{Crowd, Hears};
use crate::options::{Common, pin};
use crate::payload::Faults;
use crate::process;
use crate::report::{Phase, Report};

/// Longest wait for the last to be told.
const DRAIN: Duration = Duration::from_secs(20);

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Rooms of two, in each of which one is writing all the time, which clients tell every three seconds
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) rooms: usize,
    /// How often each tells it
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) turns: u32,
}

/// Who was told of whom. Connections 0 and 1 share a room, 2 and 3 the next; the first of them writes.
struct Rooms {
    said: Vec<Instant>,
    /// Rooms in which it was said and not heard yet.
    waits: Vec<bool>,
    latency: Histogram<u64>,
    told: u64,
    faults: Faults,
}

impl Hears for Rooms {
    fn heard(&mut self, connection: usize, payload: &[u8]) {
        if memmem::find(payload, br#""type":"typing""#).is_none() {
            return;
        }
        let room = connection / 2;
        if connection.is_multiple_of(2) || !std::mem::take(&mut self.waits[room]) {
            self.faults.doubled += 1;
            return;
        }
        self.told += 1;
        let took = u64::try_from(self.said[room].elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.latency.saturating_record(took.max(1));
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let common = &options.common;
    pin(common.pin)?;
    let mut rooms = Rooms {
        said: vec![Instant::now(); options.rooms],
        waits: vec![false; options.rooms],
        latency: Histogram::new_with_bounds(1, 60_000_000_000, 3)?,
        told: 0,
        faults: Faults::default(),
    };
    let mut crowd = Crowd::new(common)?;
    let query = |i: usize| format!("room=r{}&username=c{i}", i / 2);
    let connect = crowd.connect(options.rooms * 2, query, &mut rooms)?;
    let (cpu, bytes, begun) = (process::cpu(common.pid), crowd.bytes_received, Instant::now());
    let said = talk(options, &mut crowd, &mut rooms, begun)?;
    while rooms.told < said && begun.elapsed() < DRAIN + length(options.turns) {
        crowd.turn(Duration::from_millis(1), &mut rooms)?;
    }
    let took = begun.elapsed();
    let used = process::cpu(common.pid).zip(cpu).map(|(after, before)| after - before);
    rooms.faults.lost = said.saturating_sub(rooms.told);
    let share = used.map(|used| used.as_secs_f64() / took.as_secs_f64() * 100.0);
    Ok(Report {
        connections: crowd.upgraded,
        connect_seconds: connect.as_secs_f64(),
        phases: vec![Phase::new("typing", took, rooms.told, used, &rooms.latency)],
        faults: rooms.faults,
        dropped: crowd.dropped,
        bytes_received: crowd.bytes_received - bytes,
        server_cpu_seconds: used.map(|used| used.as_secs_f64()),
        server_memory_mib: process::memory(common.pid).map(|bytes| bytes as f64 / 1048576.0),
        notes: share.map(|share| format!("of one core        {share:.2} %")).into_iter().collect(),
        ..Report::default()
    })
}

/// How long so many turns of all rooms take: a little longer than a server passes on each time.
fn length(turns: u32) -> Duration {
    Duration::from_millis(TYPING_EVERY_MS + 50) * turns
}

/// Each room in its turn, at even gaps.
fn talk(
    options: &Options,
    crowd: &mut Crowd,
    rooms: &mut Rooms,
    begun: Instant,
) -> anyhow::Result<u64> {
    let all = u64::from(options.turns) * options.rooms as u64;
    let gap = length(options.turns).as_secs_f64() / all as f64;
    for number in 0..all {
        let due = Duration::from_secs_f64(gap * number as f64);
        loop {
            let wait = due.saturating_sub(begun.elapsed());
            if wait.is_zero() {
                break;
            }
            crowd.turn(wait, rooms)?;
        }
        if crowd.dropped > 0 {
            bail!("{} connections are gone", crowd.dropped);
        }
        let room = usize::try_from(number)? % options.rooms;
        rooms.waits[room] = true;
        rooms.said[room] = Instant::now();
        crowd.say(room * 2, &format!(r#"{{"type":"typing","room":"r{room}"}}"#));
    }
    Ok(all)
}

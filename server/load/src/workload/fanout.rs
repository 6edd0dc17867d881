//! Messages to rooms full of clients: at a rate whatever comes back (open loop), or as fast as they
//! come back (closed loop).
//!
//! This file does not know how a stamp travels.

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use hdrhistogram::Histogram;

use crate::arrivals::{Arrivals, Schedule};
use crate::crowd::{Crowd, Hears};
use crate::options::{Common, pin};
use crate::payload::{Faults, Heard, Stamp};
use crate::process;
use crate::report::{Phase, Report};

/// Messages of one publisher that may be on their way in the closed loop.
const WINDOW_MAX: u64 = 1024;
/// Longest wait for the last deliveries of a phase.
const DRAIN: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Rooms
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) rooms: usize,
    /// Members of each room
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) members: usize,
    /// Members of each room that also send
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) publishers: usize,
    /// Open loop: messages a second in all; 0 leaves it out
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) rate: u64,
    /// How they arrive in the open loop
    #[arg(long, value_name = "HOW", default_value = "even")]
    pub(crate) arrivals: Arrivals,
    /// Closed loop: messages on their way for each publisher; 0 leaves it out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) window: u64,
    /// Bytes of text in each message
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) bytes: usize,
    /// Seconds of each loop
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    pub(crate) seconds: f64,
    /// Seconds before measuring begins
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    pub(crate) warmup: f64,
    /// Begins the names of rooms and people, so that several of these can load one cluster
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) prefix: String,
}

/// What is said and heard.
struct Load {
    prefix: String,
    members: usize,
    publishers: usize,
    begun: Instant,
    heard: Vec<Heard>,
    sent: Vec<u64>,
    /// How many have each of a publisher's newest messages, in a ring.
    arrived: Vec<u32>,
    complete: Vec<u64>,
    /// Publishers with a message that all have now.
    ready: Vec<usize>,
    latency: Histogram<u64>,
    deliveries: u64,
    faults: Faults,
}

impl Hears for Load {
    fn heard(&mut self, connection: usize, payload: &[u8]) {
        let Some(stamp) = Stamp::find(payload) else { return };
        let Ok(Stamp { publisher, number, sent_ns }) = stamp else {
            self.faults.damaged += 1;
            return;
        };
        let publisher = publisher as usize;
        let room = connection / self.members;
        if publisher / self.publishers != room {
            self.faults.damaged += 1;
            return;
        }
        let place = connection * self.publishers + publisher % self.publishers;
        self.heard[place].take(number, &mut self.faults);
        self.deliveries += 1;
        let took = self.now_ns().saturating_sub(sent_ns);
        self.latency.saturating_record(took.max(1));
        let slot = publisher * WINDOW_MAX as usize + (number % WINDOW_MAX) as usize;
        self.arrived[slot] += 1;
        if self.arrived[slot] as usize == self.members {
            self.arrived[slot] = 0;
            self.complete[publisher] += 1;
            self.ready.push(publisher);
        }
    }
}

impl Load {
    fn new(options: &Options) -> anyhow::Result<Self> {
        let publishers = options.rooms * options.publishers;
        Ok(Load {
            prefix: options.prefix.clone(),
            members: options.members,
            publishers: options.publishers,
            begun: Instant::now(),
            heard: vec![Heard::default(); options.rooms * options.members * options.publishers],
            sent: vec![0; publishers],
            arrived: vec![0; publishers * WINDOW_MAX as usize],
            complete: vec![0; publishers],
            ready: Vec::new(),
            latency: Histogram::new_with_bounds(1, 60_000_000_000, 3)?,
            deliveries: 0,
            faults: Faults::default(),
        })
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn publish(&mut self, crowd: &mut Crowd, publisher: usize, bytes: usize, sent_ns: u64) {
        let room = publisher / self.publishers;
        let number = self.sent[publisher];
        self.sent[publisher] += 1;
        let stamp = Stamp { publisher: publisher as u32, number, sent_ns };
        let connection = room * self.members + publisher % self.publishers;
        crowd.say(connection, &stamp.envelope(&format!("{}r{room}", self.prefix), bytes));
    }

    fn outstanding(&self) -> u64 {
        self.sent.iter().sum::<u64>() * self.members as u64
            - self.heard.iter().map(|heard| heard.count()).sum::<u64>()
    }

    fn progress(&self, phase: &str) -> String {
        let Load { deliveries, faults, latency, .. } = self;
        let p99 = latency.value_at_quantile(0.99) / 1000;
        format!("{phase}: {deliveries} deliveries, p99 {p99} µs, {} lost so far", faults.lost)
    }

    fn forget(&mut self) {
        self.latency.reset();
        self.deliveries = 0;
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let common = &options.common;
    if options.window > WINDOW_MAX
        || options.publishers == 0
        || options.publishers > options.members
    {
        bail!("at most {WINDOW_MAX} messages on their way, and 1 to all members of a room publish");
    }
    pin(common.pin)?;
    let mut load = Load::new(options)?;
    let mut crowd = Crowd::new(common)?;
    let (before, cpu) = (process::memory(common.pid), process::cpu(common.pid));
    let count = options.rooms * options.members;
    let prefix = &options.prefix;
    let query = |i: usize| format!("room={prefix}r{}&username={prefix}c{i}", i / options.members);
    let took = crowd.connect(count, query, &mut load)?;
    settle(&mut crowd, &mut load)?;
    let each =
        |after: u64, before: u64| after.saturating_sub(before) as f64 / 1024.0 / count as f64;
    let memory = process::memory(common.pid).zip(before).map(|(after, before)| each(after, before));
    let mut phases = Vec::new();
    if options.rate > 0 {
        phases.push(open_loop(options, &mut crowd, &mut load)?);
    }
    if options.window > 0 {
        phases.push(closed_loop(options, &mut crowd, &mut load)?);
    }
    load.faults.lost += load.outstanding();
    Ok(Report {
        connections: crowd.upgraded,
        connect_seconds: took.as_secs_f64(),
        memory_kib_per_connection: memory,
        phases,
        faults: load.faults,
        dropped: crowd.dropped,
        bytes_received: crowd.bytes_received,
        server_cpu_seconds: process::cpu(common.pid)
            .zip(cpu)
            .map(|(after, before)| (after - before).as_secs_f64()),
        server_memory_mib: process::memory(common.pid).map(|bytes| bytes as f64 / 1048576.0),
        notes: Vec::new(),
    })
}

/// Until nothing has come for a while: joins and lists are not what is measured here.
fn settle(crowd: &mut Crowd, load: &mut Load) -> anyhow::Result<()> {
    const QUIET: Duration = Duration::from_millis(500);
    let (mut seen, mut since) = (crowd.bytes_received, Instant::now());
    while since.elapsed() < QUIET {
        crowd.turn(Duration::from_millis(20), load)?;
        if crowd.bytes_received != seen {
            (seen, since) = (crowd.bytes_received, Instant::now());
        }
    }
    Ok(())
}

fn open_loop(options: &Options, crowd: &mut Crowd, load: &mut Load) -> anyhow::Result<Phase> {
    let (rooms, publishers) = (options.rooms, options.publishers);
    let mut schedule = Schedule::new(options.arrivals, rooms, publishers, options.rate);
    let mut next = Instant::now();
    let mut phase = |crowd: &mut Crowd, load: &mut Load, seconds: f64| -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        while Instant::now() < end {
            while next <= Instant::now() {
                // The time it was due, so that a server that stalls the sender is not flattered.
                let due = next.saturating_duration_since(load.begun).as_nanos() as u64;
                let arrival = schedule.next();
                load.publish(crowd, arrival.publisher, options.bytes, due);
                next += arrival.gap;
            }
            crowd.turn(next.saturating_duration_since(Instant::now()), load)?;
            crowd.progress.say(|| load.progress("open loop"));
        }
        Ok(())
    };
    phase(crowd, load, options.warmup)?;
    load.forget();
    let (begun, cpu) = (Instant::now(), process::cpu(options.common.pid));
    phase(crowd, load, options.seconds)?;
    drain(crowd, load)?;
    let used = process::cpu(options.common.pid).zip(cpu).map(|(after, before)| after - before);
    Ok(Phase::new("open loop", begun.elapsed(), load.deliveries, used, &load.latency))
}

fn closed_loop(options: &Options, crowd: &mut Crowd, load: &mut Load) -> anyhow::Result<Phase> {
    load.ready.clear();
    for publisher in 0..load.sent.len() {
        for _ in 0..options.window {
            let now = load.now_ns();
            load.publish(crowd, publisher, options.bytes, now);
        }
    }
    let phase = |crowd: &mut Crowd, load: &mut Load, seconds: f64| -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        while Instant::now() < end {
            crowd.turn(Duration::from_millis(10), load)?;
            while let Some(publisher) = load.ready.pop() {
                let now = load.now_ns();
                load.publish(crowd, publisher, options.bytes, now);
            }
            crowd.progress.say(|| load.progress("closed loop"));
        }
        Ok(())
    };
    phase(crowd, load, options.warmup)?;
    load.forget();
    let (begun, cpu) = (Instant::now(), process::cpu(options.common.pid));
    phase(crowd, load, options.seconds)?;
    let (took, deliveries) = (begun.elapsed(), load.deliveries);
    let used = process::cpu(options.common.pid).zip(cpu).map(|(after, before)| after - before);
    let phase = Phase::new("closed loop", took, deliveries, used, &load.latency);
    drain(crowd, load)?;
    Ok(phase)
}

/// Waits for everything that is on its way.
fn drain(crowd: &mut Crowd, load: &mut Load) -> anyhow::Result<()> {
    let end = Instant::now() + DRAIN;
    while load.outstanding() > 0 && Instant::now() < end {
        for _ in 0..64 {
            crowd.turn(Duration::from_millis(10), load)?;
        }
    }
    Ok(())
}

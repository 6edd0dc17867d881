//! Storms: many join one room at once, or all come back at once after a cut.
//!
//! This file does not know how they connect.

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use hdrhistogram::Histogram;
use protocol::ToClient;

use crate::crowd::{Crowd, Hears};
use crate::options::{Common, pin};
use crate::payload::{Faults, Heard, Stamp};
use crate::process;
use crate::report::{Phase, Report};

/// Longest wait for everybody to know everything.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
pub(crate) struct JoinOptions {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Clients
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub(crate) connections: usize,
    /// Messages a second that one of them sends meanwhile
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) rate: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeOptions {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Clients
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) connections: usize,
    /// Messages a second that one of them sends meanwhile
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) rate: u32,
}

/// What everybody in the room has heard. Connection 0 talks.
pub(crate) struct Room {
    begun: Instant,
    /// People that each was last told of.
    counts: Vec<usize>,
    /// Who has had a list since they connected.
    pub(crate) listed: Vec<bool>,
    /// Newest message that each has, and what it should have heard next.
    last_ids: Vec<u64>,
    heard: Vec<Heard>,
    latency: Histogram<u64>,
    deliveries: u64,
    faults: Faults,
    sent: u64,
}

impl Hears for Room {
    fn heard(&mut self, connection: usize, payload: &[u8]) {
        let text = String::from_utf8_lossy(payload);
        match ToClient::parse(&text) {
            Ok(ToClient::Presence(presence)) => {
                self.counts[connection] = presence.count.unwrap_or(presence.users.len());
                self.listed[connection] = true;
            }
            // The list corrects what this counts twice, and what was not told.
            Ok(ToClient::Join { .. }) => self.counts[connection] += 1,
            Ok(ToClient::Leave { .. }) => {
                self.counts[connection] = self.counts[connection].saturating_sub(1);
            }
            Ok(ToClient::Message(message)) => {
                self.message(connection, message.id.get(), payload, true);
            }
            Ok(ToClient::History(history)) => {
                for message in &history.messages {
                    let text = message.content.as_str().as_bytes();
                    let quoted = [b"\"", text, b"\""].concat();
                    self.message(connection, message.id.get(), &quoted, false);
                }
                self.faults.lost += u64::from(history.more);
            }
            // That messages wait, or no longer.
            Ok(ToClient::Cluster(_)) => {}
            // Nobody does here what the rest would tell of.
            Ok(_) | Err(_) => self.faults.damaged += 1,
        }
    }
}

impl Room {
    pub(crate) fn new(connections: usize) -> anyhow::Result<Self> {
        Ok(Room {
            begun: Instant::now(),
            counts: vec![0; connections],
            listed: vec![false; connections],
            last_ids: vec![0; connections],
            heard: vec![Heard::default(); connections],
            latency: Histogram::new_with_bounds(1, 60_000_000_000, 3)?,
            deliveries: 0,
            faults: Faults::default(),
            sent: 0,
        })
    }

    fn message(&mut self, connection: usize, id: u64, payload: &[u8], live: bool) {
        self.last_ids[connection] = self.last_ids[connection].max(id);
        let Some(Ok(stamp)) = Stamp::find(payload) else {
            self.faults.damaged += 1;
            return;
        };
        if self.heard[connection].count() == 0 {
            // What was said before it came is not missed.
            self.heard[connection].begin(stamp.number);
        }
        self.heard[connection].take(stamp.number, &mut self.faults);
        self.deliveries += 1;
        if live {
            let took = self.now_ns().saturating_sub(stamp.sent_ns);
            self.latency.saturating_record(took.max(1));
        }
    }

    pub(crate) fn said(&self) -> u64 {
        self.sent
    }

    /// Whether everybody has so many of the messages.
    pub(crate) fn all_have(&self, count: u64) -> bool {
        self.heard.iter().all(|heard| heard.count() >= count)
    }

    pub(crate) fn faults(&self) -> Faults {
        self.faults
    }

    /// A connection begins anew.
    pub(crate) fn forget(&mut self, connection: usize) {
        self.listed[connection] = false;
        self.heard[connection] = Heard::default();
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    pub(crate) fn talk(&mut self, crowd: &mut Crowd, room: &str) {
        let stamp = Stamp { publisher: 0, number: self.sent, sent_ns: self.now_ns() };
        self.sent += 1;
        crowd.say(0, &stamp.envelope(room, 100));
    }
}

/// The time between two messages.
pub(crate) fn gap(rate: u32) -> Duration {
    Duration::from_secs(1) / rate.max(1)
}

fn query(i: usize) -> String {
    format!("room=storm&username=c{i}")
}

pub(crate) fn join(options: &JoinOptions) -> anyhow::Result<Report> {
    let (common, count) = (&options.common, options.connections);
    let gap = gap(options.rate);
    pin(common.pin)?;
    let mut room = Room::new(count)?;
    let mut crowd = Crowd::new(common)?;
    crowd.connect(2, query, &mut room)?;
    let cpu = process::cpu(common.pid);
    let begun = Instant::now();
    let (mut dialled, mut talk, mut joined) = (2, Instant::now(), None);
    while room.counts.iter().any(|known| *known != count) {
        while dialled < count && dialled < crowd.upgraded + crowd.dialling_max() {
            crowd.dial(dialled, &query(dialled))?;
            dialled += 1;
        }
        if crowd.upgraded == count && joined.is_none() {
            joined = Some(begun.elapsed());
        }
        if talk.elapsed() >= gap {
            room.talk(&mut crowd, "storm");
            talk = Instant::now();
        }
        crowd.turn(Duration::from_millis(5), &mut room)?;
        let (connected, deliveries) = (crowd.upgraded, room.deliveries);
        let line = || format!("{connected} of {count} are connected, {deliveries} deliveries");
        crowd.progress.say(line);
        if begun.elapsed() > PATIENCE || crowd.dropped > 0 {
            let knowing = room.counts.iter().filter(|known| **known == count).count();
            bail!(
                "{knowing} of {count} know all after {:?}; {} dropped",
                begun.elapsed(),
                crowd.dropped
            );
        }
    }
    let known = begun.elapsed();
    let joined = joined.unwrap_or(known);
    let mut report = finish(&crowd, &room, common, cpu, begun.elapsed());
    report.connect_seconds = joined.as_secs_f64();
    let after = (known - joined).as_secs_f64();
    report.notes.push(format!("all knew of all     {after:.2} s after the last join"));
    Ok(report)
}

pub(crate) fn resume(options: &ResumeOptions) -> anyhow::Result<Report> {
    let (common, count) = (&options.common, options.connections);
    let gap = gap(options.rate);
    pin(common.pin)?;
    let mut room = Room::new(count)?;
    let mut crowd = Crowd::new(common)?;
    crowd.connect(count, query, &mut room)?;
    for _ in 0..20 {
        talk_a_while(&mut crowd, &mut room, gap)?;
    }
    let cpu = process::cpu(common.pid);
    let begun = Instant::now();
    (1..count).for_each(|index| crowd.cut(index));
    for _ in 0..20 {
        talk_a_while(&mut crowd, &mut room, gap)?;
    }
    let (mut dialled, mut talk) = (1, Instant::now());
    let caught_up = |room: &Room| room.heard.iter().all(|heard| heard.count() == room.sent);
    let mut last = None;
    while last.is_none() || !caught_up(&room) {
        while dialled < count && dialled < crowd.upgraded + crowd.dialling_max() {
            let since = room.last_ids[dialled];
            crowd.dial(dialled, &format!("room=storm&username=d{dialled}&since={since}"))?;
            dialled += 1;
        }
        if crowd.upgraded == count {
            last.get_or_insert_with(Instant::now);
        } else if talk.elapsed() >= gap {
            room.talk(&mut crowd, "storm");
            talk = Instant::now();
        }
        crowd.turn(Duration::from_millis(5), &mut room)?;
        let (connected, deliveries) = (crowd.upgraded, room.deliveries);
        let line = || format!("{connected} of {count} are connected, {deliveries} deliveries");
        crowd.progress.say(line);
        if begun.elapsed() > PATIENCE || crowd.dropped > 0 {
            let back = room.heard.iter().filter(|heard| heard.count() == room.sent).count();
            bail!(
                "{back} of {count} are back after {:?}; {} dropped",
                begun.elapsed(),
                crowd.dropped
            );
        }
    }
    Ok(finish(&crowd, &room, common, cpu, begun.elapsed()))
}

/// One message, and until everybody who is there has it.
fn talk_a_while(crowd: &mut Crowd, room: &mut Room, gap: Duration) -> anyhow::Result<()> {
    room.talk(crowd, "storm");
    let begun = Instant::now();
    while room.heard[0].count() < room.sent || begun.elapsed() < gap {
        crowd.turn(Duration::from_millis(5), room)?;
        if begun.elapsed() > PATIENCE {
            bail!("a message does not come back");
        }
    }
    Ok(())
}

pub(crate) fn finish(
    crowd: &Crowd,
    room: &Room,
    common: &Common,
    cpu: Option<Duration>,
    took: Duration,
) -> Report {
    let used = process::cpu(common.pid).zip(cpu).map(|(after, before)| after - before);
    Report {
        connections: crowd.upgraded,
        connect_seconds: took.as_secs_f64(),
        phases: vec![Phase::new("meanwhile", took, room.deliveries, None, &room.latency)],
        faults: room.faults,
        dropped: crowd.dropped,
        bytes_received: crowd.bytes_received,
        server_cpu_seconds: used.map(|used| used.as_secs_f64()),
        server_memory_mib: process::memory(common.pid).map(|bytes| bytes as f64 / 1048576.0),
        ..Report::default()
    }
}

//! The world that a seed makes: which step comes next, and what goes wrong in it.

mod rest;
mod talk;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use protocol::{RoomName, ToClient};

use super::client::Client;
use super::process::Process;
use super::store::Store;
use super::time::{Clocks, Time};
use super::{Mutant, Tracing, check};
use crate::frame::Frame;
use crate::log::event::Event;
use crate::monitoring::metrics::Metrics;

/// Steps before everything comes to rest.
const STEPS: usize = 600;
/// Messages of one client: what a person types in one run.
const MESSAGES_MAX: usize = 8;
const HOUR_US: i64 = 3_600_000_000;

thread_local! {
    /// Making one takes longer than a run; it only counts.
    static METRICS: Arc<Metrics> = Arc::default();
}

pub(super) struct World {
    rng: Rng,
    clocks: Clocks,
    /// Time that only goes forward, as the hub is told it.
    passed: Duration,
    store: Store,
    process: Option<Process>,
    clients: Vec<Client>,
    /// What is between the server and each client.
    wires: Vec<VecDeque<Arc<Frame>>>,
    lines: u64,
    metrics: Arc<Metrics>,
    mutant: Mutant,
    tracing: Tracing,
    steps: usize,
    told: Vec<String>,
}

impl World {
    pub(super) fn new(seed: u64, mutant: Mutant, tracing: Tracing) -> Self {
        let mut rng = Rng::with_seed(seed);
        let rooms = ["dev", "Ops"].map(|name| RoomName::try_from(name).unwrap());
        // The last wants the name of the first, with a key of its own.
        let names = ["alice", "Bob", "Çelik", "dora", "ALICE"];
        let client = |(key, name): (u8, &str), rng: &mut Rng| {
            let rooms = match rng.u8(0..4) {
                0 => &rooms[..],
                1 => &rooms[1..],
                _ => &rooms[..1],
            };
            Client::new(name, key, rooms)
        };
        let clients: Vec<_> = (1..).zip(names).map(|named| client(named, &mut rng)).collect();
        let metrics = METRICS.with(Arc::clone);
        let mut store = Store::new();
        let now_us = 1_800_000_000_000_000;
        let clocks = Clocks { now_us, truth_us: now_us };
        let time = Time::start(&mut store, clocks, mutant);
        World {
            clocks,
            passed: Duration::ZERO,
            process: Some(Process::start(&store, &metrics, time, mutant)),
            store,
            wires: clients.iter().map(|_| VecDeque::new()).collect(),
            clients,
            lines: 0,
            metrics,
            mutant,
            tracing,
            steps: 0,
            told: Vec::new(),
            rng,
        }
    }

    /// Everything that happened, if it was remembered.
    pub(super) fn told(self) -> Vec<String> {
        self.told
    }

    /// Everything that was committed.
    pub(super) fn events(self) -> Vec<Event> {
        self.store.events
    }

    pub(super) fn play(&mut self) -> Result<(), String> {
        for _ in 0..STEPS {
            self.step()?;
        }
        let rested = self.rest();
        check::stored(&self.store, self.clocks.truth_us)?;
        check::rights(&self.store, &self.clients)?;
        check::silence(&self.store)?;
        rested?;
        let process = self.process.as_ref().ok_or("the server is down")?;
        check::at_rest(&self.clients[..self.clients.len() - 1], &self.store, process)?;
        self.leave()
    }

    fn say(&mut self, what: impl FnOnce() -> String) {
        self.steps += 1;
        match self.tracing {
            Tracing::Off => {}
            Tracing::Remember => self.told.push(what()),
            Tracing::Print => println!("{:>6} {}", self.steps, what()),
        }
    }

    /// One thing happens, or goes wrong.
    fn step(&mut self) -> Result<(), String> {
        let passed = self.rng.u64(1..5_000);
        self.pass(passed);
        self.passed += Duration::from_millis(1);
        let who = self.rng.usize(0..self.clients.len());
        if self.process.is_none() && self.rng.u8(0..4) == 0 {
            self.start();
        }
        match self.rng.u8(0..100) {
            0..=11 => self.connect(who)?,
            12..=21 => {
                self.talk(who);
                self.wonder(who);
            }
            22..=44 => self.hear(who)?,
            45..=60 => {
                let (steps, readable) = (self.rng.u8(1..=3), self.rng.u8(0..3) > 0);
                (0..steps).for_each(|_| self.pump(who, readable));
            }
            61..=76 => drop(self.shard()),
            77..=83 => drop(self.begin_commit()),
            84..=90 => {
                let well = self.rng.u8(0..5) > 0;
                self.end_commit(well);
            }
            91..=94 => self.cut(who),
            95..=97 => drop(self.notice()),
            98 if self.rng.bool() => self.crash(),
            98 => {}
            _ => self.turn_clock(),
        }
        if let Some(process) = &self.process {
            check::owners(process, &self.store)?;
            check::rates(process)?;
        }
        Ok(())
    }

    fn connect(&mut self, who: usize) -> Result<(), String> {
        let (Some(process), client) = (&mut self.process, &mut self.clients[who]) else {
            return Ok(());
        };
        if client.line.is_some() {
            return Ok(());
        }
        let (hello, joins) = client.hello();
        let line = self.lines;
        self.lines += 1;
        let outcome = process.connect(line, hello, client.key, &self.store);
        if outcome.is_ok() {
            client.line = Some(line);
            let connection = process.connections.get_mut(&line).ok_or("no connection")?;
            connection.inbox.extend(joins);
        }
        self.say(|| format!("{who} connects on {line}: {outcome:?}"));
        Ok(())
    }

    /// The write pump writes, and the client reads some of what is on its wire.
    fn hear(&mut self, who: usize) -> Result<(), String> {
        let Some(line) = self.clients[who].line else { return Ok(()) };
        match self.process.as_ref().filter(|it| it.connections.contains_key(&line)) {
            Some(process) => match process.take(line) {
                Ok(batch) => self.wires[who].extend(batch),
                Err(end) if self.wires[who].is_empty() => {
                    self.say(|| format!("{who} is ended: {end:?}"));
                    if let Some(process) = &mut self.process {
                        process.end(line);
                    }
                    self.clients[who].lost();
                    return Ok(());
                }
                Err(_) => {}
            },
            None => return Ok(()),
        }
        let count = self.rng.usize(0..=self.wires[who].len());
        let read: Vec<_> = self.wires[who].drain(..count).collect();
        for frame in read {
            let envelope = ToClient::parse(frame.envelope()).map_err(|e| e.to_string())?;
            self.say(|| format!("{who} hears {envelope:?}"));
            if self.clients[who].hear(envelope, &self.store)? {
                self.cut(who);
                break;
            }
        }
        Ok(())
    }

    fn pump(&mut self, who: usize, readable: bool) {
        let Some(process) = &mut self.process else { return };
        // Those that are cut have sent what is still read.
        let lines: Vec<_> = process.connections.keys().copied().collect();
        let line = match self.clients[who].line {
            Some(line) => line,
            None if lines.is_empty() => return,
            None => lines[self.rng.usize(0..lines.len())],
        };
        if process.pump(line, &self.store, readable) {
            self.say(|| format!("the pump of {line} works"));
        }
    }

    fn shard(&mut self) -> bool {
        let now = self.passed;
        let worked = self.process.as_mut().is_some_and(|process| process.shard(now));
        if worked {
            self.say(|| "the hub works".to_owned());
        }
        worked
    }

    fn begin_commit(&mut self) -> bool {
        let now_us = self.clocks.now_us;
        let begun = self.process.as_mut().is_some_and(|process| process.begin_commit());
        if begun {
            self.say(|| format!("a commit begins at {now_us}"));
        }
        begun
    }

    fn end_commit(&mut self, well: bool) -> bool {
        let Some(process) = &mut self.process else { return false };
        let ended = process.end_commit(&mut self.store, well);
        if ended {
            self.say(|| format!("the commit ends, well: {well}"));
        }
        ended
    }

    /// The client loses its line; the server has not noticed.
    fn cut(&mut self, who: usize) {
        let Some(line) = self.clients[who].line else { return };
        self.clients[who].lost();
        self.wires[who].clear();
        if let Some(process) = &mut self.process
            && let Some(connection) = process.connections.get_mut(&line)
        {
            connection.cut = true;
        }
        self.say(|| format!("{who} is cut from {line}"));
    }

    /// Who waits at the gate is not looked after before they are through it. True if somebody was
    /// gone.
    fn notice(&mut self) -> bool {
        let Some(process) = &mut self.process else { return false };
        let mut lines = process.connections.iter();
        let cut = lines.find(|(line, connection)| connection.cut && !process.waits(**line));
        let Some(line) = cut.map(|(line, _)| *line) else { return false };
        process.end(line);
        self.say(|| format!("{line} is noticed to be gone"));
        true
    }

    fn crash(&mut self) {
        let Some(process) = self.process.take() else { return };
        let stored = self.rng.bool();
        process.die(&mut self.store, stored);
        for (client, wire) in self.clients.iter_mut().zip(&mut self.wires) {
            client.lost();
            wire.clear();
        }
        self.say(|| format!("the server dies, its commit stored: {stored}"));
    }

    fn start(&mut self) {
        if self.process.is_none() {
            let time = Time::start(&mut self.store, self.clocks, self.mutant);
            let process = Process::start(&self.store, &self.metrics, time, self.mutant);
            self.process = Some(process);
            self.say(|| "the server starts".to_owned());
        }
    }

    fn turn_clock(&mut self) {
        if self.rng.bool() {
            let hours = self.rng.i64(-2..=2);
            self.clocks.now_us = self.clocks.now_us.saturating_add_signed(hours * HOUR_US);
            self.say(|| "the clock jumps".to_owned());
        } else {
            // Right, or wrong by days, years, and more.
            let days = self.rng.choice([0, 30, -30, 100, 400, -400, 10_000, 90_000]).unwrap_or(0);
            let off = days * 24 * HOUR_US;
            self.clocks.now_us = self.clocks.truth_us.saturating_add_signed(off);
            self.say(|| format!("the clock is {days} days off"));
        }
        self.pass(0);
    }

    /// Time passes, and the server sees what its clocks say.
    fn pass(&mut self, passed_us: u64) {
        self.clocks.now_us += passed_us;
        self.clocks.truth_us += passed_us;
        if let Some(process) = &mut self.process {
            process.now = self.passed;
            process.time.look(self.clocks);
        }
    }
}

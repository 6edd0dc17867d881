//! The world that a seed makes: which step comes next, and what goes wrong in it.

mod rest;
mod talk;

use std::time::Duration;

use fastrand::Rng;
use protocol::ToClient;

use super::client::Client;
use super::machine::{Machine, Wire};
use super::seeds::{Run, Tracing};
use super::{Mutant, check};
use crate::log::event::Event;

/// Steps before everything comes to rest.
const STEPS: usize = 600;
/// Messages of one client: what a person types in one run.
const MESSAGES_MAX: usize = 8;
const HOUR_US: i64 = 3_600_000_000;

pub(super) struct World {
    rng: Rng,
    machine: Machine,
    clients: Vec<Client>,
}

impl Run for World {
    fn new(seed: u64, mutant: Mutant, tracing: Tracing) -> Self {
        let mut rng = Rng::with_seed(seed);
        let clients = Client::several(&mut rng);
        World { machine: Machine::new(clients.len(), mutant, tracing), clients, rng }
    }

    fn play(&mut self) -> Result<(), String> {
        for _ in 0..STEPS {
            self.step()?;
        }
        let rested = self.rest();
        check::stored(&self.machine.store, self.machine.clocks.truth_us)?;
        check::rights(&self.machine.store, &self.clients)?;
        check::silence(&self.machine.store)?;
        rested?;
        let process = self.machine.process.as_ref().ok_or("the server is down")?;
        check::at_rest(&self.clients[..self.clients.len() - 1], &self.machine.store, process)?;
        self.leave()
    }

    fn told(self) -> Vec<String> {
        self.machine.steps.told
    }
}

impl World {
    /// Everything that was committed.
    pub(super) fn events(self) -> Vec<Event> {
        self.machine.store.events
    }

    /// One thing happens, or goes wrong.
    fn step(&mut self) -> Result<(), String> {
        let passed = self.rng.u64(1..5_000);
        self.machine.pass(passed);
        self.machine.passed += Duration::from_millis(1);
        let who = self.rng.usize(0..self.clients.len());
        if self.machine.process.is_none() && self.rng.u8(0..4) == 0 {
            self.machine.start();
        }
        match self.rng.u8(0..100) {
            0..=11 => self.connect(who),
            12..=21 => {
                self.talk(who);
                self.wonder(who);
            }
            22..=44 => self.hear(who)?,
            45..=60 => {
                let (steps, readable) = (self.rng.u8(1..=3), self.rng.u8(0..3) > 0);
                (0..steps).for_each(|_| self.pump(who, readable));
            }
            61..=76 => drop(self.machine.shard()),
            77..=83 => self.machine.begin_commit(),
            84..=90 => {
                let well = self.rng.u8(0..5) > 0;
                self.machine.end_commit(well);
            }
            91..=94 => self.cut(who),
            95..=97 => drop(self.machine.notice()),
            98 if self.rng.bool() => self.crash(),
            98 => self.machine.store_markers(),
            _ => self.turn_clock(),
        }
        if let Some(process) = &self.machine.process {
            check::owners(process, &self.machine.store)?;
            check::rates(process)?;
        }
        Ok(())
    }

    fn connect(&mut self, who: usize) {
        let client = &mut self.clients[who];
        if client.line.is_none() {
            let (hello, joins) = client.hello();
            client.line = self.machine.connect((who, client.key), hello, joins);
        }
    }

    /// The write pump writes, and the client reads some of what is on its wire.
    fn hear(&mut self, who: usize) -> Result<(), String> {
        let Some(line) = self.clients[who].line else { return Ok(()) };
        match self.machine.write((who, line)) {
            Wire::Open => {}
            Wire::Away => return Ok(()),
            Wire::Over => {
                self.clients[who].lost();
                return Ok(());
            }
        }
        let count = self.rng.usize(0..=self.machine.wires[who].len());
        let read: Vec<_> = self.machine.wires[who].drain(..count).collect();
        for frame in read {
            let envelope = ToClient::parse(frame.envelope()).map_err(|e| e.to_string())?;
            self.machine.say(|| format!("{who} hears {envelope:?}"));
            if self.clients[who].hear(envelope, &self.machine.store)? {
                self.cut(who);
                break;
            }
        }
        Ok(())
    }

    fn pump(&mut self, who: usize, readable: bool) {
        let Some(process) = &self.machine.process else { return };
        // Those that are cut have sent what is still read.
        let lines: Vec<_> = process.connections.keys().copied().collect();
        let line = match self.clients[who].line {
            Some(line) => line,
            None if lines.is_empty() => return,
            None => lines[self.rng.usize(0..lines.len())],
        };
        self.machine.pump(line, readable);
    }

    /// The client loses its line; the server has not noticed.
    fn cut(&mut self, who: usize) {
        if let Some(line) = self.clients[who].line {
            self.clients[who].lost();
            self.machine.cut((who, line));
        }
    }

    fn crash(&mut self) {
        if self.machine.crash(|| self.rng.bool()) {
            self.clients.iter_mut().for_each(Client::lost);
        }
    }

    fn turn_clock(&mut self) {
        if self.rng.bool() {
            let hours = self.rng.i64(-2..=2);
            self.machine.clocks.now_us =
                self.machine.clocks.now_us.saturating_add_signed(hours * HOUR_US);
            self.machine.say(|| "the clock jumps".to_owned());
        } else {
            // Right, or wrong by days, years, and more.
            let days = self.rng.choice([0, 30, -30, 100, 400, -400, 10_000, 90_000]).unwrap_or(0);
            let off = days * 24 * HOUR_US;
            self.machine.clocks.now_us = self.machine.clocks.truth_us.saturating_add_signed(off);
            self.machine.say(|| format!("the clock is {days} days off"));
        }
        self.machine.pass(0);
    }
}

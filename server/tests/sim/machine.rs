//! The machine that the server runs on: its disk and its clocks, which stay when the server dies, the wires to
//! its clients, and the server while it is up.
//!
//! This file does not know what clients do, or when anything happens.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Connect, ToServer};

use super::connection::Connection;
use super::process::Process;
use super::seeds::{Steps, Tracing};
use super::store::Store;
use super::time::{Clocks, Time};
use super::{Mutant, metrics};
use crate::frame::Frame;
use crate::monitoring::metrics::Metrics;

const NOW_US: u64 = 1_800_000_000_000_000;

pub(super) struct Machine {
    pub(super) clocks: Clocks,
    /// Time that only goes forward, as the hub is told it.
    pub(super) passed: Duration,
    pub(super) store: Store,
    pub(super) process: Option<Process>,
    /// What is between the server and each client.
    pub(super) wires: Vec<VecDeque<Arc<Frame>>>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) steps: Steps,
    mutant: Mutant,
    lines: u64,
}

/// How a connection is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Open,
    /// The server has ended it, and all that was written was read.
    Over,
    /// The server knows nothing of it.
    Away,
}

impl Machine {
    /// With a server that is up and so many clients.
    pub(super) fn new(clients: usize, mutant: Mutant, tracing: Tracing) -> Self {
        let clocks = Clocks { now_us: NOW_US, truth_us: NOW_US };
        let mut machine = Machine {
            clocks,
            passed: Duration::ZERO,
            store: Store::new(),
            process: None,
            wires: vec![VecDeque::new(); clients],
            metrics: metrics(),
            steps: Steps::new(tracing),
            mutant,
            lines: 0,
        };
        machine.start();
        machine
    }

    pub(super) fn say(&mut self, what: impl FnOnce() -> String) {
        self.steps.take(what);
    }

    pub(super) fn connection(&mut self, line: u64) -> Option<&mut Connection> {
        self.process.as_mut()?.connections.get_mut(&line)
    }

    /// What a client says is on its way to the server, if there is one.
    pub(super) fn send(&mut self, (who, line): (usize, Option<u64>), envelope: &ToServer) {
        if let Some(connection) = line.and_then(|line| self.connection(line)) {
            connection.inbox.push_back(envelope.clone());
            self.say(|| format!("{who} says {envelope:?}"));
        }
    }

    /// Somebody connects and sends some envelopes at once: the number of their connection.
    pub(super) fn connect(
        &mut self,
        (who, key): (usize, u8),
        hello: Connect,
        first: impl IntoIterator<Item = ToServer>,
    ) -> Option<u64> {
        let process = self.process.as_mut()?;
        let line = self.lines;
        self.lines += 1;
        let outcome = process.connect(line, hello, key, &self.store);
        self.say(|| format!("{who} connects on {line}: {outcome:?}"));
        outcome.ok()?;
        self.connection(line)?.inbox.extend(first);
        Some(line)
    }

    /// The write pump writes.
    pub(super) fn write(&mut self, (who, line): (usize, u64)) -> Wire {
        let open = self.process.as_mut().filter(|it| it.connections.contains_key(&line));
        let Some(process) = open else { return Wire::Away };
        match process.take(line) {
            Ok(batch) => self.wires[who].extend(batch),
            Err(end) if self.wires[who].is_empty() => {
                process.end(line);
                self.say(|| format!("{who} is ended: {end:?}"));
                return Wire::Over;
            }
            Err(_) => {}
        }
        Wire::Open
    }

    pub(super) fn pump(&mut self, line: u64, readable: bool) {
        let Some(process) = &mut self.process else { return };
        if process.pump(line, &self.store, readable) {
            self.say(|| format!("the pump of {line} works"));
        }
    }

    pub(super) fn shard(&mut self) -> bool {
        let now = self.passed;
        let worked = self.process.as_mut().is_some_and(|process| process.shard(now));
        if worked {
            self.say(|| "the hub works".to_owned());
        }
        worked
    }

    /// What people have read is to be stored.
    pub(super) fn store_markers(&mut self) {
        if let Some(process) = &mut self.process {
            process.store_markers();
        }
    }

    pub(super) fn begin_commit(&mut self) {
        let now_us = self.clocks.now_us;
        if self.process.as_mut().is_some_and(Process::begin_commit) {
            self.say(|| format!("a commit begins at {now_us}"));
        }
    }

    pub(super) fn end_commit(&mut self, well: bool) {
        let Some(process) = &mut self.process else { return };
        if process.end_commit(&mut self.store, well) {
            self.say(|| format!("the commit ends, well: {well}"));
        }
    }

    /// A client loses its line; the server has not noticed.
    pub(super) fn cut(&mut self, (who, line): (usize, u64)) {
        self.wires[who].clear();
        if let Some(connection) = self.connection(line) {
            connection.cut = true;
        }
        self.say(|| format!("{who} is cut from {line}"));
    }

    /// Who waits at the gate is not looked after before they are through it. True if somebody was
    /// gone.
    pub(super) fn notice(&mut self) -> bool {
        let Some(process) = &mut self.process else { return false };
        let mut lines = process.connections.iter();
        let cut = lines.find(|(line, connection)| connection.cut && !process.waits(**line));
        let Some(line) = cut.map(|(line, _)| *line) else { return false };
        process.end(line);
        self.say(|| format!("{line} is noticed to be gone"));
        true
    }

    /// The server dies; what it was committing may be stored. True if it was up.
    pub(super) fn crash(&mut self, stored: impl FnOnce() -> bool) -> bool {
        let Some(process) = self.process.take() else { return false };
        let stored = stored();
        process.die(&mut self.store, stored);
        self.wires.iter_mut().for_each(VecDeque::clear);
        self.say(|| format!("the server dies, its commit stored: {stored}"));
        true
    }

    /// The server starts, unless it is up.
    pub(super) fn start(&mut self) {
        if self.process.is_none() {
            let time = Time::start(&mut self.store, self.clocks, self.mutant);
            let process = Process::start(&self.store, &self.metrics, time, self.mutant);
            self.process = Some(process);
            self.say(|| "the server starts".to_owned());
        }
    }

    /// Time passes, and the server sees what its clocks say.
    pub(super) fn pass(&mut self, passed_us: u64) {
        self.clocks.now_us += passed_us;
        self.clocks.truth_us += passed_us;
        if let Some(process) = &mut self.process {
            process.now = self.passed;
            process.time.look(self.clocks);
        }
    }
}

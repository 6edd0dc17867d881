//! The world that a seed makes of several nodes: which step comes next.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use protocol::{Epoch, ToClient};

use super::check;
use super::engine::Engine;
use super::node::{Node, Running};
use crate::cluster::speaker::Now;
use crate::cluster::standing::Standing;
use crate::frame::Frame;
use crate::monitoring::metrics::Metrics;
use crate::sim::client::Client;
use crate::sim::seeds::{Run, Steps, Tracing};
use crate::sim::{Mutant, metrics};

/// Steps before everything comes to rest.
const STEPS: usize = 450;
/// Most nodes of a run.
const NODES_MAX: usize = 4;

pub(super) struct World {
    pub(super) rng: Rng,
    pub(super) truth_us: u64,
    /// Time that only goes forward.
    pub(super) passed: Duration,
    pub(super) engine: Engine,
    pub(super) nodes: Vec<Node>,
    pub(super) clients: Vec<Client>,
    /// The node of each client's line.
    pub(super) at: Vec<usize>,
    /// What is between a node and each client.
    pub(super) wires: Vec<VecDeque<Arc<Frame>>>,
    lines: u64,
    pub(super) processes: u64,
    pub(super) metrics: Arc<Metrics>,
    pub(super) mutant: Mutant,
    pub(super) steps: Steps,
    /// Inputs that hubs have worked on.
    pub(super) inputs: usize,
    pub(super) order: check::Order,
    /// Names are kept for their owners.
    pub(super) keeps: bool,
    /// The stream loses its tail in this run.
    pub(super) is_doomed: bool,
}

impl Run for World {
    fn new(seed: u64, mutant: Mutant, tracing: Tracing) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut clients = Client::several(&mut rng);
        clients.iter_mut().for_each(|client| client.renews = true);
        let cluster = Epoch::try_from("simulated").unwrap();
        let count = 1 + usize::try_from(seed).unwrap_or(0) % NODES_MAX;
        let nodes = ["a", "b", "c", "d"].iter().take(count);
        let mut world = World {
            truth_us: 1_800_000_000_000_000,
            passed: Duration::ZERO,
            engine: Engine::new(),
            nodes: nodes.map(|name| Node::new(name, &cluster)).collect(),
            at: vec![0; clients.len()],
            wires: clients.iter().map(|_| VecDeque::new()).collect(),
            clients,
            lines: 0,
            processes: 0,
            metrics: metrics(),
            mutant,
            steps: Steps::new(tracing),
            inputs: 0,
            order: check::Order::default(),
            keeps: rng.u8(0..3) > 0,
            is_doomed: rng.u8(0..20) == 0 || mutant == Mutant::IgnoreHash,
            rng,
        };
        for node in &mut world.nodes {
            node.off_us = world.rng.i64(-7_200_000_000..7_200_000_000);
        }
        world
    }

    fn play(&mut self) -> Result<(), String> {
        for node in 0..self.nodes.len() {
            self.start(node)?;
        }
        if self.rng.u8(0..4) > 0 {
            self.open()?;
        }
        let until = if self.is_doomed { STEPS / 2 } else { STEPS };
        for _ in 0..until {
            self.step()?;
        }
        if self.is_doomed { self.doom() } else { self.end() }
    }

    fn told(self) -> Vec<String> {
        self.steps.told
    }
}

impl World {
    pub(super) fn say(&mut self, what: impl FnOnce() -> String) {
        self.steps.take(what);
    }

    /// All nodes let people in before anything goes wrong, and some come.
    fn open(&mut self) -> Result<(), String> {
        for _ in 0..4 {
            self.pass(Duration::from_millis(10));
            self.go_about()?;
        }
        (0..self.clients.len()).for_each(|who| self.connect(who));
        self.pass(Duration::from_millis(10));
        self.go_about()
    }

    /// One thing happens, or goes wrong.
    fn step(&mut self) -> Result<(), String> {
        let passed = self.rng.u64(500..6_000);
        self.pass(Duration::from_micros(passed));
        let who = self.rng.usize(0..self.clients.len());
        let node = self.rng.usize(0..self.nodes.len());
        match self.rng.u8(0..100) {
            0..=11 => self.connect(who),
            12..=20 => {
                self.talk(who);
                self.wonder(who);
            }
            21..=36 => drop(self.hear(who)?),
            37..=51 => {
                let (steps, readable) = (self.rng.u8(1..=4), self.rng.u8(0..4) > 0);
                for _ in 0..steps {
                    self.pump(who, readable);
                }
            }
            52..=62 => {
                let inputs = self.rng.u8(1..=3);
                for _ in 0..inputs {
                    self.shard(node);
                }
            }
            63..=71 => self.speak(node)?,
            72..=78 => {
                let count = self.rng.u8(1..=4);
                for _ in 0..count {
                    self.take();
                }
            }
            79..=81 => drop(self.ack()),
            82..=91 => drop(self.apply(node, 4)?),
            92..=93 => drop(self.learn(node)),
            94 => self.cut_line(who),
            95 => drop(self.notice(node)),
            _ => self.fault(node)?,
        }
        Ok(())
    }

    /// Time passes.
    pub(super) fn pass(&mut self, passed: Duration) {
        self.passed += passed;
        self.truth_us += u64::try_from(passed.as_micros()).unwrap_or(0);
        for node in &mut self.nodes {
            let clocks = node.clocks(self.truth_us);
            let Some(running) = &mut node.running else { continue };
            running.process.now = self.passed;
            running.process.time.look(clocks);
        }
    }

    pub(super) fn now(&self, node: usize) -> Now {
        let clock_us = self.nodes[node].clocks(self.truth_us).now_us;
        Now { passed: self.passed, clock_us }
    }

    /// A node, if it does anything now.
    pub(super) fn running(&mut self, node: usize) -> Option<&mut Running> {
        let node = &mut self.nodes[node];
        node.running.as_mut().filter(|_| node.paused <= self.passed)
    }

    /// Where somebody comes in: anywhere, or where a connection of theirs was cut that its node still takes for one.
    fn door(&mut self, who: usize) -> usize {
        let (name, at) = (&self.clients[who].name, self.at[who]);
        let is_there = |node: &usize| {
            let running = self.nodes[*node].running.as_ref();
            *node != at && running.is_some_and(|it| it.process.names.find(name).is_some())
        };
        match (0..self.nodes.len()).find(is_there) {
            Some(node) if self.rng.bool() => node,
            _ => self.rng.usize(0..self.nodes.len()),
        }
    }

    /// A client comes in at any node that lets people in.
    pub(super) fn connect(&mut self, who: usize) {
        if self.clients[who].line.is_some() {
            return;
        }
        let node = self.door(who);
        let (hello, joins) = self.clients[who].hello();
        let (line, key) = (self.lines, self.clients[who].key);
        let Node { running: Some(running), store, .. } = &mut self.nodes[node] else { return };
        if running.stands() == Standing::Joining {
            return;
        }
        self.lines += 1;
        let outcome = running.process.connect(line, hello, key, store);
        if outcome.is_ok() {
            running.process.bring(line, joins);
            self.clients[who].line = Some(line);
            self.at[who] = node;
        }
        self.say(|| format!("{who} connects to {node} on {line}: {outcome:?}"));
    }

    /// The write pump writes, and the client reads some of what is on its wire; true if it did.
    pub(super) fn hear(&mut self, who: usize) -> Result<bool, String> {
        let (Some(line), node) = (self.clients[who].line, self.at[who]) else { return Ok(false) };
        let Some(running) = self.running(node) else { return Ok(false) };
        if running.process.claims(line) {
            return Ok(false);
        }
        let end = match running.process.connections.contains_key(&line) {
            true => running.process.take(line),
            false => Ok(Vec::new()),
        };
        let is_there = running.process.knows(line) && end.is_ok();
        if let Ok(batch) = end {
            self.wires[who].extend(batch);
        }
        if !is_there && self.wires[who].is_empty() {
            self.say(|| format!("{who} is out of {node}"));
            self.running(node).into_iter().for_each(|running| running.process.end(line));
            self.clients[who].lost();
            return Ok(true);
        }
        let count = self.rng.usize(0..=self.wires[who].len());
        let read: Vec<_> = self.wires[who].drain(..count).collect();
        for frame in read {
            let envelope = ToClient::parse(frame.envelope()).map_err(|e| e.to_string())?;
            self.say(|| format!("{who} hears {envelope:?}"));
            if self.clients[who].hear(envelope, &self.nodes[node].store)? {
                self.cut_line(who);
                break;
            }
        }
        Ok(count > 0)
    }

    /// A read pump does one thing; false if there was nothing to do.
    pub(super) fn pump(&mut self, who: usize, readable: bool) -> bool {
        let node = self.at[who];
        let lines: Vec<_> = match self.running(node) {
            Some(running) => running.process.connections.keys().copied().collect(),
            None => return false,
        };
        // Those that are cut have sent what is still read.
        let line = match self.clients[who].line {
            Some(line) => line,
            None if lines.is_empty() => return false,
            None => lines[self.rng.usize(0..lines.len())],
        };
        let Node { running: Some(running), store, .. } = &mut self.nodes[node] else {
            return false;
        };
        let worked = running.process.pump(line, store, readable);
        if worked {
            self.say(|| format!("the pump of {line} works"));
        }
        worked
    }

    pub(super) fn shard(&mut self, node: usize) -> bool {
        let now = self.passed;
        let worked = self.running(node).is_some_and(|running| running.process.shard(now));
        if worked {
            self.inputs += 1;
            self.say(|| format!("the hub of {node} works"));
        }
        worked
    }

    /// A client loses its line; the node has not noticed.
    pub(super) fn cut_line(&mut self, who: usize) {
        let Some(line) = self.clients[who].line else { return };
        self.clients[who].lost();
        self.wires[who].clear();
        if let Some(running) = &mut self.nodes[self.at[who]].running {
            if let Some(connection) = running.process.connections.get_mut(&line) {
                connection.cut = true;
            }
            running.process.claiming.iter_mut().for_each(|it| it.cut |= it.line == line);
        }
        self.say(|| format!("{who} is cut from {line}"));
    }

    /// True if somebody was gone.
    pub(super) fn notice(&mut self, node: usize) -> bool {
        let Some(running) = self.running(node) else { return false };
        let process = &mut running.process;
        if process.claiming.iter().any(|it| it.cut) {
            process.claiming.retain(|it| !it.cut);
            self.say(|| format!("{node} notices that somebody is gone who wanted to come in"));
            return true;
        }
        let mut lines = process.connections.iter();
        let cut = lines.find(|(line, connection)| connection.cut && !process.waits(**line));
        let Some(line) = cut.map(|(line, _)| *line) else { return false };
        process.end(line);
        self.say(|| format!("{line} is noticed to be gone"));
        true
    }
}

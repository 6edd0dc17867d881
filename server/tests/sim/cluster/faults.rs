//! What nodes and the stream do of themselves, and what goes wrong with them.

use std::time::Duration;

use super::check;
use super::node::{Node, Unable};
use super::world::World;
use crate::cluster::speaker::Ended;
use crate::cluster::standing::Standing;
use crate::log::event::{Act, Forget};
use crate::log::{Command, ReplyTo};
use crate::sim::Mutant;

/// Seconds that a node may do nothing.
const PAUSE_MAX: u64 = 16;
/// Seconds after which nodes that cannot be reached are given up, or know that they are cut off.
const LULL: u32 = 17;

impl World {
    /// A node looks around, and says what is due.
    pub(super) fn speak(&mut self, node: usize) -> Result<(), String> {
        let now = self.now(node);
        if self.running(node).is_none() {
            return Ok(());
        }
        let Node { running: Some(running), is_cut, .. } = &mut self.nodes[node] else {
            return Ok(());
        };
        let before = (running.stands(), self.engine.on_the_way());
        let ended = running.speak(now, Some(&mut self.engine).filter(|_| !*is_cut));
        let after = (running.stands(), self.engine.on_the_way());
        if let Err(ended) = ended {
            self.say(|| format!("{node} ends: {ended:?}"));
            if ended == Ended::Form {
                return Err(format!("{node} does not know a form"));
            }
            self.crash(node, false)?;
        } else if before != after {
            self.say(|| format!("{node} is {} and speaks, {} on the way", after.0, after.1));
        }
        Ok(())
    }

    /// A record arrives at the stream, or not; false if there was none.
    pub(super) fn take(&mut self) -> bool {
        let now = (self.passed, self.truth_us);
        let Some((what, seq)) = self.engine.take(&mut self.rng, now) else { return false };
        self.say(|| format!("{seq} arrives {what}"));
        true
    }

    /// An answer of the stream arrives at its node.
    pub(super) fn ack(&mut self) -> bool {
        let Some(ack) = self.engine.acks.pop() else { return false };
        let to = |node: &&mut Node| {
            node.running.as_ref().is_some_and(|running| running.id == ack.append.from)
        };
        let Some(node) = self.nodes.iter_mut().filter(|node| !node.is_cut).find(to) else {
            return true;
        };
        node.running.iter_mut().for_each(|running| running.acked(ack.clone()));
        self.say(|| format!("the answer for {} arrives", ack.seq));
        true
    }

    /// A node reads and applies so much; false if there was nothing.
    pub(super) fn apply(&mut self, node: usize, most: usize) -> Result<bool, String> {
        let now = self.now(node);
        if self.running(node).is_none() {
            return Ok(false);
        }
        let Node { name, store, running: Some(running), is_cut, .. } = &mut self.nodes[node] else {
            return Ok(false);
        };
        let count = self.rng.usize(1..=most);
        if !*is_cut {
            running.read(&self.engine, count);
        }
        let (order, name) = (&mut self.order, name.clone());
        let is_doomed = self.is_doomed;
        let see = |applied: &_| if is_doomed { Ok(()) } else { order.applied(&name, applied) };
        let applied = running.apply(store, (count, now), see)?;
        if applied > 0 {
            let seq = running.replica.seen().seq;
            self.say(|| format!("{node} applies {applied} up to {seq}"));
            if !self.is_doomed {
                check::people(&self.nodes)?;
            }
        }
        Ok(applied > 0)
    }

    pub(super) fn learn(&mut self, node: usize) -> bool {
        let learnt = self.running(node).is_some_and(|running| running.learn());
        if learnt {
            self.say(|| format!("the memory of {node} follows"));
        }
        learnt
    }

    /// Something goes wrong.
    pub(super) fn fault(&mut self, node: usize) -> Result<(), String> {
        match self.rng.u8(0..24) {
            0..=1 => {
                let stored = self.rng.bool();
                self.crash(node, stored)?;
            }
            2..=5 => self.start(node)?,
            6 => self.stop(node)?,
            7 => {
                let pause = Duration::from_secs(self.rng.u64(1..PAUSE_MAX));
                self.nodes[node].paused = self.passed + pause;
                self.say(|| format!("{node} pauses for {pause:?}"));
            }
            8..=10 => self.cut_or_mend(node),
            11..=12 => {
                self.engine.change_leader(&mut self.rng);
                self.say(|| "another leader".to_owned());
            }
            13 => {
                let until = self.passed + Duration::from_secs(self.rng.u64(1..PAUSE_MAX));
                self.engine.pause(until);
                self.say(|| format!("the stream pauses until {until:?}"));
            }
            14..=15 => {
                if let Some(running) = self.running(node) {
                    running.reopen();
                    self.say(|| format!("{node} reads anew"));
                }
            }
            16 => self.trim(),
            17..=18 => self.clear(node),
            19..=20 => self.pass(Duration::from_millis(1_000)),
            21 => {
                self.nodes[node].off_us = self.rng.i64(-7_200_000_000..7_200_000_000);
                self.say(|| format!("the clock of {node} jumps"));
            }
            22 => self.lull()?,
            _ => self.miss(node),
        }
        Ok(())
    }

    pub(super) fn crash(&mut self, node: usize, stored: bool) -> Result<(), String> {
        if self.nodes[node].running.is_none() {
            return Ok(());
        }
        let applied = self.nodes[node].die(stored);
        if !self.is_doomed {
            let (order, name) = (&mut self.order, &self.nodes[node].name);
            applied.iter().try_for_each(|applied| order.applied(name, applied))?;
        }
        for who in 0..self.clients.len() {
            if self.at[who] == node {
                self.clients[who].lost();
                self.wires[who].clear();
            }
        }
        self.say(|| format!("{node} dies, what it applies is stored: {stored}"));
        Ok(())
    }

    /// A node starts, with its database or, if that is too old, with a copy of another's.
    pub(super) fn start(&mut self, node: usize) -> Result<(), String> {
        if self.nodes[node].running.is_some() || self.nodes[node].has_lost_tail {
            return Ok(());
        }
        self.processes += 1;
        let (id, with) = (self.processes, (self.truth_us, &self.metrics.clone(), self.mutant));
        match self.nodes[node].start(id, &self.engine, with, self.keeps) {
            Ok(()) => self.say(|| format!("{node} starts")),
            Err(Unable::LostTail) if self.is_doomed => {
                self.nodes[node].has_lost_tail = true;
                self.say(|| format!("{node} does not start, since the stream lost its tail"));
            }
            Err(Unable::LostTail) => return Err(format!("{node} takes the stream for another")),
            Err(Unable::Hole) => {
                let others = self.nodes.iter().filter(|it| it.running.is_some());
                let furthest = others.max_by_key(|it| it.store.seq);
                let all = || self.nodes.iter().max_by_key(|it| it.store.seq);
                let Some(copy) = furthest.or_else(all).map(|it| it.store.copy()) else {
                    return Ok(());
                };
                self.nodes[node].store = copy;
                self.say(|| format!("{node} copies the database of another"));
            }
        }
        Ok(())
    }

    /// A node says that it ends, and is gone.
    fn stop(&mut self, node: usize) -> Result<(), String> {
        let now = self.now(node);
        if self.running(node).is_none() || self.nodes[node].is_cut {
            return Ok(());
        }
        let Some(running) = &mut self.nodes[node].running else { return Ok(()) };
        let lines: Vec<_> = running.process.connections.keys().copied().collect();
        lines.into_iter().for_each(|line| running.process.end(line));
        running.stop(now, &mut self.engine);
        self.say(|| format!("{node} stops"));
        self.crash(node, false)
    }

    fn cut_or_mend(&mut self, node: usize) {
        let node_at = node;
        let node = &mut self.nodes[node];
        node.is_cut = !node.is_cut;
        let is_cut = node.is_cut;
        if !is_cut {
            node.running.iter_mut().for_each(super::node::Running::reconnected);
        }
        self.say(|| format!("{node_at} is cut from the stream: {is_cut}"));
    }

    /// Old records are forgotten, but not what nobody has applied.
    fn trim(&mut self) {
        let furthest = self.nodes.iter().map(|node| node.store.seq).max();
        let upto = self.rng.u64(0..=furthest.unwrap_or_default());
        self.engine.trim(upto);
        self.say(|| format!("the stream forgets what is before {upto}"));
    }

    /// The first node clears away what everybody has seen.
    fn clear(&mut self, node: usize) {
        let room = self.rng.usize(0..2);
        let rooms: Vec<_> = self.clients.iter().flat_map(|it| it.rooms.values()).collect();
        let Some(room) = rooms.get(room).map(|view| view.room.clone()) else { return };
        let views = rooms.iter().filter(|view| view.room == room);
        let Some(upto) = views.map(|view| view.position).min() else { return };
        let Some(running) = self.running(node) else { return };
        if running.shared.is_first() {
            let act = Act::Forget(Box::new(Forget { room: Some(room), upto }));
            running.process.commands.push_back(Command { act, reply_to: ReplyTo::Nobody });
            self.say(|| format!("{node} clears up to {upto}"));
        }
    }

    /// A record gets lost between the stream and a node.
    fn miss(&mut self, node: usize) {
        let Node { running: Some(running), is_cut: false, .. } = &mut self.nodes[node] else {
            return;
        };
        if running.read(&self.engine, 3) > 1 {
            running.incoming.pop_front();
            self.say(|| format!("{node} misses a record"));
        }
    }

    /// For some time nobody does anything, but nodes and the stream go on as they can.
    fn lull(&mut self) -> Result<(), String> {
        self.say(|| "a lull begins".to_owned());
        for _ in 0..LULL {
            self.pass(Duration::from_secs(1));
            self.go_about()?;
        }
        self.say(|| "a lull ends".to_owned());
        Ok(())
    }

    /// All nodes speak, the stream takes it, and all apply it; true if it was more than beats.
    pub(super) fn go_about(&mut self) -> Result<(), String> {
        (0..self.nodes.len()).try_for_each(|node| self.speak(node))?;
        self.engine.take_all((self.passed, self.truth_us));
        while self.ack() {}
        for node in 0..self.nodes.len() {
            while self.apply(node, 64)? {}
            while self.learn(node) {}
        }
        Ok(())
    }

    /// The stream loses its tail, and sooner or later some node notices.
    pub(super) fn doom(&mut self) -> Result<(), String> {
        self.mend_all();
        let furthest = self.nodes.iter().map(Node::has_read).max();
        let count = self.rng.u64(1..8);
        self.engine.lose_tail(count);
        let is_noticeable = furthest.is_some_and(|seq| seq > self.engine.last());
        self.say(|| format!("the stream loses {count} records, noticeable: {is_noticeable}"));
        for _ in 0..60 {
            self.pass(Duration::from_secs(1));
            for node in 0..self.nodes.len() {
                self.start(node)?;
            }
            self.go_about()?;
            let is_diverged = |node: &Node| {
                node.has_lost_tail
                    || node.running.as_ref().is_some_and(|it| it.stands() == Standing::Diverged)
            };
            if self.nodes.iter().any(is_diverged) {
                return if is_noticeable {
                    Ok(())
                } else {
                    Err("noticed what is not so".to_owned())
                };
            }
        }
        // What was lost may have been sent again, and be the same.
        let seen: Vec<_> = self.nodes.iter().map(|node| node.store.place().seen).collect();
        let differ =
            seen.iter().any(|one| seen.iter().any(|it| it.seq == one.seq && it.hash != one.hash));
        if differ { Err("nobody noticed that the tail is lost".to_owned()) } else { Ok(()) }
    }

    /// Nothing goes wrong any more.
    pub(super) fn mend_all(&mut self) {
        self.engine.heal();
        for node in &mut self.nodes {
            node.paused = Duration::ZERO;
            if node.is_cut {
                node.is_cut = false;
                node.running.iter_mut().for_each(super::node::Running::reconnected);
            }
        }
    }

    /// Whether the mutant is one that a node needs a hole for.
    pub(super) fn keeps_one_dead(&self) -> bool {
        self.nodes.len() > 1
            && (self.steps.count.is_multiple_of(4) || self.mutant == Mutant::NeverBury)
    }
}

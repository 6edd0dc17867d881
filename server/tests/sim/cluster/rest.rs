//! How a run of several nodes ends: everything comes to rest, and then everybody goes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::check;
use super::world::World;
use crate::cluster::standing::Standing;
use crate::sim::check as alone;
use crate::sim::process::hash;

/// Rounds that coming to rest may take: far more than it does.
const ROUNDS_MAX: usize = 3_000;
/// After so many rounds in which nobody could do anything, seconds pass instead of milliseconds.
const PATIENCE: usize = 3;

impl World {
    /// Everything comes to rest and is as it must be.
    pub(super) fn end(&mut self) -> Result<(), String> {
        let rested = self.rest();
        let all = &self.clients[..self.clients.len() - 1];
        for node in self.nodes.iter().filter(|node| node.running.is_some()) {
            alone::stored(&node.store, self.truth_us)?;
            alone::silence(&node.store)?;
        }
        rested?;
        for node in self.nodes.iter().filter(|node| node.running.is_some()) {
            check::said(node, &self.clients)?;
        }
        check::rows(&self.nodes)?;
        for (client, at) in all.iter().zip(&self.at) {
            alone::sees_all(client, all, &self.nodes[*at].store)?;
        }
        check::at_rest(&self.nodes, all, &self.at)?;
        self.leave()
    }

    /// Nothing goes wrong any more, but one node may be dead for good: everybody gets in and hears everything. Who
    /// only wants another's name goes.
    fn rest(&mut self) -> Result<(), String> {
        self.mend_all();
        let dead = self.keeps_one_dead().then(|| self.rng.usize(0..self.nodes.len()));
        dead.into_iter().try_for_each(|node| self.crash(node, false))?;
        self.cut_line(self.clients.len() - 1);
        self.clients.iter_mut().for_each(|client| client.think(0));
        let mut idle = 0;
        for _ in 0..ROUNDS_MAX {
            let pause =
                if idle < PATIENCE { Duration::from_millis(5) } else { Duration::from_secs(1) };
            self.pass(pause);
            let before = self.done();
            for node in (0..self.nodes.len()).filter(|node| Some(*node) != dead) {
                self.start(node)?;
                while self.notice(node) {}
            }
            self.choose();
            for who in 0..self.clients.len() - 1 {
                self.connect(who);
                self.speak_up(who);
                while self.pump(who, true) {}
                (0..self.nodes.len()).for_each(|node| while self.shard(node) {});
                while self.hear(who)? {}
            }
            self.go_about()?;
            (0..self.nodes.len()).for_each(|node| while self.shard(node) {});
            idle = if self.done() == before { idle + 1 } else { 0 };
            if idle > PATIENCE && self.is_settled(dead) {
                return Ok(());
            }
        }
        Err(format!("it never comes to rest: {}", self.unsettled(dead)))
    }

    /// How much was done, besides what nodes do all the time.
    fn done(&self) -> [usize; 4] {
        let pending = self.clients.iter().map(|client| client.pending.len()).sum();
        let seen = self.clients.iter().flat_map(|it| it.rooms.values()).map(|it| it.seen.len());
        let people = self.clients.iter().flat_map(|it| it.rooms.values()).map(|it| it.people.len());
        [pending, seen.sum(), people.sum(), self.inputs]
    }

    /// Two want one name. Whose it is not, if it is kept for somebody, goes.
    fn choose(&mut self) {
        let stores = self.nodes.iter().map(|node| &node.store);
        let Some(furthest) = stores.max_by_key(|store| store.seq) else { return };
        let (first, last) = (&self.clients[0], self.clients.len() - 1);
        if furthest.owner(&first.name).is_some_and(|owner| owner != hash(first.key)) {
            self.cut_line(0);
            self.clients.swap(0, last);
            self.wires.swap(0, last);
            self.at.swap(0, last);
        }
    }

    fn is_settled(&self, dead: Option<usize>) -> bool {
        self.unsettled(dead).is_empty()
    }

    /// What is not at rest.
    fn unsettled(&self, dead: Option<usize>) -> String {
        let clients = self.clients[..self.clients.len() - 1].iter().enumerate();
        let clients = clients.filter(|(who, it)| {
            let is_in = it.line.is_some() && it.rooms.values().all(|view| view.entered);
            !is_in || !it.pending.is_empty() || !self.wires[*who].is_empty()
        });
        let clients =
            clients.map(|(who, it)| format!("client {who} {:?} {:?}", it.line, it.pending));
        let is_there = |(node, _): &(usize, _)| Some(*node) != dead;
        let nodes = self.nodes.iter().enumerate().filter(is_there);
        let nodes = nodes.filter(|(_, node)| {
            let running = node.running.as_ref();
            running.is_none_or(|it| {
                let is_noticed = !it.process.connections.values().any(|connection| connection.cut);
                it.stands() != Standing::Current || !it.is_quiet() || !is_noticed
            })
        });
        let nodes = nodes.map(|(at, node)| {
            let running = node.running.as_ref();
            let stands = running.map(|it| (it.stands(), it.shared.members.read().awaited()));
            let presence = running.map(|it| &it.shared.presence);
            format!("node {at} {stands:?} {presence:?}")
        });
        let buried = dead.filter(|dead| {
            let lives = |node: &super::node::Node| {
                let members = node.running.as_ref().map(|it| it.shared.members.read());
                members.is_some_and(|it| it.eras().any(|(name, _)| *name == self.nodes[*dead].name))
            };
            self.mutant != crate::sim::Mutant::NeverBury && self.nodes.iter().any(lives)
        });
        let buried = buried.map(|dead| format!("node {dead} is not buried"));
        nodes.chain(clients).chain(buried).collect::<Vec<_>>().join("; ")
    }

    /// Everybody goes, and nothing is left of them.
    fn leave(&mut self) -> Result<(), String> {
        (0..self.clients.len()).for_each(|who| self.cut_line(who));
        for _ in 0..8 {
            self.pass(Duration::from_secs(1));
            for node in 0..self.nodes.len() {
                while self.notice(node) {}
                // What those did who are gone.
                while self.running(node).is_some_and(|running| running.process.carry_on()) {}
            }
            self.go_about()?;
            (0..self.nodes.len()).for_each(|node| while self.shard(node) {});
        }
        let bytes = self.metrics.outbox_bytes.load(Ordering::Relaxed);
        for node in &self.nodes {
            let Some(running) = &node.running else { continue };
            let process = &running.process;
            let (rooms, open) = (process.rooms_in_hub(), process.health.rooms.count());
            let people = running.shared.members.read().people().len();
            let left = (rooms, open, process.names.count(), people, bytes);
            if left != (0, 0, 0, 0, 0) {
                let people = running.shared.members.read().people();
                return Err(format!("{left:?} is left on {}: {people:?}", node.name));
            }
        }
        Ok(())
    }
}

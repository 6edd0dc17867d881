//! How a run ends: everything comes to rest, and then everybody goes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::World;
use crate::sim::check;
use crate::sim::process::hash;

/// Steps that coming to rest may take: far more than it does.
const STEPS_TO_REST: usize = 10_000;

impl World {
    /// Nothing goes wrong any more: everybody gets in and hears everything. Who only wants another's
    /// name goes.
    pub(super) fn rest(&mut self) -> Result<(), String> {
        self.start();
        self.cut(self.clients.len() - 1);
        self.clients.iter_mut().for_each(|client| client.think(0));
        for _ in 0..STEPS_TO_REST {
            self.passed += Duration::from_millis(5);
            self.pass(5_000);
            while self.notice() {}
            self.release();
            let before = self.steps;
            for who in 0..self.clients.len() - 1 {
                self.connect(who)?;
                self.talk(who);
                self.pump(who, true);
                while self.shard() {}
                self.hear(who)?;
                self.process.iter().try_for_each(check::rates)?;
                let read = self.wires[who].is_empty();
                if !read {
                    // It reads by and by.
                    self.say(|| format!("{who} has more to hear"));
                }
            }
            self.begin_commit();
            self.end_commit(true);
            if self.steps == before && self.is_settled() {
                return Ok(());
            }
        }
        Err("it never comes to rest".to_owned())
    }

    /// The operator takes the first one's name from whoever else has it.
    fn release(&mut self) {
        let (name, key) = (&self.clients[0].name, hash(self.clients[0].key));
        if self.store.owner(name).is_some_and(|owner| owner != key) {
            self.store.release(name);
        }
    }

    fn is_settled(&self) -> bool {
        let all = &self.clients[..self.clients.len() - 1];
        all.iter().all(|it| it.line.is_some() && it.pending.is_empty())
    }

    /// Everybody goes, and nothing is left of them.
    pub(super) fn leave(&mut self) -> Result<(), String> {
        (0..self.clients.len()).for_each(|who| self.cut(who));
        let Some(process) = &mut self.process else { return Ok(()) };
        while let Some(line) = process.connections.keys().next().copied() {
            process.end(line);
            while process.shard(self.passed) {}
        }
        let (rooms, open) = (process.rooms_in_hub(), process.health.rooms.count());
        let (names, bytes) = (process.names.count(), &self.metrics.outbox_bytes);
        let left = (rooms, open, names, bytes.load(Ordering::Relaxed));
        if left == (0, 0, 0, 0) { Ok(()) } else { Err(format!("{left:?} is left")) }
    }
}

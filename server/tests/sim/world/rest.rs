//! How a run ends: everything comes to rest, and then everybody goes.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::World;
use crate::sim::check;
use crate::sim::process::hash;

/// Steps that coming to rest may take: far more than it does.
const STEPS_TO_REST: usize = 10_000;
/// One of two devices of a person.
const READER: usize = 1;

impl World {
    /// Nothing goes wrong any more: everybody gets in and hears everything. Who only wants another's
    /// name goes.
    pub(super) fn rest(&mut self) -> Result<(), String> {
        self.machine.start();
        self.cut(self.clients.len() - 1);
        self.clients.iter_mut().for_each(|client| {
            client.think(0);
            client.doubt_markers();
        });
        let mut has_read = false;
        for _ in 0..STEPS_TO_REST {
            self.machine.passed += Duration::from_millis(5);
            self.machine.pass(5_000);
            while self.machine.notice() {}
            self.release();
            let before = self.machine.steps.count;
            for who in 0..self.clients.len() - 1 {
                self.connect(who);
                self.talk(who);
                self.pump(who, true);
                while self.machine.shard() {}
                self.hear(who)?;
                self.machine.process.iter().try_for_each(check::rates)?;
                let read = self.machine.wires[who].is_empty();
                if !read {
                    // It reads by and by.
                    self.machine.say(|| format!("{who} has more to hear"));
                }
            }
            self.machine.store_markers();
            self.machine.begin_commit();
            self.machine.end_commit(true);
            if self.machine.steps.count == before && self.is_settled() {
                if has_read {
                    return Ok(());
                }
                // One device alone reads what was said last.
                self.read_all(READER);
                has_read = true;
            }
        }
        Err("it never comes to rest".to_owned())
    }

    /// The operator takes the first one's name from whoever else has it.
    fn release(&mut self) {
        let (name, key) = (&self.clients[0].name, hash(self.clients[0].key));
        if self.machine.store.owner(name).is_some_and(|owner| owner != key) {
            self.machine.store.release(name);
        }
    }

    fn is_settled(&self) -> bool {
        let all = &self.clients[..self.clients.len() - 1];
        all.iter().all(|it| it.line.is_some() && it.pending.is_empty())
    }

    /// Everybody goes, and nothing is left of them.
    pub(super) fn leave(&mut self) -> Result<(), String> {
        (0..self.clients.len()).for_each(|who| self.cut(who));
        let Some(process) = &mut self.machine.process else { return Ok(()) };
        while let Some(line) = process.connections.keys().next().copied() {
            process.end(line);
            while process.shard(self.machine.passed) {}
        }
        let (rooms, open) = (process.rooms_in_hub(), process.health.rooms.count());
        let (names, bytes) = (process.names.count(), &self.machine.metrics.outbox_bytes);
        let left = (rooms, open, names, bytes.load(Ordering::Relaxed));
        if left == (0, 0, 0, 0) { Ok(()) } else { Err(format!("{left:?} is left")) }
    }
}

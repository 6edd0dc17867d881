//! The writer of a server that is alone: it takes all that waits, gives it its place in the order, commits it,
//! and then tells.
//!
//! This file does not know SQL.

use std::thread::park_timeout;
use std::time::Instant;

use tokio::sync::mpsc;

use super::thread::{COMMIT_INTERVAL, LogThread};
use crate::log::command::{Command, ReplyTo};
use crate::log::effects::To;
use crate::log::event::{Act, Event};
use crate::log::sequencer::Sequencer;

/// Most messages of one commit: by then its cost per message has vanished, and waiting for it is
/// still short.
const BATCH_MAX: usize = 512;

impl LogThread {
    pub(super) fn run(&mut self, mut queue: mpsc::Receiver<Command>, mut sequencer: Sequencer) {
        let mut commands = Vec::with_capacity(BATCH_MAX);
        let mut next = Instant::now();
        while queue.blocking_recv_many(&mut commands, BATCH_MAX) > 0 {
            gather(&mut queue, &mut commands, next);
            let began = Instant::now();
            next = began + COMMIT_INTERVAL;
            let batch = self.place(&mut commands, &mut sequencer);
            let batch = self.writable(batch);
            if !batch.is_empty() {
                self.commit(batch, began);
            }
        }
        self.note_time(&mut sequencer);
    }

    /// Gives each its place in the order.
    fn place(
        &self,
        commands: &mut Vec<Command>,
        sequencer: &mut Sequencer,
    ) -> Vec<(Event, ReplyTo)> {
        let now_us = self.time.read().now_us;
        let place = |Command { act, reply_to }| (sequencer.place(act, now_us), reply_to);
        commands.drain(..).map(place).collect()
    }

    /// What may be stored now. On a disk that is nearly full, that is what makes room.
    fn writable(&self, batch: Vec<(Event, ReplyTo)>) -> Vec<(Event, ReplyTo)> {
        let Err(error) = self.guard.may_write() else { return batch };
        let may = |event: &Event| error.lets_forget() && event.act.makes_room();
        let (writable, refused): (Vec<_>, _) = batch.into_iter().partition(|it| may(&it.0));
        if !refused.is_empty() {
            self.effects.failed(refused, &error);
        }
        writable
    }

    fn commit(&mut self, batch: Vec<(Event, ReplyTo)>, began: Instant) {
        match self.store.commit(batch.iter().map(|(event, _)| event)) {
            Ok(outcomes) => {
                let erased = outcomes.iter().any(|it| it.erases());
                let asked = batch.iter().filter(|(event, _)| !event.act.is_upkeep()).count();
                if asked > 0 {
                    self.metrics.committed(asked, began.elapsed());
                }
                let (hub, metrics) = (&self.hub, &self.metrics);
                self.effects.follow(batch, outcomes, |room, frame, to| match to {
                    To::Everybody => hub.deliver(room, frame),
                    To::Hooks(id) => self.webhooks.said(&room, id, frame.envelope(), metrics),
                    To::Author(author) => hub.deliver_again(room, author, frame),
                    To::Reach { also, leaving } => hub.reach(room, frame, also, leaving),
                });
                self.committed(erased);
            }
            Err(error) => self.effects.failed(batch, &error),
        }
    }

    /// Notes for the next start up to when time has passed.
    fn note_time(&mut self, sequencer: &mut Sequencer) {
        let time = self.time.read();
        let Some(known) = time.known_ms() else { return };
        let event = sequencer.place(Act::NoteTime(known), time.now_us);
        let batch = self.writable(vec![(event, ReplyTo::Nobody)]);
        if !batch.is_empty() {
            self.commit(batch, Instant::now());
        }
    }
}

/// Waits until the next commit is due, and adds what came meanwhile.
fn gather(queue: &mut mpsc::Receiver<Command>, batch: &mut Vec<Command>, due: Instant) {
    let early = due.saturating_duration_since(Instant::now());
    if batch.len() < BATCH_MAX && !early.is_zero() {
        // Nobody unparks it: it waits.
        park_timeout(early);
    }
    while batch.len() < BATCH_MAX
        && let Ok(command) = queue.try_recv()
    {
        batch.push(command);
    }
}

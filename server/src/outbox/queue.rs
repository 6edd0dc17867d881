//! What waits for one connection, and what becomes of it: bounds, replays, the end.
//!
//! This file does not know who pushes, or what a frame says.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use protocol::Refusal;

use crate::config::ROOMS_PER_CONNECTION_MAX;
use crate::frame::{Delivery, Frame};
use crate::monitoring::metrics::{Dropped, Metrics};

/// Replays remembered of one connection, twice as many as its rooms: one whose room was left again
/// goes when so many newer ones have come.
pub(super) const REPLAYED_MAX: usize = 2 * ROOMS_PER_CONNECTION_MAX;

/// Behind so many waiting frames nothing is told that matters for a moment alone: whoever reads so slowly would
/// hear it too late.
const FLEETING_MAX: usize = 16;

/// What may wait for one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes_max: usize,
    pub(crate) frames_max: usize,
}

/// What all outboxes of a server have in common.
#[derive(Debug)]
pub(crate) struct OutboxShared {
    pub(crate) bounds: Bounds,
    pub(crate) metrics: Arc<Metrics>,
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer said goodbye, or its socket did.
    Gone,
    /// The peer did not answer a ping.
    Silent,
    /// The peer took nothing for too long.
    Stalled,
    /// It is told why, with an `error` envelope and a close code.
    Refused(Refusal),
}

/// What a connection's read pump is told from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It is over.
    End(End),
    /// There are rooms to leave.
    Leave,
}

/// What goes out when frames are let go that were held back.
#[derive(Debug, Default)]
pub(crate) struct Release {
    /// Behind what waited before frames were held back, and before what came since.
    pub(crate) first: Vec<Arc<Frame>>,
    /// It is a replay of a room, by tag, up to a number: what waited and is in it is left out.
    pub(crate) replayed: Option<(u64, u64)>,
    /// A room that is being entered, by tag, and what is told once it knows who is there.
    pub(crate) entry: Option<(u64, Option<Arc<Frame>>)>,
    /// A room, by tag, of which nothing goes out that waited.
    pub(crate) dropped: Option<u64>,
}

/// What hardly any connection has at a time.
#[derive(Debug, Default)]
struct Rare {
    /// Frames are held back: so many of those that wait had come before.
    held: Option<usize>,
    /// Rooms that the read pump is to leave.
    leave: Vec<u64>,
    /// Rooms that the hub has not told of yet, each with what follows that.
    entries: Vec<(u64, Option<Arc<Frame>>)>,
}

/// Everything that waits, and who waits for it.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) waiting: Vec<Arc<Frame>>,
    pub(super) bytes: usize,
    pub(super) shared: Arc<OutboxShared>,
    /// Rooms that were replayed up to a number that live frames have not passed yet, oldest first.
    pub(super) replayed: Vec<(u64, u64)>,
    pub(super) end: Option<End>,
    /// None is the same as one that is empty.
    rare: Option<Box<Rare>>,
    writer: Option<Waker>,
    reader: Option<Waker>,
    pub(super) wants_room: bool,
}

impl Queue {
    pub(super) fn new(shared: Arc<OutboxShared>) -> Self {
        Queue {
            waiting: Vec::new(),
            bytes: 0,
            shared,
            replayed: Vec::new(),
            end: None,
            rare: None,
            writer: None,
            reader: None,
            wants_room: false,
        }
    }

    /// Changes it, and counts by how much it grew.
    pub(super) fn counted<T>(&mut self, change: impl FnOnce(&mut Queue) -> T) {
        let before = signed(self.bytes);
        change(self);
        self.shared.metrics.outbox_grew(signed(self.bytes) - before);
    }

    /// True if the frame waits now.
    pub(super) fn push(&mut self, frame: &Arc<Frame>) -> bool {
        if self.end.is_some() {
            return false;
        }
        match frame.delivery() {
            Delivery::Sequenced { room_tag, number } if self.is_replayed(room_tag, number) => {
                return false;
            }
            Delivery::Coalesced { room_tag } => self.drop_older(room_tag),
            Delivery::Entry { room_tag } if frame.bytes().is_empty() && !self.is_held() => {
                return self.entered(room_tag);
            }
            Delivery::Fleeting { .. } if self.is_held() || self.waiting.len() >= FLEETING_MAX => {
                return false;
            }
            Delivery::Fleeting { .. }
            | Delivery::Sequenced { .. }
            | Delivery::Entry { .. }
            | Delivery::Within { .. }
            | Delivery::Always => {}
        }
        let bytes = self.bytes + frame.bytes().len();
        let bounds = &self.shared.bounds;
        if bytes > bounds.bytes_max || self.waiting.len() >= bounds.frames_max {
            self.overflow();
            return false;
        }
        self.bytes = bytes;
        self.waiting.push(frame.clone());
        true
    }

    /// The hub has told of an entry: what follows that goes out.
    fn entered(&mut self, room_tag: u64) -> bool {
        let Some(rare) = &mut self.rare else { return false };
        let entries = &mut rare.entries;
        let Some(place) = entries.iter().position(|(room, _)| *room == room_tag) else {
            return false;
        };
        let (_, frame) = entries.remove(place);
        self.drop_rare();
        frame.is_some_and(|frame| self.push(&frame))
    }

    /// What waited could not be read in time anyway: it is given back at once, and the client is
    /// told to come back and ask for it.
    fn overflow(&mut self) {
        self.shared.metrics.dropped(Dropped::TooSlow, self.waiting.len() + 1);
        self.clear();
        self.end(End::Refused(Refusal::TooSlow));
    }

    pub(super) fn end(&mut self, end: End) {
        self.let_go();
        self.end.get_or_insert(end);
    }

    fn drop_older(&mut self, room_tag: u64) {
        let (older, entry) = (Delivery::Coalesced { room_tag }, Delivery::Entry { room_tag });
        let newest = |frame: &Arc<Frame>| [older, entry].contains(&frame.delivery());
        if let Some(place) = self.waiting.iter().rposition(newest)
            && self.waiting[place].delivery() == older
        {
            let frame = self.waiting.remove(place);
            if let Some(before) = self.rare.as_mut().and_then(|rare| rare.held.as_mut())
                && place < *before
            {
                *before -= 1;
            }
            self.bytes -= frame.bytes().len();
            self.shared.metrics.dropped(Dropped::Superseded, 1);
        }
    }

    /// Live frames of a room come in order, so the first one beyond the replay ends the skipping.
    fn is_replayed(&mut self, room_tag: u64, number: u64) -> bool {
        let Some(i) = self.replayed.iter().position(|(l, _)| *l == room_tag) else { return false };
        let replayed = number <= self.replayed[i].1;
        if !replayed {
            self.replayed.remove(i);
        }
        replayed
    }

    /// Frames wait from now on. While they do already, this changes nothing.
    pub(super) fn hold(&mut self) {
        let before = self.waiting.len();
        self.rare.get_or_insert_default().held.get_or_insert(before);
    }

    fn is_held(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.held.is_some())
    }

    /// They wait no longer: how many of them had come before, if they did.
    fn let_go(&mut self) -> Option<usize> {
        let before = self.rare.as_mut()?.held.take();
        self.drop_rare();
        before
    }

    pub(super) fn release(&mut self, release: Release) {
        let before = self.let_go();
        if self.end.is_some() {
            return;
        }
        let Release { first, replayed, entry, dropped } = release;
        if let Some(entry) = entry {
            self.rare.get_or_insert_default().entries.push(entry);
        }
        if let Some((room_tag, upto)) = replayed {
            self.replayed.retain(|(l, _)| *l != room_tag);
            if self.replayed.len() == REPLAYED_MAX {
                self.replayed.remove(0);
            }
            self.replayed.push((room_tag, upto));
        }
        let mut waited = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let since = waited.split_off(before.unwrap_or(waited.len()));
        let stays =
            |frame: &Arc<Frame>| dropped.is_none() || frame.delivery().room_tag() != dropped;
        let (before, since) = (waited.into_iter().filter(stays), since.into_iter().filter(stays));
        for frame in before.chain(first).chain(since) {
            // Each goes through the same door again, which skips what was replayed.
            self.push(&frame);
        }
    }

    pub(super) fn poll_take(
        &mut self,
        cx: &mut Context<'_>,
        batch: &mut Vec<Arc<Frame>>,
    ) -> Poll<Result<(), End>> {
        if !self.is_held() && !self.waiting.is_empty() {
            // The emptied batch becomes the new queue: a steady flow allocates nothing.
            std::mem::swap(batch, &mut self.waiting);
            self.shared.metrics.outbox_grew(-signed(self.bytes));
            self.bytes = 0;
            wake(self.due_reader());
            return Poll::Ready(Ok(()));
        }
        if let Some(end) = &self.end {
            return Poll::Ready(Err(end.clone()));
        }
        self.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(super) fn leave(&mut self, room_tag: u64) {
        self.rare.get_or_insert_default().leave.push(room_tag);
    }

    pub(super) fn take_leave(&mut self) -> Vec<u64> {
        let rooms =
            self.rare.as_mut().map_or_else(Vec::new, |rare| std::mem::take(&mut rare.leave));
        self.drop_rare();
        rooms
    }

    fn is_to_leave(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| !rare.leave.is_empty())
    }

    fn drop_rare(&mut self) {
        let is_empty = |rare: &mut Box<Rare>| {
            rare.held.is_none() && rare.leave.is_empty() && rare.entries.is_empty()
        };
        self.rare.take_if(is_empty);
    }

    /// The write pump, if it sleeps and there is something for it to do.
    pub(super) fn due_writer(&mut self) -> Option<Waker> {
        let due = self.end.is_some() || (!self.is_held() && !self.waiting.is_empty());
        if due { self.writer.take() } else { None }
    }

    /// The read pump, if it sleeps and what it waits for is there.
    pub(super) fn due_reader(&mut self) -> Option<Waker> {
        let has_room = self.wants_room && self.has_room();
        let due = self.end.is_some() || self.is_to_leave() || has_room;
        if due { self.reader.take() } else { None }
    }

    pub(super) fn told_now(&self) -> Option<Signal> {
        let end = self.end.clone().map(Signal::End);
        end.or_else(|| self.is_to_leave().then_some(Signal::Leave))
    }

    pub(super) fn has_room(&self) -> bool {
        let bounds = &self.shared.bounds;
        self.bytes <= bounds.bytes_max / 4 && self.waiting.len() <= bounds.frames_max / 4
    }

    pub(super) fn poll_reader<T>(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        self.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    fn clear(&mut self) {
        self.waiting = Vec::new();
        self.bytes = 0;
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.shared.metrics.outbox_grew(-signed(self.bytes));
        self.shared.metrics.dropped(Dropped::Gone, self.waiting.len());
    }
}

pub(super) fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

pub(super) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

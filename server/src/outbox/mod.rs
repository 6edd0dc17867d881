//! The bounded queue between everything that speaks to a connection and its write pump.
//!
//! Pushing never waits. A push over the bounds ends the connection, never the pusher. While a
//! replay is being read the outbox is held: frames wait, and [`Outbox::release`] puts the replay
//! before them and drops those that the replay contains already. This file does not know what a
//! frame says.

#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::{Mutex, MutexGuard};
use protocol::Refusal;

use crate::config::ROOMS_PER_CONNECTION_MAX;
use crate::frame::{Delivery, Frame};
use crate::monitoring::metrics::{Dropped, Metrics};

/// Replays remembered of one connection, twice as many as its rooms: one whose room was left again
/// goes when so many newer ones have come.
const REPLAYED_MAX: usize = 2 * ROOMS_PER_CONNECTION_MAX;

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
    /// There are rooms to leave: see [`Outbox::to_leave`].
    Leave,
}

/// A handle to one connection's queue; clones are the same queue.
#[derive(Debug, Clone)]
pub(crate) struct Outbox(Arc<Mutex<Queue>>);

#[derive(Debug)]
struct Queue {
    waiting: Vec<Arc<Frame>>,
    bytes: usize,
    shared: Arc<OutboxShared>,
    held: bool,
    /// Rooms that were replayed up to a number that live frames have not passed yet, oldest first.
    replayed: Vec<(u64, u64)>,
    end: Option<End>,
    /// Rooms that the read pump is to leave.
    #[allow(clippy::box_collection, reason = "it is rare, and takes a third of the bytes so")]
    leave: Option<Box<Vec<u64>>>,
    writer: Option<Waker>,
    reader: Option<Waker>,
    wants_room: bool,
}

impl Outbox {
    pub(crate) fn new(shared: &Arc<OutboxShared>) -> Self {
        Outbox(Arc::new(Mutex::new(Queue {
            waiting: Vec::new(),
            bytes: 0,
            shared: shared.clone(),
            held: false,
            replayed: Vec::new(),
            end: None,
            leave: None,
            writer: None,
            reader: None,
            wants_room: false,
        })))
    }

    /// Queues a frame, or ends the connection as too slow if that passes the bounds. After the end
    /// it does nothing.
    pub(crate) fn push(&self, frame: &Arc<Frame>) {
        self.change(|queue| queue.counted(|queue| queue.push(frame)));
    }

    /// Queues one frame for all members of a room; for how many. What it adds is counted once.
    pub(crate) fn push_all<'a>(
        members: impl Iterator<Item = &'a Outbox>,
        frame: &Arc<Frame>,
        metrics: &Metrics,
    ) -> u64 {
        let (mut receivers, mut bytes) = (0, 0);
        for outbox in members {
            outbox.change(|queue| {
                let before = signed(queue.bytes);
                receivers += u64::from(queue.push(frame));
                bytes += signed(queue.bytes) - before;
            });
        }
        metrics.outbox_grew(bytes);
        receivers
    }

    /// Ends the connection: what waits is still written if the peer reads. The first end counts.
    pub(crate) fn end(&self, end: End) {
        self.change(|queue| queue.end(end));
    }

    /// Tells the read pump to leave a room.
    pub(crate) fn leave(&self, room_tag: u64) {
        let mut queue = self.lock();
        queue.leave.get_or_insert_default().push(room_tag);
        let reader = queue.due_reader();
        drop(queue);
        wake(reader);
    }

    /// Keeps everything back until [`Outbox::release`].
    pub(crate) fn hold(&self) {
        self.lock().held = true;
    }

    /// Lets frames go again, `first` before all that waited. If it is a replay of a room up to a
    /// number, those that it contains are left out.
    pub(crate) fn release(&self, first: &Arc<Frame>, replayed: Option<(u64, u64)>) {
        self.change(|queue| queue.counted(|queue| queue.release(first, replayed)));
    }

    /// Takes all that waits into `batch`, which is empty, in order; waits while there is nothing.
    /// Returns the end once nothing is left before it.
    pub(crate) async fn take(&self, batch: &mut Vec<Arc<Frame>>) -> Result<(), End> {
        poll_fn(|cx| self.lock().poll_take(cx, batch)).await
    }

    /// Changes the queue and wakes whom that concerns.
    fn change<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.lock();
        let outcome = change(&mut queue);
        let (writer, reader) = (queue.due_writer(), queue.due_reader());
        drop(queue);
        wake(writer);
        wake(reader);
        outcome
    }

    /// What the read pump has to do on others' behalf.
    pub(crate) fn told_now(&self) -> Option<Signal> {
        self.lock().told_now()
    }

    /// Waits for something of that.
    pub(crate) async fn told(&self) {
        poll_fn(|cx| {
            let mut queue = self.lock();
            if queue.told_now().is_some() { Poll::Ready(()) } else { queue.poll_reader(cx) }
        })
        .await;
    }

    /// Waits for the end, whatever else there is to do.
    pub(crate) async fn ended(&self) -> End {
        poll_fn(|cx| {
            let mut queue = self.lock();
            match &queue.end {
                Some(end) => Poll::Ready(end.clone()),
                None => queue.poll_reader(cx),
            }
        })
        .await
    }

    /// The rooms to leave; each is told once.
    pub(crate) fn to_leave(&self) -> Vec<u64> {
        self.lock().leave.take().map_or_else(Vec::new, |room_tags| *room_tags)
    }

    /// Waits until at most a quarter of the bytes allowed wait, so that a history page fits.
    pub(crate) async fn has_room(&self) {
        poll_fn(|cx| {
            let mut queue = self.lock();
            queue.wants_room = !queue.has_room();
            if queue.wants_room { queue.poll_reader(cx) } else { Poll::Ready(()) }
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock()
    }
}

/// The same queue, not one that looks like it.
impl PartialEq for Outbox {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Queue {
    /// Changes it, and counts by how much it grew.
    fn counted<T>(&mut self, change: impl FnOnce(&mut Queue) -> T) {
        let before = signed(self.bytes);
        change(self);
        self.shared.metrics.outbox_grew(signed(self.bytes) - before);
    }

    /// True if the frame waits now.
    fn push(&mut self, frame: &Arc<Frame>) -> bool {
        if self.end.is_some() {
            return false;
        }
        match frame.delivery() {
            Delivery::Sequenced { room_tag, number } if self.is_replayed(room_tag, number) => {
                return false;
            }
            Delivery::Coalesced { room_tag } => self.drop_older(room_tag),
            Delivery::Sequenced { .. } | Delivery::Always => {}
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

    /// What waited could not be read in time anyway: it is given back at once, and the client is
    /// told to come back and ask for it.
    fn overflow(&mut self) {
        self.shared.metrics.dropped(Dropped::TooSlow, self.waiting.len() + 1);
        self.clear();
        self.held = false;
        self.end(End::Refused(Refusal::TooSlow));
    }

    fn end(&mut self, end: End) {
        self.held = false;
        self.end.get_or_insert(end);
    }

    fn drop_older(&mut self, room_tag: u64) {
        let older = Delivery::Coalesced { room_tag };
        if let Some(place) = self.waiting.iter().rposition(|frame| frame.delivery() == older) {
            let frame = self.waiting.remove(place);
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

    fn release(&mut self, first: &Arc<Frame>, replayed: Option<(u64, u64)>) {
        self.held = false;
        if self.end.is_some() {
            return;
        }
        if let Some((room_tag, upto)) = replayed {
            self.replayed.retain(|(l, _)| *l != room_tag);
            if self.replayed.len() == REPLAYED_MAX {
                self.replayed.remove(0);
            }
            self.replayed.push((room_tag, upto));
        }
        let waited = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        for frame in std::iter::once(first.clone()).chain(waited) {
            // Each goes through the same door again, which skips what was replayed.
            self.push(&frame);
        }
    }

    fn poll_take(
        &mut self,
        cx: &mut Context<'_>,
        batch: &mut Vec<Arc<Frame>>,
    ) -> Poll<Result<(), End>> {
        if !self.held && !self.waiting.is_empty() {
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

    /// The write pump, if it sleeps and there is something for it to do.
    fn due_writer(&mut self) -> Option<Waker> {
        let due = self.end.is_some() || (!self.held && !self.waiting.is_empty());
        if due { self.writer.take() } else { None }
    }

    /// The read pump, if it sleeps and what it waits for is there.
    fn due_reader(&mut self) -> Option<Waker> {
        let has_room = self.wants_room && self.has_room();
        let due = self.end.is_some() || self.leave.is_some() || has_room;
        if due { self.reader.take() } else { None }
    }

    fn told_now(&self) -> Option<Signal> {
        let end = self.end.clone().map(Signal::End);
        end.or_else(|| self.leave.is_some().then_some(Signal::Leave))
    }

    fn has_room(&self) -> bool {
        self.bytes <= self.shared.bounds.bytes_max / 4
    }

    fn poll_reader<T>(&mut self, cx: &mut Context<'_>) -> Poll<T> {
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

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

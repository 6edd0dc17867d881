//! The bounded queue between everything that speaks to a connection and its write pump.
//!
//! Pushing never waits. A push over the bounds ends the connection, never the pusher. While a
//! replay is being read the outbox is held: frames wait, and [`Outbox::release`] puts the replay
//! before them and drops those that the replay contains already. This file does not know what a
//! frame says.

#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use protocol::Refusal;

use crate::frame::{Frame, Order};

/// What may wait for one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes_max: usize,
    pub(crate) frames_max: usize,
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer said goodbye, or its socket did.
    Gone,
    /// It is told why, with an `error` envelope and a close code.
    Refused(Refusal),
}

/// What a connection's read pump is told from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
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
    bytes_max: usize,
    frames_max: u32,
    held: bool,
    /// Lanes that were replayed up to a number that live frames have not passed yet.
    replayed: Vec<(u64, u64)>,
    end: Option<End>,
    /// Lanes whose rooms to leave.
    #[allow(clippy::box_collection, reason = "it is rare, and takes a third of the bytes so")]
    leave: Option<Box<Vec<u64>>>,
    writer: Option<Waker>,
    reader: Option<Waker>,
    wants_room: bool,
}

impl Outbox {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Outbox(Arc::new(Mutex::new(Queue {
            waiting: Vec::new(),
            bytes: 0,
            bytes_max: bounds.bytes_max,
            frames_max: u32::try_from(bounds.frames_max).unwrap_or(u32::MAX),
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
        let mut queue = self.lock();
        queue.push(frame);
        let (writer, reader) = (queue.due_writer(), queue.due_reader());
        drop(queue);
        wake(writer);
        wake(reader);
    }

    /// Ends the connection: what waits is still written if the peer reads. The first end counts.
    pub(crate) fn end(&self, end: End) {
        let mut queue = self.lock();
        queue.end(end);
        let (writer, reader) = (queue.due_writer(), queue.due_reader());
        drop(queue);
        wake(writer);
        wake(reader);
    }

    /// Tells the read pump to leave a room.
    pub(crate) fn leave(&self, lane: u64) {
        let mut queue = self.lock();
        queue.leave.get_or_insert_default().push(lane);
        let reader = queue.due_reader();
        drop(queue);
        wake(reader);
    }

    /// Keeps everything back until [`Outbox::release`].
    pub(crate) fn hold(&self) {
        self.lock().held = true;
    }

    /// Lets frames go again, `first` before all that waited, without those of `lane` up to `upto`:
    /// they are in `first`.
    pub(crate) fn release(&self, first: &Arc<Frame>, lane: u64, upto: u64) {
        let mut queue = self.lock();
        queue.release(first, lane, upto);
        let writer = queue.due_writer();
        drop(queue);
        wake(writer);
    }

    /// Takes all that waits into `batch`, which is empty, in order; waits while there is nothing.
    /// Returns the end once nothing is left before it.
    pub(crate) async fn take(&self, batch: &mut Vec<Arc<Frame>>) -> Result<(), End> {
        poll_fn(|cx| self.lock().poll_take(cx, batch)).await
    }

    /// Waits for the end of the connection.
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

    /// Waits for what the read pump has to do on others' behalf.
    pub(crate) async fn told(&self) -> Told {
        poll_fn(|cx| {
            let mut queue = self.lock();
            if let Some(end) = &queue.end {
                return Poll::Ready(Told::End(end.clone()));
            }
            if queue.leave.is_some() { Poll::Ready(Told::Leave) } else { queue.poll_reader(cx) }
        })
        .await
    }

    /// Lanes whose rooms to leave, once.
    pub(crate) fn to_leave(&self) -> Vec<u64> {
        self.lock().leave.take().map_or_else(Vec::new, |lanes| *lanes)
    }

    /// Waits until at most a quarter of the bytes allowed wait, so that a history page fits; true
    /// unless the connection ended first.
    pub(crate) async fn has_room(&self) -> bool {
        poll_fn(|cx| {
            let mut queue = self.lock();
            if queue.end.is_some() {
                return Poll::Ready(false);
            }
            queue.wants_room = !queue.has_room();
            if queue.wants_room { queue.poll_reader(cx) } else { Poll::Ready(true) }
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it holds this lock; were it to, the queue is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same queue, not one that looks like it.
impl PartialEq for Outbox {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Queue {
    fn push(&mut self, frame: &Arc<Frame>) {
        if self.end.is_some() {
            return;
        }
        match frame.order() {
            Order::Numbered { lane, number } if self.is_replayed(lane, number) => return,
            Order::Latest { lane } => self.drop_older(lane),
            Order::Numbered { .. } | Order::Plain => {}
        }
        let bytes = self.bytes + frame.bytes().len();
        if bytes > self.bytes_max || self.waiting.len() >= self.frames_max as usize {
            return self.overflow();
        }
        self.bytes = bytes;
        self.waiting.push(frame.clone());
    }

    /// What waited could not be read in time anyway: it is given back at once, and the client is
    /// told to come back and ask for it.
    fn overflow(&mut self) {
        self.clear();
        self.held = false;
        self.end(End::Refused(Refusal::TooSlow));
    }

    fn end(&mut self, end: End) {
        self.held = false;
        self.end.get_or_insert(end);
    }

    fn drop_older(&mut self, lane: u64) {
        let older = Order::Latest { lane };
        if let Some(place) = self.waiting.iter().rposition(|frame| frame.order() == older) {
            let frame = self.waiting.remove(place);
            self.bytes -= frame.bytes().len();
        }
    }

    /// Live frames of a lane come in order, so the first one beyond the replay ends the skipping.
    fn is_replayed(&mut self, lane: u64, number: u64) -> bool {
        let Some(i) = self.replayed.iter().position(|(l, _)| *l == lane) else { return false };
        let replayed = number <= self.replayed[i].1;
        if !replayed {
            self.replayed.swap_remove(i);
        }
        replayed
    }

    fn release(&mut self, first: &Arc<Frame>, lane: u64, upto: u64) {
        self.held = false;
        if self.end.is_some() {
            return;
        }
        self.replayed.retain(|(l, _)| *l != lane);
        self.replayed.push((lane, upto));
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

    fn has_room(&self) -> bool {
        self.bytes <= self.bytes_max / 4
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

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

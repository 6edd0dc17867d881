//! The bounded queue between everything that speaks to a connection and its write pump.
//!
//! Pushing never waits. A push over the bounds ends the connection, never the pusher. While a
//! replay or a page is being read the outbox is held: frames wait, and [`Outbox::release`] puts what was read
//! before those that came since, and drops those that a replay contains already. This file does not know
//! what a frame says.

mod queue;
#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use parking_lot::{Mutex, MutexGuard};

pub(crate) use self::queue::{Bounds, End, OutboxShared, Release, Signal};
use self::queue::{Queue, signed, wake};
use crate::frame::Frame;
use crate::monitoring::metrics::Metrics;

/// A handle to one connection's queue; clones are the same queue.
#[derive(Debug, Clone)]
pub(crate) struct Outbox(Arc<Mutex<Queue>>);

impl Outbox {
    pub(crate) fn new(shared: &Arc<OutboxShared>) -> Self {
        Outbox(Arc::new(Mutex::new(Queue::new(shared.clone()))))
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
        queue.leave(room_tag);
        let reader = queue.due_reader();
        drop(queue);
        wake(reader);
    }

    /// Keeps everything back until [`Outbox::release`].
    pub(crate) fn hold(&self) {
        self.lock().hold();
    }

    /// Lets frames go again.
    pub(crate) fn release(&self, release: Release) {
        self.change(|queue| queue.counted(|queue| queue.release(release)));
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
        self.lock().take_leave()
    }

    /// Waits until at most a quarter of the bytes and frames allowed wait, so that a history page fits.
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

//! The outgoing hooks that there are, each with what waits for its receiver: who hears of a message.
//!
//! Looked up in memory with every message, and never waited for. This file does not know how anything is sent.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};
use protocol::{MessageId, RoomName};
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::hook::OutgoingHook;
use super::queue::{Full, Queue, Waiting};
use crate::monitoring::metrics::{Lost, Metrics};

/// All of them. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Webhooks(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By the keys of their rooms.
    rooms: RwLock<HashMap<Arc<str>, Vec<Arc<Outgoing>>>>,
    /// Those for which nobody sends yet.
    new: Mutex<Vec<Arc<Outgoing>>>,
    has_new: Notify,
}

/// A hook, and what waits for its receiver.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) number: u32,
    pub(crate) hook: OutgoingHook,
    queue: Mutex<Queue>,
    has_more: Notify,
    /// Held while its receiver's name is looked up, which may take longer than a try.
    pub(super) lookups: Arc<AsyncMutex<()>>,
    /// It has ended.
    pub(super) ended: CancellationToken,
}

impl Webhooks {
    /// These hooks are there from now on.
    pub(crate) fn add_all(&self, hooks: Vec<(u32, OutgoingHook)>) {
        hooks.into_iter().for_each(|(number, hook)| self.add(number, hook));
    }

    /// A hook is there from now on.
    pub(crate) fn add(&self, number: u32, hook: OutgoingHook) {
        let room = hook.room.key().clone();
        let (queue, has_more, lookups, ended) = Default::default();
        let outgoing = Arc::new(Outgoing { number, hook, queue, has_more, lookups, ended });
        self.0.rooms.write().entry(room).or_default().push(outgoing.clone());
        self.0.new.lock().push(outgoing);
        self.0.has_new.notify_one();
    }

    /// A hook has ended, and what waits for its receiver goes with it. It may be none of these.
    pub(crate) fn end(&self, number: u32, metrics: &Metrics) {
        let mut rooms = self.0.rooms.write();
        for hooks in rooms.values_mut() {
            let ended = hooks.extract_if(.., |it| it.number == number);
            ended.for_each(|it| it.end(metrics));
        }
        rooms.retain(|_, hooks| !hooks.is_empty());
    }

    /// A room has ended, and its hooks with it.
    pub(crate) fn end_room(&self, room: &RoomName, metrics: &Metrics) {
        let ended = self.0.rooms.write().remove(room.key());
        ended.into_iter().flatten().for_each(|it| it.end(metrics));
    }

    /// Whether somebody has to hear what people say in a room.
    pub(crate) fn hear(&self, room: &RoomName) -> bool {
        self.0.rooms.read().contains_key(room.key())
    }

    /// Somebody said something: its envelope is queued for those who hear of it.
    pub(crate) fn said(&self, room: &RoomName, id: MessageId, envelope: &str, metrics: &Metrics) {
        let rooms = self.0.rooms.read();
        let Some(hooks) = rooms.get(room.key()) else { return };
        let (body, said) = (Bytes::copy_from_slice(envelope.as_bytes()), Instant::now());
        for outgoing in hooks {
            outgoing.push(Waiting { id, body: body.clone(), said }, metrics);
        }
    }

    /// Those for which nobody sends yet, as soon as there are some.
    pub(super) async fn new_ones(&self) -> Vec<Arc<Outgoing>> {
        loop {
            let new = std::mem::take(&mut *self.0.new.lock());
            if !new.is_empty() {
                return new;
            }
            self.0.has_new.notified().await;
        }
    }
}

impl Outgoing {
    fn push(&self, waiting: Waiting, metrics: &Metrics) {
        match self.queue.lock().push(waiting) {
            Ok(()) => {
                metrics.webhooks.waiting.inc();
                self.has_more.notify_one();
            }
            Err(Full { is_news }) => {
                metrics.webhooks.lost(Lost::Full);
                if is_news {
                    tracing::warn!(
                        hook = self.number,
                        "the queue of an outgoing hook is full: new messages are dropped until one is delivered"
                    );
                }
            }
        }
    }

    /// The first that waits, as soon as there is one.
    pub(super) async fn first(&self) -> Waiting {
        loop {
            if let Some(first) = self.queue.lock().first() {
                return first.clone();
            }
            self.has_more.notified().await;
        }
    }

    /// The first is dealt with.
    pub(super) fn pop(&self, metrics: &Metrics) {
        let mut queue = self.queue.lock();
        // It may have ended meanwhile.
        if queue.first().is_some() {
            queue.pop();
            metrics.webhooks.waiting.dec();
        }
    }

    fn end(&self, metrics: &Metrics) {
        let waited = self.queue.lock().clear();
        metrics.webhooks.waiting.dec_by(i64::try_from(waited).unwrap_or(i64::MAX));
        self.ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::super::signature::SigningKey;
    use super::*;

    fn room(name: &str) -> RoomName {
        RoomName::try_from(name).unwrap()
    }

    fn hook(name: &str) -> OutgoingHook {
        OutgoingHook {
            room: room(name),
            name: "ci".try_into().unwrap(),
            url: "https://ci.example/".try_into().unwrap(),
            key: SigningKey::random().unwrap(),
            allows_private: false,
        }
    }

    fn waiting(outgoing: &Outgoing) -> Option<u64> {
        outgoing.queue.lock().first().map(|first| first.id.get())
    }

    #[tokio::test]
    async fn the_hooks_of_a_room_hear_of_it_until_they_end() {
        let (webhooks, metrics) = (Webhooks::default(), Metrics::default());
        let said = |name, id: u64| {
            webhooks.said(&room(name), id.try_into().unwrap(), "{}", &metrics);
        };
        said("dev", 1);
        for (number, name) in [(1, "dev"), (2, "Dev"), (3, "ops")] {
            webhooks.add(number, hook(name));
        }
        let all = webhooks.new_ones().await;
        assert!(webhooks.hear(&room("DEV")) && !webhooks.hear(&room("lobby")));
        said("dev", 2);
        said("ops", 3);
        said("lobby", 4);
        assert_eq!(
            all.iter().map(|it| waiting(it)).collect::<Vec<_>>(),
            [Some(2), Some(2), Some(3)]
        );
        assert_eq!(metrics.webhooks.waiting.get(), 3);
        webhooks.end(1, &metrics);
        webhooks.end(1, &metrics);
        all[0].pop(&metrics);
        said("dev", 5);
        assert!(all[0].ended.is_cancelled() && waiting(&all[0]).is_none());
        assert_eq!(metrics.webhooks.waiting.get(), 3);
        webhooks.end_room(&room("dev"), &metrics);
        assert!(all[1].ended.is_cancelled() && !webhooks.hear(&room("dev")));
        assert!(!all[2].ended.is_cancelled());
        assert_eq!(metrics.webhooks.waiting.get(), 1);
    }
}

//! The log: a message is kept first and told afterwards.
//!
//! [`Log::queue`] takes it, one thread stamps and commits it with all others that wait, and only
//! then hands it to the hub. Reads run beside that thread. This file does not know connections.

mod checkpoint;
mod clock;
pub(crate) mod database;
pub(crate) mod register;
mod ring;
mod sqlite;
mod writer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use protocol::{Body, Message, MessageId, Ref, RoomName, ToClient, UserName};
use tokio::sync::{Semaphore, mpsc, oneshot};

pub(crate) use self::clock::now_ms;
use self::database::{Database, OpenError};
use self::register::{Change, Register};
pub(crate) use self::ring::Stored;
use self::ring::{RING_MESSAGES_MAX, Ring};
use self::sqlite::{Reader, Writer};
use crate::frame::{Frame, Order};
use crate::hub::{Hub, lane};
use crate::names::Kept;
use crate::outbox::Outbox;

/// Messages that may wait for the log before their read pumps wait, and TCP slows the loud.
const WORKS_WAITING_MAX: usize = 1024;
/// Reads at a time: enough to keep two cores busy, few enough to leave them to the rest.
const READERS: usize = 2;

/// A message to keep.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) room: Arc<OpenRoom>,
    pub(crate) author: UserName,
    pub(crate) content: Body,
    pub(crate) reference: Option<Ref>,
    /// Where its author hears of it, if it was stored before or cannot be stored now.
    pub(crate) outbox: Outbox,
}

/// A message to delete. What becomes of it is told by the hub, or to the moderator's outbox.
#[derive(Debug)]
pub(crate) struct Delete {
    pub(crate) room: Arc<OpenRoom>,
    pub(crate) message: MessageId,
    pub(crate) by: UserName,
    pub(crate) reference: Option<Ref>,
    pub(crate) outbox: Outbox,
}

/// What waits for the log's thread. Nearly all of it is messages: what is rare is boxed.
#[derive(Debug)]
pub(crate) enum Work {
    Append(Append),
    Delete(Box<Delete>),
    /// Who waits hears when it is committed, or that it never will.
    Change(Box<Change>, Option<oneshot::Sender<()>>),
}

/// The newest `limit` messages after `since` and before `before`.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) since: MessageId,
    pub(crate) before: Option<MessageId>,
    pub(crate) limit: usize,
}

/// A message was deleted: the deletion's own id, and the message's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deletion {
    pub(crate) id: MessageId,
    pub(crate) message: MessageId,
}

/// Deletions, ascending: all there are after `floor`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deletions {
    pub(crate) list: Vec<Deletion>,
    pub(crate) floor: MessageId,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// Ascending.
    pub(crate) messages: Vec<Stored>,
    /// The next older message of what was asked for, if the page could not hold it all.
    pub(crate) older: Option<MessageId>,
    /// The newest of the room, zero if it has none. Deletions count.
    pub(crate) head: MessageId,
    /// The newest after `since`.
    pub(crate) deletions: Deletions,
}

/// The log cannot be read or written at the moment; why stands in the server's own log.
#[derive(Debug, thiserror::Error)]
#[error("the log is not available")]
pub(crate) struct Unavailable;

/// A handle to the log.
#[derive(Debug)]
pub(crate) struct Log {
    readers: Arc<Readers>,
    rooms: Rooms,
    /// Dropped last: the writer is then the last to close the database, and leaves one tidy file.
    works: mpsc::Sender<Work>,
}

#[derive(Debug)]
struct Readers {
    free: Mutex<Vec<Reader>>,
    permits: Semaphore,
}

type Rooms = Arc<Mutex<HashMap<Arc<str>, Weak<OpenRoom>>>>;

/// A room that somebody is in: its one spelling and its newest messages. It goes with the last who
/// holds it.
#[derive(Debug)]
pub(crate) struct OpenRoom {
    name: RoomName,
    ring: Mutex<Ring>,
    rooms: Rooms,
}

impl Log {
    /// Opens the database, reads what is kept of people, and starts the writer. The receiver hears
    /// when the writer has ended: after the last handle is dropped and everything queued is
    /// committed. Names that were not used for `name_expiry` milliseconds are kept no longer.
    pub(crate) fn start(
        database: &Database,
        hub: Hub,
        name_expiry: Option<u64>,
    ) -> Result<(Self, Register, oneshot::Receiver<()>), OpenError> {
        let writer = Writer::new(database.writer()?).map_err(|error| database.failed(error))?;
        let register = writer.register(now_ms(), name_expiry);
        let register = register.map_err(|error| database.failed(error))?;
        let readers = (0..READERS).map(|_| database.reader().map(Reader::new));
        let readers = readers.collect::<Result<Vec<_>, _>>()?;
        let (works, queue) = mpsc::channel(WORKS_WAITING_MAX);
        let ended = writer::spawn(writer, database, queue, hub)?;
        let readers = Readers { permits: Semaphore::new(readers.len()), free: Mutex::new(readers) };
        let log = Log { works, readers: Arc::new(readers), rooms: Rooms::default() };
        Ok((log, register, ended))
    }

    /// Opens a room, spelt as whoever opened it first and is still there spelt it.
    pub(crate) fn open(&self, name: RoomName) -> Arc<OpenRoom> {
        let mut rooms = lock(&self.rooms);
        if let Some(open) = rooms.get(name.key()).and_then(Weak::upgrade) {
            return open;
        }
        let key = name.key().clone();
        let ring = Mutex::new(Ring::default());
        let open = Arc::new(OpenRoom { name, ring, rooms: self.rooms.clone() });
        rooms.insert(key, Arc::downgrade(&open));
        open
    }

    /// Queues a message or a deletion, if the queue has a place; else gives it back. What becomes of
    /// it is told by the hub, or to its author's outbox.
    pub(crate) fn try_queue(&self, work: Work) -> Result<(), Work> {
        self.works.try_send(work).map_err(|error| error.into_inner())
    }

    /// Queues it as soon as there is a place.
    pub(crate) async fn queue(&self, work: Work) -> Result<(), Unavailable> {
        self.works.send(work).await.map_err(|_| Unavailable)
    }

    /// Changes what is kept of people, and returns when that is stored.
    pub(crate) async fn change(&self, change: Change) -> Result<(), Unavailable> {
        let (done, is_done) = oneshot::channel();
        self.queue(Work::Change(Box::new(change), Some(done))).await?;
        is_done.await.map_err(|_| Unavailable)
    }

    /// Changes it when there is time: if the log is busy, not at all.
    pub(crate) fn note(&self, change: Change) {
        let _ = self.try_queue(Work::Change(Box::new(change), None));
    }

    /// Who has a name, as the database says now.
    pub(crate) async fn find_name(&self, name: UserName) -> Result<Option<Kept>, Unavailable> {
        self.read(move |reader| reader.find_name(&name)).await
    }

    /// Reads messages of a room: everything that was committed before the call is in sight.
    pub(crate) async fn page(
        &self,
        room: &Arc<OpenRoom>,
        asked: Asked,
    ) -> Result<Page, Unavailable> {
        if let Some(page) = lock(&room.ring).page(&asked) {
            return Ok(page);
        }
        if asked.before.is_none() {
            let newest = Asked { since: MessageId::ZERO, before: None, limit: RING_MESSAGES_MAX };
            let found = self.read_page(room, newest).await?;
            let mut ring = lock(&room.ring);
            ring.seed(found);
            if let Some(page) = ring.page(&asked) {
                return Ok(page);
            }
        }
        self.read_page(room, asked).await
    }

    async fn read_page(&self, room: &OpenRoom, asked: Asked) -> Result<Page, Unavailable> {
        let name = room.name.clone();
        self.read(move |reader| reader.page(&name, &asked)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let _permit = self.readers.permits.acquire().await.map_err(|_| Unavailable)?;
        let readers = self.readers.clone();
        let read = move || {
            let reader = lock(&readers.free).pop().ok_or(Unavailable)?;
            let found = question(&reader);
            lock(&readers.free).push(reader);
            found.map_err(|error| {
                tracing::error!(%error, "cannot read the log");
                Unavailable
            })
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| Unavailable)?
    }
}

impl OpenRoom {
    pub(crate) fn name(&self) -> &RoomName {
        &self.name
    }

    fn push(&self, stored: Stored) {
        lock(&self.ring).push(stored);
    }

    fn delete(&self, deletion: Deletion, tombstone: Stored) {
        lock(&self.ring).delete(deletion, tombstone);
    }
}

impl Drop for OpenRoom {
    fn drop(&mut self) {
        let mut rooms = lock(&self.rooms);
        // Somebody may have opened it anew since the last holder let go.
        if rooms.get(self.name.key()).is_some_and(|open| open.strong_count() == 0) {
            rooms.remove(self.name.key());
        }
    }
}

/// A message as it goes to clients, numbered within its room.
fn encode(message: Message) -> Stored {
    let id = message.id;
    let order = Order::Numbered { lane: lane(&message.room), number: id.get() };
    Stored { id, frame: Frame::text(ToClient::Message(message).encode(), order) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that panics runs under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

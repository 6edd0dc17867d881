//! The log: a message is kept first and told afterwards.
//!
//! [`Log::queue`] takes it, one thread stamps and commits it with all others that wait, and only
//! then hands it to the hub. Reads run beside that thread. This file does not know connections.

mod checkpoint;
pub(crate) mod clock;
pub(crate) mod database;
pub(crate) mod inspect;
pub(crate) mod keeper;
mod page;
pub(crate) mod register;
mod ring;
mod rooms;
mod sqlite;
mod upkeep;
mod work;
mod writer;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::{MessageId, RoomName, UserName};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc, oneshot};

use self::checkpoint::Checkpoints;
pub(crate) use self::clock::now_ms;
use self::database::{Database, OpenError};
use self::keeper::Keeper;
pub(crate) use self::page::{Asked, Page};
#[cfg(test)]
pub(crate) use self::page::{Deletion, Deletions, Stored};
use self::register::{Change, Register};
pub(crate) use self::ring::RING_MESSAGES_MAX;
pub(crate) use self::rooms::{OpenRoom, Rooms};
use self::sqlite::{Reader, Writer};
use self::upkeep::UpkeepThread;
pub(crate) use self::work::{Append, Delete, Waiting, Work};
use self::writer::LogThread;
use crate::config::Config;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::names::Kept;
use crate::parts::Parts;
use crate::readiness::{NotReady, Reasons};

/// Messages that may wait for the log before their read pumps wait, and TCP slows the loud.
const WORKS_WAITING_MAX: usize = 1024;
/// Reads at a time: enough to keep two cores busy, few enough to leave them to the rest.
const READERS: usize = 2;

/// The log cannot be read or written at the moment; why stands in the server's own log.
#[derive(Debug, thiserror::Error)]
#[error("the log is not available")]
pub(crate) struct Unavailable;

/// A handle to the log.
#[derive(Debug)]
pub(crate) struct Log {
    readers: Arc<Readers>,
    health: Health,
    metrics: Arc<Metrics>,
    /// Dropped last: the writer is then the last to close the database, and leaves one tidy file.
    works: mpsc::Sender<Work>,
}

#[derive(Debug)]
struct Readers {
    free: Mutex<Vec<Reader>>,
    permits: Semaphore,
}

/// How the log is, for who holds no handle to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    pub(crate) reasons: Reasons,
    pub(crate) rooms: Rooms,
}

impl Log {
    /// Opens the database, reads what is kept of people, and starts the writer. The receiver hears
    /// when the writer has ended: after the last handle is dropped and everything queued is
    /// committed.
    pub(crate) fn start(
        database: &Database,
        config: &Config,
        hub: Hub,
        metrics: &Arc<Metrics>,
        parts: &Parts,
    ) -> Result<(Self, Register, oneshot::Receiver<()>), OpenError> {
        let writer = Writer::new(database.writer()?).map_err(|error| database.failed(error))?;
        let register = writer.register(now_ms(), config.name_expiry_ms());
        let register = register.map_err(|error| database.failed(error))?;
        let readers = (0..READERS).map(|_| database.reader().map(Reader::new));
        let readers = readers.collect::<Result<Vec<_>, _>>()?;
        let (works, queue) = mpsc::channel(WORKS_WAITING_MAX);
        let health = Health::default();
        let metrics = metrics.clone();
        let keeper = Keeper::new(writer.clock(), health.clone(), metrics.clone());
        let thread = LogThread {
            writer,
            keeper,
            checkpoints: database
                .checkpointer()?
                .map(|db| Checkpoints::spawn(db, parts.clone()))
                .transpose()?,
            _upkeep: UpkeepThread::spawn(
                database.upkeeper()?,
                config.upkeep.clone(),
                health.clone(),
                metrics.clone(),
                parts.clone(),
            )?,
            hub,
            metrics: metrics.clone(),
            parts: parts.clone(),
        };
        let ended = thread.spawn(queue)?;
        let readers = Readers { permits: Semaphore::new(readers.len()), free: Mutex::new(readers) };
        let log = Log { works, readers: Arc::new(readers), health, metrics };
        Ok((log, register, ended))
    }

    /// Opens a room, spelt as whoever opened it first and is still there spelt it.
    pub(crate) fn open(&self, name: RoomName) -> Arc<OpenRoom> {
        self.health.rooms.open(name)
    }

    /// How the log is.
    pub(crate) fn health(&self) -> Health {
        self.health.clone()
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
        let (waiting, is_done) = Waiting::new();
        self.queue(Work::Change(Box::new(change), Some(waiting))).await?;
        is_done.await.map_err(|_| Unavailable)
    }

    /// Changes it when there is time: if the log is busy, not at all.
    pub(crate) fn note(&self, change: Change) {
        let _ = self.try_queue(Work::Change(Box::new(change), None));
    }

    /// Who has a name, as the database says now.
    pub(crate) async fn find_name(&self, name: UserName) -> Result<Option<Kept>, Unavailable> {
        let _permit = self.permit().await?;
        self.read(move |reader| reader.find_name(&name)).await
    }

    /// Reads messages of a room: everything that was committed before the call is in sight.
    pub(crate) async fn page(
        &self,
        room: &Arc<OpenRoom>,
        asked: Asked,
    ) -> Result<Page, Unavailable> {
        if let Some(page) = self.in_memory(room, &asked) {
            return Ok(page);
        }
        let _permit = self.permit().await?;
        // When all come back at once, one has read the room while the others waited.
        if let Some(page) = self.in_memory(room, &asked) {
            return Ok(page);
        }
        self.metrics.page_found(false);
        if asked.before.is_none() {
            let newest = Asked { since: MessageId::ZERO, before: None, limit: RING_MESSAGES_MAX };
            room.seed(self.read_page(room, newest).await?);
            if let Some(page) = room.page(&asked) {
                return Ok(page);
            }
        }
        self.read_page(room, asked).await
    }

    fn in_memory(&self, room: &OpenRoom, asked: &Asked) -> Option<Page> {
        let page = room.page(asked)?;
        self.metrics.page_found(true);
        Some(page)
    }

    async fn read_page(&self, room: &OpenRoom, asked: Asked) -> Result<Page, Unavailable> {
        let name = room.name().clone();
        self.read(move |reader| reader.page(&name, &asked)).await
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>, Unavailable> {
        self.readers.permits.acquire().await.map_err(|_| Unavailable)
    }

    /// For who has a permit.
    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
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

impl Health {
    /// True from the first commit that fails until one works again.
    pub(crate) fn is_failing(&self) -> bool {
        self.reasons.holds(NotReady::CannotStore)
    }

    /// Rooms that somebody is in.
    pub(crate) fn open_rooms(&self) -> usize {
        self.rooms.count()
    }

    /// Remembers how a commit went; true if that is news.
    fn set_failing(&self, failing: bool) -> bool {
        self.reasons.set(NotReady::CannotStore, failing)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that panics runs under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The threads that read the database, one read at a time each, in the order of [`Turns`].
//!
//! This file does not know what is read, or who is told.

pub(crate) mod about;
mod access;
pub(crate) mod alike;
pub(crate) mod bots;
mod deadline;
mod hits;
pub(crate) mod hooks;
pub(crate) mod inbox;
mod jumps;
pub(crate) mod page;
pub(crate) mod read_faults;
pub(crate) mod reader;
pub(crate) mod register;
pub(crate) mod rooms;
pub(crate) mod search;
pub(crate) mod sight;
pub(crate) mod turns;
mod unread;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use self::reader::Reader;
use self::turns::{Origin, Turn, Turns};
use crate::config::Limits;
use crate::lifecycle::parts::{Part, Parts};
use crate::limits::network::network;
use crate::limits::rate::{Quota, Rate};

/// Reads at a time: enough to keep two cores busy, few enough to leave them to the rest.
pub(in crate::log) const READERS: usize = 2;
/// What a read costs at least, in bytes: to find a single row takes as long as to copy so many.
const READ_COST_MIN: u64 = 4 * 1024;
/// What a connection may read at once: one that comes back enters its rooms, and what it missed in
/// most of them is little; of full pages it is 32.
const CONNECTION_BURST: u64 = 4 * 1024 * 1024;
/// What an address may read at once: an office of two hundred that comes back together.
const ADDRESS_BURST: u64 = 16 * 1024 * 1024;
/// How long somebody is told to wait who gave up a place: until then, those before are done.
const GIVEN_UP_RETRY: Duration = Duration::from_secs(1);

/// Why nothing was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotRead {
    /// Why stands in the server's own log.
    #[error("the log is not available")]
    Unavailable,
    /// The room is not there for who asks.
    #[error("there is no such room")]
    NoSuchRoom,
    /// The message around which was asked is not in the room.
    #[error("there is no such message")]
    NoSuchMessage,
    /// The search would have taken too long.
    #[error("the search takes too long")]
    TooLong,
    /// Too many others wait who read less.
    #[error("too many reads wait")]
    TooMany {
        /// When to try again.
        retry: Duration,
    },
}

/// Somebody who reads: one for each connection.
#[derive(Debug)]
pub(crate) struct Asker {
    origin: Origin,
    spent: Rate,
    /// What it was given, beside the others of its address.
    given: AtomicU64,
}

impl Asker {
    /// Somebody from an address, whether or not the limits of an address hold for it.
    pub(crate) fn new(address: IpAddr, counts: bool) -> Self {
        let origin = Origin { network: network(address), counts };
        Asker { origin, spent: Rate::default(), given: AtomicU64::default() }
    }

    /// Where they are from, if the limits of an address hold there.
    pub(crate) fn counted(&self) -> Option<IpAddr> {
        self.origin.counts.then_some(self.origin.network)
    }
}

/// The way to the threads. They end when it is closed, and are waited for by [`ReaderThreads`].
#[derive(Debug)]
pub(in crate::log) struct Readers {
    shared: Arc<Shared>,
    connection: Quota,
    began: Instant,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Debug)]
struct Queue {
    turns: Turns<Box<dyn Read>>,
    closed: bool,
}

/// The threads. Dropped, they are waited for.
#[derive(Debug)]
pub(in crate::log) struct ReaderThreads(Vec<JoinHandle<()>>);

impl Readers {
    pub(in crate::log) fn spawn(
        readers: Vec<Reader>,
        limits: &Limits,
        parts: &Parts,
    ) -> io::Result<(Self, ReaderThreads)> {
        let connection = Quota::bytes_per_second(limits.read_rate, CONNECTION_BURST);
        let turns = Turns::new(Quota::bytes_per_second(limits.address_read_rate, ADDRESS_BURST));
        let queue = Mutex::new(Queue { turns, closed: false });
        let shared = Arc::new(Shared { queue, changed: Condvar::new() });
        let began = Instant::now();
        let mut threads = ReaderThreads(Vec::new());
        for reader in readers {
            let (shared, parts) = (shared.clone(), parts.clone());
            let run = move || {
                let running = parts.begin(Part::LogReader);
                run(&shared, &reader, began);
                running.done();
            };
            threads.0.push(thread::Builder::new().name("log-reader".into()).spawn(run)?);
        }
        Ok((Readers { shared, connection, began }, threads))
    }

    /// Whether somebody may read, as far as their own quota goes; else when.
    pub(in crate::log) fn may_read(&self, asker: &Asker) -> Result<(), Duration> {
        asker.spent.is_within(self.connection, self.now())
    }

    /// Takes so many bytes without a turn, if the address may read now.
    pub(in crate::log) fn take_at_once(&self, asker: &Asker, bytes: u64) -> bool {
        let (now, bytes) = (self.now(), bytes.max(READ_COST_MIN));
        let before = asker.given.load(Ordering::Relaxed);
        let turns = &mut self.shared.queue.lock().turns;
        let Some(given) = turns.take_at_once(asker.origin, before, bytes, now) else {
            return false;
        };
        self.give(asker, given, bytes);
        true
    }

    /// Waits for a turn, and reads. The question says how many bytes its answer takes.
    pub(in crate::log) async fn read<T: Send + 'static>(
        &self,
        asker: &Asker,
        question: impl FnOnce(&Reader) -> (Result<T, NotRead>, u64) + Send + 'static,
    ) -> Result<T, NotRead> {
        let (answer, answered) = oneshot::channel();
        let start = self.queue(asker, Box::new(Asked { question, answer }));
        let (found, bytes) = answered.await.map_err(|_| NotRead::Unavailable)?;
        self.give(asker, start + bytes, bytes);
        found
    }

    fn give(&self, asker: &Asker, given: u64, bytes: u64) {
        asker.given.store(given, Ordering::Relaxed);
        asker.spent.spend(self.connection, bytes, self.now());
    }

    /// Tells where it begins.
    fn queue(&self, asker: &Asker, read: Box<dyn Read>) -> u64 {
        let before = asker.given.load(Ordering::Relaxed);
        let mut queue = self.shared.queue.lock();
        let (start, lost) = queue.turns.push(asker.origin, before, self.now(), read);
        drop(queue);
        if let Some(lost) = lost {
            lost.give_up();
        }
        self.shared.changed.notify_one();
        start
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        // Nobody waits any more: who does, holds this.
        self.shared.queue.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for ReaderThreads {
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            // Had it panicked, the server would know already.
            let _ = thread.join();
        }
    }
}

/// A read that waits, whatever it is about.
trait Read: Send + fmt::Debug {
    /// Reads, tells, and returns the bytes that it took. Who asked may have gone: that costs nothing.
    fn run(self: Box<Self>, reader: &Reader) -> u64;
    /// It has lost its place.
    fn give_up(self: Box<Self>);
}

struct Asked<T, Q> {
    question: Q,
    answer: oneshot::Sender<(Result<T, NotRead>, u64)>,
}

impl<T, Q> fmt::Debug for Asked<T, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}

impl<T: Send, Q: FnOnce(&Reader) -> (Result<T, NotRead>, u64) + Send> Read for Asked<T, Q> {
    fn run(self: Box<Self>, reader: &Reader) -> u64 {
        if self.answer.is_closed() {
            return 0;
        }
        let (found, bytes) = (self.question)(reader);
        let bytes = bytes.max(READ_COST_MIN);
        // Who asked may have gone meanwhile.
        let _ = self.answer.send((found, bytes));
        bytes
    }

    fn give_up(self: Box<Self>) {
        let _ = self.answer.send((Err(NotRead::TooMany { retry: GIVEN_UP_RETRY }), 0));
    }
}

fn run(shared: &Shared, reader: &Reader, began: Instant) {
    let mut queue = shared.queue.lock();
    while !queue.closed {
        match queue.turns.next(began.elapsed()) {
            Turn::Read(origin, read) => {
                let more = !queue.turns.is_idle();
                drop(queue);
                if more {
                    // Whoever waits for the time of another may have something to do now.
                    shared.changed.notify_one();
                }
                let bytes = read.run(reader);
                queue = shared.queue.lock();
                queue.turns.spend(origin, bytes, began.elapsed());
            }
            Turn::Wait(time) => {
                let _ = shared.changed.wait_for(&mut queue, time);
            }
            Turn::Idle => {
                shared.changed.wait(&mut queue);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::{Context, Waker};

    use tokio::task::JoinSet;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::log::database::Database;

    fn here(last: u8) -> Asker {
        Asker::new([192, 0, 2, last].into(), true)
    }

    /// Readers whose threads are busy until the sender is dropped.
    async fn busy(limits: &Limits) -> (Arc<Readers>, ReaderThreads, mpsc::Sender<()>, JoinSet<()>) {
        let database = Database::memory().unwrap();
        let _writer = database.writer().unwrap();
        let readers = (0..READERS).map(|_| Reader::new(database.reader().unwrap())).collect();
        let (readers, threads) =
            Readers::spawn(readers, limits, &Parts::new(CancellationToken::new())).unwrap();
        let (readers, (free, wait)) = (Arc::new(readers), mpsc::channel::<()>());
        let (begun, mut have_begun) = tokio::sync::mpsc::channel(READERS);
        let (wait, mut tasks) = (Arc::new(Mutex::new(wait)), JoinSet::new());
        for _ in 0..READERS {
            let (readers, begun, wait) = (readers.clone(), begun.clone(), wait.clone());
            tasks.spawn(async move {
                let hold = move |_: &Reader| {
                    begun.blocking_send(()).unwrap();
                    let _ = wait.lock().recv();
                    (Ok(()), 0)
                };
                readers.read(&here(250), hold).await.unwrap();
            });
        }
        for _ in 0..READERS {
            have_begun.recv().await.unwrap();
        }
        (readers, threads, free, tasks)
    }

    #[tokio::test]
    async fn an_honest_read_is_done_after_those_under_way_however_many_greedy_ones_wait() {
        let (readers, threads, free, mut tasks) =
            busy(&Limits { address_read_rate: 0, ..Limits::for_tests() }).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        for address in [1; 250].into_iter().chain([2; 250]).chain([3]) {
            let (readers, order) = (readers.clone(), order.clone());
            tasks.spawn(async move {
                let note = move |_: &Reader| {
                    order.lock().push(address);
                    (Ok(()), 128 * 1024)
                };
                readers.read(&here(address), note).await.unwrap();
            });
        }
        while readers.shared.queue.lock().turns.waiting() < 501 {
            tokio::task::yield_now().await;
        }
        drop(free);
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let place = order.lock().iter().position(|address| *address == 3).unwrap();
        // One page of each greedy address, and what the other thread took meanwhile.
        assert!(place <= 2 + READERS, "served after {place} others");
        drop(readers);
        drop(threads);
    }

    #[tokio::test]
    async fn who_has_gone_costs_nothing() {
        let (readers, threads, free, mut tasks) = busy(&Limits::for_tests()).await;
        let (asker, read) = (here(1), Arc::new(Mutex::new(0)));
        let question = || {
            let read = read.clone();
            move |_: &Reader| {
                *read.lock() += 1;
                (Ok(()), 0)
            }
        };
        let mut gone = Box::pin(readers.read(&asker, question()));
        assert!(gone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(gone);
        let stays = readers.read(&asker, question());
        drop(free);
        stays.await.unwrap();
        assert_eq!(*read.lock(), 1);
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        drop(readers);
        drop(threads);
    }
}

//! What is done to the log from time to time, on a thread of its own: old messages are deleted, and
//! while nothing can be stored a small write is tried, so that it is known when it works again.
//!
//! Messages go in small batches from the old end, each a commit of its own, so that no message that
//! comes waits longer than for one of them. This file does not know who reads or writes.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::Health;
use super::clock::now_us;
use crate::config::Upkeep;
use crate::metrics::Metrics;
use protocol::MessageId;

/// Messages deleted in one commit: a millisecond or two.
const BATCH: u32 = 500;
/// Between two batches the writer has its turn.
const PAUSE: Duration = Duration::from_millis(5);
/// Batches after which their part of the write-ahead log is moved into the file.
const BATCHES_BETWEEN_CHECKPOINTS: u32 = 64;
/// How soon it is noticed that messages can be stored again.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// The thread. Dropped, it is waited for.
#[derive(Debug)]
pub(super) struct UpkeepThread {
    going: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl UpkeepThread {
    pub(super) fn spawn(
        db: Connection,
        keep: Upkeep,
        health: Health,
        metrics: Arc<Metrics>,
    ) -> io::Result<Self> {
        let (going, gone) = sync_channel(0);
        let keeping = Keeping { db, keep, health, metrics, rooms_seen: 0, batches: 0 };
        let thread = thread::Builder::new().name("log-upkeep".into());
        let thread = thread.spawn(move || keeping.run(&gone))?;
        Ok(UpkeepThread { going: Some(going), thread: Some(thread) })
    }
}

impl Drop for UpkeepThread {
    fn drop(&mut self) {
        drop(self.going.take());
        if let Some(thread) = self.thread.take() {
            // Had it panicked, what is old would stay until the next start.
            let _ = thread.join();
        }
    }
}

struct Keeping {
    db: Connection,
    keep: Upkeep,
    health: Health,
    metrics: Arc<Metrics>,
    /// The room up to which this round has looked.
    rooms_seen: i64,
    batches: u32,
}

/// What one step found to do.
enum Step {
    More,
    Done,
}

/// A room of which everything up to a message was deleted.
struct Deleted {
    key: String,
    upto: i64,
}

impl Keeping {
    fn run(mut self, gone: &Receiver<()>) {
        let mut due = Instant::now();
        let mut pause = Duration::ZERO;
        while gone.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            self.try_to_store();
            if due <= Instant::now() {
                match self.step() {
                    Ok(Step::More) => {
                        pause = PAUSE;
                        continue;
                    }
                    Ok(Step::Done) => {}
                    Err(error) => tracing::warn!(%error, "cannot delete old messages yet"),
                }
                due = Instant::now() + self.keep.keep_every;
            }
            pause = TRY_EVERY.min(due.saturating_duration_since(Instant::now()));
        }
    }

    /// Writes what is there already. Authors would find out with their next message, but who asks
    /// whether the server is ready should not have to wait for one.
    fn try_to_store(&self) {
        if !self.health.is_failing() {
            return;
        }
        let version = self.db.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
        let tried = version.and_then(|it| self.db.pragma_update(None, "user_version", it));
        if tried.is_ok() && self.health.set_failing(false) {
            tracing::info!("messages can be stored again");
        }
    }

    fn step(&mut self) -> rusqlite::Result<Step> {
        let step = match self.delete_aged()? {
            Step::More => Step::More,
            Step::Done => self.delete_surplus()?,
        };
        self.batches += 1;
        if self.batches.is_multiple_of(BATCHES_BETWEEN_CHECKPOINTS) {
            self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
        Ok(step)
    }

    /// Ids and times grow together, so the aged are those with the smallest ids.
    fn delete_aged(&self) -> rusqlite::Result<Step> {
        let Some(age) = self.keep.keep else { return Ok(Step::Done) };
        let age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let before = i64::try_from((now_us() / 1000).saturating_sub(age_ms)).unwrap_or(i64::MAX);
        let last = "SELECT max(id) FROM
            (SELECT id, at FROM messages ORDER BY id LIMIT ?1) WHERE at < ?2";
        let last = self.db.query_row(last, params![BATCH, before], |row| row.get(0))?;
        let Some(last) = last else { return Ok(Step::Done) };
        let rooms = "SELECT room, max(id), max(at) FROM messages WHERE id <= ?1 GROUP BY room";
        self.delete(rooms, "DELETE FROM messages WHERE id <= ?1", &[last])
    }

    /// Looks at one room after the other.
    fn delete_surplus(&mut self) -> rusqlite::Result<Step> {
        if self.keep.keep_messages == 0 {
            return Ok(Step::Done);
        }
        let next = "SELECT id FROM rooms WHERE id > ?1 ORDER BY id LIMIT 1";
        let next = self.db.query_row(next, [self.rooms_seen], |row| row.get(0)).optional()?;
        let Some(room) = next else {
            self.rooms_seen = 0;
            return Ok(Step::Done);
        };
        let last = "SELECT id FROM messages WHERE room = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2";
        let bounds = params![room, self.keep.keep_messages];
        let surplus: Option<i64> = self.db.query_row(last, bounds, |row| row.get(0)).optional()?;
        let Some(surplus) = surplus else {
            self.rooms_seen = room;
            return Ok(Step::More);
        };
        let batch = "SELECT max(id) FROM
            (SELECT id FROM messages WHERE room = ?1 AND id <= ?2 ORDER BY id LIMIT ?3)";
        let last = self.db.query_row(batch, params![room, surplus, BATCH], |row| row.get(0))?;
        let rooms = "SELECT room, max(id), max(at) FROM messages WHERE id <= ?1 AND room = ?2";
        let delete = "DELETE FROM messages WHERE id <= ?1 AND room = ?2";
        self.delete(rooms, delete, &[last, room])
    }

    /// Deletes, and remembers how far: the newest id of a room stays known when it has no message
    /// left, and no id is ever given twice.
    fn delete(&self, rooms: &str, delete: &str, which: &[i64]) -> rusqlite::Result<Step> {
        let which = rusqlite::params_from_iter(which);
        let commit = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mark = "INSERT INTO deleted (room, upto, at) SELECT * FROM (@) WHERE true
            ON CONFLICT (room) DO UPDATE SET upto = excluded.upto, at = excluded.at
            RETURNING (SELECT key FROM rooms WHERE id = room), upto";
        let deleted: Vec<Deleted> = self
            .db
            .prepare_cached(&mark.replace('@', rooms))?
            .query_map(which.clone(), |row| Ok(Deleted { key: row.get(0)?, upto: row.get(1)? }))?
            .collect::<rusqlite::Result<_>>()?;
        let count = self.db.prepare_cached(delete)?.execute(which)?;
        commit.commit()?;
        self.metrics.deleted.inc_by(count as u64);
        for Deleted { key, upto } in deleted {
            let upto = u64::try_from(upto).unwrap_or_default();
            self.health.rooms.deleted(&key, MessageId::try_from(upto).unwrap_or_default());
        }
        Ok(Step::More)
    }
}

//! What is done to the log from time to time, on a thread of its own: old messages are cleared away,
//! and deletions with them; and while nothing can be stored a message's worth is written and
//! taken away again, so that it is known when it works.
//!
//! Messages go in small batches from the old end, each a commit of its own, so that no message that
//! comes waits longer than for one of them. This file does not know who reads or writes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::Health;
use super::guard::Guard;
use super::judge::EARLIEST_MS;
use super::sqlite::signed;
use super::time::Time;
use crate::config::Upkeep;
use crate::lifecycle::parts::{Part, Parts};
use crate::monitoring::metrics::Metrics;
use protocol::{CONTENT_CHARS_MAX, MessageId};

/// Messages deleted in one commit: a millisecond or two.
const BATCH: u32 = 500;
/// Rooms looked at in one step while nothing is found to delete: a few milliseconds.
const ROOMS_AT_ONCE: u32 = 64;
/// Between two steps the writer has its turn.
const PAUSE: Duration = Duration::from_millis(5);
/// Batches after which their part of the write-ahead log is moved into the file.
const BATCHES_BETWEEN_CHECKPOINTS: u32 = 64;
/// What is written to see whether messages can be stored: twice the bytes of the longest text, for
/// its place in the indexes too.
const TRIAL_BYTES: usize = 8 * CONTENT_CHARS_MAX;
/// How often it is noted that time has passed: far less than what a clock may leap.
const NOTE_EVERY: Duration = Duration::from_secs(60 * 60);
/// How soon it is noticed that messages can be stored again, or that the clock was set.
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
        guard: Guard,
        health: Health,
        metrics: Arc<Metrics>,
        time: Time,
        parts: Parts,
    ) -> io::Result<Self> {
        let (going, gone) = sync_channel(0);
        let looked = None;
        let (rooms_seen, batches) = (0, 0);
        let keeping =
            Keeping { db, keep, guard, looked, health, metrics, time, rooms_seen, batches };
        let thread = thread::Builder::new().name("log-upkeep".into());
        let thread = thread.spawn(move || {
            let running = parts.begin(Part::LogUpkeep);
            keeping.run(&gone);
            running.done();
        })?;
        Ok(UpkeepThread { going: Some(going), thread: Some(thread) })
    }
}

impl Drop for UpkeepThread {
    fn drop(&mut self) {
        drop(self.going.take());
        if let Some(thread) = self.thread.take() {
            // Had it panicked, the server would know already.
            let _ = thread.join();
        }
    }
}

struct Keeping {
    db: Connection,
    keep: Upkeep,
    guard: Guard,
    /// When it looked at files and disk.
    looked: Option<Instant>,
    health: Health,
    metrics: Arc<Metrics>,
    time: Time,
    /// The room up to which this round has looked.
    rooms_seen: i64,
    batches: u32,
}

/// What one step found to do.
enum Step {
    More,
    Done,
}

/// A room of which everything up to an id was cleared away.
struct Cleared {
    key: String,
    upto: i64,
    room: i64,
}

impl Keeping {
    fn run(mut self, gone: &Receiver<()>) {
        let mut due = Instant::now();
        let mut note_due = due;
        let mut pause = Duration::ZERO;
        while gone.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            self.look_around();
            if note_due <= Instant::now() {
                self.note_time();
                note_due = Instant::now() + NOTE_EVERY;
            }
            if due <= Instant::now() {
                match self.step() {
                    Ok(Step::More) => {
                        pause = PAUSE;
                        continue;
                    }
                    Ok(Step::Done) => {}
                    Err(error) => tracing::warn!(%error, "cannot clear old messages away yet"),
                }
                due = Instant::now() + self.keep.keep_every;
            }
            // A clock that is set is noticed, also when nobody says anything.
            self.time.read();
            pause = TRY_EVERY.min(due.saturating_duration_since(Instant::now()));
        }
        self.note_time();
    }

    /// Notes up to when time has passed, for the next start. It is tried again with the next note.
    fn note_time(&self) {
        let Some(known) = self.time.read().known_ms().filter(|_| !self.health.is_failing()) else {
            return;
        };
        let note = "INSERT INTO clock (one, known) VALUES (1, ?1)
            ON CONFLICT (one) DO UPDATE SET known = excluded.known";
        if let Err(error) = self.db.execute(note, [signed(known)]) {
            tracing::warn!(%error, "cannot note the time for the next start");
        }
    }

    fn look_around(&mut self) {
        if self.looked.is_none_or(|looked| looked.elapsed() >= TRY_EVERY) {
            self.looked = Some(Instant::now());
            self.guard.look(&self.metrics);
            self.health.read_faults.look(&self.health.reasons, Instant::now());
            self.try_to_store();
        }
    }

    /// Authors would find out with their next message, but who asks whether the server is ready
    /// should not have to wait for one.
    fn try_to_store(&self) {
        let may = self.health.is_failing() && self.guard.may_write().is_ok();
        let stores = may && self.trial().is_ok();
        if stores && self.health.set_failing(false) {
            tracing::info!("messages can be stored again");
        }
    }

    /// All in one commit, which writes the pages but leaves nothing behind. Noise, since a file
    /// system may keep zeros in no room at all.
    fn trial(&self) -> rusqlite::Result<()> {
        let commit = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        commit.execute_batch(&format!(
            "CREATE TABLE trial AS SELECT randomblob({TRIAL_BYTES}) AS text; DROP TABLE trial;"
        ))?;
        commit.commit()
    }

    fn step(&mut self) -> rusqlite::Result<Step> {
        let step = match self.clear_aged()? {
            Step::More => Step::More,
            Step::Done => self.clear_surplus()?,
        };
        self.batches += 1;
        if self.batches.is_multiple_of(BATCHES_BETWEEN_CHECKPOINTS) {
            self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        }
        Ok(step)
    }

    /// Ids and times grow together but where the clock was set back. So the aged are those with the
    /// smallest ids, up to the first that is younger. A time that no clock that is right can have said
    /// tells nothing: such a one goes with an aged one after it.
    fn clear_aged(&self) -> rusqlite::Result<Step> {
        let Some(age_ms) = self.keep.keep_ms() else { return Ok(Step::Done) };
        let time = self.time.read();
        if time.doubt.is_some() {
            return Ok(Step::Done);
        }
        let before = signed(time.careful_ms().saturating_sub(age_ms));
        let last = "WITH oldest AS
            (SELECT id, at FROM messages UNION ALL SELECT id, at FROM deletions
             ORDER BY id LIMIT ?1)
            SELECT max(id) FROM oldest WHERE at >= ?2 AND at < ?3 AND id < coalesce(
                (SELECT min(id) FROM oldest WHERE at >= ?3 AND at <= ?4), ?5)";
        let bounds =
            [BATCH.into(), signed(EARLIEST_MS), before, signed(time.latest_ms()), i64::MAX];
        let last = self.db.query_row(last, bounds, |row| row.get(0))?;
        let Some(last) = last else { return Ok(Step::Done) };
        self.clear("id <= ?1", &[last])
    }

    fn clear_surplus(&mut self) -> rusqlite::Result<Step> {
        if self.keep.keep_messages == 0 {
            return Ok(Step::Done);
        }
        let seen = self.rooms_seen;
        let Some((room, surplus)) = self.next_surplus()? else {
            if self.rooms_seen > seen {
                return Ok(Step::More);
            }
            self.rooms_seen = 0;
            return Ok(Step::Done);
        };
        let batch = "SELECT max(id) FROM
            (SELECT id FROM messages WHERE room = ?1 AND id <= ?2 ORDER BY id LIMIT ?3)";
        let last = self.db.query_row(batch, params![room, surplus, BATCH], |row| row.get(0))?;
        self.clear("id <= ?1 AND room = ?2", &[last, room])
    }

    /// Looks at the next rooms until one has more messages than are kept; that one, and the newest
    /// message to delete there.
    fn next_surplus(&mut self) -> rusqlite::Result<Option<(i64, i64)>> {
        let rooms = "SELECT id, (SELECT m.id FROM messages m WHERE m.room = rooms.id
                ORDER BY m.id DESC LIMIT 1 OFFSET ?2)
            FROM rooms WHERE id > ?1 ORDER BY id LIMIT ?3";
        let mut rooms = self.db.prepare_cached(rooms)?;
        let bounds = params![self.rooms_seen, self.keep.keep_messages, ROOMS_AT_ONCE];
        for room in rooms.query_map(bounds, |row| Ok((row.get(0)?, row.get(1)?)))? {
            match room? {
                (room, Some(surplus)) => return Ok(Some((room, surplus))),
                (room, None) => self.rooms_seen = room,
            }
        }
        Ok(None)
    }

    /// A room of which nothing is left takes no place either. How far it was cleared away stays known, for
    /// all such rooms together.
    fn forget_if_empty(&self, room: i64) -> rusqlite::Result<()> {
        let forget = "DELETE FROM rooms WHERE id = ?1
            AND NOT EXISTS (SELECT 1 FROM messages WHERE room = ?1)
            AND NOT EXISTS (SELECT 1 FROM deletions WHERE room = ?1)";
        if self.db.prepare_cached(forget)?.execute([room])? == 0 {
            return Ok(());
        }
        let note = "UPDATE log SET upto = max(log.upto, c.upto),
                at = CASE WHEN c.upto > log.upto THEN c.at ELSE log.at END,
                deletion = max(log.deletion, coalesce(c.deletion, 0))
            FROM (SELECT upto, at, deletion FROM cleared WHERE room = ?1) AS c";
        self.db.prepare_cached(note)?.execute([room])?;
        self.db.prepare_cached("DELETE FROM cleared WHERE room = ?1")?.execute([room])?;
        // The writer, which waits for this commit, has to look for it anew.
        self.health.rooms.forgotten().fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Deletes what was said, and what was deleted of it, and remembers how far: the newest id of a
    /// room stays known when it has no message left, no id is ever given twice, and who was away
    /// since before a deletion hears that there were some.
    fn clear(&self, old: &str, bounds: &[i64]) -> rusqlite::Result<Step> {
        let bounds = rusqlite::params_from_iter(bounds);
        let commit = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mark = "INSERT INTO cleared (room, upto, at, deletion)
            SELECT room, max(id), max(at), max(deletion) FROM
                (SELECT room, id, at, NULL AS deletion FROM messages WHERE @
                 UNION ALL SELECT room, id, at, id FROM deletions WHERE @) GROUP BY room
            ON CONFLICT (room) DO UPDATE SET upto = excluded.upto, at = excluded.at,
                deletion = coalesce(excluded.deletion, deletion)
            RETURNING (SELECT key FROM rooms WHERE id = room), upto, room";
        let cleared: Vec<Cleared> = self
            .db
            .prepare_cached(&mark.replace('@', old))?
            .query_map(bounds.clone(), |row| {
                Ok(Cleared { key: row.get(0)?, upto: row.get(1)?, room: row.get(2)? })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let messages = format!("DELETE FROM messages WHERE {old}");
        let count = self.db.prepare_cached(&messages)?.execute(bounds.clone())?;
        let deletions = format!("DELETE FROM deletions WHERE {old}");
        self.db.prepare_cached(&deletions)?.execute(bounds)?;
        for Cleared { room, .. } in &cleared {
            self.forget_if_empty(*room)?;
        }
        commit.commit()?;
        for Cleared { key, upto, .. } in cleared {
            let upto = u64::try_from(upto).unwrap_or_default();
            self.health.rooms.cleared(&key, MessageId::try_from(upto).unwrap_or_default());
        }
        // Last: who sees the count finds them gone.
        self.metrics.cleared.inc_by(count as u64);
        Ok(Step::More)
    }
}

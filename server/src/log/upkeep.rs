//! What is done to the log from time to time, on a thread of its own: it looks for old messages and
//! asks that they be forgotten, asks that the time be noted, asks for what an operator hands over, and while
//! nothing can be stored it writes a message's worth and takes it away again, so that it is known when it works.
//!
//! Messages go in small batches from the old end, so that no message that comes waits longer than for
//! one of them. This file does not know who reads or writes, or how anything is forgotten.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use protocol::{CONTENT_CHARS_MAX, MessageId, RoomName};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use crate::config::Upkeep;
use crate::lifecycle::parts::{Part, Parts};
use crate::log::command::{Command, ReplyTo, Unavailable};
use crate::log::database::column::{checked, id, optional_id, signed};
use crate::log::database::guard::Guard;
use crate::log::event::{Act, Forget};
use crate::log::health::Health;
use crate::log::operator::incoming::{self, Became};
use crate::log::order::shared::Shared;
use crate::log::outcome::Outcome;
use crate::log::time::Time;
use crate::log::time::judge::EARLIEST_MS;
use crate::monitoring::metrics::Metrics;

/// Messages deleted in one commit: a millisecond or two.
const BATCH: u32 = 500;
/// Rooms looked at in one step while nothing is found to delete: a few milliseconds.
const ROOMS_AT_ONCE: u32 = 64;
/// Between two steps the writer has its turn.
const PAUSE: Duration = Duration::from_millis(5);
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
        (db, commands, order): (Connection, mpsc::WeakSender<Command>, Option<Arc<Shared>>),
        keep: Upkeep,
        guard: Guard,
        health: Health,
        metrics: Arc<Metrics>,
        time: Time,
        parts: Parts,
    ) -> io::Result<Self> {
        let (going, gone) = sync_channel(0);
        let (looked, rooms_seen) = (None, 0);
        let keeping =
            Keeping { db, commands, order, keep, guard, looked, health, metrics, time, rooms_seen };
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
    /// To the log's thread. It does not keep that one going.
    commands: mpsc::WeakSender<Command>,
    /// Of a node: one of the cluster looks for what is old, by the settings of all.
    order: Option<Arc<Shared>>,
    keep: Upkeep,
    guard: Guard,
    /// When it looked at files and disk.
    looked: Option<Instant>,
    health: Health,
    metrics: Arc<Metrics>,
    time: Time,
    /// The room up to which this round has looked.
    rooms_seen: i64,
}

/// What one step found to do.
enum Step {
    More,
    Done,
}

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
enum Undone {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Keeping {
    fn run(mut self, gone: &Receiver<()>) {
        let mut due = Instant::now();
        let mut note_due = due;
        let mut pause = Duration::ZERO;
        if let Err(error) = incoming::clear(&self.db, self.order.is_some()) {
            tracing::warn!(%error, "cannot forget what was imported");
        }
        while gone.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            self.look_around();
            let more = self.take_in();
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
            let idle = if more { PAUSE } else { TRY_EVERY };
            pause = idle.min(due.saturating_duration_since(Instant::now()));
        }
        self.note_time();
    }

    /// Notes up to when time has passed, for the next start. It is tried again with the next note.
    fn note_time(&self) {
        if self.order.is_some() {
            // The times in the order of a cluster say it, and one wrong clock would be noted for all.
            return;
        }
        let Some(known) = self.time.read().known_ms().filter(|_| !self.health.is_failing()) else {
            return;
        };
        // A log that ends notes it by itself.
        let _ = self.ask(Act::NoteTime(known));
    }

    /// Asks for something to be done to the log, and waits for it.
    fn ask(&self, act: Act) -> Result<Outcome, Unavailable> {
        self.queue(act)?.blocking_recv().map_err(|_| Unavailable)
    }

    /// Asks for something; what becomes of it comes later.
    fn queue(&self, act: Act) -> Result<oneshot::Receiver<Outcome>, Unavailable> {
        let (done, is_done) = oneshot::channel();
        let commands = self.commands.upgrade().ok_or(Unavailable)?;
        let command = Command { act, reply_to: ReplyTo::Waiting(done) };
        commands.blocking_send(command).map_err(|_| Unavailable)?;
        Ok(is_done)
    }

    /// Takes in what an operator hands over, if this server is alone; whether there was something.
    fn take_in(&self) -> bool {
        if self.order.is_some() || self.health.is_failing() {
            return false;
        }
        self.take_in_some().unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot do yet what the operator asks for");
            false
        })
    }

    /// In one commit, or a few.
    fn take_in_some(&self) -> Result<bool, Undone> {
        let waiting = incoming::waiting(&self.db)?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let mut asked = Vec::with_capacity(waiting.len());
        for (number, act) in waiting {
            let outcome = act.clone().map(|act| self.queue(act)).transpose()?;
            asked.push((number, act, outcome));
        }
        let mut became = Vec::with_capacity(asked.len());
        for (number, act, outcome) in asked {
            let outcome = outcome.map(oneshot::Receiver::blocking_recv).transpose();
            // What got no place in the order waits on.
            let Ok(outcome) = outcome else { continue };
            let done = act.zip(outcome.as_ref()).map(|(act, it)| Became::of(&act, it));
            let why = match outcome {
                Some(Outcome::Refused(refusal)) => Some(refusal.to_string()),
                _ => None,
            };
            became.push((number, done.unwrap_or(Became::Unreadable), why));
        }
        incoming::note(&self.db, &became)?;
        Ok(!became.is_empty())
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

    fn step(&mut self) -> Result<Step, Undone> {
        if self.order.as_ref().is_some_and(|order| !order.is_first()) {
            return Ok(Step::Done);
        }
        if let Some(forget) = self.ended()? {
            return self.forget(forget);
        }
        match self.aged()? {
            Some(forget) => self.forget(forget),
            None => self.forget_surplus(),
        }
    }

    fn forget(&self, forget: Forget) -> Result<Step, Undone> {
        self.ask(Act::Forget(Box::new(forget)))?;
        Ok(Step::More)
    }

    /// What is left of a room that has ended.
    fn ended(&self) -> rusqlite::Result<Option<Forget>> {
        let select = "SELECT key, (SELECT max(id) FROM
                (SELECT id FROM messages WHERE room = rooms.id ORDER BY id LIMIT ?1))
            FROM rooms WHERE kind = 3 LIMIT 1";
        let mut select = self.db.prepare_cached(select)?;
        let found = select.query_row([BATCH], |row| {
            let room = checked(0, RoomName::known(row.get_ref(0)?.as_str()?))?;
            Ok(optional_id(row, 1)?.map(|upto| Forget { room: Some(room), upto }))
        });
        Ok(found.optional()?.flatten())
    }

    /// Ids and times grow together but where the clock was set back. So the aged are those with the
    /// smallest ids, up to the first that is younger. A time that no clock that is right can have said
    /// tells nothing: such a one goes with an aged one after it.
    fn aged(&self) -> rusqlite::Result<Option<Forget>> {
        let settings = self.order.as_ref().and_then(|order| order.settings());
        let age_ms = settings.map_or(self.keep.keep_ms(), |settings| settings.keep);
        let Some(age_ms) = age_ms else { return Ok(None) };
        let time = self.time.read();
        if time.doubt.is_some() {
            return Ok(None);
        }
        let before = signed(time.careful_ms().saturating_sub(age_ms));
        let last = "WITH oldest AS (SELECT id, at FROM messages ORDER BY id LIMIT ?1)
            SELECT coalesce(max(id), 0) FROM oldest WHERE at >= ?2 AND at < ?3 AND id < coalesce(
                (SELECT min(id) FROM oldest WHERE at >= ?3 AND at <= ?4), ?5)";
        let bounds =
            [BATCH.into(), signed(EARLIEST_MS), before, signed(time.latest_ms()), i64::MAX];
        let upto = self.db.query_row(last, bounds, |row| id(row, 0))?;
        Ok((upto > MessageId::ZERO).then_some(Forget { room: None, upto }))
    }

    fn forget_surplus(&mut self) -> Result<Step, Undone> {
        if self.keep_messages() == 0 {
            return Ok(Step::Done);
        }
        let seen = self.rooms_seen;
        match self.surplus()? {
            Some(forget) => self.forget(forget),
            None if self.rooms_seen > seen => Ok(Step::More),
            None => {
                self.rooms_seen = 0;
                Ok(Step::Done)
            }
        }
    }

    /// Messages of a room that are kept; zero is all.
    fn keep_messages(&self) -> u32 {
        let settings = self.order.as_ref().and_then(|order| order.settings());
        settings.map_or(self.keep.keep_messages, |settings| settings.keep_messages)
    }

    /// Looks at the next rooms until one has more messages than are kept: what goes there first.
    fn surplus(&mut self) -> rusqlite::Result<Option<Forget>> {
        let rooms = "SELECT id, key, (SELECT m.id FROM messages m WHERE m.room = rooms.id
                ORDER BY m.id DESC LIMIT 1 OFFSET ?2)
            FROM rooms WHERE id > ?1 ORDER BY id LIMIT ?3";
        let mut rooms = self.db.prepare_cached(rooms)?;
        let mut rooms =
            rooms.query(params![self.rooms_seen, self.keep_messages(), ROOMS_AT_ONCE])?;
        while let Some(row) = rooms.next()? {
            let (number, newest): (i64, Option<i64>) = (row.get(0)?, row.get(2)?);
            let Some(newest) = newest else {
                self.rooms_seen = number;
                continue;
            };
            let room = checked(1, RoomName::known(row.get_ref(1)?.as_str()?))?;
            let batch = "SELECT max(id) FROM
                (SELECT id FROM messages WHERE room = ?1 AND id <= ?2 ORDER BY id LIMIT ?3)";
            let bounds = params![number, newest, BATCH];
            let upto = self.db.query_row(batch, bounds, |row| id(row, 0))?;
            return Ok(Some(Forget { room: Some(room), upto }));
        }
        Ok(None)
    }
}

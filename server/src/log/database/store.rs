//! The one connection that writes: events are applied in commits, each whole or not at all.
//!
//! This file does not know threads, or what an event means.

use std::borrow::Borrow;
use std::sync::Arc;

use parking_lot::Mutex;
use protocol::Epoch;
use rusqlite::{Connection, OptionalExtension as _};

use crate::log::apply::{Known, apply};
use crate::log::database::column::{checked, signed, unsigned};
use crate::log::database::place::{self, Place};
use crate::log::database::schema::RENEW_EPOCH;
use crate::log::event::{Act, Event};
use crate::log::outcome::Outcome;
use crate::log::reading::hooks::outgoing;
use crate::log::reading::register::{self, Register};
use crate::log::time::clock::Clock;
use crate::webhooks::OutgoingHook;

/// What is noted of the time may be so old when a process dies: twice the time between two notes.
const NOTED_MS: u64 = 2 * 60 * 60 * 1000;

#[derive(Debug)]
pub(crate) struct Store {
    db: Connection,
    /// Held while this writes: others who write wait for it.
    turn: Arc<Mutex<()>>,
    known: Known,
}

impl Store {
    pub(crate) fn new(db: Connection) -> Self {
        Store { db, turn: Arc::default(), known: Known::default() }
    }

    /// What who else writes has to hold.
    pub(in crate::log) fn turn(&self) -> Arc<Mutex<()>> {
        self.turn.clone()
    }

    /// Where the ids and times of earlier runs ended.
    pub(crate) fn clock(&self) -> rusqlite::Result<Clock> {
        // The time is that of the newest id. A message that was taken in has an older one than its place.
        let newest = "SELECT id, at FROM (
            SELECT * FROM (SELECT id, at FROM messages ORDER BY id DESC LIMIT 1)
            UNION ALL SELECT last, last_at FROM log) ORDER BY id DESC, at DESC LIMIT 1";
        self.db.query_row(newest, [], |row| {
            Ok(Clock { last_id: unsigned(row, 0)?, last_at: unsigned(row, 1)? })
        })
    }

    /// Up to when time has passed for certain: what was noted last. An older server noted nothing, and
    /// its newest times count, of messages and of names, unless they are to come.
    pub(in crate::log) fn known_ms(&self, machine_ms: u64) -> rusqlite::Result<Option<u64>> {
        if let Some(place) = self.place()? {
            // The stream's times are those of several machines: one's own notes say less.
            return Ok(Some(place.clock.last_at).filter(|at| *at > 0));
        }
        let noted = self.db.query_row("SELECT known FROM clock", [], |row| unsigned(row, 0));
        let newest = self.clock()?.last_at;
        Ok(match noted.optional()? {
            // What was said since the last note.
            Some(noted) if (noted..=noted + NOTED_MS).contains(&newest) => Some(newest),
            Some(noted) => Some(noted),
            None => {
                let used = "SELECT coalesce(max(used), 0) FROM names WHERE used <= ?1";
                let used = self.db.query_row(used, [signed(machine_ms)], |row| unsigned(row, 0))?;
                Some(newest).filter(|at| *at <= machine_ms).max(Some(used))
            }
        })
    }

    /// Which log it is.
    pub(crate) fn epoch(&self) -> rusqlite::Result<Epoch> {
        self.db.query_row("SELECT epoch FROM log", [], |row| {
            checked(0, Epoch::try_from(row.get_ref(0)?.as_str()?))
        })
    }

    /// The hooks that send what people say, by number.
    pub(in crate::log) fn outgoing_hooks(&self) -> rusqlite::Result<Vec<(u32, OutgoingHook)>> {
        outgoing(&self.db)
    }

    /// What is kept of people, when what is over is gone; unless the time is doubted, which is none.
    pub(in crate::log) fn register(
        &mut self,
        expire: Option<&Event>,
    ) -> rusqlite::Result<Register> {
        if let Some(event) = expire
            && let Act::Expire(expire) = &event.act
            && register::has_expired(&self.db, expire)?
        {
            self.commit(std::iter::once(event))?;
        }
        register::load(&self.db)
    }

    /// Applies and stores all of them, or, on an error, none.
    pub(crate) fn commit<E: Borrow<Event>>(
        &mut self,
        events: impl Iterator<Item = E>,
    ) -> rusqlite::Result<Vec<Outcome>> {
        self.transaction(|db, known| {
            let mut outcomes = Vec::with_capacity(events.size_hint().0);
            for event in events {
                outcomes.push(apply(db, known, event.borrow())?);
            }
            Ok(outcomes)
        })
    }

    /// Does all of some work and stores it, or, on an error, nothing.
    pub(in crate::log) fn transaction<T, E: From<rusqlite::Error>>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Known) -> Result<T, E>,
    ) -> Result<T, E> {
        let done = self.within_transaction(work);
        if done.is_err() {
            self.roll_back();
            // What was learnt in what was rolled back is not so.
            self.known = Known::default();
        }
        done
    }

    fn within_transaction<T, E: From<rusqlite::Error>>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Known) -> Result<T, E>,
    ) -> Result<T, E> {
        // Takes the write lock at once: to ask for it after the first read would fail instead of
        // wait, should a checkpoint hold it.
        let _turn = self.turn.lock();
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let done = work(&self.db, &mut self.known)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        Ok(done)
    }

    /// It is that of a node of this cluster from now on, if it was not before.
    pub(crate) fn belong_to(&mut self, cluster: &Epoch) -> rusqlite::Result<()> {
        self.transaction(|db, _| match place::cluster(db)? {
            // A copy of another node's has an epoch of its own.
            Some(_) => place::same_log(db, cluster),
            None => place::enter(db, cluster),
        })
    }

    /// It is that of a node of this cluster from now on, and has applied nothing of its order.
    pub(crate) fn enter_cluster(&mut self, cluster: &Epoch) -> rusqlite::Result<()> {
        self.transaction(|db, _| place::enter(db, cluster))
    }

    /// It is that of a server that is alone from now on, and another log: the nodes do not take it back.
    pub(crate) fn leave_cluster(&mut self) -> rusqlite::Result<()> {
        self.transaction(|db, _| {
            place::leave(db)?;
            db.execute(RENEW_EPOCH, []).map(drop)
        })
    }

    /// Whether anything lasts in it.
    pub(crate) fn has_history(&self) -> rusqlite::Result<bool> {
        place::has_history(&self.db)
    }

    /// Which cluster it belongs to, if any.
    pub(crate) fn cluster(&self) -> rusqlite::Result<Option<Epoch>> {
        place::cluster(&self.db)
    }

    /// How far it has come in the order of its cluster, if it belongs to one.
    pub(crate) fn place(&self) -> rusqlite::Result<Option<Place>> {
        place::load(&self.db, self.clock()?)
    }

    fn roll_back(&self) {
        // Some errors have ended the transaction already, and then there is nothing to do.
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "cannot roll back a failed commit");
        }
    }

    /// Moves what is left of the write-ahead log into the file, so that it begins anew.
    pub(in crate::log) fn checkpoint(&self) -> rusqlite::Result<()> {
        self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

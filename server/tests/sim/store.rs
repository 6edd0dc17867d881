//! The log on disk: the real one, on a database in memory that survives the process, and a record of
//! what it said became of each event, for the checkers.

use std::collections::BTreeSet;

use protocol::{Deleted, Message, RoomName, UserName};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::Mutant;
use crate::log::database::Database;
use crate::log::database::store::Store as Log;
use crate::log::event::{Act, Event, NameProof};
use crate::log::reading::reader::Reader;
use crate::log::time::clock::Clock;
use crate::log::{Asked, Outcome, Page};
use crate::people::key_hash::KeyHash;
use crate::people::names::Kept;

thread_local! {
    /// To copy a database is faster than to make its tables.
    static EMPTY: Connection = Database::memory().unwrap().writer().unwrap();
}

#[derive(Debug)]
pub(super) struct Store {
    log: Log,
    reader: Reader,
    /// As an operator's commands have it.
    beside: Connection,
    /// In the order of commits. Of what was deleted only a tombstone is left.
    pub(super) messages: Vec<Message>,
    pub(super) deletions: Vec<Deleted>,
    /// What was deleted, as it was said.
    erased: Vec<Message>,
    /// Names, and whose they are.
    names: Vec<Kept>,
    /// Up to when time has passed for certain.
    pub(super) known_ms: Option<u64>,
    /// Everything that was committed.
    pub(super) events: Vec<Event>,
}

impl Store {
    pub(super) fn new() -> Self {
        let database = Database::memory().unwrap();
        let mut writer = database.upkeeper().unwrap();
        EMPTY.with(|empty| {
            let copy = Backup::new(empty, &mut writer).unwrap();
            assert_eq!(copy.step(-1).unwrap(), StepResult::Done);
        });
        Store {
            log: Log::new(writer),
            reader: Reader::new(database.reader().unwrap()),
            beside: database.upkeeper().unwrap(),
            messages: Vec::new(),
            deletions: Vec::new(),
            erased: Vec::new(),
            names: Vec::new(),
            known_ms: None,
            events: Vec::new(),
        }
    }

    /// Applies all of them.
    pub(super) fn commit<'a>(
        &mut self,
        batch: impl Iterator<Item = &'a Event>,
        mutant: Mutant,
    ) -> Vec<Outcome> {
        let batch: Vec<_> = batch.map(|event| mutate(event, mutant)).collect();
        let outcomes = self.log.commit(batch.iter()).unwrap();
        for (event, outcome) in batch.into_iter().zip(&outcomes) {
            self.record(&event, outcome);
            self.events.push(event);
        }
        outcomes
    }

    fn record(&mut self, event: &Event, outcome: &Outcome) {
        match outcome {
            Outcome::Said(message) => self.messages.push(message.clone()),
            Outcome::Deleted(deletion) => {
                let it = self.messages.iter_mut().find(|it| it.id == deletion.left.id).unwrap();
                self.erased.push(std::mem::replace(it, deletion.left.clone()));
                self.deletions.push(deletion.deleted.clone());
            }
            Outcome::Named(person) => {
                let Act::TakeName(take) = &event.act else { panic!("{event:?}") };
                let NameProof::Key { hash, .. } = take.proof else { panic!("{event:?}") };
                let (name, used) = (take.name.clone(), take.used);
                self.names.retain(|kept| kept.name != name);
                self.names.push(Kept { name, key: hash, used, person: Some(*person) });
            }
            _ => {}
        }
    }

    /// Whose a name is.
    pub(super) fn owner(&self, name: &UserName) -> Option<KeyHash> {
        self.names.iter().find(|kept| kept.name == *name).map(|kept| kept.key)
    }

    /// All names that are somebody's.
    pub(super) fn names(&self) -> Vec<Kept> {
        self.names.clone()
    }

    /// A name is nobody's again.
    pub(super) fn release(&mut self, name: &UserName) {
        self.beside.execute("DELETE FROM names WHERE key = ?1", [name.key()]).unwrap();
        self.names.retain(|kept| kept.name != *name);
    }

    /// Where ids and times of earlier runs ended.
    pub(super) fn clock(&self) -> Clock {
        self.log.clock().unwrap()
    }

    /// Whether it is stored, or was as it is until it was deleted.
    pub(super) fn holds(&self, message: &Message) -> bool {
        self.messages.iter().rev().chain(&self.erased).any(|kept| kept == message)
    }

    /// Ids of the messages of a room that were deleted.
    pub(super) fn deleted(&self, room: &RoomName) -> BTreeSet<u64> {
        let here = self.deletions.iter().filter(|deletion| deletion.room == *room);
        here.map(|deletion| deletion.message.get()).collect()
    }

    pub(super) fn ids(&self, room: &RoomName) -> Vec<u64> {
        let here = self.messages.iter().filter(|message| message.room == *room);
        here.map(|message| message.id.get()).collect()
    }

    /// One snapshot.
    pub(super) fn page(&self, room: &RoomName, asked: &Asked) -> Page {
        self.reader.page(room, asked).unwrap()
    }

    /// One snapshot, of as much as is kept in memory.
    pub(super) fn newest_page(&self, room: &RoomName, asked: &Asked) -> Page {
        self.reader.newest_page(room, asked).unwrap()
    }
}

/// What is broken on purpose in the rules of what lasts.
fn mutate(event: &Event, mutant: Mutant) -> Event {
    let mut event = event.clone();
    if let (Act::Say(say), Mutant::ForgetRefs) = (&mut event.act, mutant) {
        say.reference = None;
    }
    event
}

//! Applies records to a database, in the order of the stream: several in one transaction, each whole or not
//! at all. What follows from them is done by who asked for it, when that is stored.

use protocol::Refusal;
use rusqlite::Connection;

use super::entry::{Claim, Entry};
use super::fence::Fence;
use super::name::NodeName;
use super::record::{BadRecord, Record};
use super::verify::{Seen, chain, sha256};
use crate::log::apply::{Known, apply, kept_for_another};
use crate::log::database::place::{self, Place};
use crate::log::database::store::Store;
use crate::log::event::Event;
use crate::log::outcome::Outcome;
use crate::log::sequencer::Sequencer;

/// One message of the stream.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// Its place in the stream, from 1 on.
    pub(crate) seq: u64,
    /// The stream's time of it, in µs since 1970: the same on all nodes.
    pub(crate) at_us: u64,
    pub(crate) payload: bytes::Bytes,
    /// If somebody has looked at it already.
    record: Option<Result<Record, BadRecord>>,
}

/// A record of the stream, and what became of it.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) seen: Seen,
    /// Who says how far they are, also in a record that is void.
    pub(crate) told: Option<(NodeName, Seen)>,
    /// None is void.
    pub(crate) counted: Option<Counted>,
}

/// A record that counts.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) node: NodeName,
    pub(crate) era: u64,
    pub(crate) number: u64,
    pub(crate) is_beat: bool,
    /// The nodes that it ends.
    pub(crate) ended: Vec<NodeName>,
    /// What became of its entries, in their order.
    pub(crate) results: Vec<Became>,
}

/// What became of an entry.
#[derive(Debug)]
pub(crate) enum Became {
    /// It lasts, or was refused.
    Lasting(Box<(Event, Outcome)>),
    /// A claim, and why the database does not give the name to who wants it.
    Claim(Box<Claim>, Option<Refusal>),
    /// It is not the database's business.
    Passing(Entry),
}

/// Why records cannot be applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unapplied {
    /// It can be tried again.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("record {found} of the stream comes after record {applied}: those between are gone")]
    Hole { applied: u64, found: u64 },
    #[error(transparent)]
    Form(BadRecord),
}

impl Incoming {
    pub(crate) fn new(seq: u64, at_us: u64, payload: bytes::Bytes) -> Self {
        Incoming { seq, at_us, payload, record: None }
    }

    /// What it says; it is decoded once, unless it has to be applied again.
    pub(crate) fn record(&mut self) -> &Result<Record, BadRecord> {
        self.record.get_or_insert_with(|| Record::decode(&self.payload))
    }

    fn take_record(&mut self) -> Result<Record, BadRecord> {
        self.record.take().unwrap_or_else(|| Record::decode(&self.payload))
    }
}

impl Applied {
    /// What became of its entries; nothing of one that is void.
    pub(crate) fn results(&self) -> &[Became] {
        self.counted.as_ref().map_or(&[], |counted| &counted.results)
    }
}

/// The database of this node as a copy of what the order says.
#[derive(Debug)]
pub(crate) struct Replica {
    place: Place,
}

impl Replica {
    /// Goes on where the database is.
    pub(crate) fn new(place: Place) -> Self {
        Replica { place }
    }

    /// How far it is.
    pub(crate) fn seen(&self) -> Seen {
        self.place.seen
    }

    /// The newest id that was given.
    pub(crate) fn newest_id(&self) -> u64 {
        self.place.clock.last_id
    }

    pub(crate) fn fence(&self) -> &Fence {
        &self.place.fence
    }

    /// Applies and stores all of them, or, on an error, none.
    ///
    /// # Errors
    /// [`Unapplied`].
    pub(crate) fn apply(
        &mut self,
        store: &mut Store,
        records: &mut [Incoming],
    ) -> Result<Vec<Applied>, Unapplied> {
        let mut place = self.place.clone();
        let applied = store.transaction(|db, known| {
            let applied: Result<Vec<_>, _> =
                records.iter_mut().map(|incoming| one((db, known), &mut place, incoming)).collect();
            if let Some(newest) = records.last() {
                place.newest = sha256(&newest.payload);
            }
            place::save(db, &self.place, &place)?;
            applied
        })?;
        self.place = place;
        Ok(applied)
    }
}

fn one(
    (db, known): (&Connection, &mut Known),
    place: &mut Place,
    incoming: &mut Incoming,
) -> Result<Applied, Unapplied> {
    let (seq, applied) = (incoming.seq, place.seen.seq);
    if seq != applied + 1 {
        return Err(Unapplied::Hole { applied, found: seq });
    }
    let record = match incoming.take_record() {
        Ok(record) => Some(record),
        Err(form @ BadRecord::Form(_)) => return Err(Unapplied::Form(form)),
        // Whoever wrote it is no node.
        Err(BadRecord::Malformed(_)) => None,
    };
    let told = record.as_ref().and_then(|record| Some((record.node.clone(), record.seen?)));
    let counted = match record {
        Some(record) => count((db, known), place, record, incoming.at_us)?,
        None => None,
    };
    let digest = counted.as_ref().map_or_else(Vec::new, |counted| digest(&counted.results));
    let hash = chain(&place.seen.hash, seq, &incoming.payload, &digest);
    place.seen = Seen { seq, hash };
    Ok(Applied { seen: place.seen, told, counted })
}

/// Does what a record says, if it counts.
fn count(
    (db, known): (&Connection, &mut Known),
    place: &mut Place,
    record: Record,
    at_us: u64,
) -> Result<Option<Counted>, Unapplied> {
    let Some(ended) = place.fence.pass(&record) else { return Ok(None) };
    let Record { node, era, number, seen, entries } = record;
    let mut sequencer = Sequencer::new(place.clock);
    let mut results = Vec::with_capacity(entries.len());
    for entry in entries {
        results.push(match entry {
            Entry::Act(act) => {
                let event = sequencer.place(act, at_us);
                let outcome = apply(db, known, &event)?;
                Became::Lasting(Box::new((event, outcome)))
            }
            Entry::Claim(claim) => {
                let kept = kept_for_another(db, &claim)?;
                Became::Claim(claim, kept)
            }
            entry => Became::Passing(entry),
        });
    }
    place.clock = sequencer.clock();
    Ok(Some(Counted { node, era, number, is_beat: seen.is_some(), ended, results }))
}

/// What became of what lasts, as far as it has to be the same everywhere.
fn digest(results: &[Became]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(results.len() * 9);
    for result in results {
        let Became::Lasting(lasting) = result else { continue };
        let (event, outcome) = &**lasting;
        let (kind, number) = match outcome {
            Outcome::Said(message) => (1, message.id.get()),
            Outcome::Revised(revision) => (2, revision.id.get()),
            Outcome::TopicSet(topic) => (3, topic.id.get()),
            Outcome::Repeated(_) => (4, event.id.get()),
            Outcome::Named(person, ..) => (5, person.get()),
            Outcome::Kept(id) => (6, id.get()),
            Outcome::Forgotten(rooms) => (7, rooms.iter().map(|room| room.messages).sum()),
            Outcome::Refused(_) => (8, event.id.get()),
            Outcome::HasDevices(owner) => (9, owner.person.get()),
            Outcome::Numbered(number) => (10, u64::from(*number)),
            Outcome::Made(_) => (11, event.id.get()),
            Outcome::Began(began) => (12, began.message.id.get()),
            Outcome::Changed(rooms) => (13, rooms.iter().map(|room| room.person.get()).sum()),
            Outcome::Set(set) => (14, set.1.id.get()),
            Outcome::BotEnded(person) => (15, person.get()),
        };
        bytes.push(kind);
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes
}

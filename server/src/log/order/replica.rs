//! Applies records to a database, in the order of the stream: several in one transaction, each whole or not
//! at all. What follows from them is done by who asked for it, when that is stored.

use protocol::Refusal;
use rusqlite::Connection;

use super::entry::Entry;
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
}

/// A record, and what became of it.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) seen: Seen,
    /// None is void.
    pub(crate) record: Option<Record>,
    /// Who says how far they are, also in a record that is void.
    pub(crate) told: Option<(NodeName, Seen)>,
    /// The nodes that it ends.
    pub(crate) ended: Vec<NodeName>,
    /// One for each of its entries.
    pub(crate) results: Vec<Became>,
}

/// What became of an entry.
#[derive(Debug)]
pub(crate) enum Became {
    /// Of what lasts.
    Lasting(Box<(Event, Outcome)>),
    /// Of a claim: why the database does not give the name to who wants it.
    Claim(Option<Refusal>),
    /// It is not the database's business.
    Passing,
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
        records: &[Incoming],
    ) -> Result<Vec<Applied>, Unapplied> {
        let mut place = self.place.clone();
        let applied = store.transaction(|db, known| {
            let applied: Result<Vec<_>, _> =
                records.iter().map(|incoming| one((db, known), &mut place, incoming)).collect();
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
    incoming: &Incoming,
) -> Result<Applied, Unapplied> {
    let applied = place.seen.seq;
    if incoming.seq != applied + 1 {
        return Err(Unapplied::Hole { applied, found: incoming.seq });
    }
    let mut told = None;
    let record = match Record::decode(&incoming.payload) {
        Ok(record) => {
            told = record.seen.map(|seen| (record.node.clone(), seen));
            place.fence.pass(&record).map(|ended| (record, ended))
        }
        Err(form @ BadRecord::Form(_)) => return Err(Unapplied::Form(form)),
        // Whoever wrote it is no node.
        Err(BadRecord::Malformed(_)) => None,
    };
    let mut sequencer = Sequencer::new(place.clock);
    let mut results = Vec::new();
    for entry in record.iter().flat_map(|(record, _)| &record.entries) {
        results.push(match entry {
            Entry::Act(act) => {
                let event = sequencer.place(act.clone(), incoming.at_us);
                let outcome = apply(db, known, &event)?;
                Became::Lasting(Box::new((event, outcome)))
            }
            Entry::Claim(claim) => Became::Claim(kept_for_another(db, claim)?),
            _ => Became::Passing,
        });
    }
    place.clock = sequencer.clock();
    let (hash, seq) = (place.seen.hash, incoming.seq);
    place.seen = Seen { seq, hash: chain(&hash, seq, &incoming.payload, &digest(&results)) };
    let (record, ended) = record.unzip();
    Ok(Applied { seen: place.seen, record, told, ended: ended.unwrap_or_default(), results })
}

/// What became of what lasts, as far as it has to be the same everywhere.
fn digest(results: &[Became]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(results.len() * 9);
    for result in results {
        let Became::Lasting(lasting) = result else { continue };
        let (event, outcome) = &**lasting;
        let (kind, number) = match outcome {
            Outcome::Said(message) => (1, message.id.get()),
            Outcome::Deleted(deletion) => (2, deletion.deleted.id.get()),
            Outcome::TopicSet(topic) => (3, topic.id.get()),
            Outcome::Repeated(_) => (4, event.id.get()),
            Outcome::Named(person) => (5, person.get()),
            Outcome::Kept(id) => (6, id.get()),
            Outcome::Forgotten(rooms) => (7, rooms.iter().map(|room| room.messages).sum()),
            Outcome::Refused(_) => (8, event.id.get()),
        };
        bytes.push(kind);
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes
}

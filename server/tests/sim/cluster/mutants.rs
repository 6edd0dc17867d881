//! What is broken on purpose on a node, to show that it would be noticed: what it hears and says is changed on its
//! way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use protocol::{MessageId, ToClient};

use crate::cluster::speaker::Now;
use crate::frame::{Delivery, Frame};
use crate::hub::core::Input;
use crate::log::event::{Act, Event, Forget};
use crate::log::order::entry::{Entry, Here};
use crate::log::order::name::NodeName;
use crate::log::order::record::Record;
use crate::log::order::replica::{Incoming, Replica};
use crate::log::order::shared::Shared;
use crate::sim::Mutant;
use crate::sim::process::HubInput;
use crate::sim::store::Store;

/// How long a node may be silent by a clock.
const SILENT_MAX: Duration = Duration::from_secs(10);

pub(super) struct Mutation {
    mutant: Mutant,
    /// Records that were heard, by node, era and number.
    window: BTreeSet<(NodeName, u64, u64)>,
    /// When a node was heard of last.
    heard: BTreeMap<NodeName, Duration>,
}

impl Mutation {
    pub(super) fn new(mutant: Mutant) -> Self {
        Mutation { mutant, window: BTreeSet::new(), heard: BTreeMap::new() }
    }

    pub(super) fn is(&self, mutant: Mutant) -> bool {
        self.mutant == mutant
    }

    pub(super) fn is_none(&self) -> bool {
        self.is(Mutant::None)
    }

    /// What is heard, before it is applied.
    pub(super) fn heard(&mut self, replica: &Replica, now: Now, incoming: &mut Incoming) {
        match self.mutant {
            Mutant::LocalClock => incoming.at_us = now.clock_us,
            Mutant::SkipHole => incoming.seq = replica.seen().seq + 1,
            _ => {}
        }
        let Ok(mut record) = Record::decode(&incoming.payload) else { return };
        self.heard.insert(record.node.clone(), now.passed);
        let Some(life) = replica.fence().life(&record.node) else { return };
        if matches!(record.entries.first(), Some(Entry::Start(_))) {
            return;
        }
        let next = life.number + 1;
        match self.mutant {
            Mutant::IgnoreEra if record.era < life.era => {
                (record.era, record.number) = (life.era, next);
            }
            Mutant::IgnoreNumbers if record.era == life.era => record.number = next,
            Mutant::DedupByWindow if record.era == life.era => {
                if !self.window.insert((record.node.clone(), record.era, record.number)) {
                    return;
                }
                record.number = next;
            }
            _ => return,
        }
        incoming.payload = record.encode().unwrap().into();
    }

    /// What is said, before it is sent.
    pub(super) fn said(&self, shared: &Shared, now: Now, bytes: Bytes) -> Bytes {
        let Ok(mut record) = Record::decode(&bytes) else { return bytes };
        match self.mutant {
            Mutant::NeverBury => record.entries.retain(|it| !matches!(it, Entry::Bury(..))),
            Mutant::BuryByWallClock => {
                let is_silent = |node: &NodeName| {
                    let heard = self.heard.get(node);
                    heard.is_some_and(|heard| *heard + SILENT_MAX <= now.passed)
                };
                let members = shared.members.read();
                let silent = members.eras().filter(|(node, _)| is_silent(node));
                let silent = silent.filter(|(node, _)| **node != record.node);
                let bury = silent.map(|(node, era)| Entry::Bury(node.clone(), era));
                record.entries.extend(bury);
            }
            _ => return bytes,
        }
        record.encode().unwrap().into()
    }

    /// A node that takes those for away who did not tell yet who is connected to them.
    pub(super) fn open(&self, shared: &Shared) {
        let mut members = shared.members.write();
        if self.is(Mutant::OpenBeforeHere) && !members.has_joined() {
            let nobody = Here { people: Vec::new(), is_last: true, address: None };
            for node in members.awaited() {
                members.here(&node, &nobody);
            }
        }
    }

    /// What an author would be told if it counted that the stream has it.
    pub(super) fn told_early(bytes: &[u8], seq: u64) -> Vec<HubInput> {
        let Ok(record) = Record::decode(bytes) else { return Vec::new() };
        let said = record.entries.into_iter().filter_map(|entry| match entry {
            Entry::Act(Act::Say(say)) => Some(say),
            _ => None,
        });
        let told = said.map(|say| {
            let id = MessageId::try_from(1_900_000_000_000_000 + seq).unwrap();
            let told = ToClient::Message(say.message(id, 0));
            let message = Frame::text(told.encode(), Delivery::Always);
            Input::Deliver { room: say.room, message }
        });
        told.collect()
    }

    /// A node that clears its database by its own clock.
    pub(super) fn clear(&self, store: &mut Store, now: Now) {
        let Some(message) = store.messages.first().filter(|_| now.clock_us.is_multiple_of(3))
        else {
            return;
        };
        let forget = Forget { room: None, upto: message.id };
        let event = Event { id: message.id, at: 0, act: Act::Forget(Box::new(forget)) };
        store.commit(std::iter::once(&event), Mutant::None);
    }
}

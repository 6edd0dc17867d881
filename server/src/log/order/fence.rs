//! Which records count: those of a node that lives, of its newest life, each right after the one before.
//!
//! So what a node sends again counts once and in order, and what a dead one still sends counts never. What is
//! here lasts with the database.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::name::NodeName;
use super::record::Record;
use crate::hub::NODES_MAX;

/// How far the records of each node count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fence(BTreeMap<NodeName, Life>);

/// The newest life of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) era: u64,
    /// Of its newest record that counted.
    pub(crate) number: u64,
    pub(crate) is_alive: bool,
}

impl Fence {
    pub(crate) fn new(lives: impl IntoIterator<Item = (NodeName, Life)>) -> Self {
        Fence(lives.into_iter().collect())
    }

    pub(crate) fn life(&self, node: &NodeName) -> Option<Life> {
        self.0.get(node).copied()
    }

    pub(crate) fn lives(&self) -> impl Iterator<Item = (&NodeName, &Life)> {
        self.0.iter()
    }

    /// The nodes that live, and since when.
    pub(crate) fn alive(&self) -> impl Iterator<Item = (NodeName, u64)> {
        let alive = self.0.iter().filter(|(_, life)| life.is_alive);
        alive.map(|(node, life)| (node.clone(), life.era))
    }

    /// Takes a record, if it counts: the nodes that it ends. None if it does not: it was counted before, one
    /// before it is missing, or its node is dead.
    pub(crate) fn pass(&mut self, record: &Record) -> Option<Vec<NodeName>> {
        let (era, number) = (record.era, record.number);
        let starts = matches!(record.entries.first(), Some(Entry::Start(_)));
        let counts = match self.0.get(&record.node) {
            _ if starts && number != 1 => false,
            None => starts && self.make_room(),
            Some(life) if starts => era > life.era,
            Some(life) => life.is_alive && era == life.era && number == life.number + 1,
        };
        if !counts {
            return None;
        }
        self.0.insert(record.node.clone(), Life { era, number, is_alive: true });
        let ended = record.entries.iter().filter_map(|entry| match entry {
            Entry::Stop => self.end(&record.node, era),
            Entry::Bury(node, era) => self.end(node, *era),
            _ => None,
        });
        Some(ended.collect())
    }

    /// The node, if it has lived.
    fn end(&mut self, node: &NodeName, era: u64) -> Option<NodeName> {
        let life = self.0.get_mut(node).filter(|life| life.era == era && life.is_alive)?;
        life.is_alive = false;
        Some(node.clone())
    }

    /// Nodes that are remembered are at most [`NODES_MAX`]: one more is let in where one of them is dead, and takes
    /// its place.
    fn make_room(&mut self) -> bool {
        if self.0.len() < NODES_MAX {
            return true;
        }
        let dead = self.0.iter().filter(|(_, life)| !life.is_alive);
        let Some(oldest) = dead.min_by_key(|(_, life)| life.era).map(|(node, _)| node.clone())
        else {
            return false;
        };
        self.0.remove(&oldest);
        true
    }
}

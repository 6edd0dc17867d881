//! Who lives and who is connected where, in the whole cluster: what is in no database, and the same on all
//! nodes at one place in the order.
//!
//! A node that starts knows nobody. It hears of everybody who is connected elsewhere from the nodes
//! themselves, and lets nobody in before. This file does not know what is kept of people.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use protocol::{Refusal, Role, RoomName, UserName};

use super::entry::{Claim, Here, Present, Settings, Start};
use super::name::NodeName;
use crate::hub::{NODES_MAX, NodeBit, NodeSet};
use crate::people::names::{Looks, Proof};

/// A node is buried when another one has seen so many of its own beats, one a second, since the last record
/// of it: a pause of the whole stream then buries nobody.
pub(crate) const BEATS_MISSED_MAX: u32 = 10;

/// What the other parts of the node have to do about what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Somebody has entered a room on another node.
    Came(NodeBit, RoomName, UserName, Role),
    /// Nobody is on that node any more.
    Gone(NodeBit),
    /// Another node starts: it is to hear who is connected here.
    Started,
    /// This node was buried: it begins a new life.
    Buried,
    /// Another process has this node's name.
    Fenced,
}

/// Who has a name in use.
#[derive(Debug)]
struct InUse {
    name: UserName,
    proof: Proof,
    nodes: NodeSet,
    /// Where they came in as somebody who moderates.
    moderates: NodeSet,
}

/// A node that lives.
#[derive(Debug)]
struct Node {
    bit: NodeBit,
    era: u64,
    start: Start,
    /// What was told so far of who is there; none if that is known.
    untold: Option<Vec<Present>>,
    /// Beats of this node since its last record.
    missed: u32,
}

#[derive(Debug)]
pub(crate) struct Members {
    me: NodeName,
    /// This process lives since then; none before it has started.
    era: Option<u64>,
    nodes: BTreeMap<NodeName, Node>,
    people: HashMap<Arc<str>, InUse>,
    looks: Looks,
    settings: Option<Settings>,
}

impl Members {
    /// `alive`: the nodes that lived when the database was written.
    pub(crate) fn new(me: NodeName, alive: impl IntoIterator<Item = (NodeName, u64)>) -> Self {
        let mut members = Members {
            me,
            era: None,
            nodes: BTreeMap::new(),
            people: HashMap::new(),
            looks: Looks::default(),
            settings: None,
        };
        for (node, era) in alive {
            members.begin(&node, (era, Start::default()), Some(Vec::new()));
        }
        members
    }

    /// Whether this node lives, and knows who is connected on all others.
    pub(crate) fn has_joined(&self) -> bool {
        self.era.is_some() && self.others().all(|(_, node)| node.untold.is_none())
    }

    /// Nodes whose people are not known yet.
    pub(crate) fn awaited(&self) -> Vec<NodeName> {
        let awaited = self.others().filter(|(_, node)| node.untold.is_some());
        awaited.map(|(name, _)| name.clone()).collect()
    }

    /// Nodes that live, as far as this one knows.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (&NodeName, &Start)> {
        self.nodes.iter().map(|(name, node)| (name, &node.start))
    }

    /// Settings of the whole cluster.
    pub(crate) fn settings(&self) -> Option<Settings> {
        self.settings
    }

    /// Who has a name in use anywhere, what shows that it is theirs, and whether they moderate.
    pub(crate) fn find(&self, name: &UserName) -> Option<(UserName, Proof, bool)> {
        let found = self.people.get(name.key())?;
        Some((found.name.clone(), found.proof, !found.moderates.is_empty()))
    }

    /// People on a node.
    pub(crate) fn people_on(&self, node: &NodeName) -> usize {
        let Some(bit) = self.nodes.get(node).map(|node| node.bit) else { return 0 };
        self.people.values().filter(|person| person.nodes.has(bit)).count()
    }

    /// Nodes that are to be buried, and in which era.
    pub(crate) fn silent(&self) -> Vec<(NodeName, u64)> {
        let silent = self.others().filter(|(_, node)| node.missed >= BEATS_MISSED_MAX);
        silent.map(|(name, node)| (name.clone(), node.era)).collect()
    }

    /// A record of a node that lives came, before its entries are applied.
    pub(crate) fn heard(&mut self, from: &NodeName, era: u64, is_beat: bool) {
        if *from != self.me {
            if let Some(node) = self.nodes.get_mut(from) {
                node.missed = 0;
            }
        } else if is_beat && self.era == Some(era) {
            let me = &self.me;
            let others = self.nodes.iter_mut().filter(|(name, _)| *name != me);
            others.for_each(|(_, node)| node.missed += 1);
        }
    }

    /// A node begins a life. `own`: the era of this process.
    pub(crate) fn start(
        &mut self,
        node: &NodeName,
        (era, own): (u64, u64),
        start: &Start,
    ) -> Vec<Change> {
        let mut changes = self.end(node);
        self.settings = Some(start.settings);
        if *node != self.me {
            changes.push(Change::Started);
        } else {
            // Whoever begins anew was not buried.
            changes.clear();
            self.era = (era == own).then_some(era);
            // Of a process that has the same name, unless this one is still to begin.
            changes.extend((own != 0 && era > own).then_some(Change::Fenced));
        }
        self.begin(node, (era, start.clone()), None);
        changes
    }

    /// A node ends, of itself or because it was not heard of.
    pub(crate) fn end(&mut self, node: &NodeName) -> Vec<Change> {
        let Some(ended) = self.nodes.remove(node) else { return Vec::new() };
        self.forget_people(ended.bit);
        if *node != self.me {
            return vec![Change::Gone(ended.bit)];
        }
        let was_alive = self.era.take().is_some();
        was_alive.then_some(Change::Buried).into_iter().collect()
    }

    /// Somebody wants a name. `kept`: why the database does not give it to them.
    ///
    /// # Errors
    /// Why they do not get it; else how it is spelt.
    pub(crate) fn claim(
        &mut self,
        node: &NodeName,
        claim: &Claim,
        kept: Option<Refusal>,
    ) -> Result<UserName, Refusal> {
        let Some(bit) = self.known(node) else { return Err(Refusal::Unavailable) };
        let Claim { name, proof, moderates, .. } = claim;
        if let Some(holder) = self.people.get_mut(name.key()) {
            if *proof == Proof::None || holder.proof != *proof {
                return Err(Refusal::NameTaken);
            }
            holder.add(bit, *moderates);
            return Ok(holder.name.clone());
        }
        if let Some(refusal) = kept {
            return Err(refusal);
        }
        if *proof != Proof::Token
            && let Some(like) = self.looks.like(name).iter().find_map(|key| self.people.get(key))
        {
            return Err(Refusal::NameSimilar(like.name.as_str().into()));
        }
        self.hold(bit, name, *proof, *moderates);
        Ok(name.clone())
    }

    /// Somebody has no connection to a node any more.
    pub(crate) fn yielded(&mut self, node: &NodeName, name: &UserName) {
        let Some(bit) = self.known(node) else { return };
        let Some(holder) = self.people.get_mut(name.key()) else { return };
        holder.remove(bit);
        if holder.nodes.is_empty()
            && let Some(holder) = self.people.remove(name.key())
        {
            // As it was spelt when it was added.
            self.looks.remove(&holder.name);
        }
    }

    /// The place of a node, if somebody there comes or goes, and it is told to the rooms here.
    pub(crate) fn elsewhere(&self, node: &NodeName) -> Option<NodeBit> {
        self.known(node).filter(|_| *node != self.me)
    }

    /// Takes a part of who is connected to a node, if that is not known yet.
    pub(crate) fn here(&mut self, node: &NodeName, part: &Here) -> Vec<Change> {
        let Some(there) = self.nodes.get_mut(node) else { return Vec::new() };
        let bit = there.bit;
        let Some(untold) = &mut there.untold else { return Vec::new() };
        untold.extend(part.people.iter().cloned());
        if !part.is_last {
            return Vec::new();
        }
        let all = there.untold.take().unwrap_or_default();
        there.start.address.clone_from(&part.address);
        let mut changes = Vec::new();
        for Present { name, proof, moderates, rooms } in all {
            self.take_over(bit, &name, proof, moderates);
            let came = rooms.into_iter();
            changes.extend(came.map(|(room, role)| Change::Came(bit, room, name.clone(), role)));
        }
        changes
    }

    fn others(&self) -> impl Iterator<Item = (&NodeName, &Node)> {
        self.nodes.iter().filter(|(name, _)| **name != self.me)
    }

    /// The place of a node whose people are known.
    fn known(&self, node: &NodeName) -> Option<NodeBit> {
        self.nodes.get(node).filter(|node| node.untold.is_none()).map(|node| node.bit)
    }

    fn begin(&mut self, name: &NodeName, (era, start): (u64, Start), untold: Option<Vec<Present>>) {
        // As many as may live at a time have places.
        debug_assert!(self.nodes.len() < NODES_MAX);
        let is_taken = |bit| self.nodes.values().any(|node| node.bit == bit);
        let Some(bit) = NodeBit::free(is_taken) else { return };
        self.nodes.insert(name.clone(), Node { bit, era, start, untold, missed: 0 });
    }

    fn hold(&mut self, bit: NodeBit, name: &UserName, proof: Proof, moderates: bool) {
        self.looks.add(name);
        let (nodes, moderating) = (NodeSet::default(), NodeSet::default());
        let mut holder = InUse { name: name.clone(), proof, nodes, moderates: moderating };
        holder.add(bit, moderates);
        self.people.insert(name.key().clone(), holder);
    }

    /// What a node says of its own people was decided while this node was away, and counts.
    fn take_over(&mut self, bit: NodeBit, name: &UserName, proof: Proof, moderates: bool) {
        match self.people.get_mut(name.key()) {
            Some(holder) if holder.proof == proof && proof != Proof::None => {
                holder.add(bit, moderates);
            }
            Some(_) => {
                self.people.remove(name.key());
                self.looks.remove(name);
                self.hold(bit, name, proof, moderates);
            }
            None => self.hold(bit, name, proof, moderates),
        }
    }

    fn forget_people(&mut self, bit: NodeBit) {
        let gone = self.people.extract_if(|_, holder| {
            holder.remove(bit);
            holder.nodes.is_empty()
        });
        gone.for_each(|(_, holder)| self.looks.remove(&holder.name));
    }
}

impl InUse {
    fn add(&mut self, node: NodeBit, moderates: bool) {
        self.nodes.add(node);
        if moderates {
            self.moderates.add(node);
        }
    }

    fn remove(&mut self, node: NodeBit) {
        self.nodes.remove(node);
        self.moderates.remove(node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str) -> NodeName {
        name.parse().unwrap()
    }

    #[test]
    fn a_node_that_begins_anew_goes_on_unless_another_process_did() {
        let (me, start) = (node("a"), Start::default());
        let mut members = Members::new(me.clone(), []);
        // A record from before this process, which has not begun.
        assert_eq!(members.start(&me, (5, 0), &start), []);
        assert_eq!(members.start(&me, (7, 7), &start), []);
        assert_eq!(members.end(&me), [Change::Buried]);
        assert_eq!(members.start(&me, (8, 8), &start), []);
        assert_eq!(members.start(&me, (9, 9), &start), [], "a new life, of its own accord");
        assert_eq!(members.start(&me, (10, 9), &start), [Change::Fenced]);
        // Also before its own start has come back.
        let mut early = Members::new(me.clone(), []);
        assert_eq!(early.start(&me, (10, 9), &start), [Change::Fenced]);
    }
}

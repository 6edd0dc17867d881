//! Who lives and who is connected where, in the whole cluster: what is in no database, and the same on all
//! nodes at one place in the order.
//!
//! A node that starts knows nobody. All nodes then tell who is connected to them, itself included, and nobody is let
//! in before. Until the last has told, no node claims names: who does not know everybody cannot say whose a name
//! is, and would say something else than the others. This file does not know what is kept of people.

#[cfg(test)]
mod tests;

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
    /// A node starts, perhaps this one: it is to hear who is connected here.
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
    /// When it began, and when it told last who is there, as [`Members::events`] were counted then.
    started: u64,
    told: Option<u64>,
    /// What was told so far of who is there.
    parts: Vec<Present>,
    /// All others have told it who is there, since it began.
    knows_all: bool,
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
    /// Starts and tellings so far.
    events: u64,
    /// This process knows everybody, and follows since then, also in its later lives.
    knows_all: bool,
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
            events: 0,
            knows_all: false,
        };
        for (node, era) in alive {
            members.begin(&node, (era, Start::default()));
        }
        members
    }

    /// Whether this node lives, and knows who is connected on all others.
    pub(crate) fn has_joined(&self) -> bool {
        self.era.is_some() && self.knows_all
    }

    /// Nodes that did not tell yet who is connected to them since this one began.
    pub(crate) fn awaited(&self) -> Vec<NodeName> {
        let began = self.nodes.get(&self.me).map_or(0, |me| me.started);
        let awaited = self.nodes.iter().filter(|(_, node)| !node.has_told_since(began));
        awaited.map(|(name, _)| name.clone()).collect()
    }

    /// Whether names can be claimed: all nodes have told who is connected to them since the newest began.
    pub(crate) fn may_claim(&self) -> bool {
        let newest = self.nodes.values().map(|node| node.started).max().unwrap_or_default();
        self.era.is_some() && self.nodes.values().all(|node| node.has_told_since(newest))
    }

    /// Nodes that live, as far as this one knows.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (&NodeName, &Start)> {
        self.nodes.iter().map(|(name, node)| (name, &node.start))
    }

    /// The node that does the work of which the cluster needs it done once. All that have joined name the same one at
    /// one place in the order: a node that begins comes first only when it knows everybody, and until then another
    /// goes on.
    pub(crate) fn first(&self) -> Option<&NodeName> {
        self.nodes.iter().find(|(_, node)| node.knows_all).map(|(name, _)| name)
    }

    /// Nodes that live, and since when.
    #[cfg(test)]
    pub(crate) fn eras(&self) -> impl Iterator<Item = (&NodeName, u64)> {
        self.nodes.iter().map(|(name, node)| (name, node.era))
    }

    /// Whose names are in use, and on which nodes.
    #[cfg(test)]
    pub(crate) fn people(&self) -> BTreeMap<Arc<str>, (Proof, Vec<NodeName>)> {
        let on = |person: &InUse| {
            let nodes = self.nodes.iter().filter(|(_, node)| person.nodes.has(node.bit));
            nodes.map(|(name, _)| name.clone()).collect()
        };
        let people = self.people.iter();
        people.map(|(key, person)| (key.clone(), (person.proof, on(person)))).collect()
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
        // Who begins anew was not buried.
        changes.retain(|change| *change != Change::Buried);
        self.settings = Some(start.settings);
        if *node == self.me {
            self.era = (era == own).then_some(era);
        }
        if *node != self.me || era == own {
            changes.push(Change::Started);
        } else if own != 0 && era > own {
            // Of a process that has the same name; unless this one is still to begin.
            changes = vec![Change::Fenced];
        }
        self.begin(node, (era, start.clone()));
        changes
    }

    /// A node ends, of itself or because it was not heard of.
    pub(crate) fn end(&mut self, node: &NodeName) -> Vec<Change> {
        let Some(ended) = self.nodes.remove(node) else { return Vec::new() };
        self.forget_people(ended.bit);
        let is_me = *node == self.me;
        let was_alive = is_me && self.era.take().is_some();
        self.learn();
        if !is_me {
            return vec![Change::Gone(ended.bit)];
        }
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

    /// Takes a part of who is connected to a node; all of it counts instead of what was known before, unless that is
    /// the same.
    pub(crate) fn here(&mut self, node: &NodeName, part: &Here) -> Vec<Change> {
        let Some(there) = self.nodes.get_mut(node) else { return Vec::new() };
        there.parts.extend(part.people.iter().cloned());
        if !part.is_last {
            return Vec::new();
        }
        there.start.address.clone_from(&part.address);
        self.events += 1;
        let (bit, all) = (there.bit, std::mem::take(&mut there.parts));
        let before = there.told.replace(self.events);
        let is_elsewhere = *node != self.me;
        let mut changes = Vec::new();
        if before.is_none() || !self.knows_all {
            self.forget_people(bit);
            changes.extend(before.map(|_| Change::Gone(bit)));
            for Present { name, proof, moderates, rooms } in all {
                self.take_over(bit, &name, proof, moderates);
                let came = |(room, role)| Change::Came(bit, room, name.clone(), role);
                changes.extend(rooms.into_iter().map(came));
            }
        }
        self.learn();
        changes.retain(|_| is_elsewhere);
        changes
    }

    /// Whether each node, and so this process, knows everybody now.
    fn learn(&mut self) {
        let told = self.nodes.values().map(|node| node.told.unwrap_or_default()).min();
        let told = told.unwrap_or_default();
        self.nodes.values_mut().for_each(|node| node.knows_all |= told > node.started);
        let me = self.nodes.get(&self.me).filter(|_| self.era.is_some());
        self.knows_all |= me.is_some_and(|me| me.knows_all);
    }

    fn others(&self) -> impl Iterator<Item = (&NodeName, &Node)> {
        self.nodes.iter().filter(|(name, _)| **name != self.me)
    }

    /// The place of a node whose people are known.
    fn known(&self, node: &NodeName) -> Option<NodeBit> {
        self.nodes.get(node).filter(|node| node.told.is_some()).map(|node| node.bit)
    }

    fn begin(&mut self, name: &NodeName, (era, start): (u64, Start)) {
        // As many as may live at a time have places.
        debug_assert!(self.nodes.len() < NODES_MAX);
        let is_taken = |bit| self.nodes.values().any(|node| node.bit == bit);
        let Some(bit) = NodeBit::free(is_taken) else { return };
        self.events += 1;
        let (started, told, parts) = (self.events, None, Vec::new());
        let node = Node { bit, era, start, started, told, parts, knows_all: false, missed: 0 };
        self.nodes.insert(name.clone(), node);
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

impl Node {
    fn has_told_since(&self, event: u64) -> bool {
        self.told.is_some_and(|told| told > event)
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

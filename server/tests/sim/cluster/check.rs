//! What must be true of several nodes: at every moment, and when everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protocol::Message;

use super::node::Node;
use crate::log::order::entry::Entry;
use crate::log::order::members::BEATS_MISSED_MAX;
use crate::log::order::name::NodeName;
use crate::log::order::replica::{Applied, Became};
use crate::log::order::verify::Hash;
use crate::people::names::Proof;
use crate::sim::check::count_people;
use crate::sim::client::Client;

/// Whose names are in use, and on which nodes.
type People = BTreeMap<Arc<str>, (Proof, Vec<NodeName>)>;

/// What is known of the order: the same on all nodes.
#[derive(Default)]
pub(super) struct Order {
    hashes: BTreeMap<u64, Hash>,
    /// Beats of one node since the last record of another.
    missed: BTreeMap<(NodeName, NodeName), u32>,
    /// Who may be given up by whom: what they say then may still come before.
    due: BTreeSet<(NodeName, NodeName)>,
    nodes: BTreeSet<NodeName>,
}

impl Order {
    /// A node has applied a record.
    pub(super) fn applied(&mut self, node: &NodeName, applied: &Applied) -> Result<(), String> {
        let seq = applied.seen.seq;
        let is_first = !self.hashes.contains_key(&seq);
        let hash = self.hashes.entry(seq).or_insert(applied.seen.hash);
        if *hash != applied.seen.hash {
            return Err(format!("{node} differs from another node at {seq}"));
        }
        if is_first { self.buried(applied) } else { Ok(()) }
    }

    /// Nobody is given up before it has missed enough.
    fn buried(&mut self, applied: &Applied) -> Result<(), String> {
        let Some(counted) = &applied.counted else { return Ok(()) };
        let by = &counted.node;
        for became in &counted.results {
            let Became::Passing(Entry::Bury(node, _)) = became else { continue };
            let is_due = self.due.contains(&(by.clone(), node.clone()));
            if counted.ended.contains(node) && !is_due {
                return Err(format!("{by} buries {node} too early"));
            }
        }
        self.nodes.insert(by.clone());
        for other in &self.nodes {
            self.missed.insert((other.clone(), by.clone()), 0);
            if counted.is_beat && other != by {
                let pair = (by.clone(), other.clone());
                let missed = self.missed.entry(pair.clone()).or_default();
                *missed += 1;
                if *missed >= BEATS_MISSED_MAX {
                    self.due.insert(pair);
                }
            }
        }
        Ok(())
    }
}

/// At one place in the order all nodes know the same people and the same first node, and no name is held for two.
pub(super) fn people(nodes: &[Node]) -> Result<(), String> {
    let mut held: BTreeMap<(u64, Arc<str>), Proof> = BTreeMap::new();
    let mut known: BTreeMap<u64, (People, Option<NodeName>)> = BTreeMap::new();
    for node in nodes {
        let Some(running) = &node.running else { continue };
        let seq = running.replica.seen().seq;
        let members = running.shared.members.read();
        if members.has_joined() {
            let knows = (members.people(), members.first().cloned());
            let before = known.entry(seq).or_insert_with(|| knows.clone());
            if *before != knows {
                return Err(format!("{} knows {knows:?} instead of {before:?}", node.name));
            }
        }
        let life = running.replica.fence().life(&node.name);
        if life.is_none_or(|life| !life.is_alive || life.era != running.shared.era()) {
            continue;
        }
        for (name, proof) in running.shared.presence.held() {
            if *held.entry((seq, name.clone())).or_insert(proof) != proof {
                return Err(format!("the name {name} has two owners"));
            }
            if node.store.keeps_for_another(&name, proof) {
                return Err(format!("the name {name} is kept for another on {}", node.name));
            }
        }
    }
    Ok(())
}

/// What was refused for good is in no database; what one sender said once each is in its order.
pub(super) fn said(node: &Node, clients: &[Client]) -> Result<(), String> {
    let messages = &node.store.messages;
    for client in clients {
        let stored = |content: &String| messages.iter().any(|it| it.content.as_str() == content);
        if let Some(content) = client.refused.iter().find(|content| stored(content)) {
            return Err(format!("{content} was refused and is stored"));
        }
        if let Some(lost) = client.acknowledged.iter().find(|it| !node.store.holds(it)) {
            return Err(format!("{} lost {}, which was told", node.name, lost.id));
        }
        let mut before: BTreeMap<u64, (usize, &Message)> = BTreeMap::new();
        // What an edit says stands where the message was said.
        for message in messages.iter().filter(|it| it.edited.is_none()) {
            let Some((line, place)) = client.sent_once.get(message.content.as_str()) else {
                continue;
            };
            if let Some((earlier, other)) = before.insert(*line, (*place, message))
                && earlier > *place
            {
                return Err(format!("{:?} stands behind {:?}", message.content, other.content));
            }
        }
    }
    Ok(())
}

/// All databases are the same in every row.
pub(super) fn rows(nodes: &[Node]) -> Result<(), String> {
    let mut dumps = nodes.iter().filter(|node| node.running.is_some());
    let Some(first) = dumps.next() else { return Ok(()) };
    let rows = first.store.dump();
    for other in dumps {
        let theirs = other.store.dump();
        let different = rows.iter().zip(&theirs).find(|(one, other)| one != other);
        if let Some((one, other)) = different {
            return Err(format!("rows differ: {one} and {other}"));
        }
        if rows.len() != theirs.len() {
            return Err("there are more rows on one node than on another".to_owned());
        }
    }
    Ok(())
}

/// All nodes know the same people, and nothing is left.
pub(super) fn at_rest(nodes: &[Node], clients: &[Client], at: &[usize]) -> Result<(), String> {
    let rooms: BTreeSet<_> = clients.iter().flat_map(|client| client.rooms.keys()).collect();
    for (here, node) in nodes.iter().enumerate() {
        let Some(running) = &node.running else { continue };
        let name = &node.name;
        let members = running.shared.members.read();
        let dead = nodes
            .iter()
            .find(|it| it.running.is_none() && members.eras().any(|(n, _)| *n == it.name));
        if let Some(dead) = dead {
            return Err(format!("for {name} {} still lives, which is dead", dead.name));
        }
        let (count, known) = (running.process.rooms_in_hub(), members.people().len());
        if (count, known) != (rooms.len(), count_people(clients.iter())) {
            return Err(format!("{name} has {count} rooms and knows {known} people"));
        }
        let theirs = clients.iter().zip(at).filter(|(_, at)| **at == here);
        let theirs = count_people(theirs.map(|(client, _)| client));
        let (names, undecided) =
            (running.process.names.count(), running.shared.presence.undecided());
        if (names, undecided) != (theirs, 0) {
            let process = &running.process;
            let lines: Vec<_> = process
                .connections
                .iter()
                .map(|(line, it)| (line, it.name(), it.cut, process.waits(*line)))
                .collect();
            let claiming = process.claiming.len();
            return Err(format!(
                "{name} has {names} names instead of {theirs}, {undecided} undecided: {lines:?}, {claiming} claiming"
            ));
        }
    }
    Ok(())
}

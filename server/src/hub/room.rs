//! The members of one room and the people behind them.
//!
//! This file does not know other rooms, or what is said to members.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use protocol::{PEOPLE_MAX, RoomName, UserName};

use super::node_set::{NodeBit, NodeSet};
use super::presence::{Budget, Churn, Gathered, envelope_bytes, name_bytes};

/// One connection, by a number that is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// How a person is in a room.
#[derive(Debug, Default)]
struct Presence {
    /// Their connections to this node.
    connections: u32,
    /// The other nodes that they have connections to.
    nodes: NodeSet,
}

impl Presence {
    fn is_over(&self) -> bool {
        self.connections == 0 && self.nodes.is_empty()
    }
}

/// One room with at least one member, or somebody on another node.
#[derive(Debug)]
pub(crate) struct Room<M> {
    name: RoomName,
    /// Sorted by connection: ids grow, so a newcomer stands at the end.
    members: Vec<(ConnectionId, M)>,
    people: BTreeMap<UserName, Presence>,
    /// What their names take in a list.
    people_bytes: u64,
    /// Only in a large or lively room.
    gathered: Option<Box<Gathered>>,
    churn: Churn,
}

impl<M> Room<M> {
    pub(crate) fn new(name: RoomName) -> Self {
        Room {
            name,
            members: Vec::new(),
            people: BTreeMap::new(),
            people_bytes: 0,
            gathered: None,
            churn: Churn::default(),
        }
    }

    pub(crate) fn name(&self) -> &RoomName {
        &self.name
    }

    /// Adds a connection; true if its person was not here yet.
    pub(crate) fn add(&mut self, id: ConnectionId, member: M, user: UserName) -> bool {
        match self.members.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(_) => return false,
            Err(place) => self.members.insert(place, (id, member)),
        }
        self.change(user, |presence| presence.connections += 1)
    }

    /// Somebody is in the room on another node; true if they were not here yet.
    pub(super) fn came(&mut self, node: NodeBit, user: UserName) -> bool {
        let add = |presence: &mut Presence| {
            presence.nodes.add(node);
        };
        self.change(user, add)
    }

    /// They are no longer; true if that was their last.
    pub(super) fn went(&mut self, node: NodeBit, user: &UserName) -> bool {
        let was_here = |presence: &mut Presence| presence.nodes.remove(node);
        self.people.get_mut(user).is_some_and(was_here) && self.forget_if_over(user)
    }

    /// Those who are in the room on another node.
    pub(super) fn people_on(&self, node: NodeBit) -> Vec<UserName> {
        let there = self.people.iter().filter(|(_, presence)| presence.nodes.has(node));
        there.map(|(user, _)| user.clone()).collect()
    }

    /// True if the person was not here before.
    fn change(&mut self, user: UserName, add: impl FnOnce(&mut Presence)) -> bool {
        let bytes = name_bytes(&user);
        let presence = self.people.entry(user).or_default();
        let is_new = presence.is_over();
        add(presence);
        if is_new {
            self.people_bytes += bytes;
        }
        is_new
    }

    fn forget_if_over(&mut self, user: &UserName) -> bool {
        if !self.people.get(user).is_some_and(Presence::is_over) {
            return false;
        }
        if let Some((user, _)) = self.people.remove_entry(user) {
            // As it was spelt when it was added.
            self.people_bytes -= name_bytes(&user);
        }
        true
    }

    /// Removes a connection; gives back how it is reached, and whether it was its person's last.
    pub(crate) fn remove(&mut self, id: ConnectionId, user: &UserName) -> Option<(M, bool)> {
        let place = self.members.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, member) = self.members.remove(place);
        self.people.get_mut(user)?.connections -= 1;
        Some((member, self.forget_if_over(user)))
    }

    /// Whether nobody is here, on any node.
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub(crate) fn connections(&self) -> usize {
        self.members.len()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &M> {
        self.members.iter().map(|(_, member)| member)
    }

    pub(crate) fn member(&self, id: ConnectionId) -> Option<&M> {
        let place = self.members.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&self.members[place].1)
    }

    /// Which connection is reached like this, if it is here.
    pub(super) fn place_of(&self, member: &M) -> Option<ConnectionId>
    where
        M: PartialEq,
    {
        self.members.iter().find(|(_, other)| other == member).map(|(id, _)| *id)
    }

    pub(crate) fn has(&self, user: &UserName) -> bool {
        self.people.contains_key(user)
    }

    /// Sorted by folded name, each once.
    pub(crate) fn people(&self) -> impl Iterator<Item = &UserName> {
        self.people.keys()
    }

    pub(crate) fn people_count(&self) -> usize {
        self.people.len()
    }

    /// Those who sort after a name, which need not be here.
    pub(crate) fn people_after(&self, name: &UserName) -> impl Iterator<Item = &UserName> {
        self.people.range((Bound::Excluded(name), Bound::Unbounded)).map(|(user, _)| user)
    }

    /// True if somebody who came or went, if that `is_news`, is told to all at once with the whole
    /// list.
    pub(super) fn tells_at_once(&mut self, now: Duration, budget: Budget, is_news: bool) -> bool {
        budget.allows_all(self.connections())
            && (!is_news || budget.is_endless() || self.churn.takes_one(now))
    }

    /// What this room, being large or lively, has been told and may still be told.
    pub(super) fn gathered(&mut self, budget: Budget) -> &mut Gathered {
        self.gathered.get_or_insert_with(|| Box::new(Gathered::new(budget)))
    }

    /// True if a `join` or `leave` may be told to all now.
    pub(super) fn takes_line(&mut self, now: Duration, budget: Budget, user: &UserName) -> bool {
        let line = envelope_bytes(&self.name) + name_bytes(user);
        let bytes = self.connections() as u64 * line;
        self.gathered(budget).takes_line(now, bytes)
    }

    /// How long the list of somebody who comes may be: a page at most.
    pub(super) fn entry_bytes(&mut self, now: Duration, budget: Budget) -> u64 {
        let names: u64 = self.people().take(PEOPLE_MAX).map(name_bytes).sum();
        let page = envelope_bytes(&self.name) + names;
        self.gathered(budget).takes_entry(now, page)
    }

    /// How long a list to all may be now, if one is owed and cannot be longer later.
    pub(super) fn list_bytes(&mut self, now: Duration, budget: Budget) -> Option<u64> {
        let connections = self.connections() as u64;
        let full = connections * (envelope_bytes(&self.name) + self.people_bytes);
        let bytes = self.gathered(budget).takes_list(now, full)?;
        Some(bytes / connections.max(1))
    }
}

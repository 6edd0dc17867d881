//! The members of one room and the people behind them.
//!
//! This file does not know other rooms, or what is said to members.

use std::collections::BTreeMap;
use std::ops::Bound;

use protocol::{RoomName, UserName};

/// One connection, by a number that is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// One room with at least one member.
#[derive(Debug)]
pub(crate) struct Room<M> {
    name: RoomName,
    /// Sorted by connection: ids grow, so a newcomer stands at the end.
    members: Vec<(ConnectionId, M)>,
    /// Who is here, each with the number of their connections.
    people: BTreeMap<UserName, usize>,
}

impl<M> Room<M> {
    pub(crate) fn new(name: RoomName) -> Self {
        Room { name, members: Vec::new(), people: BTreeMap::new() }
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
        let connections = self.people.entry(user).or_insert(0);
        *connections += 1;
        *connections == 1
    }

    /// Removes a connection; gives back how it is reached, and whether it was its person's last.
    pub(crate) fn remove(&mut self, id: ConnectionId, user: &UserName) -> Option<(M, bool)> {
        let place = self.members.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let (_, member) = self.members.remove(place);
        let connections = self.people.get_mut(user)?;
        *connections -= 1;
        let last = *connections == 0;
        if last {
            self.people.remove(user);
        }
        Some((member, last))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &M> {
        self.members.iter().map(|(_, member)| member)
    }

    pub(crate) fn member(&self, id: ConnectionId) -> Option<&M> {
        let place = self.members.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(&self.members[place].1)
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
}

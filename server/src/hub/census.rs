//! How many people are in each room, over all nodes: written by the shards as people come and go, read by
//! whoever lists rooms, so that a list of ten thousand rooms asks no shard anything.
//!
//! This file does not know who is in a room, or who may hear of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;
use protocol::RoomName;

/// The rooms that somebody is in. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Census(Arc<RwLock<BTreeMap<Arc<str>, Count>>>);

#[derive(Debug)]
struct Count {
    room: RoomName,
    people: usize,
}

impl Census {
    /// So many people are in a room now.
    pub(super) fn set(&self, room: &RoomName, people: usize) {
        let mut counts = self.0.write();
        if people == 0 {
            counts.remove(room.key());
        } else if let Some(count) = counts.get_mut(room.key()) {
            count.people = people;
        } else {
            let room = room.clone();
            counts.insert(room.key().clone(), Count { room, people });
        }
    }

    /// How many people are in a room.
    pub(crate) fn people(&self, room: &RoomName) -> usize {
        self.0.read().get(room.key()).map_or(0, |count| count.people)
    }

    /// Open rooms that somebody is in, from a folded name on, in order: the first that are wanted.
    pub(crate) fn open_from(
        &self,
        from: &str,
        count_max: usize,
        is_wanted: impl Fn(&RoomName) -> bool,
    ) -> Vec<RoomName> {
        let counts = self.0.read();
        let rooms = counts.range(Arc::from(from)..).map(|(_, count)| &count.room);
        let rooms = rooms.filter(|room| !room.is_address() && is_wanted(room));
        rooms.take(count_max).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str) -> RoomName {
        RoomName::known(name).unwrap()
    }

    #[test]
    fn only_rooms_with_people_are_there_and_those_of_members_are_not_listed() {
        let census = Census::default();
        for (name, people) in [("b", 2), ("+secret", 1), ("@both", 2), ("C", 1), ("a", 3), ("b", 0)]
        {
            census.set(&room(name), people);
        }
        let listed = |from, max| -> Vec<String> {
            let rooms = census.open_from(from, max, |_| true);
            rooms.iter().map(|room| room.as_str().to_owned()).collect()
        };
        assert_eq!(listed("", 9), ["a", "C"]);
        assert_eq!((listed("", 1), listed("b", 9)), (vec!["a".to_owned()], vec!["C".to_owned()]));
        assert!(census.open_from("", 9, |room| room.as_str() == "x").is_empty());
        let people = ["a", "c", "b", "+secret"].map(|name| census.people(&room(name)));
        assert_eq!(people, [3, 1, 0, 1]);
    }
}

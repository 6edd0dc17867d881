//! Markers that are not in the database yet: up to where persons have read rooms.
//!
//! They are noted as they come and stored together now and then, since losing the last of them harms nobody. This
//! file does not know the database, or who is told of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use protocol::{MessageId, RoomName};

use crate::log::acts_of_rooms::NoteRead;
use crate::people::names::PersonId;

/// How often they are stored: each room once at most in this time.
pub(crate) const STORE_EVERY: Duration = Duration::from_secs(2);
/// After so many times more one is in the database, or will not be: another node of the cluster stores its own.
const KEPT_FOR: u8 = 5;
/// Markers that wait: all that 20,000 people move in three rooms each. More are told, and not stored.
const MARKERS_MAX: usize = 65_536;
/// Markers of one event: the record of a node holds as many.
const TOGETHER_MAX: usize = 4096;

/// Markers of a person that may be further than the database knows, by folded room.
pub(crate) type Moved = HashMap<Arc<str>, MessageId>;

/// Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Markers(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    by_person: BTreeMap<PersonId, Vec<Marker>>,
    count: usize,
}

#[derive(Debug)]
struct Marker {
    room: RoomName,
    upto: MessageId,
    /// This server has to store it.
    is_due: bool,
    /// How often others were stored since it was noted.
    age: u8,
}

impl Markers {
    /// Somebody has read a room up to somewhere; `here`, if their connection is to this server. False if that is
    /// known to be no news.
    pub(crate) fn note(
        &self,
        person: PersonId,
        (room, upto): (&RoomName, MessageId),
        here: bool,
    ) -> bool {
        let mut waiting = self.0.lock();
        let is_full = waiting.count >= MARKERS_MAX;
        let theirs = waiting.by_person.entry(person).or_default();
        match theirs.iter_mut().find(|marker| marker.room == *room) {
            Some(marker) if marker.upto >= upto => return false,
            Some(marker) => {
                *marker = Marker { upto, is_due: here, age: 0, room: marker.room.clone() };
            }
            None if is_full => {
                if theirs.is_empty() {
                    waiting.by_person.remove(&person);
                }
            }
            None => {
                theirs.push(Marker { room: room.clone(), upto, is_due: here, age: 0 });
                waiting.count += 1;
            }
        }
        true
    }

    /// Those of a person.
    pub(crate) fn of(&self, person: PersonId) -> Moved {
        let waiting = self.0.lock();
        let theirs = waiting.by_person.get(&person).into_iter().flatten();
        theirs.map(|marker| (marker.room.key().clone(), marker.upto)).collect()
    }

    /// What is to be stored now: of each room one event, unless it is very large. What is old is forgotten.
    pub(crate) fn take_due(&self) -> Vec<NoteRead> {
        let mut rooms: BTreeMap<Arc<str>, NoteRead> = BTreeMap::new();
        let mut waiting = self.0.lock();
        let Waiting { by_person, count } = &mut *waiting;
        for (person, theirs) in by_person.iter_mut() {
            theirs.retain_mut(|marker| {
                if std::mem::take(&mut marker.is_due) {
                    let (key, room) = (marker.room.key().clone(), marker.room.clone());
                    let note = || NoteRead { room, markers: Vec::new() };
                    rooms.entry(key).or_insert_with(note).markers.push((*person, marker.upto));
                }
                marker.age += 1;
                marker.age <= KEPT_FOR
            });
        }
        by_person.retain(|_, theirs| !theirs.is_empty());
        *count = by_person.values().map(Vec::len).sum();
        drop(waiting);
        rooms.into_values().flat_map(parts).collect()
    }

    /// The log could not take these now.
    pub(crate) fn put_back(&self, note: &NoteRead) {
        let mut waiting = self.0.lock();
        for (person, upto) in &note.markers {
            let theirs = waiting.by_person.get_mut(person).into_iter().flatten();
            let same = |marker: &&mut Marker| marker.room == note.room && marker.upto == *upto;
            theirs.filter(same).for_each(|marker| {
                (marker.is_due, marker.age) = (true, 0);
            });
        }
    }
}

/// Persons in order, in parts that a record holds.
fn parts(mut note: NoteRead) -> Vec<NoteRead> {
    note.markers.sort_unstable();
    let part = |markers: &[_]| NoteRead { room: note.room.clone(), markers: markers.to_vec() };
    note.markers.chunks(TOGETHER_MAX).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: u64) -> MessageId {
        MessageId::try_from(id).unwrap()
    }

    fn person(n: u64) -> PersonId {
        PersonId::made_by(id(n))
    }

    fn room(name: &str) -> RoomName {
        RoomName::known(name).unwrap()
    }

    #[test]
    fn they_only_go_forward_and_each_room_is_stored_once() {
        let (markers, dev) = (Markers::default(), room("dev"));
        assert!(markers.note(person(2), (&dev, id(5)), true));
        assert!(markers.note(person(1), (&room("DEV"), id(6)), true));
        assert!(markers.note(person(1), (&dev, id(7)), true));
        assert!(!markers.note(person(1), (&dev, id(7)), true), "no news");
        assert!(!markers.note(person(1), (&dev, id(4)), true), "backward");
        assert!(markers.note(person(1), (&room("ops"), id(9)), true));
        let due = markers.take_due();
        let markers_of: Vec<_> =
            due.iter().map(|it| (it.room.as_str(), it.markers.clone())).collect();
        let dev_markers = vec![(person(1), id(7)), (person(2), id(5))];
        assert_eq!(markers_of, [("DEV", dev_markers), ("ops", vec![(person(1), id(9))])]);
        assert!(markers.take_due().is_empty());
    }

    #[test]
    fn they_are_known_until_the_database_has_them_and_longer_if_it_could_not_take_them() {
        let (markers, dev) = (Markers::default(), room("dev"));
        markers.note(person(1), (&dev, id(5)), true);
        markers.note(person(1), (&room("ops"), id(6)), false);
        let due = markers.take_due();
        assert_eq!(due.len(), 1, "another server stores the other one");
        for _ in 1..KEPT_FOR {
            assert!(markers.take_due().is_empty());
        }
        assert_eq!(markers.of(person(1)).len(), 2);
        markers.put_back(&due[0]);
        assert_eq!(markers.take_due(), due);
        assert_eq!(markers.of(person(1)).into_values().collect::<Vec<_>>(), [id(5)]);
    }

    #[test]
    fn there_are_no_more_than_fit() {
        let markers = Markers::default();
        for n in 1..=u64::try_from(MARKERS_MAX).unwrap() + 10 {
            assert!(
                markers.note(person(n), (&room("dev"), id(5)), true),
                "it is told all the same"
            );
        }
        let stored = markers.take_due();
        assert_eq!(stored.iter().map(|it| it.markers.len()).sum::<usize>(), MARKERS_MAX);
        assert!(stored.iter().all(|it| it.markers.len() <= TOGETHER_MAX));
        for _ in 0..KEPT_FOR {
            markers.take_due();
        }
        assert!(markers.0.lock().by_person.is_empty() && markers.0.lock().count == 0);
    }
}

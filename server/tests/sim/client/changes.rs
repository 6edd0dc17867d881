//! What a client hears of changes: of topics and deletions.

use protocol::{Deleted, Topic};

use super::{Client, Said};
use crate::sim::store::Store;

impl Client {
    pub(super) fn topic(&mut self, topic: Topic, store: &Store) -> Result<(), String> {
        let (id, who) = (topic.id, self.name.as_str());
        let mine = topic.sender == self.name && store.may_be_of(id, self.hash);
        let is_it = |said: &Said| mine && Some(&said.reference) == topic.reference.as_ref();
        let place = self.pending.iter().position(is_it);
        let view = self.rooms.get_mut(&**topic.room.key()).unwrap();
        let again = id <= view.position;
        // What one sent again comes back as it was, and another may hold since.
        if again && !mine {
            return Err(format!("{who} hears of the topic {id} after {}", view.position));
        }
        if !again {
            (view.topic, view.position) = (topic.content, id);
        }
        if let Some(place) = place {
            self.pending.remove(place);
        }
        Ok(())
    }

    pub(super) fn deletion(&mut self, deletion: &Deleted, store: &Store) -> Result<(), String> {
        let (id, message, who) = (deletion.id, deletion.message.get(), self.name.as_str());
        if !store.deletions.iter().any(|kept| kept == deletion) {
            return Err(format!("{who} hears of the deletion {id}, which is not stored"));
        }
        let view = self.rooms.get_mut(&**deletion.room.key()).unwrap();
        // Who deletes it again hears of the first time.
        if id <= view.position && !view.deleted.contains(&message) {
            return Err(format!("{who} hears of the deletion {id} after {}", view.position));
        }
        view.position = view.position.max(id);
        view.deleted.insert(message);
        Ok(())
    }
}

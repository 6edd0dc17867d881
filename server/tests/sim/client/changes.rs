//! What a client hears of changes: of topics, and of messages that are not as they were.

use protocol::{ToClient, Topic};

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

    /// Somebody has edited, deleted or reacted to a message.
    pub(super) fn change(&mut self, told: &ToClient, store: &Store) -> Result<(), String> {
        let (room, id, message, by, reference) = match told {
            ToClient::Edited(it) => (&it.room, it.id, it.message, &it.sender, &it.reference),
            ToClient::Deleted(it) => (&it.room, it.id, it.message, &it.by, &it.reference),
            ToClient::Reacted(it) => (&it.room, it.id, it.message, &it.sender, &it.reference),
            _ => return Ok(()),
        };
        let who = self.name.as_str();
        if !store.has_told(told) {
            return Err(format!("{who} hears of the change {id}, which is not stored"));
        }
        let mine = *by == self.name && store.may_be_of(id, self.hash);
        let is_it = |said: &Said| mine && Some(&said.reference) == reference.as_ref();
        let place = self.pending.iter().position(is_it);
        let view = self.rooms.get_mut(&**room.key()).unwrap();
        // Who does something again hears of the first time.
        if id <= view.position && view.change_of(message).is_some_and(|change| change < id) {
            return Err(format!("{who} hears of the change {id} after {}", view.position));
        }
        view.apply(told);
        view.position = view.position.max(id);
        if let Some(place) = place {
            self.pending.remove(place);
        }
        Ok(())
    }
}

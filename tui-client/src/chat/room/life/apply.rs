//! What becomes of messages that are here: edited, deleted, reacted to.
//!
//! Of two states of a message the one with the newer change counts. This file does not know who tells it.

use protocol::{Message, MessageId, UserName, react};

use super::change::Change;
use super::shown::erase;
use crate::chat::room::{Entry, Place, Room, What, mentions_me};

/// Changes that are remembered until a page comes that was asked for: far more than there are in the
/// time of an answer.
const MEANWHILE_MAX: usize = 1_000;

impl Room {
    /// Of two states of a message the one with the newer change counts. One that is not here is given
    /// back.
    pub fn change(&mut self, message: Message, me: Option<&UserName>) -> Option<Message> {
        let place = Place::of(message.id);
        let at = self.index(place);
        let known = self.entries.get_mut(at).filter(|entry| entry.place == place);
        let Some(known) = known else { return Some(message) };
        if known.message().is_some_and(|held| held.change < message.change) {
            known.is_mention = mentions_me(&message, me, &self.people);
            known.what = What::Message(message);
            self.changes += 1;
        }
        None
    }

    /// A message is changed; a page that is on its way may have been read before that. True if it names
    /// this person now and did not before.
    pub fn apply(&mut self, change: Change, me: Option<&UserName>) -> bool {
        self.head = self.head.max(change.id());
        let message = change.message();
        let was_mention = self.is_mention(message);
        let place = Place::of(message);
        let entry = self.entries.get(self.index(place)).filter(|entry| entry.place == place);
        if let Some(message) =
            entry.and_then(Entry::message).filter(|it| it.change < Some(change.id()))
        {
            let mut message = message.clone();
            message.change = Some(change.id());
            match &change {
                Change::Edited(edited) => {
                    message.content = edited.content.clone();
                    message.edited = Some(edited.at);
                }
                Change::Deleted(_) => erase(&mut message),
                Change::Reacted(reacted) => react(&mut message.reactions, reacted),
            }
            self.change(message, me);
        }
        if self.awaited.is_some() && self.meanwhile.len() < MEANWHILE_MAX {
            self.meanwhile.push(change);
        }
        !was_mention && self.is_mention(message)
    }

    fn is_mention(&self, id: MessageId) -> bool {
        let place = Place::of(id);
        let entry = self.entries.get(self.index(place)).filter(|entry| entry.place == place);
        entry.is_some_and(|entry| entry.is_mention)
    }
}

//! What becomes of messages that are here: edited, deleted, reacted to.
//!
//! Of two states of a message the one with the newer change counts. This file does not know who tells it.

use std::collections::VecDeque;

use protocol::{Message, UserName, react};

use super::change::Change;
use super::shown::erase;
use crate::chat::room::{Entry, Place, Room, What, mentions_me};

/// Changes that are remembered until a page comes that was asked for: far more than there are in the
/// time of an answer.
const MEANWHILE_MAX: usize = 1_000;

impl Room {
    /// Of two states of a message the one with the newer change counts. One that is not among the newest is
    /// given back.
    pub fn change(&mut self, message: Message, me: Option<&UserName>) -> Option<Message> {
        let is_mention = mentions_me(&message, me, &self.people);
        if let Some(past) = &mut self.past {
            change_in(&mut past.entries, &message, is_mention);
        }
        match change_in(&mut self.entries, &message, is_mention) {
            None => return Some(message),
            Some(is_changed) => self.changes += u64::from(is_changed),
        }
        None
    }

    /// A message is changed; a page that is on its way may have been read before that. True if it names
    /// this person now and did not before.
    pub fn apply(&mut self, change: Change, me: Option<&UserName>) -> bool {
        self.head = self.head.max(change.id());
        let id = change.message();
        let was_mention = self.entry(id).is_some_and(|entry| entry.is_mention);
        if let Some(message) = self.message(id).and_then(|message| change.applied(message)) {
            self.change(message, me);
        }
        if self.awaited.is_some() && self.meanwhile.len() < MEANWHILE_MAX {
            self.meanwhile.push(change);
        }
        !was_mention && self.entry(id).is_some_and(|entry| entry.is_mention)
    }
}

impl Change {
    /// What a message is after it, unless a newer change was there before.
    pub fn applied(&self, message: &Message) -> Option<Message> {
        let mut message = Some(message).filter(|it| it.change < Some(self.id()))?.clone();
        message.change = Some(self.id());
        match self {
            Change::Edited(edited) => {
                message.content = edited.content.clone();
                message.mentions.clone_from(&edited.mentions);
                message.everybody = edited.everybody;
                message.edited = Some(edited.at);
            }
            Change::Deleted(_) => erase(&mut message),
            Change::Reacted(reacted) => react(&mut message.reactions, reacted),
        }
        Some(message)
    }
}

/// Whether the message that is there has changed; none if it is not there.
fn change_in(entries: &mut VecDeque<Entry>, message: &Message, is_mention: bool) -> Option<bool> {
    let place = Place::of(message.id);
    let at = entries.partition_point(|entry| entry.place < place);
    let known = entries.get_mut(at).filter(|entry| entry.place == place)?;
    let is_newer = known.message().is_some_and(|held| held.change < message.change);
    if is_newer {
        (known.is_mention, known.what) = (is_mention, What::Message(message.clone()));
    }
    Some(is_newer)
}

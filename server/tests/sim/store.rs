//! The model of the log on disk: what a commit made lasting, in order. It survives the process.

use std::collections::HashMap;

use protocol::{Message, MessageId, RoomName};

use super::Mutant;
use crate::log::clock::Clock;
use crate::log::keeper::{Item, Outcome};
use crate::log::{Asked, Page, Stored};

#[derive(Debug, Default)]
pub(super) struct Store {
    /// In the order of commits.
    pub(super) messages: Vec<Message>,
    by_ref: HashMap<(String, String, String), usize>,
}

impl Store {
    /// Keeps all of them.
    pub(super) fn commit<'a>(
        &mut self,
        batch: impl Iterator<Item = Item<'a>>,
        mutant: Mutant,
    ) -> Vec<Outcome> {
        let keep = |item| match item {
            Item::Message(message) => self.keep(message, mutant),
            Item::Deletion(_) | Item::Change(_) => Outcome::Kept,
        };
        batch.map(keep).collect()
    }

    fn keep(&mut self, message: &Message, mutant: Mutant) -> Outcome {
        if let Some(reference) = &message.reference {
            let key = (
                message.room.key().to_string(),
                message.sender.key().to_string(),
                reference.as_str().to_owned(),
            );
            let first = self.by_ref.entry(key).or_insert(self.messages.len());
            if *first < self.messages.len() && mutant != Mutant::ForgetRefs {
                return Outcome::KeptBefore(Box::new(self.messages[*first].clone()));
            }
        }
        self.messages.push(message.clone());
        Outcome::Kept
    }

    /// Where ids and times of earlier runs ended.
    pub(super) fn clock(&self) -> Clock {
        let last = self.messages.last();
        last.map_or_else(Clock::default, |last| Clock { last_id: last.id.get(), last_at: last.at })
    }

    pub(super) fn holds(&self, message: &Message) -> bool {
        self.messages.iter().rev().any(|kept| kept == message)
    }

    pub(super) fn ids(&self, room: &RoomName) -> Vec<u64> {
        let here = self.messages.iter().filter(|message| message.room == *room);
        here.map(|message| message.id.get()).collect()
    }

    /// One snapshot, as a reader of the database takes it.
    pub(super) fn page(&self, room: &RoomName, asked: &Asked) -> Page {
        let here: Vec<_> = self.messages.iter().filter(|message| message.room == *room).collect();
        let wanted: Vec<_> = here.iter().filter(|message| message.id > asked.since).collect();
        let first = wanted.len().saturating_sub(asked.limit);
        Page {
            messages: wanted[first..].iter().map(|m| Stored::new((**m).clone())).collect(),
            older: first.checked_sub(1).map(|older| wanted[older].id),
            head: here.last().map_or(MessageId::ZERO, |message| message.id),
            ..Page::default()
        }
    }
}

//! The model of the log on disk: what a commit made lasting, in order. It survives the process.

use std::collections::{BTreeSet, HashMap};

use protocol::{Body, DELETED_CONTENT, Deleted, Message, MessageId, RoomName, UserName};

use super::Mutant;
use crate::log::clock::Clock;
use crate::log::keeper::{Item, Outcome};
use crate::log::register::Change;
use crate::log::{Asked, Deletion, Deletions, Page, Stored};
use crate::people::key_hash::KeyHash;
use crate::people::names::Kept;

#[derive(Debug, Default)]
pub(super) struct Store {
    /// In the order of commits. Of what was deleted only a tombstone is left.
    pub(super) messages: Vec<Message>,
    pub(super) deletions: Vec<Deleted>,
    /// What was deleted, as it was said.
    erased: Vec<Message>,
    /// Names, and whose they are.
    names: Vec<Kept>,
    /// Up to when time has passed for certain.
    pub(super) known_ms: Option<u64>,
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
            Item::Deletion(deletion) => self.delete(deletion),
            Item::Change(change) => {
                if let Change::Keep(kept) = change {
                    self.release(&kept.name);
                    self.names.push(kept.clone());
                }
                Outcome::Kept
            }
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

    fn delete(&mut self, deletion: &Deleted) -> Outcome {
        let is_it = |it: &&mut Message| it.id == deletion.message && it.room == deletion.room;
        let Some(message) = self.messages.iter_mut().find(is_it) else { return Outcome::Missing };
        if message.deleted {
            let first = self.deletions.iter().find(|first| first.message == deletion.message);
            return Outcome::DeletedBefore(Box::new(first.unwrap().clone()));
        }
        self.erased.push(message.clone());
        message.content = Body::try_from(DELETED_CONTENT.to_owned()).unwrap();
        message.deleted = true;
        self.deletions.push(deletion.clone());
        Outcome::Deleted(Box::new(message.clone()))
    }

    /// Whose a name is.
    pub(super) fn owner(&self, name: &UserName) -> Option<KeyHash> {
        self.names.iter().find(|kept| kept.name == *name).map(|kept| kept.key)
    }

    /// All names that are somebody's.
    pub(super) fn names(&self) -> Vec<Kept> {
        self.names.clone()
    }

    /// A name is nobody's again.
    pub(super) fn release(&mut self, name: &UserName) {
        self.names.retain(|kept| kept.name != *name);
    }

    /// Where ids and times of earlier runs ended.
    pub(super) fn clock(&self) -> Clock {
        let said = self.messages.last().map(|last| (last.id.get(), last.at));
        let deleted = self.deletions.last().map(|last| (last.id.get(), last.at));
        let (last_id, last_at) = said.max(deleted).unwrap_or_default();
        Clock { last_id, last_at }
    }

    /// Whether it is stored, or was as it is until it was deleted.
    pub(super) fn holds(&self, message: &Message) -> bool {
        self.messages.iter().rev().chain(&self.erased).any(|kept| kept == message)
    }

    /// Ids of the messages of a room that were deleted.
    pub(super) fn deleted(&self, room: &RoomName) -> BTreeSet<u64> {
        let here = self.deletions.iter().filter(|deletion| deletion.room == *room);
        here.map(|deletion| deletion.message.get()).collect()
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
        let deletions = self.deletions.iter().filter(|it| it.room == *room && it.id > asked.since);
        let list: Vec<_> =
            deletions.map(|it| Deletion { id: it.id, message: it.message }).collect();
        let newest = here.last().map_or(MessageId::ZERO, |message| message.id);
        Page {
            messages: wanted[first..].iter().map(|m| Stored::new((**m).clone())).collect(),
            older: first.checked_sub(1).map(|older| wanted[older].id),
            head: list.last().map_or(newest, |deletion| deletion.id.max(newest)),
            deletions: Deletions { list, floor: asked.since },
        }
    }
}

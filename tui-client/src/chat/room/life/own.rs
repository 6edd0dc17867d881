//! What a room holds of one's own: what was said and done there, stored or not.
//!
//! This file does not know when anything is sent.

use protocol::{Message, MessageId, Ref, UserName};

use super::pending::{Act, Pending, Target};
use crate::chat::room::Room;

impl Room {
    /// Own messages that are not stored, oldest first, each with the text that it is to have; those that are to
    /// be deleted are left out.
    pub fn said(&self) -> impl DoubleEndedIterator<Item = (&Pending, &str)> {
        let said = self.pending.iter().filter(|pending| pending.is_said());
        said.filter_map(|message| {
            let mut text = message.content.as_str();
            for later in self.acts_on(Target::Waiting(message.reference.clone())) {
                match &later.act {
                    Act::Delete(_) => return None,
                    Act::Edit(_) => text = &later.content,
                    Act::Say(_) | Act::React { .. } => {}
                }
            }
            Some((message, text))
        })
    }

    /// What is done to a message and not confirmed, in its order.
    pub fn acts_on(&self, target: Target) -> impl DoubleEndedIterator<Item = &Pending> {
        self.pending.iter().filter(move |pending| pending.act.target().as_ref() == Some(&target))
    }

    /// A message that was waiting is stored under an id by now, perhaps.
    pub fn resolved(&self, target: Target, me: Option<&UserName>) -> Target {
        let Target::Waiting(reference) = &target else { return target };
        if self.pending.iter().any(|pending| pending.reference == *reference) {
            return target;
        }
        let mut own = self.messages().rev().filter(|message| Some(&message.sender) == me);
        let stored = own.find(|message| message.reference.as_ref() == Some(reference));
        stored.map_or(target, |message| Target::Stored(message.id))
    }

    /// A message that waited is stored: what waits for that has its id.
    pub fn stored_as(&mut self, reference: &Ref, id: MessageId) {
        for pending in &mut self.pending {
            if let Act::Edit(target) | Act::Delete(target) = &mut pending.act
                && matches!(target, Target::Waiting(waiting) if waiting == reference)
            {
                *target = Target::Stored(id);
            }
        }
    }

    /// Takes something out, and with a message what waits to be done to it.
    pub fn take_pending(&mut self, at: usize) -> Pending {
        let taken = self.pending.remove(at);
        let target = Target::Waiting(taken.reference.clone());
        self.pending.retain(|pending| pending.act.target().as_ref() != Some(&target));
        taken
    }

    /// Takes out what was refused, oldest first.
    pub fn take_failed(&mut self) -> Vec<Pending> {
        let mut failed = Vec::new();
        while let Some(at) = self.pending.iter().position(|pending| pending.failed.is_some()) {
            failed.push(self.take_pending(at));
        }
        failed
    }

    /// How many edits, deletions and reactions wait whose messages are not here, so that no row shows them: after
    /// a restart without the server, all.
    pub fn unseen_changes(&self) -> usize {
        let unseen = self.pending.iter().filter(|pending| match pending.act.target() {
            Some(Target::Stored(id)) => pending.failed.is_none() && self.message(id).is_none(),
            Some(Target::Waiting(_)) | None => false,
        });
        unseen.count()
    }

    /// Stored messages, newest first, without those that are deleted.
    pub fn newest(&self, me: Option<&UserName>) -> impl Iterator<Item = &Message> {
        self.messages().rev().filter(move |message| !self.as_shown(message, me).deleted)
    }

    /// One's own messages that can be edited, newest first: those that wait, then those that are stored.
    pub fn own(&self, me: Option<&UserName>) -> impl Iterator<Item = Target> {
        let waiting = self.said().rev().filter(|(pending, _)| pending.failed.is_none());
        let waiting = waiting.map(|(pending, _)| Target::Waiting(pending.reference.clone()));
        let stored = self.newest(me).filter(move |message| Some(&message.sender) == me);
        waiting.chain(stored.map(|message| Target::Stored(message.id)))
    }

    /// The text that a message of one's own has, as it is shown.
    pub fn own_text(&self, target: &Target, me: Option<&UserName>) -> Option<String> {
        match target {
            Target::Waiting(reference) => {
                let mut said = self.said();
                said.find(|(it, _)| it.reference == *reference).map(|(_, text)| text.to_owned())
            }
            Target::Stored(id) => {
                let message = self.shown_by_id(*id, me)?;
                let is_own = Some(&message.sender) == me && !message.deleted;
                is_own.then(|| message.content.as_str().to_owned())
            }
        }
    }
}

//! What a room holds of one's own: what is written there, and what was said and done and is not stored.
//!
//! This file does not know when anything is sent.

use protocol::{MessageId, Ref, UserName};

use super::composing::Composing;
use super::pending::{Act, Pending, Target};
use crate::chat::room::{Room, What};

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

    /// The newest message of one's own that can be edited.
    pub fn newest_own(&self, me: Option<&UserName>) -> Option<Target> {
        let waiting = self.said().rev().find(|(pending, _)| pending.failed.is_none());
        if let Some((pending, _)) = waiting {
            return Some(Target::Waiting(pending.reference.clone()));
        }
        self.own(me).next().map(Target::Stored)
    }

    /// One's own stored messages, newest first, without those that are deleted.
    pub fn own(&self, me: Option<&UserName>) -> impl Iterator<Item = MessageId> {
        let entries = self.entries.iter().rev();
        entries.filter_map(move |entry| match &entry.what {
            What::Message(message) if Some(&message.sender) == me => {
                Some(message.id).filter(|_| !self.as_shown(message, me).deleted)
            }
            _ => None,
        })
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

impl Room {
    /// What stands where one writes here.
    pub fn written(&self) -> &str {
        match &self.composing {
            Composing::Edit { text, .. } => text,
            Composing::Message | Composing::Reply(_) => &self.draft,
        }
    }

    pub fn write(&mut self, written: &str) {
        let text = match &mut self.composing {
            Composing::Edit { text, .. } => text,
            Composing::Message | Composing::Reply(_) => &mut self.draft,
        };
        if text != written {
            written.clone_into(text);
        }
    }

    pub fn is_editing(&self) -> bool {
        matches!(self.composing, Composing::Edit { .. })
    }
}

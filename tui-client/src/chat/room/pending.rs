//! What this person said and did in a room and the server has not confirmed: messages, edits, deletions and
//! reactions, in one order.
//!
//! This file does not know when anything is sent.

use protocol::{
    Body, Delete, Edit, Emoji, MessageId, React, Ref, RoomName, Say, ToServer, UserName,
};

use super::Room;
use crate::chat::room::What;

/// What of one's own is not known to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its name, the same however often it is sent.
    pub reference: Ref,
    pub act: Act,
    /// The text of a message or an edit.
    pub content: String,
    /// Why a message failed, if it did; otherwise it is on its way, or waits for the connection.
    pub failed: Option<String>,
    /// It waits for so long that the person should see it.
    pub late: bool,
    /// It may have reached the server: it can be taken back only there.
    pub was_sent: bool,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Something is said, as an answer to this message.
    Say(Option<MessageId>),
    /// A message of one's own has another text.
    Edit(Target),
    Delete(Target),
    React {
        message: MessageId,
        emoji: Emoji,
        on: bool,
    },
}

/// A message that something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Stored(MessageId),
    /// One's own that is not stored yet.
    Waiting(Ref),
}

impl From<MessageId> for Target {
    fn from(id: MessageId) -> Self {
        Target::Stored(id)
    }
}

impl Act {
    /// The message that it changes; none if it makes one.
    pub fn target(&self) -> Option<Target> {
        match self {
            Act::Say(_) => None,
            Act::Edit(target) | Act::Delete(target) => Some(target.clone()),
            Act::React { message, .. } => Some(Target::Stored(*message)),
        }
    }
}

impl Pending {
    pub fn new(reference: Ref, act: Act, content: String) -> Self {
        Pending { reference, act, content, failed: None, late: false, was_sent: false }
    }

    pub fn is_said(&self) -> bool {
        matches!(self.act, Act::Say(_))
    }

    /// As it is sent; none while it has to wait for its message to be stored.
    pub fn envelope(&self, room: &RoomName) -> Option<ToServer> {
        let (room, reference) = (room.clone(), Some(self.reference.clone()));
        let content = || Body::try_from(self.content.as_str()).ok();
        Some(match &self.act {
            Act::Say(reply) => {
                ToServer::Message(Say { room, content: content()?, reply: *reply, reference })
            }
            Act::Edit(Target::Stored(message)) => {
                ToServer::Edit(Edit { room, message: *message, content: content()?, reference })
            }
            Act::Delete(Target::Stored(message)) => {
                ToServer::Delete(Delete { room, message: *message, reference })
            }
            Act::Edit(Target::Waiting(_)) | Act::Delete(Target::Waiting(_)) => return None,
            Act::React { message, emoji, on } => {
                let (message, emoji, on) = (*message, emoji.clone(), *on);
                ToServer::React(React { room, message, emoji, on, reference })
            }
        })
    }
}

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

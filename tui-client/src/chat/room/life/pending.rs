//! What this person said and did in a room and the server has not confirmed: messages, edits, deletions and
//! reactions, in one order.
//!
//! This file does not know when anything is sent.

use protocol::{Body, Delete, Edit, Emoji, MessageId, React, Ref, RoomName, Say, ToServer};

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
    /// Something is said, as a reply to this message.
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

    /// The message that it is a reply to.
    pub fn reply(&self) -> Option<MessageId> {
        match self.act {
            Act::Say(reply) => reply,
            _ => None,
        }
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

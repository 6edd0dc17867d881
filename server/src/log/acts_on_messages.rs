//! What people do with messages, as acts: they say them and answer them, edit and delete their own, react to any,
//! and read them; moderators delete others.
//!
//! Plain data. This file does not know who may do it, or how anything is stored.

use protocol::{
    Body, Deleted, Edited, Emoji, Message, MessageId, Reacted, Ref, Refusal, RoomName, UserName,
};
use serde::{Deserialize, Serialize};

use crate::log::author::Author;

/// Why nothing is done to a message, or found around it, that is not there.
pub(crate) const NO_SUCH_MESSAGE: Refusal =
    Refusal::NotFound("there is no such message in this room");

/// Says a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Say {
    pub(crate) room: RoomName,
    pub(crate) author: Author,
    pub(crate) content: Body,
    pub(crate) reference: Option<Ref>,
}

/// Deletes a message, as a moderator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delete {
    pub(crate) room: RoomName,
    pub(crate) message: MessageId,
    pub(crate) by: UserName,
    pub(crate) reference: Option<Ref>,
}

/// Says a message that answers another one of its room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reply {
    pub(crate) to: MessageId,
    pub(crate) say: Say,
}

/// Gives a message another text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Edit {
    pub(crate) on: OnMessage,
    pub(crate) content: Body,
    /// For how long a message can be edited, in milliseconds; 0 is never.
    pub(crate) window_ms: u64,
}

/// Puts an emoji on a message, or takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct React {
    pub(crate) on: OnMessage,
    pub(crate) emoji: Emoji,
    /// Whether it is there from now on.
    pub(crate) put: bool,
}

/// Says a message that calls people with `@`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mention {
    pub(crate) say: Say,
    /// The message of its room that it answers.
    pub(crate) to: Option<MessageId>,
    pub(crate) calls: Calls,
}

/// Gives a message another text that calls people with `@`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EditMention {
    pub(crate) edit: Edit,
    pub(crate) calls: Calls,
}

/// Of whom a text calls, those who are in the room, as the author's server knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Calls {
    /// By name.
    pub(crate) named: Vec<UserName>,
    /// Where it calls everybody.
    pub(crate) everybody: Option<Crowd>,
}

/// Everybody who is in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Crowd {
    /// How many there are.
    pub(crate) people: u32,
    /// The first of them.
    pub(crate) names: Vec<UserName>,
    /// The author moderates the server, and may call as many as there are.
    pub(crate) moderated: bool,
}

/// Which message somebody does something to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnMessage {
    pub(crate) room: RoomName,
    pub(crate) message: MessageId,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

impl Say {
    /// What people are told of it, once it has its place in the order.
    pub(crate) fn message(&self, id: MessageId, at: u64) -> Message {
        let (room, sender) = (self.room.clone(), self.author.name.clone());
        let said = Message::new(room, sender, self.content.clone(), id, at);
        Message { reference: self.reference.clone(), ..said }
    }
}

impl Delete {
    /// What people are told of it, once it has its place in the order.
    pub(crate) fn deleted(&self, id: MessageId, at: u64) -> Deleted {
        Deleted {
            room: self.room.clone(),
            message: self.message,
            by: self.by.clone(),
            id,
            at,
            reference: self.reference.clone(),
        }
    }
}

impl Edit {
    /// What people are told of it, once it has its place in the order.
    pub(crate) fn edited(&self, id: MessageId, at: u64) -> Edited {
        let OnMessage { room, message, author, reference } = self.on.clone();
        let (content, sender) = (self.content.clone(), author.name);
        let (mentions, everybody) = (Vec::new(), None);
        Edited { room, message, content, mentions, everybody, sender, id, at, reference }
    }
}

impl React {
    /// What people are told of it, once it has its place in the order.
    pub(crate) fn reacted(
        &self,
        (sender, next): (UserName, Option<UserName>),
        id: MessageId,
        at: u64,
    ) -> Reacted {
        let OnMessage { room, message, reference, .. } = self.on.clone();
        let (emoji, on) = (self.emoji.clone(), self.put);
        Reacted { room, message, emoji, on, sender, next, id, at, reference }
    }
}

impl OnMessage {
    /// What people are told of its deletion by its author, once that has its place in the order.
    pub(crate) fn deleted(&self, id: MessageId, at: u64) -> Deleted {
        let OnMessage { room, message, author, reference } = self.clone();
        Deleted { room, message, by: author.name, id, at, reference }
    }
}

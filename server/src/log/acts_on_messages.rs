//! What people do to messages, as acts: they answer them, edit and delete their own, and react to any.
//!
//! Plain data. This file does not know who may do it, or how anything is stored.

use protocol::{Body, Deleted, Edited, Emoji, MessageId, Reacted, Ref, RoomName, UserName};
use serde::{Deserialize, Serialize};

use crate::log::author::Author;
use crate::log::event::Say;

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

/// Which message somebody does something to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnMessage {
    pub(crate) room: RoomName,
    pub(crate) message: MessageId,
    pub(crate) author: Author,
    pub(crate) reference: Option<Ref>,
}

impl Edit {
    /// What people are told of it, once it has its place in the order.
    pub(crate) fn edited(&self, id: MessageId, at: u64) -> Edited {
        let OnMessage { room, message, author, reference } = self.on.clone();
        let (content, sender) = (self.content.clone(), author.name);
        Edited { room, message, content, sender, id, at, reference }
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

//! What is being written in a room, and what becomes of it.
//!
//! This file does not know where it is written.

use protocol::MessageId;

use super::pending::Target;
use crate::chat::room::Room;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Composing {
    /// A message.
    #[default]
    Message,
    /// A reply to this message.
    Reply(MessageId),
    /// Another text for a message of one's own. What was being written before that is the room's draft.
    Edit { target: Target, text: String },
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

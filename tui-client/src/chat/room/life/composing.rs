//! What becomes of what is being written in a room.
//!
//! This file does not know where it is written.

use protocol::MessageId;

use super::pending::Target;

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

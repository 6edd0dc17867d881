//! An event that changes a message.
//!
//! This file does not know what becomes of the message.

use protocol::{Deleted, Edited, MessageId, Reacted};

/// An event that changes a message.
#[derive(Debug, Clone)]
pub enum Change {
    Edited(Edited),
    Deleted(Deleted),
    Reacted(Reacted),
}

impl Change {
    /// Its own place in the order.
    pub fn id(&self) -> MessageId {
        match self {
            Change::Edited(it) => it.id,
            Change::Deleted(it) => it.id,
            Change::Reacted(it) => it.id,
        }
    }

    pub fn message(&self) -> MessageId {
        match self {
            Change::Edited(it) => it.message,
            Change::Deleted(it) => it.message,
            Change::Reacted(it) => it.message,
        }
    }
}

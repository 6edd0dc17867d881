//! Where an entry stands in its room, which messages were asked for, and where the room's reader is.
//!
//! This file does not know what an entry is.

use protocol::MessageId;

/// Where an entry stands: behind the message with this id, in the order of arrival there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The message itself, or the one a note came after.
    pub id: MessageId,
    /// Zero for the message.
    pub note: u32,
}

impl Place {
    /// Of a message.
    pub fn of(id: MessageId) -> Self {
        Place { id, note: 0 }
    }
}

/// A page of messages that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The messages before this one.
    Before(MessageId),
    /// What a replay would have brought that could not be read: the messages before the first that came
    /// live, which is the first after this one.
    Missed(MessageId),
    /// The messages around this one, to show them in place of the newest.
    Around(MessageId),
    /// What follows those that are shown so.
    After(MessageId),
    /// What comes before them.
    Older(MessageId),
}

/// Where somebody reads in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// At its end, following what comes.
    End,
    /// Further up: this is the newest message that they have before them.
    Above(MessageId),
}

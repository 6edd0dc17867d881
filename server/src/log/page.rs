//! What is asked of the log, and what is found.
//!
//! This file does not know where it is found.

use std::sync::Arc;

use protocol::{Message, MessageId, ToClient};

use crate::frame::{Frame, Order};
use crate::hub::lane;

/// The newest `limit` messages after `since` and before `before`.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) since: MessageId,
    pub(crate) before: Option<MessageId>,
    pub(crate) limit: usize,
}

/// What was found.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Ascending.
    pub(crate) messages: Vec<Stored>,
    /// The next older message of what was asked for, if the page could not hold it all.
    pub(crate) older: Option<MessageId>,
    /// The newest that the room ever had, zero if it had none.
    pub(crate) head: MessageId,
}

/// A stored message as it goes to clients.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: MessageId,
    pub(crate) frame: Arc<Frame>,
}

impl Stored {
    /// A message, encoded and numbered within its room.
    pub(crate) fn new(message: Message) -> Self {
        let id = message.id;
        let order = Order::Numbered { lane: lane(&message.room), number: id.get() };
        Stored { id, frame: Frame::text(ToClient::Message(message).encode(), order) }
    }
}

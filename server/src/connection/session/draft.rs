//! What a person tells a room, from the envelope to the act that is kept.
//!
//! This file does not know who may say it.

use protocol::{Ref, RoomName, Say, SetTopic};

use crate::log::event::{self, Act, Author};

/// What a person wants to tell a room, before it is known whether they may.
#[derive(Debug)]
pub(crate) enum Draft {
    Say(Say),
    Topic(SetTopic),
}

impl Draft {
    /// The room, and what its author calls it.
    pub(super) fn about(&self) -> (&RoomName, Option<&Ref>) {
        match self {
            Draft::Say(say) => (&say.room, say.reference.as_ref()),
            Draft::Topic(set) => (&set.room, set.reference.as_ref()),
        }
    }

    /// The text that counts towards its author's budget.
    pub(super) fn text(&self) -> &str {
        match self {
            Draft::Say(say) => say.content.as_str(),
            Draft::Topic(set) => set.content.as_str(),
        }
    }

    /// What is to be kept, with the room as everybody else sees it spelt.
    pub(super) fn act(self, room: RoomName, author: Author) -> Act {
        match self {
            Draft::Say(Say { content, reference, .. }) => {
                Act::Say(event::Say { room, author, content, reference })
            }
            Draft::Topic(SetTopic { content, reference, .. }) => {
                Act::SetTopic(Box::new(event::SetTopic { room, author, content, reference }))
            }
        }
    }
}

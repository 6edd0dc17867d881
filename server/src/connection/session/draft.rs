//! What a person tells a room or does to one, from the envelope to the act that is kept.
//!
//! This file does not know who may say it.

use protocol::{
    ChangeMember, ChangeSetting, Create, Direct, NewRoom, Ref, RoomName, Say, SetRole, SetTopic,
};

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

/// What a person wants to do to a room, before it is known whether they may.
#[derive(Debug)]
pub(crate) enum RoomDraft {
    Create(Create),
    Direct(Direct),
    Add(ChangeMember),
    Remove(ChangeMember),
    Role(SetRole),
    Setting(ChangeSetting),
}

impl RoomDraft {
    pub(super) fn about(&self) -> (Option<&RoomName>, Option<&Ref>) {
        match self {
            RoomDraft::Create(Create { room: NewRoom::Open { room }, reference, .. }) => {
                (Some(room), reference.as_ref())
            }
            RoomDraft::Create(create) => (None, create.reference.as_ref()),
            RoomDraft::Direct(direct) => (None, direct.reference.as_ref()),
            RoomDraft::Add(add) => (Some(&add.room), add.reference.as_ref()),
            RoomDraft::Remove(remove) => (Some(&remove.room), remove.reference.as_ref()),
            RoomDraft::Role(set) => (Some(&set.room), set.reference.as_ref()),
            RoomDraft::Setting(setting) => (Some(&setting.room), setting.reference.as_ref()),
        }
    }

    /// Whether other people hear of it, or of a room that they did not ask for.
    pub(super) fn speaks(&self) -> bool {
        match self {
            RoomDraft::Create(_) | RoomDraft::Direct(_) | RoomDraft::Add(_) => true,
            RoomDraft::Remove(_) | RoomDraft::Role(_) | RoomDraft::Setting(_) => false,
        }
    }

    /// The text that counts towards its author's budget.
    pub(super) fn text(&self) -> &str {
        match self {
            RoomDraft::Create(create) => create.topic.as_str(),
            _ => "",
        }
    }
}

//! What a person tells a room or does to one, from the envelope to the act that is kept.
//!
//! This file does not know who may say it.

use std::time::Duration;

use protocol::{
    ChangeMember, ChangeSetting, Create, Direct, Edit, NewRoom, React, Ref, RoomName, Say, SetRole,
    SetTopic,
};

use crate::hub::RollCall;
use crate::log::acts_on_messages::{self, Calls, EditMention, Mention, OnMessage, Reply};
use crate::log::event::{self, Act, Author};

/// What a person wants to tell a room, before it is known whether they may.
#[derive(Debug)]
pub(crate) enum Draft {
    Say(Say),
    Topic(SetTopic),
    Edit(Edit),
    React(React),
}

impl Draft {
    /// The room, and what its author calls it.
    pub(super) fn about(&self) -> (&RoomName, Option<&Ref>) {
        match self {
            Draft::Say(say) => (&say.room, say.reference.as_ref()),
            Draft::Topic(set) => (&set.room, set.reference.as_ref()),
            Draft::Edit(edit) => (&edit.room, edit.reference.as_ref()),
            Draft::React(react) => (&react.room, react.reference.as_ref()),
        }
    }

    /// Whether only persons may do it.
    pub(super) fn needs_name(&self) -> bool {
        match self {
            Draft::Say(_) | Draft::Topic(_) => false,
            Draft::Edit(_) | Draft::React(_) => true,
        }
    }

    /// The text that counts towards its author's budget.
    pub(super) fn text(&self) -> &str {
        match self {
            Draft::Say(say) => say.content.as_str(),
            Draft::Topic(set) => set.content.as_str(),
            Draft::Edit(edit) => edit.content.as_str(),
            Draft::React(react) => react.emoji.as_str(),
        }
    }

    /// Whom it calls with `@`.
    pub(super) fn calls(&self) -> RollCall {
        match self {
            Draft::Say(say) => RollCall::of(say.content.as_str()),
            Draft::Edit(edit) => RollCall::of(edit.content.as_str()),
            Draft::Topic(_) | Draft::React(_) => RollCall::default(),
        }
    }

    /// What is to be kept, with the room as everybody else sees it spelt, and who of those whom it calls is there. A
    /// message can be edited for as long as `edit_window`.
    pub(super) fn act(
        self,
        (room, calls): (RoomName, Option<Calls>),
        author: Author,
        edit_window: Duration,
    ) -> Act {
        match self {
            Draft::Say(Say { content, reply: to, reference, .. }) => {
                let say = event::Say { room, author, content, reference };
                match (calls, to) {
                    (Some(calls), to) => Act::Mention(Box::new(Mention { say, to, calls })),
                    (None, Some(to)) => Act::Reply(Box::new(Reply { to, say })),
                    (None, None) => Act::Say(say),
                }
            }
            Draft::Edit(Edit { message, content, reference, .. }) => {
                let window_ms = u64::try_from(edit_window.as_millis()).unwrap_or(u64::MAX);
                let on = OnMessage { room, message, author, reference };
                let edit = acts_on_messages::Edit { on, content, window_ms };
                match calls {
                    Some(calls) => Act::EditMention(Box::new(EditMention { edit, calls })),
                    None => Act::Edit(Box::new(edit)),
                }
            }
            Draft::React(React { message, emoji, on: put, reference, .. }) => {
                let on = OnMessage { room, message, author, reference };
                Act::React(Box::new(acts_on_messages::React { on, emoji, put }))
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

//! What a person asks for about their devices, about who may come in and about hooks, and who asks.
//!
//! Plain data. This file does not know who may.

use protocol::{
    HooksQuery, MakeHook, MakeInvite, Question, Ref, Revoke, RoomName, Unhook, Uninvite,
};

use crate::people::names::PersonId;

/// What is to be kept or looked up, by who may ask for it.
#[derive(Debug)]
pub(crate) enum AccessRequest {
    Link(Question),
    Devices(Question),
    Revoke(Revoke),
    Invite(MakeInvite),
    Invites(Question),
    Uninvite(Uninvite),
    Hook(MakeHook),
    Hooks(HooksQuery),
    Unhook(Unhook),
}

/// Who asks, and what they may.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Requester {
    pub(crate) person: PersonId,
    /// The operator made them a moderator of all rooms.
    pub(crate) moderates_all: bool,
}

impl AccessRequest {
    pub(crate) fn reference(&self) -> Option<&Ref> {
        match self {
            AccessRequest::Link(Question { reference })
            | AccessRequest::Devices(Question { reference })
            | AccessRequest::Revoke(Revoke { reference, .. })
            | AccessRequest::Invite(MakeInvite { reference, .. })
            | AccessRequest::Invites(Question { reference })
            | AccessRequest::Uninvite(Uninvite { reference, .. })
            | AccessRequest::Hook(MakeHook { reference, .. })
            | AccessRequest::Hooks(HooksQuery { reference, .. })
            | AccessRequest::Unhook(Unhook { reference, .. }) => reference.as_ref(),
        }
    }

    /// The one room that it is about.
    pub(crate) fn room(&self) -> Option<&RoomName> {
        match self {
            AccessRequest::Hook(MakeHook { room, .. })
            | AccessRequest::Hooks(HooksQuery { room, .. }) => Some(room),
            AccessRequest::Link(_)
            | AccessRequest::Devices(_)
            | AccessRequest::Revoke(_)
            | AccessRequest::Invite(_)
            | AccessRequest::Invites(_)
            | AccessRequest::Uninvite(_)
            | AccessRequest::Unhook(_) => None,
        }
    }
}

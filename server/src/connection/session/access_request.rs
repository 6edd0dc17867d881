//! What a person asks for about their devices and about who may come in, and who asks.
//!
//! Plain data. This file does not know who may.

use protocol::{MakeInvite, Question, Ref, Revoke, Uninvite};

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
            | AccessRequest::Uninvite(Uninvite { reference, .. }) => reference.as_ref(),
        }
    }
}

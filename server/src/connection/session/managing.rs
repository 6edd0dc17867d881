//! What a person asks for about their devices and about who may come in, and who asks.
//!
//! Plain data. This file does not know who may.

use protocol::{DevicesQuery, InvitesQuery, MakeInvite, MakeLink, Ref, Revoke, Uninvite};

use crate::people::names::PersonId;

/// What is to be kept or looked up, by who may ask for it.
#[derive(Debug)]
pub(crate) enum Managing {
    Link(MakeLink),
    Devices(DevicesQuery),
    Revoke(Revoke),
    Invite(MakeInvite),
    Invites(InvitesQuery),
    Uninvite(Uninvite),
}

/// Who asks, and what they may.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manager {
    pub(crate) person: PersonId,
    /// The operator made them a moderator of all rooms.
    pub(crate) moderates_all: bool,
}

impl Managing {
    pub(crate) fn reference(&self) -> Option<&Ref> {
        match self {
            Managing::Link(MakeLink { reference })
            | Managing::Devices(DevicesQuery { reference })
            | Managing::Revoke(Revoke { reference, .. })
            | Managing::Invite(MakeInvite { reference, .. })
            | Managing::Invites(InvitesQuery { reference })
            | Managing::Uninvite(Uninvite { reference, .. }) => reference.as_ref(),
        }
    }
}

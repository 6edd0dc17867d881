//! What a person asks for about themselves and about who may come: devices and invites.
//!
//! This file does not know how any of it is kept.

use protocol::{
    DevicesQuery, InvitesQuery, MakeInvite, MakeLink, Ref, Refusal, Revoke, Role, Uninvite,
};

use super::{Context, Effect, Refused, Session};
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

impl Session {
    /// For who has a kept name, with a key.
    pub(super) fn manage(&self, managing: Managing, context: &Context<'_>) -> Effect {
        let refuse =
            |refusal| Effect::Refuse(Refused::new(refusal, None, managing.reference().cloned()));
        let has_key = context.person.key().is_some();
        let Some(person) = context.person.number().filter(|_| has_key) else {
            return refuse(Refusal::NoName);
        };
        let moderates_all = context.moderators.has(context.person.key())
            || context.pass.is_some_and(|pass| pass.role == Role::Moderator && pass.opens_all());
        match &managing {
            Managing::Invite(invite) if invite.rooms.is_empty() && !moderates_all => {
                refuse(Refusal::NotAllowedEverywhere)
            }
            _ => Effect::Manage(Box::new(managing), Manager { person, moderates_all }),
        }
    }
}

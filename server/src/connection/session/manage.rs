//! Whether a person may do what they ask for about their devices and about who may come in.
//!
//! This file does not know how any of it is kept.

use protocol::{Refusal, Role};

use super::managing::{Manager, Managing};
use super::{Context, Effect, Refused, Session};

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

//! Whether a person may do what they ask for about their devices, about who may come in and about hooks.
//!
//! This file does not know how any of it is kept.

use protocol::{Refusal, Role, RoomName};

use super::access_request::{AccessRequest, Requester};
use super::rooms::addressed;
use super::{Context, Effect, Refused, Session};
use crate::auth::sanctions::Standing;
use crate::log::sanction::Kind;

impl Session {
    /// For who has a kept name, with a key.
    pub(super) fn access(&self, mut request: AccessRequest, context: &Context<'_>) -> Effect {
        match &mut request {
            AccessRequest::Invite(invite) => {
                let rooms = std::mem::take(&mut invite.rooms);
                invite.rooms = rooms.into_iter().map(addressed).collect();
            }
            AccessRequest::Hook(make) => make.room = addressed(make.room.clone()),
            AccessRequest::Hooks(query) => query.room = addressed(query.room.clone()),
            _ => {}
        }
        let refuse = |refusal| {
            let (room, reference) = (request.room().cloned(), request.reference().cloned());
            Effect::Refuse(Refused::new(refusal, room, reference))
        };
        let has_key = context.person.key().is_some();
        let Some(person) = context.person.number().filter(|_| has_key) else {
            return refuse(Refusal::NoName);
        };
        let moderates_all = context.moderators.has(context.person.key())
            || context.pass.is_some_and(|pass| pass.role == Role::Moderator && pass.opens_all());
        match &request {
            AccessRequest::Invite(invite) if invite.rooms.is_empty() && !moderates_all => {
                refuse(Refusal::NotAllowedEverywhere)
            }
            AccessRequest::Hook(make) => match context.restricted_in(&make.room) {
                Some(refusal) => refuse(refusal),
                None => Effect::Access(Box::new(request), Requester { person, moderates_all }),
            },
            _ => Effect::Access(Box::new(request), Requester { person, moderates_all }),
        }
    }
}

impl Context<'_> {
    /// Why somebody may not speak in a room through a program either. What the operator lifts beside the server counts
    /// when the server looks for it the next time.
    fn restricted_in(&self, room: &RoomName) -> Option<Refusal> {
        let restriction = |kind| {
            let who = (self.person, self.pass);
            match self.sanctions.standing(kind, who, Some(room), self.age_ms, || false) {
                Standing::Restricted(restriction) => Some(Box::new(restriction)),
                Standing::Free | Standing::Unsure(_) => None,
            }
        };
        let banned = restriction(Kind::Ban).map(Refusal::Banned);
        banned.or_else(|| restriction(Kind::Mute).map(Refusal::Muted))
    }
}

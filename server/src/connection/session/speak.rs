//! What a connection tells a room and deletes, and whether it may do what moderators do.
//!
//! This file does not know how anything is kept, or what an act does to a person.

use std::sync::Arc;

use protocol::{Delete, Moderate, Refusal, Role, RoomName};

use super::draft::Draft;
use super::{Context, Effect, Recheck, Refused, Session, Then};
use crate::auth::Permissions;
use crate::auth::sanctions::Standing;
use crate::connection::budget::cost;
use crate::log::OpenRoom;
use crate::log::event::{self, Act, Author};
use crate::log::sanction::Kind;

impl Session {
    /// Whatever a person tells a room: held back by mutes, and within the rates and budgets of messages.
    pub(super) fn tell(&mut self, draft: Draft, context: &Context<'_>) -> Effect {
        let (room, reference) = draft.about();
        let Some(open) = self.find(room) else {
            return refuse(Refusal::NotInRoom, &draft);
        };
        // First: what is imposed after this is looked at when the message is stored.
        let newest = context.sanctions.newest();
        let is_moderator = context.pass.is_some_and(|pass| pass.role == Role::Moderator);
        let checked = (!is_moderator).then_some(newest);
        match context.standing(Kind::Mute, room) {
            Standing::Free => {}
            Standing::Restricted(mute) => return refuse(Refusal::Muted(Box::new(mute)), &draft),
            Standing::Unsure(sanction) => {
                return Effect::Recheck(Recheck { sanction, then: Then::Tell(draft) });
            }
        }
        let bytes = cost(draft.text(), reference);
        let taken = context.rate_limits.message(
            context.now,
            &self.said,
            context.person.said(),
            open.said(),
        );
        let taken =
            taken.and_then(|()| Ok(context.budgets.take(&self.spender, bytes, context.now)?));
        match taken {
            Ok(()) => {
                let author = Author::new(context.person, checked);
                Effect::Keep(draft.act(open.name().clone(), author))
            }
            Err(over) => {
                Effect::Refuse(Refused::over(over, Some(room.clone()), reference.cloned()))
            }
        }
    }

    pub(super) fn delete(&mut self, delete: Delete, context: &Context<'_>) -> Effect {
        let Delete { room, message, reference } = delete;
        match self.may_moderate(Some(&room), context) {
            Ok(Some(open)) => {
                let (room, by) = (open.name().clone(), context.person.name.clone());
                Effect::Keep(Act::Delete(Box::new(event::Delete { room, message, by, reference })))
            }
            Ok(None) => Effect::Nothing,
            Err(refusal) => Effect::Refuse(Refused::new(refusal, Some(room), reference)),
        }
    }

    pub(super) fn moderate(&mut self, act: Box<Moderate>, context: &Context<'_>) -> Effect {
        match self.may_moderate(act.room.as_ref(), context) {
            Ok(open) => Effect::Moderate(act, open),
            Err(refusal) => Effect::Refuse(Refused::new(refusal, act.room, act.reference)),
        }
    }

    /// The room, if it is about one.
    fn may_moderate(
        &self,
        room: Option<&RoomName>,
        context: &Context<'_>,
    ) -> Result<Option<Arc<OpenRoom>>, Refusal> {
        let pass = context.pass;
        if !context.moderators.may_act(context.person.key(), pass) {
            return Err(Refusal::NotAllowed);
        }
        match room {
            Some(room) => Ok(Some(self.find(room).cloned().ok_or(Refusal::NotInRoom)?)),
            None if pass.is_none_or(Permissions::opens_all) => Ok(None),
            None => Err(Refusal::NotAllowedEverywhere),
        }
    }
}

pub(super) fn refuse(refusal: Refusal, draft: &Draft) -> Effect {
    let (room, reference) = draft.about();
    Effect::Refuse(Refused::new(refusal, Some(room.clone()), reference.cloned()))
}

//! What a connection tells a room and deletes, and whether it may do what moderators do.
//!
//! This file does not know how anything is kept, or what an act does to a person.

use std::sync::Arc;

use protocol::{Delete, Moderate, Refusal, RoomName};

use super::draft::Draft;
use super::{Calling, Context, Effect, Recheck, Refused, Session, Then};
use crate::auth::Permissions;
use crate::auth::sanctions::Standing;
use crate::connection::budget::cost;
use crate::hub::{Present, RollCall, room_tag};
use crate::log::OpenRoom;
use crate::log::acts_on_messages::{Calls, Crowd, OnMessage};
use crate::log::event::{self, Act, Author};
use crate::log::sanction::Kind;

impl Session {
    /// Whatever a person tells a room: held back by mutes, and within the rates and budgets of messages.
    pub(super) fn tell(&mut self, draft: Draft, context: &Context<'_>) -> Effect {
        let (room, reference) = draft.about();
        let Some(open) = self.find(room) else {
            return refuse(Refusal::NotInRoom, &draft);
        };
        if draft.needs_name() && context.has_no_name() {
            return refuse(Refusal::NoName, &draft);
        }
        // First: what is imposed after this is looked at when the message is stored.
        let newest = context.sanctions.newest();
        let checked = (!context.is_moderator()).then_some(newest);
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
                let (room, called) = (open.name().clone(), draft.calls());
                if called != RollCall::default() {
                    return Effect::Call(Box::new(Calling { room, called, draft, author }));
                }
                Effect::Keep(draft.act((room, None), author, context.edit_window))
            }
            Err(over) => {
                Effect::Refuse(Refused::over(over, Some(room.clone()), reference.cloned()))
            }
        }
    }

    /// It is known who of those whom a message calls is there.
    pub(crate) fn called(
        &self,
        calling: Calling,
        present: Present,
        context: &Context<'_>,
    ) -> Effect {
        let Calling { room, called, draft, author } = calling;
        let moderated = context.moderators.may_act(context.person.key(), context.pass);
        let Present { names: named, people, crowd: names } = present;
        let people = u32::try_from(people).unwrap_or(u32::MAX);
        let crowd = called.everybody.then_some(Crowd { people, names, moderated });
        let calls = Calls { named, everybody: crowd };
        Effect::Keep(draft.act((room, Some(calls)), author, context.edit_window))
    }

    /// A moderator deletes any message; everybody else their own.
    pub(super) fn delete(&mut self, delete: Delete, context: &Context<'_>) -> Effect {
        let Delete { room, message, reference } = delete;
        let Some(open) = self.find(&room) else {
            return Effect::Refuse(Refused::new(Refusal::NotInRoom, Some(room), reference));
        };
        let room = open.name().clone();
        if context.moderators.may_act(context.person.key(), context.pass) {
            let by = context.person.name.clone();
            let delete = event::Delete { room, message, by, reference };
            return Effect::Keep(Act::Delete(Box::new(delete)));
        }
        if context.has_no_name() {
            return Effect::Refuse(Refused::new(Refusal::NoName, Some(room), reference));
        }
        let author = Author::new(context.person, Some(context.sanctions.newest()));
        let own = OnMessage { room, message, author, reference };
        Effect::Keep(Act::DeleteOwn(Box::new(own)))
    }

    /// Somebody is writing: the others hear of it now and then, and of nobody who may not say anything.
    pub(super) fn typing(&mut self, room: RoomName, context: &Context<'_>) -> Effect {
        let Some(open) = self.find(&room).cloned() else {
            return Effect::Refuse(Refused::new(Refusal::NotInRoom, Some(room), None));
        };
        let is_silenced = !matches!(context.standing(Kind::Mute, open.name()), Standing::Free);
        if is_silenced || !self.rare().typed.is_due(room_tag(open.name()), context.now) {
            return Effect::Nothing;
        }
        Effect::Typing(open)
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

//! Entering a room: first at the hub, and the replay is read then. What is stored before the read is in the
//! replay, what is told after the entry waits in the outbox, and what is in both is dropped there.
//!
//! This file does not know how anything is read.

use std::sync::Arc;

use protocol::{HISTORY_MAX, Join, MessageId, Refusal, RoomName, Span};

use super::rooms::addressed;
use super::{Consult, Context, Effect, Entering, Query, Reading, Recheck, Refused, Session, Then};
use crate::auth::sanctions::Standing;
use crate::config::ROOMS_PER_CONNECTION_MAX;
use crate::log::sanction::Kind;
use crate::log::{Asked, OpenRoom};
use crate::outbox::End;

impl Session {
    /// If the first one is refused, the connection is.
    pub(super) fn join(&mut self, join: Join, is_first: bool, context: &Context<'_>) -> Effect {
        let Join { room, since, history } = join;
        if since.is_none() && history.is_none() {
            return self.enter(room, None, is_first, context);
        }
        let limit = usize::from(history.unwrap_or(HISTORY_MAX));
        let asked = Asked { since: since.unwrap_or_default(), span: Span::Newest, limit };
        Effect::AwaitSpace(Query::Join { room, asked, is_first })
    }

    /// Enters a room, of which nothing is told: to ask for one thing there.
    pub(crate) fn visit(&mut self, room: RoomName, context: &Context<'_>) -> Effect {
        self.enter(room, None, false, context)
    }

    pub(super) fn enter(
        &mut self,
        room: RoomName,
        asked: Option<Asked>,
        is_first: bool,
        context: &Context<'_>,
    ) -> Effect {
        let entering = Entering { room: context.rooms.open(addressed(room)), asked, is_first };
        match self.may_join(&entering.room, context) {
            Ok(()) if entering.room.name().is_address() => {
                let (room, reference) = (entering.room.name().clone(), None);
                Effect::Consult(Consult { room, reference, then: Some(entering) })
            }
            Ok(()) => self.enter_unless_banned(entering, context),
            Err(refusal) => refuse(refusal, &entering),
        }
    }

    fn may_join(&self, room: &OpenRoom, context: &Context<'_>) -> Result<(), Refusal> {
        if self.find(room.name()).is_some() {
            return Err(Refusal::AlreadyInRoom);
        }
        let max = ROOMS_PER_CONNECTION_MAX;
        if self.rooms.len() >= max {
            return Err(Refusal::TooManyRooms { max });
        }
        if room.name().is_address() {
            // Its members decide, whatever a token says.
            return Ok(());
        }
        if let Some(pass) = context.pass.filter(|pass| !pass.opens(room.name())) {
            return Err(pass.closed());
        }
        room.name().check().map_err(Refusal::BadRoom)
    }

    pub(super) fn enter_unless_banned(&self, entering: Entering, context: &Context<'_>) -> Effect {
        match context.standing(Kind::Ban, entering.room.name()) {
            Standing::Free => Effect::Enter(entering),
            Standing::Restricted(ban) => refuse(Refusal::Banned(Box::new(ban)), &entering),
            Standing::Unsure(sanction) => {
                Effect::Recheck(Recheck { sanction, then: Then::Enter(entering) })
            }
        }
    }

    /// The database was asked whether something still stands.
    pub(crate) fn rechecked(
        &mut self,
        recheck: Recheck,
        stands: bool,
        context: &Context<'_>,
    ) -> Effect {
        let Recheck { sanction, then } = recheck;
        if !stands {
            context.sanctions.forget(&sanction);
            return match then {
                Then::Tell(draft) => self.tell(draft, context),
                Then::Change(draft) => self.change(draft, context),
                Then::Enter(entering) => self.enter_unless_banned(entering, context),
            };
        }
        let restriction = crate::auth::sanctions::restriction(&sanction, (context.age_ms)());
        match then {
            Then::Tell(draft) => {
                super::speak::refuse(Refusal::Muted(Box::new(restriction)), &draft)
            }
            Then::Change(draft) => {
                super::rooms::refuse(Refusal::Muted(Box::new(restriction)), &draft)
            }
            Then::Enter(entering) => refuse(Refusal::Banned(Box::new(restriction)), &entering),
        }
    }

    /// It is in the room: what is told there comes to its outbox.
    pub(crate) fn entered(&mut self, entering: Entering) -> Effect {
        let Entering { room, asked, .. } = entering;
        self.rooms.push(Arc::clone(&room));
        let wants_history = asked.is_some();
        let nothing = Asked { since: MessageId::ZERO, span: Span::Newest, limit: 0 };
        let asked = asked.unwrap_or(nothing);
        let (is_join, told, reference) = (true, true, None);
        Effect::Read(Reading { room, asked, is_join, told, wants_history, reference })
    }
}

impl Context<'_> {
    /// Whether a ban or mute holds for this connection there, as far as memory knows.
    pub(super) fn standing(&self, kind: Kind, room: &RoomName) -> Standing {
        self.standing_in(kind, Some(room))
    }

    /// The same, in the whole server where it is about no room.
    pub(super) fn standing_in(&self, kind: Kind, room: Option<&RoomName>) -> Standing {
        let person = (self.person, self.pass);
        let may_ask = || (self.may_read)().is_ok();
        self.sanctions.standing(kind, person, room, self.age_ms, may_ask)
    }
}

fn refuse(refusal: Refusal, entering: &Entering) -> Effect {
    if entering.is_first {
        return Effect::End(End::Refused(refusal));
    }
    Effect::Refuse(Refused::new(refusal, Some(entering.room.name().clone()), None))
}

//! What a connection does to rooms: it makes and finds them, changes who belongs to them, keeps and lists them;
//! and what it may know of rooms that it is not in.
//!
//! Whether somebody may is decided where it is kept. This file does not know how an address is chosen, or how
//! anything is found.

use protocol::{
    ChangeMember, ChangeSetting, Create, DIRECT_SIGN, Direct, NewRoom, PRIVATE_SIGN, PrivateRoom,
    Ref, Refusal, RoomList, RoomName, RoomsQuery, SetRole, ToClient, ToServer,
};

use super::draft::RoomDraft;
use super::effect::Then;
use super::{Consult, Context, Effect, Entering, Recheck, Refused, Session};
use crate::auth::sanctions::Standing;
use crate::connection::budget::cost;
use crate::connection::rate_limits::Over;
use crate::frame::{Delivery, Frame};
use crate::log::acts_of_rooms::{self, KeepRoom, KeepRoomAs, OfMember};
use crate::log::event::{Act, Author};
use crate::log::sanction::Kind;
use crate::log::{NotRead, RoomsAsked};
use crate::monitoring::metrics::Limit;
use crate::outbox::End;

impl Session {
    /// What somebody asks of a room that only its members know, without being in it: its room and `ref`.
    pub(super) fn asked_elsewhere(&self, envelope: &ToServer) -> Option<(RoomName, Option<Ref>)> {
        let (room, reference) = asks_within(envelope)?;
        let is_elsewhere = room.is_address() && self.find(room).is_none();
        is_elsewhere.then(|| (room.clone(), reference.cloned()))
    }

    /// Makes a room or changes one, within the budgets of its author.
    pub(super) fn change(&mut self, draft: RoomDraft, context: &Context<'_>) -> Effect {
        if context.has_no_name() {
            return refuse(Refusal::NoName, &draft);
        }
        // First: what is imposed after this is looked at when it is stored.
        let newest = context.sanctions.newest();
        let author = Author::new(context.person, (!context.is_moderator()).then_some(newest));
        if draft.speaks() {
            match context.standing_in(Kind::Mute, draft.about().0) {
                Standing::Free => {}
                Standing::Restricted(mute) => {
                    return refuse(Refusal::Muted(Box::new(mute)), &draft);
                }
                Standing::Unsure(sanction) => {
                    return Effect::Recheck(Recheck { sanction, then: Then::Change(draft) });
                }
            }
        }
        if let RoomDraft::Create(Create { room: NewRoom::Open { room }, .. }) = &draft
            && let Some(pass) = context.pass.filter(|pass| !pass.opens(room))
        {
            return refuse(pass.closed(), &draft);
        }
        let bytes = cost(draft.text(), draft.about().1);
        if let Err(over) = context.budgets.take(&self.spender, bytes, context.now) {
            let (room, reference) = draft.about();
            let over = Refused::over(over.into(), room.cloned(), reference.cloned());
            return Effect::Refuse(over);
        }
        match act(draft, author, context) {
            Ok(act) => Effect::Keep(act),
            Err(draft) => refuse(Refusal::Unavailable, &draft),
        }
    }

    /// Asks which rooms there are.
    pub(super) fn list_rooms(&self, query: RoomsQuery, context: &Context<'_>) -> Effect {
        let RoomsQuery { mine, room, query, after, reference } = query;
        let person = context.person.number();
        if mine && person.is_none() {
            return Effect::Refuse(Refused::new(Refusal::NoName, None, reference));
        }
        let grant = context.pass.and_then(|pass| pass.grant.clone());
        Effect::Browse(RoomsAsked { person, grant, mine, room, query, after, reference })
    }

    /// They were found, or not.
    pub(crate) fn listed(
        &mut self,
        reference: Option<Ref>,
        found: Result<RoomList, NotRead>,
    ) -> Effect {
        match found {
            Ok(list) => Effect::Tell(Frame::text(ToClient::Rooms(list).encode(), Delivery::Always)),
            Err(error) => Effect::Refuse(Refused::new(not_read(error), None, reference)),
        }
    }

    /// Something is about a room that this connection is not in. Of one that only its members know it has to
    /// be asked whether it is there for this person.
    pub(super) fn not_here(
        &self,
        room: RoomName,
        reference: Option<Ref>,
        context: &Context<'_>,
    ) -> Effect {
        if !room.is_address() {
            return Effect::Refuse(Refused::new(Refusal::NotInRoom, Some(room), reference));
        }
        match (context.may_read)() {
            Ok(()) => Effect::Consult(Consult { room, reference, then: None }),
            Err(wait) => {
                let over = Over::new(Limit::Reads, wait);
                Effect::Refuse(Refused::over(over, Some(room), reference))
            }
        }
    }

    /// The database was asked whether a room is there for this person.
    pub(crate) fn consulted(
        &mut self,
        consult: Consult,
        is_there: Result<bool, NotRead>,
        context: &Context<'_>,
    ) -> Effect {
        let Consult { room, reference, then } = consult;
        let refusal = match (is_there, then) {
            (Ok(true), Some(entering)) => return self.enter_unless_banned(entering, context),
            (Ok(true), None) => Refusal::NotInRoom,
            (Ok(false), Some(Entering { is_first: true, .. })) => {
                return Effect::End(End::Refused(Refusal::NoSuchRoom));
            }
            (Ok(false), _) => Refusal::NoSuchRoom,
            (Err(error), Some(Entering { is_first: true, .. })) => {
                return Effect::End(End::Refused(not_read(error)));
            }
            (Err(error), _) => not_read(error),
        };
        Effect::Refuse(Refused::new(refusal, Some(room), reference))
    }

    /// What was read says that this person does not belong to a room any more.
    pub(super) fn gone(&mut self, room: &RoomName, reference: Option<Ref>) -> Effect {
        let refused = Refused::new(Refusal::NoSuchRoom, Some(room.clone()), reference);
        let place = self.rooms.iter().position(|open| open.name() == room);
        match place.map(|place| self.rooms.swap_remove(place)) {
            Some(open) => Effect::PutOut(open, Box::new(refused)),
            None => Effect::Refuse(refused),
        }
    }
}

/// What is to be kept. It is given back where no address can be chosen.
fn act(draft: RoomDraft, author: Author, context: &Context<'_>) -> Result<Act, RoomDraft> {
    let act = match draft {
        RoomDraft::Create(Create { room: NewRoom::Open { room }, topic, reference }) => {
            let (title, is_visited) = (None, context.census.people(&room) > 0);
            let create =
                acts_of_rooms::Create { room, title, is_visited, topic, author, reference };
            Act::Create(Box::new(create))
        }
        RoomDraft::Create(Create {
            room: NewRoom::Private(PrivateRoom { title }),
            topic,
            reference,
        }) => {
            let Some(room) = (context.new_address)(PRIVATE_SIGN) else {
                let room = NewRoom::Private(PrivateRoom { title });
                return Err(RoomDraft::Create(Create { room, topic, reference }));
            };
            let (title, is_visited) = (Some(title), false);
            let create =
                acts_of_rooms::Create { room, title, is_visited, topic, author, reference };
            Act::Create(Box::new(create))
        }
        RoomDraft::Direct(Direct { users, reference }) => {
            let Some(room) = (context.new_address)(DIRECT_SIGN) else {
                return Err(RoomDraft::Direct(Direct { users, reference }));
            };
            Act::Direct(Box::new(acts_of_rooms::Direct { room, users, author, reference }))
        }
        RoomDraft::Add(ChangeMember { room, user, reference }) => {
            let room = addressed(room);
            Act::Add(Box::new(OfMember { room, user, author, reference }))
        }
        RoomDraft::Remove(ChangeMember { room, user, reference }) => {
            let room = addressed(room);
            Act::Remove(Box::new(OfMember { room, user, author, reference }))
        }
        RoomDraft::Role(SetRole { room, user, role, reference }) => {
            let room = addressed(room);
            let set = acts_of_rooms::SetRole { room, user, role, author, reference };
            Act::SetRole(Box::new(set))
        }
        RoomDraft::Setting(setting) => keep(setting, author),
    };
    Ok(act)
}

/// How a room is to be kept, as older nodes know it where they do.
fn keep(setting: ChangeSetting, author: Author) -> Act {
    let ChangeSetting { room, joined, muted, notify, marked, place, reference } = setting;
    let room = addressed(room);
    let keep = KeepRoom { room, joined, muted, place, author, reference };
    match (notify, marked) {
        (None, None) => Act::KeepRoom(Box::new(keep)),
        _ => Act::KeepRoomAs(Box::new(KeepRoomAs { keep, notify, marked })),
    }
}

/// Addresses have one spelling.
pub(super) fn addressed(room: RoomName) -> RoomName {
    if room.is_address() { room.folded() } else { room }
}

pub(super) fn not_read(error: NotRead) -> Refusal {
    match error {
        NotRead::TooMany { retry } => Over::new(Limit::Reads, retry).refusal,
        NotRead::Unavailable | NotRead::NoSuchMessage => Refusal::Unavailable,
        NotRead::NoSuchRoom => Refusal::NoSuchRoom,
        NotRead::TooLong => Refusal::SearchTooLong,
    }
}

pub(super) fn refuse(refusal: Refusal, draft: &RoomDraft) -> Effect {
    let (room, reference) = draft.about();
    Effect::Refuse(Refused::new(refusal, room.cloned(), reference.cloned()))
}

/// What somebody asks that needs the room to be entered: its room and `ref`.
pub(crate) fn asks_within(envelope: &ToServer) -> Option<(&RoomName, Option<&Ref>)> {
    match envelope {
        ToServer::Message(_)
        | ToServer::Topic(_)
        | ToServer::Leave(_)
        | ToServer::History(_)
        | ToServer::Presence(_)
        | ToServer::Edit(_)
        | ToServer::Delete(_)
        | ToServer::React(_)
        | ToServer::Typing(_)
        | ToServer::Read(_)
        | ToServer::Moderate(_) => {
            let (room, reference) = envelope.about();
            Some((room?, reference))
        }
        ToServer::Join(_)
        | ToServer::Create(_)
        | ToServer::Direct(_)
        | ToServer::Rooms(_)
        | ToServer::Mentions(_)
        | ToServer::Search(_)
        | ToServer::Add(_)
        | ToServer::Remove(_)
        | ToServer::Role(_)
        | ToServer::Setting(_)
        | ToServer::Link(_)
        | ToServer::Devices(_)
        | ToServer::Revoke(_)
        | ToServer::Invite(_)
        | ToServer::Invites(_)
        | ToServer::Uninvite(_)
        | ToServer::Hook(_)
        | ToServer::Hooks(_)
        | ToServer::Unhook(_) => None,
    }
}

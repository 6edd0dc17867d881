//! What one connection may do, and what follows from it.
//!
//! A text comes in, an [`Effect`] goes out: what is to be done next, by whoever drives the session. What the
//! session has to know before it can go on is an effect too, and comes back with the answer. So the read
//! pump and the simulator drive the same rules. This file and those beside it know no task, no socket and
//! no clock: time is an argument.

mod access;
mod access_request;
mod bot;
mod draft;
mod effect;
mod join;
mod life;
mod query;
mod reading;
mod rooms;
mod speak;
#[cfg(test)]
mod tests;
mod typed;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::{BadEnvelope, Connect, Join, Leave, Refusal, Role, RoomName, ToServer, UserName};

pub(crate) use self::access_request::{AccessRequest, Requester};
use self::draft::{Draft, RoomDraft};
use self::effect::Then;
pub(crate) use self::effect::{
    Calling, Consult, Effect, Entering, Listing, Marking, Query, Reading, Recheck, Refused,
};
pub(super) use self::life::{Life, Look};
pub(crate) use self::rooms::asks_within;
use self::typed::Typed;
use super::creations::Creations;
use super::rate_limits::{Over, RateLimits};
use crate::auth::Permissions;
use crate::auth::moderators::Moderators;
use crate::auth::permissions::Bot;
use crate::auth::sanctions::Sanctions;
use crate::config::BAD_FRAMES_MAX;
use crate::connection::budget::{Budgets, Spender};
use crate::hub::{Census, room_tag};
use crate::limits::rate::Rate;
use crate::log::{OpenRoom, Rooms};
use crate::monitoring::metrics::Limit;
use crate::outbox::End;
use crate::people::names::Person;

/// What a session goes by, at one moment: whose it is, and what all sessions of a server share.
pub(crate) struct Context<'a> {
    pub(crate) person: &'a Person,
    pub(crate) pass: Option<&'a Permissions>,
    /// Since any fixed start.
    pub(crate) now: Duration,
    pub(crate) rooms: &'a Rooms,
    pub(crate) rate_limits: &'a RateLimits,
    pub(crate) budgets: &'a Budgets,
    pub(crate) sanctions: &'a Sanctions,
    pub(crate) moderators: &'a Moderators,
    pub(crate) census: &'a Census,
    pub(crate) creations: &'a Creations,
    /// For how long messages can be edited.
    pub(crate) edit_window: Duration,
    /// Where the connection is from, if the limits of an address hold there.
    pub(crate) address: Option<IpAddr>,
    /// Chooses the address of a private or direct room, which begins with a sign.
    pub(crate) new_address: &'a dyn Fn(char) -> Option<RoomName>,
    /// By what bans and mutes are measured: asked for only where there are any.
    pub(crate) age_ms: &'a dyn Fn() -> u64,
    /// Whether this connection may read more, else when: asked for only where it wants to.
    pub(crate) may_read: &'a dyn Fn() -> Result<(), Duration>,
}

impl Context<'_> {
    /// Who enters a room.
    pub(crate) fn who(&self) -> (UserName, Role) {
        (self.person.name.clone(), self.pass.map_or(Role::Member, |pass| pass.role))
    }

    /// Whether nothing can be theirs: no key and no token says who they are.
    fn has_no_name(&self) -> bool {
        self.person.number().is_none() && self.person.key().is_none()
    }

    /// Whether it is a bot's, and what a bot it is.
    fn bot(&self) -> Option<Bot> {
        self.pass.and_then(|pass| pass.bot)
    }

    /// Whether the token says that they moderate: no ban or mute holds for them.
    fn is_moderator(&self) -> bool {
        self.pass.is_some_and(|pass| pass.role == Role::Moderator)
    }
}

/// One connection: where it is, and what it did lately.
#[derive(Debug)]
pub(crate) struct Session {
    rooms: Vec<Arc<OpenRoom>>,
    spender: Spender,
    said: Rate,
    requests: Rate,
    /// None is the same as one in which nothing happened.
    rare: Option<Box<Rare>>,
}

/// What most connections never have.
#[derive(Debug, Default)]
struct Rare {
    bad_frames: u32,
    typed: Typed,
    /// A room could not be read as it was entered: from then on each page brings what its room is.
    owes: bool,
}

impl Session {
    /// Somebody who came in, and is in no room yet.
    pub(crate) fn new(spender: Spender) -> Self {
        let (said, requests) = (Rate::default(), Rate::default());
        Session { rooms: Vec::new(), spender, said, requests, rare: None }
    }

    /// The first room, without which there is no connection.
    pub(crate) fn open(&mut self, connect: Connect, context: &Context<'_>) -> Effect {
        let Connect { room, since, history, .. } = connect;
        self.join(protocol::Join { room, since, history }, true, context)
    }

    /// What follows from a text.
    pub(crate) fn text(&mut self, text: &str, context: &Context<'_>) -> Effect {
        let envelope = match ToServer::parse(text) {
            Ok(envelope) => envelope,
            Err(bad) => return self.bad_frame(bad),
        };
        if let Some(rare) = &mut self.rare {
            rare.bad_frames = 0;
        }
        self.request(envelope, context)
    }

    /// What follows from an envelope.
    pub(crate) fn request(&mut self, envelope: ToServer, context: &Context<'_>) -> Effect {
        if let Some(refusal) = context.bot().and_then(|bot| bot::refusal(bot, &envelope)) {
            let (room, reference) = envelope.about();
            return Effect::Refuse(Refused::new(refusal, room.cloned(), reference.cloned()));
        }
        if let Err(over) = self.take_turn(&envelope, context) {
            let (room, reference) = envelope.about();
            return Effect::Refuse(Refused::over(over, room.cloned(), reference.cloned()));
        }
        if let Some((room, reference)) = self.asked_elsewhere(&envelope) {
            return self.not_here(room, reference, context);
        }
        match envelope {
            ToServer::Message(say) => self.tell(Draft::Say(say), context),
            ToServer::Topic(set) => self.tell(Draft::Topic(set), context),
            ToServer::Edit(edit) => self.tell(Draft::Edit(edit), context),
            ToServer::React(react) => self.tell(Draft::React(react), context),
            ToServer::Typing(typing) => self.typing(typing.room, context),
            ToServer::Read(read) => self.read(read, context),
            ToServer::Mentions(query) => Effect::AwaitSpace(Query::Mentions(query)),
            ToServer::Search(query) => Effect::AwaitSpace(Query::Search(query)),
            ToServer::Join(join) => self.join(join, false, context),
            ToServer::Leave(Leave { room }) => self.leave(room),
            ToServer::History(history) => Effect::AwaitSpace(Query::History(history)),
            ToServer::Presence(people) => Effect::AwaitSpace(Query::People(people)),
            ToServer::Delete(delete) => self.delete(delete, context),
            ToServer::Moderate(act) => self.moderate(act, context),
            ToServer::Link(link) => self.access(AccessRequest::Link(link), context),
            ToServer::Devices(query) => self.access(AccessRequest::Devices(query), context),
            ToServer::Revoke(revoke) => self.access(AccessRequest::Revoke(revoke), context),
            ToServer::Invite(invite) => self.access(AccessRequest::Invite(invite), context),
            ToServer::Invites(query) => self.access(AccessRequest::Invites(query), context),
            ToServer::Uninvite(end) => self.access(AccessRequest::Uninvite(end), context),
            ToServer::Hook(make) => self.access(AccessRequest::Hook(make), context),
            ToServer::Hooks(query) => self.access(AccessRequest::Hooks(query), context),
            ToServer::Unhook(end) => self.access(AccessRequest::Unhook(end), context),
            ToServer::Rooms(query) => Effect::AwaitSpace(Query::Rooms(query)),
            ToServer::Create(create) => self.change(RoomDraft::Create(create), context),
            ToServer::Direct(direct) => self.change(RoomDraft::Direct(direct), context),
            ToServer::Add(add) => self.change(RoomDraft::Add(add), context),
            ToServer::Remove(remove) => self.change(RoomDraft::Remove(remove), context),
            ToServer::Role(set) => self.change(RoomDraft::Role(set), context),
            ToServer::Setting(setting) => self.change(RoomDraft::Setting(setting), context),
        }
    }

    fn bad_frame(&mut self, bad: BadEnvelope) -> Effect {
        let BadEnvelope { refusal, room, reference } = bad;
        let refused = Refused::new(refusal, room, reference);
        let bad_frames = &mut self.rare().bad_frames;
        *bad_frames += 1;
        if *bad_frames < BAD_FRAMES_MAX {
            return Effect::Refuse(refused);
        }
        Effect::RefuseAndEnd(refused, End::Refused(Refusal::TooManyBadFrames(*bad_frames)))
    }

    /// A message takes its turn when its room is known.
    fn take_turn(&self, envelope: &ToServer, context: &Context<'_>) -> Result<(), Over> {
        match envelope {
            ToServer::Message(_) | ToServer::Topic(_) | ToServer::Edit(_) | ToServer::React(_) => {
                Ok(())
            }
            ToServer::Delete(_)
            | ToServer::Moderate(_)
            | ToServer::Remove(_)
            | ToServer::Role(_) => {
                context.rate_limits.act(context.now, &self.said, context.person.said())
            }
            ToServer::Create(_)
            | ToServer::Direct(_)
            | ToServer::Add(_)
            | ToServer::Link(_)
            | ToServer::Hook(_)
            | ToServer::Invite(_) => {
                context.rate_limits.act(context.now, &self.said, context.person.said())?;
                context.creations.take(context.person, context.address, context.now)
            }
            ToServer::Join(_)
            | ToServer::Leave(_)
            | ToServer::Typing(_)
            | ToServer::Read(_)
            | ToServer::Mentions(_)
            | ToServer::Search(_)
            | ToServer::History(_)
            | ToServer::Presence(_)
            | ToServer::Rooms(_)
            | ToServer::Setting(_)
            | ToServer::Devices(_)
            | ToServer::Revoke(_)
            | ToServer::Invites(_)
            | ToServer::Uninvite(_)
            | ToServer::Hooks(_)
            | ToServer::Unhook(_) => {
                context.rate_limits.request(context.now, &self.requests)?;
                may_ask(envelope, context)
            }
        }
    }

    fn leave(&mut self, room: RoomName) -> Effect {
        let place = self.rooms.iter().position(|open| *open.name() == room);
        match place.map(|place| self.rooms.swap_remove(place)) {
            Some(open) => Effect::Leave(open),
            None => Effect::Refuse(Refused::new(Refusal::NotInRoom, Some(room), None)),
        }
    }

    /// Goes out of a room because a moderator said so; it may have left by itself meanwhile.
    pub(crate) fn put_out(&mut self, room: u64) -> Option<Arc<OpenRoom>> {
        let place = self.rooms.iter().position(|open| room_tag(open.name()) == room)?;
        Some(self.rooms.swap_remove(place))
    }

    /// It is over: the rooms to go out of, before the name is free again.
    pub(crate) fn leave_all(&mut self) -> Vec<Arc<OpenRoom>> {
        std::mem::take(&mut self.rooms)
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn owes(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.owes)
    }

    fn find(&self, room: &RoomName) -> Option<&Arc<OpenRoom>> {
        self.rooms.iter().find(|open| open.name() == room)
    }
}

/// Whether this connection may read more, if it wants to.
fn may_ask(envelope: &ToServer, context: &Context<'_>) -> Result<(), Over> {
    let reads = match envelope {
        ToServer::History(_)
        | ToServer::Presence(_)
        | ToServer::Rooms(_)
        | ToServer::Mentions(_)
        | ToServer::Search(_)
        | ToServer::Devices(_)
        | ToServer::Revoke(_)
        | ToServer::Invites(_)
        | ToServer::Uninvite(_)
        | ToServer::Hooks(_)
        | ToServer::Unhook(_) => true,
        // What an open room is costs nothing worth counting.
        ToServer::Join(Join { room, since, history }) => {
            since.is_some() || history.is_some() || room.is_address()
        }
        ToServer::Message(_)
        | ToServer::Topic(_)
        | ToServer::Edit(_)
        | ToServer::React(_)
        | ToServer::Typing(_)
        | ToServer::Read(_)
        | ToServer::Leave(_)
        | ToServer::Delete(_)
        | ToServer::Moderate(_)
        | ToServer::Link(_)
        | ToServer::Invite(_)
        | ToServer::Hook(_)
        | ToServer::Create(_)
        | ToServer::Direct(_)
        | ToServer::Add(_)
        | ToServer::Remove(_)
        | ToServer::Role(_)
        | ToServer::Setting(_) => false,
    };
    if !reads {
        return Ok(());
    }
    (context.may_read)().map_err(|wait| Over::new(Limit::Reads, wait))
}

//! What follows from what a connection does: done by whoever drives its session, one after another.
//!
//! An effect that holds something comes back with the answer, and the session goes on from there. This
//! file does not know how anything is done.

use std::sync::Arc;

use protocol::{
    HistoryQuery, MentionsQuery, MessageId, Moderate, PeopleQuery, Ref, Refusal, RoomName,
    RoomsQuery, SearchQuery, UserName,
};

use super::access_request::{AccessRequest, Requester};
use super::draft::{Draft, RoomDraft};
use crate::connection::note::note;
use crate::connection::rate_limits::Over;
use crate::frame::Frame;
use crate::hub::RollCall;
use crate::log::event::{Act, Author};
use crate::log::sanction::Sanction;
use crate::log::{Asked, InboxAsked, OpenRoom, RoomsAsked, SearchAsked};
use crate::monitoring::metrics::Limit;
use crate::outbox::{End, Release};
use crate::people::names::PersonId;

/// What is to be done next.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Nothing: the next text may come.
    Nothing,
    /// Tell this connection alone that something is refused.
    Refuse(Refused),
    /// The same, and then it is over.
    RefuseAndEnd(Refused, End),
    /// It is over.
    End(End),
    /// Hand something to the log, which tells what becomes of it.
    Keep(Act),
    /// Tell the others in a room that this person is writing.
    Typing(Arc<OpenRoom>),
    /// Go out of a room.
    Leave(Arc<OpenRoom>),
    /// Go out of a room to which this person does not belong any more, and tell nothing of it that was held back.
    PutOut(Arc<OpenRoom>, Box<Refused>),
    /// Carry out what a moderator may do, in a room or everywhere.
    Moderate(Box<Moderate>, Option<Arc<OpenRoom>>),
    /// Keep or look up what a person asks for about themselves, and answer.
    Access(Box<AccessRequest>, Requester),
    /// Wait until an answer has space in the outbox, however slowly the peer reads; then
    /// [`has_space`](super::Session::has_space).
    AwaitSpace(Query),
    /// Find out whether a ban or mute still stands; then [`rechecked`](super::Session::rechecked).
    Recheck(Recheck),
    /// Enter a room; then [`entered`](super::Session::entered).
    Enter(Entering),
    /// Read what is asked for; then [`found`](super::Session::found).
    Read(Reading),
    /// Let go what was held back, behind what was found or why that is refused.
    Release(Box<Release>, Option<Refusal>),
    /// Wait until it is somebody's turn; then [`had_turn`](super::Session::had_turn).
    AwaitTurn(Listing),
    /// Ask the hub for names, which tells them.
    List(Listing),
    /// Find out whether a room is there for this person; then [`consulted`](super::Session::consulted).
    Consult(Consult),
    /// Find rooms; then [`listed`](super::Session::listed).
    Browse(RoomsAsked),
    /// Find what mentions this person; then [`found_messages`](super::Session::found_messages).
    Inbox(InboxAsked),
    /// Search for messages; then [`found_messages`](super::Session::found_messages).
    Search(SearchAsked),
    /// Note up to where a room is read, and tell the person's other connections.
    Mark(Marking),
    /// Find out who of those whom a message calls is in its room; then [`called`](super::Session::called).
    Call(Box<Calling>),
    /// Tell this connection something.
    Tell(Arc<Frame>),
}

/// Something that was refused, and what it was about.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) room: Option<RoomName>,
    pub(crate) reference: Option<Ref>,
    /// The limit that was passed, if that is why.
    pub(crate) limit: Option<Limit>,
}

/// What needs space in the outbox.
#[derive(Debug)]
pub(crate) enum Query {
    Join { room: RoomName, asked: Asked, is_first: bool },
    History(HistoryQuery),
    People(PeopleQuery),
    Rooms(RoomsQuery),
    Mentions(MentionsQuery),
    Search(SearchQuery),
}

/// A ban or mute that the operator may have lifted in the database.
#[derive(Debug)]
pub(crate) struct Recheck {
    pub(crate) sanction: Arc<Sanction>,
    pub(super) then: Then,
}

/// What it stands in the way of.
#[derive(Debug)]
pub(crate) enum Then {
    Tell(Draft),
    Change(RoomDraft),
    Enter(Entering),
}

/// A room that only its members know. What is asked of it is refused, unless it is to be entered.
#[derive(Debug)]
pub(crate) struct Consult {
    pub(crate) room: RoomName,
    pub(super) reference: Option<Ref>,
    pub(super) then: Option<Entering>,
}

impl Consult {
    /// What who enters has seen already: a node that has not is asked later.
    pub(crate) fn since(&self) -> u64 {
        let asked = self.then.as_ref().and_then(|entering| entering.asked.as_ref());
        asked.map_or(0, |asked| asked.since.get())
    }
}

/// A room to enter. What is told there from now on is held back until what precedes it has been read.
#[derive(Debug)]
pub(crate) struct Entering {
    pub(crate) room: Arc<OpenRoom>,
    /// The replay.
    pub(crate) asked: Option<Asked>,
    pub(super) is_first: bool,
}

/// What is to be read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) room: Arc<OpenRoom>,
    pub(crate) asked: Asked,
    /// It answers a join. What is told meanwhile is held back then already; else it is to be now: the
    /// deletion of a message comes after the message.
    pub(crate) is_join: bool,
    /// What the room is has to be told.
    pub(crate) told: bool,
    /// Who joins may want no replay.
    pub(super) wants_history: bool,
    pub(super) reference: Option<Ref>,
}

/// Up to where somebody has read a room.
#[derive(Debug)]
pub(crate) struct Marking {
    pub(crate) room: Arc<OpenRoom>,
    pub(crate) person: PersonId,
    pub(crate) upto: MessageId,
}

/// What is to be kept when it is known who is there.
#[derive(Debug)]
pub(crate) struct Calling {
    pub(crate) room: RoomName,
    pub(crate) called: RollCall,
    pub(super) draft: Draft,
    pub(super) author: Author,
}

/// Names of a room that come after one.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) room: RoomName,
    pub(crate) after: UserName,
}

impl Refused {
    pub(in crate::connection) fn new(
        refusal: Refusal,
        room: Option<RoomName>,
        reference: Option<Ref>,
    ) -> Self {
        Refused { refusal, room, reference, limit: None }
    }

    pub(super) fn over(over: Over, room: Option<RoomName>, reference: Option<Ref>) -> Self {
        Refused { limit: Some(over.limit), ..Refused::new(over.refusal, room, reference) }
    }

    /// As the connection is told of it.
    pub(crate) fn frame(self) -> Arc<Frame> {
        note(&self.refusal, self.room, self.reference)
    }
}

//! What follows from what a connection does: done by whoever drives its session, one after another.
//!
//! An effect that holds something comes back with the answer, and the session goes on from there. This
//! file does not know how anything is done.

use std::sync::Arc;

use protocol::{HistoryQuery, Moderate, PeopleQuery, Ref, Refusal, RoomName, UserName};

use super::draft::Draft;
use super::managing::{Manager, Managing};
use crate::connection::note::note;
use crate::connection::rate_limits::Over;
use crate::frame::Frame;
use crate::log::event::Act;
use crate::log::sanction::Sanction;
use crate::log::{Asked, OpenRoom};
use crate::monitoring::metrics::Limit;
use crate::outbox::{End, Release};

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
    /// Go out of a room.
    Leave(Arc<OpenRoom>),
    /// Carry out what a moderator may do, in a room or everywhere.
    Moderate(Box<Moderate>, Option<Arc<OpenRoom>>),
    /// Keep or look up what a person asks for about themselves, and answer.
    Manage(Box<Managing>, Manager),
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
    Enter(Entering),
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
    /// Who joins may want no replay.
    pub(super) wants_history: bool,
    pub(super) reference: Option<Ref>,
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

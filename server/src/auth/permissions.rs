//! What a connection may do, by the token that it came in with, as a bot, or by the list of moderators.
//!
//! This file does not know who it is.

use protocol::{Grant, Refusal, Role, RoomName};
use tokio::time::Instant;

/// What a connection may do, where that is not what everybody may.
#[derive(Debug)]
pub(crate) struct Permissions {
    pub(crate) role: Role,
    /// Only on a closed server, and of bots.
    pub(crate) grant: Option<Grant>,
    /// When it is over.
    pub(crate) expires: Option<Instant>,
    pub(crate) bot: Option<Bot>,
}

/// It is a bot's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bot {
    /// It says and changes nothing.
    pub(crate) reads_only: bool,
}

impl Permissions {
    /// Whether it says that somebody moderates there, or anywhere. The list says it for itself.
    pub(super) fn moderates(&self, room: Option<&RoomName>) -> bool {
        let grant = self.grant.as_ref().filter(|grant| grant.role == Role::Moderator);
        grant.is_some_and(|grant| room.is_none_or(|room| grant.opens(room)))
    }

    /// Whether it is good for a room.
    pub(crate) fn opens(&self, room: &RoomName) -> bool {
        self.grant.as_ref().is_none_or(|grant| grant.opens(room))
    }

    /// Why a room is not there for whom it does not open: of a bot's rooms no other one is.
    pub(crate) fn closed(&self) -> Refusal {
        if self.bot.is_some() { Refusal::NoSuchRoom } else { Refusal::WrongRoom }
    }

    /// Whether it is good for the whole server.
    pub(crate) fn opens_all(&self) -> bool {
        self.grant.as_ref().is_none_or(Grant::opens_all)
    }

    /// When it is over; none is never.
    pub(crate) fn expires(&self) -> Option<Instant> {
        self.expires
    }
}

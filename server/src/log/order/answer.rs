//! Who hears what becomes of an entry that this node appended.
//!
//! Plain data. This file does not know what is told.

use protocol::{Ref, RoomName};

use super::entry::Entry;
use crate::hub::ConnectionId;
use crate::log::command::{Command, ReplyTo};
use crate::outbox::Outbox;

/// Who hears what becomes of an entry.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Of what lasts.
    Command(ReplyTo, About),
    Claim(ClaimId),
    /// The moderator who did it.
    Moderator(Moderator),
    Nobody,
}

impl Answer {
    /// A command as an entry, and who hears of it.
    pub(crate) fn of(command: Command) -> (Entry, Self) {
        let Command { act, reply_to } = command;
        let (room, reference) = act.about();
        let about = (room.cloned(), reference.cloned());
        (Entry::Act(act), Answer::Command(reply_to, about))
    }
}

/// What a refusal tells besides the reason: the room, and what its author calls it.
pub(crate) type About = (Option<RoomName>, Option<Ref>);

/// A claim that was sent, by a number of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClaimId(pub(super) u64);

/// The connection of a moderator.
#[derive(Debug, Clone)]
pub(crate) struct Moderator {
    pub(crate) id: ConnectionId,
    pub(crate) outbox: Outbox,
}

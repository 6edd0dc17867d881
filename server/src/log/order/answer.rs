//! Who hears what becomes of an entry that this node appended.
//!
//! Plain data. This file does not know what is told.

use protocol::{Ref, RoomName};

use crate::hub::ConnectionId;
use crate::log::command::ReplyTo;
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

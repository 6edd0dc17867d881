//! Bans and mutes, as they are kept.
//!
//! Plain data. This file does not know what follows from a ban.

use std::fmt;

use protocol::{Reason, RoomName, UserName};

use serde::{Deserialize, Serialize};

use crate::people::key_hash::KeyHash;
use crate::people::names::{Owner, PersonId};

/// What somebody may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Come in.
    Ban,
    /// Speak.
    Mute,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Ban => "ban",
            Kind::Mute => "mute",
        })
    }
}

impl Kind {
    pub(super) fn number(self) -> i64 {
        match self {
            Kind::Ban => 1,
            Kind::Mute => 2,
        }
    }
}

/// Whose ban or mute an operator means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Whom {
    /// Everybody's.
    All,
    /// That of a name.
    Name(UserName),
    /// Those that hold for a key.
    Key(KeyHash),
}

/// A ban or a mute: one at most of each kind for each person, or each spelling that is nobody's, in
/// each place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sanction {
    pub(crate) kind: Kind,
    /// Where; none is the whole server.
    pub(crate) room: Option<RoomName>,
    pub(crate) user: UserName,
    /// Whom it is about, if the name was somebody's. Whoever has the name later is not meant.
    pub(crate) person: Option<PersonId>,
    /// It also holds for this key.
    pub(crate) key: Option<KeyHash>,
    /// Until when, in milliseconds since 1970; none is for good.
    pub(crate) until: Option<u64>,
    pub(crate) reason: Option<Reason>,
    pub(crate) by: UserName,
}

impl Sanction {
    pub(crate) fn owner(&self) -> Owner {
        Owner::of(self.person, &self.user)
    }
}

/// A moderator ends a ban or a mute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LiftBy {
    pub(crate) lift: Lift,
    pub(crate) by: UserName,
}

/// Which ban or mute ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lift {
    pub(crate) kind: Kind,
    pub(crate) room: Option<RoomName>,
    pub(crate) owner: Owner,
}

//! What becomes of people, as acts: names are taken and used, devices linked and revoked, and people invited.
//!
//! Plain data. This file does not know who may do it, or how anything is stored.

use protocol::{Label, Note, RoomName, UserName};
use serde::{Deserialize, Serialize};

use crate::people::code_hash::CodeHash;
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakeName {
    pub(crate) name: UserName,
    pub(crate) proof: NameProof,
    /// When, in milliseconds since 1970.
    pub(crate) used: u64,
}

/// What shows whose a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NameProof {
    /// A key, to which the name is kept until it was not used for too long: since before `expired`.
    Key { hash: KeyHash, expired: u64 },
    /// A token of a closed server, whose operator says who is who.
    Token,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UseName {
    pub(crate) name: UserName,
    pub(crate) person: PersonId,
    /// When, in milliseconds since 1970.
    pub(crate) used: u64,
}

/// The code is good for a time from this event on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MakeLink {
    /// Whose devices it adds to: whoever has this name for good.
    pub(crate) name: UserName,
    pub(crate) code: CodeHash,
    /// Where they have the most devices already, the one that was used least lately is theirs no longer. So it
    /// is with the operator's codes, for who lost all of them.
    pub(crate) makes_room: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AddDevice {
    pub(crate) code: CodeHash,
    pub(crate) key: KeyHash,
    pub(crate) label: Option<Label>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RevokeDevice {
    pub(crate) person: PersonId,
    /// Its number among those of the person.
    pub(crate) device: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UseDevice {
    pub(crate) person: PersonId,
    pub(crate) key: KeyHash,
    /// What it calls itself now, if it does.
    pub(crate) label: Option<Label>,
    /// When, in milliseconds since 1970.
    pub(crate) used: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MakeInvite {
    pub(crate) code: CodeHash,
    /// Who makes it; none is the operator.
    pub(crate) by: Option<PersonId>,
    /// The operator made them a moderator of all rooms.
    pub(crate) moderates_all: bool,
    /// Who comes by it becomes a member of these.
    pub(crate) rooms: Vec<RoomName>,
    pub(crate) uses: u32,
    /// How long it is good for from this event on, in milliseconds.
    pub(crate) lasts_ms: u64,
    pub(crate) note: Option<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndInvite {
    pub(crate) invite: u32,
    /// Who made it; none is whoever may end all of them.
    pub(crate) by: Option<PersonId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AcceptInvite {
    pub(crate) code: CodeHash,
    /// The name that they want, or have.
    pub(crate) take: TakeName,
    /// The server lets nobody new in without.
    pub(crate) is_needed: bool,
}

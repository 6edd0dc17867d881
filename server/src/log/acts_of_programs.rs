//! What other programs do, as acts, and what lets them: hooks are made and ended, and say something; bots are made and
//! ended.
//!
//! Plain data. This file does not know who may do it, or how anything is stored.

use protocol::{RoomName, UserName};
use serde::{Deserialize, Serialize};

use crate::log::acts_on_messages::{Calls, Say};
use crate::people::code_hash::CodeHash;
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MakeHook {
    /// Where it speaks.
    pub(crate) room: RoomName,
    /// What it is called there.
    pub(crate) name: UserName,
    pub(crate) secret: CodeHash,
    /// What it says can mention people.
    pub(crate) mentions: bool,
    pub(crate) by: Maker,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EndHook {
    pub(crate) hook: u32,
    pub(crate) by: Maker,
}

/// Who makes or ends a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Maker {
    /// None is the operator.
    pub(crate) person: Option<PersonId>,
    /// The operator made them a moderator of all rooms.
    pub(crate) moderates_all: bool,
}

/// Says a message as a hook, whose name its author is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SayAsHook {
    pub(crate) hook: u32,
    pub(crate) say: Say,
    /// Whom it calls, if it may.
    pub(crate) calls: Option<Calls>,
}

/// Makes a person that is a program, with a name of its own. Only the operator does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MakeBot {
    pub(crate) name: UserName,
    /// What is kept of its token, which is its only key.
    pub(crate) token: KeyHash,
    /// The open rooms that it may enter, as patterns.
    pub(crate) rooms: Vec<Box<str>>,
    /// It changes nothing.
    pub(crate) reads_only: bool,
}

impl Maker {
    /// Whoever has the server's files.
    pub(crate) const OPERATOR: Maker = Maker { person: None, moderates_all: true };
}

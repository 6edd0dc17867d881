//! What an operator tells the nodes of a cluster to do with what is kept of people.
//!
//! Plain data. This file does not know how it gets to a node.

use protocol::{RoomName, UserName};
use serde::{Deserialize, Serialize};

use crate::log::acts_of_people::{MakeInvite, MakeLink};
use crate::log::acts_of_programs::{EndHook, MakeBot, MakeHook};
use crate::log::sanction::{Kind, Whom};
use crate::webhooks::OutgoingHook;

/// What one of the nodes is to do, in the name of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Instruction {
    /// A name is kept no longer for whose it is.
    ReleaseName(UserName),
    /// Bans or mutes end, in a room or of the whole server.
    Lift(Kind, Option<RoomName>, Whom),
    /// A code adds a device to whoever has a name.
    MakeLink(MakeLink),
    /// A code lets new people in.
    MakeInvite(MakeInvite),
    /// A hook speaks in a room.
    MakeHook(MakeHook),
    /// A hook ends.
    EndHook(EndHook),
    /// A bot comes to be.
    MakeBot(MakeBot),
    /// A bot ends, by its name.
    EndBot(UserName),
    /// A hook sends what people say.
    MakeOutgoing(OutgoingHook),
}

impl Instruction {
    /// What a program that comes to be is called.
    pub(crate) fn program(&self) -> Option<&UserName> {
        match self {
            Instruction::MakeHook(make) => Some(&make.name),
            Instruction::MakeBot(make) => Some(&make.name),
            Instruction::MakeOutgoing(hook) => Some(&hook.name),
            Instruction::ReleaseName(_)
            | Instruction::Lift(..)
            | Instruction::MakeLink(_)
            | Instruction::MakeInvite(_)
            | Instruction::EndHook(_)
            | Instruction::EndBot(_) => None,
        }
    }
}

/// How many names, bans, mutes or hooks there were, that a code was kept, or the number of a new hook; else why nothing
/// was done.
pub(crate) type Done = Result<u64, String>;

//! What stands in a record: what lasts, and the comings and goings of people and nodes.
//!
//! Plain data. A variant that is added, behind the others, makes a new form of records (`record.rs`): what is here is
//! read by all nodes of a cluster, also by those that were not upgraded yet.

use protocol::{Action, Moderated, Reason, Ref, Role, RoomName, UserName};
use serde::{Deserialize, Serialize};

use super::name::NodeName;
use crate::log::event::Act;
use crate::log::sanction::Sanction;
use crate::people::names::Proof;

/// Everything that has a place in the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::EnumDiscriminants))]
#[cfg_attr(test, strum_discriminants(name(EntryKind), derive(strum::EnumCount)))]
pub(crate) enum Entry {
    /// Something that lasts.
    Act(Act),
    /// Somebody comes to this node with their first connection, and wants this name.
    Claim(Box<Claim>),
    /// Their last connection to this node has gone.
    Yield(UserName),
    /// Somebody enters a room, with their first connection to this node there.
    Come(Box<Come>),
    /// Their last connection to this node has left it.
    Go(RoomName, UserName),
    /// A moderator did something, which is told and carried out everywhere.
    Moderated(Box<Moderation>),
    /// The node begins anew: nobody of before is there any more. The first entry of its record.
    Start(Box<Start>),
    /// Everybody who is connected to the node, for those that start: a part of them.
    Here(Box<Here>),
    /// The node ends.
    Stop,
    /// A node that was not heard of for too long is dead, if this is still the era it lives in.
    Bury(NodeName, u64),
}

/// Who wants a name, and what shows that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) name: UserName,
    pub(crate) proof: Proof,
    /// Somebody else's name that was used last before this, in milliseconds since 1970, is free.
    pub(crate) expired: u64,
    /// The operator made them a moderator of some room, as their node knows.
    pub(crate) moderates: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Come {
    pub(crate) room: RoomName,
    pub(crate) user: UserName,
    pub(crate) role: Role,
}

/// What a moderator did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moderation {
    pub(crate) action: Action,
    /// Whom it is about, where, and by whom. Also of a kick, which is not kept.
    pub(crate) sanction: Sanction,
    pub(crate) seconds: Option<u64>,
    pub(crate) reason: Option<Reason>,
    pub(crate) reference: Option<Ref>,
}

impl Moderation {
    /// What people are told of it.
    pub(crate) fn told(&self) -> Moderated {
        Moderated {
            action: self.action,
            room: self.sanction.room.clone(),
            user: self.sanction.user.clone(),
            by: self.sanction.by.clone(),
            seconds: self.seconds,
            reason: self.reason.clone(),
            reference: self.reference.clone(),
        }
    }
}

/// What a node says of itself when it starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) settings: Settings,
    /// Its program's.
    pub(crate) version: Box<str>,
    /// Where clients reach it.
    pub(crate) address: Option<Box<str>>,
}

/// Settings that hold for the whole cluster: those of whoever started last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Milliseconds that a name is kept without use; none is for ever.
    pub(crate) name_expiry: Option<u64>,
    /// Milliseconds that messages are kept; none is for ever.
    pub(crate) keep: Option<u64>,
    /// Messages of a room that are kept; zero is all.
    pub(crate) keep_messages: u32,
}

/// A part of who is connected to a node. All parts stand in consecutive records of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Here {
    pub(crate) people: Vec<Present>,
    pub(crate) is_last: bool,
    /// Where clients reach the node, with the last part.
    pub(crate) address: Option<Box<str>>,
}

/// Somebody who is connected to a node, and where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Present {
    pub(crate) name: UserName,
    pub(crate) proof: Proof,
    pub(crate) moderates: bool,
    pub(crate) rooms: Vec<(RoomName, Role)>,
}

impl Present {
    /// Bytes that it takes in a record, about.
    pub(super) fn bytes(&self) -> usize {
        let rooms = self.rooms.iter().map(|(room, _)| room.as_str().len() + 2);
        self.name.as_str().len() + 40 + rooms.sum::<usize>()
    }
}

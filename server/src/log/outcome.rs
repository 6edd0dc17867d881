//! What became of an event. What follows from it is in `effects`.
//!
//! Plain data. This file does not know who is told.

use std::sync::Arc;

use protocol::{
    Message, MessageId, Refusal, RoomInfo, RoomName, Setting, ToClient, Topic, UserName,
};

use crate::people::devices::Devices;
use crate::people::names::PersonId;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everybody hears this message.
    Said(Message),
    /// Everybody hears that a message is not as it was.
    Revised(Box<Revision>),
    /// Everybody hears what a room is about.
    TopicSet(Box<Topic>),
    /// It was done before, or by the same author under the same `ref`: its author hears of the first time
    /// again.
    Repeated(Box<ToClient>),
    /// The name is this person's, who has these devices; none of whom a token names. By an invite they belong to
    /// rooms from then on.
    Named(PersonId, Option<Devices>, Vec<RoomChange>),
    /// A person has these devices now.
    HasDevices(Box<PersonDevices>),
    /// This person, a bot, has ended.
    BotEnded(PersonId),
    /// It has this number.
    Numbered(u32),
    /// It is kept, and nobody hears of it.
    Kept(MessageId),
    /// These rooms have lost their oldest messages.
    Forgotten(Vec<Forgotten>),
    /// A room was made, or found: its author hears what it is.
    Made(Box<RoomInfo>),
    /// The first message of a direct room: its persons hear of the room, and everybody in it of the message.
    Began(Box<Began>),
    /// Who belongs to some rooms is not as it was: those in the rooms hear of it, and those whom it is about.
    Changed(Vec<RoomChange>),
    /// A person keeps a room in another way: all their connections hear of it.
    Set(Box<(PersonId, Setting)>),
    /// Nothing has changed: its author hears why.
    Refused(Refusal),
}

impl Outcome {
    /// Whose a name is that was taken; else why it is not theirs.
    pub(crate) fn named(self) -> Result<(PersonId, Option<Devices>), Refusal> {
        match self {
            Outcome::Named(person, devices, _) => Ok((person, devices)),
            Outcome::Refused(refusal) => Err(refusal),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// Whose devices have changed; else why they have not.
    pub(crate) fn devices(self) -> Result<PersonDevices, Refusal> {
        match self {
            Outcome::HasDevices(owner) => Ok(*owner),
            Outcome::Refused(refusal) => Err(refusal),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// The number that something got; else why it is not there.
    pub(crate) fn number(self) -> Result<u32, Refusal> {
        match self {
            Outcome::Numbered(number) => Ok(number),
            Outcome::Refused(refusal) => Err(refusal),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// Whether a text was erased, of which nothing may be left.
    pub(crate) fn erases(&self) -> bool {
        match self {
            Outcome::Revised(revision) => revision.erases(),
            Outcome::TopicSet(_) => true,
            Outcome::Changed(changes) => changes.iter().any(|change| change.leaves),
            _ => false,
        }
    }

    /// The event that is kept; else why it is not.
    pub(crate) fn kept(self) -> Result<MessageId, Refusal> {
        match self {
            Outcome::Kept(id) => Ok(id),
            Outcome::Refused(refusal) => Err(refusal),
            _ => Err(Refusal::Unavailable),
        }
    }
}

/// A person's devices, as whoever lets them in has to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonDevices {
    pub(crate) person: PersonId,
    /// None if it was released.
    pub(crate) name: Option<UserName>,
    pub(crate) devices: Devices,
}

/// What became of a message that somebody has edited, deleted or reacted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revision {
    /// The event that changed it.
    pub(crate) id: MessageId,
    /// What is told of it.
    pub(crate) told: ToClient,
    /// The message as it is now.
    pub(crate) state: Message,
}

impl Revision {
    /// Whether it took a text away.
    fn erases(&self) -> bool {
        !matches!(self.told, ToClient::Reacted(_))
    }
}

/// Of a room, by key, everything up to an id went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forgotten {
    pub(crate) room: Arc<str>,
    pub(crate) upto: MessageId,
    pub(crate) messages: u64,
}

/// The first message of a direct room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Began {
    pub(crate) message: Message,
    pub(crate) info: RoomInfo,
    pub(crate) persons: Vec<PersonId>,
}

/// Of a room, what somebody is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoomChange {
    pub(crate) room: RoomName,
    /// What is told of it, with the id of the event.
    pub(crate) told: ToClient,
    /// Whom it is about.
    pub(crate) person: PersonId,
    /// They go out of the room.
    pub(crate) leaves: bool,
    /// They were the last in it, and it has ended.
    pub(crate) ends: bool,
}

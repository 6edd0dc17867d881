//! `kick`, `ban`, `unban`, `mute`, `unmute` and `moderated`: what a moderator does to a person.
//!
//! A moderator sends [`Moderate`], whose type is the action; the room, or the person, hears [`Moderated`].
//! This file does not know who is a moderator, or how an action is carried out.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::ids::Ref;
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;
use crate::restriction::Reason;

/// Longest time a mute or a ban may be set for: a year. A ban without a time has no end.
pub const SECONDS_MAX: u64 = 365 * 24 * 60 * 60;

/// A moderator's action on a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Removes from the room; they may join again.
    Kick,
    /// Removes, and refuses to let in again.
    Ban,
    /// Lifts a ban.
    Unban,
    /// Refuses their messages for a time.
    Mute,
    /// Lifts a mute.
    Unmute,
}

impl Action {
    fn parse(kind: &str) -> Option<Self> {
        Some(match kind {
            "kick" => Action::Kick,
            "ban" => Action::Ban,
            "unban" => Action::Unban,
            "mute" => Action::Mute,
            "unmute" => Action::Unmute,
            _ => return None,
        })
    }
}

/// Does something to a person. For moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moderate {
    /// Also the envelope's `type`.
    #[serde(rename = "type")]
    pub action: Action,
    /// None means the whole server. A kick always has a room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The person, connected or not.
    pub user: UserName,
    /// Up to [`SECONDS_MAX`]. A mute always has it; a ban without it has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Told to the person and the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Comes back in [`Moderated`], or in the error.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for Box<Moderate> {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let kind = fields.kind()?;
        let action = Action::parse(&kind).ok_or_else(|| Refusal::UnknownType(kind.into()))?;
        let (reference, room) = (fields.reference()?, fields.optional_room()?);
        if room.is_none() && action == Action::Kick {
            return Err(Fields::missing("room"));
        }
        let (user, seconds) = (fields.user("user")?, seconds(action, fields)?);
        let reason = fields.optional_text("reason")?;
        let reason = reason.as_deref().map(Reason::try_from).transpose()?;
        Ok(Box::new(Moderate { action, room, user, seconds, reason, reference }))
    }

    fn subject(&self) -> Subject<'_> {
        (self.room.as_ref(), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

fn seconds(action: Action, fields: &Fields<'_>) -> Result<Option<u64>, Refusal> {
    if !matches!(action, Action::Ban | Action::Mute) {
        return Ok(None);
    }
    let seconds = fields.optional("seconds")?;
    match seconds {
        None if action == Action::Mute => Err(Fields::missing("seconds")),
        Some(seconds) if !(1..=SECONDS_MAX).contains(&seconds) => {
            let sentence = format!("the field \"seconds\" is from 1 to {SECONDS_MAX}");
            Err(Refusal::BadField(sentence))
        }
        seconds => Ok(seconds),
    }
}

/// A `moderated` envelope: what was done to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moderated {
    /// As it was asked for.
    pub action: Action,
    /// None means the whole server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The person it was done to.
    pub user: UserName,
    /// The moderator.
    pub by: UserName,
    /// Of a ban or a mute; a ban without it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// As the moderator gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The `ref` of the [`Moderate`].
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl Moderated {
    /// Tells what a moderator did.
    pub fn new(asked: Moderate, by: UserName) -> Self {
        let Moderate { action, room, user, seconds, reason, reference } = asked;
        Moderated { action, room, user, by, seconds, reason, reference }
    }
}

//! `react` and `reacted`: somebody puts an emoji on a message, or takes it away again.
//!
//! A page holds what is on a message as a list of [`Reaction`]s. Whoever holds such a list applies each `reacted`
//! with [`react`], and then has what the next page would say; the server itself does the same. This file does not
//! know who may react, or where reactions are kept.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::fields::{Fields, FromClient, Subject};
use crate::emoji::Emoji;
use crate::ids::{MessageId, Ref};
use crate::json::{encode, is_true};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;

/// Most kinds of emoji on one message: what still reads as a row or two.
pub const REACTION_KINDS_MAX: usize = 20;
/// Most names told of each kind: what a person reads. The count tells of all.
pub const REACTION_USERS_MAX: usize = 20;

/// Puts an emoji on a message, or takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct React {
    /// The message's room, which the connection has joined.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// Which one.
    pub emoji: Emoji,
    /// Whether it is there from now on.
    #[serde(skip_serializing_if = "is_true")]
    pub on: bool,
    /// The author's own id for it: sending it again soon never does it a second time.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for React {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        Ok(React {
            reference: fields.reference()?,
            room: fields.room()?,
            message: fields.id("message")?,
            emoji: Emoji::try_from(&*fields.text("emoji")?)?,
            on: fields.optional("on")?.unwrap_or(true),
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// A `reacted` envelope: an emoji is on a message from now on, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reacted {
    /// The message's room.
    pub room: RoomName,
    /// The message's id.
    pub message: MessageId,
    /// Which one.
    pub emoji: Emoji,
    /// Whether it is there from now on.
    pub on: bool,
    /// Whose it is, spelt as when it was put there.
    pub sender: UserName,
    /// Who is the last of the names that are told from now on, where one was taken from a full list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<UserName>,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When: milliseconds since 1970.
    pub at: u64,
    /// The author's own id for it. Only meaningful to that author.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// One kind of emoji on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Which one.
    pub emoji: Emoji,
    /// How many people put it there.
    pub count: u32,
    /// Who did, the first of them first, at most [`REACTION_USERS_MAX`].
    pub users: Vec<UserName>,
}

/// What is on a message after `reacted`, in the order in which the kinds came.
pub fn react(reactions: &mut Vec<Reaction>, reacted: &Reacted) {
    let place = reactions.iter().position(|it| it.emoji == reacted.emoji);
    match (place, reacted.on) {
        (Some(place), true) => {
            let reaction = &mut reactions[place];
            reaction.count = reaction.count.saturating_add(1);
            if reaction.users.len() < REACTION_USERS_MAX {
                reaction.users.push(reacted.sender.clone());
            }
        }
        (None, true) => reactions.push(Reaction {
            emoji: reacted.emoji.clone(),
            count: 1,
            users: vec![reacted.sender.clone()],
        }),
        (Some(place), false) => {
            let reaction = &mut reactions[place];
            reaction.count = reaction.count.saturating_sub(1);
            // Of two people who had the same name one after the other, one.
            if let Some(place) = reaction.users.iter().position(|user| *user == reacted.sender) {
                reaction.users.remove(place);
            }
            reaction.users.extend(reacted.next.clone());
            if reaction.count == 0 {
                reactions.remove(place);
            }
        }
        (None, false) => {}
    }
}

/// Writes a list as it stands in a `message`, to be kept.
pub fn encode_reactions(reactions: &[Reaction]) -> String {
    encode(&reactions)
}

/// A text that is no list of reactions.
#[derive(Debug, thiserror::Error)]
#[error("not a list of reactions: {0}")]
pub struct BadReactions(serde_json::Error);

/// Checks that a text that was kept is JSON still, without reading what it says.
pub(crate) fn check_json(text: &str) -> Result<(), BadReactions> {
    serde_json::from_str::<&RawValue>(text).map(drop).map_err(BadReactions)
}

/// Reads a list that was kept.
///
/// # Errors
/// [`BadReactions`].
pub fn parse_reactions(text: &str) -> Result<Vec<Reaction>, BadReactions> {
    serde_json::from_str(text).map_err(BadReactions)
}

//! `rooms`: which rooms there are, in pages.
//!
//! A client asks with [`RoomsQuery`]; the answer is a [`RoomList`]. Open rooms are listed for everybody, others
//! for their members. This file does not know which rooms there are.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use super::reading::Reading;
use super::room::{RoomKind, RoomRole, TopicText};
use super::setting::Notify;
use crate::ids::Ref;
use crate::json::is_false;
use crate::name::{RoomName, Title, UserName};
use crate::refusal::Refusal;

/// Most rooms in an answer.
pub const ROOMS_MAX: usize = 100;
/// Longest text to look for, in characters: the longest topic.
pub const ROOMS_QUERY_CHARS_MAX: usize = 250;

/// Asks which rooms there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomsQuery {
    /// Only those that one belongs to, or has joined by a `setting`.
    #[serde(skip_serializing_if = "is_false")]
    pub mine: bool,
    /// Only this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// Only those with this in name, title or topic, case-folded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Box<str>>,
    /// Only those behind this one, the last of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<RoomName>,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for RoomsQuery {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let reference = fields.reference()?;
        let after = fields.optional_text("after")?;
        let after = after.as_deref().map(RoomName::known).transpose().map_err(Refusal::BadRoom)?;
        let query = fields.optional_text("query")?.filter(|query| !query.is_empty());
        if query.as_ref().is_some_and(|query| query.chars().count() > ROOMS_QUERY_CHARS_MAX) {
            let sentence =
                format!("the field \"query\" has at most {ROOMS_QUERY_CHARS_MAX} characters");
            return Err(Refusal::BadField(sentence));
        }
        let mine = fields.optional("mine")?.unwrap_or_default();
        let room = fields.optional_room()?;
        Ok(RoomsQuery { mine, room, query: query.map(Into::into), after, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// A `rooms` envelope: some rooms, sorted by folded title or name and then by address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomList {
    /// At most [`ROOMS_MAX`].
    pub rooms: Vec<RoomEntry>,
    /// There are others behind the last one.
    pub more: bool,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// One room of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomEntry {
    /// Its address, which of an open room is its name.
    pub room: RoomName,
    /// Who may join it.
    pub kind: RoomKind,
    /// What people call a private room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// What it is about; empty if nobody has said.
    #[serde(default, skip_serializing_if = "TopicText::is_empty")]
    pub topic: TopicText,
    /// How many people are connected and in it.
    pub people: usize,
    /// When its newest message was stored, in milliseconds since 1970; none if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<u64>,
    /// What the asker is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoomRole>,
    /// Everybody whose direct room it is, the asker included, sorted by folded name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserName>,
    /// The asker has it among their rooms.
    #[serde(default, skip_serializing_if = "is_false")]
    pub joined: bool,
    /// The asker wants no notifications from it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub muted: bool,
    /// Of what the asker wants notifications.
    #[serde(default, skip_serializing_if = "Notify::is_default")]
    pub notify: Notify,
    /// Where it stands in the asker's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Where the asker is in it; only of their own rooms, when these are asked for.
    #[serde(flatten)]
    pub reading: Reading,
}

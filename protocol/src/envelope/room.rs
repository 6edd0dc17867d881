//! `room`: what a room is, beside who is in it; and `topic`: somebody says what it is about.
//!
//! The server sends [`RoomInfo`] after the first `presence` of a join, if there is something to tell; to who
//! makes or finds a room; and to the persons of a direct room with its first message. A client sends [`SetTopic`]; everybody in the room hears [`Topic`] once it is stored. A topic is an event of
//! its room, with an id of its own, and the newest one holds. This file does not know where topics are kept.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::ids::{MessageId, Ref};
use crate::json::is_false;
use crate::name::{RoomName, Title, UserName};
use crate::refusal::Refusal;
use crate::text::characters::{is_blank, with_newlines};

/// Longest topic, in characters.
pub const TOPIC_CHARS_MAX: usize = 250;

/// What a room is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// The room: an open one as whoever opened it spelt it, another one by its address.
    pub room: RoomName,
    /// Who may join it.
    pub kind: RoomKind,
    /// What people call a private room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// What it is about; empty if nobody has said.
    #[serde(default, skip_serializing_if = "TopicText::is_empty")]
    pub topic: TopicText,
    /// What its hearer is there; none in an open room is nobody in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoomRole>,
    /// Everybody whose direct room it is, its hearer included, sorted by folded name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserName>,
    /// After a join: who has a role there, the owner first, then moderators, then members, each sorted by
    /// folded name. At most [`MEMBERS_TOLD_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<RoomMember>,
    /// There are more than `members` holds.
    #[serde(default, skip_serializing_if = "is_false")]
    pub members_more: bool,
    /// The `ref` of the envelope that it answers.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Most people in [`RoomInfo::members`]: what a sidebar shows, in 8 KiB or so.
pub const MEMBERS_TOLD_MAX: usize = 200;

impl RoomInfo {
    /// Nothing but which room it is, and of what kind.
    pub fn new(room: RoomName, kind: RoomKind) -> Self {
        RoomInfo {
            room,
            kind,
            title: None,
            topic: TopicText::default(),
            role: None,
            users: Vec::new(),
            members: Vec::new(),
            members_more: false,
            reference: None,
        }
    }
}

/// Somebody who has a role in a room, connected or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMember {
    /// Who it is.
    pub user: UserName,
    /// What they are there.
    pub role: RoomRole,
}

/// What somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomRole {
    /// The one whose room it is: also appoints moderators, and the next owner.
    Owner,
    /// Also sets the topic, adds and removes people.
    Moderator,
    /// Reads and speaks.
    Member,
}

/// Who may join a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Everybody who knows its name.
    Open,
    /// Its members, who are added and removed.
    Private,
    /// The persons whose conversation it is, always the same.
    Direct,
    /// Something that this version does not know.
    #[serde(other)]
    Other,
}

/// Says what a room is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetTopic {
    /// A room that the connection has joined.
    pub room: RoomName,
    /// What it is about; an empty one clears the topic.
    pub content: TopicText,
    /// The author's own id for it: sending it again soon never sets it a second time.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for SetTopic {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let (reference, room) = (fields.reference()?, fields.room()?);
        let content = TopicText::try_from(&*fields.text("content")?)?;
        Ok(SetTopic { room, content, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// A `topic` envelope: what a room is about from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The room, as whoever opened it spelt it.
    pub room: RoomName,
    /// What it is about; empty if the topic was cleared.
    pub content: TopicText,
    /// Who said so.
    pub sender: UserName,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When it was stored: milliseconds since 1970.
    pub at: u64,
    /// Its author's own id for it. Only meaningful to that author.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// What a room is about: one line of at most [`TOPIC_CHARS_MAX`] characters, which may be empty. Line
/// breaks are spaces, and a text without anything visible is empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct TopicText(Box<str>);

impl TopicText {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Nobody has said what the room is about.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<&str> for TopicText {
    type Error = Refusal;

    fn try_from(text: &str) -> Result<Self, Refusal> {
        let line = with_newlines(text).replace('\n', " ");
        let line = if is_blank(&line) { "" } else { line.trim() };
        let chars = line.chars().count();
        if chars > TOPIC_CHARS_MAX {
            return Err(Refusal::ContentTooLong { chars, max: TOPIC_CHARS_MAX });
        }
        Ok(TopicText(line.into()))
    }
}

impl fmt::Debug for TopicText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for TopicText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        TopicText::try_from(text.as_str()).map_err(D::Error::custom)
    }
}

//! `room`: what a room is, beside who is in it.
//!
//! The server sends [`RoomInfo`] after the first `presence` of a join, if there is something to tell.
//! This file does not know where topics are kept.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::name::RoomName;
use crate::refusal::Refusal;
use crate::text::characters::{is_blank, with_newlines};

/// Longest topic, in characters.
pub const TOPIC_CHARS_MAX: usize = 250;

/// What a room is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// The room, as whoever opened it spelt it.
    pub room: RoomName,
    /// Who may join it.
    pub kind: RoomKind,
    /// What it is about; empty if nobody has said.
    #[serde(default, skip_serializing_if = "TopicText::is_empty")]
    pub topic: TopicText,
}

/// Who may join a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Everybody who knows its name.
    Open,
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

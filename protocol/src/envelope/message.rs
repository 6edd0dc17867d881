//! `message`: text sent to a room.
//!
//! A client sends [`Say`]; everybody in the room, the author included, hears [`Message`] once it is
//! stored. That copy, with its id, is the acknowledgement. The same author sending the same `ref` to the
//! same room again never makes a second message. A text that begins with `/me ` is an ordinary message.
//! This file does not know how messages are kept.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::everybody::Everybody;
use super::fields::{Fields, FromClient, Subject};
use super::reaction::{BadReactions, Reaction, check_json};
use crate::ids::{MessageId, Ref};
use crate::json::{encode, is_false};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;
use crate::text::characters::{is_blank, with_newlines};

/// Longest text of one message, in characters.
pub const CONTENT_CHARS_MAX: usize = 4096;

/// Sends a message to a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Say {
    /// A room that the connection has joined.
    pub room: RoomName,
    /// The text, checked.
    pub content: Body,
    /// The message of the same room that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<MessageId>,
    /// The author's own id for it: sending it again never makes a second message.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for Say {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let (reference, room) = (fields.reference()?, fields.room()?);
        let content = Body::parse(&*fields.text("content")?)?;
        let reply = fields.optional_id("reply")?;
        Ok(Say { room, content, reply, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// One stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The room, as whoever opened it spelt it.
    pub room: RoomName,
    /// The author, set by the server whatever a client claims.
    pub sender: UserName,
    /// The text as it is now.
    pub content: Body,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When it was stored: milliseconds since 1970, by a clock that may be set back. The order is
    /// that of `id`.
    pub at: u64,
    /// Its author's own id for it. Only meaningful to that author.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// A program said it: a hook or a bot.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bot: bool,
    /// In a page: the id of the newest event that changed it; none if it is as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<MessageId>,
    /// It was deleted: its content is [`DELETED_CONTENT`](crate::DELETED_CONTENT), the rest is as
    /// it was.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
    /// The message of the same room that it answers; that one may be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<MessageId>,
    /// When its text was last edited: milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<u64>,
    /// Whom it mentions by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserName>,
    /// It mentions everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everybody: Option<Everybody>,
    /// What people put on it, in the order in which the kinds came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

impl Message {
    /// One as it is said: nothing has changed it, and it answers nothing.
    pub fn new(room: RoomName, sender: UserName, content: Body, id: MessageId, at: u64) -> Self {
        Message {
            room,
            sender,
            content,
            id,
            at,
            reference: None,
            bot: false,
            change: None,
            deleted: false,
            reply: None,
            edited: None,
            mentions: Vec::new(),
            everybody: None,
            reactions: Vec::new(),
        }
    }
}

/// With its type, as it also stands in lists.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Tagged<'a> {
    Message(&'a Message),
}

/// Writes a `message` with a list of reactions that was kept, which is copied as it stands: to read and to write
/// twenty names again takes longer than all else of a message. Those that it has itself are left out.
///
/// # Errors
/// [`BadReactions`] for what is not JSON.
pub fn encode_with_reactions(message: Message, reactions: &str) -> Result<String, BadReactions> {
    check_json(reactions)?;
    let bare = Message { reactions: Vec::new(), ..message };
    let mut envelope = encode(&Tagged::Message(&bare));
    envelope.pop();
    Ok(envelope + ",\"reactions\":" + reactions + "}")
}

/// Why a text was refused. The sentence is fit for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Nothing to see: empty, spaces, or invisible characters alone.
    #[error("a message needs some visible text")]
    Blank,
    /// More characters than [`CONTENT_CHARS_MAX`].
    #[error("a message has at most {CONTENT_CHARS_MAX} characters, this one has {0}")]
    TooLong(usize),
}

/// The text of one message: 1–4,096 characters, something of it visible, every line break a `\n`.
///
/// It may hold any other character, also controls: whoever draws it decides what is safe there.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Body(Box<str>);

impl Body {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text that is stored already, perhaps under earlier rules of what is visible: from a database or
    /// from a server. Its line breaks are normalised like a new one's.
    ///
    /// # Errors
    /// [`BodyError::TooLong`].
    pub fn stored(text: impl AsRef<str> + Into<Box<str>>) -> Result<Self, BodyError> {
        let text: Box<str> = match with_newlines(text.as_ref()) {
            Cow::Owned(text) => text.into(),
            Cow::Borrowed(_) => text.into(),
        };
        let chars = text.chars().count();
        if chars > CONTENT_CHARS_MAX {
            return Err(BodyError::TooLong(chars));
        }
        Ok(Body(text))
    }

    pub(crate) fn parse(text: impl AsRef<str> + Into<Box<str>>) -> Result<Self, BodyError> {
        let body = Body::stored(text)?;
        if is_blank(body.as_str()) {
            return Err(BodyError::Blank);
        }
        Ok(body)
    }
}

impl TryFrom<&str> for Body {
    type Error = BodyError;

    fn try_from(text: &str) -> Result<Self, BodyError> {
        Body::parse(text)
    }
}

impl TryFrom<String> for Body {
    type Error = BodyError;

    fn try_from(text: String) -> Result<Self, BodyError> {
        Body::parse(text)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Body::stored(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Blank => Refusal::ContentBlank,
            BodyError::TooLong(chars) => Refusal::ContentTooLong { chars, max: CONTENT_CHARS_MAX },
        }
    }
}

//! All that the server may say. Absent optional fields are left out.
//!
//! This file does not know to whom it is said.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::body::{Body, Epoch, MessageId, Ref};
use crate::json::encode;
use crate::moderation::{Deleted, Moderated, Reason, Role};
use crate::name::{RoomName, UserName};
use crate::refusal::{Code, Refusal};

/// A `history` envelope stays under this many bytes, so that it fits an outbox beside live traffic.
pub const HISTORY_BYTES_MAX: usize = 128 * 1024;

/// An envelope from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToClient {
    /// Somebody said something. To its author it is also the acknowledgement: it is stored.
    Message(Message),
    /// A person came into the room, with their first connection.
    Join {
        /// Which room.
        room: RoomName,
        /// Who.
        sender: UserName,
        /// What they may do, if that is more than others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
    },
    /// A person left the room, with their last connection.
    Leave {
        /// Which room.
        room: RoomName,
        /// Who.
        sender: UserName,
    },
    /// Who is in a room.
    Presence(Presence),
    /// Older messages, on joining or when asked for.
    History(History),
    /// A message is no more.
    Deleted(Deleted),
    /// A moderator did something to a person.
    Moderated(Box<Moderated>),
    /// A refusal, to one client alone.
    Error(ErrorNote),
}

/// One stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Where it was said.
    pub room: RoomName,
    /// Who said it: set by the server.
    pub sender: UserName,
    /// What was said.
    pub content: Body,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// When it was stored: milliseconds since 1970, never decreasing.
    pub at: u64,
    /// Its author's own name for it. Only meaningful to that author.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// It was deleted: its content is [`DELETED_CONTENT`](crate::DELETED_CONTENT), the rest is as
    /// it was.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted: bool,
}

fn is_false(is: &bool) -> bool {
    !*is
}

/// The people of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Which room.
    pub room: RoomName,
    /// Sorted by folded name, each once. In a large room, the first of them.
    pub users: Vec<UserName>,
    /// In a large room: how many people are there, of whom `users` may be a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// In an answer to a question: `users` are those after this name. It replaces no list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserName>,
}

/// The newest of what was asked for, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Which room.
    pub room: RoomName,
    /// Ascending by id; each is a whole `message` envelope.
    #[serde(serialize_with = "tagged")]
    pub messages: Vec<Message>,
    /// There is older text that was asked for and did not fit: page back with `before`.
    pub more: bool,
    /// The newest id of the room, 0 if it has none: where to resume.
    pub head: MessageId,
    /// In an answer to `since`: messages up to it that were deleted after it, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<MessageId>,
    /// There were more of those than `deleted` holds: what is held of this room may be stale.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deleted_more: bool,
    /// After a join: which log this is. Another one than before means that what is held of the room,
    /// and since when, is of a log that is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// An `error` envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorNote {
    /// What a program may branch on.
    pub code: Code,
    /// A sentence for people.
    pub content: String,
    /// The room it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// The `ref` of the envelope that was refused.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
    /// When to try again, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_ms: Option<u64>,
}

/// Tells a refusal, without room and `ref`.
impl From<&Refusal> for ErrorNote {
    fn from(refusal: &Refusal) -> Self {
        let retry_ms = match refusal {
            Refusal::TooFast { retry_ms }
            | Refusal::Stopping { retry_ms }
            | Refusal::Unreadable { retry_ms } => Some(*retry_ms),
            Refusal::Muted(muted) => muted.seconds.map(|seconds| seconds.saturating_mul(1000)),
            _ => None,
        };
        ErrorNote {
            code: refusal.code(),
            content: refusal.to_string(),
            room: None,
            reference: None,
            retry_ms,
        }
    }
}

/// A frame that is none of the envelopes above: of a newer server, or of no Nebula.
#[derive(Debug, thiserror::Error)]
#[error("not an envelope of this protocol: {0}")]
pub struct BadFromServer(String);

impl ToClient {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`BadFromServer`] for anything but an envelope of this version; clients ignore those.
    pub fn parse(frame: &str) -> Result<Self, BadFromServer> {
        // An internally tagged enum would also take an array.
        if !frame.trim_start().starts_with('{') {
            return Err(BadFromServer("not a JSON object".into()));
        }
        serde_json::from_str(frame).map_err(|e| BadFromServer(e.to_string()))
    }

    /// Writes it as one frame's text.
    pub fn encode(&self) -> String {
        encode(self)
    }
}

/// What a `history` envelope says besides its messages; see [`History`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct HistoryEnd<'a> {
    /// There is older text that was asked for.
    pub more: bool,
    /// The newest id of the room.
    pub head: MessageId,
    /// Earlier messages that were deleted since.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub deleted: &'a [MessageId],
    /// There were more of those.
    #[serde(skip_serializing_if = "is_false")]
    pub deleted_more: bool,
    /// After a join: which log this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<&'a Epoch>,
    /// The `ref` of the question.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a Ref>,
}

/// Bytes of a `history` envelope that are left for its messages, each with a comma, beside so many
/// ids in `deleted`.
pub const fn history_bytes_left(deleted: usize) -> usize {
    // Room for the fields around the list: a room's name, an epoch and a `ref` of 64 characters,
    // each escaped at its worst, fit twice over; and an id with its comma has 17 bytes.
    HISTORY_BYTES_MAX.saturating_sub(2048 + 17 * deleted)
}

/// Writes a `history` envelope from messages that are encoded already, ascending: the newest that
/// fit under [`HISTORY_BYTES_MAX`]. Says in `more` if any was left out.
pub fn encode_history<T: AsRef<str>>(
    room: &RoomName,
    messages: &[T],
    end: HistoryEnd<'_>,
) -> String {
    let bytes_max = history_bytes_left(end.deleted.len());
    let mut bytes = 0;
    let fits = |text: &&T| {
        bytes += text.as_ref().len() + 1;
        bytes <= bytes_max
    };
    let kept = messages.iter().rev().take_while(fits).count();
    let newest = &messages[messages.len() - kept..];
    let mut out = format!(r#"{{"type":"history","room":{},"messages":["#, encode(room));
    for (i, message) in newest.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(message.as_ref());
    }
    let end = HistoryEnd { more: end.more || kept < messages.len(), ..end };
    let end = encode(&end);
    out.push_str("],");
    out.push_str(end.trim_start_matches('{'));
    out
}

/// In a list, too, a message carries its type: one reader serves both.
fn tagged<S: Serializer>(messages: &[Message], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Tagged<'a> {
        Message(&'a Message),
    }
    serializer.collect_seq(messages.iter().map(Tagged::Message))
}

/// Deserialises through the one way in that the type has.
fn checked<'de, D, T, E: std::fmt::Display>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// What a server says exists already: rules for what is new do not count.
impl<'de> Deserialize<'de> for RoomName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, RoomName::known)
    }
}

impl<'de> Deserialize<'de> for UserName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, UserName::known)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Body::stored(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, Reason::stored)
    }
}

impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, |text| Ref::try_from(text))
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        checked(deserializer, |text| Epoch::try_from(text))
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        MessageId::try_from(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

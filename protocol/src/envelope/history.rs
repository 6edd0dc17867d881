//! `history`: messages that were said before, in pages.
//!
//! A page holds the newest of what was asked for, ascending, as whole `message` envelopes. It answers a
//! join that asked for a replay, or a [`HistoryQuery`].
//! This file does not know where messages are kept.

use serde::{Deserialize, Serialize, Serializer};

use super::fields::{Fields, FromClient, Subject};
use super::message::Message;
use crate::ids::{Epoch, MessageId, Ref};
use crate::json::{encode, is_false};
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Messages in a page when no limit is named: about two screens.
pub const HISTORY_DEFAULT: u16 = 50;
/// Most messages in a page.
pub const HISTORY_MAX: u16 = 200;
/// A `history` envelope stays under this many bytes, so that it fits an outbox beside live traffic.
pub const HISTORY_BYTES_MAX: usize = 128 * 1024;
/// Most deletions that one `history` envelope tells of: 17 bytes each.
pub const DELETED_MAX: usize = 500;

/// Asks for older messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryQuery {
    /// Of which room.
    pub room: RoomName,
    /// Only messages with a smaller id; none means from the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<MessageId>,
    /// At most so many, [`HISTORY_DEFAULT`] if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for HistoryQuery {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let limit: Option<u64> = fields.optional("limit")?;
        Ok(HistoryQuery {
            reference: fields.reference()?,
            room: fields.room()?,
            before: fields.optional_id("before")?,
            limit: limit.map(|number| count("limit", number)).transpose()?,
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }
}

/// A number of messages: more than a page holds is as good as a full page.
pub(crate) fn count(field: &str, number: u64) -> Result<u16, Refusal> {
    match u16::try_from(number) {
        Ok(0) => Err(Refusal::BadField(format!("the field {field:?} has to be 1 or more"))),
        Ok(n) => Ok(n.min(HISTORY_MAX)),
        Err(_) => Ok(HISTORY_MAX),
    }
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

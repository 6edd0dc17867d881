//! `history`: stored messages, in pages.
//!
//! A page holds the newest of what was asked for, ascending, as whole `message` envelopes in their current
//! state. It answers a join that asked for a replay, or a [`HistoryQuery`]. After a join with `since` it also
//! holds the earlier messages that changed after it, so that nobody misses a change: of two states of a
//! message the one with the newer change id counts, and a change to an unknown message is dropped.
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
/// Most messages in `changed`: as many as in a page.
pub const CHANGED_MAX: usize = 200;
/// Most bytes of `changed`: half of the envelope, so that a page is never empty.
pub const CHANGED_BYTES_MAX: usize = HISTORY_BYTES_MAX / 2;

/// Asks for older messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryQuery {
    /// A room that the connection has joined.
    pub room: RoomName,
    /// Only messages with a smaller id; none means from the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<MessageId>,
    /// Most messages in the answer; [`HISTORY_DEFAULT`] if absent.
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
            limit: limit.map(count),
        })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// A number of messages: none is an empty page, and more than a page holds a full one.
pub(crate) fn count(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(HISTORY_MAX).min(HISTORY_MAX)
}

/// The newest of what was asked for, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The room of all of them.
    pub room: RoomName,
    /// Ascending by id; each is a whole `message` envelope.
    #[serde(serialize_with = "tagged")]
    pub messages: Vec<Message>,
    /// There is older text that was asked for and did not fit: page back with `before`.
    pub more: bool,
    /// The newest id of the room, 0 if it has none: where to resume.
    pub head: MessageId,
    /// In an answer to `since`: the messages up to it that changed after it, as they are now.
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "tagged")]
    pub changed: Vec<Message>,
    /// More changed than `changed` holds: what the client holds of this room may be stale.
    #[serde(default, skip_serializing_if = "is_false")]
    pub changed_more: bool,
    /// After a join: which log this is. When it differs from before, what the client holds of the room is
    /// of a log that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// What a `history` envelope says besides its lists of messages; see [`History`].
#[derive(Debug, Clone, Copy, Serialize)]
pub struct HistoryEnd<'a> {
    /// There is older text that was asked for.
    pub more: bool,
    /// The newest id of the room.
    pub head: MessageId,
    /// More changed than the list of those holds.
    #[serde(skip_serializing_if = "is_false")]
    pub changed_more: bool,
    /// After a join: which log this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<&'a Epoch>,
    /// The `ref` of the question.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a Ref>,
}

/// Bytes of a `history` envelope that are left for its messages, each with a comma, beside so many
/// bytes of `changed`.
pub const fn history_bytes_left(changed_bytes: usize) -> usize {
    // Room for the fields around the lists: a room's name, an epoch and a `ref` of 64 characters,
    // each escaped at its worst, fit twice over.
    HISTORY_BYTES_MAX.saturating_sub(2048 + changed_bytes)
}

/// Writes a `history` envelope from messages that are encoded already: those in `messages` ascending by
/// id, those in `changed` by change. Of each list the newest that fit are taken, and `more` and
/// `changed_more` say whether any was left out.
pub fn encode_history<T: AsRef<str>>(
    room: &RoomName,
    messages: &[T],
    changed: &[T],
    end: HistoryEnd<'_>,
) -> String {
    let told = newest(changed, CHANGED_MAX, CHANGED_BYTES_MAX);
    let page = newest(messages, messages.len(), history_bytes_left(bytes_of(told)));
    let mut out = format!(r#"{{"type":"history","room":{}"#, encode(room));
    push_list(&mut out, "messages", page);
    if !told.is_empty() {
        push_list(&mut out, "changed", told);
    }
    let end = HistoryEnd {
        more: end.more || page.len() < messages.len(),
        changed_more: end.changed_more || told.len() < changed.len(),
        ..end
    };
    out.push(',');
    out.push_str(encode(&end).trim_start_matches('{'));
    out
}

/// The last of a list that are within both limits; a comma counts with each.
fn newest<T: AsRef<str>>(all: &[T], count_max: usize, bytes_max: usize) -> &[T] {
    let mut bytes = 0;
    let fits = |text: &&T| {
        bytes += text.as_ref().len() + 1;
        bytes <= bytes_max
    };
    let kept = all.iter().rev().take(count_max).take_while(fits).count();
    &all[all.len() - kept..]
}

fn bytes_of<T: AsRef<str>>(all: &[T]) -> usize {
    all.iter().map(|text| text.as_ref().len() + 1).sum()
}

fn push_list<T: AsRef<str>>(out: &mut String, name: &str, all: &[T]) {
    out.push_str(&format!(",\"{name}\":["));
    for (i, text) in all.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(text.as_ref());
    }
    out.push(']');
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

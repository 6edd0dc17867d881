//! `history`: stored messages, in pages.
//!
//! A page holds messages, ascending, as whole `message` envelopes in their current state: the newest of what was
//! asked for, the oldest after an id, or those around one. It answers a join that asked for a replay, or a [`HistoryQuery`]. After a join with `since` it also
//! holds the earlier messages that changed after it, so that nobody misses a change: of two states of a
//! message the one with the newer change id counts, and a change to an unknown message is dropped.
//! This file does not know where messages are kept.

use serde::{Deserialize, Serialize, Serializer};

use super::fields::{Fields, FromClient, Subject};
use super::message::{Message, Tagged};
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
/// Most bytes of `changed`: what it leaves holds the largest message there is (24 KiB of escaped text, 20 kinds of
/// reactions with 20 names each), so that a page is never empty.
pub const CHANGED_BYTES_MAX: usize = 40 * 1024;

/// Asks for messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryQuery {
    /// A room that the connection has joined.
    pub room: RoomName,
    /// Which ones.
    #[serde(flatten)]
    pub span: Span,
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
            span: Span::read(fields)?,
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

/// Which messages of a room a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// The newest.
    #[default]
    Newest,
    /// The newest with a smaller id than this.
    Before(MessageId),
    /// The oldest with a greater id than this.
    After(MessageId),
    /// This one, and as many on both sides of it.
    Around(MessageId),
}

impl Span {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let given = ["before", "after", "around"].map(|name| fields.optional_id(name));
        match given {
            [Ok(None), Ok(None), Ok(None)] => Ok(Span::Newest),
            [Ok(Some(id)), Ok(None), Ok(None)] => Ok(Span::Before(id)),
            [Ok(None), Ok(Some(id)), Ok(None)] => Ok(Span::After(id)),
            [Ok(None), Ok(None), Ok(Some(id))] => Ok(Span::Around(id)),
            [Ok(_), Ok(_), Ok(_)] => {
                let rule = "a page is `before`, `after` or `around` an id, not several of these";
                Err(Refusal::BadField(rule.to_owned()))
            }
            [Err(refusal), _, _] | [_, Err(refusal), _] | [_, _, Err(refusal)] => Err(refusal),
        }
    }
}

/// As the field of its name.
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let field = match self {
            Span::Newest => None,
            Span::Before(id) => Some(("before", id)),
            Span::After(id) => Some(("after", id)),
            Span::Around(id) => Some(("around", id)),
        };
        serializer.collect_map(field)
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
    /// There is more that was asked for and did not fit, older than this, or newer where it was asked for with
    /// `after`: page on from there.
    pub more: bool,
    /// In an answer to `around`: there is newer text.
    #[serde(default, skip_serializing_if = "is_false")]
    pub newer: bool,
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
    /// There is more that was asked for.
    pub more: bool,
    /// There is newer text than what was asked for.
    #[serde(skip_serializing_if = "is_false")]
    pub newer: bool,
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

/// A list of encoded messages, as a field behind another one.
pub(super) fn push_list<T: AsRef<str>>(out: &mut String, name: &str, all: &[T]) {
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
pub(super) fn tagged<S: Serializer>(
    messages: &[Message],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(messages.iter().map(Tagged::Message))
}

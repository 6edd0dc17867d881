//! Message ids, `ref`s and epochs.
//!
//! This file does not know rooms or people.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest `ref`, in bytes.
pub const REF_BYTES_MAX: usize = 64;
/// Ids stay below this so that every JSON reader holds them exactly (RFC 8259, section 6).
pub const ID_END: u64 = 1 << 53;

/// An author's own id for a message: 1–64 printable ASCII characters.
///
/// The same author sending the same `ref` to the same room again never makes a second message.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Ref(Box<str>);

impl Ref {
    /// The characters themselves.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A `ref` that is empty, too long, or holds something other than printable ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ref has 1 to {REF_BYTES_MAX} printable ASCII characters")]
pub struct BadRef;

impl TryFrom<&str> for Ref {
    type Error = BadRef;

    fn try_from(raw: &str) -> Result<Self, BadRef> {
        if is_short_ascii(raw) { Ok(Ref(raw.into())) } else { Err(BadRef) }
    }
}

impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ref::try_from(String::deserialize(deserializer)?.as_str()).map_err(D::Error::custom)
    }
}

fn is_short_ascii(raw: &str) -> bool {
    let printable = raw.bytes().all(|b| (0x20..0x7f).contains(&b));
    printable && !raw.is_empty() && raw.len() <= REF_BYTES_MAX
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The log that ids belong to: 1–64 printable ASCII characters without meaning.
///
/// While it stays the same, everything that was told is still there. It changes when a backup or an empty
/// database takes the place of the log: what a client holds may not exist any more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Epoch(Box<str>);

impl Epoch {
    /// The characters themselves.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An epoch that is empty, too long, or holds something other than printable ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an epoch has 1 to {REF_BYTES_MAX} printable ASCII characters")]
pub struct BadEpoch;

impl TryFrom<&str> for Epoch {
    type Error = BadEpoch;

    fn try_from(raw: &str) -> Result<Self, BadEpoch> {
        if is_short_ascii(raw) { Ok(Epoch(raw.into())) } else { Err(BadEpoch) }
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Epoch::try_from(String::deserialize(deserializer)?.as_str()).map_err(D::Error::custom)
    }
}

/// The place of an event in the order of the whole server: below 2^53, growing, never reused.
/// No event has the id zero: `since` zero means everything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MessageId(u64);

impl MessageId {
    /// Before every event.
    pub const ZERO: MessageId = MessageId(0);
    /// The greatest id there can be.
    pub const LAST: MessageId = MessageId(ID_END - 1);

    /// The number itself.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// A number that is no id: 2^53 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a whole number below 2^53, not {0}")]
pub struct BadId(pub u64);

impl TryFrom<u64> for MessageId {
    type Error = BadId;

    fn try_from(number: u64) -> Result<Self, BadId> {
        if number < ID_END { Ok(MessageId(number)) } else { Err(BadId(number)) }
    }
}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        MessageId::try_from(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

//! What a frame is: one JSON object, how large it may be, and how it is written.
//!
//! This file does not know which envelopes there are.

use serde::Serialize;

/// Largest frame a client may send, in bytes: the longest text of any script fits, also when each
/// character is escaped as two `\uXXXX`.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

/// Serialises one of this crate's own types.
pub(crate) fn encode(envelope: &impl Serialize) -> String {
    // The types here have string keys and no failing parts, so nothing can go wrong; an empty
    // frame would be refused by any reader.
    serde_json::to_string(envelope).unwrap_or_default()
}

/// For fields that are left out unless they are true.
/// For what is left out where it is the usual.
pub(crate) fn is_true(value: &bool) -> bool {
    *value
}

pub(crate) fn is_false(is: &bool) -> bool {
    !*is
}

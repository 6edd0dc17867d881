//! How an envelope is written.
//!
//! This file does not know which envelopes there are.

use serde::Serialize;

/// Serialises one of this crate's own types.
pub(crate) fn encode(envelope: &impl Serialize) -> String {
    // The types here have string keys and no failing parts, so nothing can go wrong; an empty
    // frame would be refused by any reader.
    serde_json::to_string(envelope).unwrap_or_default()
}

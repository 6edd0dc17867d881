//! `error`: a refusal, told to one client alone.
//!
//! The codes and sentences are those of [`Refusal`]. This file does not know what was refused.

use serde::{Deserialize, Serialize};

use crate::ids::Ref;
use crate::name::RoomName;
use crate::refusal::{Code, Refusal};

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

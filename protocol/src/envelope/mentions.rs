//! `mentions`: the newest messages that mention a person, over all rooms that they may read.
//!
//! A client asks with [`MentionsQuery`]; the answer is a [`MessageList`](crate::MessageList). Whom a message mentions is decided when it is
//! stored. This file does not know how.

use serde::Serialize;

use super::fields::{Fields, FromClient, Subject};
use super::history::{HISTORY_DEFAULT, count};
use crate::ids::{MessageId, Ref};
use crate::refusal::Refusal;

/// Asks for the newest messages that mention one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MentionsQuery {
    /// Only those with a smaller id than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<MessageId>,
    /// Most messages in the answer; [`HISTORY_DEFAULT`] if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl MentionsQuery {
    /// How many messages are wanted at most.
    pub fn wanted(&self) -> usize {
        usize::from(self.limit.unwrap_or(HISTORY_DEFAULT))
    }
}

impl FromClient for MentionsQuery {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let limit: Option<u64> = fields.optional("limit")?;
        let (reference, before) = (fields.reference()?, fields.optional_id("before")?);
        Ok(MentionsQuery { before, limit: limit.map(count), reference })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

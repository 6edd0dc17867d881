//! `search` and `found`: messages over all rooms that one may read, the newest first.
//!
//! A client asks with [`SearchQuery`]; the answer is a [`MessageList`](crate::MessageList). What a query means is in [`crate::search`].

use serde::Serialize;

use super::fields::{Fields, FromClient, Subject};
use super::history::{HISTORY_DEFAULT, count};
use crate::ids::{MessageId, Ref};
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Most characters of a query: more than anybody types, and a bound on the work of one.
pub const SEARCH_CHARS_MAX: usize = 1024;

/// Searches for messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SearchQuery {
    /// What to look for.
    pub query: String,
    /// Only in this room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
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

impl SearchQuery {
    /// A search of everything, for the newest.
    pub fn new(query: &str) -> Self {
        SearchQuery { query: query.into(), room: None, before: None, limit: None, reference: None }
    }

    /// How many messages are wanted at most.
    pub fn wanted(&self) -> usize {
        usize::from(self.limit.unwrap_or(HISTORY_DEFAULT))
    }
}

impl FromClient for SearchQuery {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let query = fields.text("query")?.into_owned();
        let chars = query.chars().count();
        if chars > SEARCH_CHARS_MAX {
            let why =
                format!("a query has at most {SEARCH_CHARS_MAX} characters, this one {chars}");
            return Err(Refusal::BadField(why));
        }
        let limit: Option<u64> = fields.optional("limit")?;
        Ok(SearchQuery {
            query,
            room: fields.optional_room()?,
            before: fields.optional_id("before")?,
            limit: limit.map(count),
            reference: fields.reference()?,
        })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

//! A list of messages of any rooms, the newest first: the answer to `mentions` and to `search`.
//!
//! This file does not know what they have in common.

use serde::{Deserialize, Serialize};

use super::history::{push_list, tagged};
use super::message::Message;
use crate::ids::Ref;
use crate::json::encode;

/// Some messages, as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageList {
    /// Descending by id, of any rooms; each is a whole `message` envelope.
    #[serde(serialize_with = "tagged")]
    pub messages: Vec<Message>,
    /// There may be older ones.
    pub more: bool,
    /// The `ref` of the question.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// Writes a `mentions` envelope from messages that are encoded already.
pub fn encode_mentions<T: AsRef<str>>(
    messages: &[T],
    more: bool,
    reference: Option<&Ref>,
) -> String {
    encode_list("mentions", messages, more, reference)
}

/// Writes a `found` envelope from messages that are encoded already.
pub fn encode_found<T: AsRef<str>>(messages: &[T], more: bool, reference: Option<&Ref>) -> String {
    encode_list("found", messages, more, reference)
}

fn encode_list<T: AsRef<str>>(
    kind: &str,
    messages: &[T],
    more: bool,
    reference: Option<&Ref>,
) -> String {
    let mut out = format!(r#"{{"type":"{kind}""#);
    push_list(&mut out, "messages", messages);
    out.push_str(if more { r#","more":true"# } else { r#","more":false"# });
    if let Some(reference) = reference {
        out.push_str(r#","ref":"#);
        out.push_str(&encode(reference));
    }
    out.push('}');
    out
}

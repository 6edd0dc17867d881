//! All that a client may say, and how its JSON is read: strictly, and only as an object.
//!
//! This file does not know who says it.

use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::body::{Body, MessageId, Ref};
use crate::name::{NameError, RoomName};
use crate::refusal::Refusal;

/// Largest frame a client may send, in bytes: 4,096 characters of any script fit, also when each
/// is escaped as two `\uXXXX`.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Most fields of one object. The protocol has eight; the rest is room for those to come, and a
/// bound on the work of finding a duplicate key.
pub const FIELDS_MAX: usize = 32;
/// Messages in a `history` page when no limit is named: about two screens.
pub const HISTORY_DEFAULT: u16 = 50;
/// Most messages in a `history` page.
pub const HISTORY_MAX: u16 = 200;

/// An envelope from a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToServer {
    /// Say something in a room.
    Message {
        /// Where to.
        room: RoomName,
        /// What.
        content: Body,
        /// The author's own name for it: sending it again never makes a second message.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
    },
    /// Enter one more room.
    Join {
        /// Which.
        room: RoomName,
        /// Replay everything after this id.
        #[serde(skip_serializing_if = "Option::is_none")]
        since: Option<MessageId>,
        /// Replay at most this many of the newest messages.
        #[serde(skip_serializing_if = "Option::is_none")]
        history: Option<u16>,
    },
    /// Go out of a room.
    Leave {
        /// Which.
        room: RoomName,
    },
    /// Ask for older messages.
    History {
        /// Of which room.
        room: RoomName,
        /// Only messages with a smaller id; none means from the newest.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<MessageId>,
        /// At most so many, [`HISTORY_DEFAULT`] if not said.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<u16>,
        /// Comes back in the answer.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
    },
}

/// A frame that is no good envelope, with as much as could be read of what it was about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct BadEnvelope {
    /// What is wrong with it.
    pub refusal: Refusal,
    /// The room it names, if that is a room's name.
    pub room: Option<RoomName>,
    /// The `ref` it carries, if that is one: its author can tell which message failed.
    pub reference: Option<Ref>,
}

impl ToServer {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`BadEnvelope`] with the reason, for anything but a well-formed envelope.
    pub fn parse(frame: &str) -> Result<Self, BadEnvelope> {
        let fields: Fields = serde_json::from_str(frame).map_err(|e| {
            let refusal = match e.classify() {
                serde_json::error::Category::Data => data_refusal(frame, &e),
                _ => Refusal::BadJson,
            };
            BadEnvelope { refusal, room: None, reference: None }
        })?;
        let room = fields.room.as_deref().map(RoomName::try_from);
        let reference = fields.reference.as_deref().map(Ref::try_from);
        let about = (room.clone().and_then(Result::ok), reference.clone().and_then(Result::ok));
        fields.into_envelope(room, reference).map_err(|refusal| BadEnvelope {
            refusal,
            room: about.0,
            reference: about.1,
        })
    }

    /// Writes it as one frame's text.
    pub fn encode(&self) -> String {
        encode(self)
    }
}

/// Serialises one of this crate's own types.
pub(crate) fn encode(envelope: &impl Serialize) -> String {
    // The types here have string keys and no failing parts, so nothing can go wrong; an empty
    // frame would be refused by any reader.
    serde_json::to_string(envelope).unwrap_or_default()
}

/// A type error inside an object names its field; anything else at the top is no object.
fn data_refusal(frame: &str, e: &serde_json::Error) -> Refusal {
    if !frame.trim_start().starts_with('{') {
        return Refusal::BadJson;
    }
    let text = e.to_string();
    let sentence = text.split(" at line ").next().unwrap_or_default();
    Refusal::BadField(sentence.chars().take(200).collect())
}

/// What an object from a client may hold, not yet checked against its type.
#[derive(Default)]
struct Fields {
    kind: Option<String>,
    room: Option<String>,
    content: Option<String>,
    reference: Option<String>,
    since: Option<u64>,
    before: Option<u64>,
    history: Option<u64>,
    limit: Option<u64>,
    others: Vec<String>,
}

impl Fields {
    fn into_envelope(
        self,
        room: Option<Result<RoomName, NameError>>,
        reference: Option<Result<Ref, crate::body::BadRef>>,
    ) -> Result<ToServer, Refusal> {
        let kind = self.kind.ok_or_else(|| missing("type"))?;
        if !matches!(kind.as_str(), "message" | "join" | "leave" | "history") {
            return Err(Refusal::UnknownType(kind.chars().take(40).collect()));
        }
        let room = room.ok_or_else(|| missing("room"))?.map_err(Refusal::BadRoom)?;
        let reference = reference.transpose()?;
        Ok(match kind.as_str() {
            "message" => {
                let content = Body::parse(self.content.ok_or_else(|| missing("content"))?)?;
                ToServer::Message { room, content, reference }
            }
            "join" => ToServer::Join {
                room,
                since: self.since.map(id).transpose()?,
                history: self.history.map(|n| count("history", n)).transpose()?,
            },
            "leave" => ToServer::Leave { room },
            _ => ToServer::History {
                room,
                before: self.before.map(id).transpose()?,
                limit: self.limit.map(|n| count("limit", n)).transpose()?,
                reference,
            },
        })
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => set("type", &mut self.kind, map),
            "room" => set("room", &mut self.room, map),
            "content" => set("content", &mut self.content, map),
            "ref" => set("ref", &mut self.reference, map),
            "since" => set("since", &mut self.since, map),
            "before" => set("before", &mut self.before, map),
            "history" => set("history", &mut self.history, map),
            "limit" => set("limit", &mut self.limit, map),
            _ if self.others.iter().any(|seen| seen == key) => Err(duplicate(key)),
            _ => {
                self.others.push(key.to_owned());
                map.next_value::<IgnoredAny>().map(drop)
            }
        }
    }
}

fn set<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    name: &str,
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(duplicate(name));
    }
    let value = map
        .next_value::<T>()
        .map_err(|e| A::Error::custom(format_args!("bad field {name:?}: {e}")))?;
    *slot = Some(value);
    Ok(())
}

fn duplicate<E: serde::de::Error>(key: &str) -> E {
    E::custom(format_args!("the field {key:?} stands twice"))
}

fn missing(field: &str) -> Refusal {
    Refusal::BadField(format!("the field {field:?} is missing"))
}

fn id(number: u64) -> Result<MessageId, Refusal> {
    MessageId::try_from(number).map_err(|e| Refusal::BadField(e.to_string()))
}

/// A number of messages: more than a page holds is as good as a full page.
pub(crate) fn count(field: &str, number: u64) -> Result<u16, Refusal> {
    match u16::try_from(number) {
        Ok(0) => Err(Refusal::BadField(format!("the field {field:?} has to be 1 or more"))),
        Ok(n) => Ok(n.min(HISTORY_MAX)),
        Err(_) => Ok(HISTORY_MAX),
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `deserialize_map` with a visitor that has no `visit_seq`: an array is no envelope.
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        let mut seen = 0;
        while let Some(key) = map.next_key::<String>()? {
            seen += 1;
            if seen > FIELDS_MAX {
                return Err(A::Error::custom(Refusal::too_many_fields()));
            }
            fields.read(&key, &mut map)?;
        }
        Ok(fields)
    }
}

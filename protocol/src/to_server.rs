//! All that a client may say, and how its JSON is read: strictly, and only as an object.
//!
//! This file does not know who says it.

use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _, Serialize};
use serde_json::error::Category;

use crate::body::{Body, MessageId, Ref};
use crate::json::encode;
use crate::moderation::{Act, Action, Reason, SECONDS_MAX};
use crate::name::{NameError, RoomName, UserName};
use crate::refusal::Refusal;

/// Most fields of one object. The protocol has thirteen; the rest is room for those to come, and a
/// bound on the work of finding a duplicate key.
pub const FIELDS_MAX: usize = 32;
/// Messages in a `history` page when no limit is named: about two screens.
pub const HISTORY_DEFAULT: u16 = 50;
/// Most messages in a `history` page.
pub const HISTORY_MAX: u16 = 200;

/// Most names in a `presence` that was asked for: what a screen pages through, in 8 KiB or so.
pub const PEOPLE_MAX: usize = 500;

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
    /// Ask for more of the people of a large room, [`PEOPLE_MAX`] at most.
    Presence {
        /// Of which room.
        room: RoomName,
        /// Only names that sort after this one; it need not be there.
        after: UserName,
    },
    /// Remove a message. For moderators.
    Delete {
        /// Of which room.
        room: RoomName,
        /// The message's id.
        message: MessageId,
        /// Comes back in what is told of it.
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<Ref>,
    },
    /// Do something to a person. For moderators. Its type is the action.
    #[serde(untagged)]
    Moderate(Box<Act>),
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
        let fields = Fields::parse(frame)?;
        let room = fields.room.as_deref().map(RoomName::known);
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

    /// The room it is about, unless that is the whole server, and the `ref` that an answer to it
    /// carries.
    pub fn about(&self) -> (Option<&RoomName>, Option<&Ref>) {
        match self {
            ToServer::Message { room, reference, .. }
            | ToServer::History { room, reference, .. }
            | ToServer::Delete { room, reference, .. } => (Some(room), reference.as_ref()),
            ToServer::Join { room, .. }
            | ToServer::Leave { room }
            | ToServer::Presence { room, .. } => (Some(room), None),
            ToServer::Moderate(act) => (act.room.as_ref(), act.reference.as_ref()),
        }
    }
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
    after: Option<String>,
    user: Option<Loose<String>>,
    reason: Option<Loose<String>>,
    seconds: Option<Loose<u64>>,
    message: Option<Loose<u64>>,
    others: Vec<String>,
    /// The field being read: an error is about this one.
    reading: Option<String>,
}

impl Fields {
    fn parse(frame: &str) -> Result<Self, BadEnvelope> {
        let mut fields = Fields::default();
        let mut json = serde_json::Deserializer::from_str(frame);
        // A visitor that only knows maps: an array is no envelope.
        let read = json.deserialize_map(FieldsVisitor(&mut fields)).and_then(|()| json.end());
        match read {
            Ok(()) => Ok(fields),
            Err(error) => {
                let refusal = fields.refusal(&error);
                Err(BadEnvelope { refusal, room: None, reference: None })
            }
        }
    }

    fn refusal(&self, error: &serde_json::Error) -> Refusal {
        let (Some(field), Category::Data) = (&self.reading, error.classify()) else {
            return Refusal::BadJson;
        };
        let field: String = field.chars().take(40).collect();
        let text = error.to_string();
        let sentence = text.split(" at line ").next().unwrap_or_default();
        let sentence: String = sentence.chars().take(200).collect();
        Refusal::BadField(format!("bad field {field:?}: {sentence}"))
    }

    fn into_envelope(
        mut self,
        room: Option<Result<RoomName, NameError>>,
        reference: Option<Result<Ref, crate::body::BadRef>>,
    ) -> Result<ToServer, Refusal> {
        let kind = self.kind.take().ok_or_else(|| missing("type"))?;
        let known = match kind.as_str() {
            "message" | "join" | "leave" | "history" | "delete" => true,
            // A question has `after`; a claim about who is here has `users`, and is the server's.
            "presence" => self.after.is_some() && !self.others.iter().any(|key| key == "users"),
            kind => Action::parse(kind).is_some(),
        };
        if !known {
            return Err(Refusal::UnknownType(kind.chars().take(40).collect()));
        }
        let reference = reference.transpose()?;
        if let Some(action) = Action::parse(&kind) {
            let room = room.transpose().map_err(Refusal::BadRoom)?;
            return self.act(action, room, reference).map(Box::new).map(ToServer::Moderate);
        }
        let room = room.ok_or_else(|| missing("room"))?.map_err(Refusal::BadRoom)?;
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
            "presence" => {
                let after = self.after.ok_or_else(|| missing("after"))?;
                let after = UserName::known(after.as_str()).map_err(Refusal::BadName)?;
                ToServer::Presence { room, after }
            }
            "delete" => {
                let message = wanted("message", self.message)?.ok_or_else(|| missing("message"))?;
                ToServer::Delete { room, message: id(message)?, reference }
            }
            _ => ToServer::History {
                room,
                before: self.before.map(id).transpose()?,
                limit: self.limit.map(|n| count("limit", n)).transpose()?,
                reference,
            },
        })
    }

    fn act(
        self,
        action: Action,
        room: Option<RoomName>,
        reference: Option<Ref>,
    ) -> Result<Act, Refusal> {
        if room.is_none() && action == Action::Kick {
            return Err(missing("room"));
        }
        let user = wanted("user", self.user)?.ok_or_else(|| missing("user"))?;
        let user = UserName::known(user.as_str()).map_err(Refusal::BadName)?;
        let takes_time = matches!(action, Action::Ban | Action::Mute);
        let seconds = wanted("seconds", self.seconds)?.filter(|_| takes_time);
        match seconds {
            None if action == Action::Mute => return Err(missing("seconds")),
            Some(seconds) if !(1..=SECONDS_MAX).contains(&seconds) => {
                let sentence = format!("the field \"seconds\" is from 1 to {SECONDS_MAX}");
                return Err(Refusal::BadField(sentence));
            }
            _ => {}
        }
        let reason = wanted("reason", self.reason)?;
        let reason = reason.as_deref().map(Reason::try_from).transpose()?;
        Ok(Act { action, room, user, seconds, reason, reference })
    }

    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "type" => set(&mut self.kind, map),
            "room" => set(&mut self.room, map),
            "content" => set(&mut self.content, map),
            "ref" => set(&mut self.reference, map),
            "since" => set(&mut self.since, map),
            "before" => set(&mut self.before, map),
            "history" => set(&mut self.history, map),
            "limit" => set(&mut self.limit, map),
            "after" => set(&mut self.after, map),
            "user" => set(&mut self.user, map),
            "reason" => set(&mut self.reason, map),
            "seconds" => set(&mut self.seconds, map),
            "message" => set(&mut self.message, map),
            _ if self.others.iter().any(|seen| seen == key) => Err(duplicate()),
            _ => {
                self.others.push(key.to_owned());
                map.next_value::<IgnoredAny>().map(drop)
            }
        }
    }
}

/// A field that only some types have: whatever stands there does no harm to the others.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose<T> {
    Is(T),
    Other(IgnoredAny),
}

fn wanted<T>(field: &str, loose: Option<Loose<T>>) -> Result<Option<T>, Refusal> {
    match loose {
        None => Ok(None),
        Some(Loose::Is(value)) => Ok(Some(value)),
        Some(Loose::Other(_)) => {
            Err(Refusal::BadField(format!("the field {field:?} is of the wrong type")))
        }
    }
}

fn set<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(duplicate());
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

fn duplicate<E: serde::de::Error>() -> E {
    E::custom("it stands twice")
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

struct FieldsVisitor<'a>(&'a mut Fields);

impl<'de> Visitor<'de> for FieldsVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = 0;
        while let Some(key) = map.next_key::<String>()? {
            seen += 1;
            self.0.reading = Some(key.clone());
            if seen > FIELDS_MAX {
                return Err(A::Error::custom(format_args!("more than {FIELDS_MAX} fields")));
            }
            self.0.read(&key, &mut map)?;
        }
        Ok(())
    }
}

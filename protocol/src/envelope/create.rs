//! `create` and `direct`: somebody makes a room, or finds the one that some persons have for themselves.
//!
//! The answer to both is `room` with the room's address. This file does not know who may make rooms, or how
//! addresses are chosen.

use std::borrow::Cow;

use serde::Serialize;

use super::fields::{Fields, FromClient, Subject};
use super::room::TopicText;
use crate::ids::Ref;
use crate::name::{RoomName, Title, UserName};
use crate::refusal::{Refusal, bad_title};

/// Most persons of a direct room, its maker included: more is a room with members.
pub const DIRECT_PEOPLE_MAX: usize = 10;

/// Makes a room, whose owner its maker is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Create {
    /// Which room.
    #[serde(flatten)]
    pub room: NewRoom,
    /// What it is about; may be empty.
    #[serde(skip_serializing_if = "TopicText::is_empty")]
    pub topic: TopicText,
    /// Comes back in the answer. Sending it again soon makes no second room.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

/// A room to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum NewRoom {
    /// For everybody, under this name.
    Open {
        /// One that no room has.
        room: RoomName,
    },
    /// For its members. The server chooses its address.
    Private(PrivateRoom),
}

/// A private room to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "private")]
pub struct PrivateRoom {
    /// What people call it. Other rooms may have the same.
    pub title: Title,
}

impl FromClient for Create {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let reference = fields.reference()?;
        let room = match fields.optional_text("kind")?.as_deref() {
            None | Some("open") => {
                let room = fields.text("room")?;
                let room = RoomName::try_from(&*room).map_err(Refusal::BadRoom)?;
                NewRoom::Open { room }
            }
            Some("private") => {
                let title = Title::try_from(&*fields.text("title")?);
                let title = title.map_err(|error| bad_title(&error))?;
                NewRoom::Private(PrivateRoom { title })
            }
            Some(_) => {
                let sentence = "the field \"kind\" is \"open\" or \"private\"".to_owned();
                return Err(Refusal::BadField(sentence));
            }
        };
        let topic = fields.optional_text("topic")?;
        let topic = topic.as_deref().map(TopicText::try_from).transpose()?.unwrap_or_default();
        Ok(Create { room, topic, reference })
    }

    fn subject(&self) -> Subject<'_> {
        let room = match &self.room {
            NewRoom::Open { room } => Some(room),
            NewRoom::Private(_) => None,
        };
        (room, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// Makes or finds the direct room of some persons and oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Direct {
    /// The others; who is named twice, or names themselves, counts once.
    pub users: Vec<UserName>,
    /// Comes back in the answer.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for Direct {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let reference = fields.reference()?;
        let users: Vec<Cow<'_, str>> = fields.required("users")?;
        if users.is_empty() || users.len() > DIRECT_PEOPLE_MAX {
            return Err(too_many_or_few());
        }
        let users = users.iter().map(|user| UserName::known(user)).collect::<Result<_, _>>();
        Ok(Direct { users: users.map_err(Refusal::BadName)?, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (None, self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// Of a direct room for oneself alone, or for too many.
pub fn too_many_or_few() -> Refusal {
    let sentence = format!("a direct room is for 2 to {DIRECT_PEOPLE_MAX} people, you included");
    Refusal::BadField(sentence)
}

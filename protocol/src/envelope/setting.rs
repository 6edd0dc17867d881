//! `setting`: how a person keeps a room: whether it is among their rooms, whether they want notifications from
//! it, and where it stands in their order.
//!
//! A client sends [`ChangeSetting`]; every connection of the person hears [`Setting`], nobody else does. This
//! file does not know who may keep which room.

use serde::{Deserialize, Serialize};

use super::fields::{Fields, FromClient, Subject};
use crate::ids::{MessageId, Ref};
use crate::json::is_false;
use crate::name::RoomName;
use crate::refusal::Refusal;

/// Greatest place of a room in a person's order.
pub const PLACE_MAX: u32 = 999_999;

/// Changes how one keeps a room. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeSetting {
    /// The room's address.
    pub room: RoomName,
    /// Whether it is among one's rooms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<bool>,
    /// Whether one wants no notifications from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Where it stands in one's order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Comes back in [`Setting`], or in the error.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

impl FromClient for ChangeSetting {
    fn read(fields: &Fields<'_>) -> Result<Self, Refusal> {
        let (reference, room) = (fields.reference()?, fields.room()?);
        let (joined, muted) = (fields.optional("joined")?, fields.optional("muted")?);
        let place: Option<u32> = fields.optional("place")?;
        if place.is_some_and(|place| place > PLACE_MAX) {
            let sentence = format!("the field \"place\" is from 0 to {PLACE_MAX}");
            return Err(Refusal::BadField(sentence));
        }
        if joined.is_none() && muted.is_none() && place.is_none() {
            let sentence = "a setting has \"joined\", \"muted\" or \"place\"".to_owned();
            return Err(Refusal::BadField(sentence));
        }
        Ok(ChangeSetting { room, joined, muted, place, reference })
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

/// A `setting` envelope: how one keeps a room from now on, all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The room's address.
    pub room: RoomName,
    /// It is among one's rooms.
    #[serde(default, skip_serializing_if = "is_false")]
    pub joined: bool,
    /// One wants no notifications from it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub muted: bool,
    /// Where it stands in one's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// The `ref` of the [`ChangeSetting`].
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

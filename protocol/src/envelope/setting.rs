//! `setting`: how a person keeps a room: whether it is among their rooms, of what they want notifications, from
//! where on it is marked as unread, and where it stands in their order.
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
    /// Of what one wants notifications; `muted` alone says [`Notify::Nothing`], or no longer that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
    /// The message from which on it is unread; 0 ends that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked: Option<MessageId>,
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
        let notify: Option<Notify> = fields.optional("notify")?;
        if let (Some(muted), Some(notify)) = (muted, notify)
            && muted != (notify == Notify::Nothing)
        {
            let sentence = "\"muted\" and \"notify\" contradict each other".to_owned();
            return Err(Refusal::BadField(sentence));
        }
        let marked = fields.optional_id("marked")?;
        let change = ChangeSetting { room, joined, muted, notify, marked, place, reference };
        if change.is_nothing() {
            let sentence =
                "a setting has \"joined\", \"muted\", \"notify\", \"marked\" or \"place\""
                    .to_owned();
            return Err(Refusal::BadField(sentence));
        }
        Ok(change)
    }

    fn subject(&self) -> Subject<'_> {
        (Some(&self.room), self.reference.as_ref())
    }

    fn reference_mut(&mut self) -> Option<&mut Option<Ref>> {
        Some(&mut self.reference)
    }
}

impl ChangeSetting {
    /// One that changes nothing yet.
    pub fn of(room: RoomName) -> Self {
        ChangeSetting {
            room,
            joined: None,
            muted: None,
            notify: None,
            marked: None,
            place: None,
            reference: None,
        }
    }

    fn is_nothing(&self) -> bool {
        let ChangeSetting { joined, muted, notify, marked, place, .. } = self;
        joined.is_none()
            && muted.is_none()
            && notify.is_none()
            && marked.is_none()
            && place.is_none()
    }
}

/// Of what in a room a person wants notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// As the client does where nothing is said: of everything in direct rooms, of mentions in others.
    #[default]
    Default,
    /// Of every message.
    Everything,
    /// Of what mentions the person.
    Mentions,
    /// Of nothing: the room is muted.
    Nothing,
}

impl Notify {
    pub(super) fn is_default(&self) -> bool {
        *self == Notify::Default
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
    /// Of what one wants notifications.
    #[serde(default, skip_serializing_if = "Notify::is_default")]
    pub notify: Notify,
    /// The message from which on one has marked it as unread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<MessageId>,
    /// Where it stands in one's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u32>,
    /// Its place in the order of the whole server.
    pub id: MessageId,
    /// The `ref` of the [`ChangeSetting`].
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Ref>,
}

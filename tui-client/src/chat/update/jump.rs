//! Going to a message that may be far back: what is around it is fetched, and shown in place of the newest.
//!
//! This file does not know how it is shown.

use protocol::{ErrorNote, MessageId, RoomName};

use super::asking::{ask, reference};
use super::server_wait::is_for_now;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Page, Reading, Room};

/// Goes to a message of the room that is shown.
pub fn jump(model: &mut Model, id: MessageId) -> Vec<Effect> {
    let room = model.room_mut();
    room.jumping = Some(id);
    go_on(room).into_iter().collect()
}

/// Goes on with it, once one is in the room and no other page is on its way.
pub(super) fn go_on(room: &mut Room) -> Option<Effect> {
    let id = room.jumping?;
    if room.entry(id).is_none() {
        let may_ask = room.joined && room.awaited.is_none();
        return may_ask.then(|| ask(room, Page::Around(id)));
    }
    if room.messages().any(|message| message.id == id) {
        room.past = None;
    }
    room.jumping = None;
    room.reading = Reading::Above(id);
    Some(Effect::Reveal(room.name.clone(), id))
}

/// True if that is what was refused, for good: then the person is told.
pub(super) fn is_refused(model: &mut Model, note: &ErrorNote) -> bool {
    let is_ours = note.reference == reference() && !is_for_now(note.code);
    if let Some(room) = note.room.as_ref().filter(|_| is_ours) {
        failed(model, &room.clone());
    }
    is_ours
}

pub(super) fn failed(model: &mut Model, room: &RoomName) {
    if let Some(room) = model.find(room) {
        room.take_awaited();
        room.jumping = None;
    }
    model.notice = Some("That message isn't in this room, or was removed".to_owned());
}

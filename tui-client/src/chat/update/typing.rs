//! Who is writing: told to others, and heard of them.
//!
//! This file does not know the clock: a timer says when something is over.

use std::time::Duration;

use protocol::{
    IsTyping, RoomName, TYPING_EVERY_MS, TYPING_MS, TYPING_PEOPLE_MAX, ToServer, Typing, UserName,
};

use crate::chat::commands::SLASHES;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::Model;

/// This stands where the person writes, in the room that is shown, and a key was pressed there.
pub fn types(model: &mut Model, written: &str) -> Vec<Effect> {
    let losses = model.losses;
    let room = model.room_mut();
    let is_command = written.strip_prefix(SLASHES).is_some_and(|rest| !rest.starts_with(SLASHES));
    let is_text = !written.trim().is_empty() && !is_command;
    let is_silent = room.typing.is_told || room.people.count() > TYPING_PEOPLE_MAX;
    if !is_text || is_silent || !room.joined || room.is_editing() {
        return Vec::new();
    }
    room.typing.is_told = true;
    let again = Timer::MayTellTyping(room.name.clone(), losses);
    let told = ToServer::Typing(Typing { room: room.name.clone() });
    vec![Effect::Send(told), Effect::After(Duration::from_millis(TYPING_EVERY_MS), again)]
}

pub(super) fn may_tell(model: &mut Model, room: &RoomName) {
    if let Some(room) = model.find(room) {
        room.typing.is_told = false;
    }
}

pub(super) fn typing_came(model: &mut Model, typing: IsTyping) -> Vec<Effect> {
    let IsTyping { room, sender } = typing;
    if Some(&sender) == model.me.as_ref() {
        return Vec::new();
    }
    let Some(room) = model.find(&room) else { return Vec::new() };
    let number = room.typing.began(sender.clone());
    let over = Timer::TypingOver(room.name.clone(), sender, number);
    vec![Effect::After(Duration::from_millis(TYPING_MS), over)]
}

pub(super) fn expire(model: &mut Model, room: &RoomName, user: &UserName, number: u64) {
    if let Some(room) = model.find(room) {
        room.typing.expire(user, number);
    }
}

//! What becomes of what is written: a message, a reply to one, or another text for one.
//!
//! This file does not know how that is shown.

use protocol::MessageId;

use super::effects::take;
use crate::chat::Target;
use crate::chat::update::{compose_edit, compose_reply, stop_composing, types};
use crate::screen::event::Effect;
use crate::screen::model::Screen;

/// Begins to edit a message of one's own.
pub(super) fn begin_edit(screen: &mut Screen, target: Option<Target>) {
    match compose_edit(&mut screen.chat, target) {
        Ok(()) => show_written(screen),
        Err(sentence) => screen.chat.notice = Some(sentence),
    }
}

/// With nothing written, Up edits the newest message of one's own; false if there is none, or another one is
/// edited already.
pub(super) fn edit_newest(screen: &mut Screen) -> bool {
    let chat = &screen.chat;
    let is_free = screen.up_edits && screen.input.text().is_empty() && !chat.room().is_editing();
    let newest = chat.room().own(chat.me.as_ref()).next().filter(|_| is_free);
    let is_there = newest.is_some();
    if is_there {
        begin_edit(screen, newest);
    }
    is_there
}

pub(super) fn begin_reply(screen: &mut Screen, id: MessageId) {
    let was_editing = screen.chat.room().is_editing();
    match compose_reply(&mut screen.chat, Some(id)) {
        Ok(()) if was_editing => show_written(screen),
        Ok(()) => {}
        Err(sentence) => screen.chat.notice = Some(sentence),
    }
}

/// What is written is a message again, and that one that was being written before; false if it was one.
pub(super) fn stop(screen: &mut Screen) -> bool {
    let was_editing = screen.chat.room().is_editing();
    let is_stopped = stop_composing(&mut screen.chat);
    if was_editing {
        show_written(screen);
    }
    is_stopped
}

/// What stands in the input is what is being written in the room.
pub(super) fn show_written(screen: &mut Screen) {
    screen.input.take();
    let written = screen.chat.room().written().to_owned();
    screen.input.write(written);
}

/// A character was typed: others may hear of it.
pub(super) fn typed(screen: &mut Screen) -> Vec<Effect> {
    let effects = types(&mut screen.chat, screen.input.text());
    take(screen, effects)
}

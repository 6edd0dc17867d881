//! What calls this person: how much of a room, and which words besides their name.
//!
//! This file does not know how they are called.

use protocol::Notify;

use super::people::list;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::level::level_word;
use crate::text;

pub(super) fn mute(model: &mut Model, is_muted: bool) -> Vec<Effect> {
    model.room_mut().notify = if is_muted { Notify::Nothing } else { Notify::Default };
    let muted = if is_muted { "muted" } else { "unmuted" };
    let name = model.room().in_words(model.me.as_ref());
    model.notice = Some(format!("{name} {muted}"));
    list::notifies(model, |change| change.muted = Some(is_muted))
}

/// Sets what the room that is shown notifies of, or only tells it.
pub(super) fn notify(model: &mut Model, wanted: Option<Notify>) -> Vec<Effect> {
    if let Some(wanted) = wanted {
        model.room_mut().notify = wanted;
    }
    let room = model.room();
    let level = match (room.notify, room.notifies_of_all()) {
        (Notify::Default, true) => "everything (default)",
        (Notify::Default, false) => "mentions (default)",
        (level, _) => level_word(level),
    };
    let name = room.in_words(model.me.as_ref());
    model.notice = Some(format!("{name} notifies you of {level}"));
    let change = wanted.map(|_| list::notifies(model, |change| change.notify = wanted));
    change.unwrap_or_default()
}

/// Takes these words in place of those before, or only tells them.
pub(super) fn highlight(model: &mut Model, words: Option<Vec<String>>) {
    if let Some(words) = words {
        model.highlight = words;
    }
    let words: Vec<_> = model.highlight.iter().map(|word| text::name(word)).collect();
    model.notice = Some(match words.is_empty() {
        true => "No words are highlighted besides your name. /highlight WORD adds one".to_owned(),
        false => format!("Highlighted like your name: {}", words.join(", ")),
    });
}

//! What one says and does in a room: sent, in order and once, sent again after a refusal for a time, and taken
//! back after one for good.
//!
//! This file does not know where it is written.

mod acts;
mod queue;
mod undone;

use protocol::{Body, MessageId};

use crate::chat::commands::counted;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Act, Composing};
use crate::text;
pub(super) use acts::{act_answered, delete};
pub use acts::{compose_edit, compose_reply, edit, react, stop_composing};
use queue::{NOT_FROM_HERE, is_revoked, put};
pub(super) use queue::{new_ref, not_kept, overdue, retry, send_next, take_in};
pub(super) use undone::{keep_back, renamed, undone};

/// Says something in the room that is shown, now or once it is joined.
///
/// # Errors
/// A sentence for the person, if it cannot be said; nothing has changed then.
pub fn say(model: &mut Model, text: &str) -> Result<Vec<Effect>, String> {
    answer(model, text, None)
}

/// Says something that answers a message of the room that is shown.
///
/// # Errors
/// As [`say`].
pub fn answer(
    model: &mut Model,
    text: &str,
    reply: Option<MessageId>,
) -> Result<Vec<Effect>, String> {
    let text = text::without_outer_blank_lines(text);
    let body = Body::try_from(text).map_err(|error| error.to_string())?;
    let is_revoked = is_revoked(model);
    let name = model.room().name.clone();
    let mut effects = put(model, &name, Act::Say(reply), body.as_str())?;
    let room = model.room_mut();
    room.to_bottom();
    // Who answers has read what was new.
    room.looked_away = None;
    if is_revoked && let Some(said) = room.pending.last_mut() {
        said.failed = Some(NOT_FROM_HERE.to_owned());
    }
    effects.extend(send_next(room));
    Ok(effects)
}

/// What was written in the room that is shown is sent as what it is meant to be: a message, an answer or
/// another text for a message.
///
/// # Errors
/// As [`say`].
pub fn send_written(model: &mut Model, text: &str) -> Result<Vec<Effect>, String> {
    let effects = match model.room().composing.clone() {
        Composing::Message => return say(model, text),
        Composing::Reply(id) => answer(model, text, Some(id))?,
        Composing::Edit { target, .. } => edit(model, target, text)?,
    };
    model.room_mut().composing = Composing::Message;
    Ok(effects)
}

/// Sends again what was refused, each under a new name: the old one stands for the refusal.
pub(super) fn send_again(model: &mut Model) -> Vec<Effect> {
    let refused = take_failed(model);
    let mut effects = Vec::new();
    for content in refused {
        match say(model, &content) {
            Ok(more) => effects.extend(more),
            Err(sentence) => model.notice = Some(sentence),
        }
    }
    effects
}

/// Gives all that was refused back to where one writes.
pub(super) fn edit_failed(model: &mut Model) -> Vec<Effect> {
    let refused = take_failed(model).join("\n");
    if refused.is_empty() { Vec::new() } else { vec![Effect::Write(refused)] }
}

pub(super) fn drop_failed(model: &mut Model) {
    let count = take_failed(model).len();
    if count > 0 {
        model.notice = Some(format!("Discarded {}", counted(count, "unsent message")));
    }
}

/// What was refused in this room, oldest first.
fn take_failed(model: &mut Model) -> Vec<String> {
    let pending = std::mem::take(&mut model.room_mut().pending);
    let (failed, waiting): (Vec<_>, Vec<_>) =
        pending.into_iter().partition(|pending| pending.failed.is_some());
    model.room_mut().pending = waiting;
    if failed.is_empty() {
        model.notice = Some("No unsent messages".to_owned());
    }
    failed.into_iter().map(|pending| pending.content).collect()
}

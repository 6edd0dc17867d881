//! What one says and does in a room: sent, in order and once, sent again after a refusal for a time, and taken
//! back after one for good.
//!
//! This file does not know where it is written.

mod acts;
mod queue;
mod rejected;
mod text;

use protocol::MessageId;

use super::reading::end_mark;
use crate::chat::commands::counted;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Act, Composing, Pending};
pub(super) use acts::{IS_DELETED, NOT_HERE, act_answered};
pub use acts::{compose_edit, compose_reply, delete, edit, react, stop_composing, undeleted};
use queue::{NOT_FROM_HERE, is_revoked, put};
pub(super) use queue::{overdue, retry, send_next, take_in};
pub(super) use rejected::{fail_pending, not_kept, rejected, renamed};
pub use text::{NO_TEXT, body_of, too_long};

/// Says something in the room that is shown, now or once it is joined.
///
/// # Errors
/// A sentence for the person, if it cannot be said; nothing has changed then.
pub fn say(model: &mut Model, text: &str) -> Result<Vec<Effect>, String> {
    reply(model, text, None)
}

/// Says something, perhaps as a reply to a message of the room that is shown.
///
/// # Errors
/// As [`say`].
pub fn reply(
    model: &mut Model,
    text: &str,
    original: Option<MessageId>,
) -> Result<Vec<Effect>, String> {
    let body = body_of(text)?;
    let is_revoked = is_revoked(model);
    let name = model.room().name.clone();
    let mut effects = put(model, &name, Act::Say(original), body.as_str())?;
    effects.extend(end_mark(model));
    let room = model.room_mut();
    room.leave_past();
    room.to_bottom();
    // Who writes has read what was new.
    room.looked_away = None;
    if is_revoked && let Some(said) = room.pending.last_mut() {
        said.failed = Some(NOT_FROM_HERE.to_owned());
    }
    effects.extend(send_next(room));
    Ok(effects)
}

/// What was written in the room that is shown is sent as what it is meant to be: a message, a reply or
/// another text for a message.
///
/// # Errors
/// As [`say`].
pub fn send_written(model: &mut Model, text: &str) -> Result<Vec<Effect>, String> {
    let effects = match model.room().composing.clone() {
        Composing::Message => return say(model, text),
        Composing::Reply(id) => reply(model, text, Some(id))?,
        Composing::Edit { target, .. } => edit(model, target, text)?,
    };
    model.room_mut().composing = Composing::Message;
    Ok(effects)
}

/// Sends again what was refused, each under a new name: the old one stands for the refusal.
pub(super) fn send_again(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    for refused in take_failed(model) {
        match reply(model, &refused.content, refused.reply()) {
            Ok(more) => effects.extend(more),
            Err(sentence) => model.notice = Some(sentence),
        }
    }
    effects
}

/// Gives all that was refused back to where one writes; a reply alone is one again.
pub(super) fn edit_failed(model: &mut Model) -> Vec<Effect> {
    let refused = take_failed(model);
    let room = model.room_mut();
    if let [Pending { act: Act::Say(Some(id)), .. }] = refused[..]
        && room.composing == Composing::Message
    {
        room.composing = Composing::Reply(id);
    }
    let texts: Vec<_> = refused.into_iter().map(|pending| pending.content).collect();
    if texts.is_empty() { Vec::new() } else { vec![Effect::Write(texts.join("\n"))] }
}

pub(super) fn drop_failed(model: &mut Model) {
    let count = take_failed(model).len();
    if count > 0 {
        model.notice = Some(format!("Discarded {}", counted(count, "unsent message")));
    }
}

/// What was refused in the room that is shown, oldest first.
fn take_failed(model: &mut Model) -> Vec<Pending> {
    let failed = model.room_mut().take_failed();
    if failed.is_empty() {
        model.notice = Some("No unsent messages".to_owned());
    }
    failed
}

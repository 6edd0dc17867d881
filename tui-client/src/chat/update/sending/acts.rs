//! What is done to messages: another text, none, an emoji. It is shown at once, and waits its turn among what
//! is said.
//!
//! This file does not know keys or commands.

use std::borrow::Cow;

use protocol::{Emoji, Message, MessageId, Ref, RoomName, UserName};

use super::queue::{NOT_FROM_HERE, is_revoked, put, send_next};
use super::text::body_of;
use crate::chat::commands::as_typed;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Act, Composing, Pending, Room, Target, is_own};

pub(in crate::chat::update) const NOT_HERE: &str = "No such message here";
const NOT_OWN: &str = "You can only edit your own messages";
pub(in crate::chat::update) const IS_DELETED: &str = "This message was deleted";

/// Gives a message of one's own in the room that is shown another text.
///
/// # Errors
/// A sentence for the person, if it cannot be done; nothing has changed then.
pub fn edit(model: &mut Model, target: Target, text: &str) -> Result<Vec<Effect>, String> {
    let body = body_of(text)?;
    let text = body.as_str();
    let me = model.me.clone();
    let target = editable(model, target)?;
    if is_revoked(model) {
        return Err(NOT_FROM_HERE.to_owned());
    }
    let room = model.room_mut();
    if room.own_text(&target, me.as_ref()).as_deref() == Some(text) {
        return Ok(Vec::new());
    }
    // What nobody has been told can still be changed here.
    let is_its = |pending: &&mut Pending| match &target {
        Target::Waiting(reference) if pending.reference == *reference => true,
        _ => pending.act == Act::Edit(target.clone()),
    };
    let is_ours = |it: &&mut Pending| !it.was_sent || it.failed.is_some();
    if let Some(known) = room.pending.iter_mut().rev().find(is_its).filter(is_ours) {
        text.clone_into(&mut known.content);
        return Ok(vec![Effect::Keep(room.name.clone(), known.reference.clone())]);
    }
    let name = room.name.clone();
    put_and_send(model, &name, Act::Edit(target), text)
}

/// A message of one's own that is there and not deleted.
fn editable(model: &Model, target: Target) -> Result<Target, String> {
    let (room, me) = (model.room(), model.me.as_ref());
    let target = room.resolved(target, me);
    if room.own_text(&target, me).is_some() {
        return Ok(target);
    }
    let message = match &target {
        Target::Stored(id) => room.shown_by_id(*id, me),
        Target::Waiting(_) => None,
    };
    Err(match message {
        None => NOT_HERE,
        Some(message) if message.deleted => IS_DELETED,
        Some(_) => NOT_OWN,
    }
    .to_owned())
}

/// Deletes a message; one of one's own that nobody has been told of is not sent at all.
///
/// # Errors
/// As [`edit`].
pub fn delete(model: &mut Model, name: &RoomName, target: Target) -> Result<Vec<Effect>, String> {
    if is_revoked(model) {
        return Err(NOT_FROM_HERE.to_owned());
    }
    let me = model.me.clone();
    let Some(room) = model.find(name) else { return Ok(Vec::new()) };
    let target = room.resolved(target, me.as_ref());
    if let Target::Waiting(reference) = &target {
        let Some(at) = room.pending.iter().position(|it| it.reference == *reference) else {
            return Err(NOT_HERE.to_owned());
        };
        if !room.pending[at].was_sent || room.pending[at].failed.is_some() {
            let reference = room.take_pending(at).reference;
            return Ok(vec![Effect::Keep(room.name.clone(), reference)]);
        }
    }
    // What one did to it before is not worth telling any more.
    let is_of_it = |it: &Pending| it.act.target().as_ref() == Some(&target) && !it.was_sent;
    room.pending.retain(|pending| !is_of_it(pending));
    put_and_send(model, name, Act::Delete(target), "")
}

/// A message of the room that is shown, as it is shown.
///
/// # Errors
/// A sentence for the person, if it was deleted or is not there.
pub fn undeleted(model: &Model, id: MessageId) -> Result<Cow<'_, Message>, String> {
    match model.room().shown_by_id(id, model.me.as_ref()) {
        None => Err(NOT_HERE.to_owned()),
        Some(message) if message.deleted => Err(IS_DELETED.to_owned()),
        Some(message) => Ok(message),
    }
}

/// Puts an emoji on a message of the room that is shown, or takes one's own away again.
///
/// # Errors
/// As [`edit`].
pub fn react(model: &mut Model, id: MessageId, emoji: Emoji) -> Result<Vec<Effect>, String> {
    if is_revoked(model) {
        return Err(NOT_FROM_HERE.to_owned());
    }
    let me = model.me.clone();
    let message = undeleted(model, id)?;
    let on = !me.as_ref().is_some_and(|me| is_own(&message, emoji.as_str(), me));
    let room = model.room_mut();
    let is_same = |pending: &Pending| match &pending.act {
        Act::React { message, emoji: other, .. } => *message == id && *other == emoji,
        _ => false,
    };
    let last = room.pending.iter().rposition(is_same);
    if let Some(at) = last.filter(|at| !room.pending[*at].was_sent) {
        let reference = room.pending.remove(at).reference;
        return Ok(vec![Effect::Keep(room.name.clone(), reference)]);
    }
    let name = room.name.clone();
    model.remember_emoji(&emoji);
    put_and_send(model, &name, Act::React { message: id, emoji, on }, "")
}

fn put_and_send(
    model: &mut Model,
    name: &RoomName,
    act: Act,
    content: &str,
) -> Result<Vec<Effect>, String> {
    let mut effects = put(model, name, act, content)?;
    effects.extend(model.find(name).and_then(send_next));
    Ok(effects)
}

/// What oneself did under this `ref` is done; others may use the same.
pub(in crate::chat::update) fn act_answered(
    room: &mut Room,
    by: &UserName,
    reference: Option<&Ref>,
    me: Option<&UserName>,
) -> Option<Effect> {
    let reference = reference.filter(|_| Some(by) == me)?;
    let before = room.pending.len();
    room.pending.retain(|pending| pending.is_said() || pending.reference != *reference);
    if room.pending.len() == before {
        return None;
    }
    room.sending.take_if(|sending| sending == reference);
    send_next(room)
}

/// What is written from now on is another text for this message, and begins with the one that it has.
///
/// # Errors
/// As [`edit`].
pub fn compose_edit(model: &mut Model, target: Option<Target>) -> Result<(), String> {
    let target = target.ok_or_else(|| "You have no message here to edit".to_owned())?;
    let target = editable(model, target)?;
    let me = model.me.clone();
    let room = model.room_mut();
    let text = as_typed(&room.own_text(&target, me.as_ref()).unwrap_or_default());
    room.composing = Composing::Edit { target, text };
    Ok(())
}

/// What is written from now on is a reply to this message.
///
/// # Errors
/// As [`edit`].
pub fn compose_reply(model: &mut Model, id: Option<MessageId>) -> Result<(), String> {
    let id = id.ok_or_else(|| NOT_HERE.to_owned())?;
    undeleted(model, id).map(drop)?;
    model.room_mut().composing = Composing::Reply(id);
    Ok(())
}

/// What is written is a message again; false if it was one.
pub fn stop_composing(model: &mut Model) -> bool {
    let room = model.room_mut();
    std::mem::take(&mut room.composing) != Composing::Message
}

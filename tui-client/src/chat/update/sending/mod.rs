//! What one says and does in a room: sent, in order and once, sent again after a refusal for a time, and taken
//! back after one for good.
//!
//! This file does not know where it is written.

mod acts;
mod undone;

use std::time::Duration;

use protocol::{Body, Code, Message, MessageId, Ref, RoomName, UserName};

use crate::chat::commands::counted;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::room::{Act, Composing, PENDING_MAX, Pending, Room, Target};
use crate::text;
pub(super) use acts::{act_answered, delete};
pub use acts::{compose_edit, compose_reply, edit, react, stop_composing};
pub(super) use undone::{keep_back, renamed, undone};

/// A message that waits longer than this is marked; most are stored before one could read a mark.
const OVERDUE: Duration = Duration::from_millis(300);
/// Why what was written does not go out.
const NOT_FROM_HERE: &str = "Not sent from this device";

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

/// Puts something behind all that waits in a room; it is written down before it is sent.
fn put(model: &mut Model, name: &RoomName, act: Act, content: &str) -> Result<Vec<Effect>, String> {
    let waiting = model.find(name).map_or(0, |room| room.pending.len());
    if waiting >= PENDING_MAX {
        return Err(format!(
            "{PENDING_MAX} messages are already waiting to be sent. Wait for the connection"
        ));
    }
    let reference = new_ref(model)?;
    let Some(room) = model.find(name) else { return Ok(Vec::new()) };
    let keep = Effect::Keep(room.name.clone(), reference.clone());
    let overdue = Timer::Overdue(room.name.clone(), reference.clone());
    room.pending.push(Pending::new(reference, act, content.to_owned()));
    Ok(vec![keep, Effect::After(OVERDUE, overdue)])
}

fn is_revoked(model: &Model) -> bool {
    matches!(model.connection, Connection::Refused { code: Some(Code::Revoked), .. })
}

/// What was just said cannot be written down. Without a connection it would be lost with this client, so it
/// goes back to where it was written; with one it is on its way already.
pub(super) fn not_kept(
    model: &mut Model,
    room: &RoomName,
    named: &Ref,
    reason: &str,
) -> Vec<Effect> {
    let Some(room) = model.find(room) else { return Vec::new() };
    if room.joined {
        model.notice = Some(format!("Sent, but not saved on this machine: {reason}"));
        return Vec::new();
    }
    let place = room.pending.iter().position(|pending| pending.reference == *named);
    let Some(place) = place else { return Vec::new() };
    let undone = room.pending.remove(place);
    room.pending.retain(|pending| pending.act.target() != Some(Target::Waiting(named.clone())));
    model.notice = Some(format!("Not sent, since it cannot be saved: {reason}"));
    if undone.content.is_empty() { Vec::new() } else { vec![Effect::Write(undone.content)] }
}

pub(super) fn new_ref(model: &mut Model) -> Result<Ref, String> {
    model.refs += 1;
    let reference = format!("{}-{}", model.session, model.refs);
    Ref::try_from(reference.as_str()).map_err(|error| error.to_string())
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

/// Sends the next of what was said and done, if there is somebody to send it to and nothing before it.
pub(super) fn send_next(room: &mut Room) -> Option<Effect> {
    if !room.joined || room.sending.is_some() {
        return None;
    }
    undone::drop_what_is_done(room);
    let name = room.name.clone();
    let next = room.pending.iter_mut().find(|pending| pending.failed.is_none())?;
    let envelope = next.envelope(&name)?;
    next.was_sent = true;
    room.sending = Some(next.reference.clone());
    Some(Effect::Send(envelope))
}

/// The server asked for time, and has had it.
pub(super) fn retry(model: &mut Model, room: &RoomName, reference: &Ref) -> Vec<Effect> {
    let Some(room) = model.find(room).filter(|room| room.joined) else { return Vec::new() };
    let is_this = |pending: &&Pending| {
        pending.reference == *reference && room.sending.as_ref() == Some(reference)
    };
    let pending = room.pending.iter().find(is_this);
    pending.and_then(|it| it.envelope(&room.name)).map(Effect::Send).into_iter().collect()
}

pub(super) fn overdue(model: &mut Model, room: &RoomName, reference: &Ref) {
    let Some(room) = model.find(room) else { return };
    let waiting = room.pending.iter_mut().find(|pending| pending.reference == *reference);
    if let Some(pending) = waiting {
        pending.late = true;
    }
}

/// A copy of an own message, live or replayed, is its acknowledgement. True if the message is new and
/// mentions this person.
pub(super) fn take_in(room: &mut Room, message: Message, me: Option<&UserName>) -> bool {
    room.typing.ended(&message.sender);
    if Some(&message.sender) == me
        && let Some(known) = &message.reference
    {
        room.pending.retain(|pending| !pending.is_said() || pending.reference != *known);
        room.stored_as(known, message.id);
        room.sending.take_if(|sending| sending == known);
    }
    room.insert(message, me)
}

//! What is written: sent, in order and once, sent again after a refusal for a time, and taken back after one
//! for good.
//!
//! This file does not know where it is written.

use std::time::Duration;

use protocol::{Body, Code, Message, Ref, RoomName, Say, ToServer, UserName};

use crate::chat::commands::counted;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::room::{PENDING_MAX, Pending, Room};
use crate::text;

/// A message that waits longer than this is marked; most are stored before one could read a mark.
const OVERDUE: Duration = Duration::from_millis(300);
/// Why what was written does not go out.
const NOT_FROM_HERE: &str = "Not sent from this device";

/// Says something in the room that is shown, now or once it is joined.
///
/// # Errors
/// A sentence for the person, if it cannot be said; nothing has changed then.
pub fn say(model: &mut Model, text: &str) -> Result<Vec<Effect>, String> {
    let text = text::without_outer_blank_lines(text);
    let body = Body::try_from(text).map_err(|error| error.to_string())?;
    if model.room().pending.len() >= PENDING_MAX {
        return Err(format!(
            "{PENDING_MAX} messages are already waiting to be sent. Wait for the connection"
        ));
    }
    let reference = new_ref(model)?;
    let is_revoked =
        matches!(model.connection, Connection::Refused { code: Some(Code::Revoked), .. });
    let room = model.room_mut();
    room.to_bottom();
    // Who answers has read what was new.
    room.looked_away = None;
    let keep = Effect::Keep(room.name.clone(), reference.clone());
    let overdue = Timer::Overdue(room.name.clone(), reference.clone());
    let failed = is_revoked.then(|| NOT_FROM_HERE.to_owned());
    room.pending.push(Pending {
        reference,
        content: body.as_str().to_owned(),
        failed,
        late: false,
    });
    let mut effects = vec![keep, Effect::After(OVERDUE, overdue)];
    effects.extend(send_next(room));
    Ok(effects)
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
    let text = room.pending.remove(place).content;
    model.notice = Some(format!("Not sent, since it cannot be saved: {reason}"));
    vec![Effect::Write(text)]
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

/// Sends the next of what was written, if there is somebody to send it to and nothing before it.
pub(super) fn send_next(room: &mut Room) -> Option<Effect> {
    if !room.joined || room.sending.is_some() {
        return None;
    }
    let next = room.pending.iter().find(|pending| pending.failed.is_none())?;
    room.sending = Some(next.reference.clone());
    message(room, next)
}

fn message(room: &Room, pending: &Pending) -> Option<Effect> {
    let content = Body::try_from(pending.content.as_str()).ok()?;
    let reference = Some(pending.reference.clone());
    Some(Effect::Send(ToServer::Message(Say {
        room: room.name.clone(),
        content,
        reply: None,
        reference,
    })))
}

/// The server asked for time, and has had it.
pub(super) fn retry(model: &mut Model, room: &RoomName, reference: &Ref) -> Vec<Effect> {
    let Some(room) = model.find(room).filter(|room| room.joined) else { return Vec::new() };
    let is_this = |pending: &&Pending| {
        pending.reference == *reference && room.sending.as_ref() == Some(reference)
    };
    let pending = room.pending.iter().find(is_this);
    pending.and_then(|pending| message(room, pending)).into_iter().collect()
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
    if Some(&message.sender) == me {
        let known = message.reference.as_ref();
        room.pending.retain(|pending| Some(&pending.reference) != known);
        room.sending.take_if(|sending| Some(&*sending) == known);
    }
    room.insert(message, me)
}

/// This device speaks for nobody any more: what waits is kept, and told apart.
pub(super) fn keep_back(model: &mut Model) {
    for pending in model.rooms.iter_mut().flat_map(|room| &mut room.pending) {
        pending.failed.get_or_insert_with(|| NOT_FROM_HERE.to_owned());
    }
}

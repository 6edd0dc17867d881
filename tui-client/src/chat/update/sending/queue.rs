//! What waits in a room to be sent: in order, one at a time, each under one name.
//!
//! This file does not know what is said or done.

use std::time::Duration;

use protocol::{Code, Message, Ref, RoomName, UserName};

use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::room::{Act, PENDING_MAX, Pending, Room, Target};

/// A message that waits longer than this is marked; most are stored before one could read a mark.
const OVERDUE: Duration = Duration::from_millis(300);
/// Why what was written does not go out.
pub(super) const NOT_FROM_HERE: &str = "Not sent from this device";

/// Puts something behind all that waits in a room; it is written down before it is sent.
pub(super) fn put(
    model: &mut Model,
    name: &RoomName,
    act: Act,
    content: &str,
) -> Result<Vec<Effect>, String> {
    let waiting = model.find(name).map_or(0, |room| room.pending.len());
    if waiting >= PENDING_MAX {
        return Err(format!(
            "{PENDING_MAX} messages and changes are already waiting. Wait for the connection"
        ));
    }
    let reference = model.new_ref()?;
    let Some(room) = model.find(name) else { return Ok(Vec::new()) };
    let keep = Effect::Keep(room.name.clone(), reference.clone());
    let overdue = Timer::Overdue(room.name.clone(), reference.clone());
    room.pending.push(Pending::new(reference, act, content.to_owned()));
    Ok(vec![keep, Effect::After(OVERDUE, overdue)])
}

pub(super) fn is_revoked(model: &Model) -> bool {
    matches!(model.connection, Connection::Refused { code: Some(Code::Revoked), .. })
}

/// Sends the next of what was said and done, if there is somebody to send it to and nothing before it.
pub(in crate::chat::update) fn send_next(room: &mut Room) -> Option<Effect> {
    if !room.joined || room.sending.is_some() {
        return None;
    }
    drop_what_is_done(room);
    let name = room.name.clone();
    let mut waiting = room.pending.iter_mut().filter(|pending| pending.failed.is_none());
    // What waits for a message that was refused holds up nothing.
    let (next, envelope) = waiting.find_map(|it| it.envelope(&name).map(|said| (it, said)))?;
    next.was_sent = true;
    room.sending = Some(next.reference.clone());
    Some(Effect::Send(envelope))
}

/// The server asked for time, and has had it.
pub(in crate::chat::update) fn retry(
    model: &mut Model,
    room: &RoomName,
    reference: &Ref,
) -> Vec<Effect> {
    let Some(room) = model.find(room).filter(|room| room.joined) else { return Vec::new() };
    let is_this = |pending: &&Pending| {
        pending.reference == *reference && room.sending.as_ref() == Some(reference)
    };
    let pending = room.pending.iter().find(is_this);
    pending.and_then(|it| it.envelope(&room.name)).map(Effect::Send).into_iter().collect()
}

pub(in crate::chat::update) fn overdue(model: &mut Model, room: &RoomName, reference: &Ref) {
    let Some(room) = model.find(room) else { return };
    let waiting = room.pending.iter_mut().find(|pending| pending.reference == *reference);
    if let Some(pending) = waiting {
        pending.late = true;
    }
}

/// A copy of an own message, live or replayed, is its acknowledgement. True if the message is new and
/// mentions this person.
pub(in crate::chat::update) fn take_in(
    room: &mut Room,
    message: Message,
    me: Option<&UserName>,
) -> bool {
    if Some(&message.sender) == me
        && let Some(known) = &message.reference
    {
        room.pending.retain(|pending| !pending.is_said() || pending.reference != *known);
        room.stored_as(known, message.id);
        room.sending.take_if(|sending| sending == known);
    }
    room.insert(message, me)
}

/// A message that is deleted already is not deleted again.
fn drop_what_is_done(room: &mut Room) {
    let pending = std::mem::take(&mut room.pending);
    let is_obsolete = |it: &Pending| matches!(it.act, Act::Delete(_)) && is_done(room, it);
    let left = pending.into_iter().filter(|pending| !is_obsolete(pending)).collect();
    room.pending = left;
}

pub(super) fn is_done(room: &Room, act: &Pending) -> bool {
    match act.act.target() {
        Some(Target::Stored(id)) => room.message(id).is_some_and(|message| message.deleted),
        _ => false,
    }
}

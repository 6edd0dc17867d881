//! What the server refuses: for a time, then it is asked again after it; or for good, then the person is
//! told.
//!
//! This file does not know requests that bear a `ref` of their own but for messages.

use std::time::Duration;

use protocol::{Code, ErrorNote, MessageId, RoomName};

use super::connection::{come_back_after, dialled};
use super::request::{self, Refused};
use super::sending::send_next;
use super::server_wait::server_wait;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::room::Room;
use crate::text;

pub(super) fn refused(model: &mut Model, note: ErrorNote) -> Vec<Effect> {
    match request::refused(model, &note) {
        Some(Refused::ForNow(effects)) => return effects,
        Some(Refused::ForGood(effects)) => {
            tell(model, note.room, &text::clean_line(&note.content));
            return effects;
        }
        None => {}
    }
    let ErrorNote { code, content, room, reference, retry_ms } = note;
    let (sentence, losses) = (text::clean_line(&content), model.losses);
    if code == Code::Stopping {
        retry_ms.into_iter().for_each(|ms| come_back_after(model, Duration::from_millis(ms)));
    }
    // Before that, the end of the connection tells the reason.
    let online =
        model.connection == Connection::Online && !matches!(code, Code::Stopping | Code::TooSlow);
    let found = room.as_ref().and_then(|room| model.find(room));
    let is_awaited = match &found {
        Some(room) => is_awaited(room),
        // Who has left a room here may be in it still.
        None => code == Code::TooFast,
    };
    let waits = reference.is_none() && room.is_some() && is_awaited;
    let pending = found.and_then(|room| {
        let reference = reference.as_ref()?;
        let pending = room.pending.iter_mut().find(|pending| pending.reference == *reference)?;
        Some((room.name.clone(), pending))
    });
    match (pending, code) {
        (Some((room, pending)), Code::TooFast | Code::Unavailable) => {
            let after = server_wait(retry_ms);
            return vec![Effect::After(
                after,
                Timer::Retry(room, pending.reference.clone(), losses),
            )];
        }
        (Some((room, pending)), _) => {
            pending.failed = Some(sentence);
            return after_failure(model, &room);
        }
        (None, Code::TooFast | Code::Unavailable) if waits => {
            return ask_later(model, room.as_ref(), code, retry_ms);
        }
        (None, code) => {
            // On connecting it is the room that was dialled.
            let is_outside = model.rooms.iter().all(|room| !room.joined);
            let room = room.or_else(|| is_outside.then(|| dialled(model).name.clone()));
            let refused = room.as_ref().and_then(|room| model.find(room));
            if let Some(room) = refused.filter(|room| !room.joined)
                && matches!(code, Code::Banned | Code::WrongRoom | Code::TooManyRooms)
            {
                room.excluded = Some(sentence.clone());
            }
            if online {
                tell(model, room, &sentence);
            }
        }
    }
    Vec::new()
}

/// What is not about the room that is shown says which one it is about.
fn tell(model: &mut Model, room: Option<RoomName>, sentence: &str) {
    let elsewhere = room.filter(|room| *room != model.room().name);
    let place = elsewhere.map(|room| format!("#{}: ", text::name(room.as_str())));
    model.notice = Some(format!("{}{sentence}", place.unwrap_or_default()));
}

/// Something was asked of it that was not answered yet: to come in, for older messages, for more people.
fn is_awaited(room: &Room) -> bool {
    let enters = !room.joined && room.excluded.is_none();
    room.loading || enters || room.people.asked_after().is_some()
}

/// What was asked of a room cannot be had now: it is asked for again, after a while. What cannot be read
/// as one comes in leaves one in the room, and until it is read one comes back to where one was.
fn ask_later(
    model: &mut Model,
    name: Option<&RoomName>,
    code: Code,
    retry_ms: Option<u64>,
) -> Vec<Effect> {
    let Some(name) = name else { return Vec::new() };
    if let Some(room) = model.find(name).filter(|room| !room.joined) {
        if code == Code::Unavailable {
            if room.head > MessageId::ZERO {
                room.gap_after.get_or_insert(room.head);
            }
            room.loading = true;
        }
        room.deferred = !room.loading;
    }
    let after = server_wait(retry_ms);
    vec![Effect::After(after, Timer::Reread(name.clone(), model.losses))]
}

/// One message was refused for good: those behind it still go out.
fn after_failure(model: &mut Model, room: &RoomName) -> Vec<Effect> {
    let Some(room) = model.find(room) else { return Vec::new() };
    room.sending = None;
    send_next(room).into_iter().collect()
}

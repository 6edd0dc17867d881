//! What the server refuses: for a time, then it is asked again after it; or for good, then the person is
//! told.
//!
//! This file does not know what becomes of what is refused for good.

use std::time::Duration;

use protocol::{Code, ErrorNote, MessageId, RoomName, ToServer};

use super::asking::reference;
use super::connection::{come_back_after, dialled};
use super::jump;
use super::people::list;
use super::reading;
use super::request::{self, Refused};
use super::search;
use super::sending::{rejected, send_next};
use super::server_wait::{is_for_now, server_wait};
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::request::Request;
use crate::chat::room::Page;
use crate::text;

pub(super) fn refused(model: &mut Model, note: ErrorNote) -> Vec<Effect> {
    match request::refused(model, &note) {
        Some(Refused::ForNow(effects)) => return effects,
        Some(Refused::ForGood(request, effects)) => {
            request_refused(model, request, note);
            return effects;
        }
        None => {}
    }
    if note.code == Code::Stopping {
        let times = note.retry_ms.map(Duration::from_millis);
        times.into_iter().for_each(|time| come_back_after(model, time));
    }
    if let Some(effects) = act_refused(model, &note) {
        return effects;
    }
    if jump::is_refused(model, &note) {
        return Vec::new();
    }
    match &note.room {
        // The late answer to what was asked before one left.
        Some(room) if note.code == Code::NotInRoom && !is_joined(model, room) => Vec::new(),
        // Guests keep to themselves what they have read.
        Some(_) if note.code == Code::NoName && note.reference.is_none() => Vec::new(),
        Some(room)
            if is_for_now(note.code)
                && (note.reference.is_none() || note.reference == reference())
                && is_awaited(model, room, &note) =>
        {
            ask_later(model, room, note.code, note.retry_ms)
        }
        Some(room)
            if is_for_now(note.code)
                && note.reference.is_none()
                && reading::not_told(model, room) =>
        {
            Vec::new()
        }
        _ => {
            shut_or_tell(model, note);
            Vec::new()
        }
    }
}

/// What was typed is named, since it may be some time ago.
fn request_refused(model: &mut Model, request: Request, note: ErrorNote) {
    let Request { envelope, typed, .. } = request;
    list::not_kept(model, &envelope);
    let sentence = text::clean_line(&note.content);
    if let ToServer::Search(asked) = &envelope
        && !search::refused(model, asked, &sentence)
    {
        return;
    }
    // An older server knows of no lists.
    if list::is_of_list(&envelope) && matches!(note.code, Code::NoName | Code::UnknownType) {
        model.list.is_refused = true;
    } else if typed.is_empty() {
        tell(model, note.room, &sentence);
    } else {
        model.notice = Some(format!("{typed}: {sentence}"));
    }
}

/// What becomes of what was said or done in a room; None if it is nothing of that which was refused.
fn act_refused(model: &mut Model, note: &ErrorNote) -> Option<Vec<Effect>> {
    let (reference, losses) = (note.reference.as_ref()?, model.losses);
    let room = model.find(note.room.as_ref()?)?;
    room.pending.iter().find(|pending| pending.reference == *reference)?;
    let name = room.name.clone();
    if is_for_now(note.code) {
        let again = Timer::Retry(name, reference.clone(), losses);
        return Some(vec![Effect::After(server_wait(note.retry_ms), again)]);
    }
    let mut effects = rejected(model, &name, reference, note.code, text::clean_line(&note.content));
    effects.extend(model.find(&name).and_then(send_next));
    Some(effects)
}

fn is_joined(model: &mut Model, name: &RoomName) -> bool {
    model.find(name).is_some_and(|room| room.joined)
}

/// A room does not let this person in; anything else is told.
fn shut_or_tell(model: &mut Model, note: ErrorNote) {
    let ErrorNote { code, content, room, .. } = note;
    model.refusal = Some(code);
    let sentence = text::clean_line(&content);
    // On connecting it is the room that was dialled.
    let is_outside = model.rooms.iter().all(|room| !room.joined);
    let room = room.or_else(|| is_outside.then(|| dialled(model).name.clone()));
    let refused = room.as_ref().and_then(|room| model.find(room));
    if let Some(room) = refused.filter(|room| !room.joined)
        && matches!(
            code,
            Code::Banned | Code::WrongRoom | Code::TooManyRooms | Code::NoSuchRoom | Code::BadRoom
        )
    {
        room.excluded = Some(sentence.clone());
    }
    // Otherwise the end of the connection tells the reason.
    let is_last_word = matches!(
        code,
        Code::Stopping
            | Code::TooSlow
            | Code::BadCode
            | Code::Revoked
            | Code::TooManyDevices
            | Code::NeedInvite
            | Code::NoGuests
    );
    if model.connection == Connection::Online && !is_last_word {
        tell(model, room, &sentence);
    }
}

/// What is not about the room that is shown says which one it is about.
fn tell(model: &mut Model, room: Option<RoomName>, sentence: &str) {
    let elsewhere = room.filter(|room| *room != model.room().name);
    let place = elsewhere.map(|room| format!("{}: ", model.in_words(&room)));
    model.notice = Some(format!("{}{sentence}", place.unwrap_or_default()));
}

/// Something was asked of a room that was not answered yet: to come in, for older messages, for more people.
fn is_awaited(model: &mut Model, name: &RoomName, note: &ErrorNote) -> bool {
    match model.find(name) {
        Some(room) => {
            let enters = !room.joined && room.excluded.is_none();
            room.awaited.is_some() || enters || room.people.asked_after().is_some()
        }
        // Who has left a room here may be in it still.
        None => note.code == Code::TooFast,
    }
}

/// What was asked of a room cannot be had now: it is asked for again, after a while. What cannot be read
/// as one comes in leaves one in the room, and until it is read one comes back to where one was.
fn ask_later(model: &mut Model, name: &RoomName, code: Code, retry_ms: Option<u64>) -> Vec<Effect> {
    if let Some(room) = model.find(name).filter(|room| !room.joined) {
        if code == Code::Unavailable {
            if room.head > MessageId::ZERO {
                room.gap_after.get_or_insert(room.head);
            }
            room.more = true;
            room.awaited = Some(Page::Missed(room.head));
        }
        room.deferred = room.awaited.is_none();
    }
    vec![Effect::After(server_wait(retry_ms), Timer::Reread(name.clone(), model.losses))]
}

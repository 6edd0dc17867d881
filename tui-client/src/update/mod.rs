//! What happened → what changes and what to do. Pure: no input or output, no clock, no drawing.

mod command;
mod person;
mod server;

pub use command::command;
pub use person::{load_older, say};

use std::time::Duration;

use protocol::{Body, Hello, Ref, RoomName, ToServer};

use crate::event::{Action, Event};
use crate::model::{Link, Model, Pending, Room, Scroll};
use crate::view::people_rows;

/// First wait before dialling again; it doubles with each failure.
const DIAL_AFTER: Duration = Duration::from_millis(500);
/// Longest wait before dialling again.
const DIAL_AFTER_MAX: Duration = Duration::from_secs(30);

/// Changes the model, and says what to do about it.
pub fn update(model: &mut Model, event: Event) -> Vec<Action> {
    match event {
        Event::Key(key) => person::key(model, key),
        Event::Paste(text) => person::paste(model, &text),
        Event::Resize(columns, rows) => {
            model.size = (columns, rows);
            Vec::new()
        }
        Event::Focus(focused) => {
            model.focused = focused;
            let room = model.room_mut();
            if !focused {
                room.look_away();
            } else if room.scroll == Scroll::Bottom {
                room.read = room.head;
            }
            Vec::new()
        }
        Event::Connected => {
            model.link = Link::Online;
            Vec::new()
        }
        Event::Received(envelope) => server::received(model, envelope),
        Event::Lost { code, reason } => lost(model, code, reason),
        Event::Retry(room, reference) => retry(model, &room, &reference),
    }
}

/// The first thing to do.
pub fn dial_now(model: &mut Model) -> Vec<Action> {
    model.link = Link::Connecting(0);
    vec![Action::Dial(hello(model), Duration::ZERO)]
}

/// Asks for the names that are to be shown and are not here.
fn more_people(model: &mut Model) -> Vec<Action> {
    let rows = people_rows(model);
    let room = model.room_mut();
    let name = room.name.clone();
    let after = if room.joined { room.people.wants(rows) } else { None };
    after.map(|after| Action::Send(ToServer::Presence { room: name, after })).into_iter().collect()
}

/// Codes from 4000 on mean: do not come back unchanged.
fn lost(model: &mut Model, code: Option<u16>, reason: String) -> Vec<Action> {
    for room in &mut model.rooms {
        room.joined = false;
        // The answer to what was asked on this line comes no more.
        room.loading = false;
    }
    if code.is_some_and(|code| code >= 4000) {
        model.link = Link::Refused(reason);
        return Vec::new();
    }
    let failures = match model.link {
        Link::Connecting(failures) | Link::Waiting { failures, .. } => failures + 1,
        Link::Online | Link::Refused(_) => 1,
    };
    model.link = Link::Waiting { failures, reason };
    vec![Action::Dial(hello(model), dial_after(failures))]
}

fn dial_after(failures: u32) -> Duration {
    let doubled = DIAL_AFTER.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(DIAL_AFTER_MAX)
}

/// Asks for the room shown; the others are joined when it is open.
fn hello(model: &Model) -> Hello {
    let room = model.room();
    let (since, history) = resume_point(room, model.history_on_join);
    Hello { room: room.name.clone(), user: model.me.clone(), since, history }
}

fn join(room: &Room, history_on_join: u16) -> ToServer {
    let (since, history) = resume_point(room, history_on_join);
    ToServer::Join { room: room.name.clone(), since, history }
}

/// What was seen is not asked for again; a replay that was cut is asked for from where it began,
/// since what came after the gap does not fill it.
fn resume_point(room: &Room, history: u16) -> (Option<protocol::MessageId>, Option<u16>) {
    let seen = room.gap_after.unwrap_or(room.head);
    if seen > protocol::MessageId::ZERO { (Some(seen), None) } else { (None, Some(history)) }
}

/// Sends the next of what was written, if there is somebody to send it to and nothing before it.
fn send_next(room: &mut Room) -> Option<Action> {
    if !room.joined || room.sending.is_some() {
        return None;
    }
    let next = room.pending.iter().find(|pending| pending.failed.is_none())?;
    room.sending = Some(next.reference.clone());
    message(room, next)
}

fn message(room: &Room, pending: &Pending) -> Option<Action> {
    let content = Body::try_from(pending.content.as_str()).ok()?;
    let reference = Some(pending.reference.clone());
    Some(Action::Send(ToServer::Message { room: room.name.clone(), content, reference }))
}

/// The server asked for time, and has had it.
fn retry(model: &mut Model, room: &RoomName, reference: &Ref) -> Vec<Action> {
    let Some(room) = model.find(room).filter(|room| room.joined) else { return Vec::new() };
    let is_this = |pending: &&Pending| {
        pending.reference == *reference && room.sending.as_ref() == Some(reference)
    };
    let pending = room.pending.iter().find(is_this);
    pending.and_then(|pending| message(room, pending)).into_iter().collect()
}

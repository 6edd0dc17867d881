//! Commands: sent under a `ref`, sent again when the server asked for time, and
//! told of only if they fail.
//!
//! What waits is sent again one by one, each when the one before it is answered, and what is asked for
//! meanwhile waits behind it: so their order holds, and no burst follows a refusal.

use protocol::{ErrorNote, Ref, RoomName, ToServer};

use super::server_wait::{is_for_now, server_wait};
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::request::{REQUESTS_MAX, REQUESTS_MAX_OF_LIST, Request};
use crate::chat::room::Room;

/// A request that was refused for a time more often than this is given up.
const REFUSALS_MAX: u8 = 10;

/// What a refusal means for a request.
pub(super) enum Refused {
    /// It goes out again by itself.
    ForNow(Vec<Effect>),
    /// It is given up, and the person is to be told.
    ForGood(Request, Vec<Effect>),
}

/// Asks the server for something, under a `ref` of its own.
pub(super) fn ask(model: &mut Model, mut envelope: ToServer, typed: String) -> Vec<Effect> {
    let most = if typed.is_empty() { REQUESTS_MAX_OF_LIST } else { REQUESTS_MAX };
    if model.requests.len() >= most {
        model.notice = Some("Too many requests are waiting for the server".to_owned());
        return Vec::new();
    }
    let named = match model.new_ref() {
        Ok(named) => named,
        Err(sentence) => {
            model.notice = Some(sentence);
            return Vec::new();
        }
    };
    envelope.set_ref(named.clone());
    let is_due = |request: &Request| request.waits && may_go(request, &model.rooms);
    let waits = model.requests_held || model.requests.iter().any(is_due);
    let (reference, then_say, refusals) = (named, None, 0);
    let mut request = Request { reference, envelope, typed, then_say, waits, refusals };
    request.waits |= !may_go(&request, &model.rooms);
    let sent = (!request.waits).then(|| Effect::Send(request.envelope.clone()));
    model.requests.push(request);
    sent.into_iter().collect()
}

pub(super) fn done(model: &mut Model, reference: Option<&Ref>) -> Vec<Effect> {
    answered(model, reference).unwrap_or_default()
}

/// The same; None if this is the answer to nothing that was asked here.
pub(super) fn answered(model: &mut Model, reference: Option<&Ref>) -> Option<Vec<Effect>> {
    take(model, reference).map(|_| next(model))
}

/// What this is the answer to; what waited behind it is not sent yet.
pub(super) fn take(model: &mut Model, reference: Option<&Ref>) -> Option<Request> {
    let is_it = |request: &Request| Some(&request.reference) == reference;
    let at = model.requests.iter().position(is_it)?;
    Some(model.requests.remove(at))
}

/// None if what is refused is no request.
pub(super) fn refused(model: &mut Model, note: &ErrorNote) -> Option<Refused> {
    let reference = note.reference.as_ref()?;
    let at = model.requests.iter().position(|request| request.reference == *reference)?;
    let request = &mut model.requests[at];
    request.refusals += 1;
    if !is_for_now(note.code) || request.refusals > REFUSALS_MAX {
        let request = model.requests.remove(at);
        return Some(Refused::ForGood(request, next(model)));
    }
    request.waits = true;
    if std::mem::replace(&mut model.requests_held, true) {
        return Some(Refused::ForNow(Vec::new()));
    }
    let again = Effect::After(server_wait(note.retry_ms), Timer::Resend);
    Some(Refused::ForNow(vec![again]))
}

/// The time is over that the server asked for.
pub(super) fn resume(model: &mut Model) -> Vec<Effect> {
    model.requests_held = false;
    next(model)
}

/// Sends the first that waits and may be sent.
pub(super) fn next(model: &mut Model) -> Vec<Effect> {
    if model.requests_held || model.connection != Connection::Online {
        return Vec::new();
    }
    let rooms = &model.rooms;
    let waiting = model.requests.iter_mut().find(|request| request.waits && may_go(request, rooms));
    let sent = waiting.map(|request| {
        request.waits = false;
        Effect::Send(request.envelope.clone())
    });
    sent.into_iter().collect()
}

/// What is for another room waits until one is in it.
fn may_go(request: &Request, rooms: &[Room]) -> bool {
    let is_its = |room: &&Room| request.room().is_none_or(|name| room.name == *name);
    rooms.iter().filter(is_its).any(|room| room.joined)
}

/// Who has left a room asks for nothing there any more; what waited behind that follows.
pub(super) fn drop_of(model: &mut Model, room: &RoomName) -> Vec<Effect> {
    model.requests.retain(|request| request.room() != Some(room));
    next(model)
}

/// The answers to what was sent come no more. It is not sent again by itself, since it may be done, unless
/// it does no harm twice.
pub(super) fn disconnected(model: &mut Model) {
    let (mut waiting, unanswered): (Vec<_>, Vec<_>) = std::mem::take(&mut model.requests)
        .into_iter()
        .partition(|request| request.waits || request.is_repeatable());
    // Who asks for a list asks again on the next connection.
    waiting.retain(|request| !matches!(request.envelope, ToServer::Rooms(_)));
    waiting.iter_mut().for_each(|request| request.waits = true);
    model.requests = waiting;
    if let Some(all) = list(&unanswered) {
        model.notice = Some(format!("The connection was lost before the server confirmed: {all}"));
    }
}

/// What was asked for under one name is not done under another.
pub(super) fn renamed(model: &mut Model) {
    if let Some(all) = list(&std::mem::take(&mut model.requests)) {
        model.notice = Some(format!("Not done, since your name has changed: {all}"));
    }
}

/// What was asked for by the person, as it is typed; None if nothing was.
fn list(requests: &[Request]) -> Option<String> {
    let typed = requests.iter().map(|request| request.typed.as_str());
    let typed: Vec<_> = typed.filter(|typed| !typed.is_empty()).collect();
    (!typed.is_empty()).then(|| typed.join(", "))
}

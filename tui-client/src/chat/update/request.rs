//! Moderators' commands and deletions: sent under a `ref`, sent again when the server asked for time, and
//! told of only if they fail.

use protocol::{Action as Moderation, Code, ErrorNote, Ref, RoomName, ToServer};

use super::connection::server_wait;
use super::sending::new_ref;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::request::{REQUESTS_MAX, Request, RequestState};
use crate::text;

/// A request that was refused for a time so often is given up.
const REFUSALS_MAX: u8 = 5;

/// Asks the server for something, under a `ref` of its own.
pub(super) fn ask(model: &mut Model, mut envelope: ToServer) -> Vec<Effect> {
    if model.requests.len() >= REQUESTS_MAX {
        model.notice = Some("Too many requests are waiting for the server".to_owned());
        return Vec::new();
    }
    let named = match new_ref(model) {
        Ok(named) => named,
        Err(sentence) => {
            model.notice = Some(sentence);
            return Vec::new();
        }
    };
    match &mut envelope {
        ToServer::Moderate(act) => act.reference = Some(named.clone()),
        ToServer::Delete(delete) => delete.reference = Some(named.clone()),
        _ => {}
    }
    let request = Request {
        reference: named,
        envelope: envelope.clone(),
        state: RequestState::Sent,
        refusals: 0,
    };
    model.requests.push(request);
    vec![Effect::Send(envelope)]
}

/// It is done.
pub(super) fn done(model: &mut Model, reference: Option<&Ref>) {
    model.requests.retain(|request| Some(&request.reference) != reference);
}

/// It is refused: for a time, then it is sent again after that; or for good, then it is forgotten, and
/// whoever calls this tells why. None if it is no request.
pub(super) fn refused(model: &mut Model, note: &ErrorNote) -> Option<Vec<Effect>> {
    let reference = note.reference.as_ref()?;
    let at = model.requests.iter().position(|request| request.reference == *reference)?;
    let request = &mut model.requests[at];
    request.refusals += 1;
    let is_for_a_time = matches!(note.code, Code::TooFast | Code::Unavailable);
    if !is_for_a_time || request.refusals > REFUSALS_MAX {
        model.requests.remove(at);
        return None;
    }
    request.state = RequestState::Waiting;
    let after = server_wait(note.retry_ms);
    Some(vec![Effect::After(after, Timer::Resend(reference.clone()))])
}

/// Its time is over.
pub(super) fn resend(model: &mut Model, reference: &Ref) -> Vec<Effect> {
    let is_online = model.connection == Connection::Online;
    let is_this = |request: &&mut Request| {
        request.reference == *reference && request.state == RequestState::Waiting
    };
    let Some(request) = model.requests.iter_mut().find(is_this) else { return Vec::new() };
    request.state = if is_online { RequestState::Sent } else { RequestState::Due };
    is_online.then(|| Effect::Send(request.envelope.clone())).into_iter().collect()
}

/// One is in a room again: what waited for that is sent.
pub(super) fn resend_due(model: &mut Model, room: &RoomName) -> Vec<Effect> {
    let is_due = |request: &&mut Request| {
        request.state == RequestState::Due && request.room().is_none_or(|its| its == room)
    };
    let due = model.requests.iter_mut().filter(is_due);
    let sent = due.map(|request| {
        request.state = RequestState::Sent;
        Effect::Send(request.envelope.clone())
    });
    sent.collect()
}

/// The answers to what was sent come no more. It is not sent again by itself, since it may be done.
pub(super) fn disconnected(model: &mut Model) {
    let is_sent = |request: &Request| request.state == RequestState::Sent;
    let unanswered: Vec<_> = model.requests.iter().filter(|it| is_sent(it)).map(words).collect();
    model.requests.retain(|request| !is_sent(request));
    if !unanswered.is_empty() {
        let all = unanswered.join(", ");
        model.notice = Some(format!("The connection was lost before the server confirmed: {all}"));
    }
}

/// What was asked for, as it is typed.
fn words(request: &Request) -> String {
    let ToServer::Moderate(act) = &request.envelope else { return "/delete".to_owned() };
    let command = match act.action {
        Moderation::Kick => "kick",
        Moderation::Ban => "ban",
        Moderation::Unban => "unban",
        Moderation::Mute => "silence",
        Moderation::Unmute => "unsilence",
    };
    format!("/{command} {}", text::name(act.user.as_str()))
}

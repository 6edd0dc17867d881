//! The connection as the conversation sees it: when to dial and as whom, what its loss changes, and when
//! the server's refusal ends it.
//!
//! This file does not know sockets.

use std::time::Duration;

use protocol::{Code, Connect, Join, MessageId, Refusal, Standing, ToServer, UserName};

use super::request;
use super::sending::fail_pending;
use super::server_wait::SERVER_WAIT_MAX;
use crate::chat::event::{Effect, EntryCode, Hello, Wait};
use crate::chat::model::{Connection, Model};
use crate::chat::room::{Asking, Room};
use crate::text;

/// First wait before dialling again; it doubles with each failure.
const DIAL_AFTER: Duration = Duration::from_millis(500);
/// Longest wait before dialling again.
const DIAL_AFTER_MAX: Duration = Duration::from_secs(30);
/// While another server may be there: a machine that is gone says nothing.
const ANSWER_WITHIN_BRIEFLY: Duration = Duration::from_secs(3);
/// Answers that the latency is taken from.
const ANSWERS_MAX: usize = 3;
/// The latency is shown anew if it changed by so much, so that an idle screen stands still.
const LATENCY_STEP: Duration = Duration::from_millis(50);

pub fn dial_now(model: &mut Model) -> Vec<Effect> {
    model.connection = Connection::Connecting;
    // It was asked for on the connection before this one.
    model.come_back_after = None;
    model.servers.start_round();
    vec![Effect::Dial(hello(model), Wait { answer: answer_within(model), ..Wait::NONE })]
}

/// At once, whatever was before.
pub(super) fn reconnect(model: &mut Model) -> Vec<Effect> {
    unjoin(model);
    model.failures = 0;
    dial_now(model)
}

/// Back from the shell: the connection may be long dead, and nobody wants to wait for that to be found out.
pub(super) fn resumed(model: &mut Model) -> Vec<Effect> {
    if matches!(model.connection, Connection::Refused { .. }) {
        return Vec::new();
    }
    unjoin(model);
    dial_now(model)
}

pub(super) fn come_back_after(model: &mut Model, time: Duration) {
    model.come_back_after = model.come_back_after.max(Some(time.min(SERVER_WAIT_MAX)));
}

pub(super) fn lost(model: &mut Model, code: Option<u16>, reason: String) -> Vec<Effect> {
    let was_in = model.rooms.iter().any(|room| room.joined);
    unjoin(model);
    model.offline_since.get_or_insert(model.now);
    let refusal = model.refusal.take();
    if code.is_some_and(|code| code >= 4000)
        && let Some(effects) =
            refused(model, (code == Refusal::NameTaken.close_code(), refusal), &reason, was_in)
    {
        return effects;
    }
    model.connection = Connection::Waiting { seconds: None, reason };
    let goes_elsewhere = !is_about_person(code) && model.servers.are_several();
    let has_untried = goes_elsewhere && model.servers.turn();
    let turned = model.servers.current().filter(|_| goes_elsewhere).cloned().map(Effect::TurnTo);
    let wait = wait_to_dial(model, was_in, has_untried);
    turned.into_iter().chain([Effect::Dial(hello(model), wait)]).collect()
}

/// None where there is another server that was not tried yet; but whoever is let in and cut again and again
/// does not come back at once, whichever server it is.
fn wait_to_dial(model: &mut Model, was_in: bool, has_untried: bool) -> Wait {
    if has_untried && !(was_in && model.failures > 0) {
        model.failures = model.failures.max(was_in.into());
        return Wait { answer: answer_within(model), ..Wait::NONE };
    }
    model.failures = model.failures.saturating_add(1);
    let least = model.come_back_after.take_if(|_| !has_untried).unwrap_or_default();
    Wait { least, spread: dial_after(model.failures), answer: answer_within(model) }
}

/// If none of them answers so soon it is the line that is slow, and the next round gives each more time.
fn answer_within(model: &Model) -> Duration {
    match model.servers.are_several() && model.failures <= 1 {
        true => ANSWER_WITHIN_BRIEFLY,
        false => Wait::NONE.answer,
    }
}

/// A proxy or the server does not let this person in: others of the same server would not either.
fn is_about_person(code: Option<u16>) -> bool {
    code.is_some_and(|code| matches!(code, 401 | 403 | 407) || code >= 4000)
}

/// Codes from 4000 on mean: do not come back unchanged. So one comes back under the name that one had
/// before; or, who is not let into one room, in another room: then there is nothing to do here.
fn refused(
    model: &mut Model,
    (over_name, code): (bool, Option<Code>),
    reason: &str,
    was_in: bool,
) -> Option<Vec<Effect>> {
    let is_link = matches!(model.code, Some(EntryCode::Link(_)));
    if code == Some(Code::BadCode) {
        model.code = None;
    }
    if let Some(name) = model.before.take() {
        stay(model, name, is_link, reason);
        return Some(dial_now(model));
    }
    let given_back = match code {
        Some(Code::Revoked) => fail_pending(model),
        _ => Vec::new(),
    };
    let shut_out = text::clean_line(reason);
    let is_shut = |room: &Room| room.excluded.as_ref() == Some(&shut_out);
    let has_other = model.rooms.iter().any(|room| room.excluded.is_none());
    if has_other && !was_in && model.rooms.iter().any(is_shut) {
        return None;
    }
    // Nowhere is one let in: it is not the rooms.
    if !has_other {
        model.rooms.iter_mut().filter(|room| is_shut(room)).for_each(|room| room.excluded = None);
    }
    model.connection = Connection::Refused { reason: reason.to_owned(), over_name, code };
    Some(given_back)
}

/// One goes on under the name that one had before.
fn stay(model: &mut Model, name: UserName, is_link: bool, reason: &str) {
    let wanted = model.me.as_ref().map(|wanted| text::name(wanted.as_str())).unwrap_or_default();
    let (kept, reason) = (text::name(name.as_str()), text::clean_line(reason));
    let failed = if is_link { "Not linked".to_owned() } else { format!("Not renamed to {wanted}") };
    model.notice = Some(format!("You are still {kept}. {failed}: {reason}"));
    (model.renaming, model.code) = (false, None);
    model.rename(name);
}

/// What was said on the old connection holds no more.
fn unjoin(model: &mut Model) {
    model.losses = model.losses.wrapping_add(1);
    for room in &mut model.rooms {
        if std::mem::take(&mut room.joined) {
            room.away.extend(room.people.known().iter().cloned());
        }
        room.deferred = false;
        room.typing.disconnected();
        room.telling.disconnected();
        room.asking = Asking::default();
        // The answer to what was asked on this connection comes no more.
        room.take_awaited();
    }
    model.is_in = false;
    model.latency = None;
    model.standing = Standing::Current;
    model.answers.clear();
    model.list.disconnected();
    request::disconnected(model);
}

fn dial_after(failures: u32) -> Duration {
    let doubled = DIAL_AFTER.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(DIAL_AFTER_MAX)
}

pub(super) fn dial_in(model: &mut Model, left: u64) {
    if let Connection::Waiting { seconds, .. } = &mut model.connection {
        *seconds = Some(left);
    }
}

/// One slow answer says more of this machine than of the connection: the best of some counts.
pub(super) fn answered(model: &mut Model, answer: Duration) {
    model.answers.push_back(answer);
    let old = model.answers.len().saturating_sub(ANSWERS_MAX);
    model.answers.drain(..old);
    let best = model.answers.iter().min().copied().unwrap_or(answer);
    if model.latency.is_none_or(|shown| shown.abs_diff(best) >= LATENCY_STEP) {
        model.latency = Some(best);
    }
}

/// The room to connect with: the one that is shown, unless one was removed from it.
pub(super) fn dialled(model: &Model) -> &Room {
    let mut rooms = std::iter::once(model.room()).chain(&model.rooms);
    rooms.find(|room| room.excluded.is_none()).unwrap_or_else(|| model.room())
}

/// Asks for one room; the others are joined when it is open.
fn hello(model: &Model) -> Hello {
    let room = dialled(model);
    let (since, history) = resume_point(room, model.history_on_join);
    // Whose device this becomes is for the server to say.
    let is_link = matches!(model.code, Some(EntryCode::Link(_)));
    let user = model.me.clone().filter(|_| !is_link);
    let connect = Connect { room: room.name.clone(), user, since, history };
    Hello { connect, code: model.code.clone() }
}

pub(super) fn join(room: &Room, history_on_join: u16) -> ToServer {
    let (since, history) = resume_point(room, history_on_join);
    ToServer::Join(Join { room: room.name.clone(), since, history })
}

/// What was seen is not asked for again; a replay that was cut is asked for from where it began,
/// since what came after the gap does not fill it.
fn resume_point(room: &Room, history: u16) -> (Option<MessageId>, Option<u16>) {
    let seen = room.gap_after.unwrap_or(room.head);
    if seen > MessageId::ZERO { (Some(seen), None) } else { (None, Some(history)) }
}

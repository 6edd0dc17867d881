//! What happened → what changes and what to do. Pure: no input or output, no clock, no drawing.

mod command;
mod editing;
mod overlay;
mod press;
mod reading;
mod request;
mod select;
mod server;
mod writing;

pub use command::command;
pub use reading::load_older;
pub use writing::say;

use std::time::Duration;

use protocol::{Body, Connect, Ref, Refusal, RoomName, ToServer};

use crate::event::{Action, Event, Timer, Wait};
use crate::model::{Link, Model, Pending, Room};
use crate::text;
use crate::view::{columns_beside, people_rows};

/// First wait before dialling again; it doubles with each failure.
const DIAL_AFTER: Duration = Duration::from_millis(500);
/// Longest wait before dialling again.
const DIAL_AFTER_MAX: Duration = Duration::from_secs(30);
/// Answers that the latency is taken from.
const ANSWERS_MAX: usize = 3;
/// The latency is shown anew if it changed by so much, so that an idle screen stands still.
const LATENCY_STEP: Duration = Duration::from_millis(50);

/// Changes the model, and says what to do about it.
pub fn update(model: &mut Model, event: Event) -> Vec<Action> {
    // A terminal that does not tell is looked at while something is done there.
    if !model.tells_focus && !model.focused && event.is_done_here() {
        reading::focus(model, true);
    }
    if model.room().behind && event.is_done_here() {
        model.room_mut().attended();
    }
    match event {
        Event::Key(key) => return press::key(model, key),
        Event::Paste(text) => writing::paste(model, &text),
        Event::Wheel(rows) => return reading::turn(model, rows),
        Event::Click(column, row) => reading::click(model, column, row),
        Event::Resize(columns, rows) => resized(model, (columns, rows)),
        Event::Focus(focused) => {
            model.tells_focus = true;
            reading::focus(model, focused);
        }
        Event::Quiet if model.tells_focus => {}
        Event::Quiet => reading::focus(model, false),
        Event::Edited(written) => writing::edited(model, written),
        Event::NotKept { room, reference, reason } => {
            writing::not_kept(model, &room, &reference, &reason);
        }
        Event::Resumed => return resumed(model),
        Event::DialIn(seconds) => dial_in(model, seconds),
        Event::Connected => {
            model.link = Link::Online;
            model.offline_since = None;
        }
        Event::ComeBackAfter(time) => {
            model.come_back_after = Some(time.min(server::COME_BACK_MAX));
        }
        Event::Stable => model.failures = 0,
        Event::Latency(latency) => took(model, latency),
        Event::Received(envelope) => return server::received(model, envelope),
        Event::Lost { code, reason } => return lost(model, code, reason),
        Event::Time(Timer::Retry(room, reference)) => return retry(model, &room, &reference),
        Event::Time(Timer::Resend(reference)) => return request::resend(model, &reference),
        Event::Time(Timer::Overdue(room, reference)) => overdue(model, &room, &reference),
        Event::Time(Timer::Leave(asks)) => writing::leave_no_more(model, asks),
        Event::Time(Timer::Settled(room, losses)) => settled(model, &room, losses),
        Event::Time(Timer::Reread(room)) => return reading::ask_again(model, &room),
    }
    Vec::new()
}

/// The first thing to do.
pub fn dial_now(model: &mut Model) -> Vec<Action> {
    model.link = Link::Connecting;
    vec![Action::Dial(hello(model), Wait::Exactly(Duration::ZERO))]
}

/// Where there is no room beside the text, what was wanted there means another thing.
fn resized(model: &mut Model, size: (u16, u16)) {
    if (columns_beside(size.0) == 0) != (columns_beside(model.size.0) == 0) {
        (model.rooms_shown, model.people_shown) = (None, None);
    }
    model.size = size;
}

/// Back from the shell: the line may be long dead, and nobody wants to wait for it.
fn resumed(model: &mut Model) -> Vec<Action> {
    let mut actions = vec![Action::Repaint];
    if !matches!(model.link, Link::Refused { .. }) {
        unjoin(model);
        actions.extend(dial_now(model));
    }
    actions
}

/// Asks for the names that are to be shown and are not here.
fn more_people(model: &mut Model) -> Vec<Action> {
    let rows = people_rows(model);
    let room = model.room_mut();
    let name = room.name.clone();
    let after = if room.joined { room.people.wants(rows) } else { None };
    after
        .map(|after| Action::Send(ToServer::Presence(protocol::PeopleQuery { room: name, after })))
        .into_iter()
        .collect()
}

fn lost(model: &mut Model, code: Option<u16>, reason: String) -> Vec<Action> {
    let was_in = model.rooms.iter().any(|room| room.joined);
    unjoin(model);
    model.offline_since.get_or_insert(model.now);
    let come_back_after = model.come_back_after.take();
    if code.is_some_and(|code| code >= 4000)
        && let Some(actions) =
            refused(model, code == Refusal::NameTaken.close_code(), &reason, was_in)
    {
        return actions;
    }
    model.failures = model.failures.saturating_add(1);
    model.link = Link::Waiting { seconds: None, reason };
    let growing = dial_after(model.failures);
    let wait = match come_back_after {
        Some(after) => Wait::AtLeast(after, growing),
        None => Wait::UpTo(growing),
    };
    vec![Action::Dial(hello(model), wait)]
}

/// Codes from 4000 on mean: do not come back unchanged. So one comes back under the name that one had
/// before; or, who is not let into one room, in another room: then there is nothing to do here.
fn refused(model: &mut Model, over_name: bool, reason: &str, was_in: bool) -> Option<Vec<Action>> {
    if let Some(name) = model.before.take() {
        let wanted =
            model.me.as_ref().map(|wanted| text::name(wanted.as_str())).unwrap_or_default();
        let (kept, reason) = (text::name(name.as_str()), text::clean_line(reason));
        model.notice = Some(format!("You are still {kept}. Not renamed to {wanted}: {reason}"));
        model.renaming = false;
        model.rename(name);
        return Some(dial_now(model));
    }
    let shut_out = text::clean_line(reason);
    let is_shut = |room: &Room| room.out.as_ref() == Some(&shut_out);
    let has_other = model.rooms.iter().any(|room| room.out.is_none());
    if has_other && !was_in && model.rooms.iter().any(is_shut) {
        return None;
    }
    // Nowhere is one let in: it is not the rooms.
    if !has_other {
        model.rooms.iter_mut().filter(|room| is_shut(room)).for_each(|room| room.out = None);
    }
    model.link = Link::Refused { reason: reason.to_owned(), over_name };
    Some(Vec::new())
}

/// What was said on the old line holds no more.
fn unjoin(model: &mut Model) {
    for room in &mut model.rooms {
        if std::mem::take(&mut room.joined) {
            room.away.extend(room.people.known().iter().cloned());
            room.losses = room.losses.wrapping_add(1);
        }
        room.deferred = false;
        // The answer to what was asked on this line comes no more.
        room.loading = false;
    }
    model.latency = None;
    model.answers.clear();
    request::disconnected(model);
}

fn dial_after(failures: u32) -> Duration {
    let doubled = DIAL_AFTER.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(DIAL_AFTER_MAX)
}

fn dial_in(model: &mut Model, left: u64) {
    if let Link::Waiting { seconds, .. } = &mut model.link {
        *seconds = Some(left);
    }
}

/// One slow answer says more of this machine than of the line: the best of some counts.
fn took(model: &mut Model, answer: Duration) {
    model.answers.push_back(answer);
    let old = model.answers.len().saturating_sub(ANSWERS_MAX);
    model.answers.drain(..old);
    let best = model.answers.iter().min().copied().unwrap_or(answer);
    if model.latency.is_none_or(|shown| shown.abs_diff(best) >= LATENCY_STEP) {
        model.latency = Some(best);
    }
}

/// The room to connect with: the one that is shown, unless one was put out of it.
fn dialled(model: &Model) -> &Room {
    let mut rooms = std::iter::once(model.room()).chain(&model.rooms);
    rooms.find(|room| room.out.is_none()).unwrap_or_else(|| model.room())
}

/// Asks for one room; the others are joined when it is open.
fn hello(model: &Model) -> Connect {
    let room = dialled(model);
    let (since, history) = resume_point(room, model.history_on_join);
    Connect { room: room.name.clone(), user: model.me.clone(), since, history }
}

fn join(room: &Room, history_on_join: u16) -> ToServer {
    let (since, history) = resume_point(room, history_on_join);
    ToServer::Join(protocol::Join { room: room.name.clone(), since, history })
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
    Some(Action::Send(ToServer::Message(protocol::Say {
        room: room.name.clone(),
        content,
        reference,
    })))
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

/// Who comes from now on was away.
fn settled(model: &mut Model, room: &RoomName, losses: u32) {
    if let Some(room) = model.find(room).filter(|room| room.losses == losses) {
        room.away.clear();
    }
}

fn overdue(model: &mut Model, room: &RoomName, reference: &Ref) {
    let Some(room) = model.find(room) else { return };
    let waiting = room.pending.iter_mut().find(|pending| pending.reference == *reference);
    if let Some(pending) = waiting {
        pending.late = true;
    }
}

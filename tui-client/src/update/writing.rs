//! What is written: sent, refused and taken back, pasted, edited elsewhere.

use std::time::Duration;

use protocol::{Body, CONTENT_CHARS_MAX, Ref, RoomName};

use super::reading::focus;
use super::send_next;
use crate::event::{Action, Timer};
use crate::model::{Asked, Model, Overlay, PENDING_MAX, Pending, Question, Room};
use crate::{commands, text};

/// A message that waits longer than this is marked; most are stored before one could read a mark.
const OVERDUE: Duration = Duration::from_millis(300);
/// Ctrl-C twice within this time leaves: long enough for a hand, too short for an accident.
const LEAVE_TIME: Duration = Duration::from_secs(3);
/// More lines than this are not pasted without a question.
const PASTE_LINES_MAX: usize = 20;

/// Says something in the room that is shown, now or when the line is there.
///
/// # Errors
/// A sentence for the person, if it cannot be said; nothing has changed then.
pub fn say(model: &mut Model, text: &str) -> Result<Vec<Action>, String> {
    let text = text::without_outer_blank_lines(text);
    let body = Body::try_from(text).map_err(|error| error.to_string())?;
    if model.room().pending.len() >= PENDING_MAX {
        return Err(format!(
            "{PENDING_MAX} messages are already waiting to be sent. Wait for the connection"
        ));
    }
    let reference = new_ref(model)?;
    let room = model.room_mut();
    room.found = None;
    room.to_bottom();
    // Who answers has read what was new.
    room.looked_away = None;
    let overdue = Timer::Overdue(room.name.clone(), reference.clone());
    let pending =
        Pending { reference, content: body.as_str().to_owned(), failed: None, late: false };
    room.pending.push(pending);
    let mut actions = vec![Action::After(OVERDUE, overdue)];
    actions.extend(send_next(room));
    Ok(actions)
}

/// What was just said cannot be written down. Without a line it would be lost with this client, so it
/// goes back into the input; with one it is on its way already.
pub(super) fn not_kept(model: &mut Model, room: &RoomName, reference: &Ref, reason: &str) {
    let Some(room) = model.find(room) else { return };
    if room.joined {
        model.notice = Some(format!("Sent, but not saved on this machine: {reason}"));
        return;
    }
    let place = room.pending.iter().position(|pending| pending.reference == *reference);
    if let Some(place) = place {
        let text = room.pending.remove(place).content;
        model.input.write(text);
        model.notice = Some(format!("Not sent, since it cannot be saved: {reason}"));
    }
}

pub(super) fn new_ref(model: &mut Model) -> Result<Ref, String> {
    model.refs += 1;
    let reference = format!("{}-{}", model.session, model.refs);
    Ref::try_from(reference.as_str()).map_err(|error| error.to_string())
}

/// Sends again what was refused, each under a new name: the old one stands for the refusal.
pub(super) fn send_again(model: &mut Model) -> Vec<Action> {
    let refused = take_failed(model);
    let mut actions = Vec::new();
    for content in refused {
        match say(model, &content) {
            Ok(more) => actions.extend(more),
            Err(sentence) => model.notice = Some(sentence),
        }
    }
    actions
}

/// Takes all that was refused back into the input.
pub(super) fn edit_failed(model: &mut Model) {
    let refused = take_failed(model).join("\n");
    if !refused.is_empty() {
        model.input.write(refused);
    }
}

pub(super) fn drop_failed(model: &mut Model) {
    let count = take_failed(model).len();
    if count > 0 {
        model.notice = Some(format!("Discarded {}", commands::counted(count, "unsent message")));
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

/// Clears the input, for C-y to bring it back; if there is nothing to clear, leaves when asked for
/// twice within a short time.
pub(super) fn interrupt(model: &mut Model, asked: bool) -> Vec<Action> {
    if asked {
        return vec![Action::Quit];
    }
    if model.input.clear() {
        return Vec::new();
    }
    model.asked = Some(Asked::Leave);
    model.asks += 1;
    let waits = |room: &Room| room.pending.len() - room.failed();
    let waiting: usize = model.rooms.iter().map(waits).sum();
    let waiting = match waiting {
        0 => String::new(),
        count => format!(". {} will go out next time", commands::counted(count, "unsent message")),
    };
    let seconds = LEAVE_TIME.as_secs();
    model.notice = Some(format!("Press Ctrl-C again within {seconds} s to quit{waiting}"));
    vec![Action::After(LEAVE_TIME, Timer::Leave(model.asks))]
}

/// Nobody pressed it again in time: the next Ctrl-C only asks.
pub(super) fn leave_no_more(model: &mut Model, asks: u64) {
    if model.asks == asks && model.asked == Some(Asked::Leave) {
        model.asked = None;
        model.notice = None;
    }
}

/// Never sends by itself, whatever was pasted; asks if it is long.
pub(super) fn paste(model: &mut Model, pasted: &str) {
    let mut pasted = text::clean(pasted);
    // The end of a single line that was copied is not meant.
    if pasted.trim_end_matches('\n').lines().count() <= 1 {
        pasted.truncate(pasted.trim_end_matches('\n').len());
    }
    match &mut model.overlay {
        Overlay::Prompt(prompt) => prompt.input.insert(&pasted.replace('\n', " ")),
        Overlay::Ask(_) => {}
        _ if is_long(&pasted) => model.overlay = Overlay::Ask(Question::Paste(pasted)),
        _ => {
            model.overlay = Overlay::None;
            model.input.insert(&pasted);
        }
    }
}

fn is_long(pasted: &str) -> bool {
    pasted.lines().count() > PASTE_LINES_MAX || pasted.chars().count() > CONTENT_CHARS_MAX
}

/// What came back from the editor takes the place of what was written.
pub(super) fn edited(model: &mut Model, written: Result<String, String>) {
    focus(model, true);
    match written {
        Ok(text) => model.input.write(text::clean(text.trim_end_matches(['\r', '\n']))),
        Err(sentence) => model.notice = Some(sentence),
    }
}

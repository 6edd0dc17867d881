//! What one did and will not be: refused for good, not saved, done already, or done under another name.
//!
//! This file does not know why the server refuses.

use protocol::{Code, Ref, RoomName};

use super::queue::{NOT_FROM_HERE, is_done};
use crate::chat::commands::put_below;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Act, Pending, Room, Target};

/// The server refused this for good: a message is marked, anything else is dropped and told.
pub(in crate::chat::update) fn rejected(
    model: &mut Model,
    name: &RoomName,
    reference: &Ref,
    code: Code,
    sentence: String,
) -> Vec<Effect> {
    let Some(room) = model.find(name) else { return Vec::new() };
    // Those behind it still go out.
    room.sending = None;
    let at = room.pending.iter().position(|pending| pending.reference == *reference);
    let Some(at) = at else { return Vec::new() };
    if room.pending[at].is_said() {
        mark_failed(room, at, sentence);
        return Vec::new();
    }
    let act = room.pending.remove(at);
    // Somebody was faster.
    let is_done =
        matches!(act.act, Act::Delete(_)) && code == Code::NotFound && is_done(room, &act);
    if !is_done {
        model.notice = Some(format!("{}: {sentence}", not_done(&act)));
    }
    give_back(model, name, act)
}

/// A message that was refused has the text that it was to have, unless it was to be deleted.
fn mark_failed(room: &mut Room, at: usize, sentence: String) {
    let target = Target::Waiting(room.pending[at].reference.clone());
    let last = room.acts_on(target).last().cloned();
    let mut said = room.take_pending(at);
    match last {
        Some(Pending { act: Act::Delete(_), .. }) => return,
        Some(Pending { content, .. }) => said.content = content,
        None => {}
    }
    said.failed = Some(sentence);
    room.pending.insert(at, said);
}

fn not_done(act: &Pending) -> &'static str {
    match act.act {
        Act::Say(_) => "Not sent",
        Act::Edit(_) => "Not edited",
        Act::Delete(_) => "Not deleted",
        Act::React { on: true, .. } => "Reaction not added",
        Act::React { on: false, .. } => "Reaction not removed",
    }
}

/// A text comes back to where the person writes in its room.
fn give_back(model: &mut Model, name: &RoomName, act: Pending) -> Vec<Effect> {
    if act.content.is_empty() {
        return Vec::new();
    }
    if model.room().name == *name && !model.room().is_editing() {
        return vec![Effect::Write(act.content)];
    }
    if let Some(room) = model.find(name) {
        room.draft = put_below(&room.draft, &act.content);
    }
    Vec::new()
}

/// What was just said cannot be written down. Without a connection it would be lost with this client, so it
/// goes back to where it was written; with one it is on its way already.
pub(in crate::chat::update) fn not_kept(
    model: &mut Model,
    room: &RoomName,
    named: &Ref,
    reason: &str,
) -> Vec<Effect> {
    let Some(room) = model.find(room) else { return Vec::new() };
    let name = room.name.clone();
    if room.joined {
        model.notice = Some(format!("Sent, but not saved on this machine: {reason}"));
        return Vec::new();
    }
    let place = room.pending.iter().position(|pending| pending.reference == *named);
    let Some(place) = place else { return Vec::new() };
    let rejected = room.take_pending(place);
    model.notice = Some(format!("Not sent, since it cannot be saved: {reason}"));
    give_back(model, &name, rejected)
}

/// Takes out all that was done in the rooms, and gives its texts back.
fn drop_acts(model: &mut Model) -> (usize, Vec<Effect>) {
    let mut acts = Vec::new();
    for room in &mut model.rooms {
        let pending = std::mem::take(&mut room.pending);
        let (said, of_room): (Vec<_>, Vec<_>) = pending.into_iter().partition(Pending::is_said);
        room.pending = said;
        acts.extend(of_room.into_iter().map(|act| (room.name.clone(), act)));
    }
    let count = acts.len();
    (count, acts.into_iter().flat_map(|(name, act)| give_back(model, &name, act)).collect())
}

/// What was done under one name is not done under another.
pub(in crate::chat::update) fn renamed(model: &mut Model) -> Vec<Effect> {
    let (count, given_back) = drop_acts(model);
    if count > 0 {
        let words = "Your name changed, so your pending edits, deletions and reactions were \
                     discarded";
        model.notice = Some(words.to_owned());
    }
    given_back
}

/// This device speaks for nobody any more: what waits is kept, and marked as failed.
pub(in crate::chat::update) fn fail_pending(model: &mut Model) -> Vec<Effect> {
    let (_, given_back) = drop_acts(model);
    for said in model.rooms.iter_mut().flat_map(|room| &mut room.pending) {
        said.failed.get_or_insert_with(|| NOT_FROM_HERE.to_owned());
    }
    given_back
}

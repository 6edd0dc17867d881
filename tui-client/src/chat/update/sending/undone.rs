//! What one did and will not be: refused for good, done already, or done under another name.
//!
//! This file does not know why the server refuses.

use protocol::{Code, Ref, RoomName};

use super::queue::{NOT_FROM_HERE, is_done};
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Act, Pending, Room, Target};

/// The server refused this for good: a message is marked, anything else is undone and told.
pub(in crate::chat::update) fn undone(
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
        said_for_nothing(room, at, sentence);
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
fn said_for_nothing(room: &mut Room, at: usize, sentence: String) {
    let target = Target::Waiting(room.pending[at].reference.clone());
    let last = room.acts_on(target.clone()).last().cloned();
    room.pending.retain(|pending| pending.act.target().as_ref() != Some(&target));
    match last.map(|last| (last.act, last.content)) {
        Some((Act::Delete(_), _)) => drop(room.pending.remove(at)),
        Some((_, content)) => {
            room.pending[at].content = content;
            room.pending[at].failed = Some(sentence);
        }
        None => room.pending[at].failed = Some(sentence),
    }
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

/// The text of an edit comes back to where the person writes.
fn give_back(model: &mut Model, name: &RoomName, act: Pending) -> Vec<Effect> {
    if act.content.is_empty() {
        return Vec::new();
    }
    if model.room().name == *name && !model.room().is_editing() {
        return vec![Effect::Write(act.content)];
    }
    if let Some(room) = model.find(name) {
        put_below(&mut room.draft, &act.content);
    }
    Vec::new()
}

fn put_below(draft: &mut String, text: &str) {
    let between = if draft.is_empty() { "" } else { "\n" };
    *draft = format!("{draft}{between}{text}");
}

/// What was done under one name is not done under another.
pub(in crate::chat::update) fn renamed(model: &mut Model) -> Vec<Effect> {
    let mut undone = Vec::new();
    for room in &mut model.rooms {
        let pending = std::mem::take(&mut room.pending);
        let (said, acts): (Vec<_>, Vec<_>) = pending.into_iter().partition(Pending::is_said);
        room.pending = said;
        undone.extend(acts.into_iter().map(|act| (room.name.clone(), act)));
    }
    if !undone.is_empty() {
        let words = "Your edits, deletions and reactions that were waiting are not done, \
                     since your name has changed";
        model.notice = Some(words.to_owned());
    }
    undone.into_iter().flat_map(|(name, act)| give_back(model, &name, act)).collect()
}

/// This device speaks for nobody any more: what waits is kept, and told apart.
pub(in crate::chat::update) fn keep_back(model: &mut Model) {
    for room in &mut model.rooms {
        let pending = std::mem::take(&mut room.pending);
        let (said, acts): (Vec<_>, Vec<_>) = pending.into_iter().partition(Pending::is_said);
        room.pending = said;
        let texts = acts.iter().filter(|act| !act.content.is_empty());
        texts.for_each(|act| put_below(&mut room.draft, &act.content));
        for said in &mut room.pending {
            said.failed.get_or_insert_with(|| NOT_FROM_HERE.to_owned());
        }
    }
}

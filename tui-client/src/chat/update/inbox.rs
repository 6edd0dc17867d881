//! The list of messages that mention this person: asked for in pages, one question at a time, kept up to
//! date while somebody looks at it, and gone to.
//!
//! This file does not know how it is shown.

use protocol::{MentionsQuery, Message, MessageId, MessageList, RoomName, ToServer};

use super::entering::join_room;
use super::{jump, request};
use crate::chat::answer::Answer;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::request::Request;
use crate::chat::room::{Change, calls};

/// Messages that are held at most: more than anybody turns pages for.
const HELD_MAX: usize = 2_000;

/// The newest of them.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    ask(model, None, "/mentions")
}

/// Those before the oldest that is here.
pub fn more_mentions(model: &mut Model) -> Vec<Effect> {
    let inbox = model.inbox.as_ref().filter(|inbox| inbox.more);
    let oldest = inbox.and_then(oldest);
    oldest.map(|oldest| ask(model, Some(oldest), "")).unwrap_or_default()
}

fn oldest(inbox: &MessageList) -> Option<MessageId> {
    inbox.messages.last().map(|message| message.id)
}

fn ask(model: &mut Model, before: Option<MessageId>, typed: &str) -> Vec<Effect> {
    let is_same = |request: &Request| match &request.envelope {
        ToServer::Mentions(asked) => asked.before == before,
        _ => false,
    };
    if model.requests.iter().any(is_same) {
        return Vec::new();
    }
    let query = MentionsQuery { before, limit: None, reference: None };
    request::ask(model, ToServer::Mentions(query), typed.to_owned())
}

pub(super) fn mentions_came(model: &mut Model, mentions: MessageList) -> Vec<Effect> {
    let MessageList { mut messages, more, reference } = mentions;
    let asked = request::take(model, reference.as_ref()).map(|request| request.envelope);
    let Some(ToServer::Mentions(query)) = asked else { return Vec::new() };
    let mut effects = request::next(model);
    if query.before.is_some() {
        // It may be the page of a list that was closed meanwhile.
        let inbox = model.inbox.as_mut().filter(|inbox| oldest(inbox) == query.before);
        if let Some(inbox) = inbox {
            inbox.more = more && !messages.is_empty();
            inbox.messages.append(&mut messages);
            bound(inbox);
        }
        return effects;
    }
    if messages.is_empty() {
        model.notice = Some("Nobody has mentioned you yet".to_owned());
        return effects;
    }
    let shown = messages.iter().map(|message| (model.in_words(&message.room), message.clone()));
    effects.push(Effect::Show(Answer::Mentions(shown.collect())));
    bound(model.inbox.insert(MessageList { messages, more, reference: None }));
    effects
}

fn bound(inbox: &mut MessageList) {
    inbox.messages.truncate(HELD_MAX);
    inbox.more &= inbox.messages.len() < HELD_MAX;
}

/// A message as it is now: it stands in the list if it mentions this person.
pub(super) fn take_in(model: &mut Model, message: &Message) {
    let is_mention = calls(message, model.me.as_ref());
    let Some(inbox) = &mut model.inbox else { return };
    let at = inbox.messages.partition_point(|it| it.id > message.id);
    let known = inbox.messages.get(at).filter(|it| it.id == message.id);
    // What is older than all of them comes with the next page.
    let is_within = known.is_some() || at < inbox.messages.len() || !inbox.more;
    if known.is_some() {
        inbox.messages.remove(at);
    }
    if is_mention && is_within {
        inbox.messages.insert(at, message.clone());
        bound(inbox);
    }
}

/// A message is changed, in the list or in its room.
pub(super) fn changed(model: &mut Model, room: &RoomName, change: &Change) {
    let Some(inbox) = &model.inbox else { return };
    let id = change.message();
    let held = inbox.messages.iter().find(|message| message.id == id);
    let room = model.rooms.iter().find(|known| known.name == *room);
    let before = held.or_else(|| room.and_then(|room| room.message(id)));
    if let Some(message) = before.and_then(|before| change.applied(before)) {
        take_in(model, &message);
    }
}

/// Nobody looks at it any more.
pub fn close_mentions(model: &mut Model) {
    model.inbox = None;
}

/// Goes to one of them, joining its room if need be.
pub fn go_to_mention(model: &mut Model, id: MessageId) -> Vec<Effect> {
    let inbox = model.inbox.take();
    let found = inbox.and_then(|inbox| inbox.messages.into_iter().find(|it| it.id == id));
    let Some(message) = found else { return Vec::new() };
    let mut effects = join_room(model, message.room);
    effects.extend(jump::jump(model, id));
    effects
}

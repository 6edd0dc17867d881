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
use crate::chat::pages::Pages;
use crate::chat::request::Request;
use crate::chat::room::{Change, calls};

/// The newest of them.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    ask(model, None, "/mentions")
}

/// The next page of them.
pub fn more_mentions(model: &mut Model) -> Vec<Effect> {
    let before = model.inbox.as_ref().and_then(Pages::next);
    before.map(|before| ask(model, Some(before), "")).unwrap_or_default()
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
    let asked = request::take(model, mentions.reference.as_ref()).map(|request| request.envelope);
    let Some(ToServer::Mentions(query)) = asked else { return Vec::new() };
    let mut effects = request::next(model);
    if query.before.is_some() {
        // It may be the page of a list that was closed meanwhile.
        if let Some(inbox) = &mut model.inbox {
            inbox.came(query.before, mentions);
        }
        return effects;
    }
    if mentions.messages.is_empty() {
        model.notice = Some("Nobody has mentioned you yet".to_owned());
        return effects;
    }
    let shown = mentions.messages.iter();
    let shown = shown.map(|message| (model.in_words(&message.room), message.clone()));
    effects.push(Effect::Show(Answer::Mentions(shown.collect())));
    model.inbox.insert(Pages::awaited()).came(None, mentions);
    effects
}

/// A message as it is now: it stands in the list if it mentions this person.
pub(super) fn take_in(model: &mut Model, message: &Message) {
    let is_mention = calls(message, model.me.as_ref());
    let Some(inbox) = &mut model.inbox else { return };
    inbox.take_in(message, is_mention);
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

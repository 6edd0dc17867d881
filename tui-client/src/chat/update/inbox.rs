//! The list of messages that mention this person: asked for in pages, one question at a time, and gone to.
//!
//! This file does not know how it is shown.

use protocol::{Mentions, MentionsQuery, MessageId, ToServer};

use super::entering::join_room;
use super::{jump, request};
use crate::chat::answer::Answer;
use crate::chat::event::Effect;
use crate::chat::model::Model;

/// The newest of them.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    ask(model, None, "/mentions")
}

/// Those before the oldest that is here.
pub fn more_mentions(model: &mut Model) -> Vec<Effect> {
    let is_asking = |envelope: &ToServer| matches!(envelope, ToServer::Mentions(_));
    let is_asked = model.requests.iter().any(|request| is_asking(&request.envelope));
    let inbox = model.inbox.as_ref().filter(|inbox| inbox.more && !is_asked);
    let oldest = inbox.and_then(|inbox| inbox.messages.last()).map(|message| message.id);
    oldest.map(|oldest| ask(model, Some(oldest), "")).unwrap_or_default()
}

fn ask(model: &mut Model, before: Option<MessageId>, typed: &str) -> Vec<Effect> {
    let query = MentionsQuery { before, limit: None, reference: None };
    request::ask(model, ToServer::Mentions(query), typed.to_owned())
}

pub(super) fn mentions_came(model: &mut Model, mentions: Mentions) -> Vec<Effect> {
    let Mentions { mut messages, more, reference } = mentions;
    let asked = request::take(model, reference.as_ref()).map(|request| request.envelope);
    let Some(ToServer::Mentions(query)) = asked else { return Vec::new() };
    let mut effects = request::next(model);
    if query.before.is_some() {
        if let Some(inbox) = &mut model.inbox {
            inbox.more = more && !messages.is_empty();
            inbox.messages.append(&mut messages);
        }
        return effects;
    }
    if messages.is_empty() {
        model.notice = Some("Nobody has mentioned you yet".to_owned());
        return effects;
    }
    let shown = messages.iter().map(|message| (model.in_words(&message.room), message.clone()));
    effects.push(Effect::Show(Answer::Mentions(shown.collect())));
    model.inbox = Some(Mentions { messages, more, reference: None });
    effects
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

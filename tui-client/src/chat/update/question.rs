//! What is asked before it is done: a message deleted, a device revoked, a private room left for good.
//!
//! This file does not know where the answer is typed.

use protocol::{ChangeMember, Revoke, RoomKind, ToServer, UserName};

use super::request;
use super::sending::{self, IS_DELETED, NOT_HERE};
use crate::chat::commands::Asked;
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::plain_text::plain_line;
use crate::chat::question::{Deletion, Question};
use crate::chat::room::Target;
use crate::text;

/// Why nothing can be done in a room at the moment.
pub(super) const NOT_IN_ROOM: &str = "Not possible: you are not in this room right now";

/// Why somebody else's message stays: an owner of the room may not delete it either.
const NOT_OWN: &str = "You can only delete your own messages";

/// Counted from the newest, at the moment when it is asked for: of one's own, where one may not delete others.
pub(super) fn delete(model: &mut Model, number: usize) {
    let (room, me) = (model.room(), model.me.as_ref());
    let target = match room.moderates {
        true => room.newest(me).map(|message| Target::Stored(message.id)).nth(number - 1),
        false => room.own(me).nth(number - 1),
    };
    question_deletion(model, target);
}

/// Asks before a message is deleted; which one it means is settled now.
pub fn question_deletion(model: &mut Model, target: Option<Target>) {
    model.question = None;
    let (room, me) = (model.room(), model.me.as_ref());
    let found = target.and_then(|target| {
        let (sender, content) = match &target {
            Target::Stored(id) => {
                let message = room.shown_by_id(*id, me)?;
                let content = message.content.as_str().to_owned();
                (message.sender.clone(), Some(content).filter(|_| !message.deleted))
            }
            Target::Waiting(_) => (me?.clone(), Some(room.own_text(&target, me)?)),
        };
        Some((target, sender, content))
    });
    let (message, sender, content) = match found {
        Some((target, sender, Some(content))) => (target, sender, plain_line(&content)),
        Some((.., None)) => return model.notice = Some(IS_DELETED.to_owned()),
        None => return model.notice = Some(NOT_HERE.to_owned()),
    };
    let sender = Some(sender).filter(|sender| me != Some(sender));
    if sender.is_some() && !room.moderates {
        return model.notice = Some(NOT_OWN.to_owned());
    }
    let room = room.name.clone();
    model.question = Some(Question::Delete(Deletion { room, message, sender, content }));
}

/// Asks before a device is revoked. What it is called is known once the devices were listed.
pub fn question_revoke(model: &mut Model, device: u32) {
    let known = model.devices.iter().find(|known| known.device == device);
    let label = known.and_then(|known| known.label.as_ref());
    let label = label.map(|label| text::clean_line(label.as_str()));
    let this = known.is_some_and(|known| known.this);
    model.question = Some(Question::Revoke { device, label, this });
}

/// Others are removed at once, oneself after a question.
pub(super) fn remove(model: &mut Model, user: UserName) -> Vec<Effect> {
    let room = model.room();
    if !room.joined {
        model.notice = Some(NOT_IN_ROOM.to_owned());
        return Vec::new();
    }
    if Some(&user) != model.me.as_ref() {
        let asked = Asked::Remove(user);
        let (typed, envelope) = (asked.typed(), asked.envelope(&room.name));
        return request::ask(model, envelope, typed);
    }
    if room.kind() != RoomKind::Private {
        let words = "Only a private room is left for good. /leave leaves this one";
        model.notice = Some(words.to_owned());
        return Vec::new();
    }
    let label = text::name(&room.label(Some(&user)));
    let members = &room.about.members;
    let is_last = members.len() == 1 && !room.about.members_more;
    let room = room.name.clone();
    model.question = Some(Question::LeaveForGood { room, me: user, label, is_last });
    Vec::new()
}

/// Yes, what was asked about by this command.
pub(super) fn confirm_of(model: &mut Model, command: &str) -> Vec<Effect> {
    if model.question.as_ref().is_none_or(|question| question.command() != command) {
        model.notice = Some(format!("Nothing to confirm: /{command} [N] comes first"));
        return Vec::new();
    }
    confirm(model)
}

/// Yes, that.
pub fn confirm(model: &mut Model) -> Vec<Effect> {
    let Some(question) = model.question.take() else { return Vec::new() };
    let typed = format!("/{}", question.command());
    let envelope = match question {
        Question::Delete(Deletion { room, message, .. }) => {
            return sending::delete(model, &room, message).unwrap_or_else(|sentence| {
                model.notice = Some(sentence);
                Vec::new()
            });
        }
        Question::LeaveForGood { room, me: user, .. } => {
            ToServer::Remove(ChangeMember { room, user, reference: None })
        }
        Question::Revoke { device, .. } => ToServer::Revoke(Revoke { device, reference: None }),
    };
    request::ask(model, envelope, typed)
}

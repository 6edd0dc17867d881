//! Messages as they are shown: with what oneself does to them, before the server confirms it.
//!
//! Nothing of that is kept: what is not confirmed lies over what the server said, and when it goes, that is all
//! there is. This file does not know when anything is sent.

use std::borrow::Cow;

use protocol::{Body, DELETED_CONTENT, Message, MessageId, Reacted, UserName, react};

use super::pending::{Act, Pending, Target};
use crate::chat::room::{Entry, Room};

impl Room {
    /// The message with this id, as the server said it.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.entry(id).and_then(Entry::message)
    }

    pub fn shown_by_id(&self, id: MessageId, me: Option<&UserName>) -> Option<Cow<'_, Message>> {
        self.message(id).map(|message| self.as_shown(message, me))
    }

    /// Something of one's own is on its way to this message, or waits.
    pub fn is_changing(&self, id: MessageId) -> bool {
        !self.pending.is_empty() && self.acts_on(Target::Stored(id)).next().is_some()
    }

    pub fn as_shown<'a>(&self, message: &'a Message, me: Option<&UserName>) -> Cow<'a, Message> {
        let mut shown = Cow::Borrowed(message);
        if self.pending.is_empty() || message.deleted {
            return shown;
        }
        for pending in self.acts_on(Target::Stored(message.id)) {
            apply(shown.to_mut(), pending, me);
        }
        shown
    }
}

fn apply(shown: &mut Message, pending: &Pending, me: Option<&UserName>) {
    match &pending.act {
        Act::Say(_) => {}
        Act::Edit(_) => {
            if let Ok(content) = Body::try_from(pending.content.as_str()) {
                shown.content = content;
                shown.edited = shown.edited.or(Some(shown.at));
            }
        }
        Act::Delete(_) => erase(shown),
        Act::React { emoji, on, .. } => {
            let Some(me) = me.filter(|me| is_own(shown, emoji.as_str(), me) != *on) else { return };
            let (room, message) = (shown.room.clone(), shown.id);
            let reacted = Reacted {
                room,
                message,
                emoji: emoji.clone(),
                on: *on,
                sender: me.clone(),
                next: None,
                id: message,
                at: 0,
                reference: None,
            };
            react(&mut shown.reactions, &reacted);
        }
    }
}

/// What is left of a message that was deleted.
pub(super) fn erase(message: &mut Message) {
    if let Ok(content) = Body::try_from(DELETED_CONTENT) {
        message.content = content;
    }
    message.deleted = true;
    message.edited = None;
    message.reactions.clear();
}

/// This person has put this emoji on a message, as far as names are told.
pub fn is_own(message: &Message, emoji: &str, me: &UserName) -> bool {
    let mut kinds = message.reactions.iter().filter(|kind| kind.emoji.as_str() == emoji);
    kinds.any(|kind| kind.users.contains(me))
}

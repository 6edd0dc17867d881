//! A message with what became of it: what it is a reply to, that it was edited, what people put on it, and what of
//! that is on its way.
//!
//! This file does not know how a text is drawn.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use protocol::Message;

use super::cache::{Drawn, Layout};
use super::pane::Pane;
use super::reactions::{mark, of_reactions};
use super::reply::of_reply;
use crate::chat::{Room, Target};

/// The rows around those of the text.
pub(super) fn around(mut drawn: Drawn, message: &Message, room: &Room, pane: &Pane<'_>) -> Drawn {
    if pane.layout == Layout::CopyMode {
        return drawn;
    }
    if message.edited.is_some() {
        mark(&mut drawn.lines, "(edited)", pane);
    }
    if room.is_changing(message.id) {
        mark(&mut drawn.lines, "…", pane);
    }
    drawn.lines.extend(of_reactions(message, pane));
    if let Some(original) = message.reply {
        drawn.lines.insert(0, of_reply(original, room, pane));
    }
    drawn
}

/// What these rows depend on besides the message as the server said it; most messages have nothing of that.
pub(super) fn hash_of(message: &Message, room: &Room) -> u64 {
    if message.reply.is_none() && !room.is_changing(message.id) {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    acts(message, room, &mut hasher);
    if let Some(reply) = message.reply {
        let original = room.message(reply);
        original.is_some().hash(&mut hasher);
        if let Some(original) = original {
            original.change.hash(&mut hasher);
            acts(original, room, &mut hasher);
        }
    }
    hasher.finish()
}

fn acts(message: &Message, room: &Room, hasher: &mut DefaultHasher) {
    for pending in room.acts_on(Target::Stored(message.id)) {
        (pending.reference.as_str(), &pending.content).hash(hasher);
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Emoji, Message, MessageId, Ref, RoomName, ToClient};

    use super::*;
    use crate::chat::{Act, Pending};

    fn said(id: u64) -> Message {
        let envelope = format!(
            r#"{{"type":"message","room":"dev","sender":"Bob","content":"x","id":{id},"at":0}}"#
        );
        match ToClient::parse(&envelope).unwrap() {
            ToClient::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_on_its_way_to_one_message_changes_no_other_rows() {
        let mut room = Room::new(RoomName::try_from("dev").unwrap());
        let (one, two) = (said(1), said(2));
        let before = (hash_of(&one, &room), hash_of(&two, &room));
        let (message, emoji) = (MessageId::try_from(1).unwrap(), Emoji::try_from("👍").unwrap());
        let act = Act::React { message, emoji, on: true };
        room.pending.push(Pending::new(Ref::try_from("s-1").unwrap(), act, String::new()));
        assert_ne!(hash_of(&one, &room), before.0);
        assert_eq!(hash_of(&two, &room), before.1);
    }
}

//! What a client knows of a room.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{DELETED_CONTENT, Message, MessageId, RoomName, ToClient, TopicText, react};

/// One room, as a client sees it.
pub(in crate::sim) struct View {
    pub(in crate::sim) room: RoomName,
    pub(in crate::sim) seen: Vec<u64>,
    /// The messages as they are now.
    pub(in crate::sim) held: BTreeMap<u64, Message>,
    /// The newest id of the room that it heard of: where to resume.
    pub(in crate::sim) position: MessageId,
    pub(in crate::sim) people: BTreeSet<String>,
    /// What it is about.
    pub(in crate::sim) topic: TopicText,
    /// Up to where its person has read it.
    pub(in crate::sim) read: MessageId,
    /// On this line.
    pub(in crate::sim) entered: bool,
    /// It has told on this line what it has read.
    pub(super) has_told: bool,
}

impl View {
    /// Of two states of a message the one with the newer change counts.
    pub(super) fn hold(&mut self, message: Message) {
        if !self.has_newer(&message) {
            self.held.insert(message.id.get(), message);
        }
    }

    /// Whether the message is held as it was made by a newer change.
    pub(super) fn has_newer(&self, message: &Message) -> bool {
        self.held.get(&message.id.get()).is_some_and(|held| held.change > message.change)
    }

    /// The newest change of a message, if it is held.
    pub(super) fn change_of(&self, message: MessageId) -> Option<MessageId> {
        self.held.get(&message.get()).map(|held| held.change.unwrap_or(held.id))
    }

    /// Does to a message what was told of it, unless that is older than what is held.
    pub(super) fn apply(&mut self, told: &ToClient) {
        let (id, message) = match told {
            ToClient::Edited(edited) => (edited.id, edited.message),
            ToClient::Deleted(deleted) => (deleted.id, deleted.message),
            ToClient::Reacted(reacted) => (reacted.id, reacted.message),
            _ => return,
        };
        if self.change_of(message).is_none_or(|change| change >= id) {
            return;
        }
        let Some(held) = self.held.get_mut(&message.get()) else { return };
        held.change = Some(id);
        match told {
            ToClient::Edited(edited) => {
                (held.content, held.edited) = (edited.content.clone(), Some(edited.at));
                (held.mentions, held.everybody) = (edited.mentions.clone(), edited.everybody);
            }
            ToClient::Reacted(reacted) => react(&mut held.reactions, reacted),
            _ => {
                held.content = DELETED_CONTENT.try_into().unwrap();
                (held.deleted, held.edited, held.reactions) = (true, None, Vec::new());
                (held.mentions, held.everybody) = (Vec::new(), None);
            }
        }
    }
}

//! What is asked of the log, and what is found.
//!
//! This file does not know where it is found.

use std::sync::Arc;

use protocol::{
    Epoch, HistoryEnd, Message, MessageId, Ref, RoomInfo, RoomKind, RoomName, Span, ToClient,
    TopicText, encode_history,
};

use crate::frame::{Delivery, Frame};
use crate::hub::room_tag;
use crate::log::reading::about::About;

/// At most `limit` messages of a span, all of them after `since`.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) since: MessageId,
    pub(crate) span: Span,
    pub(crate) limit: usize,
}

impl Asked {
    /// Whether it ends with the newest message: what else there is to tell of the room belongs to it.
    pub(crate) fn is_newest(&self) -> bool {
        self.span == Span::Newest
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// Ascending.
    pub(crate) messages: Vec<Stored>,
    /// The next older message of what was asked for, if the page could not hold it all. Of what comes after an
    /// id it is the next newer one.
    pub(crate) beyond: Option<MessageId>,
    /// There is newer text than what is around an id.
    pub(crate) newer: bool,
    /// The newest that the room ever had, zero if it had none. Changes count.
    pub(crate) head: MessageId,
    /// What changed after `since`.
    pub(crate) changes: Changes,
    /// As it is at `head`; none is not known.
    pub(crate) topic: Option<Topic>,
    /// What else there is to tell of the room to who asked.
    pub(crate) about: About,
}

/// What a room is about, and the event that said so: zero if none did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) id: MessageId,
    pub(crate) content: TopicText,
}

impl Page {
    /// What somebody asked for, of a page with all of it: the newest of the room, and all changes.
    pub(crate) fn part(self, asked: &Asked) -> Page {
        let from = self.messages.partition_point(|message| message.id <= asked.since);
        let first = from.max(self.messages.len().saturating_sub(asked.limit));
        let beyond = match first.checked_sub(1) {
            Some(before) if first > from => Some(self.messages[before].id),
            _ => self.beyond.filter(|older| *older > asked.since),
        };
        Page {
            messages: self.messages.into_iter().skip(first).collect(),
            beyond,
            newer: false,
            head: self.head,
            changes: self.changes.told(asked),
            topic: self.topic,
            about: self.about,
        }
    }

    /// The `room` envelope, if there is something to tell.
    pub(crate) fn room(&self, room: &RoomName) -> Option<Arc<Frame>> {
        let (topic, about) = (&self.topic.as_ref()?.content, &self.about);
        if topic.is_empty() && *about == About::default() {
            return None;
        }
        let info = RoomInfo {
            topic: topic.clone(),
            title: about.title.clone(),
            role: about.role,
            users: about.users.clone(),
            members: about.members.clone(),
            members_more: about.members_more,
            ..RoomInfo::new(room.clone(), about.kind.unwrap_or(RoomKind::Open))
        };
        let delivery = Delivery::Entry { room_tag: room_tag(room) };
        Some(Frame::text(ToClient::Room(info).encode(), delivery))
    }

    /// Bytes that it takes on its way.
    pub(crate) fn bytes(&self) -> u64 {
        let all = self.messages.iter().chain(&self.changes.list);
        let bytes: usize = all.map(|message| message.frame.bytes().len()).sum();
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }

    /// The `history` envelope for who asked after `since`. Only after a join it tells which log it is from.
    pub(crate) fn envelope<'a>(
        &'a self,
        room: &RoomName,
        since: MessageId,
        epoch: Option<&Epoch>,
        reference: Option<&Ref>,
    ) -> Arc<Frame> {
        let envelopes =
            |list: &'a [Stored]| list.iter().map(|m| m.frame.envelope()).collect::<Vec<_>>();
        let end = HistoryEnd {
            more: self.beyond.is_some(),
            newer: self.newer,
            head: self.head,
            // Who asks from the beginning has nothing that could have changed.
            changed_more: since > MessageId::ZERO && self.changes.floor > since,
            epoch,
            reference,
        };
        let (messages, changed) = (envelopes(&self.messages), envelopes(&self.changes.list));
        Frame::text(encode_history(room, &messages, &changed, end), Delivery::Always)
    }
}

/// Messages that changed, as they are now, ascending by change: all there are after `floor`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    pub(crate) list: Vec<Stored>,
    pub(crate) floor: MessageId,
}

impl Changes {
    /// Those that are told to who asked: of messages that are not in the page itself.
    pub(crate) fn told(mut self, asked: &Asked) -> Self {
        self.list.retain(|message| message.is_missed(asked.since));
        self.floor = self.floor.max(asked.since);
        self
    }
}

/// A stored message as it goes to clients, in its current state.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: MessageId,
    /// The newest event that changed it; its own id if none did.
    pub(crate) change: MessageId,
    pub(crate) frame: Arc<Frame>,
}

impl Stored {
    /// A message, encoded and numbered within its room.
    pub(crate) fn new(message: Message) -> Self {
        let (id, room) = (message.id, message.room.clone());
        let change = message.change.unwrap_or(id);
        Stored::encoded((id, change), &room, ToClient::Message(message).encode())
    }

    /// The same, encoded already.
    pub(in crate::log) fn encoded(
        (id, change): (MessageId, MessageId),
        room: &RoomName,
        envelope: String,
    ) -> Self {
        let delivery = Delivery::Sequenced { room_tag: room_tag(room), number: id.get() };
        Stored { id, change, frame: Frame::text(envelope, delivery) }
    }

    /// Whether it was said up to an id and changed after it.
    pub(crate) fn is_missed(&self, since: MessageId) -> bool {
        self.id <= since && self.change > since
    }
}

//! What a client knows of a room.

use std::collections::BTreeSet;

use protocol::{MessageId, RoomName, TopicText};

/// One room, as a client sees it.
pub(in crate::sim) struct View {
    pub(in crate::sim) room: RoomName,
    pub(in crate::sim) seen: Vec<u64>,
    /// What of it was deleted.
    pub(in crate::sim) deleted: BTreeSet<u64>,
    /// The newest id of the room that it heard of: where to resume.
    pub(in crate::sim) position: MessageId,
    pub(in crate::sim) people: BTreeSet<String>,
    /// What it is about.
    pub(in crate::sim) topic: TopicText,
    /// On this line.
    pub(in crate::sim) entered: bool,
}

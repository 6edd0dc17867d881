//! Where an entry stands in its room, and where the view of a room stands.
//!
//! This file does not know what an entry is.

use protocol::MessageId;

/// Where an entry stands: behind the message with this id, in the order of arrival there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The message itself, or the one a note came after.
    pub id: MessageId,
    /// Zero for the message.
    pub note: u32,
}

/// Where the view of a room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    /// At the end, following what comes.
    Bottom,
    /// At an entry: nothing that arrives moves it.
    At {
        /// The entry at the top.
        place: Place,
        /// Its first row that is shown: 0 is the first row of its text, what is below 0 the lines
        /// that stand before it, so that it keeps its place when one of those appears.
        row: isize,
    },
}

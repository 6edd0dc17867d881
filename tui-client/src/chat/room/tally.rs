//! A count of what is unread.
//!
//! This file does not know what is counted.

use protocol::MessageId;

use super::place::Place;

/// A count of what was not read, and what it holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) read: MessageId,
    pub(super) changes: u64,
    /// Up to here.
    pub(super) counted: Place,
    pub(super) unread: usize,
    pub(super) mentions: usize,
}

impl Default for Tally {
    fn default() -> Self {
        let (read, counted) = (MessageId::ZERO, Place { id: MessageId::ZERO, note: u32::MAX });
        Tally { read, changes: 0, counted, unread: 0, mentions: 0 }
    }
}

//! How the log is: whether it can store and be read, and whom it tells: which rooms are open, and whose the
//! connections are, what persons have read lately, and which hooks send what is said.
//!
//! This file does not know how it stores or reads.

use crate::log::memory::markers::Markers;
use crate::log::memory::rooms::Rooms;
use crate::log::reading::read_faults::ReadFaults;
use crate::monitoring::readiness::{NotReady, Reasons};
use crate::outbox::Outbox;
use crate::people::connected::Connected;
use crate::webhooks::Webhooks;

/// How the log is, for who holds no handle to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    pub(crate) reasons: Reasons,
    pub(crate) rooms: Rooms,
    pub(crate) connected: Connected<Outbox>,
    pub(crate) markers: Markers,
    pub(crate) webhooks: Webhooks,
    pub(super) read_faults: ReadFaults,
}

impl Health {
    /// True from the first commit that fails until one works again.
    pub(crate) fn is_failing(&self) -> bool {
        self.reasons.holds(NotReady::CannotStore)
    }

    /// Rooms that somebody is in.
    pub(crate) fn open_rooms(&self) -> usize {
        self.rooms.count()
    }

    /// Remembers how a commit went; true if that is news.
    pub(super) fn set_failing(&self, failing: bool) -> bool {
        self.reasons.set(NotReady::CannotStore, failing)
    }
}

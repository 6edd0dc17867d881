//! Why the server is not ready: a set of reasons, each with a word for metrics and a sentence for
//! people. None is ready.
//!
//! This file does not know who finds a reason, or who asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use strum::{Display, VariantArray};

/// Why new connections are better sent elsewhere, in the order in which that is told. Metrics use the
/// names of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[repr(u8)]
pub(crate) enum NotReady {
    /// It was told to stop.
    Stopping,
    /// The last commit failed.
    CannotStore,
    /// The machine's clock says a time that cannot be.
    ClockImpossible,
    /// It is far ahead of what is known.
    ClockAhead,
    /// It is behind what is known.
    ClockBehind,
    /// The database was deleted, moved or replaced.
    DatabaseGone,
    /// The disk has less room than is asked for.
    DiskLow,
    /// Something could not be read lately.
    CannotRead,
    /// The node catches up with its cluster.
    ClusterJoining,
    /// It did not hear of the others for some seconds.
    ClusterWaiting,
    /// It did not hear of them for too long.
    ClusterCut,
    /// It made something else of the order of the cluster than the others.
    ClusterDiverged,
}

impl NotReady {
    /// What `/readyz` says.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            NotReady::Stopping => "the server is stopping",
            NotReady::CannotStore => "messages cannot be stored at the moment",
            NotReady::ClockImpossible => {
                "the machine's clock is impossible: nothing expires, and times run on from the last \
                 one known; set the clock"
            }
            NotReady::ClockAhead => {
                "the machine's clock is far ahead of the last time known: nothing expires, and times \
                 run on from there; set the clock, or if it is right restart with --accept-clock"
            }
            NotReady::ClockBehind => {
                "the machine's clock is behind the last time known: nothing expires; set the clock, \
                 or if it is right restart with --accept-clock"
            }
            NotReady::DatabaseGone => "the database file was deleted, moved or replaced",
            NotReady::DiskLow => {
                "the disk of the database has less free space than --disk-free-min"
            }
            NotReady::CannotRead => "some messages cannot be read: the database may be damaged",
            NotReady::ClusterJoining => "this node is catching up with its cluster",
            NotReady::ClusterWaiting => "this node waits for its cluster: messages wait too",
            NotReady::ClusterCut => {
                "this node is cut off from its cluster: new messages are refused; look after NATS, or \
                 the network between"
            }
            NotReady::ClusterDiverged => {
                "this node's database differs from those of the other nodes: new messages are refused; \
                 stop it, move the database away and start it again, and it copies another one's"
            }
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// The reasons that hold now. Clones are the same set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reasons(Arc<AtomicU32>);

impl Reasons {
    /// A reason holds from now on, or no longer; true if that is news.
    pub(crate) fn set(&self, reason: NotReady, holds: bool) -> bool {
        let bit = reason.bit();
        let before = if holds {
            self.0.fetch_or(bit, Ordering::Relaxed)
        } else {
            self.0.fetch_and(!bit, Ordering::Relaxed)
        };
        (before & bit != 0) != holds
    }

    pub(crate) fn holds(&self, reason: NotReady) -> bool {
        self.0.load(Ordering::Relaxed) & reason.bit() != 0
    }

    /// All that hold, in order.
    pub(crate) fn all(&self) -> Vec<NotReady> {
        NotReady::VARIANTS.iter().copied().filter(|reason| self.holds(*reason)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_news_once_and_each_has_a_place_of_its_own() {
        let reasons = Reasons::default();
        for &reason in NotReady::VARIANTS {
            assert!(!reasons.set(reason, false));
            assert!(reasons.set(reason, true) && !reasons.set(reason, true));
        }
        assert_eq!(reasons.all(), NotReady::VARIANTS);
        assert!(reasons.set(NotReady::VARIANTS[0], false));
        assert_eq!(reasons.all(), NotReady::VARIANTS[1..]);
    }
}

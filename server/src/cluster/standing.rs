//! How a node stands among the others: by whether its own beats come back.
//!
//! Pure: it knows no clock but what it is told, and not what follows.

use std::time::Duration;

use strum::{Display, EnumIter};

/// A node whose newest beat came back within this time has all that was told anywhere.
const CURRENT_MAX: Duration = Duration::from_secs(5);
/// After this time new messages are refused: longer than the stream needs to choose a new leader.
const WAITING_MAX: Duration = Duration::from_secs(15);

/// How a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Display, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Standing {
    /// It catches up, and lets nobody in.
    Joining,
    Current,
    /// Messages wait.
    Waiting,
    /// New messages are refused; what is here can be read.
    Cut,
    /// It made something else of the order than the others: as cut, for good.
    Diverged,
}

impl Standing {
    /// By the time since the newest beat came back. None has come back before the node has joined.
    pub(crate) fn of(silent: Option<Duration>, is_diverged: bool) -> Self {
        match silent {
            _ if is_diverged => Standing::Diverged,
            None => Standing::Joining,
            Some(silent) if silent <= CURRENT_MAX => Standing::Current,
            Some(silent) if silent <= WAITING_MAX => Standing::Waiting,
            Some(_) => Standing::Cut,
        }
    }

    /// Whether what is said now can be stored at some time.
    pub(crate) fn takes_messages(self) -> bool {
        matches!(self, Standing::Current | Standing::Waiting)
    }

    /// As clients are told.
    pub(crate) fn told(self) -> protocol::Standing {
        match self {
            Standing::Current => protocol::Standing::Current,
            Standing::Joining | Standing::Waiting => protocol::Standing::Waiting,
            Standing::Cut | Standing::Diverged => protocol::Standing::Cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_current_for_5_seconds_waits_until_15_and_is_then_cut_off() {
        let ms = Duration::from_millis;
        for (silent, standing) in [
            (None, Standing::Joining),
            (Some(0), Standing::Current),
            (Some(5_000), Standing::Current),
            (Some(5_001), Standing::Waiting),
            (Some(15_000), Standing::Waiting),
            (Some(15_001), Standing::Cut),
        ] {
            assert_eq!(Standing::of(silent.map(ms), false), standing, "{silent:?}");
        }
        assert_eq!(Standing::of(Some(ms(0)), true), Standing::Diverged);
    }
}

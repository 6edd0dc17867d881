//! How many files this process may have open: connections are most of them.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::config::DESCRIPTORS_RESERVED;

/// Connections that a small machine should hold; fewer descriptors than this are worth a word.
const DESCRIPTORS_WANTED: u64 = 20_000;

/// Raises the limit as far as it goes; what is allowed then, if there is a limit.
pub(crate) fn raise() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
    let allowed = getrlimit(Resource::Nofile).current;
    if let Some(allowed) = allowed.filter(|allowed| *allowed < DESCRIPTORS_WANTED) {
        tracing::warn!(
            allowed,
            "fewer than {DESCRIPTORS_WANTED} open files are allowed: that bounds the connections \
             (see ulimit -n)"
        );
    }
    allowed
}

/// The connections that so many descriptors allow beside all else; at most those wanted, unless
/// that is 0.
pub(crate) fn connections_max(wanted: usize, allowed: Option<u64>) -> usize {
    let Some(allowed) = allowed else { return wanted };
    let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
    let reserved = DESCRIPTORS_RESERVED.min(allowed / 2);
    let most = (allowed - reserved).max(1);
    if wanted > most {
        tracing::warn!(
            wanted,
            "--connections-max is more than the open files allow: it is {most} (see ulimit -n)"
        );
    }
    if wanted == 0 { most } else { wanted.min(most) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_a_reserve_of_descriptors() {
        for (wanted, allowed, connections) in [
            (0, None, 0),
            (5, None, 5),
            (0, Some(20_000), 20_000 - DESCRIPTORS_RESERVED),
            (100, Some(20_000), 100),
            (30_000, Some(20_000), 20_000 - DESCRIPTORS_RESERVED),
            (0, Some(100), 50),
            (0, Some(0), 1),
        ] {
            assert_eq!(connections_max(wanted, allowed), connections, "{wanted} of {allowed:?}");
        }
    }
}

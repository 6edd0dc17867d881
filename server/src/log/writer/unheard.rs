//! Records of which nobody on this node hears anything: under constant traffic many of them share a commit. Most of
//! what such a record costs are the pages of that, and the stream keeps it meanwhile.
//!
//! This file does not know how records are applied.

use std::thread::park_timeout;
use std::time::{Duration, Instant};

use protocol::DIRECT_SIGN;
use tokio::sync::mpsc::Receiver;

use super::thread::{COMMIT_INTERVAL, LogThread};
use crate::log::event::Act;
use crate::log::order::entry::Entry;
use crate::log::order::replica::Incoming;

/// From one commit to the next of what nobody hears. Who enters a room meanwhile is told, as by any commit that
/// comes later.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);
/// Records and bytes of one commit: by then its own cost has vanished.
const RECORDS_MAX: usize = 256;
const BYTES_MAX: usize = 1024 * 1024;

impl LogThread {
    /// Adds to a batch what comes until `due`, or until somebody here hears of something.
    pub(super) fn gather(
        &self,
        records: &mut Receiver<Incoming>,
        batch: &mut Vec<Incoming>,
        due: Instant,
    ) {
        let (mut looked, mut bytes) = (0, 0);
        while batch.len() < RECORDS_MAX && bytes < BYTES_MAX {
            let news = &mut batch[looked..];
            let is_heard = news.iter_mut().any(|it| !self.is_unheard(it));
            if is_heard || Instant::now() >= due || records.is_closed() {
                return;
            }
            bytes += news.iter().map(|it| it.payload.len()).sum::<usize>();
            looked = batch.len();
            // Nobody unparks it: it waits.
            park_timeout(COMMIT_INTERVAL);
            while batch.len() < RECORDS_MAX
                && let Ok(next) = records.try_recv()
            {
                batch.push(next);
            }
        }
    }

    /// Whether it holds messages alone, of rooms that nobody here is in: not even an author.
    fn is_unheard(&self, incoming: &mut Incoming) -> bool {
        let Ok(record) = incoming.record() else { return false };
        let is_unheard = |entry: &Entry| match entry {
            // The first message of a direct room is for people who are not in it.
            Entry::Act(Act::Say(say)) => {
                !say.room.as_str().starts_with(DIRECT_SIGN) && !self.effects.is_heard(&say.room)
            }
            _ => false,
        };
        !record.entries.is_empty() && record.entries.iter().all(is_unheard)
    }
}

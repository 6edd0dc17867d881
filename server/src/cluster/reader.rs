//! The task that reads the stream, from where the database is, and hands it to the log.
//!
//! This file does not know what a record says.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::nats::{Nats, ReadError};
use crate::log::order::replica::Incoming;
use crate::log::order::shared::{Shared, State};
use crate::monitoring::metrics::Metrics;

/// Between two tries to read.
const TRY_AGAIN: Duration = Duration::from_millis(200);
/// How long a record may be in the stream, as its acknowledgement said, before the reader is taken for stuck.
const BEHIND_MAX: Duration = Duration::from_secs(2);

/// Reads until nobody wants it any more, or records are missing. `acked`: the newest record that the stream is
/// known to have.
pub(super) async fn read(
    nats: Nats,
    shared: Arc<Shared>,
    records: mpsc::Sender<Incoming>,
    mut acked: watch::Receiver<u64>,
    metrics: Arc<Metrics>,
) {
    let mut next = shared.progress.borrow().seen.seq + 1;
    let (mut is_first, mut has_told) = (true, false);
    loop {
        if !is_first {
            metrics.cluster.reader_reopened.inc();
            sleep(TRY_AGAIN).await;
        }
        is_first = false;
        match read_on(&nats, &mut next, &records, &mut acked).await {
            None => return,
            Some(ReadError::Trimmed { .. }) => {
                shared.progress.send_modify(|progress| progress.state = State::Hole);
                return;
            }
            Some(error @ ReadError::Rewound { .. }) => {
                tracing::error!("{error}: the stream lost what this node has applied");
                shared.progress.send_modify(|progress| progress.state = State::Diverged);
                return;
            }
            Some(error @ ReadError::Gone) if !has_told => {
                tracing::error!("{error}");
                has_told = true;
            }
            Some(error) => tracing::debug!(%error, "the stream is read anew"),
        }
    }
}

/// Why reading ended; none if nobody wants more.
async fn read_on(
    nats: &Nats,
    next: &mut u64,
    records: &mpsc::Sender<Incoming>,
    acked: &mut watch::Receiver<u64>,
) -> Option<ReadError> {
    let mut reader = match nats.read_from(*next).await {
        Ok(reader) => reader,
        Err(error) => return Some(error),
    };
    loop {
        let read = tokio::select! {
            read = reader.next() => read,
            () = stuck(acked, *next) => {
                return Some(ReadError::Reopen("it does not bring what the stream has".to_owned()));
            }
            () = records.closed() => return None,
        };
        let incoming = match read {
            Ok(incoming) => incoming,
            Err(error) => return Some(error),
        };
        let (seq, at_us, payload) = (incoming.seq, incoming.timestamp_us, incoming.payload);
        *next = seq + 1;
        if records.send(Incoming { seq, at_us, payload }).await.is_err() {
            return None;
        }
    }
}

/// Resolves when the stream has had the next record for too long.
async fn stuck(acked: &mut watch::Receiver<u64>, next: u64) {
    // The sender ends with the reader.
    let _ = acked.wait_for(|acked| *acked >= next).await;
    sleep(BEHIND_MAX).await;
}

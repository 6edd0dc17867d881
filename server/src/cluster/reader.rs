//! The task that reads the stream, from where the database is, and hands it to the log.
//!
//! This file does not know what a record says.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::nats::{Nats, ReadError, Reader, StreamError};
use crate::log::order::replica::Incoming;
use crate::log::order::shared::{Shared, State};
use crate::monitoring::metrics::Metrics;

/// Between two tries to read.
const TRY_AGAIN: Duration = Duration::from_millis(200);
/// How long a record may be in the stream, as its acknowledgement said, before the reader is taken for stuck.
const BEHIND_MAX: Duration = Duration::from_secs(2);

/// What was read of the stream, and where it goes.
pub(super) struct Reading {
    nats: Nats,
    /// The id of the stream that this node joined.
    stream: String,
    records: mpsc::Sender<Incoming>,
    /// The newest record that the stream is known to have.
    acked: watch::Receiver<u64>,
    next: u64,
    /// The record before that one, if this has read it.
    last: Option<Bytes>,
}

impl Reading {
    pub(super) fn new(
        (nats, stream): (Nats, String),
        records: mpsc::Sender<Incoming>,
        (acked, next): (watch::Receiver<u64>, u64),
    ) -> Self {
        Reading { nats, stream, records, acked, next, last: None }
    }

    /// Reads until nobody wants it any more, or the stream is not what it was.
    pub(super) async fn run(mut self, shared: Arc<Shared>, metrics: Arc<Metrics>) {
        let mut has_told = false;
        while let Some(error) = self.read_on().await {
            let state = match error {
                ReadError::Trimmed { .. } => Some(State::Hole),
                ReadError::Rewound { .. } | ReadError::Replaced => Some(State::Diverged),
                ReadError::Gone | ReadError::Reopen(_) => None,
            };
            if let Some(state) = state {
                tracing::error!("{error}");
                shared.progress.send_modify(|progress| progress.state = state);
                return;
            }
            if error == ReadError::Gone && !has_told {
                tracing::error!("{error}");
                has_told = true;
            }
            tracing::debug!(%error, "the stream is read anew");
            metrics.cluster.reader_reopened.inc();
            sleep(TRY_AGAIN).await;
        }
    }

    /// Why reading ended; none if nobody wants more.
    async fn read_on(&mut self) -> Option<ReadError> {
        let mut reader = match self.open().await {
            Ok(reader) => reader,
            Err(error) => return Some(error),
        };
        loop {
            let read = tokio::select! {
                read = reader.next() => read,
                () = stuck(&mut self.acked, self.next) => {
                    return Some(ReadError::Reopen("it does not bring what the stream has".into()));
                }
                () = self.records.closed() => return None,
            };
            let incoming = match read {
                Ok(incoming) => incoming,
                Err(error) => return Some(error),
            };
            let (seq, at_us, payload) = (incoming.seq, incoming.timestamp_us, incoming.payload);
            (self.next, self.last) = (seq + 1, Some(payload.clone()));
            if self.records.send(Incoming::new(seq, at_us, payload)).await.is_err() {
                return None;
            }
        }
    }

    /// Opens a reader, if the stream still is what was read so far. It may have been made anew, and be as long.
    async fn open(&self) -> Result<Reader, ReadError> {
        let reader = self.nats.read_from(&self.stream, self.next).await?;
        let Some(last) = &self.last else { return Ok(reader) };
        let again = |error: StreamError| ReadError::Reopen(error.to_string());
        // What the stream has forgotten cannot be compared.
        match self.nats.get(self.next - 1).await.map_err(again)? {
            Some(record) if record != *last => Err(ReadError::Replaced),
            _ => Ok(reader),
        }
    }
}

/// Resolves when the stream has had the next record for too long.
async fn stuck(acked: &mut watch::Receiver<u64>, next: u64) {
    // The sender ends with the reader.
    let _ = acked.wait_for(|acked| *acked >= next).await;
    sleep(BEHIND_MAX).await;
}

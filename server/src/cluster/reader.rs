//! The task that reads the stream, from where the database is, and hands it to the log.
//!
//! This file does not know what a record says.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use super::nats::{Nats, ReadError, Reader, StreamError};
use super::unheard::{HELD_MAX, Unheard};
use crate::log::Rooms;
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
    unheard: Unheard,
}

impl Reading {
    pub(super) fn new(
        (nats, stream): (Nats, String),
        (records, rooms): (mpsc::Sender<Incoming>, Rooms),
        (acked, next): (watch::Receiver<u64>, u64),
    ) -> Self {
        let unheard = Unheard::new(rooms);
        Reading { nats, stream, records, acked, next, last: None, unheard }
    }

    /// Reads until nobody wants it any more, or the stream is not what it was.
    pub(super) async fn run(mut self, shared: Arc<Shared>, metrics: Arc<Metrics>) {
        let mut has_told = false;
        while let Some(error) = self.read_on().await {
            if self.hand_over().await.is_none() {
                return;
            }
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
        let mut due = pin!(sleep(HELD_MAX));
        loop {
            let read = tokio::select! {
                read = reader.next() => read,
                () = stuck(&mut self.acked, self.next) => {
                    return Some(ReadError::Reopen("it does not bring what the stream has".into()));
                }
                () = &mut due, if !self.unheard.is_empty() => {
                    self.hand_over().await?;
                    continue;
                }
                () = self.records.closed() => return None,
            };
            let incoming = match read {
                Ok(incoming) => incoming,
                Err(error) => return Some(error),
            };
            let (seq, at_us, payload) = (incoming.seq, incoming.timestamp_us, incoming.payload);
            (self.next, self.last) = (seq + 1, Some(payload.clone()));
            if self.unheard.is_empty() {
                due.as_mut().reset(Instant::now() + HELD_MAX);
            }
            if self.unheard.add(Incoming::new(seq, at_us, payload)) {
                self.hand_over().await?;
            }
        }
    }

    /// Hands on all that is held; none if nobody wants it any more.
    async fn hand_over(&mut self) -> Option<()> {
        for incoming in self.unheard.take() {
            self.records.send(incoming).await.ok()?;
        }
        Some(())
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

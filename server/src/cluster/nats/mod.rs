//! The connection to the NATS servers between the nodes. Only this folder knows their client's library:
//! another engine that appends bytes, reads on from a place and forgets what is old would do as well.
//!
//! This file does not know what the bytes mean.

mod asking;
mod connecting;
mod reading;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::{Context, context::PublishErrorKind};
use bytes::Bytes;
use tokio::sync::watch;

pub(crate) use self::asking::{AskError, Request};
pub(crate) use self::connecting::NatsError;
pub(crate) use self::reading::{ReadError, Reader};
pub(crate) use self::stream::{Peer, StreamError, StreamState};

/// How long an answer of JetStream may take. A stream without a leader gives none, and has one again
/// after some seconds: whoever asked asks again.
const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

/// A connection, which comes back by itself for as long as this is held. Clones are the same.
#[derive(Clone)]
pub(crate) struct Nats {
    client: async_nats::Client,
    jetstream: Context,
    names: Names,
    /// Asked for when a stream is made, and compared with what one has.
    replicas: usize,
    keep: Duration,
    link: watch::Receiver<Link>,
}

/// Whether there is a connection, and how many there have been.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) is_up: bool,
    /// Goes up with each connection: what was on the way before may be lost.
    pub(crate) times_up: u64,
}

/// What things of one cluster are called at the NATS servers.
#[derive(Debug, Clone)]
struct Names {
    cluster: String,
    stream: String,
    log: String,
}

/// Where an appended record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) seq: u64,
}

/// Why it is not known whether a record was appended, or why it was not.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    /// Not sent.
    #[error("there is no connection to the NATS servers")]
    Disconnected,
    /// Not sent, and never will be.
    #[error("a record of {0} bytes is larger than the NATS servers take")]
    TooLarge(usize),
    /// The stream is gone, or has no leader.
    #[error("the stream does not answer")]
    NoStream,
    /// Anything else, such as no answer in time.
    #[error("a record was not acknowledged: {0}")]
    Unknown(String),
}

impl Nats {
    /// Whether there is a connection now.
    pub(crate) fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Every change of the connection, as soon as it is noticed: at once where it was closed, and after
    /// three seconds where nothing comes back.
    pub(crate) fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// Appends a record to the stream. When this returns, it is behind all that were published before;
    /// the future says where it stands. Whoever drops that learns nothing: the record may be there.
    ///
    /// # Errors
    /// [`PublishError`], at once where there is no connection: nothing waits for the next one.
    pub(crate) async fn publish(
        &self,
        payload: Bytes,
    ) -> Result<impl Future<Output = Result<Ack, PublishError>> + Send + use<>, PublishError> {
        if !self.is_connected() {
            return Err(PublishError::Disconnected);
        }
        let bytes = payload.len();
        let told = move |error: async_nats::jetstream::context::PublishError| match error.kind() {
            PublishErrorKind::MaxPayloadExceeded => PublishError::TooLarge(bytes),
            PublishErrorKind::StreamNotFound => PublishError::NoStream,
            _ => PublishError::Unknown(error.to_string()),
        };
        let sent = self.jetstream.publish(self.names.log.clone(), payload).await.map_err(told)?;
        let acked = sent.into_future();
        Ok(async move { acked.await.map(|ack| Ack { seq: ack.sequence }).map_err(told) })
    }
}

impl Names {
    fn of(cluster: &str) -> Self {
        Names {
            cluster: cluster.to_owned(),
            stream: format!("NEBULA_{cluster}"),
            log: format!("nebula.{cluster}.log"),
        }
    }

    fn subject(&self, suffix: &str) -> String {
        format!("nebula.{}.{suffix}", self.cluster)
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").field("names", &self.names).finish_non_exhaustive()
    }
}

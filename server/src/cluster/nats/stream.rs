//! The stream that all nodes read and append to: made once, looked at, and deleted.
//!
//! This file does not know what stands in it.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{
    CreateStreamErrorKind, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::stream::{ClusterInfo, LastRawMessageErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::Nats;

/// What the stream's metadata call the cluster's id.
const ID_KEY: &str = "nebula-cluster";
/// As much as one NATS server keeps of it; then the oldest records go before their time.
const BYTES_MAX: i64 = 8 << 30;
/// Of one record. Those that are made are half as large at most.
const RECORD_BYTES_MAX: i32 = 1 << 20;
/// Nothing asks for it: the least that there is.
const DUPLICATE_WINDOW: Duration = Duration::from_millis(100);
/// How long somebody who founded at the same time may take.
const FOUNDING_PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// How the stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamState {
    /// The cluster's, given by whoever made it.
    pub(crate) id: String,
    /// The oldest record that is there; one more than the last where there is none.
    pub(crate) first_seq: u64,
    /// The newest record that there ever was, or 0.
    pub(crate) last_seq: u64,
    /// How many servers store it.
    pub(crate) replicas: usize,
    /// How long it keeps records.
    pub(crate) keep: Duration,
    /// The server that gives records their order, if one does now.
    pub(crate) leader: Option<String>,
    /// The servers that store it besides that one.
    pub(crate) peers: Vec<Peer>,
}

/// A server that stores the stream after its leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The NATS server's name.
    pub(crate) name: String,
    /// It has all that the leader has.
    pub(crate) is_current: bool,
    /// The leader does not hear it.
    pub(crate) is_offline: bool,
    /// Operations that it is behind.
    pub(crate) lag: u64,
}

/// Why the stream cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    /// Nothing answers for JetStream.
    #[error(
        "the NATS servers have no JetStream, or too few of them run: each needs `jetstream {{ … }}` \
         in its configuration"
    )]
    NoJetStream,
    /// Its name is taken.
    #[error("the stream {0} is there, but no Nebula made it: choose another --cluster-name")]
    Foreign(String),
    /// It was not made.
    #[error(
        "the stream {stream} cannot be made on {replicas} NATS servers (--cluster-replicas): {why}"
    )]
    NotMade {
        /// Its name.
        stream: String,
        /// As many were asked for.
        replicas: usize,
        /// What the servers say.
        why: String,
        /// Servers are missing, which may be starting.
        is_passing: bool,
    },
    /// Anything else, such as no answer in time.
    #[error("the stream {stream} cannot be looked at: {why}")]
    Unknown {
        /// Its name.
        stream: String,
        /// What the servers say.
        why: String,
    },
}

impl Nats {
    /// How the stream stands, if it is there.
    ///
    /// # Errors
    /// [`StreamError`].
    pub(crate) async fn find(&self) -> Result<Option<StreamState>, StreamError> {
        let stream = &self.names.stream;
        match self.jetstream.get_stream(stream).await {
            Ok(found) => self.state(found.cached_info()).map(Some),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(said) => match said.error_code() {
                    ErrorCode::STREAM_NOT_FOUND => Ok(None),
                    code if is_off(code) => Err(StreamError::NoJetStream),
                    _ => Err(self.unknown(&error)),
                },
                // The servers say that nobody listens to what JetStream is asked.
                _ if is_unheard(&error) => Err(StreamError::NoJetStream),
                _ => Err(self.unknown(&error)),
            },
        }
    }

    /// Makes the stream with this id, unless it is there: then what is there stays as it is. Whoever
    /// founds at the same time gets the same.
    ///
    /// # Errors
    /// [`StreamError`].
    pub(crate) async fn create(&self, id: &str) -> Result<StreamState, StreamError> {
        let error = match self.jetstream.create_stream(self.wanted(id)).await {
            Ok(made) => return self.state(made.cached_info()),
            Err(error) => error,
        };
        let (mut is_there, mut is_passing) = (false, false);
        match error.kind() {
            CreateStreamErrorKind::JetStream(said) => match said.error_code() {
                ErrorCode::STREAM_NAME_EXIST => is_there = true,
                code if is_off(code) => return Err(StreamError::NoJetStream),
                code => is_passing = is_incomplete(code),
            },
            CreateStreamErrorKind::JetStreamUnavailable => return Err(StreamError::NoJetStream),
            // It may have been made all the same.
            CreateStreamErrorKind::TimedOut => is_there = true,
            _ => {}
        }
        let not_made = || StreamError::NotMade {
            stream: self.names.stream.clone(),
            replicas: self.replicas,
            why: error.to_string(),
            is_passing,
        };
        if !is_there {
            return Err(not_made());
        }
        // Who founds may be told that it is there before it answers.
        let until = Instant::now() + FOUNDING_PATIENCE;
        loop {
            match self.find().await {
                Ok(Some(found)) => return Ok(found),
                Err(error @ StreamError::Foreign(_)) => return Err(error),
                Ok(None) if Instant::now() > until => return Err(not_made()),
                Err(error) if Instant::now() > until => return Err(error),
                Ok(None) | Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Deletes the stream with all that stands in it.
    ///
    /// # Errors
    /// [`StreamError`].
    pub(crate) async fn delete_stream(&self) -> Result<(), StreamError> {
        let deleted = self.jetstream.delete_stream(&self.names.stream).await;
        deleted.map(drop).map_err(|error| self.unknown(&error))
    }

    /// What the stream has otherwise than this node's flags say, a sentence each.
    pub(crate) fn differences(&self, state: &StreamState) -> Vec<String> {
        let mut differences = Vec::new();
        if state.replicas != self.replicas {
            differences.push(format!(
                "--cluster-replicas is {}, and the stream was made with {}: change it with \
                 `nats stream edit`, or the flag",
                self.replicas, state.replicas
            ));
        }
        if state.keep != self.keep {
            differences.push(format!(
                "--cluster-keep is {} s, and the stream was made with {} s: change it with \
                 `nats stream edit`, or the flag",
                self.keep.as_secs(),
                state.keep.as_secs()
            ));
        }
        differences
    }

    /// A record, as the stream's leader has it.
    ///
    /// # Errors
    /// [`StreamError`].
    pub(crate) async fn get(&self, seq: u64) -> Result<Option<Bytes>, StreamError> {
        let stream = self.jetstream.get_stream_no_info(&self.names.stream).await;
        let stream = stream.map_err(|error| self.unknown(&error))?;
        match stream.get_raw_message(seq).await {
            Ok(message) => Ok(Some(message.payload)),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(self.unknown(&error)),
            },
        }
    }

    fn wanted(&self, id: &str) -> Config {
        Config {
            name: self.names.stream.clone(),
            description: Some("what Nebula's nodes tell each other, in order".to_owned()),
            subjects: vec![self.names.log.clone()],
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            storage: StorageType::File,
            max_messages: -1,
            max_messages_per_subject: -1,
            max_consumers: -1,
            max_bytes: BYTES_MAX,
            max_message_size: RECORD_BYTES_MAX,
            max_age: self.keep,
            num_replicas: self.replicas,
            duplicate_window: DUPLICATE_WINDOW.min(self.keep),
            allow_direct: true,
            deny_delete: true,
            deny_purge: true,
            metadata: HashMap::from([(ID_KEY.to_owned(), id.to_owned())]),
            ..Config::default()
        }
    }

    fn state(&self, info: &Info) -> Result<StreamState, StreamError> {
        let foreign = || StreamError::Foreign(self.names.stream.clone());
        let id = info.config.metadata.get(ID_KEY).ok_or_else(foreign)?;
        let cluster = info.cluster.as_ref();
        let last_seq = info.state.last_sequence;
        let first = info.state.first_sequence;
        let is_empty = info.state.messages == 0;
        Ok(StreamState {
            id: id.clone(),
            first_seq: if is_empty { last_seq + 1 } else { first },
            last_seq,
            replicas: info.config.num_replicas,
            keep: info.config.max_age,
            leader: cluster.and_then(|cluster| cluster.leader.clone()),
            peers: cluster.map(peers).unwrap_or_default(),
        })
    }

    fn unknown(&self, error: &dyn Error) -> StreamError {
        StreamError::Unknown { stream: self.names.stream.clone(), why: error.to_string() }
    }
}

fn peers(cluster: &ClusterInfo) -> Vec<Peer> {
    let peers = cluster.replicas.iter().map(|peer| Peer {
        name: peer.name.clone(),
        is_current: peer.current,
        is_offline: peer.offline,
        lag: peer.lag.unwrap_or(0),
    });
    peers.collect()
}

fn is_unheard(error: &dyn Error) -> bool {
    let request = error.source().and_then(|source| source.downcast_ref::<RequestError>());
    request.is_some_and(|request| request.kind() == RequestErrorKind::NoResponders)
}

fn is_off(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT)
}

/// Some servers are away, or have not found each other yet.
fn is_incomplete(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::CLUSTER_INCOMPLETE
            | ErrorCode::CLUSTER_NO_PEERS
            | ErrorCode::CLUSTER_NOT_AVAILABLE
            | ErrorCode::CLUSTER_NOT_LEADER
    )
}

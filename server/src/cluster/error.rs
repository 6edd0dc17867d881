//! Why a server cannot be a node of its cluster, each reason with what to do about it.
//!
//! This file does not know how it was found out.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// Why a server cannot be, or stay, a node.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ClusterError {
    /// NATS cannot be used.
    #[error("{0}")]
    Nats(String),
    /// This program was built without it.
    #[error(
        "this program was built without the feature \"cluster\": leave --cluster out, or build it with the feature"
    )]
    NotBuilt,
    /// The database has messages, and the stream is that of other servers.
    #[error(
        "the database {0:?} has a history of its own, and the stream {1} belongs to a cluster that it is no part of: \
         to join that cluster start with a database that is not there yet (--db FILE); to found another one choose \
         --cluster-name"
    )]
    History(PathBuf, String),
    /// The database is that of a node of another cluster.
    #[error(
        "the database {0:?} belongs to another cluster than the stream {1}: choose the cluster's own --cluster and \
         --cluster-name, or start with a database that is not there yet"
    )]
    OtherCluster(PathBuf, String),
    /// There is no stream for the database's cluster.
    #[error(
        "the stream {1} of the cluster that the database {0:?} belongs to is not there: if it is lost, stop all nodes and \
         run `nebula-server cluster found` with the database that is furthest"
    )]
    NoStream(PathBuf, String),
    /// The stream lost what the database has.
    #[error(
        "the database {path:?} has applied record {applied} of the stream {stream}, which is not what stands there now: \
         the stream lost messages that were told; stop all nodes and run `nebula-server cluster found` with the database \
         that is furthest"
    )]
    LostTail {
        /// The database.
        path: PathBuf,
        /// The stream.
        stream: String,
        /// The newest record that the database has.
        applied: u64,
    },
    /// The database belongs to a cluster, and the server should be alone.
    #[error(
        "the database {0:?} belongs to a cluster: start with --cluster URLS, or, to take it out of the cluster for good \
         and go on with this server alone, once with --standalone"
    )]
    NotAlone(PathBuf),
    /// Another process has the name.
    #[error("another process has started as the node {0}: each node needs a --node of its own")]
    Fenced(String),
    /// Records that the node did not apply are gone.
    #[error(
        "the stream no longer holds what this node has missed: start it again, and it copies the database of another node"
    )]
    Hole,
    /// A newer program writes records.
    #[error("a node with a newer program has joined: upgrade this node too, then start it again")]
    Form,
    /// The node's name cannot be used.
    #[error("{0}")]
    Name(String),
}

/// The reason why a server can be a node no longer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failure {
    why: Arc<OnceLock<ClusterError>>,
    is_there: CancellationToken,
}

impl Failure {
    /// Resolves when there is one.
    pub(crate) async fn happened(&self) {
        self.is_there.cancelled().await;
    }

    pub(crate) fn why(&self) -> Option<ClusterError> {
        self.why.get().cloned()
    }

    pub(super) fn set(&self, why: ClusterError) {
        // The first one counts.
        let _ = self.why.set(why);
        self.is_there.cancel();
    }
}

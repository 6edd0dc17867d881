//! Why a server cannot run, or had to end.
//!
//! This file does not know how it runs.

use std::io;

use crate::auth::AuthError;
use crate::cluster::{ClusterError, JoinError};
use crate::lifecycle::parts::Part;
use crate::listen::tls::TlsError;
use crate::log::database::OpenError;

/// Why a server cannot run, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// It cannot be, or stay, a node of its cluster.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// Its list of moderators or its token key cannot be used.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Its certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The socket it should listen on is unusable.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// Its files cannot be reloaded.
    #[error("cannot start a thread to reload files: {0}")]
    Reload(io::Error),
    /// It served, and something that it cannot do without is gone.
    #[error("{0} ended unexpectedly: the server stops, so that it can be restarted")]
    Ended(Part),
}

impl From<JoinError> for RunError {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Cluster(error) => RunError::Cluster(error),
            JoinError::Database(error) => RunError::Database(error),
        }
    }
}

//! What the database of a server says of the cluster that it belongs to.
//!
//! This file does not know the stream.

use protocol::Epoch;

use super::error::ClusterError;
use crate::config::{Config, Db};
use crate::log::database::place::Place;
use crate::log::database::store::Store;
use crate::log::database::{Database, OpenError};

/// Why a server cannot become a node.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JoinError {
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error(transparent)]
    Database(#[from] OpenError),
}

/// What a database says of itself.
pub(super) struct Own {
    /// The log's epoch.
    pub(super) epoch: Epoch,
    /// The newest id that it gave; zero if it has no history.
    pub(super) newest: u64,
    /// The cluster that it belongs to, and how far it is.
    pub(super) member: Option<(Epoch, Place)>,
}

/// Opens the database of a server that is alone.
///
/// # Errors
/// That it belongs to a cluster, unless the flags take it out of that.
pub(crate) fn alone(config: &Config) -> Result<Database, JoinError> {
    let database = open(config)?;
    if config.db == Db::Memory || own(&database)?.member.is_none() {
        return Ok(database);
    }
    if !config.cluster.standalone {
        return Err(ClusterError::NotAlone(database.path().to_owned()).into());
    }
    let mut store = Store::new(database.writer()?);
    store.leave_cluster().map_err(|error| database.failed(error))?;
    tracing::warn!("--standalone: the database belongs to no cluster any more");
    Ok(database)
}

pub(super) fn open(config: &Config) -> Result<Database, OpenError> {
    match &config.db {
        Db::File(path) => Database::open(path, config.sync),
        Db::Memory => Database::memory(),
    }
}

pub(super) fn own(database: &Database) -> Result<Own, OpenError> {
    let store = Store::new(database.reader()?);
    let read = || {
        let newest = if store.has_history()? { store.clock()?.last_id } else { 0 };
        let member = store.cluster()?.zip(store.place()?);
        Ok(Own { epoch: store.epoch()?, newest, member })
    };
    read().map_err(|error| database.failed(error))
}

/// The database is one of this cluster, and has applied nothing of its order.
pub(super) fn enter(database: &Database, cluster: &Epoch) -> Result<(), OpenError> {
    let mut store = Store::new(database.writer()?);
    store.enter_cluster(cluster).map_err(|error| database.failed(error))
}

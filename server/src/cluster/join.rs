//! How a server becomes a node, before it opens its log: it finds the stream or founds it, sees whether its
//! database is one of this cluster, and takes another node's where that is needed.
//!
//! This file does not know what is in the stream.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::Epoch;
use tokio::time::sleep;

use super::copy;
use super::database::{JoinError, Own, open, own};
use super::error::ClusterError;
use super::nats::{Nats, StreamError, StreamState};
use crate::config::{Config, Db};
use crate::log::database::Database;
use crate::log::order::verify::sha256;
use crate::monitoring::metrics::Metrics;

/// How long it is tried to reach NATS before the server says that it cannot start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks for what is not there yet.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// A node that may open its log.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(super) nats: Nats,
    /// The epoch of all logs of the cluster.
    pub(super) id: Epoch,
    /// The newest record of the stream when it was looked at.
    pub(super) caught_up: u64,
}

/// What the stream is known by: the epoch of the cluster's logs, and the newest id of the database that it was
/// founded with, which is in no record.
struct Name {
    epoch: Epoch,
    base: u64,
}

/// Becomes a node.
///
/// # Errors
/// [`JoinError`].
pub(crate) async fn join(
    config: &Config,
    metrics: &Metrics,
) -> Result<(Database, Joined), JoinError> {
    let nats = Nats::connect(&config.cluster, Some(PATIENCE)).await;
    let nats = nats.map_err(|error| ClusterError::Nats(error.to_string()))?;
    if let Some(doubt) = nats.doubt() {
        tracing::warn!("{doubt}");
    }
    let mut database = open(config)?;
    let stream = format!("NEBULA_{}", config.cluster.cluster_name);
    loop {
        let mine = own(&database)?;
        let state = find(&nats, &mine, (database.path(), &stream)).await?;
        for difference in nats.differences(&state) {
            tracing::warn!("{difference}");
        }
        let path = database.path().to_owned();
        let other = || ClusterError::OtherCluster(path.clone(), stream.clone());
        let name = Name::parse(&state.id).ok_or_else(other)?;
        if mine.member.is_none() && mine.newest > 0 && mine.epoch != name.epoch {
            return Err(ClusterError::History(path, stream).into());
        }
        if mine.member.as_ref().is_some_and(|(cluster, _)| *cluster != name.epoch) {
            return Err(other().into());
        }
        let applied = mine.member.as_ref().map_or(0, |(_, place)| place.seen.seq);
        let has_base = mine.member.is_some() || mine.newest >= name.base;
        if has_base && state.first_seq <= applied + 1 {
            verify(&nats, &mine, &state, (path, stream)).await?;
            let caught_up = state.last_seq;
            return Ok((database, Joined { nats, id: name.epoch, caught_up }));
        }
        tracing::info!(
            "the stream does not hold all that this node has missed: it copies another's database"
        );
        database = take_copy(&nats, config, database).await?;
        metrics.cluster.copied.inc();
    }
}

async fn find(
    nats: &Nats,
    mine: &Own,
    (path, stream): (&Path, &str),
) -> Result<StreamState, JoinError> {
    loop {
        let found = match nats.find().await {
            Ok(None) if mine.member.is_some() => {
                return Err(ClusterError::NoStream(path.to_owned(), stream.to_owned()).into());
            }
            Ok(None) => {
                let name = Name { epoch: mine.epoch.clone(), base: mine.newest };
                nats.create(&name.to_string()).await
            }
            Ok(Some(state)) => return Ok(state),
            Err(error) => Err(error),
        };
        match found {
            Ok(state) => return Ok(state),
            Err(error @ (StreamError::NoJetStream | StreamError::Unknown { .. })) => {
                tracing::warn!("{error}; trying again");
            }
            Err(error) => return Err(ClusterError::Nats(error.to_string()).into()),
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// Whether the stream still has what the database made of it.
async fn verify(
    nats: &Nats,
    mine: &Own,
    state: &StreamState,
    (path, stream): (PathBuf, String),
) -> Result<(), JoinError> {
    let Some((_, place)) = &mine.member else { return Ok(()) };
    let applied = place.seen.seq;
    let lost = || JoinError::from(ClusterError::LostTail { path, stream, applied });
    if state.last_seq < applied {
        return Err(lost());
    }
    if applied == 0 || applied < state.first_seq {
        return Ok(());
    }
    match nats.get(applied).await {
        Ok(Some(record)) if sha256(&record) != place.newest => Err(lost()),
        Ok(_) => Ok(()),
        Err(error) => Err(ClusterError::Nats(error.to_string()).into()),
    }
}

/// Takes the database of another node in place of this one, as soon as one gives it.
async fn take_copy(
    nats: &Nats,
    config: &Config,
    database: Database,
) -> Result<Database, JoinError> {
    let Db::File(path) = &config.db else { return Ok(database) };
    // Nobody holds it while another takes its place.
    drop(database);
    copy::fetch(nats, path).await?;
    Ok(open(config)?)
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        let (epoch, base) = text.split_once('/')?;
        Some(Name { epoch: Epoch::try_from(epoch).ok()?, base: base.parse().ok()? })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.epoch.as_str(), self.base)
    }
}

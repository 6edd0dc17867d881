//! The operator founds a cluster anew, from the database of one of its nodes, while none runs: its stream is lost,
//! or is not what the nodes made of it.
//!
//! This file does not know how the operator is asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::Epoch;

use super::database::{Own, enter, own};
use super::join::Name;
use super::nats::{AskError, Nats, NatsError, StreamError, StreamState};
use super::status;
use crate::config::{ClusterConfig, SyncMode};
use crate::log::database::{Database, OpenError};
use crate::log::order::verify::Seen;

/// How long it is tried to reach NATS.
const PATIENCE: Duration = Duration::from_secs(5);

/// What founding would do.
#[derive(Debug)]
pub(crate) struct Founding {
    nats: Nats,
    database: Database,
    name: Name,
    /// Messages and all else that lasts up to this id.
    pub(crate) newest: u64,
    /// The record up to which the database came, of the cluster that it was of.
    pub(crate) applied: Option<u64>,
    /// What is deleted.
    pub(crate) stream: Option<StreamState>,
}

/// Why no cluster is founded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FoundError {
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Nothing is there to found from.
    #[error("there is no database {0:?}: name that of the node that is furthest with --db FILE")]
    NoDatabase(PathBuf),
    /// Nodes run.
    #[error("the cluster lives: {0} answers; stop all nodes first")]
    Lives(String),
    /// Somebody else was faster.
    #[error("a node has made the stream meanwhile: stop all nodes, then found again")]
    Meanwhile,
}

/// Looks at everything, and changes nothing.
pub(crate) async fn prepare(config: &ClusterConfig, db: &Path) -> Result<Founding, FoundError> {
    if !db.exists() {
        return Err(FoundError::NoDatabase(db.to_owned()));
    }
    let nats = Nats::connect(config, Some(PATIENCE)).await?;
    let answers = status::ask(&nats).await?;
    if !answers.is_empty() {
        let names: Vec<_> = answers.iter().map(|it| &*it.node).collect();
        return Err(FoundError::Lives(names.join(", ")));
    }
    // Held until the end: its server does not start meanwhile.
    let database = Database::open(db, SyncMode::Full)?;
    let Own { epoch, newest, member } = own(&database)?;
    let stream = nats.find().await?;
    let applied = member.as_ref().map(|(_, place)| place.seen.seq);
    let before = member.map(|(cluster, place)| {
        let of_before = stream.as_ref().and_then(|it| founded_from(it, &cluster));
        // Founded anew a moment ago, and nothing has happened since: the others are still where they were before.
        of_before.filter(|_| place.seen.seq == 0).unwrap_or((cluster, place.seen))
    });
    // Others may have told of messages that this database does not have.
    let epoch = if before.is_some() { new_epoch().unwrap_or(epoch) } else { epoch };
    let name = Name { epoch, base: newest, before };
    Ok(Founding { nats, database, name, newest, applied, stream })
}

impl Founding {
    /// Makes the stream, in the place of the one that is there, and the database the first of its cluster.
    pub(crate) async fn carry_out(self) -> Result<(), FoundError> {
        if self.stream.is_some() {
            self.nats.delete_stream().await?;
        }
        let id = self.name.to_string();
        if self.nats.create(&id).await?.id != id {
            return Err(FoundError::Meanwhile);
        }
        // Should this end here, the database enters when its node starts.
        if self.name.before.is_some() {
            enter(&self.database, &self.name.epoch)?;
        }
        Ok(())
    }
}

/// What the cluster of the stream was founded from.
fn founded_from(stream: &StreamState, cluster: &Epoch) -> Option<(Epoch, Seen)> {
    Name::parse(&stream.id).filter(|name| name.epoch == *cluster)?.before
}

fn new_epoch() -> Option<Epoch> {
    Epoch::try_from(&*format!("{:016x}", fastrand::u64(..))).ok()
}

//! How a server becomes a node, before it opens its log: it finds the stream or founds it, sees whether its
//! database is one of this cluster, and takes another node's where that is needed.
//!
//! This file does not know what is in the stream.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::Epoch;
use tokio::time::{Instant, sleep};

use super::copy::{self, hex};
use super::database::{JoinError, Own, enter, open, own};
use super::error::ClusterError;
use super::nats::{Nats, StreamError, StreamState};
use super::standing::Standing;
use crate::config::{Config, Db};
use crate::log::database::Database;
use crate::log::order::verify::{Hash, Seen, sha256};
use crate::monitoring::metrics::Metrics;

/// How long it is tried to reach enough NATS servers before the server says that it cannot start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks for what is not there yet.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// A node that may open its log.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(super) nats: Nats,
    /// The epoch of all logs of the cluster.
    pub(super) id: Epoch,
    /// What the stream is known by.
    pub(super) stream: String,
    /// The newest record of the stream when it was looked at.
    pub(super) caught_up: u64,
}

/// What the stream is known by: the epoch of the cluster's logs, and the newest id of the database that it was
/// founded with, which is in no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) epoch: Epoch,
    pub(super) base: u64,
    /// If an operator founded it anew: the cluster from before, and how far the database had come in its order.
    pub(super) before: Option<(Epoch, Seen)>,
}

/// Becomes a node.
///
/// # Errors
/// [`JoinError`].
pub(crate) async fn join(
    config: &Config,
    metrics: &Metrics,
) -> Result<(Database, Joined), JoinError> {
    metrics.cluster.standing.set(Standing::Joining as i64 + 1);
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
        let elsewhere = mine.member.as_ref().filter(|(cluster, _)| *cluster != name.epoch);
        let is_of_before = match (elsewhere, &name.before) {
            (None, _) => false,
            (Some((cluster, place)), Some((before, seen))) if cluster == before => {
                if place.seen == *seen {
                    enter(&database, &name.epoch)?;
                    continue;
                }
                true
            }
            (Some(_), _) => return Err(other().into()),
        };
        let applied = mine.member.as_ref().map_or(0, |(_, place)| place.seen.seq);
        let has_base = mine.member.is_some() || mine.newest >= name.base;
        if !is_of_before && has_base && state.first_seq <= applied + 1 {
            verify(&nats, &mine, &state, (path, stream)).await?;
            let caught_up = state.last_seq;
            let (id, stream) = (name.epoch, state.id);
            return Ok((database, Joined { nats, id, stream, caught_up }));
        }
        tracing::info!(
            "the stream does not hold all that this node has missed: it copies another's database"
        );
        database = take_copy(&nats, config, database).await?;
        metrics.cluster.copied.inc();
        // Who gave it may have been behind itself.
        sleep(LOOK_AGAIN).await;
    }
}

async fn find(
    nats: &Nats,
    mine: &Own,
    (path, stream): (&Path, &str),
) -> Result<StreamState, JoinError> {
    let begun = Instant::now();
    loop {
        let found = match nats.find().await {
            Ok(None) if mine.member.is_some() => {
                return Err(ClusterError::NoStream(path.to_owned(), stream.to_owned()).into());
            }
            Ok(None) => {
                let name = Name { epoch: mine.epoch.clone(), base: mine.newest, before: None };
                nats.create(&name.to_string()).await
            }
            Ok(Some(state)) => return Ok(state),
            Err(error) => Err(error),
        };
        match found {
            Ok(state) => return Ok(state),
            Err(error) if may_pass(&error, begun) => tracing::warn!("{error}; trying again"),
            Err(error) => return Err(ClusterError::Nats(error.to_string()).into()),
        }
        sleep(LOOK_AGAIN).await;
    }
}

/// Whether to try again: what is missing may be starting.
fn may_pass(error: &StreamError, begun: Instant) -> bool {
    match error {
        StreamError::NoJetStream | StreamError::Unknown { .. } => true,
        StreamError::NotMade { is_passing, .. } => *is_passing && begun.elapsed() < PATIENCE,
        StreamError::Foreign(_) => false,
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
    let record = loop {
        match nats.get(applied).await {
            Ok(record) => break record,
            // It may be without a leader.
            Err(error) => tracing::warn!("{error}; trying again"),
        }
        sleep(LOOK_AGAIN).await;
    };
    match record {
        Some(record) if sha256(&record) != place.newest => Err(lost()),
        _ => Ok(()),
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
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let epoch = |part: &str| Epoch::try_from(part).ok();
        let (own, base) = (epoch(parts.next()?)?, parts.next()?.parse().ok()?);
        let before = match parts.next() {
            None => None,
            Some(before) => {
                let (seq, hash) = (parts.next()?.parse().ok()?, parts.next()?);
                Some((epoch(before)?, Seen { seq, hash: unhex(hash)? }))
            }
        };
        parts.next().is_none().then_some(Name { epoch: own, base, before })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.epoch.as_str(), self.base)?;
        let Some((before, Seen { seq, hash })) = &self.before else { return Ok(()) };
        write!(f, "/{}/{seq}/{}", before.as_str(), hex(hash))
    }
}

fn unhex(text: &str) -> Option<Hash> {
    let digits = text.as_bytes().chunks_exact(2).map(|two| str::from_utf8(two).ok());
    let bytes = digits.map(|two| u8::from_str_radix(two?, 16).ok());
    Hash::try_from(bytes.collect::<Option<Vec<_>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_stream_is_read_as_it_was_written() {
        let epoch = |text| Epoch::try_from(text).unwrap();
        let seen = Seen { seq: 7, hash: [0xab; 32] };
        for before in [None, Some((epoch("old"), seen))] {
            let name = Name { epoch: epoch("new"), base: 5, before };
            assert_eq!(Name::parse(&name.to_string()), Some(name));
        }
        for bad in
            ["", "a", "a/", "a/x", "a/1/", "a/1/b", "a/1/b/2/ab", "a/1/b/2/xx", "a/1/b/2/c/d"]
        {
            assert_eq!(Name::parse(bad), None, "{bad}");
        }
    }
}

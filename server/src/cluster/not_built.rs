//! A program that was built without the feature `cluster` is no node.
//!
//! This file says so, and has what the rest of the server names.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::database::JoinError;
use super::ephemeral::Ephemeral;
use super::error::{ClusterError, Failure};
use super::handle::Cluster;
use crate::config::Config;
use crate::log::database::Database;
use crate::log::effects::Effects;
use crate::log::operator::instruction::{Done, Instruction};
use crate::log::order::replica::Incoming;
use crate::log::order::shared::{News, Shared};
use crate::log::{Command, Membership, Rooms};
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::Reasons;

/// There is none.
#[derive(Debug)]
pub(crate) enum Joined {}

/// What its log would be given.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) records: mpsc::Sender<Incoming>,
    pub(crate) news: mpsc::Receiver<News>,
}

/// What would run beside it.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) failure: Failure,
}

/// # Errors
/// That it is none.
pub(crate) async fn join(_: &Config, _: &Metrics) -> Result<(Database, Joined), JoinError> {
    Err(ClusterError::NotBuilt.into())
}

impl Beside {
    pub(crate) fn hear<F: Future<Output = ()>>(&mut self, _: impl Fn(Ephemeral) -> F) {}

    pub(crate) fn obey<F: Future<Output = Done>>(&mut self, _: impl Fn(Instruction) -> F) {}
}

impl Joined {
    pub(crate) fn membership(&self, _: &Config) -> Result<(Membership, Ends), ClusterError> {
        match *self {}
    }

    pub(crate) fn start(
        self,
        _: (&Config, PathBuf),
        _: (&Arc<Shared>, (mpsc::Sender<Incoming>, Rooms)),
        _: (mpsc::Receiver<Command>, Effects),
        _: (&Arc<Metrics>, &Reasons, &TaskTracker),
    ) -> (Cluster, Beside) {
        match self {}
    }
}

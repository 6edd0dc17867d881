//! Starts what a node does, and hears when it cannot be one any longer.
//!
//! This file does not know what the tasks do.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::ephemeral::Ephemeral;
use super::error::{ClusterError, Failure};
use super::handle::Cluster;
use super::join::Joined;
use super::nats::Nats;
use super::node::Node;
use super::reader::Reading;
use super::standing::Standing;
use super::{broadcast, copy, instruct, status};
use crate::config::Config;
use crate::log::effects::Effects;
use crate::log::operator::instruction::{Done, Instruction};
use crate::log::order::entry::{Settings, Start};
use crate::log::order::name::NodeName;
use crate::log::order::replica::Incoming;
use crate::log::order::shared::{News, Shared};
use crate::log::writer::source::RECORDS_WAITING_MAX;
use crate::log::{Command, Membership, Rooms};
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::{NotReady, Reasons};

/// News that wait to be followed before the log has to.
const NEWS_WAITING_MAX: usize = 1024;
/// Joins that wait at a time until this node has what their clients have: more wait for their turn to ask.
const BARRIERS_WAITING_MAX: usize = 256;
/// What waits to be told to the other nodes and is kept nowhere: more is lost.
const EPHEMERAL_WAITING_MAX: usize = 256;

/// The other ends of what the log is given.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) records: mpsc::Sender<Incoming>,
    pub(crate) news: mpsc::Receiver<News>,
}

/// What runs beside the log, and ends with this.
#[derive(Debug)]
pub(crate) struct Beside {
    _copies: AbortOnDropHandle<()>,
    _status: AbortOnDropHandle<()>,
    _stream: AbortOnDropHandle<()>,
    _broadcast: AbortOnDropHandle<()>,
    obeying: Option<AbortOnDropHandle<()>>,
    hearing: Option<AbortOnDropHandle<()>>,
    me: NodeName,
    nats: Nats,
    standing: watch::Receiver<Standing>,
    pub(crate) failure: Failure,
}

impl Beside {
    /// Does what the operator of the cluster tells this node.
    pub(crate) fn obey<F: Future<Output = Done> + Send + 'static>(
        &mut self,
        obey: impl Fn(Instruction) -> F + Send + Sync + 'static,
    ) {
        let obeying = tokio::spawn(instruct::serve(self.nats.clone(), self.standing.clone(), obey));
        self.obeying = Some(AbortOnDropHandle::new(obeying));
    }

    /// Hears what other nodes tell that is kept nowhere.
    pub(crate) fn hear<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        hear: impl Fn(Ephemeral) -> F + Send + Sync + 'static,
    ) {
        let hearing = tokio::spawn(broadcast::hear(self.nats.clone(), self.me.clone(), hear));
        self.hearing = Some(AbortOnDropHandle::new(hearing));
    }
}

impl Joined {
    /// What the log of the node is given.
    pub(crate) fn membership(&self, config: &Config) -> Result<(Membership, Ends), ClusterError> {
        let me: NodeName = config.cluster.node_name().parse().map_err(
            |bad: crate::log::order::name::BadNodeName| ClusterError::Name(bad.to_string()),
        )?;
        let (records, reading) = mpsc::channel(RECORDS_WAITING_MAX);
        let (news, following) = mpsc::channel(NEWS_WAITING_MAX);
        let membership = Membership { me, cluster: self.id.clone(), records: reading, news };
        Ok((membership, Ends { records, news: following }))
    }

    /// Starts reading and sending: the node joins.
    pub(crate) fn start(
        self,
        (config, path): (&Config, PathBuf),
        (shared, ends): (&Arc<Shared>, (mpsc::Sender<Incoming>, Rooms)),
        (commands, effects): (mpsc::Receiver<Command>, Effects),
        (metrics, reasons, tracker): (&Arc<Metrics>, &Reasons, &TaskTracker),
    ) -> (Cluster, Beside) {
        let Joined { nats, stream, caught_up, .. } = self;
        let (standing, stands) = watch::channel(Standing::Joining);
        reasons.set(NotReady::ClusterJoining, true);
        let (acked, is_acked) = watch::channel(caught_up);
        let (asked, barriers) = mpsc::channel(BARRIERS_WAITING_MAX);
        let next = shared.progress.borrow().seen.seq + 1;
        let reading = Reading::new((nats.clone(), stream), ends, (is_acked, next));
        let reading = tokio::spawn(reading.run(shared.clone(), metrics.clone()));
        let reading = AbortOnDropHandle::new(reading);
        let node = Node {
            nats: nats.clone(),
            shared: shared.clone(),
            start: start(config),
            commands,
            barriers,
            standing,
            acked,
            reasons: reasons.clone(),
            metrics: metrics.clone(),
            effects,
        };
        let failure = Failure::default();
        let (failed, order) = (failure.clone(), shared.clone());
        tracker.spawn(async move {
            if let Err(why) = node.run(caught_up).await {
                failed.set(why);
            }
            // Nothing more comes from the stream: whoever waits for it is told so.
            order.presence.cut();
            order.end();
            // The log ends when nothing more is read.
            drop(reading);
        });
        let copies = copy::serve(nats.clone(), shared.me.to_string(), path);
        let told = status::serve(nats.clone(), shared.clone(), stands.clone());
        let stream = status::watch_stream(nats.clone(), metrics.clone());
        let (ephemeral, to_tell) = mpsc::channel(EPHEMERAL_WAITING_MAX);
        let telling = broadcast::tell(nats.clone(), shared.me.clone(), to_tell);
        let beside = Beside {
            _copies: AbortOnDropHandle::new(tokio::spawn(copies)),
            _status: AbortOnDropHandle::new(tokio::spawn(told)),
            _stream: AbortOnDropHandle::new(tokio::spawn(stream)),
            _broadcast: AbortOnDropHandle::new(tokio::spawn(telling)),
            obeying: None,
            hearing: None,
            me: shared.me.clone(),
            nats,
            standing: stands.clone(),
            failure,
        };
        (Cluster::new(shared.clone(), stands, asked, ephemeral), beside)
    }
}

fn start(config: &Config) -> Start {
    let settings = Settings {
        name_expiry: config.name_expiry_ms(),
        keep: config.upkeep.keep_ms(),
        keep_messages: config.upkeep.keep_messages,
    };
    let address = config.cluster.public_address.as_ref().map(|it| it.to_string().into());
    Start { settings, version: env!("CARGO_PKG_VERSION").into(), address }
}
